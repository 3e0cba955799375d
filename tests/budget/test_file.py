"""Budgets in files: what they mean, and everything that can be wrong with them, each with its place."""

import re
from pathlib import Path

import pytest

from dsconv_cost import patterns
from dsconv_cost.budget import file as budget_file
from dsconv_cost.budget.file import BudgetTargets
from dsconv_cost.budget.judging import judge
from dsconv_cost.budget.networks import MeasuredNetwork
from dsconv_cost.budget.verdicts import MAX, MIN, Verdict
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.costs.parts import PartCosts
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.limits import METRICS, Limit, amount
from dsconv_cost.language.reader.file import read_spec
from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.folders import architectures_in
from tests.command import run

NET = """\
input: [3, 8, 8]
layers:
  - {conv: 4, kernel: 3, name: stem}
  - {dsconv: 8, stride: 2}
  - {conv: 8, kernel: 1, repeat: 2}
  - global_avgpool
  - {linear: 10}
"""
# stem: 3*3*3*4 = 108 weights, 8*8 positions. dsconv1/dw: 3*3*4 = 36, dsconv1/pw: 4*8 = 32, 4*4 positions.
# conv2[1], conv2[2]: 8*8 = 64 weights, 4*4 positions. linear1: 8*10 weights and 10 biases.
STEM, DW, PW, CONV, LINEAR = 108 * 64, 36 * 16, 32 * 16, 64 * 16, 80
MACS = STEM + DW + PW + 2 * CONV + LINEAR
PARAMS = (108 + 4) + (36 + 4) + (32 + 8) + 2 * (64 + 8) + 90
"""With biases: the file has no norms."""


def measured(text: str = NET) -> MeasuredNetwork:
    spec, problems = read_spec(text, "net.yaml", "net")
    assert problems == []
    network = elaborate(Architecture(spec, "net.yaml", False, None, {}))
    return MeasuredNetwork("net.yaml", "net.yaml", PartCosts(network, DEFAULT))


def entries(lines: str) -> list[Limit]:
    """Return the entries that an architecture's own budget has."""
    spec, problems = read_spec(f"{NET}budget:\n{lines}", "net.yaml", "net")
    assert problems == []
    return spec.budget


def verdicts(lines: str) -> list[Verdict]:
    made = measured()
    return [verdict for entry in entries(lines) for verdict in judge(made, entry)]


# -- what is measured -----------------------------------------------------------------------------

MEASURED = {
    "params": ("{metric: params, max: 0}", PARAMS, 1),
    "macs": ("{metric: macs, max: 0}", MACS, 1),
    "flops": ("{metric: flops, max: 0}", 2 * MACS, 1),
    "activations": ("{metric: activations, max: 0}", 4 * 64 + 4 * 16 + 3 * 8 * 16 + 10, 1),
    "layers": ("{metric: layers, max: 0}", 6, 1),
    "largest share": ("{metric: largest_share, max: 0%}", STEM, MACS),
    # The pair becomes one 3x3 convolution from 4 to 8 channels: 9*4*8 weights at 4*4 positions.
    "saving": ("{metric: saving, min: 0%}", 9 * 4 * 8 * 16 - DW - PW, STEM + 9 * 4 * 8 * 16 + 2 * CONV + LINEAR),
    "size": ("{metric: size, max: 0 B}", 4 * PARAMS, 1),
    "size at 8 bits": ("{metric: size, max: 0 B, bits: 8}", PARAMS, 1),
    "size at 16 bits": ("{metric: size, max: 0 B, bits: 16}", 2 * PARAMS, 1),
    "an item": ("{metric: macs, layer: dsconv1, max: 0}", DW + PW, 1),
    "a layer inside": ("{metric: macs, layer: dsconv1/dw, max: 0}", DW, 1),
    "a named item": ("{metric: params, layer: stem, max: 0}", 112, 1),
    "a repetition": ("{metric: params, layer: 'conv2[2]', max: 0}", 72, 1),
    "all depthwise": ("{metric: macs, kind: depthwise, max: 0}", DW, 1),
    "all pointwise": ("{metric: macs, kind: pointwise, max: 0}", PW + 2 * CONV, 1),
    "layers of a kind": ("{metric: layers, kind: pointwise, max: 0}", 3, 1),
    "activations of a layer": ("{metric: activations, layer: stem, max: 0}", 4 * 64, 1),
    "a kind it does not have": ("{metric: macs, kind: grouped, min: 1}", 0, 1),
    "the costliest of all items": ("{metric: macs, layer: '*', max: 0}", STEM, 1),
    "the costliest of some": ("{metric: macs, layer: 'conv2*', max: 0}", CONV, 1),
    "the costliest at any depth of one kind": ("{metric: macs, layer: '**', kind: 'point*', max: 0}", CONV, 1),
    "the costliest kind": ("{metric: macs, kind: '*', max: 0}", STEM, 1),
    "the least of some": ("{metric: macs, layer: 'dsconv1/*', min: 1K}", PW, 1),
}


@pytest.mark.parametrize(("entry", "top", "bottom"), MEASURED.values(), ids=MEASURED)
def test_metrics(entry: str, top: int, bottom: int) -> None:
    (verdict,) = verdicts(f"  - {entry}\n")
    assert verdict.actual.top * bottom == top * verdict.actual.bottom


def test_a_pattern_counts_what_it_names() -> None:
    (verdict,) = verdicts("  - {metric: macs, layer: '*', max: 600}\n")
    # stem, dsconv1, conv2[1], conv2[2], global_avgpool1, linear1; DW + PW = 1088
    assert (verdict.matched, verdict.beyond, verdict.part, verdict.place.line) == (6, 4, "layer stem", 3)


def test_equality_passes_on_both_sides() -> None:
    made = measured()
    for value, bound, status in (
        (MACS, MAX, "pass"),
        (MACS - 1, MAX, "fail"),
        (MACS, MIN, "pass"),
        (MACS + 1, MIN, "fail"),
    ):
        limit = amount(str(value), METRICS["macs"])
        entry = Limit(METRICS["macs"], limit if bound == MAX else None, limit if bound == MIN else None)
        (verdict,) = judge(made, entry)
        assert (verdict.status, verdict.bound.kind) == (status, bound)


def test_shares_are_compared_exactly() -> None:
    # A quarter of the MACs in each of four equal layers: 25% is reached, and not exceeded.
    made = measured("input: [4, 4, 4]\nlayers: [{conv: 4, kernel: 1, repeat: 4}]\n")
    for text, status in (("25%", "pass"), ("24.9999999999%", "fail")):
        (verdict,) = judge(made, Limit(METRICS["largest_share"], amount(text, METRICS["largest_share"]), None))
        assert verdict.status == status


def test_both_limits_of_an_entry_are_checked() -> None:
    found = verdicts("  - {metric: macs, min: 1, max: 2K}\n")
    assert [(v.bound.kind, v.status) for v in found] == [("max", "fail"), ("min", "pass")]


def test_a_mapping_limits_costs_from_above_and_savings_from_below() -> None:
    spec, problems = read_spec(NET + "budget: {macs: 10K, saving: 5%, size: 4 KiB}\n", "net.yaml", "net")
    assert problems == []
    assert [(e.metric.name, str(e.max), str(e.min)) for e in spec.budget] == [
        ("macs", "10K", "None"), ("saving", "None", "5%"), ("size", "4 KiB", "None"),
    ]  # fmt: skip
    assert [e.source for e in spec.budget] == ["net.yaml:8"] * 3


def test_a_verdict_names_the_costliest_layers() -> None:
    (verdict,) = verdicts("  - {metric: macs, max: 1, level: warn, message: slow}\n")
    assert [(x.name, x.line, x.value) for x in verdict.layers] == [
        ("stem", 3, STEM), ("conv2[1]", 5, CONV), ("conv2[2]", 5, CONV), ("dsconv1/dw", 4, DW), ("dsconv1/pw", 4, PW),
    ]  # fmt: skip
    assert (verdict.status, verdict.message, verdict.bound.source) == ("warn", "slow", "net.yaml:9")


# -- patterns -------------------------------------------------------------------------------------

PATTERNS = [
    ("*", "conv1", True), ("*", "conv1/dw", False), ("**", "a/b/c", True), ("*/dw", "dsconv1/dw", True),
    ("**/dw", "dw", True), ("**/dw", "a/b/dw", True), ("**/dw", "a/bdw", False), ("conv1[1]", "conv1[1]", True),
    ("conv1[1]", "conv11", False), ("conv?", "conv1", True), ("conv?", "conv", False), ("a?b", "a/b", False),
    ("*ab?c", "abxabyc", True), ("a*b*c", "aXbYbZc", True), ("a*b*c", "acb", False), ("models/**/x.yaml", "models/x.yaml", True),
    ("models/**", "models", False), ("models/**", "models/a/b", True), ("a.yaml", "aXyaml", False), ("*.yaml", ".yaml", True),
    ("a**b", "axxb", True), ("a**b", "a/b", False), ("**/**", "a", True), ("(a|b)+", "a", False), ("(a|b)+", "(a|b)+", True),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "name", "matches"), PATTERNS)
def test_patterns(pattern: str, name: str, matches: bool) -> None:
    assert patterns.matches(pattern, name) is matches


def test_a_hostile_pattern_takes_no_time() -> None:
    assert not patterns.matches("*a" * 100 + "b", "a" * 5000)
    assert patterns.wrong("**/" * 4) is not None


def test_architectures_are_seen_from_the_budget_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ci", "models/a", "models/.hidden"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("models/a/one.yaml", "models/two.yaml", "models/.hidden/three.yaml"):
        (tmp_path / name).write_text(NET, encoding="utf-8")
    (tmp_path / "models" / "other.yaml").write_text("jobs: {layers: 1}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    file = budget_file.read_budget_file(
        "budget: [{architecture: ../models/**/*.yaml, metric: macs, max: 1}]\n", "ci/limits.yaml"
    )
    assert file.problems == []
    meant = BudgetTargets(file)
    found = [Path(path).resolve().relative_to(tmp_path.resolve()).as_posix() for path in meant.on_disk(file.entries[0])]
    assert found == ["models/two.yaml", "models/a/one.yaml"]
    assert meant.applies(file.entries[0], "models/two.yaml", False)
    assert meant.applies(file.entries[0], str(tmp_path / "models" / "a" / "one.yaml"), False)
    assert not meant.applies(file.entries[0], "two.yaml", False)


def test_a_folder_holds_the_files_with_layers(tmp_path: Path) -> None:
    texts = {
        "upper.YAML": NET, "upper.Yml": NET,
        "a.yaml": NET, "b.yml": "{input: [1, 1, 1], layers: [relu]}\n", "c.yaml": "budget: []\n", "d.txt": NET,
        "e.yaml": "name: layers\n", "broken.yaml": "input: [1, 2\nlayers: [relu]\n", "helm.yaml": "a: {{ .b }}\n",
        "twice.yaml": "a: 1\n---\nlayers: 2\n", "f.yaml": "x:\n  layers: [1]\n",
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    assert [Path(path).name for path in architectures_in(str(tmp_path))] == [
        "a.yaml", "b.yml", "broken.yaml", "twice.yaml", "upper.YAML", "upper.Yml",
    ]  # fmt: skip


SLIPS: dict[str, str] = {
    "layer": "input: [3, 8, 8]\nlayer:\n  - relu\n",
    "a capital": "input: [3, 8, 8]\nLayers: [relu]\n",
    "in braces": "{input: [3, 8, 8], layer: [relu]}\n",
    "a wrong input too": "input: 3\nlyers: [relu]\n",
    "sizes that are computed": "hyperparameters: {c: 3, s: 8}\ninput: [c, s, s]\nlayerz: [relu]\n",
    "another word": "name: Camera\ninput: [3, 8, 8]\nmodel: [relu]\n",
    "nothing left": "input: [3, 8, 8]\nbudget: {macs: 1M}\n",
    "blocks only": "input: [3, s, s]\nblocks: {a: {layers: [relu]}}\n",
    "a file that is cut off": "input: [3, 8, 8]\nlayer: [relu]\nname: 'x\n",
    "a quoted key": "'input': [3, 8, 8]\n'layer': [relu]\n",
    "layers of nothing": "layers:\n",
}
STRANGERS: dict[str, str] = {
    "a workflow": "name: CI\non: push\njobs: {a: {runs-on: x, steps: [{run: ls, with: {input: [1, 2, 3]}}]}}\n",
    "a workflow with inputs": "name: CI\non:\n  workflow_call:\n    inputs: {layers: {type: string}}\n",
    "a compose file": "services:\n  web: {image: x, volumes: [a]}\nvolumes: {a: {}}\n",
    "hooks": "repos:\n  - repo: local\n    hooks: [{id: a, name: b, entry: c, language: system}]\n",
    "a budget file": "budget: [{architecture: '*.yaml', metric: macs, max: 1}]\n",
    "a manifest": "apiVersion: v1\nkind: Pod\nmetadata: {name: layers}\n---\nkind: Service\n",
    "a template": "name: {{ .Values.name }}\ninput: {{ .Values.input }}\n",
    "a recipe": "source: {url: x}\noutputs: [{name: a}]\n",
    "a pipeline": "input: {kafka: {topics: [a]}}\npipeline: {processors: []}\noutput: {stdout: {}}\n",
    "a case for a test": "name: first\ninput: hello\noutputs: [hi]\n",
    "files to read": "name: first\ninput: [a.csv, b.csv, c.csv]\noutput: d.csv\n",
    "a request": "model: small\ninput: [a, b]\n",
    "a layer of a map": "input: roads.shp\nlayer: roads\n",
    "an input alone": "input: [3, 8, 8]\n",
    "a list": "- input: [3, 8, 8]\n- layers\n",
    "words": "layers and input\n",
    "nothing": "",
}


@pytest.mark.parametrize("text", SLIPS.values(), ids=SLIPS)
def test_an_architecture_with_a_slip_is_one(text: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(text, encoding="utf-8")
    result = run("check", ".", "--max-macs", "1M", cwd=tmp_path)
    assert result.code == 2
    assert re.match(r"net\.yaml:[0-9]+:[0-9]+: error: ", result.err)


@pytest.mark.parametrize("text", STRANGERS.values(), ids=STRANGERS)
def test_a_file_of_another_tool_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(text, encoding="utf-8")
    result = run("check", ".", "--max-macs", "1M", cwd=tmp_path)
    assert (result.code, result.err) == (0, "")
    assert "other.yaml" not in result.out


# -- what is wrong --------------------------------------------------------------------------------

OWN: dict[str, tuple[str, str]] = {
    "replacing neither": (
        "budget: [{metric: macs, max: 1, replaces: 1}]", "8:43: replaces: received '1', expected true or false",
    ),
    "a number": ("budget: 600M", "8:9: budget: received '600M', expected a mapping of metric to limit, or a list"),
    "nothing": ("budget:", "8:8: budget: received nothing"),
    "an empty mapping": ("budget: {}", "8:9: the budget is empty"),
    "an empty list": ("budget: []", "8:9: the budget is empty"),
    "unknown metric": ("budget: {latency: 3}", "8:10: unknown metric 'latency': the metrics are params, macs"),
    "near metric": ("budget: {mac: 3}", "8:10: unknown metric 'mac': did you mean 'macs'?"),
    "a synonym": ("budget: {parameters: 3}", "8:10: unknown metric 'parameters': did you mean 'params'?"),
    "case of a metric": ("budget: {MACs: 3}", "8:10: unknown metric 'MACs': did you mean 'macs'?"),
    "metric twice": ("budget: {macs: 3, macs: 4}", "8:19: duplicate key 'macs' (first on line 8)"),
    "no limit": ("budget: {macs: }", "8:16: received nothing, expected macs: a count"),
    "a list as limit": ("budget: {macs: [1]}", "8:16: received a list, expected macs: a count"),
    "a word as limit": ("budget: {macs: few}", "8:16: macs: received 'few', expected a count"),
    "infinite": ("budget: {macs: .inf}", "8:16: macs: received '.inf', which limits nothing"),
    "negative": ("budget: {macs: -1}", "8:16: macs: received '-1', which is below 0"),
    "null": ("budget: {macs: null}", "8:16: macs: received 'null'"),
    "bytes of MACs": ("budget: {macs: 600 MB}", "8:16: macs: received '600 MB', but macs is a count"),
    "a size without bytes": ("budget: {size: 16M}", "8:16: size: received '16M', but size is in bytes"),
    "a saving without per cent": ("budget: {saving: 0.8}", "8:18: saving: received '0.8' without a unit"),
    "milli": ("budget: {macs: 600m}", "8:16: macs: received '600m' with the unknown unit 'm': did you mean M?"),
    "cut at a comma": ("budget: {macs: 568,740,352}", "8:20: this looks like the rest of a value"),
    "an entry that is none": ("budget: [macs]", "8:10: received 'macs', expected an entry: {metric: macs, max: 600M}"),
    "no metric": ("budget: [{max: 600M}]", "8:10: missing metric: give one of params, macs"),
    "no limit in an entry": ("budget: [{metric: macs}]", "8:10: missing limit: give max, min or both"),
    "metric as a key": ("budget: [{macs: 600M}]", "8:11: 'macs' is a metric: write metric: macs and max or min"),
    "unknown key": ("budget: [{metric: macs, maximum: 1}]", "8:25: unknown key 'maximum' in budget"),
    "near key": (
        "budget: [{metric: macs, max: 1, levle: warn}]",
        "8:33: unknown key 'levle' in budget: did you mean 'level'?",
    ),
    "an architecture here": (
        "budget: [{metric: macs, max: 1, architecture: a}]",
        "8:33: 'architecture' belongs in budget files",
    ),
    "unknown level": (
        "budget: [{metric: macs, max: 1, level: warning}]",
        "8:40: unknown level 'warning': did you mean 'warn'?",
    ),
    "unknown variant": (
        "budget: [{metric: macs, max: 1, variant: big}]",
        "8:42: unknown variant 'big': there are no variants",
    ),
    "unknown kind": (
        "budget: [{metric: macs, max: 1, kind: depthwice}]",
        "8:39: unknown kind 'depthwice': did",
    ),
    "kind that matches nothing": (
        "budget: [{metric: macs, max: 1, kind: 'x*'}]",
        "8:39: unknown kind 'x*': the kinds",
    ),
    "a share of a layer": (
        "budget: [{metric: saving, min: 1%, layer: stem}]",
        "8:43: saving is for whole networks: a layer has",
    ),
    "a share of a kind": (
        "budget: [{metric: largest_share, max: 1%, kind: linear}]",
        "8:49: largest_share is for whole networks",
    ),
    "bits of MACs": ("budget: [{metric: macs, max: 1, bits: 8}]", "8:39: bits belong to the metrics size, peak, arena, flash: macs"),
    "other bits": ("budget: [{metric: size, max: 1 B, bits: 12}]", "8:41: bits: received '12', expected 4, 8, 16, 32"),
    "a largest saving alone": (
        "budget: [{metric: saving, max: 64%}]",
        "8:32: max alone lets the saving shrink to nothing: write min: 64%, or give min too",
    ),
    "a mapping as limit": (
        "budget: {params: {max: 60M}}",
        "8:18: params: received a mapping: write max and min in a list of entries, e.g. budget: [{metric: params, max: 60M}]",
    ),
    "a mapping of another key as limit": (
        "budget: {params: {limit: }}",
        "8:18: params: received a mapping: write max and min in a list of entries, e.g. budget: [{metric: params, max: ...}]",
    ),
    "an empty mapping as limit": ("budget: {params: {}}", "8:18: received an empty mapping, expected params: a count"),
    "a pattern of no variant": (
        "budget: [{metric: macs, max: 1, variant: 'mcu-*'}]",
        "8:42: the pattern 'mcu-*' matches no variant: there are no variants",
    ),
    "a variant's pattern of too many double stars": (
        "budget: [{metric: macs, max: 1, variant: '**/**/**/**'}]",
        "8:42: variant: a pattern with more than 3 **",
    ),
    "min above max": ("budget: [{metric: macs, min: 2, max: 1}]", "8:30: min is larger than max"),
    "min above max, shares": ("budget: [{metric: saving, min: 80%, max: 79.9%}]", "8:32: min is larger than max"),
    "a layer that is none": (
        "budget: [{metric: macs, max: 1, layer: stemm}]",
        "8:40: the pattern 'stemm' matches no layer: did you mean 'stem'?",
    ),
    "a layer that is repeated": (
        "budget: [{metric: macs, max: 1, layer: conv2}]",
        "8:40: the pattern 'conv2' matches no layer: it is repeated, so write 'conv2*', or 'conv2[1]' for one of them",
    ),
    "a repeated layer with a kind": (
        "budget: [{metric: macs, max: 1, layer: conv2, kind: pointwise}]",
        "8:40: the pattern 'conv2' matches no layer of the kind pointwise: it is repeated, so write 'conv2*', or 'conv2[1]' for",
    ),
    "a repeated layer of another kind": (
        "budget: [{metric: macs, max: 1, layer: conv2, kind: depthwise}]",
        "8:40: the pattern 'conv2' matches no layer of the kind depthwise: see `explain` for the names",
    ),
    "a layer with the kind inside": (
        "budget: [{metric: macs, max: 1, layer: dsconv1, kind: pointwise}]",
        "8:40: the pattern 'dsconv1' matches no layer of the kind pointwise: did you mean 'dsconv1/pw'?",
    ),
    "a layer of another kind": (
        "budget: [{metric: macs, max: 1, layer: linear1, kind: pointwise}]",
        "8:40: the pattern 'linear1' matches no layer of the kind pointwise: see `explain` for the names",
    ),
    "no layer of the kind": (
        "budget: [{metric: macs, max: 1, layer: stem, kind: linear}]",
        "8:40: the pattern 'stem' matches no layer of the kind linear",
    ),
    "too many double stars": (
        "budget: [{metric: macs, max: 1, layer: '**/**/**/**'}]",
        "8:40: layer: a pattern with more than 3 **",
    ),
    "an empty message": (
        "budget: [{metric: macs, max: 1, message: }]",
        "8:42: received nothing, expected text for message",
    ),
    "an alias": ("budget: [{metric: macs, max: *x}]", "8:30: aliases (*x) are not supported"),
}  # fmt: skip


def entry(architecture: str) -> str:
    """Return a budget file of one entry; what follows the architecture may be more keys."""
    return f"budget:\n  - {{architecture: {architecture}, metric: macs, max: 1}}\n"


FILE: dict[str, tuple[str, str]] = {
    "gone by a word": (
        "budget: [{architecture: net.yaml, metric: macs, max: 1M}]\nallow_gone: old.yaml\n",
        "2:13: allow_gone: received 'old.yaml', expected a list of names: [models/old.yaml]",
    ),
    "gone by a list": (
        "budget: [{architecture: net.yaml, metric: macs, max: 1M}]\nallow_gone: [[old.yaml]]\n", "2:14: received a list, expected",
    ),
    "empty": ("", "1:1: the file is empty: a budget file needs budget:"),
    "a list": ("- {metric: macs, max: 1}\n", "1:1: received a list, expected a budget file"),
    "no budget": ("format: 1\n", "1:1: budget is missing"),
    "unknown key": ("budgets: []\n", "1:1: unknown key 'budgets': did you mean 'budget'?"),
    "an architecture": (NET, "1:1: unknown key 'input': the keys of a budget file are format, budget"),
    "another version": (
        "format: 2\nbudget: [{architecture: net.yaml, metric: macs, max: 1}]\n",
        "1:9: format: received '2', expected 1",
    ),
    "a mapping": (
        "budget: {macs: 1}\n",
        "1:9: budget: received a mapping, expected a list of entries: {architecture: net.yaml",
    ),
    "no architecture": ("budget:\n  - {metric: macs, max: 1}\n", "2:5: missing architecture"),
    "no such file": (
        entry("nett.yaml"),
        "2:20: the architecture 'nett.yaml' matches nothing: did you mean 'net.yaml'?",
    ),
    "no such file in a folder": (
        entry("models/ne.yaml"),
        "2:20: the architecture 'models/ne.yaml' matches nothing: did you mean 'models/net.yaml'?",
    ),
    "no such folder": (
        entry("model/net.yaml"),
        "2:20: the architecture 'model/net.yaml' matches nothing: did you mean 'models/net.yaml'?",
    ),
    "no ending": (entry("net"), "2:20: the architecture 'net' matches nothing: did you mean 'net.yaml'?"),
    "another ending": (entry("net.yml"), "2:20: the architecture 'net.yml' matches nothing: did you mean 'net.yaml'?"),
    "a folder": (
        entry("models"),
        "2:20: the architecture 'models' matches nothing: it is a folder: write \"models/*.yaml\", or \"models/**/*.yaml\" for",
    ),
    "a pattern of no variant": (
        entry("net.yaml, variant: 'mcu-*'"),
        "2:39: the pattern 'mcu-*' matches no variant of net.yaml: there are none",
    ),
    "patterns of an architecture and of no variant": (
        entry("'*.yaml', variant: 'mcu-*'"),
        "2:39: the pattern 'mcu-*' matches no variant of net.yaml: there are none",
    ),
    "no such name": (entry("mobilnet"), "2:20: the architecture 'mobilnet' matches nothing: did you mean 'mobilenet'?"),
    "a bundled file name": (entry("mobilenet.yaml"), "2:20: the architecture 'mobilenet.yaml' matches nothing"),
    "a pattern without a match": (
        entry("'nets/*.yaml'"),
        "2:20: the architecture 'nets/*.yaml' matches nothing: no architecture has such a path",
    ),
    "a pattern that matches other YAML only": (
        entry("'dsconv*.yaml'"),
        "2:20: the architecture 'dsconv*.yaml' matches nothing",
    ),
    "a variant in the name": (
        entry("'net.yaml:small'"),
        "2:20: the architecture 'net.yaml:small' matches nothing: write architecture: net.yaml and variant: small",
    ),
    "an absolute path": (entry("/net.yaml"), "2:20: architecture: expected a path relative to this file"),
    "dots in the middle": (entry("a/../net.yaml"), "2:20: architecture: .. is allowed only at the start of a path"),
    "a variant it does not have": (entry("net.yaml, variant: big"), "2:39: net.yaml has no variant 'big': it has none"),
    "a layer it does not have": (entry("net.yaml, layer: head"), "2:37: net.yaml: the pattern 'head' matches no layer"),
    "no limit": ("budget:\n  - {architecture: net.yaml, metric: macs}\n", "2:5: missing limit"),
    "a broken bracket": ("budget:\n  - {architecture: net.yaml, metric: macs, max: 1\n", "2:5: this { is never closed"),
    "a tab": ("budget:\n\t- {architecture: net.yaml}\n", "2:1: this line is indented with a tab"),
    "an unknown tag": ("budget: !!python/name:os.system []\n", "1:9: tags (!!python/name:os.system)"),
}  # fmt: skip


@pytest.mark.parametrize(("line", "message"), OWN.values(), ids=OWN)
def test_wrong_budget_of_an_architecture(line: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(f"{NET}{line}\n", encoding="utf-8")
    result = run("check", "net.yaml", cwd=tmp_path)
    where, _, said = message.partition(": ")
    assert result.code == 2
    assert f"net.yaml:{where}: error: {said}" in result.err
    assert result.err.count("error: ") <= 2, result.err


@pytest.mark.parametrize(("text", "message"), FILE.values(), ids=FILE)
def test_wrong_budget_file(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "net.yaml").write_text(NET, encoding="utf-8")
    (tmp_path / "dsconv-cost.yaml").write_text(text, encoding="utf-8")
    result = run("check", "net.yaml", "--max-macs", "1G", cwd=tmp_path)
    where, _, said = message.partition(": ")
    assert result.code == 2
    assert f"dsconv-cost.yaml:{where}: error: {said}" in result.err
    # What is right is checked all the same.
    assert "pass     net.yaml" in result.out


REPEATED = {
    "dsconv1": "'dsconv1[*]', or 'dsconv1[1]' for one of them",  # dsconv1* would be dsconv10 too
    "dsconv1/dw": "'dsconv1[*]/dw', or 'dsconv1[1]/dw' for one of them",
    "stage": "'stage*', or 'stage[1]' for one of them",
    "stage/dsconv1": "'stage*/dsconv1', or 'stage[1]/dsconv1' for one of them",
}


@pytest.mark.parametrize(("layer", "said"), REPEATED.items(), ids=REPEATED)
def test_a_repeated_layer_s_pattern_means_its_layers_alone(layer: str, said: str, tmp_path: Path) -> None:
    tens = "".join(f"  - {{dsconv: 4{', repeat: 2' if n == 1 else ''}}}\n" for n in range(1, 11))
    (tmp_path / "net.yaml").write_text(
        f"input: [3, 8, 8]\nblocks: {{block: {{layers: [{{dsconv: 4}}]}}}}\nlayers:\n{tens}"
        f"  - {{block, repeat: 2, name: stage}}\nbudget: [{{metric: macs, max: 1, layer: {layer}}}]\n",
        encoding="utf-8",
    )
    result = run("check", "net.yaml", cwd=tmp_path)
    assert f"the pattern '{layer}' matches no layer: it is repeated, so write {said}" in result.err


def test_all_problems_of_a_budget_come_at_once(tmp_path: Path) -> None:
    lines = ["{metric: mac, max: 1}", "{metric: macs, max: 1X}", "{metric: size, max: 1M, bits: 3}"]
    (tmp_path / "net.yaml").write_text(NET + "budget:\n" + "".join(f"  - {line}\n" for line in lines), encoding="utf-8")
    found = [
        line.split(": ")[0] for line in run("check", "net.yaml", cwd=tmp_path).err.splitlines() if ": error: " in line
    ]
    assert found == ["net.yaml:9:14", "net.yaml:10:25", "net.yaml:11:25", "net.yaml:11:35"]


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("*.yaml", 'write "**/*.yaml" for those in the folders below'),
        ("models/n*.yaml", 'write "models/**/n*.yaml" for those in the folders below'),
        ("x*.yaml", "no architecture has such a path"),
        ("**/x*.yaml", "no architecture has such a path"),
    ],
)
def test_a_pattern_that_matches_in_folders_below(pattern: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "models" / "deep").mkdir(parents=True)
    (tmp_path / "models" / "deep" / "net.yaml").write_text(NET, encoding="utf-8")
    (tmp_path / "dsconv-cost.yaml").write_text(entry(f"'{pattern}'"), encoding="utf-8")
    result = run("check", cwd=tmp_path)
    assert result.code == 2
    assert f"the architecture '{pattern}' matches nothing: {hint}" in result.err
