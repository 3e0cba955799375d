"""What tests write as ONNX files, held to the checker and the shape inference of the package onnx."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.installed

ROOT = Path(__file__).parents[2]
ONNX = "onnx==1.23.2"


def test_the_writer_makes_what_onnx_accepts(tmp_path: Path) -> None:
    venv.create(tmp_path, with_pip=True)
    python = str(tmp_path / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "pytest", ONNX, str(ROOT)], check=True, timeout=600)
    done = subprocess.run(
        [python, "-m", "tests.importers.onnx_checks"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *refused, count = done.stdout.splitlines()
    assert refused == []
    assert int(count.split()[0]) > 5000
