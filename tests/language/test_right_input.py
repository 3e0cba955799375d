"""What looks wrong and is right: every row is a file and the shape of its last output."""

import pytest

from dsconv_cost.network.build import elaborate
from tests.language.wrong_input.case import load

RIGHT = (
    (
        "JSON is YAML",
        """\
{"input": [3, 32, 32], "layers": [{"conv": 8, "kernel": 3}]}
""",
        "8x32x32",
    ),
    (
        "byte for byte the smallest file",
        """\
input: [3, 1, 1]
layers: relu
""",
        "3x1x1",
    ),
    (
        "one item for the list",
        """\
input: [3, 32, 32]
layers: {conv: 8, kernel: 3}
""",
        "8x32x32",
    ),
    (
        "end of document mark",
        """\
---
input: [3, 32, 32]
layers: [relu]
...
""",
        "3x32x32",
    ),
    (
        "version of the language and a directive",
        """\
%YAML 1.1
---
format: 1
input: [3, 32, 32]
layers: [relu]
""",
        "3x32x32",
    ),
    (
        "tabs after values",
        """\
input:\t[3, 32, 32]\t# a map
layers: [relu]
""",
        "3x32x32",
    ),
    (
        "comments everywhere",
        """\
# a
input: [3, 32, 32]  # b
# c
layers:  # d
  # e
  - {conv: 8, kernel: 3}# f
# g
""",
        "8x32x32",
    ),
    (
        "quoted values are values",
        """\
input: ["3", '32', 32]
layers:
  - {conv: "8", kernel: '3', stride: "2"}
""",
        "8x16x16",
    ),
    (
        "quoted keys are keys",
        """\
"input": [3, 32, 32]
'layers': [{"conv":8, 'kernel': 3}]
""",
        "8x32x32",
    ),
    (
        "folded and literal values",
        """\
input: [3, 32, 32]
layers:
  - conv: >
      8
      + 8
    kernel: |
      3
""",
        "16x32x32",
    ),
    (
        "dashes below their key",
        """\
input: [3, 32, 32]
layers:
- conv: 8
  kernel: 3
""",
        "8x32x32",
    ),
    (
        "Windows line ends",
        """\
input: [3, 32, 32]\r
layers: [{conv: 8, kernel: 3}]\r
""",
        "8x32x32",
    ),
    (
        "text that looks like more",
        """\
name: "a: b, [c] {d} # e *f &g !h %i @j"
source: 1e3
input: [3, 32, 32]
layers: [relu]
""",
        "3x32x32",
    ),
    (
        "name of digits",
        """\
name: 2017
input: [3, 32, 32]
layers: [relu]
""",
        "3x32x32",
    ),
    (
        "whole decimals are whole",
        """\
input: [3, 32.0, 32]
layers: [{conv: 32.0, kernel: 6 / 2}]
""",
        "32x32x32",
    ),
    (
        "decimals without a digit on one side",
        """\
input: [3, 32, 32]
layers: [{conv: 32 * .5, kernel: 3.}]
""",
        "16x32x32",
    ),
    (
        "1-D signal",
        """\
input: [1, 1, 100]
layers: [{conv: 8, kernel: [1, 9]}]
""",
        "8x1x100",
    ),
    (
        "kernel as large as its padded input",
        """\
input: [3, 4, 4]
layers: [{conv: 8, kernel: 6, padding: 1}]
""",
        "8x1x1",
    ),
    (
        "stride larger than the kernel",
        """\
input: [3, 32, 32]
layers: [{conv: 8, kernel: 1, stride: 8}]
""",
        "8x4x4",
    ),
    (
        "four sides of padding",
        """\
input: [3, 32, 32]
layers: [{conv: 8, kernel: [4, 3], padding: [1, 1, 1, 1]}]
""",
        "8x31x32",
    ),
    (
        "words in a condition",
        """\
input: [3, 32, 32]
layers: [{conv: 8, kernel: 3, activation: relu if in_channels == 3 else none}]
""",
        "8x32x32",
    ),
    (
        "a word passed on by an argument",
        """\
blocks:
  unit: {arguments: {width: required, nl: relu}, layers: [{conv: width, kernel: 3, activation: nl}]}
input: [3, 32, 32]
layers: [{unit: 8, nl: hardswish}, {unit: 8, nl: none}]
""",
        "8x32x32",
    ),
    (
        "hyperparameter that is a word",
        """\
hyperparameters: {act: silu, norms: [batch, none]}
input: [3, 32, 32]
layers: [{conv: 8, kernel: 3, activation: act, norm: "norms[1]"}]
""",
        "8x32x32",
    ),
    (
        "quoted function with a comma",
        """\
input: [3, 32, 32]
layers: [{conv: "max(8, 16)", kernel: 3}]
""",
        "16x32x32",
    ),
    (
        "function with a comma in block style",
        """\
input: [3, 32, 32]
layers:
  - conv: make_divisible(15, 8)
    kernel: 3
""",
        "16x32x32",
    ),
    (
        "element of a list in block style",
        """\
hyperparameters: {widths: [8, 16]}
input: [3, 32, 32]
layers:
  - conv: widths[len - 1]
    kernel: 3
let: {len: 2}
""",
        "16x32x32",
    ),
    (
        "thirty parentheses",
        """\
input: [3, 32, 32]
layers: [{conv: (((((((((((((((((((((((((((((8))))))))))))))))))))))))))))), kernel: 3}]
""",
        "8x32x32",
    ),
    (
        "negation and comparison",
        """\
input: [3, 32, 32]
layers: [{relu, when: not (in_channels > 3 or in_channels < 3) and true}]
""",
        "3x32x32",
    ),
    (
        "division that is never made",
        """\
let: {n: 0}
input: [3, 32, 32]
layers: [{relu, when: n == 0 or 1 / n > 2}]
""",
        "3x32x32",
    ),
    (
        "item left out keeps its faults to itself",
        """\
input: [3, 32, 32]
layers: [relu, {conv: 8, kernel: 3, groups: 2, when: false}]
""",
        "3x32x32",
    ),
    (
        "repeat 0",
        """\
input: [3, 32, 32]
layers: [{conv: 8, kernel: 3, repeat: 0}, relu]
""",
        "3x32x32",
    ),
    (
        "repeat by a computed count",
        """\
hyperparameters: {depths: [2]}
input: [3, 32, 32]
layers: [{conv: 8, kernel: 3, stride: 2, repeat: "depths[0]"}]
""",
        "8x8x8",
    ),
    (
        "first repetition with another stride",
        """\
input: [3, 32, 32]
layers: [{conv: 8, kernel: 3, repeat: 4, first: {stride: 2}}]
""",
        "8x16x16",
    ),
    (
        "names with every sign",
        """\
input: [3, 32, 32]
layers: [{relu, name: _a.b-C9}, {relu, from: _a.b-C9}]
""",
        "3x32x32",
    ),
    (
        "name of a hundred letters",
        """\
input: [3, 32, 32]
layers: [{relu, name: """
        + "n" * 100
        + """}]
""",
        "3x32x32",
    ),
    (
        "name of a tensor like a hyperparameter",
        """\
hyperparameters: {alpha: 1}
input: [3, 32, 32]
layers: [{relu, name: alpha}, {relu, from: alpha}]
""",
        "3x32x32",
    ),
    (
        "same name in a block and outside",
        """\
blocks:
  unit: {layers: [{relu, name: x}, {add: [x, input]}]}
input: [3, 32, 32]
layers: [{unit, name: x}, {unit, from: x}]
""",
        "3x32x32",
    ),
    (
        "same name in every repetition",
        """\
input: [3, 32, 32]
layers: [{sequential: [{relu, name: x}, {add: [previous, x]}], repeat: 3}]
""",
        "3x32x32",
    ),
    (
        "previous and the input in a join",
        """\
input: [3, 32, 32]
layers: [relu, {concat: [previous, input, relu]}]
""",
        "9x32x32",
    ),
    (
        "everything a repeated item made",
        """\
input: [3, 32, 32]
layers: [{conv: 4, kernel: 3, repeat: 3, name: x}, {concat: [all x]}]
""",
        "12x32x32",
    ),
    (
        "branches left out",
        """\
input: [3, 32, 32]
layers: [{add: [relu, {conv: 8, kernel: 3, when: false}]}]
""",
        "3x32x32",
    ),
    (
        "gate broadcast",
        """\
input: [3, 32, 32]
layers: [{multiply: [previous, [global_avgpool, sigmoid]]}]
""",
        "3x32x32",
    ),
    (
        "parts of unequal size",
        """\
input: [3, 32, 32]
layers: [{concat: [{conv: 4, kernel: 1}, relu], split: [2, 1]}]
""",
        "5x32x32",
    ),
    (
        "copies of a branch",
        """\
input: [3, 32, 32]
layers: [{concat: [{conv: 4, kernel: 1, copies: 3}]}]
""",
        "12x32x32",
    ),
    (
        "residual that keeps its shape",
        """\
input: [3, 32, 32]
layers: [{residual: [{conv: 3, kernel: 3}]}]
""",
        "3x32x32",
    ),
    (
        "residual of nothing added",
        """\
input: [3, 32, 32]
layers: [{residual: [{conv: 8, kernel: 3, stride: 2}], shortcut: none}]
""",
        "8x16x16",
    ),
    (
        "residual with a projection",
        """\
input: [3, 32, 32]
layers:
  - residual: [{conv: 8, kernel: 3, stride: 2}]
    shortcut: {conv: 8, kernel: 1, stride: 2}
""",
        "8x16x16",
    ),
    (
        "resize to a tensor and to numbers",
        """\
input: [3, 32, 32]
layers: [{relu, name: x}, {maxpool: 2}, {resize: [8, 8]}, {resize: x}, {add: [previous, x]}]
""",
        "3x32x32",
    ),
    (
        "upsample by two factors",
        """\
input: [3, 32, 32]
layers: [{upsample: [2, 3]}]
""",
        "3x64x96",
    ),
    (
        "two outputs",
        """\
input: [3, 32, 32]
layers: [{relu, name: a}, {maxpool: 2, name: b}]
outputs: [a, b]
""",
        "3x16x16",
    ),
    (
        "one output by name",
        """\
input: [3, 32, 32]
layers: [{relu, name: a}]
outputs: a
""",
        "3x32x32",
    ),
    (
        "defaults that reach a block and a dsconv",
        """\
defaults: {conv: {norm: batch, activation: relu6}, dwconv: {activation: none}}
blocks:
  unit: {layers: [{dsconv: 8}]}
input: [3, 32, 32]
layers: [unit]
""",
        "8x32x32",
    ),
    (
        "default that uses in_channels",
        """\
defaults: {conv: {groups: in_channels, kernel: 3}}
input: [3, 32, 32]
layers: [{conv: 6}]
""",
        "6x32x32",
    ),
    (
        "blocks in any order",
        """\
blocks:
  outer: {layers: [{inner: 8}]}
  inner: {arguments: {width: required}, layers: [{conv: width, kernel: 3}]}
input: [3, 32, 32]
layers: [outer]
""",
        "8x32x32",
    ),
    (
        "block whose argument uses another",
        """\
blocks:
  unit:
    arguments: {width: required, wide: width * 2}
    let: {twice: wide * 2, arriving: in_channels}
    layers: [{conv: twice * arriving // 3, kernel: 3}]
input: [3, 32, 32]
layers: [{unit: 8}]
""",
        "32x32x32",
    ),
    (
        "lists as arguments",
        """\
blocks:
  unit: {arguments: {s: [1, 1]}, layers: [{conv: 8, kernel: 3, stride: s}]}
input: [3, 32, 32]
layers: [{unit, s: [2, 2]}]
""",
        "8x16x16",
    ),
    (
        "variants of every spelling",
        """\
hyperparameters: {alpha: 1}
input: [3, 32, 32]
layers: [relu]
variants: {18: {}, 0.5x: {alpha: 0.5}, b-1_c+: {alpha: 2}, no: {}}
""",
        "3x32x32",
    ),
    (
        "published figures and a budget",
        """\
hyperparameters: {alpha: 1}
input: [3, 32, 32]
layers: [relu]
variants: {b0: {}}
published:
  - {params: 4.2M, macs: 0.57B, top1: 70.6, top5: 89.5, source: Table 4, note: "a, b"}
  - {variant: b0, set: {alpha: 2}, form: standard, flops: 11 G, source: x, differs: {flops: "rounded, once"}}
budget: {params: 5M, macs: 600M}
""",
        "3x32x32",
    ),
    (
        "sides by a list of names",
        """\
hyperparameters: {s: 2}
input: [3, 32, 32]
layers: [{conv: 8, kernel: 3, stride: [s, 2 * s]}]
""",
        "8x16x8",
    ),
    (
        "words that are no booleans in texts",
        """\
name: no
source: on
input: [3, 32, 32]
layers: [relu]
""",
        "3x32x32",
    ),
    (
        "hyperparameters called like YAML's booleans",
        """\
hyperparameters: {y: 1, n: 2, on: 3}
input: [3, 32, 32]
layers: [{relu, when: y + n == on}]
""",
        "3x32x32",
    ),
    (
        "other scripts and long texts",
        """\
name: Сеть 网络 é
source: """
        + "text " * 59
        + """
input: [3, 32, 32]
layers: [relu]  # 注释
""",
        "3x32x32",
    ),
    (
        "networks of one layer from a thousand items left out",
        """\
input: [3, 32, 32]
layers:
  - {sequential: [{relu, when: false}], repeat: 100000}
  - relu
""",
        "3x32x32",
    ),
)


@pytest.mark.parametrize(("text", "shape"), [row[1:] for row in RIGHT], ids=[row[0] for row in RIGHT])
def test_right(text: str, shape: str) -> None:
    network = elaborate(load(text))
    assert str(network.shape(network.outputs[-1])) == shape


def test_the_table_is_whole() -> None:
    assert len(RIGHT) >= 60
    names = [row[0] for row in RIGHT]
    assert len(set(names)) == len(names)
