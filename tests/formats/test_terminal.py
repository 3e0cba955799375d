"""Tables on a terminal: as rich would draw them, whole at any width, and clean off a terminal."""

import io
import re
import sys
from typing import Any

import pytest
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from dsconv_cost import analyze, load
from dsconv_cost.cli import emit
from dsconv_cost.cli import reference as reference_command
from dsconv_cost.cli.emit import screen
from dsconv_cost.costs.breakdown import EXPAND, OPS, View
from dsconv_cost.formats.format import Screen
from dsconv_cost.formats.numbers import cell_texts, scaled, unit_for
from dsconv_cost.formats.plain import report_table
from dsconv_cost.reports.analyze import report
from dsconv_cost.reports.table import (
    CHANGE,
    EXACT,
    FACTOR,
    GROWTH,
    PERCENT,
    SCALED,
    SIGNED,
    TEXT,
    Column,
    Report,
    Table,
)
from dsconv_cost.text import told_on, wrap
from tests.command import run

ODD = Table(
    "odd",
    (
        Column("name", "name", TEXT),
        Column("long", "a title longer than what stands below it", TEXT, 2),
        Column("count", "count", EXACT, 3),
        Column("scaled", "scaled", SCALED, 1),
        Column("share", "share", PERCENT),
        Column("factor", "factor", FACTOR),
        Column("change", "", CHANGE),
    ),
    [
        ("plain", "x", 1, 12_345_678, 0.5, 2.0, 0.25),
        ("名前", "", 1_234_567, 1, 0.0001, 12345.6, -0.5),
        ("café", "été", 0, 0, None, None, None),
        ("x" * 60, "y", 10**15, "merged", 1.0, 1.0, 0.0),
    ],
)


def mobilenet(view: View) -> Report:
    return report(analyze(load("mobilenet")), view)


def table_lines(text: str) -> list[str]:
    """Return the lines of the tables: what stands between the headline, which may wrap, and the notes."""
    return text.rpartition("\n\n")[0].partition("\n\n")[2].split("\n")


def drawn_by_rich(table: Table) -> str:
    """Return the table as rich draws it on its own, the reference for widths and sides."""
    file = io.StringIO()
    drawn = RichTable(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for column in table.columns:
        drawn.add_column(Text(column.title), justify="left" if column.values == TEXT else "right", no_wrap=True)
    for row in cell_texts(table):
        drawn.add_row(*map(Text, row))
    Console(file=file, width=500, color_system=None, highlight=False).print(drawn)
    return "\n".join(line.rstrip() for line in file.getvalue().split("\n"))


@pytest.mark.parametrize(
    "whole",
    [mobilenet(View()), mobilenet(View(OPS)), mobilenet(View(EXPAND, top=3)), Report("odd", [ODD], [("a", "note")])],
    ids=["items", "ops", "top", "odd"],
)
def test_rows_stand_where_rich_puts_them(whole: Report) -> None:
    text = report_table(whole, Screen(None))
    for table in whole.tables:
        assert f"\n\n{drawn_by_rich(table)}\n" in text


def drawn(report_: Report, columns: int) -> list[str]:
    return report_table(report_, Screen(columns)).split("\n")


LEAVING = ["input", "k", "s", "separable", "standard", "type", "output", "params", "factor"]
"""The columns of the layers, in the order in which they go."""


@pytest.mark.parametrize(
    ("columns", "left"), [(200, 0), (115, 0), (114, 1), (100, 2), (80, 5), (60, 6), (30, 9)]
)  # fmt: skip
def test_columns_leave_in_their_order_and_are_named(columns: int, left: int) -> None:
    whole = mobilenet(View())
    lines = drawn(whole._replace(tables=whole.tables[:1], notes=[], answer=()), columns)
    head = lines[lines.index("") + 1]
    assert not set(LEAVING[:left]) & set(head.split())
    assert set(LEAVING[left:]) <= set(head.split())
    assert {"layer", "MACs"} <= set(head.split())
    said = " ".join(" ".join(lines).split())
    assert said.endswith(f"not shown: {', '.join(LEAVING[:left])}") == (left > 0)
    assert ("not shown" in said) == (left > 0)
    assert max(map(len, lines)) <= columns


LONG = Table(
    "long",
    (
        Column("name", "name", TEXT), Column("why", "why", TEXT), Column("n", "n", EXACT), Column("odd", "odd", TEXT, 1),
    ),
    [("net", "a reason of many words that nobody may lose", 12_345_678, "x" * 30), ("net2", "short", 1, "")],
)  # fmt: skip


def test_text_wraps_where_columns_have_no_more_room() -> None:
    assert report_table(Report("", [LONG], []), Screen(48)) == (
        "\n"
        "\n"
        "name  why                                      n\n"
        "net   a reason of many words that     12,345,678\n"
        "      nobody may lose\n"
        "net2  short                                    1\n"
        "not shown: odd\n"
    )


def test_a_word_that_is_wider_than_the_terminal_is_broken() -> None:
    assert wrap("ab cdefghij k", 4) == ["ab", "cdef", "ghij", "k"]
    assert wrap("\u540d\u524d\u540d", 4) == ["\u540d\u524d", "\u540d"]
    assert wrap("", 4) == [""]


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120, None])
@pytest.mark.parametrize("level", [View(), View(OPS)], ids=["items", "ops"])
def test_nothing_is_cut(columns: int | None, level: View) -> None:
    whole = mobilenet(level)
    text = report_table(whole, Screen(columns))
    lines = [line.split() for line in text.split("\n")]
    for table in whole.tables:
        if table.name == "totals" and columns is not None and columns < 80:
            continue  # its text wraps there
        for row in cell_texts(table):
            words = " ".join(row).split()
            # What is drawn of a row: all of its first cell, and after that whole words of it in their order.
            assert any(
                line[: len(row[0].split())] == row[0].split() and _in_order(line, words) and len(line) > 1
                for line in lines
            ), row


def _in_order(some: list[str], words: list[str]) -> bool:
    rest = iter(words)
    return all(word in rest for word in some)


@pytest.mark.parametrize("columns", [40, 80, 200, None])
def test_no_line_ends_in_a_space(columns: int | None) -> None:
    whole = Report("headline", [*mobilenet(View(OPS)).tables, ODD], [("label", "text " * 60), ("x", "")])
    text = report_table(whole, Screen(columns))
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert [line for line in text.split("\n") if line != line.rstrip()] == []


def test_notes_are_wrapped_for_a_terminal_and_whole_off_it() -> None:
    text = " ".join(["word"] * 100)
    whole = Report("headline", [], [("note", text), ("longer label", "short")])
    on = report_table(whole, Screen(80)).split("\n")
    assert max(map(len, on)) <= 80
    assert " ".join(" ".join(on[2:-2]).split()) == f"note {text}"
    assert report_table(whole, Screen(None)) == f"headline\n\nnote          {text}\nlonger label  short\n"


def test_a_wide_table_off_a_terminal_has_its_reasons_below_and_its_long_text_wrapped() -> None:
    columns = (
        Column("name", "name", TEXT), Column("n", "n", EXACT, 1), Column("why", "why", TEXT, below=True),
        Column("long", "long", TEXT),
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [("a", 1, "a reason " * 3, "word " * 40), ("b" * 90, 2, "", "")]
    lines = report_table(Report("", [Table("wide", columns, rows)], []), Screen(None)).split("\n")
    assert max(map(len, lines)) <= 160
    assert lines[2].split() == ["name", "n", "long"]
    assert [line.strip() for line in lines].count("a reason a reason a reason") == 1
    assert sum(line.split().count("word") for line in lines) == 40
    narrow = report_table(Report("", [Table("wide", columns, rows[:1])], []), Screen(None)).split("\n")
    short: list[tuple[Any, ...]] = [("a", 1, "a reason", "word")]
    assert report_table(Report("", [Table("wide", columns, short)], []), Screen(None)).split("\n")[2].split() == [
        "name", "n", "why", "long",
    ]  # fmt: skip
    assert "not shown" not in "".join([*lines, *narrow])


STATES = Table(
    "states",
    (Column("state", "state", TEXT, colors={"fail": "red", "pass": "green", "warn": "yellow"}), *ODD.columns[1:3]),
    [("fail", "x", 1), ("pass", "名前", 2), ("warn", "", 3), ("other", "fail", None)],
)
LAST = STATES._replace(columns=STATES.columns[::-1], rows=[row[::-1] for row in STATES.rows])
NOTES = [("note", " ".join(["word"] * 60)), ("longer label", "")]


@pytest.mark.parametrize("utf8", [True, False], ids=["utf8", "ascii"])
@pytest.mark.parametrize("columns", [20, 40, 80, 120, 300])
@pytest.mark.parametrize(
    "whole",
    [
        mobilenet(View()), mobilenet(View(OPS)), Report("odd", [ODD], NOTES), Report("a headline " * 9, [STATES, LAST], NOTES),
        Report("[red]markup[/] :smile: is text", [], []), Report("", [], []),
    ],
    ids=["items", "ops", "odd", "coloured", "markup", "empty"],
)  # fmt: skip
def test_rich_draws_what_is_written_without_it_but_for_colour(whole: Report, columns: int, utf8: bool) -> None:
    coloured = report_table(whole, Screen(columns, True, utf8))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == report_table(whole, Screen(columns, False, utf8))
    assert ("\x1b[1m" in coloured) == bool(whole.headline)


def test_colours_are_of_the_words_alone() -> None:
    text = report_table(Report("states", [STATES, LAST], []), Screen(80, True))
    for word, code in (("fail", 31), ("pass", 32), ("warn", 33)):
        assert text.count(f"\x1b[{code}m{word}\x1b[0m") == 2
    assert len(re.findall(r"\x1b\[3", text)) == 6
    assert text.count("fail") == 4  # twice in a column that has no colours


def test_colour_marks_the_headline_and_the_titles_only() -> None:
    plain = report_table(mobilenet(View()), Screen(120))
    coloured = report_table(mobilenet(View()), Screen(120, True))
    marked = [line for line in coloured.split("\n") if "\x1b" in line]
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line).split()[0] for line in marked] == [
        "MobileNet",
        "layer",
        "convention",
        "kind",
    ]
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in bare.split("\n")] == plain.split("\n")


def test_without_utf_8_the_rules_are_ascii() -> None:
    text = report_table(mobilenet(View()), Screen(None, False, False))
    assert text.isascii()
    assert len(re.findall("^-{40,}$", text, re.MULTILINE)) == 3


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "color"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
    ids=["plain", "NO_COLOR", "NO_COLOR empty", "TERM dumb"],
)
def test_a_terminal_has_its_width_and_colour(
    environment: dict[str, str], color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    for name, value in {"COLUMNS": "93", "TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    if "NO_COLOR" not in environment:
        monkeypatch.delenv("NO_COLOR", raising=False)
    assert screen() == Screen(93, color, False)


def test_off_a_terminal_the_width_of_one_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert screen() == Screen(None, False, False)


@pytest.mark.parametrize("value", [10**13, 10**14, 10**18, 10**21])
def test_a_column_of_astronomic_values_has_the_largest_unit(value: int) -> None:
    """Found by fuzzing: a convolution to 10**9 channels, twice."""
    assert unit_for([value]).letter == "G"
    assert scaled(value, unit_for([value])) == f"{value // 10**9:,}G"


def test_changes_in_cost_have_the_colour_of_their_sign() -> None:
    table = Table(
        "changes",
        (Column("n", "n", SIGNED, colors=GROWTH), Column("p", "p", CHANGE, colors=GROWTH), Column("m", "m", SIGNED, colors=GROWTH)),
        [(5, 0.5, None), (-5, -0.5, 0)],
    )  # fmt: skip
    text = report_table(Report("", [table], []), Screen(80, True))
    assert re.findall(r"\x1b\[(3\d)m([^\x1b]*)", text) == [
        ("31", "+5"), ("31", "+50.0%"), ("32", "-5"), ("32", "-50.0%"),
    ]  # fmt: skip


def test_errors_are_marked_where_stderr_is_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    text = "a b.yaml:3:4: error: no error: here\n     3 | error: x\n       | ^^^\nerror: y\n"
    assert told_on(Terminal(), text) == (
        "a b.yaml:3:4: \x1b[1;31merror:\x1b[0m no error: here\n     3 | error: x\n       | \x1b[31m^^^\x1b[0m\n"
        "\x1b[1;31merror:\x1b[0m y\n"
    )
    assert told_on(io.StringIO(), text) == text
    monkeypatch.setenv("NO_COLOR", "1")
    assert told_on(Terminal(), text) == text


# -- texts that are no tables ---------------------------------------------------------------------

TEXTS = {
    "an explanation": (["explain", "mobilenet", "dsconv2"], {"1": "dsconv2/pw: conv,", "36": "weights", "32": "the same as"}),
    "one of a convolution": (["explain", "conv 128, kernel 3, on 64x56x56"], {"1": "conv1: conv, standard in line 3", "36": "prediction"}),
    "the reference": (["reference"], {"1": "Keys of a file", "36": "hyperparameters"}),
    "that of a type": (["reference", "conv"], {"1": "Formulas and counting", "36": "kernel"}),
}  # fmt: skip


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("case", TEXTS)
def test_texts_have_colours_and_are_else_as_without(case: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments, marked = TEXTS[case]
    texts = {}
    for color in (True, False):
        for module in (emit, reference_command):
            monkeypatch.setattr(module, "screen", lambda color=color: Screen(columns, color))
        texts[color] = run(*arguments).out
    assert "\x1b" not in texts[False]
    assert re.sub(r"\x1b\[[0-9;]*m", "", texts[True]) == texts[False]
    coloured = dict.fromkeys(marked, "")
    for code, piece in re.findall(r"\x1b\[(\d+)(?:;\d+)*m([^\x1b]*)", texts[True]):
        coloured[code] = coloured.get(code, "") + " " + piece
    for code, words in marked.items():
        assert "".join(words.split()) in "".join(coloured[code].split())
