"""The change to a file: `patch` and `git apply` make it, and the changed file costs what was promised."""

import subprocess
from pathlib import Path

import pytest

from dsconv_cost import advise, analyze, load, loads
from dsconv_cost.advice.edit import Editor
from dsconv_cost.advice.patch import Edit, edited, is_printable, unified_diff
from dsconv_cost.api.advise import SeparablePlan


def applied(text: str, diff: str, folder: Path, name: str = "net.yaml") -> str:
    """Return what both `patch -p0` and `git apply -p0` make of a file."""
    made = []
    for tool in (["patch", "-p0", "--silent"], ["git", "apply", "-p0"]):
        path = folder / tool[0] / name
        path.parent.mkdir(parents=True)
        path.write_bytes(text.encode())
        done = subprocess.run(tool, cwd=folder / tool[0], input=diff.encode(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert not [*path.parent.glob("*.orig"), *path.parent.glob("*.rej")]
        made.append(path.read_bytes().decode())
    assert made[0] == made[1]
    return made[0]


# -- bundled networks ------------------------------------------------------------------------------

BUNDLED = (
    "alexnet", "convnext:tiny", "darknet:53", "densenet:121", "enet", "googlenet:paper", "inception_v3",
    "repvgg:a0", "resnet8:mlperf_tiny",
    "resnet:18", "resnet:50", "squeezenet:1.1", "tresnet:m", "unet", "vgg:16", "yolov3", "yolov5:n",
    "yolov8:n", "yolox:s",
)  # fmt: skip


@pytest.mark.parametrize("name", BUNDLED)
def test_the_changed_file_costs_what_is_promised(name: str, tmp_path: Path) -> None:
    costs = analyze(name)
    saved = costs.macs - costs.separable.macs
    assert saved
    result = advise(name, max_macs=costs.macs - saved * 2 // 3)
    text = load(name).spec.text
    file, _, variant = name.partition(":")
    for plan in result:
        assert plan.diff
        assert plan.text is not None
        assert applied(text, plan.diff, tmp_path / plan.objective, f"{file}.yaml") == plan.text
        changed = analyze(loads(plan.text, variant or None))
        assert {"macs": changed.macs, "params": changed.params, "flops": changed.flops} == plan.figures
        assert changed.params == costs.params - plan.params_lost


# -- ways to write a file --------------------------------------------------------------------------

FLOW = """\
input: [8, 32, 32]   # a comment
layers: [{conv: 8, kernel: 1}, {conv: 16, kernel: 3 ,  # three
    norm: batch,}, {residual: {conv: 16, kernel: 3}}, {"conv": "16", 'kernel': "3", name: last}]
"""
BLOCK = """\
input: [8, 32, 32]
layers:
- conv: 8
  kernel: 1
- conv: 16        # the first
  kernel: 3
  # between
  norm: batch     # its norm

- residual:
  - conv: 16
    padding:
    - 1
    - 1
    kernel:
      [3,
       3]
  - conv: 16
    kernel: >-
      3
- conv: 16
  kernel: 3"""
REPEATED = """\
input: [8, 32, 32]
blocks:
  unit: {arguments: {c: required}, layers: [{conv: c, kernel: 3}, {conv: c, kernel: 3, repeat: 2}]}
layers:
  - {conv: 8, kernel: 1}
  - {unit: 16, repeat: 2}
  - {conv: 16, kernel: 3, repeat: 3, first: {stride: 2}}
"""
LISTED = """\
input: [8, 32, 32]
separable: %s
layers:
  - {conv: 8, kernel: 1}
  - {conv: 16, kernel: 3, repeat: 4}
  - {conv: 16, kernel: 3, separable: false}
"""
JSON = '{"input": [8, 32, 32], "layers": [{"conv": 8, "kernel": 1}, {"conv": 16, "kernel": 3, "repeat": 4}, {"conv": 8, "kernel": 3}]}'
WAYS = {
    "flow style": FLOW, "block style, no end of the last line": BLOCK, "blocks and repetitions": REPEATED,
    "line ends of Windows": REPEATED.replace("\n", "\r\n"), "a list already, flow": LISTED % "['conv2[2]']",
    "a list already, block": LISTED % "\n  - conv2[2]  # one", "a name already": LISTED % "conv2[2]", "JSON": JSON,
    "JSON with an end": f"{JSON}\n",
    "an emoji and a tab": REPEATED.replace("unit: 16", "unit: 16, \tname: b").replace("input", "source: \U0001f600 x\ninput"),
    "a comment above the layers": REPEATED.replace("layers:\n", "# what there is\n# in it\nlayers:\n", 1),
    "a document with a start": f"---\n{REPEATED}...\n",
}  # fmt: skip


@pytest.mark.parametrize("share", [0.3, 0.6, 1])
@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_any_way_to_write_a_file(text: str, share: float, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(text.encode())
    costs = analyze(path)
    most = costs.macs - int(share * (costs.macs - costs.separable.macs))
    for plan in plans(path, most):
        assert plan.diff
        assert plan.text is not None
        diff = plan.diff.replace(f"{tmp_path}/", "")
        assert applied(text, diff, tmp_path / plan.objective) == plan.text
        assert analyze(loads(plan.text)).macs == plan.figures["macs"] <= most
        kept = [line for line in text.splitlines() if "#" in line]
        assert all(line.partition("#")[2] in plan.text for line in kept)


def plans(path: Path, most: int) -> list[SeparablePlan]:
    result = advise(path, max_macs=most)
    assert len(result) == 2
    return list(result)


def test_all_convolutions_of_an_item_are_said_in_the_item() -> None:
    text = "input: [8, 9, 9]\nlayers:\n  - {conv: 8, kernel: 1}\n  - {conv: 9, kernel: 3, repeat: 2}  # two\n"
    plan = advise(loads(text), max_macs="60K").plan
    assert plan is not None
    assert plan.layers == ["conv2[1]", "conv2[2]"]
    assert plan.diff == (
        "--- network.yaml\n+++ network.yaml\n@@ -1,4 +1,4 @@\n input: [8, 9, 9]\n layers:\n   - {conv: 8, kernel: 1}\n"
        "-  - {conv: 9, kernel: 3, repeat: 2}  # two\n+  - {conv: 9, kernel: 3, repeat: 2, separable: true}  # two\n"
    )


def test_single_repetitions_are_said_in_the_list() -> None:
    text = "input: [8, 9, 9]\nlayers:\n  - {conv: 8, kernel: 1}\n  - {conv: 8, kernel: 3, repeat: 2}\n"
    plan = advise(loads(text), max_macs="70K").plan
    assert plan is not None
    assert plan.text == text.replace("layers:", "separable:\n  - conv2[1]\nlayers:")


VARIANTS = """\
hyperparameters: {k: 3, n: 2}
input: [8, 9, 9]
layers:
  - {conv: 8, kernel: 1}
  - {conv: 8, kernel: k, repeat: n%s}
variants: {flat: {k: 1}, more: {n: 3}}
"""


def test_a_plan_leaves_other_variants_whole() -> None:
    result = advise(loads(VARIANTS % ""), max_macs="30K")
    plan = result.plan
    assert plan is not None
    assert plan.text is not None
    assert "separable: true" not in plan.text  # which is an error where the kernel is 1
    assert plan.layers == ["conv2[1]", "conv2[2]"]
    assert [analyze(loads(plan.text, name)).macs for name in ("flat", "more")] == [
        81 * 64 * 3, 81 * (64 + 2 * (9 * 8 + 64) + 9 * 64)
    ]  # fmt: skip
    assert [one.what for one in analyze(loads(plan.text, "flat")).unused] == [
        "separable conv2[1]",
        "separable conv2[2]",
    ]


def test_other_variants_that_break_are_told() -> None:
    # In the item it is an error in flat, and in the list it is one in more, whose third repetition has the same weights.
    result = advise(loads(VARIANTS % ", weights: once"), max_macs="30K")
    assert result.plan is not None
    notes = {note["label"]: note["text"] for note in result.to_dict()["notes"]}
    assert notes["variants"].endswith("more cannot be made any more")


# -- diffs -----------------------------------------------------------------------------------------


def lines(count: int) -> str:
    return "".join(f"line {number}\n" for number in range(1, count + 1))


EDITS = {
    "one word": (lines(9), [Edit(7, 13, "two")]),
    "first line": (lines(9), [Edit(0, 0, "new\n")]),
    "last line": (lines(9), [Edit(len(lines(9)), len(lines(9)), "new\n")]),
    "no end of the last line": (lines(9)[:-1], [Edit(len(lines(9)) - 1, len(lines(9)) - 1, "\nnew")]),
    "far apart": (lines(40), [Edit(0, 4, "LINE"), Edit(200, 204, "x"), Edit(280, 281, "")]),
    "near": (lines(40), [Edit(7, 7, "a\n"), Edit(21, 21, "b\nc\n"), Edit(70, 70, "d")]),
    "in one line": (lines(3), [Edit(0, 1, "L"), Edit(5, 6, "one")]),
    "lines taken out": (lines(20), [Edit(7, 21, ""), Edit(60, 64, "x\ny")]),
    "all": (lines(2), [Edit(0, len(lines(2)), "z\n")]),
    "other ends of lines": ("a\u2028b\x85c\r\nd\re\n", [Edit(2, 3, "X"), Edit(8, 9, "Y")]),
}


@pytest.mark.parametrize("case", EDITS)
def test_a_diff_makes_the_edits(case: str, tmp_path: Path) -> None:
    text, edits = EDITS[case]
    diff = unified_diff(text, edits, "net.yaml")
    assert applied(text, diff, tmp_path) == edited(text, edits)


def test_a_diff_of_no_change_is_empty() -> None:
    assert unified_diff("a\n", [], "net.yaml") == unified_diff("a\n", [Edit(0, 1, "a")], "net.yaml") == ""


@pytest.mark.parametrize("name", ["a net.yaml", "nets/my.yaml", 'q"uote.yaml', "gr\u00fcn.yaml", "back\\slash.yaml"])
def test_any_name_of_a_file(name: str, tmp_path: Path) -> None:
    assert applied("a\nb\n", unified_diff("a\nb\n", [Edit(2, 3, "c")], name), tmp_path, name) == "a\nc\n"


def test_a_path_is_seen_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    below = unified_diff("a\n", [Edit(0, 1, "b")], str(tmp_path / "x" / "net.yaml"))
    assert below.startswith("--- x/net.yaml\n+++ x/net.yaml\n")
    assert unified_diff("a\n", [Edit(0, 1, "b")], "../net.yaml").startswith("--- net.yaml\n")


@pytest.mark.parametrize(
    ("text", "printable"),
    [
        ("a\tb", True), ("gr\u00fcn", True), ("::set-output", False), ("  ::x", False), ("##[error]", False), ("\x1b[2J", False),
        ("\u202e", False),
    ],
)  # fmt: skip
def test_commands_and_invisible_characters_are_not_printed(text: str, printable: bool) -> None:
    assert (
        is_printable(unified_diff(f"{text}\nb\n", [Edit(len(text) + 1, len(text) + 2, "c")], "net.yaml")) == printable
    )


def test_no_edit_is_made_of_an_item_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        Editor(JSON).edits([(9, 9)], [])
