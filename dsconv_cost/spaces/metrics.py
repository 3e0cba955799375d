"""What a sweep tells of a network: figures by name, from the same counting as everywhere."""

from collections.abc import Callable, Mapping
from typing import Any

from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.sums import LayerSums
from dsconv_cost.memory.conventions import ARENA
from dsconv_cost.memory.measure import DEFAULT_ACTIVATION_BITS, Memory, bytes_of
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Network
from dsconv_cost.network.transforms.convert import separable_form, standard_form

Largest = Callable[[Any], Any]
"""The largest of some numbers."""


class SweptMetric(NamedTuple):
    """A figure that a sweep has a column for."""

    name: str
    doc: str
    unit: str = "count"
    """`count`, `bytes` or `share`."""


SWEPT = {
    metric.name: metric
    for metric in (
        SweptMetric("params", "learned parameters"),
        SweptMetric("macs", "multiply-accumulates"),
        SweptMetric("flops", "floating-point operations under the convention"),
        SweptMetric("activations", "elements that convolutions and linear layers write"),
        SweptMetric("layers", "convolutions and linear layers"),
        SweptMetric("size", "bytes of the parameters", "bytes"),
        SweptMetric("saving", "share of MACs that is saved against the standard form", "share"),
        SweptMetric("standard_params", "params of the standard form"),
        SweptMetric("standard_macs", "MACs of the standard form"),
        SweptMetric("separable_params", "params of the separable form"),
        SweptMetric("separable_macs", "MACs of the separable form"),
        SweptMetric("peak", "most bytes of activations alive at once", "bytes"),
        SweptMetric("arena", "bytes of TensorFlow Lite Micro's arena that tensors take", "bytes"),
        SweptMetric("flash", "bytes of weights and biases of the deployed network", "bytes"),
    )
}


class WantedFigures(NamedTuple):
    """Which figures are asked for, and how they are counted."""

    names: tuple[str, ...]
    convention: Convention
    size_bits: int = 32
    """Of a parameter, for `size`."""
    bits: int = DEFAULT_ACTIVATION_BITS
    """Of a weight and an activation, for `peak`, `arena` and `flash`."""


def figures_of(network: Network, wanted: WantedFigures, largest: Largest = max) -> dict[str, Any]:
    """Return the figures of a network that are asked for; of `saving` the MACs saved, which go with `standard_macs`.

    `largest` is what gives the largest of several numbers: of those that vary, the largest at each point.
    """
    measure = _Measure(network, wanted, largest)
    return {name: _FIGURES[name](measure) for name in wanted.names}


class _Measure:
    """The forms of a network, each made when something of it is asked for."""

    def __init__(self, network: Network, wanted: WantedFigures, largest: Largest) -> None:
        self.network = network
        self.wanted = wanted
        self.largest = largest
        self._forms: dict[str, Form] = {}
        self._memory: Memory | None = None

    def form(self, name: str) -> Form:
        if name not in self._forms:
            base, written = self.network, None
            if name != "written":
                change = standard_form if name == "standard" else separable_form
                base = change(self.network).network
            self._forms[name] = Form(base, self.wanted.convention, (), written)
        return self._forms[name]

    @property
    def memory(self) -> Memory:
        if self._memory is None:
            self._memory = Memory(self.network, self.wanted.bits)
        return self._memory

    def sum_of(self, name: str) -> Any:
        sums = LayerSums(self.wanted.convention)
        return sum([getattr(sums.of(node), name) for node in self.form("written").network.nodes])


_FIGURES: Mapping[str, Callable[[_Measure], Any]] = {
    "params": lambda of: of.form("written").total.params,
    "macs": lambda of: of.form("written").total.macs,
    "flops": lambda of: of.form("written").total.flops,
    "activations": lambda of: of.sum_of("activations"),
    "layers": lambda of: of.sum_of("layers"),
    "size": lambda of: bytes_of(of.form("written").total.params, of.wanted.size_bits),
    "saving": lambda of: of.form("standard").total.macs - of.form("written").total.macs,
    "standard_params": lambda of: of.form("standard").total.params,
    "standard_macs": lambda of: of.form("standard").total.macs,
    "separable_params": lambda of: of.form("separable").total.params,
    "separable_macs": lambda of: of.form("separable").total.macs,
    "peak": lambda of: of.largest(of.memory.timeline()),
    "arena": lambda of: of.largest(of.memory.timeline(ARENA)),
    "flash": lambda of: of.memory.flash,
}
