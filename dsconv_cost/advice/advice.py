"""What to change in a network to keep it within budgets: the changes, the plans, and the file's text with each plan in it."""

from collections.abc import Sequence

from dsconv_cost.advice.changes import PEAK_METRIC, Counting, Separations, changes_of
from dsconv_cost.advice.findings import Finding, findings_of
from dsconv_cost.advice.plan import Advised, Plan, advise_on
from dsconv_cost.advice.written import WrittenPlan, write_plan
from dsconv_cost.gc_pause import without_gc
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.limits import Limit
from dsconv_cost.memory.measure import Memory
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.allowance import MAX_LAYERS
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.transforms.convert import separate_convolutions


class AdviceWanted(NamedTuple):
    """What is asked for."""

    limits: Sequence[Limit]
    keep: Sequence[str] = ()
    """Names and patterns of items and layers that stay."""
    whole_items: bool = False
    """Whether all convolutions that one item makes change together."""
    layer_bound: int = MAX_LAYERS


class PlanResult(NamedTuple):
    """A plan, what the network costs with it, and the file's text that has it."""

    plan: Plan
    figures: dict[str, int]
    written: WrittenPlan | None
    """None for a model, and where the file cannot say it."""


class Advice(NamedTuple):
    """The answer for one network."""

    architecture: Architecture
    counting: Counting
    budgets: dict[str, int]
    """Metric -> the most that it may be."""
    limits: Sequence[Limit]
    """The budgets as they were written."""
    changes: Separations
    advised: Advised
    results: dict[str, PlanResult]
    """Objective -> its plan."""
    findings: list[Finding]
    """What else there is to say, whatever the budgets are."""

    def diff(self, objective: str) -> str:
        """Return the change to the file as a unified diff; empty where there is none."""
        result = self.results.get(objective)
        return result.written.diff if result is not None and result.written is not None else ""


@without_gc
def advice_on(architecture: Architecture, counting: Counting, wanted: AdviceWanted) -> Advice:
    """Return what to change in a network. Raises InputError with all problems of it, UsageError for a pattern that matches nothing."""
    network = elaborate(architecture, wanted.layer_bound)
    budgets = {one.metric.name: one.max.top // one.max.bottom for one in wanted.limits if one.max is not None}
    counting = counting._replace(metrics=list(budgets))
    changes = changes_of(network, counting, wanted.keep, wanted.whole_items)
    advised = advise_on(changes, budgets)
    results: dict[str, PlanResult] = {}
    for objective, plan in advised.plans.items():
        nodes = sorted([index for change in plan.changes for index in change.nodes])
        figures = counting.figures(separate_convolutions(network, nodes))
        _verify(changes, plan, budgets, figures)
        written = None
        if architecture.spec.imported is None:
            same = next((one.written for one in results.values() if one.plan.changes == plan.changes), None)
            written = same or write_plan(architecture, network, nodes, wanted.layer_bound)
        results[objective] = PlanResult(plan, figures, written)
    findings = findings_of(network, Memory(network, counting.bits))
    return Advice(architecture, counting, budgets, wanted.limits, changes, advised, results, findings)


def _verify(changes: Separations, plan: Plan, budgets: dict[str, int], figures: dict[str, int]) -> None:
    """Raise RuntimeError where the changed network does not cost what the savings promised: that would be an error of ours."""
    for metric, figure in changes.figures.items():
        promised = figure - sum([change.saved.get(metric, 0) for change in plan.changes])
        if metric != PEAK_METRIC and figures[metric] != promised:
            raise RuntimeError(f"{metric}: {figures[metric]:,} after the change, {promised:,} promised")
    for metric, most in budgets.items():
        if figures[metric] > most:
            raise RuntimeError(f"{metric}: {figures[metric]:,} after the change, at most {most:,} promised")
