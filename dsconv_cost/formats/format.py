"""The table of formats, a line each: its name, where it is read, the endings of its files, and the functions that write it."""

import functools
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from dsconv_cost.named_tuple import NamedTuple

if TYPE_CHECKING:
    from dsconv_cost.reports.table import Report

TERMINAL, DOCUMENT, PROGRAM, PICTURE, GRAPH = "terminal", "document", "program", "picture", "graph"
"""Where a format is read; a picture is seen, and so is a graph, which has all layers in their order."""
REPORT, ANALYSIS, VERDICTS, EXPLANATION = "report", "analysis", "verdicts", "explanation"
COMPARISON, DIFFERENCE, CALIBRATION, ADVICE = "comparison", "difference", "calibration", "advice"
POINTS = "points"
"""The kinds of content: tables, the layers of one network, the verdicts of `check`, the steps of `explain`, networks side by side,
what two of them differ in, the rates of `calibrate`, what `advise` would change, the points of a search through settings."""


class Screen(NamedTuple):
    """How wide a terminal is, and which characters and colours it takes."""

    columns: int | None = None
    """None off a terminal: every column is shown."""
    color: bool = False
    utf8: bool = True


class Format(NamedTuple):
    """One format."""

    name: str
    words: str
    """Its description in the help."""
    read_in: str
    endings: tuple[str, ...]
    writers: Mapping[str, str]
    """Kind of content -> `module.function` of this package that returns the text or yields its pieces.

    It gets the report, or the content's own parts, and for a terminal a Screen as its last argument.
    """


FORMATS = {
    entry.name: entry
    for entry in (
        Format(
            "table", "for people", TERMINAL, (".txt",),
            {REPORT: "plain.report_table", EXPLANATION: "explanation.explanation_text", ADVICE: "advice.advice_text"},
        ),
        Format(
            "json", "for programs", PROGRAM, (".json",),
            {REPORT: "records.report_json", ANALYSIS: "records.analysis_json", VERDICTS: "verdict_records.verdicts_json",
             EXPLANATION: "explanation.explanation_json"},
        ),
        Format(
            "csv", "for spreadsheets", PROGRAM, (".csv",),
            {REPORT: "records.report_csv", ANALYSIS: "records.analysis_csv", VERDICTS: "verdict_records.verdicts_csv"},
        ),
        Format(
            "markdown", "for pull requests", DOCUMENT, (".md", ".markdown"),
            {REPORT: "markdown.report_markdown", VERDICTS: "verdict_markdown.verdicts_markdown",
             EXPLANATION: "explanation.explanation_markdown", ADVICE: "advice.advice_markdown"},
        ),
        Format(
            "html", "a page of its own", DOCUMENT, (".html", ".htm"),
            {REPORT: "html.report.report_page", ANALYSIS: "html.analyze_page.analysis_page",
             COMPARISON: "html.compare_page.comparison_page", DIFFERENCE: "html.diff_page.difference_page",
             VERDICTS: "html.check_page.verdicts_page", POINTS: "html.points_page.points_page"},
        ),
        Format("device", "for --device", PROGRAM, (".yaml", ".yml"), {CALIBRATION: "device_file.device_yaml"}),
        Format("github", "annotations in GitHub Actions", PROGRAM, (), {VERDICTS: "github.github_commands"}),
        Format("junit", "a test report", PROGRAM, (".xml",), {VERDICTS: "junit.junit_xml"}),
        Format("svg", "a picture", PICTURE, (".svg",),
               {ANALYSIS: "layers_svg.analysis_svg", COMPARISON: "scatter_svg.comparison_svg", POINTS: "points_svg.points_svg"}),
        Format("diff", "for patch", PROGRAM, (".diff", ".patch"), {ADVICE: "advice.advice_diff"}),
        Format("dot", "the graph for Graphviz", GRAPH, (".dot", ".gv"), {ANALYSIS: "dot.analysis_dot"}),
        Format("mermaid", "the graph for Markdown", GRAPH, (".mmd", ".mermaid"), {ANALYSIS: "mermaid.analysis_mermaid"}),
    )
}  # fmt: skip
"""To add a format, add its module to this package and a line here."""


class Content:
    """What a command shows: a report for every format, and for those that know its kind the parts it is made from."""

    def __init__(self, kind: str, report: "Callable[[str], Report]", *parts: object) -> None:
        self.kind = kind
        self.report = functools.cache(report)
        """Takes where the report is read."""
        self.parts = parts


def formats_of(kind: str) -> dict[str, Format]:
    """Return the formats that can show a kind of content."""
    return {name: entry for name, entry in FORMATS.items() if kind in entry.writers or REPORT in entry.writers}


def pieces(content: Content, name: str, screen: Screen) -> Iterator[str]:
    """Yield the text of some content in a format; long texts come in pieces."""
    entry = FORMATS[name]
    own = entry.writers.get(content.kind) if content.parts else None
    parts = content.parts if own else (content.report(entry.read_in),)
    module, _, function = (own or entry.writers[REPORT]).rpartition(".")
    write: Callable[..., str | Iterator[str]] = getattr(import_module(f"dsconv_cost.formats.{module}"), function)
    text = write(*parts, screen) if entry.read_in == TERMINAL else write(*parts)
    yield from (text,) if isinstance(text, str) else text


def text_of(content: Content, name: str, screen: Screen) -> str:
    """Return the text of some content in a format."""
    return "".join(pieces(content, name, screen))
