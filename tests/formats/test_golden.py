"""What users see, whole: rewritten only by `pytest --update-golden`."""

from pathlib import Path

import pytest

from dsconv_cost import analyze, load
from dsconv_cost.cli.analyze import analysis_content
from dsconv_cost.costs.breakdown import EXPAND, ITEMS, OPS, View
from dsconv_cost.formats.format import Screen, text_of

GOLDEN = Path(__file__).parents[1] / "golden"

CASES: dict[str, tuple[str, View, str, int | None]] = {
    "mobilenet_80.txt": ("mobilenet", View(), "table", 80),
    "mobilenet_200.txt": ("mobilenet", View(), "table", 200),
    "mobilenet_expand.txt": ("mobilenet", View(EXPAND), "table", None),
    "mobilenet_top.txt": ("mobilenet", View(top=3), "table", None),
    "mobilenet.json": ("mobilenet", View(), "json", None),
    "mobilenet.csv": ("mobilenet", View(), "csv", None),
    "mobilenet.md": ("mobilenet", View(), "markdown", None),
    "mobilenet.dot": ("mobilenet", View(), "dot", None),
    "resnet18.mmd": ("resnet:18", View(), "mermaid", None),
    "resnet18_depth2_100.txt": ("resnet:18", View(ITEMS, 2), "table", 100),
    "resnet18_ops.txt": ("resnet:18", View(OPS, sort="macs", top=12), "table", None),
    "unet.txt": ("unet", View(), "table", None),
}


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str, update_golden: bool) -> None:
    architecture, view, format_, columns = CASES[name]
    text = text_of(analysis_content(analyze(load(architecture)), view), format_, Screen(columns))
    path = GOLDEN / name
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_the_answer_fits_a_small_terminal() -> None:
    """The golden file of 80 columns leaves a line of 24 for the prompt."""
    lines = (GOLDEN / "mobilenet_80.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 24
    assert max(map(len, lines)) <= 80


def test_no_stray_golden_file() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(CASES)
