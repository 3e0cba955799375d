"""Reads pictures: their words with their places, and their shapes."""

import xml.etree.ElementTree as ET
from typing import NamedTuple

from dsconv_cost.formats.html.lettering import text_width

SVG = "{http://www.w3.org/2000/svg}"


class Words(NamedTuple):
    """Words in a picture, with their edges."""

    text: str
    left: float
    right: float
    baseline: float


class Shape(NamedTuple):
    """A rectangle or a circle, by the box around it."""

    css: str
    left: float
    top: float
    right: float
    bottom: float


class Picture(NamedTuple):
    """What is in a picture."""

    width: float
    height: float
    title: str
    desc: str
    words: list[Words]
    shapes: list[Shape]


def read_svg(text: str) -> Picture:
    """Return what is in an SVG file. It has elements that draw, and nothing that runs or loads."""
    root = ET.fromstring(text)
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert names <= {"svg", "title", "desc", "style", "defs", "pattern", "rect", "line", "path", "circle", "text", "g"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name or name == "style"]
    style = root.findtext(f"{SVG}style") or ""
    assert "var(" not in style
    assert "@import" not in style
    width, height = (float(side) for side in root.attrib["viewBox"].split()[2:])
    words = [_words(element) for element in root.iter(f"{SVG}text")]
    shapes = [_shape(element) for element in root.iter() if element.tag in (f"{SVG}rect", f"{SVG}circle")]
    return Picture(
        width, height, root.findtext(f"{SVG}title") or "", root.findtext(f"{SVG}desc") or "", words,
        [shape for shape in shapes if shape.css != "ground"],
    )  # fmt: skip


def _words(element: ET.Element) -> Words:
    css, x, text = element.attrib["class"].split(), float(element.attrib["x"]), element.text or ""
    size = 16 if "title" in css else 11.5 if "small" in css else 12.5
    wide = text_width(text, size, bold=bool({"title", "head", "call"} & set(css)))
    left = x - wide if "end" in css else x - wide / 2 if "mid" in css else x
    return Words(text, left, left + wide, float(element.attrib["y"]))


def _shape(element: ET.Element) -> Shape:
    here = {
        name: float(value) for name, value in element.attrib.items() if name not in ("class", "width", "height")
    } | {name: float(element.attrib[name].rstrip("%")) for name in ("width", "height") if name in element.attrib}
    if "r" in here:
        r = here["r"]
        return Shape(element.attrib["class"], here["cx"] - r, here["cy"] - r, here["cx"] + r, here["cy"] + r)
    left, top = here.get("x", 0), here.get("y", 0)
    return Shape(element.attrib["class"], left, top, left + here["width"], top + here["height"])
