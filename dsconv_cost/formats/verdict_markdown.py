"""The verdicts of `check` as Markdown for a job summary or a pull-request comment.

Text from files is put in code spans, where nothing is a link, a mention, an image or HTML; GitHub takes at most 65,536 characters.
"""

from dsconv_cost.budget.check import Outcome
from dsconv_cost.budget.verdicts import PASS, UNCOMPARABLE, Verdict
from dsconv_cost.formats.markdown import code
from dsconv_cost.language.limits import Amount
from dsconv_cost.reports.amounts import change_text, rounded, texts
from dsconv_cost.reports.check import problem_records, rules_of
from dsconv_cost.reports.verdict_text import by_weight, headline, layer_text, layers_text, line_text, metric_text
from dsconv_cost.text import inert

MOST_CHARACTERS = 60_000
"""What does not fit is counted."""
LONGEST_SPAN = 300

_HEAD = "| verdict | architecture | metric | limit | actual | headroom | | source |\n| --- | --- | --- | ---: | ---: | ---: | ---: | --- |"


def verdicts_markdown(outcome: Outcome) -> str:
    """Return the verdicts, those that matter first, and what is wrong with inputs."""
    ordered = by_weight(outcome.verdicts)
    lines = [f"### dsconv-cost: {headline(outcome)}", ""]
    wrong = [f"- {_span(_problem(problem))}" for problem in problem_records(outcome.faults)]
    room = MOST_CHARACTERS - len("\n".join(lines))
    sections: list[list[str]] = []
    if wrong:
        sections.append(_fitting(["Wrong input:", "", *wrong], room // 3, "problems"))
    room -= sum(len(line) + 1 for section in sections for line in section)
    if ordered:
        sections.append(_fitting([*_HEAD.split("\n"), *map(_row, ordered)], room // 2, "limits"))
    room -= sum(len(line) + 1 for line in sections[-1]) if ordered else 0
    details = [line for v in ordered for line in _detail(v)]
    if details:
        sections.append(_fitting(details, room, "lines"))
    convention = outcome.convention
    foot = [f"{label}: {_span(text)}" for label, text in dict.fromkeys(outcome.notes)][:20]
    rules = [f"- {rule.metric}: {_span(f'{rule.name} {rule.version}')}" for rule in rules_of(outcome.verdicts)]
    sections.append(
        [*(f"- {line}" for line in foot), *rules, f"- convention: `{convention.name} {convention.version}`"]
    )
    return "\n".join([*lines, "\n\n".join("\n".join(section) for section in sections), ""])


def _fitting(lines: list[str], room: int, what: str) -> list[str]:
    """Return the first lines that fit, and how many do not."""
    size = 0
    for index, line in enumerate(lines):
        size += len(line) + 1
        if size > room:
            return [*lines[:index], "", f"... and {len(lines) - index:,} more {what}"]
    return lines


def _row(v: Verdict) -> str:
    figures = texts(v)
    status = v.status if v.status == PASS else f"**{v.status}**"
    cells = (
        status, _span(v.architecture), _span(metric_text(v)), figures.limit, figures.actual, figures.room, figures.room_share,
        _span(inert(v.bound.source)),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _detail(v: Verdict) -> list[str]:
    """Return the costliest or changed layers of a verdict unless it is a plain pass, and its message."""
    relative = v.has_changes
    if v.status == PASS and not (relative and v.layers):
        return []
    lines: list[str] = []
    if relative and v.status != UNCOMPARABLE:
        for layer in v.layers:
            grown = change_text(layer.value - (layer.before or 0), v.metric)
            before, now = (rounded(Amount("", x), v.metric) for x in (layer.before or 0, layer.value))
            line = f", {line_text(layer.line, layer.use_line)}" if layer.line else ""
            lines.append(f"  - {_span(inert(layer.name))}{line}: {before} to {now} ({grown})")
    elif v.layers:
        what = _span(layers_text(v)) if v.peak_at is not None else layers_text(v)
        lines.append(f"  - {what}: {'; '.join(_span(layer_text(layer, v)) for layer in v.layers)}")
    if v.message:
        lines.append(f"  - {_span(inert(v.message))}")
    return [f"- {_span(v.architecture)}, {_span(metric_text(v))}, {_span(inert(v.bound.source))}: {v.status}", *lines]


def _problem(problem: dict[str, object]) -> str:
    place = f":{problem['line']}:{problem['column']}" if problem["line"] else ""
    return f"{inert(str(problem['path']))}{place}: {inert(str(problem['message']))}"


def _span(text: str) -> str:
    """Return text as a code span that a table's cell can hold. A bar behind a backslash would end the cell, and the span."""
    if len(text) > LONGEST_SPAN:
        text = text[: LONGEST_SPAN - 3] + "..."
    return code(text.replace("|", "\\x7c")) if text.strip() else ""
