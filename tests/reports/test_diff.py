"""`diff`: which layers belong together, what changed, and where the cost comes from."""

import csv
import io
import json
import re
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import networks
from dsconv_cost import diff
from dsconv_cost.costs.diff import align
from dsconv_cost.costs.diff.align import common
from dsconv_cost.sources import bundled
from tests.command import Result, run, run_process
from tests.repository import Repository

HEAD = "input: [8, 16, 16]\ndefaults: {conv: {norm: batch, activation: relu}}\nlayers:\n"


def document(old: str, new: str, *arguments: str, cwd: Path) -> dict[str, Any]:
    """Return the JSON document of what changed between two bodies of layers."""
    for name, text in (("old", old), ("new", new)):
        lines = [f"  - {line.strip()}\n" for line in text.strip().splitlines()]
        (cwd / f"{name}.yaml").write_text(HEAD + "".join(lines), encoding="utf-8")
    result = run("diff", "old.yaml", "new.yaml", "--format", "json", *arguments, cwd=cwd)
    assert result.code == 0, result.err
    found: dict[str, Any] = json.loads(result.out)
    return found


def statuses(found: dict[str, Any]) -> list[str]:
    """Return `status name`, or `status old > new` where the name is another one."""
    return [
        f"{row['status']} {row['was']} > {row['layer']}" if row["was"] else f"{row['status']} {row['layer']}"
        for row in found["layers"]
    ]


# -- which layers belong together -----------------------------------------------------------------

FOUR = """
{conv: 8, kernel: 3}
{conv: 16, kernel: 3, stride: 2}
{conv: 16, kernel: 5}
{conv: 32, kernel: 1}
"""

CASES = {
    "nothing changed": (FOUR, FOUR, ["same conv1", "same conv2", "same conv3", "same conv4"]),
    "one in front": (
        FOUR, "{conv: 8, kernel: 7}" + FOUR,
        ["added conv1", "renamed conv1 > conv2", "renamed conv2 > conv3", "renamed conv3 > conv4", "renamed conv4 > conv5"],
    ),
    "one in the middle": (
        FOUR, FOUR.replace("{conv: 16, kernel: 5}", "{dwconv: 3}\n{conv: 16, kernel: 5}"),
        ["same conv1", "same conv2", "added dwconv1", "same conv3", "same conv4"],
    ),
    "one gone": (
        FOUR, FOUR.replace("{conv: 16, kernel: 5}\n", ""),
        ["same conv1", "same conv2", "removed conv3", "renamed conv4 > conv3"],
    ),
    "another name": (
        FOUR, FOUR.replace("kernel: 5", "kernel: 5, name: wide"),
        ["same conv1", "same conv2", "renamed conv3 > wide", "same conv4"],
    ),
    "wider: the next one has more inputs": (
        FOUR, FOUR.replace("{conv: 8,", "{conv: 12,"), ["changed conv1", "changed conv2", "same conv3", "same conv4"],
    ),
    "another kernel": (FOUR, FOUR.replace("5", "7"), ["same conv1", "same conv2", "changed conv3", "same conv4"]),
    "another activation": (
        FOUR, FOUR.replace("kernel: 5", "kernel: 5, activation: silu"),
        ["same conv1", "same conv2", "changed conv3", "same conv4"],
    ),
    "one more of a repetition": (
        "{conv: 8, kernel: 3, repeat: 3}\n{conv: 4, kernel: 1}", "{conv: 8, kernel: 3, repeat: 4}\n{conv: 4, kernel: 1}",
        ["same conv1[1]", "same conv1[2]", "same conv1[3]", "added conv1[4]", "same conv2"],
    ),
    "another type": (
        FOUR, FOUR.replace("{conv: 16, kernel: 5}", "{dsconv: 16, kernel: 5}"),
        ["same conv1", "same conv2", "removed conv3", "added dsconv1/dw", "added dsconv1/pw", "renamed conv4 > conv3"],
    ),
    "all wider, and one more": (
        FOUR, "{conv: 16, kernel: 3}\n{conv: 16, kernel: 7}\n{conv: 32, kernel: 3, stride: 2}\n{conv: 32, kernel: 5}\n"
        "{conv: 64, kernel: 1}",
        ["changed conv1", "added conv2", "changed conv2 > conv3", "changed conv3 > conv4", "changed conv4 > conv5"],
    ),
    "one taken from here and put there": (
        "{conv: 8, kernel: 3}\n{conv: 8, kernel: 5}\n{conv: 8, kernel: 7}\n{conv: 8, kernel: 9}",
        "{conv: 8, kernel: 5}\n{conv: 8, kernel: 7}\n{conv: 8, kernel: 9}\n{conv: 8, kernel: 3}",
        ["removed conv1", "renamed conv2 > conv1", "renamed conv3 > conv2", "renamed conv4 > conv3", "added conv4"],
    ),
    "nothing in common": ("{maxpool: 2}", "{conv: 4, kernel: 3}", ["removed maxpool1", "added conv1"]),
    "a group around": (
        FOUR, "sequential: [{conv: 8, kernel: 3}, {conv: 16, kernel: 3, stride: 2}]\n{conv: 16, kernel: 5}\n{conv: 32, kernel: 1}",
        ["renamed conv1 > sequential1/conv1", "renamed conv2 > sequential1/conv2", "same conv3", "same conv4"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_layers_are_aligned_by_what_they_are(case: str, tmp_path: Path) -> None:
    old, new, expected = CASES[case]
    assert statuses(document(old, new, cwd=tmp_path)) == expected


def test_accidental_equals_do_not_lead_astray(tmp_path: Path) -> None:
    """Half as wide at double size: a layer of one is exactly another one's of the other network."""
    result = run("diff", "mobilenet@resolution=112", "mobilenet@alpha=0.5", "--format", "json")
    rows = json.loads(result.out)["layers"]
    assert len(rows) == 29
    assert {row["status"] for row in rows} == {"changed"}
    assert {row["was"] for row in rows} == {""}


def test_another_resolution_changes_every_layer_and_no_alignment() -> None:
    found = json.loads(run("diff", "resnet:18", "resnet:18@resolution=160", "--format", "json").out)
    assert {(row["was"], row["params_change"]) for row in found["layers"]} == {("", 0)}
    # 224 x 224 to 160 x 160: the last stage is 5 x 5 instead of 7 x 7, exactly (160/224)^2 of it
    assert [row["new_macs"] * 49 for row in found["layers"] if row["layer"].startswith("unit4")] == [
        row["old_macs"] * 25 for row in found["layers"] if row["layer"].startswith("unit4")
    ]


@pytest.mark.parametrize(
    "name", ["mobilenet", "mobilenet_v3_large", "densenet:121", "inception_v3", "unet", "yolov8:n"]
)
def test_a_network_does_not_differ_from_itself(name: str) -> None:
    found = json.loads(run("diff", name, name, "--format", "json").out)
    assert {row["status"] for row in found["layers"]} == {"same"}
    assert found["same"] is True
    text = run("diff", name, name)
    assert text.code == 0
    assert text.out.startswith(f"{name} -> {name}: no layer differs\n\ntotal ")


def test_every_bundled_layer_can_be_aligned() -> None:
    """Whatever the fields of a type hold, they make keys."""
    names = [name for name in bundled.names() if name not in ("mobilenet",)]
    assert len(names) > 20
    for name in names:
        result = run("diff", "mobilenet", name, "--format", "csv")
        assert (result.code, result.err) == (0, "") or "name a variant" in result.err, name


# -- what changed, and by how much ----------------------------------------------------------------


def test_a_change_by_hand(tmp_path: Path) -> None:
    found = document(
        "{conv: 4, kernel: 3, name: a}", "{conv: 4, kernel: 5, stride: 2, activation: none, name: a}", cwd=tmp_path
    )
    assert found["layers"] == [
        {
            "layer": "a",
            "status": "changed",
            "was": "",
            "type": "conv",
            # with the scale and shift of the norm
            "old_params": 9 * 8 * 4 + 8,
            "new_params": 25 * 8 * 4 + 8,
            "params_change": (25 - 9) * 8 * 4,
            "old_macs": 256 * 9 * 8 * 4,
            "new_macs": 64 * 25 * 8 * 4,
            "macs_change": 64 * 25 * 8 * 4 - 256 * 9 * 8 * 4,
            "line": 4,
            "what": "kernel 3 -> 5, stride 1 -> 2, activation relu -> none, output 4x16x16 -> 4x8x8",
        }
    ]
    assert found["totals"] == [
        {"metric": "params", "old": 296, "new": 808, "change": 512, "relative": 512 / 296},
        {"metric": "MACs", "old": 73_728, "new": 51_200, "change": -22_528, "relative": -22_528 / 73_728},
        {"metric": "FLOPs", "old": 147_456, "new": 102_400, "change": -45_056, "relative": -45_056 / 147_456},
        {"metric": "layers", "old": 1, "new": 1, "change": 0, "relative": 0.0},
        {"metric": "activations", "old": 1024, "new": 256, "change": -768, "relative": -0.75},
        # Input and output; weights, and the biases that the norm's scale and shift become.
        {"metric": "peak bytes", "old": 2048 + 1024, "new": 2048 + 256, "change": -768, "relative": -0.25},
        {"metric": "arena bytes", "old": 2048 + 1024, "new": 2048 + 256, "change": -768, "relative": -0.25},
        {"metric": "flash bytes", "old": 288 + 16, "new": 800 + 16, "change": 512, "relative": 512 / 304},
    ]
    assert found["same"] is False


WORDS = {
    "kernel": ("{conv: 8, kernel: 3}", "{conv: 8, kernel: [3, 1]}", "kernel 3 -> 3x1"),
    "groups": ("{conv: 8, kernel: 3}", "{conv: 8, kernel: 3, groups: 2}", "groups 1 -> 2"),
    "kind": ("{conv: 8, kernel: 1}", "{conv: 8, kernel: 3}", "kernel 1 -> 3"),
    "bias": ("{conv: 8, kernel: 3}", "{conv: 8, kernel: 3, bias: true}", "bias false -> true"),
    "padding": ("{conv: 8, kernel: 3}", "{conv: 8, kernel: 3, padding: 1}", "padding same -> 1"),
    "dilation": ("{conv: 8, kernel: 3}", "{conv: 8, kernel: 3, dilation: 2}", "dilation 1 -> 2"),
    "norm": ("{conv: 8, kernel: 3}", "{conv: 8, kernel: 3, norm: none}", "bias false -> true, norm batchnorm -> none"),
    "channels": ("{conv: 8, kernel: 3}", "{conv: 6, kernel: 3}", "output 8x16x16 -> 6x16x16"),
    "pool": ("{maxpool: 2}", "{maxpool: 3}", "kernel 2 -> 3, stride 2 -> 3, output 8x8x8 -> 8x5x5"),
    "a pool's rounding": ("{maxpool: 3}", "{maxpool: 3, ceil_mode: true}", "ceil_mode false -> true, output 8x5x5 -> 8x6x6"),
}  # fmt: skip


@pytest.mark.parametrize("case", WORDS)
def test_it_is_said_what_changed(case: str, tmp_path: Path) -> None:
    old, new, expected = WORDS[case]
    rows = document(old, new, cwd=tmp_path)["layers"]
    assert [row["what"] for row in rows] == [expected]


def test_changes_add_up_to_the_totals() -> None:
    for old, new in (("resnet:18", "resnet:50"), ("mobilenet", "mobilenet_v2"), ("vgg:16_bn", "efficientnet:b0")):
        found = json.loads(run("diff", old, new, "--format", "json").out)
        totals = {row["metric"]: row for row in found["totals"]}
        for key, metric in (("params", "params"), ("macs", "MACs")):
            layers = found["layers"]
            assert sum(row[f"old_{key}"] or 0 for row in layers) == totals[metric]["old"]
            assert sum(row[f"new_{key}"] or 0 for row in layers) == totals[metric]["new"]
            for table in ("layers", "items", "types"):
                assert sum(row[f"{key}_change"] for row in found[table]) == totals[metric]["change"]
            shares = [row[f"{key}_share"] for row in found["items"]]
            assert shares == [None] * len(shares) or sum(shares) == pytest.approx(1)


def test_it_counts_under_a_convention(tmp_path: Path) -> None:
    found = document(
        "{conv: 8, kernel: 1}", "{conv: 8, kernel: 1, norm: none, bias: false}", "--convention", "fvcore", cwd=tmp_path
    )
    assert found["convention"]["name"] == "fvcore"
    assert found["layers"][0]["macs_change"] == -2 * 8 * 256  # the elements that the norm passed
    folded = document(
        "{conv: 8, kernel: 1}", "{conv: 8, kernel: 1, norm: none}", "--convention", "folded", cwd=tmp_path
    )
    assert folded["same"] is True  # the norm folds into a convolution with a bias


# -- where it comes from --------------------------------------------------------------------------


def note(result: Result, label: str) -> str:
    """Return the note of a label; notes stand below the tables, whose rows may begin with the same word."""
    notes = re.findall(rf"^{label} +(.*)$", result.out, re.MULTILINE)
    assert notes, result.out
    return str(notes[-1])


def attribution(metric: str, *arguments: str, cwd: Path | None = None) -> str:
    """Return the note on where the change of a metric comes from, which programs get; tables show it."""
    found = json.loads(run("diff", *arguments, "--format", "json", cwd=cwd).out)
    return next(str(note["text"]) for note in found["notes"] if note["label"] == metric)


def test_a_deeper_stage_is_named() -> None:
    result = run("diff", "resnet:50", "resnet:101")
    # He et al. 2015, Table 1: 23 units instead of 6 in the third stage; a unit has 1x1 1024-256, 3x3 256-256, 1x1 256-1024 at 14 x 14
    unit = 196 * (1024 * 256 + 9 * 256 * 256 + 256 * 1024)
    assert 17 * unit == 3_712_221_184
    assert result.out.startswith("resnet:50 -> resnet:101: +3,712,221,184 MACs (+90.8%), +18,992,128 params (+74.3%)\n")
    assert (
        attribution("MACs", "resnet:50", "resnet:101")
        == "4,089,184,256 -> 7,801,405,440: +3,712,221,184 (+90.8%); all of it from unit3"
    )
    assert note(result, "layers") == "88 same, 85 added"
    rows = [line.split() for line in result.out.splitlines() if line.startswith("unit3[")]
    # one row for units of which every layer is new, and the same: 17 times 1,117,184 params
    assert rows == [
        ["unit3[7-23]", "added", "unit", "-", "18,992,128", "+18,992,128", "-", f"{17 * unit:,}", f"+{17 * unit:,}", "44", "5", "layers"]
    ]  # fmt: skip
    assert 17 * 1_117_184 == 18_992_128
    assert f"{unit:,}" == "218,365,952"


def test_shares_are_said_where_all_changes_go_one_way() -> None:
    said = attribution("MACs", "mobilenet", "mobilenet@alpha=0.5")
    assert said == (
        "568,740,352 -> 149,497,088: -419,243,264 (-73.7%); 46% of it from dsconv7, 10% from dsconv3, 9% from dsconv5"
    )


def test_amounts_are_said_where_they_go_both_ways(tmp_path: Path) -> None:
    old = "{conv: 8, kernel: 3, name: a}\n{maxpool: 2}\n{conv: 8, kernel: 5, name: b}"
    document(
        old, old.replace("5", "3").replace("a}", "a, bias: true}").replace("3, name: a", "5, name: a"), cwd=tmp_path
    )
    # a: (25 - 9) * 64 at 16 x 16; b: (9 - 25) * 64 at 8 x 8
    assert (
        attribution("MACs", "old.yaml", "new.yaml", cwd=tmp_path)
        == "249,856 -> 446,464: +196,608 (+78.7%); +262,144 from a, -65,536 from b"
    )
    assert (
        attribution("params", "old.yaml", "new.yaml", cwd=tmp_path)
        == "2,208 -> 2,216: +8 (+0.4%); +1,032 from a, -1,024 from b"
    )


def test_a_small_part_that_goes_the_other_way_leaves_the_shares_their_meaning(tmp_path: Path) -> None:
    # 256 positions of 64 weights at each of the kernel's: 25 - 9 more in a, 1 less in b
    old = "{conv: 8, kernel: 3, name: a}\n{conv: 8, kernel: [1, 2], name: b}"
    found = document(old, old.replace("3, name: a", "5, name: a").replace("[1, 2]", "1"), cwd=tmp_path)
    assert attribution("MACs", "old.yaml", "new.yaml", cwd=tmp_path) == (
        "180,224 -> 425,984: +245,760 (+136.4%); +262,144 from a, -16,384 from b"  # a alone has more than all of it
    )
    assert [row["macs_share"] for row in found["items"]] == [None, None]
    old += "\n{conv: 8, kernel: 3, name: c}"
    new = old.replace("3, name", "5, name").replace("[1, 2]", "1")
    found = document(old, new, cwd=tmp_path)
    assert attribution("MACs", "old.yaml", "new.yaml", cwd=tmp_path).endswith("(+155.0%); 52% of it from a, 52% from c")
    assert [row["macs_share"] for row in found["items"]] == [16 / 31, 16 / 31, -1 / 31]


def test_changes_that_cancel_are_not_hidden(tmp_path: Path) -> None:
    old = "{conv: 8, kernel: 3, name: a}\n{conv: 8, kernel: 5, name: b}"
    document(old, "{conv: 8, kernel: 5, name: a}\n{conv: 8, kernel: 3, name: b}", cwd=tmp_path)
    result = run("diff", "old.yaml", "new.yaml", cwd=tmp_path)
    assert result.out.startswith("old.yaml -> new.yaml: MACs as before, params as before\n")
    assert (
        attribution("MACs", "old.yaml", "new.yaml", cwd=tmp_path)
        == "557,056 as before; +262,144 from a, -262,144 from b"
    )
    assert json.loads(run("diff", "old.yaml", "new.yaml", "--format", "json", cwd=tmp_path).out)["same"] is False


def test_what_is_gone_counts_where_the_rest_of_its_item_went(tmp_path: Path) -> None:
    old = "{conv: 8, kernel: 3}\n{inverted_residual: 8, expand: 4, squeeze: 4, name: stage}"
    found = document(old, old.replace(", squeeze: 4", "").replace("stage", "block"), cwd=tmp_path)
    assert [row["item"] for row in found["items"]] == ["block"]
    gone = document("{conv: 8, kernel: 3}\n{conv: 4, kernel: 1, name: last}", "{conv: 8, kernel: 3}", cwd=tmp_path)
    assert [row["item"] for row in gone["items"]] == ["last (removed)"]


def test_many_small_parts_are_not_listed(tmp_path: Path) -> None:
    old = "\n".join(["{conv: 8, kernel: 3}"] * 30)
    document(old, old.replace("3", "5"), cwd=tmp_path)
    said = attribution("MACs", "old.yaml", "new.yaml", cwd=tmp_path)
    assert said.endswith("(+177.8%); from 30 items, none of which has 5% of it")


def test_types_are_those_of_the_file_s_items() -> None:
    found = json.loads(run("diff", "mobilenet", "mobilenet_v2", "--format", "json").out)
    assert [row["type"] for row in found["types"]] == ["dsconv", "inverted_residual", "conv", "linear"]


# -- the table ------------------------------------------------------------------------------------


# conv1: 256 * 9 * 8 * 8 MACs, conv2: 64 * 9 * 8 * 16, conv3: 64 * 25 * 16 * 16 and then 64 * 49 * 16 * 16, conv4: 64 * 16 * 32
TABLE = """\
old.yaml -> new.yaml: +393,216 MACs (+59.3%), +6,144 params (+69.9%)

layer  status   was    type  old params  params  params change  old MACs     MACs  MACs change  line  what
───────────────────────────────────────────────────────────────────────────────────────────────────────────────────
wide   changed  conv3  conv       6,432  12,576         +6,144   409,600  802,816     +393,216     6  kernel 5 -> 7

total              old        new    change
───────────────────────────────────────────────────
params           8,784     14,928    +6,144  +69.9%
MACs           663,552  1,056,768  +393,216  +59.3%
FLOPs        1,327,104  2,113,536  +786,432  +59.3%
layers               4          4         0      0%
activations      6,144      6,144         0      0%
peak bytes       4,096      4,096         0      0%
arena bytes      4,096      4,096         0      0%
flash bytes      8,928     15,072    +6,144  +68.8%

old         old (old.yaml), input 8x16x16
new         new (new.yaml), input 8x16x16
layers      3 same, 1 changed
memory      at 8 bits: peak by liveness 1, arena by arena-tflm 1, flash by int8+int32 1; of the deployed network, without \
kernels' scratch and code
convention  macs 1: convolutions and matrix products; 1 MAC = 2 FLOPs; all else 0
"""


def test_the_table(tmp_path: Path) -> None:
    document(FOUR, FOUR.replace("kernel: 5", "kernel: 7, name: wide"), cwd=tmp_path)
    result = run("diff", "old.yaml", "new.yaml", cwd=tmp_path)
    assert (result.code, result.err) == (0, "")
    assert result.out == TABLE


def test_the_rest_is_counted_and_shown_with_all(tmp_path: Path) -> None:
    document(FOUR, "{conv: 8, kernel: 7}" + FOUR, cwd=tmp_path)
    result = run("diff", "old.yaml", "new.yaml", cwd=tmp_path)
    assert next(line.split()[:2] for line in result.out.splitlines() if line.startswith("conv")) == ["conv1", "added"]
    assert note(result, "renamed") == "conv1 is now conv2, conv2 is now conv3, conv3 is now conv4 and 1 more"
    assert note(result, "layers") == "4 renamed, 1 added"
    every = run("diff", "old.yaml", "new.yaml", "--all", cwd=tmp_path)
    rows = [line.split()[:3] for line in every.out.splitlines() if re.match(r"conv\d", line)]
    assert rows[:5] == [
        ["conv1", "added", "conv"], ["conv2", "renamed", "conv1"], ["conv3", "renamed", "conv2"],
        ["conv4", "renamed", "conv3"], ["conv5", "renamed", "conv4"],
    ]  # fmt: skip


def test_layers_that_only_follow_are_left_out() -> None:
    result = run("diff", "mobilenet", "mobilenet@alpha=0.5")
    assert "global_avgpool1" not in result.out
    assert note(result, "not shown") == "1 layer without a cost of which only the shape changed; --all shows them"
    assert "global_avgpool1" in run("diff", "mobilenet", "mobilenet@alpha=0.5", "--all").out
    assert "global_avgpool1" in run("diff", "mobilenet", "mobilenet@alpha=0.5", "--format", "csv").out


def test_only_a_pooling_s_stride(tmp_path: Path) -> None:
    """It costs nothing itself, and is the reason for all that changed."""
    document("{maxpool: 2}\n{conv: 8, kernel: 3}", "{maxpool: 2, stride: 1}\n{conv: 8, kernel: 3}", cwd=tmp_path)
    assert re.search(
        r"^maxpool1 +changed .* stride 2 -> 1,", run("diff", "old.yaml", "new.yaml", cwd=tmp_path).out, re.MULTILINE
    )


def test_top_shows_those_that_changed_most() -> None:
    result = run("diff", "mobilenet", "mobilenet@alpha=0.5", "--top", "2")
    assert [line.split()[0] for line in result.out.splitlines()[4:6]] == [
        "dsconv9/pw",
        "dsconv7[1]/pw",
    ]  # as much as four others, with more params
    assert result.out.splitlines()[6] == ""
    assert note(result, "rows") == "the 2 layers with the largest change in MACs, then params"
    rows = json.loads(run("diff", "mobilenet", "mobilenet@alpha=0.5", "--top", "2", "--format", "json").out)["layers"]
    assert [row["macs_change"] for row in rows] == [-38_535_168, -38_535_168]


def test_csv_has_every_layer() -> None:
    rows = list(csv.DictReader(io.StringIO(run("diff", "resnet:50", "resnet:101", "--format", "csv").out)))
    assert [sum(row["status"] == status for row in rows) for status in ("same", "added")] == [88, 85]
    assert sum(int(row["macs_change"]) for row in rows) == 3_712_221_184


def test_what_two_sides_are_is_said() -> None:
    result = run("diff", "mobilenet", "mobilenet:thin")
    assert note(result, "old") == "MobileNet V1 (bundled), input 3x224x224"
    assert note(result, "new") == "MobileNet V1:thin (bundled), input 3x224x224"
    found = json.loads(run("diff", "mobilenet", "mobilenet:thin", "--format", "json").out)
    assert found["new"] == {
        "name": "MobileNet V1", "variant": "thin", "source": "bundled", "input": [3, 224, 224],
        "hyperparameters": {"alpha": 0.75, "resolution": 224, "classes": 1000, "middle": 5, "head": 0, "batch_norm": True},
        # 24 and 48 channels of 112 x 112: three quarters of the paper's.
        "peak_at": "dsconv1/pw",
        "peak_tensors": [{"name": "dsconv1/pw", "bytes": 48 * 112**2}, {"name": "dsconv1/dw", "bytes": 24 * 112**2}],
    }  # fmt: skip
    assert note(result, "peak") == (
        "1,204,224 B in dsconv1/pw: dsconv1/pw 802,816, dsconv1/dw 401,408 -> "
        "903,168 B in dsconv1/pw: dsconv1/pw 602,112, dsconv1/dw 301,056"
    )


def test_memory_of_both_sides(tmp_path: Path) -> None:
    one, other = "{conv: 8, kernel: 1}", "{residual: {conv: 8, kernel: 1}}"
    found = document(one, other, cwd=tmp_path)
    totals = {row["metric"]: (row["old"], row["new"]) for row in found["totals"]}
    # 2,048 bytes a tensor: the input and what is written; with a skip the input, the branch and their sum.
    assert totals["peak bytes"] == totals["arena bytes"] == (4096, 6144)
    assert totals["flash bytes"] == (64 + 32, 64 + 32)
    assert (found["memory_bits"], found["old"]["peak_at"], found["new"]["peak_at"]) == (8, "conv1", "residual1/add")
    assert [tensor["name"] for tensor in found["new"]["peak_tensors"]] == ["input", "residual1/conv1", "residual1/add"]
    narrow = run("diff", "old.yaml", "new.yaml", "--bits", "4", "--format", "csv", cwd=tmp_path)
    assert narrow.code == 0
    told = diff(tmp_path / "old.yaml", tmp_path / "new.yaml", bits=4)
    assert (told.totals["peak"].old, told.totals["peak"].new, told.totals["flash"].new) == (2048, 3072, 32 + 32)
    assert run("diff", "old.yaml", "new.yaml", "--bits", "12", cwd=tmp_path).code == 2


def test_names_are_inert(tmp_path: Path) -> None:
    hostile = '"![x](http://x.example) @all ##[error] =1+1"'
    (tmp_path / "=old.yaml").write_text(
        f"name: {hostile}\ninput: [3, 8, 8]\nlayers: [{{conv: 4, kernel: 1}}]\n", encoding="utf-8"
    )
    (tmp_path / "::new.yaml").write_text(
        "name: ::error::x\ninput: [3, 8, 8]\nlayers: [{conv: 4, kernel: 3}]\n", encoding="utf-8"
    )
    for form in ("table", "json", "csv", "markdown"):
        result = run("diff", "=old.yaml", "::new.yaml", "--format", form, cwd=tmp_path)
        assert result.code == 0, result.err
        assert "##[" not in result.out
        assert not [
            line
            for line in result.out.splitlines()
            if line.lstrip().startswith(("::", "=", "@")[: 1 if form == "table" else 3])
        ], form
        if form == "markdown":
            outside = "".join(part for line in result.out.splitlines() for part in line.split("`")[::2])
            assert "http" not in outside
            assert "@all" not in outside


def test_tables_without_rows_are_left_out_for_people() -> None:
    text = run("diff", "mobilenet", "mobilenet").out
    assert len(re.findall("^─+$", text, re.MULTILINE)) == 1
    assert [line.split()[0] for line in text.splitlines() if line[:1].isalpha()][1] == "total"
    assert not re.search(r"^(layer|item|type) ", text, re.MULTILINE)
    markdown = run("diff", "mobilenet", "mobilenet", "--format", "markdown").out
    assert len(re.findall(r"^\| ---", markdown, re.MULTILINE)) == 1
    assert "| total | old |" in markdown
    same = json.loads(run("diff", "mobilenet", "mobilenet", "--format", "json", "--top", "3").out)
    assert (same["layers"], same["items"], same["types"], same["layer_count"]) == ([], [], [], 0)
    table = run("diff", "mobilenet", "mobilenet", "--format", "csv", "--top", "3").out
    assert table.splitlines() == [
        "layer,status,was,type,old_params,new_params,params_change,old_macs,new_macs,macs_change,line,what"
    ]


def test_a_pure_renaming_is_said(tmp_path: Path) -> None:
    for name, inner in (("old", "stage"), ("new", "block")):
        text = HEAD + f"  - {{dsconv: 8, name: {inner}}}\n  - {{conv: 8, kernel: 1, name: last}}\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    result = run("diff", "old.yaml", "new.yaml", cwd=tmp_path)
    assert result.out.startswith("old.yaml -> new.yaml: no cost differs, 2 layers renamed\n\ntotal ")
    assert note(result, "layers") == "1 same, 2 renamed"


def test_markdown_starts_with_a_heading() -> None:
    lines = run("diff", "mobilenet", "mobilenet:thin", "--format", "markdown").out.splitlines()
    assert lines[0].startswith("### mobilenet -&gt; `mobilenet:thin`: -")
    described = "MobileNet V1:thin (bundled), input 3x224x224"
    assert f"- new: {described}" in lines


def test_json_says_how_many_rows_there_are() -> None:
    whole = json.loads(run("diff", "mobilenet", "mobilenet:thin", "--format", "json").out)
    assert whole["layer_count"] == len(whole["layers"]) == 29  # 28 layers and a pool
    some = json.loads(run("diff", "mobilenet", "mobilenet:thin", "--format", "json", "--top", "4").out)
    # all but the pool, which has no cost and follows
    assert (some["layer_count"], len(some["layers"])) == (28, 4)


# -- with an earlier commit -----------------------------------------------------------------------

NET = HEAD + "  - {conv: 8, kernel: 3, name: stem}\n  - {conv: 16, kernel: 3, stride: 2, name: body}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit(net=NET)
    made.git("checkout", "--quiet", "-b", "topic")
    made.commit(net=NET.replace("16", "16", 1).replace("{conv: 16,", "{conv: 24,"))
    return made


def test_a_commit_that_widened_a_layer(repository: Repository) -> None:
    # main having moved on makes no difference
    repository.git("checkout", "--quiet", "main")
    repository.commit(net=NET.replace("{conv: 8,", "{conv: 80,"))
    repository.git("checkout", "--quiet", "topic")
    result = run("diff", "--base", "main", "net.yaml", cwd=repository.path)
    assert result.code == 0, result.err
    base = repository.git("rev-parse", "main~1")
    assert result.out.startswith(f"net.yaml at {base[:10]} -> net.yaml: +36,864 MACs (+16.7%), +592 params (+33.3%)\n")
    assert (
        attribution("MACs", "--base", "main", "net.yaml", cwd=repository.path)
        == "221,184 -> 258,048: +36,864 (+16.7%); all of it from body"
    )
    assert re.search(r"^body +changed .*  5  output 16x8x8 -> 24x8x8$", result.out, re.MULTILINE)
    found = json.loads(run("diff", "--base", "main", "net.yaml", "--format", "json", cwd=repository.path).out)
    assert found["old"]["commit"] == base
    assert found["old"]["source"] == f"{base[:10]}:net.yaml"
    dotted = json.loads(run("diff", "--base", "main", "./net.yaml", "--format", "json", cwd=repository.path).out)
    assert dotted["old"]["source"] == f"{base[:10]}:net.yaml"


def test_a_file_in_another_folder_with_a_variant_and_settings(repository: Repository) -> None:
    (repository.path / "nets").mkdir()
    text = "hyperparameters: {c: 4}\ninput: [3, 4, 4]\nlayers: [{conv: c, kernel: 1}]\nvariants: {wide: {c: 8}}\n"
    (repository.path / "nets" / "a.yaml").write_text(text, encoding="utf-8")
    repository.commit()
    (repository.path / "nets" / "a.yaml").write_text(text.replace("kernel: 1", "kernel: 3"), encoding="utf-8")
    changed = [
        json.loads(run("diff", "--base", "HEAD", name, "--format", "json", cwd=repository.path).out)["layers"][0][
            "macs_change"
        ]
        for name in ("nets/a.yaml", "nets/a.yaml:wide", "nets/a.yaml@c=16", str(repository.path / "nets" / "a.yaml"))
    ]
    assert changed == [16 * 8 * 3 * c for c in (4, 8, 16, 4)]


def test_a_new_file(repository: Repository) -> None:
    repository.commit(new=NET)
    result = run("diff", "--base", "main", "new.yaml", cwd=repository.path)
    assert result.code == 0, result.err
    base = repository.git("rev-parse", "main")
    assert note(result, "old") == f"new.yaml at {base[:10]} was not there: it is new"
    assert result.out.startswith(f"nothing at {base[:10]} -> new.yaml: +221,184 MACs, +1,776 params\n")
    assert note(result, "layers") == "2 added"


def test_a_renamed_file(repository: Repository) -> None:
    text = f"hyperparameters: {{c: 16}}\n{NET}variants: {{wide: {{c: 32}}}}\n".replace("conv: 16", "conv: c")
    repository.commit(net=text)
    repository.git("branch", "--force", "main", "topic")
    (repository.path / "nets").mkdir()
    repository.git("mv", "net.yaml", "nets/moved.yaml")
    repository.commit(**{"nets/moved": text.replace("{conv: 8,", "{conv: 4,")})
    base = repository.git("rev-parse", "main")
    result = run("diff", "--base", "main", "nets/moved.yaml:wide", "--format", "json", cwd=repository.path)
    found = json.loads(result.out)
    old = found["old"]
    assert (old["commit"], old["source"], old["variant"]) == (base, f"{base[:10]}:net.yaml", "wide")
    assert [(row["layer"], row["status"]) for row in found["layers"]] == [("stem", "changed"), ("body", "changed")]
    table = run("diff", "--base", "main", "moved.yaml", cwd=repository.path / "nets")
    assert table.out.startswith(f"../net.yaml at {base[:10]} -> moved.yaml: -")


def test_a_base_that_no_longer_parses_is_not_comparable(repository: Repository) -> None:
    repository.commit(net="input: [3, 8, 8]\nlayers: [{conv: 4.5, kernel: 3}]\n")
    (repository.path / "net.yaml").write_text(NET, encoding="utf-8")
    result = run("diff", "--base", "HEAD", "net.yaml", cwd=repository.path)
    commit = repository.git("rev-parse", "HEAD")[:10]
    assert result.code == 2
    assert result.err.startswith(
        f"not comparable: net.yaml at {commit}, where HEAD and HEAD part, makes no network:\n{commit}:net.yaml:2:"
    )
    assert result.out == ""


def test_a_base_without_the_hyperparameter_is_not_comparable(repository: Repository) -> None:
    (repository.path / "net.yaml").write_text(
        "hyperparameters: {c: 4}\ninput: [3, 4, 4]\nlayers: [{conv: c, kernel: 1}]\n", encoding="utf-8"
    )
    result = run("diff", "--base", "HEAD", "net.yaml@c=8", cwd=repository.path)
    assert result.code == 2
    assert result.err.startswith("not comparable: net.yaml at ")
    assert "has no hyperparameter 'c'" in result.err


BASE_ERRORS = {
    "missing": (["--base", "nope", "net.yaml"], "no commit 'nope' in the git repository of the working directory"),
    "option": (["--base=--output=x", "net.yaml"], "no commit '--output=x'"),
    "control": (["--base", "a\x1b[2Jb", "net.yaml"], r"no commit 'a\x1b[2Jb'"),
    "two files": (["--base", "main", "net.yaml", "net.yaml"], "--base compares one file with its earlier version: name one, received 2"),
    "no file": (["--base", "main"], "Missing argument 'OLD NEW'"),
    "bundled": (["--base", "main", "mobilenet"], "mobilenet is no file: only a file of a git repository has"),
    "no fallback": (["--base", "main", "mobilenet.yaml"], "no file 'mobilenet.yaml' here"),
}  # fmt: skip


@pytest.mark.parametrize("case", BASE_ERRORS)
def test_a_wrong_base_exits_with_2(case: str, repository: Repository) -> None:
    arguments, message = BASE_ERRORS[case]
    before = sorted(repository.path.iterdir())
    result = run("diff", *arguments, cwd=repository.path)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "\x1b" not in result.err
    assert sorted(repository.path.iterdir()) == before


def test_outside_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    result = run("diff", "--base", "main", "net.yaml", cwd=tmp_path)
    assert (result.code, result.err) == (2, "error: the working directory is not in a git repository\n")


def test_standard_input_has_no_base(repository: Repository) -> None:
    result = run_process("diff", "--base", "main", "-", stdin=NET, cwd=repository.path)
    assert result.code == 2
    assert "- is no file" in result.err


# -- what is wrong --------------------------------------------------------------------------------

WRONG = {
    "one": (["mobilenet"], "expected OLD and NEW (or --base REF and one file), received 1"),
    "three": (["mobilenet", "mobilenet", "mobilenet"], "expected OLD and NEW, received 3"),
    "unknown": (["mobilenet", "mobilnet"], "did you mean 'mobilenet'?"),
    "no fallback": (["mobilenet", "mobilenet.yaml"], "no file 'mobilenet.yaml' here; the bundled architecture is named mobilenet"),
    "pattern": (["mobilenet", "resnet:*"], "has no variant '*'"),
    "settings": (["mobilenet@alpha", "mobilenet"], "expected NAME=VALUE after the @"),
    "both inputs": (["-", "-"], "standard input can be one of the two"),
    "convention": (["mobilenet", "mobilenet", "--convention", "x"], "no convention named 'x'"),
    "top": (["mobilenet", "mobilenet", "--top", "0"], "received '0', expected a whole number of at least 1"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_exits_with_2(case: str, tmp_path: Path) -> None:
    arguments, message = WRONG[case]
    result = run("diff", *arguments, cwd=tmp_path)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


# -- longest common subsequences ------------------------------------------------------------------


def longest(old: str, new: str) -> int:
    """Return the length of a longest common subsequence, by the definition's recursion."""
    lengths = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, a in enumerate(old):
        for j, b in enumerate(new):
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if a == b else max(lengths[i][j + 1], lengths[i + 1][j])
    return lengths[-1][-1]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text("abc", max_size=14), st.text("abcd", max_size=14), st.sampled_from([10, 10**6]))
def test_common_is_a_longest_common_subsequence(old: str, new: str, largest: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(align, "LARGEST_TABLE", largest)  # the smaller one cuts the problem in two
        pairs = common(old, new)
    assert all(old[a] == new[b] for a, b in pairs)
    assert all(x[0] < y[0] and x[1] < y[1] for x, y in pairwise(pairs))
    assert len(pairs) == longest(old, new)


# -- speed ----------------------------------------------------------------------------------------


def test_ten_thousand_layers(tmp_path: Path) -> None:
    """Far from the bound of 2 s, and further from what a quadratic alignment would take."""
    lines = networks.written(10_000).splitlines()
    changed = [line for i, line in enumerate(lines) if i < 2 or i % 97]
    changed[3000:3000] = lines[5000:5200]
    (tmp_path / "old.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "new.yaml").write_text("\n".join(changed) + "\n", encoding="utf-8")
    start = time.process_time()
    result = run("diff", "old.yaml", "new.yaml", "--format", "csv", cwd=tmp_path)
    seconds = time.process_time() - start
    assert result.code == 0, result.err
    counts = {status: result.out.count(f",{status},") for status in ("same", "renamed", "changed", "added", "removed")}
    assert sum(counts.values()) == 10_000 + counts["added"]
    assert counts["removed"] < 150
    assert counts["changed"] < 150
    assert seconds < 10


def test_a_change_in_a_block_has_the_line_of_the_use_too(tmp_path: Path) -> None:
    text = """\
input: [8, 8, 8]
blocks:
  stage: {arguments: {width: required}, layers: [{conv: width, kernel: 3}]}
layers:
  - {stage: 8}
  - {stage: 16}
"""
    (tmp_path / "old.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "new.yaml").write_text(text.replace("stage: 16", "stage: 24"), encoding="utf-8")
    document = json.loads(run("diff", "old.yaml", "new.yaml", "--format", "json", cwd=tmp_path).out)
    changed = [(row["layer"], row["line"], row["use_line"]) for row in document["layers"] if row["status"] == "changed"]
    assert changed == [("stage2/conv1", 3, 6)]
    assert "used at" in run("diff", "old.yaml", "new.yaml", cwd=tmp_path).out
