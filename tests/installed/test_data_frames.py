"""Data frames of the libraries themselves, in an environment that has one of them."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.installed

ROOT = Path(__file__).parents[2]
CODE = """
from dsconv_cost import analyze, check, compare, diff, fit

costs = analyze("mobilenet")
frame = costs.to_dataframe()
print(type(frame).__module__.partition(".")[0], frame.shape, int(frame["macs"].sum()))
for result in (
    compare("mobilenet", "resnet:18"), diff("mobilenet", "mobilenet@alpha=0.5"), analyze("resnet:50"),
    fit("mobilenet", {"alpha": [0.5, 1]}, max_macs="1G"), check("mobilenet", max_macs="1G", min_saving="80%", max_params=1),
):
    print(result.to_dataframe().shape[0])
try:
    costs.to_dataframe("OTHER")
except ImportError as error:
    print(error)
"""


@pytest.mark.parametrize(("library", "other"), [("pandas", "polars"), ("polars", "pandas")])
def test_data_frames(library: str, other: str, tmp_path: Path) -> None:
    venv.create(tmp_path, with_pip=True)
    python = str(tmp_path / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", library, str(ROOT)], check=True, timeout=600)
    code = CODE.replace("OTHER", other)
    done = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    # Twelve columns are of bytes, padded MACs and the receptive field.
    assert done.stdout.splitlines() == [
        f"{library} (16, {14 + 12}) 568740352", "2", "28", "20", "2", "3",
        f"to_dataframe needs {other}: install one with `pip install {other}`",
    ]  # fmt: skip
