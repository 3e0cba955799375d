"""From an ONNX file to YAML: what is printed is the model, and reads like what a person writes."""

from pathlib import Path
from random import Random

import pytest

from dsconv_cost.errors import DsconvCostError
from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import load
from tests.command import run
from tests.fuzz import generate
from tests.fuzz.write import text_of
from tests.importers.onnx_writer import onnx_bytes
from tests.importers.round_trip import bundled_arguments, there_and_back
from tests.importers.same_counts import multiplied
from tests.networks import network

GOLDEN = Path(__file__).parent / "golden"

MOST_LINES = {
    "mobilenet_v2": 17, "resnet_18": 25, "efficientnet_b0": 18, "densenet_121": 50, "mobilenet_v3_large": 19,
    "shufflenet_v2_1.0x": 33, "googlenet_torchvision": 34, "convnext_tiny": 32,
}  # fmt: skip
"""A model, named as the bundled network it is -> the lines that its YAML may take."""
NAMES = {
    "resnet_18": "resnet:18", "efficientnet_b0": "efficientnet:b0", "densenet_121": "densenet:121", "convnext_tiny": "convnext:tiny",
    "shufflenet_v2_1.0x": "shufflenet_v2:1.0x", "googlenet_torchvision": "googlenet:torchvision",
}  # fmt: skip


@pytest.mark.parametrize("model", MOST_LINES)
def test_golden_yaml(model: str, tmp_path: Path, update_golden: bool) -> None:
    net = elaborate(load(NAMES.get(model, model)))
    file = tmp_path / f"{model}.onnx"
    file.write_bytes(onnx_bytes(net, weights="beside"))
    result = run("import", str(file))
    assert (result.code, result.err) == (0, "")
    golden = GOLDEN / f"{model}.yaml"
    if update_golden:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(result.out, encoding="utf-8")
    assert result.out == golden.read_text(encoding="utf-8")
    assert len(result.out.splitlines()) <= MOST_LINES[model]
    assert multiplied(network(result.out)) == multiplied(net)


def test_no_stray_golden_yaml() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(MOST_LINES)


def test_the_yaml_of_a_bundled_network_differs_in_nothing(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(onnx_bytes(elaborate(load("mobilenet_v2"))))
    (tmp_path / "net.yaml").write_text(run("import", str(tmp_path / "net.onnx")).out, encoding="utf-8")
    told = run("diff", "mobilenet_v2", str(tmp_path / "net.yaml")).out
    assert "layers      59 same, 5 renamed" in told  # 64 items; two of the file's are not repeated
    assert "no cost differs" in told


# -- round trips ----------------------------------------------------------------------------------


@pytest.mark.parametrize("argument", [family[0] for family in bundled_arguments()[::5]])
def test_every_fifth_family_comes_back(argument: str) -> None:
    there_and_back(elaborate(load(argument)))


@pytest.mark.parametrize("seeds", [range(start, start + 100) for start in range(1000, 1600, 100)])
def test_random_networks_come_back(seeds: range) -> None:
    tried = 0
    for seed in seeds:
        try:
            net = network(text_of(generate.network(Random(seed))))
        except DsconvCostError:
            continue
        if len(net.inputs) > 1 or any(node.layer.type == "blur_pool" for node in net.nodes):
            continue  # a concat of inputs, or a filter beside no other weights, might be weights
        there_and_back(net)
        tried += 1
    assert tried > 30


# -- the command ----------------------------------------------------------------------------------


def test_it_takes_models_only() -> None:
    told = run("import", "mobilenet")
    assert (told.code, told.out) == (2, "")
    assert "mobilenet is not a model of another tool: import takes ONNX, TFLite and Keras files" in told.err


def test_sizes_that_a_file_leaves_open_are_given(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_bytes(elaborate(load("mobilenet"))))
    told = run("import", str(path), "--input", "1x3x96x96")
    assert (told.code, told.err) == (0, "")
    assert "hyperparameters: {resolution: 96, classes: 1000}" in told.out


def test_an_incomplete_model_is_not_written(tmp_path: Path) -> None:
    from tests.importers.onnx_file import model, node, value_info

    nodes = [node("Conv2", ["x"], ["y"], "/odd", {}), node("Relu", ["x"], ["z"], "/relu", {})]
    nodes.append(node("Add", ["y", "z"], ["w"], "/sum", {}))
    path = tmp_path / "net.onnx"
    sizes: list[int | str] = [1, 8, 4, 4]
    path.write_bytes(model(nodes, [], [value_info("x", sizes)], [value_info("w", sizes)], 17, "g"))
    assert run("import", str(path)).code == 2
    told = run("import", str(path), "--free", "Conv2")
    assert (told.code, told.out) == (2, "")
    assert "has no word for what is counted as 0" in told.err


def test_what_the_language_cannot_say_is_told_with_its_names(tmp_path: Path) -> None:
    from tests.importers.onnx_file import model, node, value_info

    nodes = [node("Mod", ["x", "x"], ["y"], "/head/Mod", {"fmod": 1}), node("Relu", ["y"], ["z"], "/relu", {})]
    path = tmp_path / "net.onnx"
    path.write_bytes(model(nodes, [], [value_info("x", [1, 8, 4, 4])], [value_info("z", [1, 8, 4, 4])], 17, "g"))
    told = run("import", str(path))
    assert (told.code, told.out) == (2, "")
    assert "Mod" in told.err
    assert "head" in told.err
