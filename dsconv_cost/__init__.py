"""Parameters, MACs and FLOPs of convolutional networks described in YAML, and what depthwise-separable saves.

>>> import dsconv_cost
>>> costs = dsconv_cost.analyze("mobilenet")
>>> costs
<MobileNet V1, input 3x224x224: 4,231,976 params, 568,740,352 MACs, standard 8.56x as many>
>>> costs["dsconv1"].macs
29302784

load, loads, from_dict  an architecture from a file or bundled name, from text, from a dict
from_torch              the architecture of a PyTorch module
analyze                 what a network costs, layer by layer, and what it saves
compare, diff           networks side by side; what changed from one to another
advise                  what to make separable to keep within limits
fit                     the settings that keep within limits
check                   whether limits are kept; dsconv_cost.testing has it for pytest
explain                 a layer's formulas with its numbers in
calibrate               rates of a device by times that were measured on it
bundled                 the networks that come with the package, and which of them fit

Importing this module loads nothing else; each name is loaded when it is first used.
"""

from typing import TYPE_CHECKING

from dsconv_cost.version import __version__

if TYPE_CHECKING:
    from dsconv_cost.api.advise import AdviseResult, advise
    from dsconv_cost.api.analyze import AnalysisResult, analyze
    from dsconv_cost.api.bundled import BundledResult, bundled
    from dsconv_cost.api.calibrate import CalibrationResult, calibrate
    from dsconv_cost.api.check import CheckResult, check
    from dsconv_cost.api.compare import CompareResult, compare
    from dsconv_cost.api.diff import DiffResult, diff
    from dsconv_cost.api.explain import Explanation, explain
    from dsconv_cost.api.fit import FitResult, fit
    from dsconv_cost.api.from_torch import from_torch
    from dsconv_cost.api.sweep import SweepResult, sweep
    from dsconv_cost.costs.analysis import Form, LayerCost
    from dsconv_cost.costs.breakdown import LayerRow
    from dsconv_cost.errors import DsconvCostError, InputError, Problem, UsageError
    from dsconv_cost.language.architecture import Architecture
    from dsconv_cost.layers.shapes import Shape
    from dsconv_cost.sources.load import from_dict, load, loads

_HOMES = {
    "AdviseResult": "api.advise",
    "AnalysisResult": "api.analyze",
    "Architecture": "language.architecture",
    "BundledResult": "api.bundled",
    "CalibrationResult": "api.calibrate",
    "CheckResult": "api.check",
    "CompareResult": "api.compare",
    "DiffResult": "api.diff",
    "DsconvCostError": "errors",
    "Explanation": "api.explain",
    "FitResult": "api.fit",
    "Form": "costs.analysis",
    "InputError": "errors",
    "LayerCost": "costs.analysis",
    "LayerRow": "costs.breakdown",
    "Problem": "errors",
    "Shape": "layers.shapes",
    "SweepResult": "api.sweep",
    "UsageError": "errors",
    "advise": "api.advise",
    "analyze": "api.analyze",
    "bundled": "api.bundled",
    "calibrate": "api.calibrate",
    "check": "api.check",
    "compare": "api.compare",
    "diff": "api.diff",
    "explain": "api.explain",
    "fit": "api.fit",
    "from_dict": "sources.load",
    "from_torch": "api.from_torch",
    "load": "sources.load",
    "loads": "sources.load",
    "sweep": "api.sweep",
}

__all__ = [
    "AdviseResult",
    "AnalysisResult",
    "Architecture",
    "BundledResult",
    "CalibrationResult",
    "CheckResult",
    "CompareResult",
    "DiffResult",
    "DsconvCostError",
    "Explanation",
    "FitResult",
    "Form",
    "InputError",
    "LayerCost",
    "LayerRow",
    "Problem",
    "Shape",
    "SweepResult",
    "UsageError",
    "__version__",
    "advise",
    "analyze",
    "bundled",
    "calibrate",
    "check",
    "compare",
    "diff",
    "explain",
    "fit",
    "from_dict",
    "from_torch",
    "load",
    "loads",
    "sweep",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'dsconv_cost' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"dsconv_cost.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
