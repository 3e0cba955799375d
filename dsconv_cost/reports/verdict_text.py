"""The verdicts of `check` in words."""

from dsconv_cost.budget.check import Outcome
from dsconv_cost.budget.verdicts import FAIL, MAX, MIN, NEW, PASS, UNCOMPARABLE, WARNING, LayerShare, Verdict
from dsconv_cost.errors import InputError
from dsconv_cost.reports.amounts import change_text, texts
from dsconv_cost.text import inert

BY_WEIGHT = (FAIL, UNCOMPARABLE, WARNING, NEW, PASS)
"""What people read first. Formats for programs keep the order of the call."""


def by_weight(verdicts: list[Verdict]) -> list[Verdict]:
    """Return verdicts for people: those that matter most first, otherwise in the order of the call."""
    return sorted(verdicts, key=lambda v: BY_WEIGHT.index(v.status))


def headline(outcome: Outcome) -> str:
    """Return on one line how the call ended: `2 of 15 limits exceeded, 1 input invalid`."""
    count = {status: sum(v.status == status for v in outcome.verdicts) for status in BY_WEIGHT}
    total = len(outcome.verdicts)
    # A minimum is not exceeded.
    word = "not kept" if any(v.status == FAIL and v.bound.kind == MIN for v in outcome.verdicts) else "exceeded"
    parts = [f"{count[FAIL]:,} of {_counted(total, 'limit')} {word}" if total else "nothing checked"]
    if count[UNCOMPARABLE]:
        parts.append(f"{count[UNCOMPARABLE]:,} not comparable")
    if count[WARNING]:
        parts.append(_counted(count[WARNING], "warning"))
    if count[NEW]:
        parts.append(f"{count[NEW]:,} new")
    if outcome.faults:
        parts.append(f"{_counted(len(outcome.faults), 'input')} invalid")
    return ", ".join(parts)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def metric_text(verdict: Verdict) -> str:
    """Return what a limit is about: `MACs`, `size at 8 bits`, `params of layer head (most of 3, 1 beyond)`."""
    which = which_text(verdict)
    return f"{part_metric(verdict)} ({which})" if which else part_metric(verdict)


def part_metric(verdict: Verdict) -> str:
    """Return the metric and the part it is of."""
    return f"{measure_text(verdict)} of {inert(verdict.part)}" if verdict.part else measure_text(verdict)


def measure_text(verdict: Verdict) -> str:
    """Return the metric, for a size with its bits."""
    bits = f" at {verdict.bits} bits" if verdict.bits is not None else ""
    return f"{verdict.metric.title}{bits}"


def which_text(verdict: Verdict) -> str:
    """Return which of several parts a verdict is on: the one nearest to the limit or furthest beyond it."""
    if verdict.matched < 2:
        return ""
    beyond = f", {verdict.beyond:,} beyond" if verdict.beyond else ""
    return f"{'most' if verdict.bound.kind == MAX else 'least'} of {verdict.matched:,}{beyond}"


def verdict_sentence(verdict: Verdict) -> str:
    """Return a verdict in one line."""
    figures = texts(verdict)
    if verdict.bound.amount is None:
        return f"{metric_text(verdict)} {figures.actual}: {verdict.status}: {inert(verdict.message)}"
    share = f", {figures.room_share}" if figures.room_share != "-" else ""
    source = inert(verdict.bound.source)
    return f"{metric_text(verdict)} {figures.actual}, {figures.limit} ({source}): {figures.room}{share}"


def verdict_title(verdict: Verdict) -> str:
    """Return in a few words what is wrong: `MACs over the limit`, `saving below the limit`, `params grew`."""
    if verdict.status == UNCOMPARABLE:
        return f"{metric_text(verdict)} not comparable"
    if verdict.is_growth:
        return f"{metric_text(verdict)} grew"
    return f"{metric_text(verdict)} {'below' if verdict.bound.kind == MIN else 'over'} the limit"


def layer_text(layer: LayerShare, verdict: Verdict) -> str:
    """Return a layer with its line and its share, or by how much it changed."""
    details = [line_text(layer.line, layer.use_line)] if layer.line else []
    if layer.before is not None:
        details.append(change_text(layer.value - layer.before, verdict.metric))
    elif layer.whole:
        details.append(f"{100 * layer.value / layer.whole:.1f}%")
    return f"{inert(layer.name)} ({', '.join(details)})" if details else inert(layer.name)


def layers_text(verdict: Verdict) -> str:
    """Return what the layers of a verdict are: the costliest, or of a peak the layer that runs then and what is alive."""
    return f"alive while {inert(verdict.peak_at.name)} runs" if verdict.peak_at is not None else "costliest"


def line_text(line: int, use_line: int) -> str:
    """Return where a layer is: in a block with the line that uses the block."""
    return f"line {line}, used at {use_line}" if use_line else f"line {line}"


def origin(verdict: Verdict) -> tuple[str, str]:
    """Return where a limit comes from, and for a base in a sentence what its commit is."""
    bound = verdict.bound
    if not bound.ref:
        return inert(bound.source), ""
    return inert(bound.home), f"{inert(bound.home)} is where HEAD and {inert(bound.ref)} part"


def fault_text(error: Exception) -> str:
    """Return what is wrong with an input, with its places and lines where it has some."""
    return str(error) if isinstance(error, InputError) else f"error: {inert(str(error))}"
