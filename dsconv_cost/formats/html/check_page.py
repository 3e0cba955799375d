"""The page of `check`: limits as bullet bars, every verdict with its place, and the layers behind those that are exceeded."""

from collections.abc import Iterator

from dsconv_cost.budget.check import Outcome
from dsconv_cost.budget.verdicts import FAIL, NEW, PASS, UNCOMPARABLE, WARNING
from dsconv_cost.formats.html.bullets import bullets
from dsconv_cost.formats.html.page import PageSection, Tile, note_list, page, tile_list
from dsconv_cost.formats.html.patterns import legend
from dsconv_cost.formats.html.svg import framed
from dsconv_cost.formats.html.tables import data_table, filter_tools
from dsconv_cost.reports.check import check_report, place_text, problem_table
from dsconv_cost.reports.table import TEXT, Column, Report, Table
from dsconv_cost.reports.verdict_text import by_weight, headline, verdict_sentence
from dsconv_cost.text import inert

MOST_BULLETS = 400
_MOST_TOLD = 3
_TITLES = {"layers": "Costliest layers", "changes": "Changed layers"}


def verdicts_page(outcome: Outcome) -> str:
    """Return the page of a call of `check`."""
    report = check_report(outcome)
    sections = [*_limits(outcome, report), *_layers(report), *_problems(outcome)]
    if report.notes:
        sections.append(PageSection("how", "How it was checked", "", [note_list(report.notes)]))
    return page(report.headline, sections, answer=_answer(outcome), top=tile_list(_tiles(outcome)))


def _answer(outcome: Outcome) -> Iterator[str]:
    """Yield what is wrong, the first few in a sentence each."""
    wrong = [v for v in by_weight(outcome.verdicts) if v.status in (FAIL, UNCOMPARABLE, WARNING)]
    for v in wrong[:_MOST_TOLD]:
        yield f"{inert(v.architecture)}: {verdict_sentence(v)}."
    if len(wrong) > _MOST_TOLD:
        yield f"{len(wrong) - _MOST_TOLD:,} more below."
    if not wrong and outcome.verdicts and not outcome.faults:
        yield "Every limit is kept."


def _tiles(outcome: Outcome) -> Iterator[Tile]:
    for status, title in (
        (FAIL, "exceeded"),
        (WARNING, "warnings"),
        (UNCOMPARABLE, "not comparable"),
        (NEW, "new"),
        (PASS, "kept"),
    ):
        count = sum(v.status == status for v in outcome.verdicts)
        if count or status in (FAIL, PASS):
            yield Tile(title, f"{count:,}", f"of {len(outcome.verdicts):,} limits", count)
    if outcome.faults:
        yield Tile("invalid inputs", f"{len(outcome.faults):,}", "see below", len(outcome.faults))


def _limits(outcome: Outcome, report: Report) -> Iterator[PageSection]:
    verdicts = by_weight(outcome.verdicts)
    if not verdicts:
        return
    drawn = verdicts[:MOST_BULLETS]
    lead = "Each bar is a figure as a share of its own limit; those that matter most come first."
    if len(drawn) < len(verdicts):
        lead += f" The first {len(drawn)} of {len(verdicts):,}."
    key = [("f-bad", "beyond its limit"), ("f-good", "within it")]
    if any(v.is_growth for v in drawn):
        lead += " The upright mark is what the figure was."
    if any(v.status == WARNING for v in drawn):
        key.insert(1, ("f-bad faint", "beyond it, with a warning"))
    table = report.tables[0]
    placed = Table(
        table.name, (*table.columns, Column("place", "place", TEXT)),
        [(*row, place_text(v)) for row, v in zip(table.rows, verdicts, strict=True)],
    )  # fmt: skip
    statuses = [v.status for v in verdicts]
    yield PageSection("limits", "Limits", lead, [legend(key), framed(bullets(drawn))])
    tools = filter_tools("verdict-tools", "verdicts", statuses)
    yield PageSection(
        "verdicts",
        "Verdicts",
        "",
        [tools, data_table(placed, headline(outcome), tools="verdict-tools", kinds=statuses)],
    )


def _layers(report: Report) -> Iterator[PageSection]:
    for table in report.tables:
        if table.name in _TITLES:
            title = _TITLES[table.name]
            yield PageSection(table.name, title, "", [data_table(table, f"{title} of limits that are exceeded")])


def _problems(outcome: Outcome) -> Iterator[PageSection]:
    table = problem_table(outcome.faults)
    if table.rows:
        yield PageSection("problems", "Invalid inputs", "", [data_table(table, f"{len(table.rows):,} problems")])
