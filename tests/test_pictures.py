"""The pictures in docs: every screen is what its command shows today, and nothing in them is loaded from elsewhere."""

import html
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the screens are those of a pty")


def _maker() -> ModuleType:
    """Return the script that draws the pictures as a module."""
    made = ModuleType("make")
    made.__file__ = str(FOLDER / "make.py")
    exec(compile((FOLDER / "make.py").read_text(encoding="utf-8"), made.__file__, "exec"), made.__dict__)
    return made


def _lines(svg: str) -> list[str]:
    """Return the text of a picture, line by line; what is between two pieces of a line is spaces."""
    rows: dict[float, str] = {}
    for x, y, length, piece in re.findall(
        r'<text class="screen-r\d+" x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"[^>]*>(.*?)</text>', svg
    ):
        text = html.unescape(piece).replace("\xa0", " ")
        column = round(float(x) / (float(length) / len(text)))
        rows[float(y)] = rows.get(float(y), "").ljust(column) + text
    return [rows[y].rstrip() for y in sorted(rows)]


MAKER = _maker()
NAMES = sorted(MAKER.PICTURES)


def test_there_are_pictures_for_narrow_and_wide_terminals() -> None:
    assert {columns for columns, _ in MAKER.PICTURES.values()} == {80, 120}
    assert {path.name for path in FOLDER.glob("*.svg")} == {
        *(f"{name}-{theme}.svg" for name in NAMES for theme in MAKER.THEMES),
        *(f"{name}.svg" for name in MAKER.FIGURES),
    }


@pytest.mark.parametrize("name", MAKER.FIGURES)
def test_a_figure_is_what_the_command_draws(name: str) -> None:
    """But for the sheet of styles, which all figures share."""
    drawn = [MAKER.figure(MAKER.FIGURES[name]), (FOLDER / f"{name}.svg").read_text(encoding="utf-8")]
    one, other = (re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL) for text in drawn)
    assert one == other, "python docs/pictures/make.py draws it anew"


def test_pages_are_there_in_both_schemes_and_small() -> None:
    """`docs/pictures/pages.py` draws them; a browser test holds the page itself."""
    pages = ("mobilenet", "resnet-50", "densenet-121", "face-detection", "compare", "diff", "check")
    assert {path.name for path in FOLDER.glob("*.png")} == {
        f"page-{name}-{theme}.png" for name in pages for theme in MAKER.THEMES
    }
    for path in FOLDER.glob("*.png"):
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG")
        assert len(data) < 250_000


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_shows_what_the_command_prints(name: str) -> None:
    columns, arguments = MAKER.PICTURES[name]
    printed = re.sub(r"\x1b\[[\d;]*m", "", MAKER.shown(arguments, columns)).split("\n")
    assert max(map(len, printed)) <= columns
    expected = [f"$ dsconv-cost {arguments}", *(line.rstrip() for line in printed if line.strip())]
    for theme in MAKER.THEMES:
        svg = (FOLDER / f"{name}-{theme}.svg").read_text(encoding="utf-8")
        assert [line for line in _lines(svg) if line] == expected, "python docs/pictures/make.py draws them anew"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_loads_nothing(name: str) -> None:
    for theme in MAKER.THEMES:
        svg = (FOLDER / f"{name}-{theme}.svg").read_text(encoding="utf-8")
        assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)|<script|url\((?!#)", svg) == []
