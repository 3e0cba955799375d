"""Names that change nothing are said: an argument that a block takes and forgets would be counted as if it were not there."""

import json
from pathlib import Path

import pytest

from dsconv_cost import analyze
from dsconv_cost.language.reader.file import read_spec
from dsconv_cost.sources import bundled
from tests.command import run
from tests.networks import architecture

LAYERS = "layers: [{conv: 8, kernel: 3}]\n"
BLOCK = "layers: [{unit: 8}]\n"
LEARNERS = ("prelu", "batchnorm", "layernorm")

CASES = {
    "hyperparameter": (f"hyperparameters: {{rho: 1}}\n{LAYERS}", ["hyperparameter rho (line 2)"]),
    "let": (f"let: {{wide: 3}}\n{LAYERS}", ["let wide (line 2)"]),
    "argument": (
        f"blocks: {{unit: {{arguments: {{c: required, kernel: 3}}, layers: [{{conv: c, kernel: 3}}]}}}}\n{BLOCK}",
        ["argument kernel of block unit (line 2)"],
    ),
    "the main argument": (
        f"blocks: {{unit: {{arguments: {{c: required}}, layers: [relu]}}}}\n{BLOCK}", ["argument c of block unit (line 2)"],
    ),
    "let of a block": (
        f"blocks: {{unit: {{arguments: {{c: required}}, let: {{d: c}}, layers: [{{conv: c, kernel: 1}}]}}}}\n{BLOCK}",
        ["let d of block unit (line 2)"],
    ),
    "a name of another block": (
        "blocks: {unit: {arguments: {c: required, k: 3}, layers: [{conv: c, kernel: 1}]},\n"
        f"  other: {{arguments: {{k: 3}}, layers: [{{conv: 8, kernel: k}}, relu]}}}}\n{BLOCK}",
        ["argument k of block unit (line 2)", "block other (line 3)"],
    ),
    "a block": (
        f"blocks:\n  unit: {{arguments: {{c: required}}, layers: [{{conv: c, kernel: 1}}]}}\n  other: {{layers: [relu]}}\n{BLOCK}",
        ["block other (line 4)"],
    ),
    "blocks that only an unused one uses": (
        f"blocks:\n  a: {{layers: [relu]}}\n  b: {{layers: [{{sequential: [a]}}]}}\n{LAYERS}", ["block a (line 3)", "block b (line 4)"],
    ),
    "a default of a type that no item has": (
        f"defaults:\n  avgpool: {{stride: 1}}\n  conv: {{bias: false}}\n{LAYERS}", ["default stride of avgpool (line 3)"],
    ),
    "a default that every item replaces": (
        f"defaults: {{conv: {{kernel: 5, bias: false}}}}\n{LAYERS}", ["default kernel of conv (line 2)"],
    ),
    "a default of conv that is not for the 1 x 1 convolutions inside": (
        "defaults:\n  conv:\n    kernel: 5\n    norm: batch\nlayers: [{dsconv: 8}, {inverted_residual: 8}]\n",
        ["default kernel of conv (line 4)"],
    ),
    "defaults that the fields of composites replace": (
        "defaults:\n  dwconv:\n    stride: 2\n    bias: true\n  squeeze_excite:\n    gate: hardsigmoid\n"
        "layers: [{dsconv: 8, stride: 1, dw_bias: false}, {inverted_residual: 8, stride: 1, bias: true, squeeze: 2, gate: sigmoid}]\n",
        ["default stride of dwconv (line 4)", "default bias of dwconv (line 5)", "default gate of squeeze_excite (line 7)"],
    ),
    "a default of squeeze_excite without one": (
        "defaults: {squeeze_excite: {activation: silu}}\nlayers: [{inverted_residual: 8}]\n",
        ["default activation of squeeze_excite (line 2)"],
    ),
    "a default of conv at a gate alone": (
        "defaults: {conv: {padding: valid}}\nlayers: [{squeeze_excite: 2}]\n", ["default padding of conv (line 2)"],
    ),
    "a gate of no squeeze_excite": (
        "layers:\n  - {inverted_residual: 8, gate: hardsigmoid}\n  - {inverted_residual: 8, gate: tanh, squeeze: none}\n",
        ["gate of inverted_residual (line 3)", "gate of inverted_residual (line 4)"],
    ),
    "a variant sets what nothing reads": (
        f"hyperparameters: {{rho: 1}}\nvariants: {{two: {{rho: 2}}}}\n{LAYERS}", ["hyperparameter rho (line 2)"],
    ),
}  # fmt: skip
USED = {
    "in the input": f"hyperparameters: {{rho: 1}}\ninput: [rho, 8, 8]\n{LAYERS}",
    "in let": "hyperparameters: {rho: 1}\nlet: {wide: rho}\nlayers: [{conv: wide, kernel: 1}]\n",
    "in when": "hyperparameters: {rho: 1}\nlayers: [{conv: 8, kernel: 1}, {relu, when: rho > 1}]\n",
    "in repeat": "hyperparameters: {rho: 1}\nlayers: [{conv: 8, kernel: 1, repeat: rho}]\n",
    "in first": "hyperparameters: {rho: 1}\nlayers: [{conv: 8, kernel: 1, repeat: 2, first: {stride: rho}}]\n",
    "in defaults": f"hyperparameters: {{rho: 1}}\ndefaults: {{conv: {{stride: rho}}}}\n{LAYERS}",
    "in a list": "hyperparameters: {rho: 1}\nlayers: [{conv: 8, kernel: [1, rho]}]\n",
    "a default inside a composite": "defaults: {dwconv: {dilation: 2}}\nlayers: [{dsconv: 8}]\n",
    "a default of conv at a dwconv": "defaults: {conv: {stride: 2}}\nlayers: [{dwconv: 3}]\n",
    "a default in a body": "defaults: {conv: {kernel: 1}}\nlayers: [{residual: {conv: 3}}]\n",
    "a default of a composite": "defaults: {dsconv: {kernel: 5}}\nlayers: [{dsconv: 8}]\n",
    "a default of squeeze_excite": (
        "defaults: {squeeze_excite: {gate: tanh}}\nlayers: [{inverted_residual: 8, squeeze: 2}]\n"
    ),
    "a default in the first repetition alone": (
        "defaults: {conv: {stride: 2}}\nlayers: [{conv: 8, kernel: 1, repeat: 1, first: {bias: true}}]\n"
    ),
    "a gate of a squeeze_excite": "layers: [{inverted_residual: 8, squeeze: 2, gate: tanh}]\n",
    "a gate where squeeze is a default": (
        "defaults: {inverted_residual: {squeeze: 2}}\nlayers: [{inverted_residual: 8, gate: tanh}]\n"
    ),
    "a block in a branch": "blocks: {unit: {layers: [relu]}}\nlayers: [{add: [previous, unit]}]\n",
    "a block in a shortcut": (
        "blocks: {unit: {layers: [{conv: 8, kernel: 1}]}}\nlayers: [{residual: {conv: 8, kernel: 1}, shortcut: unit}]\n"
    ),
    "a block in a block": "blocks: {one: {layers: [two]}, two: {layers: [relu]}}\nlayers: [one]\n",
    "in a block only": "hyperparameters: {rho: 1}\nblocks: {unit: {layers: [{conv: rho, kernel: 1}]}}\nlayers: [unit]\n",
    "in another argument's default": (
        f"blocks: {{unit: {{arguments: {{c: required, d: c}}, layers: [{{conv: d, kernel: 1}}]}}}}\n{BLOCK}"
    ),
    "in let of the block": (
        f"blocks: {{unit: {{arguments: {{c: required}}, let: {{d: c}}, layers: [{{conv: d, kernel: 1}}]}}}}\n{BLOCK}"
    ),
    "as an activation": (
        "blocks: {unit: {arguments: {c: required, nl: relu}, layers: [{conv: c, kernel: 1, activation: nl}]}}\n" + BLOCK
    ),
}


def _text(text: str) -> str:
    return text if "input:" in text else f"input: [3, 8, 8]\n{text}"


@pytest.mark.parametrize(("text", "unused"), CASES.values(), ids=CASES)
def test_unused(text: str, unused: list[str], tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(_text(text), encoding="utf-8")
    spec, problems = read_spec(_text(text), "net.yaml", "net")
    assert not problems
    assert sorted(f"{what} (line {line})" for what, line in spec.unused) == sorted(unused)
    said = f"{', '.join(unused)}: {'has' if len(unused) == 1 else 'have'} no effect"
    assert f"unused {said}" in " ".join(run("analyze", "net.yaml", cwd=tmp_path).out.split())
    document = json.loads(run("analyze", "net.yaml", "--format", "json", cwd=tmp_path).out)
    assert [f"{one['what']} (line {one['line']})" for one in document["unused"]] == unused
    assert f"net.yaml: {said}\n" in run("check", "net.yaml", "--max-macs", "1G", cwd=tmp_path).out


@pytest.mark.parametrize("text", USED.values(), ids=USED)
def test_used(text: str) -> None:
    spec, problems = read_spec(_text(text), "net.yaml", "net")
    assert (problems, spec.unused) == ([], [])


@pytest.mark.parametrize("name", bundled.names())
def test_bundled_files_use_all_they_define(name: str) -> None:
    path = Path(bundled.folder()) / f"{name}.yaml"
    assert read_spec(path.read_text(encoding="utf-8"), path.name, name)[0].unused == []


def test_many_are_counted(tmp_path: Path) -> None:
    names = ", ".join(f"h{n}: 1" for n in range(9))
    (tmp_path / "net.yaml").write_text(_text(f"hyperparameters: {{{names}}}\n{LAYERS}"), encoding="utf-8")
    said = run("analyze", "net.yaml", cwd=tmp_path).out
    assert "hyperparameter h5 (line 2) and 3 more: have no effect" in said


def test_check_names_what_has_no_effect_in_a_network(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(
        "input: [8, 8, 8]\nlayers:\n  - {conv: 8, kernel: 1, dilation: 2}\n", encoding="utf-8"
    )
    out = run("check", "net.yaml", "--max-macs", "1M", cwd=tmp_path).out
    assert "net.yaml: dilation of conv1 (line 3): has no effect" in out


TAILS = {
    # defaults and layers -> the learned slopes and norms on 8 channels of 6 x 6, and what has no effect
    "the field activation": ("prelu: {slopes: per_layer}", "{conv: 8, kernel: 1, activation: prelu}", 1, []),
    "per element": ("prelu: {slopes: per_element}", "{conv: 8, kernel: 1, activation: prelu}", 8 * 36, []),
    "inside a dsconv": ("prelu: {slopes: per_layer}", "{dsconv: 8, activation: prelu}", 2, []),
    "a gate": ("prelu: {slopes: per_layer}", "{squeeze_excite: 2, activation: prelu, gate: prelu}", 2, []),
    "an expression": ("prelu: {slopes: per_layer if one else per_channel}", "{conv: 8, kernel: 1, activation: prelu}", 1, []),
    "an item": ("prelu: {slopes: per_layer}", "prelu", 1, []),
    "an item of its own mind": (
        "prelu: {slopes: per_layer}", "{prelu, slopes: per_channel}", 8, ["default slopes of prelu"],
    ),
    "the field norm": ("batchnorm: {scale: false}", "{conv: 8, kernel: 1, norm: batch}", 8, []),
    "neither": ("batchnorm: {scale: false}", "{conv: 8, kernel: 1, norm: layer}", 16, ["default scale of batchnorm"]),
}  # fmt: skip


@pytest.mark.parametrize(("defaults", "item", "learned", "unused"), TAILS.values(), ids=TAILS)
def test_defaults_of_what_a_field_names(defaults: str, item: str, learned: int, unused: list[str]) -> None:
    text = f"hyperparameters: {{one: true}}\ninput: [8, 6, 6]\ndefaults: {{{defaults}}}\nlayers: [{item}]\n"
    analysis = analyze(architecture(text))
    learners = [n.counts.weights + n.counts.norm for n in analysis.network.nodes if n.layer.type in LEARNERS]
    assert sum(learners) == learned
    assert [one.what for one in analysis.unused if one.what != "hyperparameter one"] == unused


@pytest.mark.parametrize("item", ["{upsample: 2, mode: bilinear}", "{resize: [9, 9], mode: nearest}"])
def test_what_other_conventions_count_has_an_effect(item: str) -> None:
    assert analyze(architecture(f"input: [8, 6, 6]\nlayers: [{item}]\n")).unused == ()
