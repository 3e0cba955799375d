"""`advise`: which convolutions to make separable to keep within limits."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypedDict, Unpack

from dsconv_cost.advice.advice import Advice, AdviceWanted, PlanResult, advice_on
from dsconv_cost.advice.changes import Counting
from dsconv_cost.advice.plan import FEWEST_LAYERS, PLAN_OBJECTIVES
from dsconv_cost.api.inputs import GivenNetwork, GivenSettings, architecture_given, bound_given, convention_given
from dsconv_cost.api.limits import bits_given, limits_given, refuse_unknown
from dsconv_cost.api.result import Result
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.errors import UsageError
from dsconv_cost.memory.measure import DEFAULT_ACTIVATION_BITS
from dsconv_cost.network.allowance import MAX_LAYERS, one_allowance
from dsconv_cost.reports.advise import advise_report
from dsconv_cost.reports.table import Report


class AdviseLimits(TypedDict, total=False):
    """The limits of `advise`, and how memory is counted."""

    max_macs: int | str | None
    max_params: int | str | None
    max_flops: int | str | None
    max_flash: int | str | None
    max_peak: int | str | None
    bits: int
    """Of an element, for flash and peak: 4, 8, 16 or 32."""


class SeparablePlan(NamedTuple):
    """Convolutions to make separable, and what comes of it."""

    objective: str
    """"layers" or "params": what it changes or loses least of."""
    layers: list[str]
    """The names of the convolutions."""
    params_lost: int
    figures: Mapping[str, int]
    """What the network costs then: params, macs, flops, and flash and peak where one of them is limited."""
    proven: bool
    """Whether no plan does better: true unless the search ended at its bound."""
    text: str | None
    """The file with the plan in it; None for a model, and where the file cannot say it."""
    diff: str | None
    """The change from the file to that text, as `patch` takes it."""


class AdviseResult(Result):
    """The plans for one network; `for plan in result` gives them."""

    def __init__(self, advice: Advice, objective: str) -> None:
        self.objective = objective
        self._advice = advice
        self.plans = {key: _plan(result) for key, result in advice.results.items()}
        """"layers" -> the plan with the fewest layers changed; "params" -> that with the fewest params lost; empty without any."""
        self.met = advice.advised.met
        """Whether the network keeps within the limits as it is."""
        self.least = dict(advice.advised.least)
        """Metric -> the least that it can be, whatever is made separable."""
        self.findings = advice.findings
        """What else there is to say: each with its `rule`, `layer` and `line`, a `figure`, a `remedy` and what that `saves`."""

    @property
    def plan(self) -> SeparablePlan | None:
        """The plan of the objective asked for; None where there is none."""
        return self.plans.get(self.objective)

    def __iter__(self) -> Iterator[SeparablePlan]:
        return iter(self.plans.values())

    def __len__(self) -> int:
        return len(self.plans)

    def to_dict(self) -> dict[str, Any]:
        """Return what `dsconv-cost advise --format json` prints."""
        from dsconv_cost.formats.records import report_json

        document: dict[str, Any] = json.loads(report_json(self._report()))
        return document

    def _report(self) -> Report:
        return advise_report(self._advice, self.objective, every=True)

    def __repr__(self) -> str:
        report = self._report()
        return f"<{'. '.join([report.headline, *report.answer[:1]])}>"


def advise(
    network: GivenNetwork,
    *,
    objective: str = FEWEST_LAYERS,
    keep: Iterable[str] = (),
    whole_items: bool = False,
    settings: GivenSettings | None = None,
    convention: str = DEFAULT.name,
    layer_bound: int = MAX_LAYERS,
    **limits: Unpack[AdviseLimits],
) -> AdviseResult:
    """Return which convolutions to make separable to keep within limits: with the fewest changes, and with the fewest params lost.

    The network is what `analyze` takes. A limit is an exact integer (of bytes for flash and peak), or a text, e.g. "900M": max_macs,
    max_params, max_flops, max_flash and max_peak (with bits=8). `keep` has names or patterns of items and layers that stay;
    `whole_items` changes all convolutions that an item of the file makes, or none of them. `objective`, "layers" or "params", says
    which plan `plan` is. Without a limit there are `findings` alone. Raises UsageError for a pattern that matches nothing.
    """
    refuse_unknown("advise", limits, AdviseLimits.__annotations__)
    if objective not in PLAN_OBJECTIVES:
        raise UsageError(f"objective: received {objective!r}, expected {' or '.join(PLAN_OBJECTIVES)}")
    if isinstance(keep, str) or not isinstance(keep, Iterable):
        raise TypeError(f"keep: received {type(keep).__name__}, expected a list of names or patterns")
    patterns = list(keep)
    if not all(isinstance(pattern, str) for pattern in patterns):
        raise TypeError("keep: expected a list of names or patterns, received something else in it")
    given = limits_given(limits)
    counting = Counting(convention_given(convention), bits_given(limits) or DEFAULT_ACTIVATION_BITS)
    architecture = architecture_given(network, settings)
    with one_allowance(bound_given(layer_bound)):
        return AdviseResult(
            advice_on(architecture, counting, AdviceWanted(given, patterns, whole_items, layer_bound)), objective
        )


def _plan(result: PlanResult) -> SeparablePlan:
    plan, written = result.plan, result.written
    names = [name for change in plan.changes for name in change.names]
    return SeparablePlan(
        plan.objective, names, plan.lost, result.figures, plan.proven,
        written.text if written else None, written.diff if written else None,
    )  # fmt: skip
