"""The table of formats: every line works, and what it says is what the command line offers."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

import dsconv_cost.formats
from dsconv_cost.cli.group import COMMANDS
from dsconv_cost.formats.format import (
    ADVICE,
    ANALYSIS,
    CALIBRATION,
    COMPARISON,
    DIFFERENCE,
    DOCUMENT,
    EXPLANATION,
    FORMATS,
    GRAPH,
    PICTURE,
    POINTS,
    PROGRAM,
    REPORT,
    TERMINAL,
    VERDICTS,
    Content,
    Screen,
    formats_of,
    pieces,
    text_of,
)
from dsconv_cost.reports.table import EXACT, TEXT, Column, Report, Table
from tests.command import run

WRITERS = {f"{name}, {kind}": where for name, entry in FORMATS.items() for kind, where in entry.writers.items()}
SMALL = Report("Two", [Table("rows", (Column("a", "a", TEXT), Column("b", "b", EXACT)), [("x", 1), ("y", 22)])], [])


@pytest.mark.parametrize("where", WRITERS.values(), ids=WRITERS)
def test_every_writer_is_a_function_of_a_module(where: str) -> None:
    module, _, function = where.rpartition(".")
    assert callable(getattr(import_module(f"dsconv_cost.formats.{module}"), function))


def test_every_line_is_whole() -> None:
    assert {entry.read_in for entry in FORMATS.values()} == {TERMINAL, DOCUMENT, PROGRAM, PICTURE, GRAPH}
    assert {kind for entry in FORMATS.values() for kind in entry.writers} == {
        REPORT, ANALYSIS, VERDICTS, EXPLANATION, COMPARISON, DIFFERENCE, CALIBRATION, ADVICE, POINTS,
    }  # fmt: skip
    assert all(name == entry.name and entry.words for name, entry in FORMATS.items())
    endings = [ending for entry in FORMATS.values() for ending in entry.endings]
    assert len(endings) == len(set(endings))
    assert all(ending.startswith(".") and ending == ending.lower() for ending in endings)


def test_every_module_that_writes_is_in_the_table() -> None:
    named = {where.rpartition(".")[0] for where in WRITERS.values()}
    shared = {"__init__", "format", "highlight", "layout", "numbers", "marks", "outputs", "terminal"}
    shared |= {"box_label", "picture"}
    shared.add("html_table")  # for notebooks alone
    folder = Path(dsconv_cost.formats.__file__).parent
    files = {".".join(path.relative_to(folder).with_suffix("").parts): path for path in folder.rglob("*.py")}
    # A part of pages has no line of its own: another module uses it.
    sources = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
    pages = {"html.__init__", "html.notebook"}
    pages |= {
        name for name in files if name.startswith("html.")
        if any(f"from dsconv_cost.formats.{name} import" in text for other, text in sources.items() if other != name)
    }  # fmt: skip
    assert set(files) == named | shared | pages


OFFERED = {
    REPORT: ["table", "json", "csv", "markdown", "html"],
    ANALYSIS: ["table", "json", "csv", "markdown", "html", "svg", "dot", "mermaid"],
    COMPARISON: ["table", "json", "csv", "markdown", "html", "svg"],
    POINTS: ["table", "json", "csv", "markdown", "html", "svg"],
    DIFFERENCE: ["table", "json", "csv", "markdown", "html"],
    VERDICTS: ["table", "json", "csv", "markdown", "html", "github", "junit"],
    EXPLANATION: ["table", "json", "csv", "markdown", "html"],
    CALIBRATION: ["table", "json", "csv", "markdown", "html", "device"],
    ADVICE: ["table", "json", "csv", "markdown", "html", "diff"],
}


@pytest.mark.parametrize("kind", OFFERED)
def test_formats_are_offered_for_what_they_can_show(kind: str) -> None:
    assert list(formats_of(kind)) == OFFERED[kind]


def _kind_of(command: str) -> str | None:
    """Return what a command shows, as its source says it, or None for one without --format from the table."""
    tree = ast.parse(Path(str(import_module(f"dsconv_cost.cli.{command}").__file__)).read_text(encoding="utf-8"))
    kinds = [
        node.args[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("output_options", "formats_of")
        if isinstance(node.args[0], ast.Name)
    ]
    return kinds[0].lower() if kinds else None


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_the_table_says(command: str) -> None:
    kind = _kind_of(command)
    said = " ".join(run(command, "--help").out.split())
    assert ("--format" in said) == ("--output" in said)
    assert (kind is not None) == ("--format" in said and command != "reference")  # whose text has no table
    if kind is not None:
        assert "--output [FORMAT=]PATH" in said
        assert f"[{'|'.join(OFFERED[kind])}]" in said
        for name in OFFERED[kind]:
            assert f"{name} ({FORMATS[name].words})" in said
            assert all(ending in said for ending in FORMATS[name].endings[:1])


def test_a_report_is_made_once_for_each_place_where_it_is_read() -> None:
    made: list[str] = []

    def report(read_in: str) -> Report:
        made.append(read_in)
        return SMALL

    content = Content(REPORT, report)
    for name in ("json", "csv", "table", "markdown", "json"):
        assert text_of(content, name, Screen())
    assert made == ["program", "terminal", "document"]


def test_a_format_without_words_of_its_own_shows_the_report() -> None:
    content = Content(VERDICTS, lambda program: SMALL, "never read")
    assert text_of(content, "table", Screen()) == "Two\n\na   b\n─────\nx   1\ny  22\n"


def test_a_long_text_comes_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    from dsconv_cost import analyze, load
    from dsconv_cost.cli.analyze import analysis_content
    from dsconv_cost.costs.breakdown import View
    from dsconv_cost.formats import records

    monkeypatch.setattr(records, "LINES_AT_ONCE", 10)
    content = analysis_content(analyze(load("mobilenet")), View())
    found = list(pieces(content, "json", Screen()))
    # 27 convolutions with a norm and an activation each, one pooling and one linear layer: 83 lines, the start and the end
    assert len(found) == 1 + 9 + 1
    assert "".join(found) == run("analyze", "mobilenet", "--format", "json").out
