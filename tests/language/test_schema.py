"""The JSON Schema: every bundled file is valid under it, and wrong files are not."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from dsconv_cost.budget.file import find_budget_file
from dsconv_cost.language.schema import budget_schema, schema
from dsconv_cost.language.vocabulary import TYPES
from dsconv_cost.sources import bundled
from tests.command import run

FILES = sorted(Path(bundled.folder()).glob("*.yaml"))
VALIDATOR = Draft202012Validator(schema())


def _texts(value: Any) -> Any:
    """Return YAML as JSON has it: keys are texts."""
    if isinstance(value, dict):
        return {str(key): _texts(inner) for key, inner in value.items()}
    return [_texts(inner) for inner in value] if isinstance(value, list) else value


def _errors(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(_texts(yaml.safe_load(text)))]


def test_is_a_valid_schema_and_plain_json() -> None:
    Draft202012Validator.check_schema(schema())
    assert json.loads(json.dumps(schema())) == schema()


def test_there_are_files() -> None:
    assert len(FILES) >= 10


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_bundled_files_are_valid(path: Path) -> None:
    assert _errors(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", [name for name in TYPES if name != "expand"])  # a block may have an argument expand
def test_every_type_refuses_a_field_it_does_not_have(name: str) -> None:
    assert _errors(f"input: [3, 8, 8]\nlayers: [{{{name}: 1, no_such_field: 1}}]")


HEAD = "input: [3, 32, 32]\n"

RIGHT = {
    "plain type": "layers: [relu]",
    "one item as a body": "layers: {conv: 8, kernel: 3}",
    "expressions": "layers: [{conv: 8 * 2, kernel: 3, stride: [1, 2], padding: same}]",
    "four pads": "layers: [{conv: 8, kernel: 3, padding: [0, 1, 0, 1]}]",
    "type without value and a common key": "layers: [{relu, when: true}]",
    "a block": "blocks: {unit: {arguments: {c: required}, layers: [{conv: c, kernel: 1}]}}\nlayers: [{unit: 8, repeat: 2}]",
    "branches": "layers: [{concat: [previous, [{conv: 8, kernel: 1}, relu], {conv: 4, kernel: 1, copies: 2}]}]",
    "residual": "layers: [{residual: [{conv: 3, kernel: 3}], shortcut: none}]",
    "published": "layers: [relu]\npublished: [{params: 4.2M, macs: 569M, top1: 70.6, source: Table 4}]",
    "budget": "layers: [relu]\nbudget: {macs: 600M}",
    "budget entries": "layers: [relu]\nbudget: [{metric: macs, max: 600M, level: warn}]",
    "budget of every metric": "layers: [relu]\nbudget: {params: 4.3 M, macs: 569e6, layers: 28, saving: 80%, size: 16 MB}",
    "budget of a part": "layers: [relu]\nbudget: [{metric: size, max: 512 KiB, bits: 8, layer: '*', kind: linear, level: 'off'}]",
    "squeeze none": "layers: [{inverted_residual: 8, squeeze: none}]",
    "defaults": "defaults: {conv: {norm: batch, activation: relu}}\nlayers: [relu]",
    "shared weights": "layers: [{conv: 3, kernel: 3, name: a}, {conv: 3, kernel: 3, repeat: 2, weights: 'a'}, {relu, from: 'a[1]'}]",
    "once": "layers: [{conv: 3, kernel: 3, repeat: 2, weights: once}]",
    "several inputs": "input: {left: [3, 8, 8], right: [3, r, r]}\nlayers: [{add: [left, right]}]",
    "ports": "blocks: {u: {inputs: [a, b], layers: [{add: [a, b], name: c}], outputs: [c, a]}}\n"
    "layers: [{relu, name: x}, {u, from: [x, input], name: [y, z]}]\noutputs: [y, 'z']",
    "convert": "layers: [{conv: 8, kernel: 3, convert: true}]",
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_accepts(text: str) -> None:
    assert _errors(HEAD + text) == []


WRONG = {
    "no layers": "name: x",
    "unknown key": "layers: [relu]\nlayrs: 1",
    "unknown field": "layers: [{conv: 8, kernel: 3, strides: 2}]",
    "zero channels": "layers: [{conv: 0, kernel: 3}]",
    "fractional channels": "layers: [{conv: 33.6, kernel: 3}]",
    "four sides": "layers: [{conv: 8, kernel: [3, 3, 3, 3]}]",
    "five pads": "layers: [{conv: 8, kernel: 3, padding: [1, 1, 1, 1, 1]}]",
    "a number for a flag": "layers: [{conv: 8, kernel: 3, bias: 1}]",
    "value behind a type that takes none": "layers: [{relu: 6}]",
    "main field missing": "layers: [conv]",
    "default for the main field": "defaults: {conv: {out_channels: 8}}\nlayers: [relu]",
    "default for no type": "defaults: {conv2d: {stride: 1}}\nlayers: [relu]",
    "block without layers": "blocks: {unit: {arguments: {c: 1}}}\nlayers: [unit]",
    "unknown key of a block": "blocks: {unit: {args: {c: 1}, layers: [relu]}}\nlayers: [unit]",
    "first without repeat": "layers: [{conv: 8, kernel: 3, first: {stride: 2}}]",
    "published without source": "layers: [relu]\npublished: [{params: 4.2M}]",
    "quantity": "layers: [relu]\npublished: [{params: 4.2 Mio, source: x}]",
    "unknown metric": "layers: [relu]\nbudget: {latency: 3}",
    "bytes of MACs": "layers: [relu]\nbudget: {macs: 600 MB}",
    "a saving without per cent": "layers: [relu]\nbudget: [{metric: saving, min: 0.8}]",
    "a largest saving alone": "layers: [relu]\nbudget: [{metric: saving, max: 64%}]",
    "a size without bytes": "layers: [relu]\nbudget: [{metric: size, max: 16M}]",
    "a budget without a limit": "layers: [relu]\nbudget: [{metric: size}]",
    "an empty budget": "layers: [relu]\nbudget: {}",
    "empty body": "layers: []",
    "list in a body": "layers: [[relu]]",
    "five sizes of input": "input: [3, 4, 32, 32, 1]\nlayers: [relu]",
    "no inputs": "input: {}\nlayers: [relu]",
    "an input without sizes": "input: {left: 3}\nlayers: [relu]",
    "an input without a name": "input: {3: [3, 8, 8]}\nlayers: [relu]",
    "weights that are no name": "layers: [{conv: 3, kernel: 3, weights: 3}]",
    "a list of weights": "layers: [{conv: 3, kernel: 3, weights: [a]}]",
    "no outputs": "blocks: {u: {layers: [relu], outputs: []}}\nlayers: [u]",
    "a repetition without a number": "layers: [{relu, from: 'a[]'}]",
    "when is a number": "layers: [{relu, when: 1}]",
    "repeat is negative": "layers: [{relu, repeat: -1}]",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_refuses(text: str) -> None:
    assert _errors(text if text.startswith("input") else HEAD + text)


# -- budget files -----------------------------------------------------------------------------------

BUDGET = Draft202012Validator(budget_schema())
ENTRY = "architecture: net.yaml, metric: macs, max: 600M"
RIGHT_BUDGETS = {
    "one": f"budget: [{{{ENTRY}}}]",
    "with a version": f"format: 1\nbudget: [{{{ENTRY}}}]",
    "pattern, variant and layer": "budget: [{architecture: 'models/**', variant: small, layer: '*', metric: params, min: 1, max: 2K}]",
    "level and message": f"budget: [{{{ENTRY}, level: warn, message: the DSP has no more}}]",
    "size": "budget: [{architecture: net, metric: size, max: 16 MB, bits: 8}]",
}
WRONG_BUDGETS = {
    "nothing": "{}",
    "no list": f"budget: {{{ENTRY}}}",
    "empty": "budget: []",
    "no architecture": "budget: [{metric: macs, max: 600M}]",
    "no metric": "budget: [{architecture: net.yaml, max: 600M}]",
    "no limit": "budget: [{architecture: net.yaml, metric: macs}]",
    "a unit of another metric": "budget: [{architecture: net.yaml, metric: macs, max: 600 MB}]",
    "unknown key": f"budget: [{{{ENTRY}, varient: small}}]",
    "an architecture": f"layers: [relu]\nbudget: [{{{ENTRY}}}]",
    "another version": f"format: 2\nbudget: [{{{ENTRY}}}]",
}


@pytest.mark.parametrize(
    "text", [*RIGHT_BUDGETS.values(), *WRONG_BUDGETS.values()], ids=[*RIGHT_BUDGETS, *WRONG_BUDGETS]
)
def test_budget_files(text: str, tmp_path: Path) -> None:
    """The schema refuses and accepts what the reader of budget files does."""
    right = text in RIGHT_BUDGETS.values()
    assert BUDGET.is_valid(_texts(yaml.safe_load(text))) == right
    (tmp_path / "dsconv-cost.yaml").write_text(text, encoding="utf-8")
    if right:
        assert find_budget_file(str(tmp_path / "dsconv-cost.yaml")).problems == []  # type: ignore[union-attr]
    else:
        assert find_budget_file(str(tmp_path / "dsconv-cost.yaml")).problems  # type: ignore[union-attr]


def test_the_command_prints_either() -> None:
    assert json.loads(run("schema").out) == schema()
    assert json.loads(run("schema", "--budget").out) == budget_schema()
