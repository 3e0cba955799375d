"""Which conventions come near to a number seen elsewhere, and in which coding of the network."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Coding, Convention, Figures
from dsconv_cost.costs.conventions import DEFAULT, all_conventions
from dsconv_cost.language.published import Quantity
from dsconv_cost.network.graph import Network

RECONCILED = ("params", "macs", "flops")


class Candidate(NamedTuple):
    """A figure that a convention gives, and how far it is from the number asked about."""

    convention: Convention
    metric: str
    value: int
    distance: int
    agrees: bool
    """Whether it rounds, floors or ceils to the digits of the number, and all its layers are measured."""
    codings: tuple[Coding, ...]
    """How the network is coded where the counter prints this; empty: of modules."""
    measured: bool
    """Whether the counter was measured with every layer of the network."""

    @property
    def coding(self) -> str:
        return ", ".join([coding.words for coding in self.codings])

    @property
    def rule(self) -> Convention:
        return self.convention.coded(self.codings)


def nearest_conventions(network: Network, number: Quantity, metric: str | None = None) -> list[Candidate]:
    """Return what every convention gives, the nearest to the number first.

    For a counter, that is what it prints for a network of modules, and what agrees with the number where layers are coded
    otherwise. Figures that a convention shares with `macs` are left to `macs`.
    """
    candidates: list[Candidate] = []
    default = Form(network, DEFAULT).total
    for convention in all_conventions().values():
        form = Form(network, convention)
        cases = form.by_case
        measured = all(convention.knows(case) for case in cases)
        for name in RECONCILED if metric is None else (metric,):
            if convention is not DEFAULT and name not in _own_figures(convention):
                continue
            known: dict[int, Candidate] = {}
            for codings in _codings(convention, frozenset(cases)):
                value = getattr(convention.coded(codings).total(cases.items()), name)
                if convention is DEFAULT or value != getattr(default, name):
                    agrees = measured and number.agrees(value)
                    known.setdefault(
                        value, Candidate(convention, name, value, value - number.value, agrees, codings, measured)
                    )
            candidates += _shown(list(known.values()))
    # What papers mean comes first where it agrees.
    candidates.sort(key=lambda c: (not c.agrees, not (c.agrees and c.convention is DEFAULT), abs(c.distance)))
    return candidates


def _own_figures(convention: Convention) -> tuple[str, ...]:
    """Return the figures that are more than another one doubled."""
    return tuple([name for name in convention.prints if name != "flops" or convention.flops])


def _codings(convention: Convention, cases: frozenset[str]) -> Iterator[tuple[Coding, ...]]:
    """Yield every set of codings that can matter for a network, the smallest first."""
    possible = [coding for coding in convention.codings if cases.intersection(coding.cases)]
    for size in range(len(possible) + 1):
        yield from combinations(possible, size)


def _shown(candidates: list[Candidate]) -> list[Candidate]:
    """Return the figure of modules, and of the other codings the simplest that agree."""
    shown = [c for c in candidates if not c.codings]
    for candidate in candidates:
        if candidate.agrees and not any(c.agrees and set(c.codings) <= set(candidate.codings) for c in shown):
            shown.append(candidate)
    return shown


def figures(network: Network, convention: Convention) -> Figures:
    """Return params, MACs and FLOPs of a network under a convention."""
    return Form(network, convention).total
