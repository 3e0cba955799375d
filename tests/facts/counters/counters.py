"""The counters at their pinned versions: each takes a network and a coding and returns what it prints.

An answer maps `params`, `macs` and `flops` to an integer, for those that the counter prints. FLOPs that a counter calls
so, though it counts a multiply-accumulate once, are entered as MACs: fvcore's.
"""

import contextlib
import io
import warnings
from collections.abc import Callable
from typing import Any

from dsconv_cost.network.graph import Network

VERSIONS = {
    "torch": "2.14.1", "torchvision": "0.29.1", "fvcore": "0.1.5.post20221221", "torchinfo": "1.8.0", "ptflops": "0.7.5",
    "thop": "0.1.1.post2209072238", "torchprofile": "0.1.0", "calflops": "0.3.2", "keras": "3.15.1",
}  # fmt: skip

Answer = dict[str, int]
Model = Any


def _torch(model: Model, x: Any) -> Answer:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    # It does not see into oneDNN's LSTM, which prints 0; without oneDNN an LSTM is matrix products like the other layers.
    with torch.backends.mkldnn.flags(enabled=False), FlopCounterMode(display=False) as counter:
        model(x)
    flops = counter.get_total_flops()
    assert flops % 2 == 0
    return {"macs": flops // 2}


def _fvcore(model: Model, x: Any) -> Answer:
    from fvcore.nn import FlopCountAnalysis, parameter_count

    analysis = FlopCountAnalysis(model, x).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return {"params": parameter_count(model)[""], "macs": analysis.total()}


def _torchinfo(model: Model, x: Any) -> Answer:
    from torchinfo import summary

    found = summary(model, input_data=x, verbose=0)
    return {"params": found.total_params, "macs": found.total_mult_adds}


def _ptflops(backend: str) -> Callable[[Model, Any], Answer]:
    def count(model: Model, x: Any) -> Answer:
        from ptflops import get_model_complexity_info

        macs, params = get_model_complexity_info(
            model, tuple(x.shape[1:]), as_strings=False, backend=backend, print_per_layer_stat=False, verbose=False
        )
        return {"params": params, "macs": macs}

    return count


def _thop(model: Model, x: Any) -> Answer:
    from thop import profile

    macs, params = profile(model, inputs=(x,), verbose=False)
    return {"params": params, "macs": macs}


def _torchprofile(model: Model, x: Any) -> Answer:
    from torchprofile import profile_macs

    return {"macs": profile_macs(model, x)}


def _calflops(model: Model, x: Any) -> Answer:
    from calflops import calculate_flops

    flops, macs, params = calculate_flops(
        model, args=[x], print_results=False, print_detailed=False, output_as_string=False
    )
    return {"params": params, "macs": macs, "flops": flops}


IN_PYTORCH: dict[str, Callable[[Model, Any], Answer]] = {
    "macs": _torch, "fvcore": _fvcore, "torchinfo": _torchinfo, "ptflops": _ptflops("pytorch"),
    "ptflops-aten": _ptflops("aten"), "thop": _thop, "torchprofile": _torchprofile, "calflops": _calflops,
}  # fmt: skip
"""By convention; `macs` is PyTorch's own FlopCounterMode, which counts 2 FLOPs a MAC."""

COUNTERS = (*IN_PYTORCH, "keras")


def on_model(counter: str, model: Model, shape: tuple[int, ...]) -> Answer:
    """Return what a counter prints for a PyTorch model, as whole numbers."""
    import torch

    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), torch.no_grad():
        warnings.simplefilter("ignore")
        answer = IN_PYTORCH[counter](model.eval(), torch.zeros(1, *shape))
    for metric, value in answer.items():
        if value != int(value):
            raise ArithmeticError(f"{counter} prints {value} {metric}")
    return {metric: int(value) for metric, value in answer.items()}


def on_network(counter: str, network: Network, coding: str) -> Answer | None:
    """Return what a counter prints for a network of this project, or None where the framework has no such layer."""
    if counter == "keras":
        from tests.facts.counters import in_keras

        try:
            return {"params": in_keras.model(network).count_params()}
        except in_keras.NotInKeras:
            return None
    from tests.facts.counters import in_pytorch

    try:
        model = in_pytorch.Graph(network, coding)
    except in_pytorch.NotInPyTorch:
        return None
    return on_model(counter, model, tuple(network.input))
