"""Four ways of installing: a checkout, an editable install, a wheel, a wheel made from the sdist.

Each finds the bundled architectures; where the files are the checkout's own, a new one shows up at once.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.installed

ROOT = Path(__file__).parents[2]
BUNDLED = sorted(path.name for path in (ROOT / "architectures").glob("*.yaml"))
NEW = "name: Added later\ninput: [3, 8, 8]\nlayers: [{conv: 4, kernel: 1}]\n"


def _python(*arguments: str, cwd: Path, path: list[Path], python: str = sys.executable) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [python, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a checkout holds of the package."""
    root = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, root / name)
    for name in ("dsconv_cost", "architectures"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture(scope="module")
def dependencies() -> list[Path]:
    """Where click, rich and PyYAML are, for environments that hold nothing but this package."""
    return [Path(sysconfig.get_paths()["purelib"]), Path(sysconfig.get_paths()["platlib"])]


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and two wheels: made from the tree and made from the sdist. CI has made the latter already."""
    out = tmp_path_factory.mktemp("dist")
    if (dist := os.environ.get("DSCONV_COST_DIST")) is not None:
        shutil.copytree(dist, out / "from_sdist")
    else:
        _python("-m", "build", "--no-isolation", "--outdir", str(out / "from_sdist"), str(checkout), cwd=out, path=[])
    _python(
        "-m", "build", "--no-isolation", "--wheel", "--outdir", str(out / "from_tree"), str(checkout), cwd=out, path=[]
    )
    return out


def _unpacked(wheel_folder: Path, to: Path) -> Path:
    (wheel,) = wheel_folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(to)
    return to


@pytest.mark.parametrize("source", ["from_tree", "from_sdist"])
def test_wheel(source: str, built: Path, dependencies: list[Path], tmp_path: Path) -> None:
    site = _unpacked(built / source, tmp_path / "site")
    assert sorted(path.name for path in (site / "dsconv_cost" / "architectures").iterdir()) == BUNDLED
    assert (site / "dsconv_cost" / "py.typed").exists()
    assert {path.name.partition("-")[0] for path in site.iterdir()} == {"dsconv_cost"}
    out = _python(
        "-m", "dsconv_cost", "analyze", "mobilenet.yaml", "--format", "json", cwd=tmp_path, path=[site, *dependencies]
    )
    assert '"macs": 568740352' in out
    where = "import dsconv_cost.sources.bundled as b; print(b.folder())"
    assert _python("-c", where, cwd=tmp_path, path=[site, *dependencies]).strip() == str(
        site / "dsconv_cost" / "architectures"
    )


def test_wheel_asks_for_the_three_runtime_packages_only(built: Path, tmp_path: Path) -> None:
    site = _unpacked(built / "from_tree", tmp_path)
    (metadata,) = site.glob("*.dist-info/METADATA")
    lines = metadata.read_text(encoding="utf-8").splitlines()
    required = [line.split()[1] for line in lines if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert sorted(name.partition(">")[0] for name in required) == ["click", "pyyaml", "rich"]
    assert "License-Expression: MIT" in lines


def test_sdist_holds_the_architectures_at_its_top(built: Path) -> None:
    (sdist,) = (built / "from_sdist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"architectures/{name}" for name in BUNDLED} <= names


def test_a_new_file_in_a_checkout_shows_up_at_once(checkout: Path, dependencies: list[Path], tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(checkout, root)
    (root / "architectures" / "added_later.yaml").write_text(NEW, encoding="utf-8")
    out = _python("-m", "dsconv_cost", "list", "--format", "csv", cwd=tmp_path, path=[root, *dependencies])
    # 3 * 4 weights and 4 biases; 8 * 8 * 3 * 4 MACs
    assert "added_later,,,3x8x8,16,768,,,Added later" in out


def test_a_new_file_of_an_editable_install_shows_up_at_once(
    checkout: Path, dependencies: list[Path], tmp_path: Path
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(checkout, root)
    _python("-m", "venv", str(tmp_path / "venv"), cwd=tmp_path, path=[])
    python = str(tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
    _python(
        "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(root),
        cwd=tmp_path, path=dependencies, python=python,
    )  # fmt: skip
    (root / "architectures" / "added_later.yaml").write_text(NEW, encoding="utf-8")
    out = _python("-m", "dsconv_cost", "list", "--format", "csv", cwd=tmp_path, path=dependencies, python=python)
    assert "added_later,,,3x8x8,16,768,,,Added later" in out
    where = _python(
        "-c",
        "import dsconv_cost.sources.bundled as b; print(b.folder())",
        cwd=tmp_path,
        path=dependencies,
        python=python,
    )
    assert where.strip() == str(root / "architectures")
