"""Names that change nothing are said: an argument that a block takes and forgets would be counted as if it were not there."""

import json
from pathlib import Path

import pytest

from dsconv_cost.language.reader.file import read_spec
from dsconv_cost.sources import bundled
from tests.command import run

LAYERS = "layers: [{conv: 8, kernel: 3}]\n"
BLOCK = "layers: [{unit: 8}]\n"

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
        ["argument k of block unit (line 2)"],
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
    assert [f"{what} (line {line})" for what, line in spec.unused] == unused
    said = f"{', '.join(unused)}: {'has' if len(unused) == 1 else 'have'} no effect"
    assert f"unused      {said}\n" in run("analyze", "net.yaml", cwd=tmp_path).out
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
