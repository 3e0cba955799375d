"""PyTorch modules of torch itself: parameters by torch, MACs by arithmetic, and from the command line in the user's environment."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.installed

ROOT = Path(__file__).parents[2]
NETS = """
import torch
from torch import nn

class Sequences(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(40, 32, 2, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(64, 16)
        self.attend = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
        self.head = nn.Linear(16, 5)
    def forward(self, x):
        x, _ = self.lstm(x)
        x, _ = self.gru(x.transpose(0, 1))
        return self.head(self.attend(x.transpose(0, 1))[:, -1])

class InPlace(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1)
        self.factor = nn.Parameter(torch.zeros(4))
        self.order = torch.arange(4)
    def forward(self, x):
        y = torch.zeros(1, 8, 16, 16)
        for _ in range(3):
            x = self.conv(x).relu_()
        y[:, :4] = x[:, :4] * self.factor.view(1, 4, 1, 1)
        y[:, self.order + 4] = x[:, 4:]
        return self.conv(y) + x.mean()

class Branches(nn.Module):
    def forward(self, x):
        return x + 1 if x.sum() > 0 else x

def mobile():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU6(), nn.Conv2d(8, 8, 3, 1, 1, groups=8), nn.Conv2d(8, 16, 1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10),
    )
"""
CODE = """
import torch
import dsconv_cost
import nets

def told(module, *inputs):
    loaded = dsconv_cost.from_torch(module, *inputs)
    costs = dsconv_cost.analyze(loaded)
    assert all(parameter.device.type == "cpu" for parameter in module.parameters())
    print(costs.macs, costs.params, sum(parameter.numel() for parameter in module.parameters()))

told(nets.mobile(), (1, 3, 32, 32))
told(nets.Sequences(), torch.zeros(1, 20, 40))
told(nets.InPlace(), (1, 8, 16, 16))
told(torch.nn.Conv3d(2, 4, 3), (1, 2, 8, 8, 8))
told(torch.nn.ConvTranspose1d(4, 6, 5, 2), (1, 4, 10))
print(dsconv_cost.check(dsconv_cost.from_torch(nets.mobile(), (1, 3, 32, 32)), max_macs="1M").ok)
for module, inputs in ((nets.Branches(), [(1, 4)]), (torch.nn.FractionalMaxPool2d(2, 4), [(1, 3, 8, 8)]), (3, [])):
    try:
        dsconv_cost.from_torch(module, *inputs)
    except dsconv_cost.DsconvCostError as error:
        print(type(error).__name__, error)
"""
EXPECTED = [
    # 16 x 16 positions: 27 x 8, then 9 x 8 and 8 x 16; 16 x 10
    (256 * (27 * 8 + 72 + 128) + 160, 216 + 16 + 80 + 144 + 170),
    # the LSTM's two layers in two directions, the GRU, then of the encoder 4 projections, scores and sums, two dense layers
    (
        20 * (2 * 4 * 32 * (40 + 32) + 2 * 4 * 32 * (64 + 32) + 3 * 16 * (64 + 16)) + 20 * 4 * 16 * 16 + 2 * 20 * 20 * 16
        + 2 * 20 * 16 * 32 + 80,
        2 * 4 * 32 * (40 + 32 + 2) + 2 * 4 * 32 * (64 + 32 + 2) + 3 * 16 * (64 + 16 + 2) + 4 * (256 + 16) + 2 * 16 * 32 + 48 + 64 + 85,
    ),
    (4 * 256 * 9 * 64, 9 * 64 + 8 + 4),
    (6**3 * 27 * 8, 27 * 8 + 4),
    (10 * 5 * 24, 5 * 24 + 6),
]  # fmt: skip


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("torch")
    venv.create(folder, with_pip=True)
    path = str(folder / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    subprocess.run(
        [path, "-m", "pip", "install", "--quiet", "torch==2.13.0", "numpy", str(ROOT)], check=True, timeout=1200
    )
    return path


@pytest.fixture
def nets(tmp_path: Path) -> Path:
    (tmp_path / "nets.py").write_text(NETS)
    return tmp_path


def test_modules(python: str, nets: Path) -> None:
    done = subprocess.run([python, "-c", CODE], cwd=nets, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:5] == [f"{macs} {params} {params}" for macs, params in EXPECTED]
    assert lines[5] == "True"
    assert lines[6].startswith("UsageError the module cannot be run without elements: ")
    assert lines[7].startswith("InputError <module>: error: operator aten::")
    assert lines[8] == "UsageError received int, expected a torch.nn.Module"


WRONG = {
    "no sizes": (["torch:nets:mobile"], "give the sizes of its input: --input 1x3x224x224"),
    "no function": (["torch:nets", "--input", "1x3x8x8"], "expected torch:package.module:function"),
    "no module": (["torch:nots:mobile", "--input", "1x3x8x8"], "nots cannot be imported: ModuleNotFoundError"),
    "a misspelt function": (["torch:nets:mobil", "--input", "1x3x8x8"], "nets has no mobil: did you mean 'mobile'?"),
    "sizes that do not fit": (["torch:nets:mobile", "--input", "1x4x8x8"], "the module cannot be run without elements in 0: RuntimeError"),
}  # fmt: skip


def test_the_command_line(python: str, nets: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [python, "-m", "dsconv_cost", *arguments]
        return subprocess.run(command, cwd=nets, capture_output=True, text=True, timeout=300, check=False)

    done = run("analyze", "torch:nets:mobile", "--input", "1x3x32x32")
    assert done.returncode == 0, done.stderr
    assert "106,656" in done.stdout
    for arguments, message in WRONG.values():
        done = run("analyze", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert message in done.stderr
    done = run("check", "torch:nets:mobile", "--max-macs", "1M")
    assert done.returncode == 2
    assert "runs code, which check and diff never do" in done.stderr
