"""What a convention is: charges, each a rate on one of a layer's counts, and what is known of them.

No layer knows of any. A convention of another counter charges what was measured and nothing else: a layer that was not
measured with it is *unmeasured*, whatever this project would count for it.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate

from dsconv_cost.layers.counts import Counts
from dsconv_cost.named_tuple import NamedTuple

FLOPS_PER_MAC = 2

WRITTEN, FOLDED, DEPLOYED = "written", "folded", "deployed"


class Figures(NamedTuple):
    """What is reported of a layer or a network."""

    params: int
    macs: int
    flops: int


class HasFigures:
    """Something that figures are reported of: `figures`, and each of them by its name."""

    __slots__ = ()

    @property
    def figures(self) -> Figures:
        raise NotImplementedError

    @property
    def params(self) -> int:
        """Learned parameters: weights, biases, and the scale and shift of norms."""
        return self.figures.params

    @property
    def macs(self) -> int:
        """Multiply-accumulates of convolutions and matrix products, or what the convention counts."""
        return self.figures.macs

    @property
    def flops(self) -> int:
        """Floating-point operations under the convention."""
        return self.figures.flops


class Charge(NamedTuple):
    """What one operation costs: `rate` for each unit of one of a layer's counts."""

    what: str
    """In words, for explanations."""
    rate: int
    field: str
    """Which of the Counts."""
    cases: tuple[str, ...] = ()
    """What it holds for: in our own rules types of layers, in a measured one cases of them; empty: all."""

    def of(self, counts: Counts) -> int:
        """Return the charge for the counts of a layer that it holds for."""
        amount: int = getattr(counts, self.field)
        return self.rate * amount

    def without(self, cases: Collection[str]) -> "Charge | None":
        """Return the charge without some of the cases it names, or None where none is left."""
        left = tuple([case for case in self.cases if case not in cases])
        return self._replace(cases=left) if left else None


PARAMS = (
    Charge("weights", 1, "weights"), Charge("biases", 1, "biases"), Charge("scale and shift of norms", 1, "norm"),
)  # fmt: skip
OWN_MACS = Charge("multiply-accumulates", 1, "macs")


class Coding(NamedTuple):
    """A way to write layers in which a counter sees them differently than as modules, and what it charges then."""

    name: str
    """As `tests/facts/counters` has it."""
    words: str
    """For people: `pools as functions`."""
    cases: tuple[str, ...]
    """The layers whose charges it replaces."""
    macs: tuple[Charge, ...] = ()
    flops: tuple[Charge, ...] = ()
    params: tuple[Charge, ...] = ()


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
    measured: frozenset[str] | None = None
    """The cases of layers it was measured with; None: it is our own rule, and knows all."""
    prints: tuple[str, ...] = ("params", "macs", "flops")
    """The figures that the counter prints."""
    codings: tuple[Coding, ...] = ()
    """What it charges where layers are not modules of PyTorch."""

    def knows(self, case: str) -> bool:
        """Return whether it is known what the counter charges for a case of layers."""
        return self.measured is None or case in self.measured

    def charges(self, case: str, metric: str) -> tuple[tuple[Charge, ...], int]:
        """Return the charges that make up a figure of one case of layers, and the factor on all of them.

        Those of an unmeasured case are our own.
        """
        if metric == "params":
            return (PARAMS if not self.knows(case) else (*PARAMS, *self._of(case, self.params))), 1
        if not self.knows(case):
            return (OWN_MACS,), FLOPS_PER_MAC if metric == "flops" else 1
        if metric == "flops" and self.flops:
            return self._of(case, self.flops), 1
        return self._of(case, self.macs), FLOPS_PER_MAC if metric == "flops" else 1

    def _of(self, case: str, charges: tuple[Charge, ...]) -> tuple[Charge, ...]:
        words = {case}
        if self.measured is None:  # our own rules know types
            words.update(accumulate(case.split(" "), "{} {}".format))
        return tuple([charge for charge in charges if not charge.cases or not words.isdisjoint(charge.cases)])

    def figures(self, case: str, counts: Counts) -> Figures:
        """Return what is reported of one layer, or of several of one case."""
        figures = []
        for metric in Figures._fields:
            charges, factor = self.charges(case, metric)
            figures.append(factor * sum([charge.of(counts) for charge in charges]))
        return Figures(*figures)

    def total(self, layers: Iterable[tuple[str, Counts]]) -> Figures:
        """Return the sum over (case, counts) pairs."""
        params = macs = flops = 0
        for case, counts in layers:
            figures = self.figures(case, counts)
            params += figures.params
            macs += figures.macs
            flops += figures.flops
        return Figures(params, macs, flops)

    def coded(self, codings: Sequence[Coding]) -> "Convention":
        """Return what the counter charges where layers are coded so; a later coding replaces an earlier one."""
        rule = self
        for coding in codings:
            rule = rule._replace(
                macs=_replaced(rule.macs, coding.cases, coding.macs),
                flops=_replaced(rule.flops, coding.cases, coding.flops),
                params=_replaced(rule.params, coding.cases, coding.params),
            )
        return rule


def _replaced(charges: Sequence[Charge], cases: tuple[str, ...], new: tuple[Charge, ...]) -> tuple[Charge, ...]:
    kept = [left for charge in charges if (left := charge.without(cases)) is not None]
    return (*kept, *new)
