"""Graphviz itself reads the graphs that are written for it, and shows every name as it is."""

import html
import re
import shutil
import subprocess

import pytest

from dsconv_cost import analyze, load
from dsconv_cost.costs.breakdown import OPS, View
from dsconv_cost.formats.dot import analysis_dot, diagram_dot
from tests.formats.diagram_texts import read_dot
from tests.formats.hostile import EXPECTED, hostile_diagram

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz: apt-get install graphviz"),
]


def drawn(text: str) -> str:
    """Return what `dot` makes of a graph. It warns of what it does not understand, and this fails."""
    done = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, check=True, timeout=120)
    assert done.stderr == b""
    return done.stdout.decode()


@pytest.mark.parametrize(
    ("name", "view"), [("mobilenet", View()), ("yolov8", View()), ("unet", View(OPS))], ids=["items", "blocks", "ops"]
)
def test_networks(name: str, view: View) -> None:
    text = "".join(analysis_dot(analyze(load(name)), view))
    drawing = read_dot(text)
    svg = drawn(text)
    assert svg.count('class="node') == len(drawing.nodes)
    assert svg.count('class="edge') == len(drawing.edges)
    assert svg.count('class="cluster') == len(drawing.clusters)


def test_hostile_names() -> None:
    text = "".join(diagram_dot(hostile_diagram()))
    shown = [html.unescape(line) for line in re.findall(r"<text [^>]*>([^<]*)</text>", drawn(text))]
    lines = [line.replace("\xa0", " ") for line in shown]
    assert [line for line in EXPECTED if line not in lines] == []
