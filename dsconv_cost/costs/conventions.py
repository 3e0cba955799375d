"""Conventions: named rules that turn a layer's exact counts into the figures reported.

A convention is data: charges, each a rate on one of the counts, for some types of layer or for all. No layer knows of any.
Where it reproduces another counter, it follows the network; what depends on how one implementation of the network was coded
(a functional call that the counter's hooks miss, a module counted twice) is not part of it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from dsconv_cost.errors import UsageError
from dsconv_cost.layers.counts import Counts
from dsconv_cost.text import inert, near

FLOPS_PER_MAC = 2

WRITTEN, FOLDED, DEPLOYED = "written", "folded", "deployed"


class Figures(NamedTuple):
    """What is reported of a layer or a network."""

    params: int
    macs: int
    flops: int


class Charge(NamedTuple):
    """What one operation costs: `rate` for each unit of one of a layer's counts."""

    what: str
    """In words, for explanations."""
    rate: int
    field: str
    """Which of the Counts."""
    types: tuple[str, ...] = ()
    """The layer types it holds for; empty: all."""
    missed: str = ""
    """How an implementation is coded from which the counter does not see this operation."""

    def of(self, type_: str, counts: Counts) -> int:
        """Return the charge for one layer's counts."""
        if self.types and type_ not in self.types:
            return 0
        amount: int = getattr(counts, self.field)
        return self.rate * amount


class Convention(NamedTuple):
    """A rule for what counts."""

    name: str
    version: str
    """Of the counter it was measured at; of the rule itself where it is ours."""
    summary: str
    """What it counts, in a few words."""
    known: str
    """How that is known."""
    macs: tuple[Charge, ...]
    flops: tuple[Charge, ...] = ()
    """Empty: 2 for each of its MACs."""
    params: tuple[Charge, ...] = ()
    """Besides weights, biases, and scale and shift of norms."""
    graph: str = WRITTEN
    """Which network it counts: the one as WRITTEN, with batch norms FOLDED into the convolutions before them, or as DEPLOYED."""

    def without_missed(self) -> "Convention | None":
        """Return the rule without what some implementations hide from the counter, or None where it sees all."""
        if not any(charge.missed for charge in (*self.macs, *self.flops)):
            return None
        return self._replace(
            macs=tuple(charge for charge in self.macs if not charge.missed),
            flops=tuple(charge for charge in self.flops if not charge.missed),
        )

    @property
    def hides(self) -> str:
        """What `without_missed` leaves out."""
        return next((charge.missed for charge in (*self.macs, *self.flops) if charge.missed), "")

    def figures(self, type_: str, counts: Counts) -> Figures:
        """Return what is reported of one layer, or of several of one type."""
        macs = sum([charge.of(type_, counts) for charge in self.macs])
        flops = sum([charge.of(type_, counts) for charge in self.flops]) if self.flops else FLOPS_PER_MAC * macs
        params = counts.weights + counts.biases + counts.norm
        if self.params:
            params += sum([charge.of(type_, counts) for charge in self.params])
        return Figures(params, macs, flops)

    def total(self, layers: Iterable[tuple[str, Counts]]) -> Figures:
        """Return the sum over (type, counts) pairs."""
        params = macs = flops = 0
        for type_, counts in layers:
            figures = self.figures(type_, counts)
            params += figures.params
            macs += figures.macs
            flops += figures.flops
        return Figures(params, macs, flops)


_CONVOLUTIONS = ("conv", "dwconv", "conv_transpose")
_AVERAGES = ("avgpool", "global_avgpool", "adaptive_avgpool")
_POOLS = ("maxpool", *_AVERAGES)

_MAC = Charge("multiply-accumulates", 1, "macs")
_CONV_BIAS = Charge("bias of convolutions", 1, "bias_adds", _CONVOLUTIONS)
_LINEAR_BIAS = Charge("bias of linear layers", 1, "bias_adds", ("linear",))


def _norm(rate: int) -> Charge:
    return Charge(f"batch norm, {rate} an element", rate, "normalised", ("batchnorm",))


_FUNCTIONAL = "pools called as functions"
_MEASURED = "measured on six networks beside the layers' exact counts: every total is reached to the unit"

_ALL = (
    Convention(
        "macs", "1", "convolutions and matrix products; 1 MAC = 2 FLOPs; all else 0",
        "what the papers count; equal to PyTorch 2.13's FlopCounterMode (which prints 2 FLOPs a MAC) and to calflops' MACs",
        (_MAC,),
    ),
    Convention(
        "fvcore", "0.1.5.post20221221", "MACs, 2 for each element of a batch norm, 1 for each input of an average pool",
        f"{_MEASURED}; fvcore prints the sum as flops, though a MAC is 1 in it",
        (_MAC, _norm(2), Charge("inputs of average pools", 1, "read", _AVERAGES)),
    ),
    Convention(
        "torchinfo", "1.8.0", "MACs, biases, and the scale and shift of a norm once each, not at every position",
        f"{_MEASURED}; printed as total mult-adds",
        (_MAC, _CONV_BIAS, _LINEAR_BIAS, Charge("scale and shift of norms, once", 1, "norm")),
    ),
    Convention(
        "ptflops", "0.7.5", "MACs, biases, 2 for each element of a batch norm, 1 for each element of relu, relu6 and silu "
        "and for each input of a pool",
        f"{_MEASURED}; the default backend, which counts relu and pool modules twice",
        (
            _MAC, _CONV_BIAS, _LINEAR_BIAS, _norm(2),
            Charge("relu, relu6, silu", 1, "activated", ("relu", "relu6", "silu")),
            Charge("inputs of pools", 1, "read", _POOLS, "pools called as functions, in older versions"),
        ),
    ),
    Convention(
        "ptflops-aten", "0.7.5", "MACs and biases", f"{_MEASURED}; backend aten", (_MAC, _CONV_BIAS, _LINEAR_BIAS),
    ),
    Convention(
        "thop", "0.1.1.post2209072238", "MACs, 4 for each element of a batch norm, inputs and outputs of global and adaptive "
        "average pools",
        f"{_MEASURED}, where its hooks see the layer",
        (
            _MAC, _norm(4),
            Charge("inputs of adaptive average pools", 1, "read", ("global_avgpool", "adaptive_avgpool"), _FUNCTIONAL),
            Charge("outputs of adaptive average pools", 1, "written", ("global_avgpool", "adaptive_avgpool"), _FUNCTIONAL),
        ),
    ),
    Convention(
        "torchprofile", "0.1.0", "MACs, 1 for each element of a batch norm, outputs of average pools, products of gates",
        f"{_MEASURED}; it prints no params",
        (
            _MAC, _norm(1), Charge("outputs of average pools", 1, "written", _AVERAGES),
            Charge("products of elements", 1, "multiplied", ("multiply",)),
        ),
    ),
    Convention(
        "calflops", "0.3.2", "MACs alone; FLOPs are 2 a MAC, the bias of convolutions, 2 for each element of a batch norm, 1 for "
        "each element of relu and silu and for each input of a pool",
        _MEASURED,
        (_MAC,),
        (
            Charge("multiply-accumulates, 2 each", 2, "macs"), _CONV_BIAS, _norm(2),
            Charge("relu, silu", 1, "activated", ("relu", "silu")), Charge("inputs of pools", 1, "read", _POOLS),
        ),
    ),
    Convention(
        "keras", "3", "MACs as in macs; params with the running mean and variance of batch norms",
        "count_params() measured on six networks; Keras prints no MACs",
        (_MAC,),
        params=(Charge("running mean and variance", 1, "norm", ("batchnorm",)),),
    ),
    Convention(
        "complete", "1", "FLOPs are every arithmetic operation of inference, each at its own cost; MACs as in macs",
        "ours; one addition, multiplication, comparison, exp, log, erf or tanh is one FLOP",
        (_MAC,),
        (
            Charge("multiply-accumulates, 2 each", 2, "macs"),
            Charge("bias additions", 1, "bias_adds"),
            Charge("batch norm: factor and summand", 2, "normalised", ("batchnorm",)),
            Charge("layer and group norm: mean 1, difference 1, variance 2, factor 1, scale and shift 2", 7, "normalised",
                   ("layernorm", "groupnorm")),
            Charge("relu: comparison", 1, "activated", ("relu",)),
            Charge("relu6: two comparisons", 2, "activated", ("relu6",)),
            Charge("leaky_relu, prelu: comparison, product", 2, "activated", ("leaky_relu", "prelu")),
            Charge("elu: comparison, exp, difference", 3, "activated", ("elu",)),
            Charge("sigmoid: sign, exp, sum, quotient", 4, "activated", ("sigmoid",)),
            Charge("hardsigmoid: sum, two comparisons, quotient", 4, "activated", ("hardsigmoid",)),
            Charge("silu: sigmoid, product", 5, "activated", ("silu",)),
            Charge("hardswish: hardsigmoid, product", 5, "activated", ("hardswish",)),
            Charge("gelu: quotient, erf, sum, two products", 5, "activated", ("gelu",)),
            Charge("mish: exp, sum, log, tanh, product", 5, "activated", ("mish",)),
            Charge("softmax: maximum, difference, exp, sum, quotient", 5, "activated", ("softmax",)),
            Charge("tanh", 1, "activated", ("tanh",)),
            Charge("average pools: a sum or quotient for each element read", 1, "pooled", _AVERAGES),
            Charge("max pools: elements read", 1, "pooled", ("maxpool",)),
            Charge("max pools: less the first of each window", -1, "written", ("maxpool",)),
            Charge("sums of elements", 1, "added"),
            Charge("products of elements", 1, "multiplied"),
            Charge("bilinear resizing: four products, three sums", 7, "resampled"),
        ),
    ),
    Convention(
        "folded", "1", "batch norms folded into the convolutions before them, which then have a bias; else as macs",
        "ours; what exporters for inference do to norms; deployed merges branches too",
        (_MAC,),
        graph=FOLDED,
    ),
    Convention(
        "deployed", "1", "the network as a runtime executes it: parallel linear branches merged into one convolution, then "
        "batch norms folded; else as macs",
        "ours; Ding et al. 2021, arXiv:2101.03697, section 3.3 (branches), and Jacob et al. 2017, arXiv:1712.05877, section 3.2 (norms)",
        (_MAC,),
        graph=DEPLOYED,
    ),
)  # fmt: skip

CONVENTIONS: dict[str, Convention] = {convention.name: convention for convention in _ALL}
MACS = CONVENTIONS["macs"]
DEFAULT = MACS


def convention_named(name: str) -> Convention:
    """Return the convention of a name. Raises UsageError for one there is none of."""
    found = CONVENTIONS.get(name)
    if found is None:
        hint = near(name, CONVENTIONS) or f": there are {', '.join(CONVENTIONS)}"
        raise UsageError(f"no convention is called '{inert(name)}'{hint}")
    return found
