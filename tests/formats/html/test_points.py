"""The page and the picture of `fit`: dots are the rows of the JSON, the limit is a line, and the best point is named."""

import json
import re
from pathlib import Path

import pytest

from tests.command import run
from tests.formats.html.reading import read_page
from tests.formats.svg_texts import read_svg

FIT = (
    "fit",
    "mobilenet",
    "--max-macs",
    "300M",
    "--vary",
    "alpha=0.25,0.5,0.75,1.0",
    "--vary",
    "resolution=128..224:32",
)


def shown(format_: str, *arguments: str, code: int = 0, cwd: Path | None = None) -> str:
    result = run(*arguments, "--format", format_, cwd=cwd)
    assert result.code == code, result.err
    return result.out


def test_the_numbers_are_those_of_the_json() -> None:
    page = read_page(shown("html", *FIT))
    rows = json.loads(shown("json", *FIT))["fits"]
    values = [["" if cell is None else str(cell) for cell in row.values()] for row in rows]
    assert [table.values for table in page.tables] == [values]
    assert len(rows) == 13
    told = [one.attributes["aria-label"] for one in page.with_class("m")]
    accurate = [row for row in rows if row["top1"] is not None]
    assert len(told) == len(rows) + len(accurate) > len(rows)
    for words, row in zip(told, [*rows[::-1], *accurate[::-1]], strict=True):  # drawn from behind
        assert (
            f"alpha={row['alpha']} resolution={row['resolution']}\n{row['macs']:,} MACs\n{row['params']:,} params"
            in words
        )


def test_the_picture_has_a_dot_for_each_point_and_the_limit() -> None:
    drawn = read_svg(shown("svg", *FIT))
    rows = json.loads(shown("json", *FIT))["fits"]
    dots = [shape for shape in drawn.shapes if "k-pointwise" in shape.css]
    accurate = [row for row in rows if row["top1"] is not None]
    assert len(dots) == len(rows) + len(accurate)
    words = [each.text for each in drawn.words]
    assert words.count("limit") == 2
    assert "alpha=1.0 resolution=160" in " ".join(words)
    assert max(each.right for each in drawn.words) <= 720
    assert drawn.title == "MobileNet V1 (bundled): 13 of 16 points have at most 300M MACs"


SWEEP = (
    "sweep",
    "mobilenet",
    "--vary",
    "alpha=0.25..1.4:0.05",
    "--vary",
    "resolution=96..320:32",
    "--metrics",
    "peak,flash,macs",
)


def test_the_points_of_a_sweep() -> None:
    front = (*SWEEP, "--pareto", "max:macs,peak")
    rows = json.loads(shown("json", *front))["points"]
    assert len(rows) > 25  # more than a table has
    told = [one.attributes["aria-label"] for one in read_page(shown("html", *front)).with_class("m")]
    for row in rows:
        words = f"alpha={row['alpha']} resolution={row['resolution']}\n{row['macs']:,} MACs\n{row['peak']:,} peak bytes"
        assert sum(each.startswith(words) for each in told) in (
            1,
            2,
        )  # two plots, where dots at one place are drawn as one
    dots = [shape for shape in read_svg(shown("svg", *front)).shapes if "k-pointwise" in shape.css]
    assert len(dots) > len(rows)
    assert not [dot for dot in dots if "hollow" in dot.css]  # all are on the front that was asked for
    best = read_svg(shown("svg", *SWEEP, "--where", "macs < 300M", "--max", "macs", "--top", "7"))
    assert sum("hollow" in shape.css for shape in best.shapes) == 2 * 6


def test_the_best_is_filled_alone() -> None:
    drawn = read_svg(shown("svg", "fit", "resnet:18", "--max-macs", "1G", "--vary", "resolution=96..224:32"))
    filled = [shape for shape in drawn.shapes if "k-pointwise" in shape.css and "hollow" not in shape.css]
    assert len(filled) == 1


@pytest.mark.parametrize("format_", ["svg", "html"])
def test_no_point_fits(format_: str) -> None:
    text = shown(format_, "fit", "mobilenet", "--max-macs", "1K", "--vary", "alpha=0.5,1.0", code=1)
    assert "none of 2 points has at most 1K MACs" in text
    assert re.search("nearest: alpha=0.5|Nearest</strong>: alpha=0.5", text)
    assert "<circle" not in text


def test_points_that_look_like_one_are_drawn_once(tmp_path: Path) -> None:
    """A setting that changes nothing: 8 points at one place, of which the best has a name."""
    (tmp_path / "net.yaml").write_text(
        "hyperparameters: {c: 8, rate: 1}\ninput: [3, 8, 8]\nlayers: [{conv: c, kernel: 3}, {dropout: 0.1 * rate}]\n"
    )
    arguments = ("fit", "net.yaml", "--max-macs", "1M", "--vary", "rate=1..8", "--vary", "c=8,16")
    drawn = read_svg(shown("svg", *arguments, cwd=tmp_path))
    assert len([shape for shape in drawn.shapes if "k-pointwise" in shape.css]) == 3
