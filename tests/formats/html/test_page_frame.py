"""The frame of every page: nothing loads, everything is escaped, colours contrast, tables hold the values of the report."""

import base64
import re
from hashlib import sha256

import pytest

from dsconv_cost.formats.html.escape import escaped
from dsconv_cost.formats.html.page import PageSection, Tile, note_list, page, tile_list
from dsconv_cost.formats.html.style import SCHEMES
from dsconv_cost.formats.html.svg import (
    Ruler,
    binary_ticks,
    circle,
    linear_ticks,
    log_ticks,
    mark,
    short,
    standalone,
    svg_figure,
)
from dsconv_cost.formats.html.tables import data_table
from dsconv_cost.reports.table import EXACT, FACTOR, TEXT, Column, Table
from tests.formats.html.reading import read_page

EVIL = "<script>alert(1)</script>\" onload='x' \u202e &amp;"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#x27;x&#x27; \\u202e &amp;amp;"


def test_text_is_escaped() -> None:
    assert escaped(EVIL) == ESCAPED


def test_every_part_escapes_its_text() -> None:
    table = Table("rows", (Column("a", EVIL, TEXT), Column("b", EVIL, TEXT)), [(EVIL, EVIL)])
    parts = [
        tile_list([Tile(EVIL, EVIL, EVIL)]),
        note_list([(EVIL, EVIL)]),
        data_table(table, EVIL, keyed=True, kinds=[EVIL]),
        svg_figure("a", (10, 10), EVIL, EVIL, mark(EVIL, circle(1, 1, 1, "s"), layer=EVIL)),
    ]
    text = page(EVIL, [PageSection("one", EVIL, "", parts)], answer=[EVIL, f"{EVIL}: {EVIL}"])
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert text.count(ESCAPED) == 2 + 3 + 1 + 3 + 2 + 8 + 4  # title, sentences, section, tile, note, table, figure


def test_the_policy_takes_the_style_and_the_script_of_the_page_alone() -> None:
    text = page("Title", [PageSection("one", "One", "", [])])
    policy = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)[0]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        contents = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(contents) == 1
        digest = base64.b64encode(sha256(contents[0].encode()).digest()).decode()
        assert directives[directive] == f"'sha256-{digest}'"
    assert directives["default-src"] == directives["base-uri"] == directives["form-action"] == "'none'"
    head = text[: text.index("<style>")]
    assert head.index("Content-Security-Policy") < head.index("<title>")
    assert re.findall(r"""https?:|url\((?!#)|@import|\s(?:style|on\w+)=|<(?:img|link|iframe|object)""", text) == []


def test_a_table_has_heads_for_columns_and_rows_and_raw_values_where_the_text_is_rounded() -> None:
    columns = (Column("a", "name", TEXT), Column("b", "count", EXACT), Column("c", "factor", FACTOR))
    table = read_page(data_table(Table("rows", columns, [("x", 1234, 7.89123), ("y", 5, None)]), "Rows")).tables[0]
    assert table.heads == [("name", "col"), ("count", "col"), ("factor", "col")]
    assert table.rows == [["x", "1,234", "7.89x"], ["y", "5", "-"]]
    assert table.values == [["x", "1234", "7.89123"], ["y", "5", ""]]
    assert table.row_heads == ["x", "y"]
    assert table.caption == "Rows"


def test_a_figure_with_marks_is_entered_once() -> None:
    shapes = mark("one\n1 of 2", circle(1, 1, 1, "s")) + mark("two", circle(2, 2, 1, "s"), layer="a/b")
    figure = svg_figure("f", (10, 20), "Title", "What it shows", shapes)
    assert figure.count('tabindex="0"') == 1
    assert 'role="group" aria-labelledby="f-name" aria-describedby="f-desc"' in figure
    assert '<defs><title id="f-name">Title</title></defs><desc id="f-desc">What it shows</desc>' in figure
    assert 'aria-label="one&#10;1 of 2"' in figure
    assert 'data-l="a/b"' in figure
    assert 'role="img" aria-labelledby' in svg_figure("f", (10, 20), "Title", "What", circle(1, 1, 1, "s"))


def test_a_figure_of_its_own_has_styles_and_patterns_and_loads_nothing() -> None:
    text = standalone(svg_figure("f", (10, 20), "Title", "What", circle(1, 1, 1, "k-depthwise")))
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg" ')
    assert '<pattern id="p-depthwise"' in text
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)|<script|url\((?!#)", text) == []


def luminance(color: str) -> float:
    """Return the relative luminance of a colour: WCAG 2.2, "relative luminance"."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours: WCAG 2.2, "contrast ratio"."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48  # the well-known grey that just fails AA


KINDS = ("standard", "depthwise", "pointwise", "grouped", "linear", "product", "other")
TEXT_ON = [(ink, ground) for ink in ("ink", "soft", "accent", "good", "bad") for ground in ("bg", "card", "band")]
TEXT_ON += [("on", kind) for kind in KINDS]
SEEN_ON = [(kind, ground) for kind in (*KINDS, "edge") for ground in ("bg", "card")]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_contrast_as_aa_asks(scheme: int) -> None:
    low = {
        f"{one} on {other}": ratio
        for pairs, least in ((TEXT_ON, 4.5), (SEEN_ON, 3.0))
        for one, other in pairs
        if (ratio := contrast(SCHEMES[one][scheme], SCHEMES[other][scheme])) < least
    }
    assert low == {}


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (0, 9_437_184, [0, 2_000_000, 4_000_000, 6_000_000, 8_000_000]),
        (0, 0.04, [0, 0.01, 0.02, 0.03, 0.04]),
        (5, 5, [5]),
    ],
)
def test_linear_ticks(low: float, high: float, expected: list[float]) -> None:
    assert linear_ticks(low, high) == pytest.approx(expected)


def test_binary_ticks() -> None:
    assert binary_ticks(73_728) == [0, 32_768, 65_536]
    assert binary_ticks(0) == [0]


def test_log_ticks() -> None:
    assert log_ticks(1.5, 60) == pytest.approx([2, 5, 10, 20, 50])
    assert log_ticks(1, 1000) == pytest.approx([1, 3, 10, 30, 100, 300, 1000])
    assert log_ticks(1e-3, 1e12, 5) == pytest.approx([1e-3, 1e-1, 1e1, 1e3, 1e5, 1e7, 1e9, 1e11])


def test_a_ruler_places_values() -> None:
    assert Ruler(0, 10, 100, 200).at(2.5) == 125
    assert Ruler(0, 10, 200, 100).at(2.5) == 175
    assert Ruler(1, 100, 0, 50, log=True).at(10) == pytest.approx(25)
    assert Ruler(3, 3, 10, 20).at(3) == 10


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (0.126, "0.13"), (-0.001, "0"), (12.5, "12.5"), (100.0, "100")]
)
def test_a_coordinate_is_short(value: float, text: str) -> None:
    assert short(value) == text
