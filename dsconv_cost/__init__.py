"""Parameters, MACs and FLOPs of convolutional networks described in YAML, and what depthwise-separable saves.

>>> import dsconv_cost
>>> costs = dsconv_cost.analyze("mobilenet")
>>> costs.total.macs
568740352
>>> costs.standard.macs
4867293184

Importing this module loads nothing else; each name is loaded when it is first used.
"""

from typing import TYPE_CHECKING

from dsconv_cost.version import __version__

if TYPE_CHECKING:
    from dsconv_cost.costs.analysis import Analysis, Form, LayerCost, analyze
    from dsconv_cost.errors import DsconvCostError, InputError, Problem, UsageError
    from dsconv_cost.language.architecture import Architecture
    from dsconv_cost.layers.shapes import Shape
    from dsconv_cost.sources.load import load

_HOMES = {
    "Analysis": "costs.analysis",
    "Architecture": "language.architecture",
    "DsconvCostError": "errors",
    "Form": "costs.analysis",
    "InputError": "errors",
    "LayerCost": "costs.analysis",
    "Problem": "errors",
    "Shape": "layers.shapes",
    "UsageError": "errors",
    "analyze": "costs.analysis",
    "load": "sources.load",
}

__all__ = [
    "Analysis",
    "Architecture",
    "DsconvCostError",
    "Form",
    "InputError",
    "LayerCost",
    "Problem",
    "Shape",
    "UsageError",
    "__version__",
    "analyze",
    "load",
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
