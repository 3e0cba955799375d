"""Recurrent layers along the second axis."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from dsconv_cost.importers.keras.call import KerasCall
from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor

_GATES = {"lstm": 4, "gru": 3, "rnn": 1}
_CELLS = {"LSTM": "lstm", "CuDNNLSTM": "lstm", "GRU": "gru", "CuDNNGRU": "gru", "SimpleRNN": "rnn"}


def _weights(call: KerasCall, cell: str, kind: str, config: Mapping[str, Any], prefix: str) -> list[Tensor]:
    units, features = config["units"], call.dims[-1]
    gates = _GATES[cell] * units
    weights = [
        call.learned(f"{prefix}kernel", (features, gates)),
        call.learned(f"{prefix}recurrent_kernel", (units, gates)),
    ]
    if config.get("use_bias", True):
        # Two biases: of CuDNN's layers, and of a GRU that resets after the product, which Keras does unless told otherwise.
        twice = kind.startswith("CuDNN") or (cell == "gru" and config.get("reset_after", False))
        weights.append(call.learned(f"{prefix}bias", (gates * (1 + twice),)))
    return weights


def _outputs(call: KerasCall, made: list[Tensor], config: Mapping[str, Any], cell: str) -> list[Tensor]:
    if not config.get("return_state"):
        return made[:1]
    states = made[1:3] if cell == "lstm" else made[1:2]
    return [made[0], *[call.step("reshape", [state], shape=(1, state.elements)) for state in states]]


def _recurrent(cell: str, call: KerasCall) -> list[Tensor]:
    config = call.config
    if len(call.dims) != 3:
        raise RuleError(f"an input with {len(call.dims)} axes, expected batch, time and features")
    made = call.graph.add(
        "rnn", [call.x, *_weights(call, cell, call.operator, config, "")],
        {"cell": cell, "hidden": config["units"], "directions": 1, "time_axis": 1, "layout": "joined",
         "last": not config.get("return_sequences", False)},
        call.name, call.operator,
    )  # fmt: skip
    return _outputs(call, made, config, cell)


def _bidirectional(call: KerasCall) -> list[Tensor]:
    """The layer forwards and backwards; their outputs are put together as merge_mode says."""
    inner = call.config["layer"]
    kind, config = inner["class_name"], inner["config"]
    if kind not in _CELLS:
        raise RuleError(f"{kind} in both directions")
    cell, units = _CELLS[kind], config["units"]
    weights = [weight for way in ("forward/", "backward/") for weight in _weights(call, cell, kind, config, way)]
    last = not config.get("return_sequences", False)
    made = call.graph.add(
        "rnn", [call.x, *weights],
        {"cell": cell, "hidden": units, "directions": 2, "time_axis": 1, "layout": "joined", "last": last},
        call.name, call.operator,
    )  # fmt: skip
    mode = call.config.get("merge_mode", "concat")
    if mode == "concat":
        return made[:1]
    parts = call.graph.add("split", made[:1], {"axis": -1, "sizes": (units, units)}, call.name, call.operator)
    if mode is None:
        return parts
    kinds = {"sum": "add", "ave": "add", "mul": "multiply"}
    if mode not in kinds:
        raise RuleError(f"merge_mode {mode}")
    joined = call.step(kinds[mode], parts)
    return (
        [call.step("divide", [joined, call.graph.constant((), (2.0,), is_float=True)])] if mode == "ave" else [joined]
    )


KERAS_RECURRENT: dict[str, Callable[[KerasCall], list[Tensor]]] = {
    **{kind: partial(_recurrent, cell) for kind, cell in _CELLS.items()}, "Bidirectional": _bidirectional,
}  # fmt: skip
