"""The PyTorch module that `torch:package.module:function` names: imported and called in the user's own environment."""

import importlib
import os
import sys
from typing import Any

from dsconv_cost.errors import UsageError
from dsconv_cost.importers.choices import ModelChoices
from dsconv_cost.importers.formats import TORCH_PREFIX
from dsconv_cost.importers.tensors import TensorGraph
from dsconv_cost.importers.torch.trace import first_line, torch_package, trace_module
from dsconv_cost.text import inert, near


def read_torch(reference: str, choices: ModelChoices) -> TensorGraph:
    """Return the graph of the module that a reference gives. Raises UsageError for whatever keeps it from running."""
    sizes = [value if isinstance(value, tuple) else () for value in choices.inputs.values()]
    if not sizes or not all(sizes) or ("" in choices.inputs and len(sizes) > 1):
        raise UsageError(
            "give the sizes of its input: --input 1x3x224x224, or --input NAME=1x3x224x224 for each argument of forward"
        )
    module = _module(reference)
    name = reference.rpartition(":")[2]
    if "" in choices.inputs:
        return trace_module(module, sizes, {}, name, choices)
    return trace_module(module, [], dict(zip(choices.inputs, sizes, strict=True)), name, choices)


def _module(reference: str) -> Any:
    torch = torch_package()
    module_name, colon, function_name = reference.removeprefix(TORCH_PREFIX).partition(":")
    if not colon or not module_name or not function_name:
        raise UsageError("expected torch:package.module:function, e.g. torch:models.net:make_net")
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)  # as python -m does
    try:
        package = importlib.import_module(module_name)
    except ImportError as error:
        raise UsageError(f"{inert(module_name)} cannot be imported: {first_line(error)}") from None
    except Exception as error:  # noqa: BLE001  # the code is the user's
        raise UsageError(f"{inert(module_name)} fails when it is imported: {first_line(error)}") from None
    found = getattr(package, function_name, None)
    if found is None:
        raise UsageError(
            f"{inert(module_name)} has no {inert(function_name)}{near(function_name, [n for n in vars(package) if n[0] != '_'])}"
        )
    if isinstance(found, torch.nn.Module):
        return found
    if not callable(found):
        raise UsageError(
            f"{inert(function_name)} is a {type(found).__name__}, expected a function or class that gives a torch.nn.Module"
        )
    try:
        return found()
    except Exception as error:  # noqa: BLE001  # the code is the user's
        raise UsageError(f"{inert(function_name)}() fails: {first_line(error)}") from None
