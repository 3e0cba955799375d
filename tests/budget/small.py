"""Two small networks, and what `check` says of networks in short."""

import json
from pathlib import Path
from typing import Any

from tests.command import run

NET = """\
input: [3, 8, 8]
layers:
  - {conv: 4, kernel: 3}
  - {conv: 8, kernel: 1}
"""
# 27*4 + 4*8 weights, 4 + 8 biases; both at 8*8 positions
PARAMS, MACS = 108 + 32 + 12, (108 + 32) * 64
FAMILY = """\
hyperparameters: {width: required}
input: [3, 8, 8]
layers: [{conv: width, kernel: 1}]
variants: {small: {width: 4}, large: {width: 16}}
"""
VARIANTS = FAMILY.replace("required", "8")


def document(*arguments: str, cwd: Path) -> dict[str, Any]:
    result = run("check", *arguments, "--format", "json", cwd=cwd)
    found: dict[str, Any] = json.loads(result.out)
    assert found["exit_code"] == result.code
    return found


def statuses(*arguments: str, cwd: Path) -> dict[str, str]:
    """Return `architecture metric source` -> status."""
    verdicts = document(*arguments, cwd=cwd)["verdicts"]
    found = {f"{v['architecture']} {v['metric']} {v['source']}": v["status"] for v in verdicts}
    assert len(found) == len(verdicts)
    return found


def notes(*arguments: str, cwd: Path) -> dict[str, str]:
    found = document(*arguments, cwd=cwd)["notes"]
    assert len({note["label"] for note in found}) == len(found)
    return {note["label"]: note["text"] for note in found}
