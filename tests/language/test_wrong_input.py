"""What is wrong with a file, and where: every row is a file and the problems that one run reports of it.

A position is that of the thing at fault. ` ... ` in a message stands for words that are not compared.
"""

from typing import NamedTuple

import pytest

from dsconv_cost.errors import InputError, Problem
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import Source, load_source

Expected = tuple[int, int, str]


class Case(NamedTuple):
    id: str
    text: str
    problems: tuple[Expected, ...]


def item(id_: str, text: str, *problems: Expected) -> Case:
    """Return the case of items alone; the first stands in line 3."""
    return Case(id_, f"input: [3, 32, 32]\nlayers:\n{text}\n", problems)


def file(id_: str, text: str, *problems: Expected) -> Case:
    """Return the case of a whole file."""
    return Case(id_, text, problems)


DEEP = "".join("  " * n + "- sequential:\n" for n in range(1, 3000))
DOUBLED = "".join(f"  b{n}: {{layers: [b{n - 1}, b{n - 1}]}}\n" for n in range(1, 41))
CHAIN = "".join(f"  b{n}: {{layers: b{n - 1}}}\n" for n in range(1, 71))
ONES = ", ".join(["1"] * 257)

ITEMS = (
    # names of other frameworks
    item(
        "Conv2d, a type of PyTorch", "- {Conv2d: 8, kernel: 3}", (3, 4, "unknown type 'Conv2d': did you mean 'conv'?")
    ),
    item("BatchNorm2d", "- BatchNorm2d", (3, 3, "unknown type 'BatchNorm2d': did you mean 'batchnorm'?")),
    item(
        "BatchNormalization, a type of Keras",
        "- BatchNormalization",
        (3, 3, "unknown type 'BatchNormalization': did you mean 'batchnorm'?"),
    ),
    item("Dense", "- {Dense: 8}", (3, 4, "unknown type 'Dense': did you mean 'linear'?")),
    item("ReLU in PyTorch's letters", "- ReLU", (3, 3, "unknown type 'ReLU': did you mean 'relu'?")),
    item("MaxPool2d", "- {MaxPool2d: 2}", (3, 4, "unknown type 'MaxPool2d': did you mean 'maxpool'?")),
    item(
        "AveragePooling2D",
        "- {AveragePooling2D: 2}",
        (3, 4, "unknown type 'AveragePooling2D': did you mean 'avgpool'?"),
    ),
    item(
        "AdaptiveAvgPool2d",
        "- {AdaptiveAvgPool2d: 1}",
        (3, 4, "unknown type 'AdaptiveAvgPool2d': did you mean 'adaptive_avgpool'?"),
    ),
    item(
        "GlobalAveragePooling2D",
        "- GlobalAveragePooling2D",
        (3, 3, "unknown type 'GlobalAveragePooling2D': did you mean 'global_avgpool'?"),
    ),
    item("SeparableConv2D", "- {SeparableConv2D: 8}", (3, 4, "unknown type 'SeparableConv2D': did you mean 'dsconv'?")),
    item("DepthwiseConv2D", "- {DepthwiseConv2D: 3}", (3, 4, "unknown type 'DepthwiseConv2D': did you mean 'dwconv'?")),
    item(
        "ConvTranspose2d",
        "- {ConvTranspose2d: 8, kernel: 2}",
        (3, 4, "unknown type 'ConvTranspose2d': did you mean 'conv_transpose'?"),
    ),
    item(
        "Concatenate",
        "- {Concatenate: [previous, previous]}",
        (3, 4, "unknown type 'Concatenate': did you mean 'concat'?"),
    ),
    item("MBConv", "- {MBConv: 8}", (3, 4, "unknown type 'MBConv': did you mean 'inverted_residual'?")),
    item(
        "swish as an activation",
        "- {conv: 8, kernel: 3, activation: swish}",
        (3, 36, "unknown name 'swish': did you mean 'silu'?"),
    ),
    item(
        "ReLU6 as an activation",
        "- {conv: 8, kernel: 3, activation: ReLU6}",
        (3, 36, "unknown name 'ReLU6': did you mean 'relu6'?"),
    ),
    item(
        "hswish as an activation",
        "- {conv: 8, kernel: 3, activation: hswish}",
        (3, 36, "unknown name 'hswish': did you mean 'hardswish'?"),
    ),
    item("bn as a norm", "- {conv: 8, kernel: 3, norm: bn}", (3, 30, "unknown name 'bn': did you mean 'batch'?")),
    item(
        "BatchNorm2d as a norm",
        "- {conv: 8, kernel: 3, norm: BatchNorm2d}",
        (3, 30, "unknown name 'BatchNorm2d': did you mean 'batch'?"),
    ),
    item(
        "kernel_size and strides",
        "- {conv: 8, kernel_size: 3, strides: 2}",
        (3, 13, "unknown field 'kernel_size' of conv: did you mean 'kernel'?"),
        (3, 29, "unknown field 'strides' of conv: did you mean 'stride'?"),
    ),
    item(
        "filters with an empty main field",
        "- {conv: , filters: 8, kernel: 3}",
        (3, 12, "unknown field 'filters' of conv: its out_channels stands behind the colon of conv"),
    ),
    item(
        "filters beside the main field",
        "- {conv: 8, filters: 8, kernel: 3}",
        (3, 13, "unknown field 'filters' of conv: its out_channels stands behind the colon of conv"),
    ),
    item(
        "use_bias",
        "- {conv: 8, kernel: 3, use_bias: true}",
        (3, 24, "unknown field 'use_bias' of conv: did you mean 'bias'?"),
    ),
    item(
        "dilation_rate",
        "- {conv: 8, kernel: 3, dilation_rate: 2}",
        (3, 24, "unknown field 'dilation_rate' of conv: did you mean 'dilation'?"),
    ),
    item(
        "pool_size",
        "- {maxpool: , pool_size: 2}",
        (3, 15, "unknown field 'pool_size' of maxpool: its kernel stands behind the colon of maxpool"),
    ),
    item(
        "units",
        "- {linear: , units: 2}",
        (3, 14, "unknown field 'units' of linear: its out_features stands behind the colon of linear"),
    ),
    item(
        "the type in a field of its own",
        "- {type: conv, out_channels: 8, kernel: 3}",
        (3, 4, "an item is written with its type as the key: {conv: ..., field: ...}"),
    ),
    # types and items
    item("near miss of a type", "- {con: 8, kernel: 3}", (3, 4, "unknown type 'con': did you mean 'conv'?")),
    item(
        "unknown type", "- {warp: 8}", (3, 4, "unknown type 'warp': `dsconv-cost reference` lists the built-in types")
    ),
    item(
        "two types in one item",
        "- {conv: 8, kernel: 3, relu: }",
        (3, 24, "two types in one item, 'conv' and 'relu': write two items, each behind its own dash"),
    ),
    item(
        "empty mapping", "- {}", (3, 3, "received an empty mapping, expected an ... its fields ({conv: 64, kernel: 3})")
    ),
    item(
        "empty item", "-", (3, 2, "received nothing, expected an item: a type ... its fields ({conv: 64, kernel: 3})")
    ),
    item(
        "list inside a body",
        "- [relu]",
        (3, 3, "received a list inside a body, expected an ... of items is written sequential"),
    ),
    item(
        "null as an item",
        "- null",
        (3, 3, "received 'null', expected an item: a type ... its fields ({conv: 64, kernel: 3})"),
    ),
    item(
        "tilde as an item",
        "- ~",
        (3, 3, "received '~', expected an item: a type ... its fields ({conv: 64, kernel: 3})"),
    ),
    item(
        "number as an item",
        "- 8",
        (3, 3, "received '8', expected an item: a type ... its fields ({conv: 64, kernel: 3})"),
    ),
    item(
        "true as an item",
        "- true",
        (3, 3, "received 'true', expected an item: a type ... its fields ({conv: 64, kernel: 3})"),
    ),
    item(
        "text as an item",
        '- "a b"',
        (3, 3, "received 'a b', expected an item: a type ... its fields ({conv: 64, kernel: 3})"),
    ),
    item(
        "fields without a type",
        "- {kernel: 3, stride: 2}",
        (3, 3, "received fields without a type (kernel, ... its fields ({conv: 64, kernel: 3})"),
    ),
    item("if as a type", "- {if: true}", (3, 4, "unknown type 'if': an item is left out with when: condition")),
    item(
        "relu with a value",
        "- {relu: 6}",
        (3, 10, "relu takes no value behind its colon: write relu alone, or {relu, when: ...}"),
    ),
    item(
        "dropout with a value",
        "- {dropout: 0.5}",
        (3, 13, "dropout takes no value behind its colon: ... alone, or {dropout, when: ...}"),
    ),
    item(
        "conv without anything",
        "- conv",
        (3, 3, "conv needs out_channels (behind the colon: ... of at least 1, or [height, width])"),
    ),
    item(
        "conv without a value",
        "- {conv: , kernel: 3}",
        (3, 4, "conv needs out_channels (behind the colon: a whole number of at least 1)"),
    ),
    item(
        "conv without a kernel",
        "- {conv: 8}",
        (3, 4, "conv needs kernel (a whole number of at least 1, or [height, width])"),
    ),
    item(
        "dwconv without a kernel",
        "- dwconv",
        (3, 3, "dwconv needs kernel (behind the colon: a ... of at least 1, or [height, width])"),
    ),
    item(
        "a type without the space after its colon",
        "- {conv:8, kernel: 3}",
        (3, 4, "'conv:8' lacks a space after its colon: write conv: 8"),
    ),
    item("a type without its colon", "- {conv 8, kernel: 3}", (3, 4, "'conv 8' lacks its colon: write conv: 8")),
    item("no space after the dash", "-relu", (3, 1, "this dash lacks a space behind it: write - relu")),
    item(
        "previous as an item", "- previous", (3, 3, "'previous' names a tensor, and stands only as a branch of a join")
    ),
    item("input as an item", "- input", (3, 3, "'input' names a tensor, and stands only as a branch of a join")),
    item("all x as an item", "- all x", (3, 3, "'all x' names a tensor, and stands only as a branch of a join")),
    item(
        "a tensor's name as an item",
        "- {relu, name: stem}\n- stem",
        (4, 3, "'stem' is the name of a tensor: to start there, give the item from: stem"),
    ),
    # keys
    item(
        "unknown field",
        "- {conv: 8, kernel: 3, colour: red}",
        (3, 24, "unknown field 'colour' of conv: its fields ... bias, norm, activation, convert"),
    ),
    item(
        "near miss of a field",
        "- {conv: 8, kernel: 3, strid: 2}",
        (3, 24, "unknown field 'strid' of conv: did you mean 'stride'?"),
    ),
    item(
        "near miss of the field that is needed",
        "- {conv: 8, kernle: 3}",
        (3, 13, "unknown field 'kernle' of conv: did you mean 'kernel'?"),
    ),
    item("if instead of when", "- {relu, if: true}", (3, 10, "unknown field 'if' of relu: did you mean 'when'?")),
    item(
        "a field that dsconv does not have",
        "- {dsconv: 8, groups: 2}",
        (3, 15, "unknown field 'groups' of dsconv: its ... padding, dilation, norm, activation"),
    ),
    item(
        "the main field by its name",
        "- {dwconv: 3, kernel: 3}",
        (3, 15, "unknown field 'kernel' of dwconv: its kernel stands behind the colon of dwconv"),
    ),
    item(
        "no space after a field's colon",
        "- {conv: 8, kernel:3}",
        (3, 13, "'kernel:3' lacks a space after its colon: write kernel: 3"),
    ),
    item("no colon after a field", "- {conv: 8, kernel 3}", (3, 13, "'kernel 3' lacks its colon: write kernel: 3")),
    item(
        "a field twice",
        "- {conv: 8, kernel: 3, kernel: 5}",
        (3, 24, "the key 'kernel' stands twice; the first is in line 3: keep one"),
    ),
    item("a list as a key", "- {conv: 8, kernel: 3, [a]: 1}", (3, 24, "a list cannot be a key: keys are words")),
    item("a template's braces", "- {conv: {{width}}, kernel: 3}", (3, 11, "a mapping cannot be a key: keys are words")),
    item(
        "merge key",
        "- {<<: {kernel: 3}, conv: 8}",
        (3, 4, "the merge key << is not used here: use defaults, or make a block"),
    ),
    # YAML's own signs
    item(
        "alias",
        "- {conv: *width, kernel: 3}",
        (3, 10, "the alias *width: aliases are not used ... it in let, or make a block of it"),
    ),
    item(
        "anchor",
        "- {conv: &width 8, kernel: 3}",
        (3, 10, "the anchor &width: anchors are not used ... value in let, or make a block of it"),
    ),
    item(
        "tag",
        "- {conv: !!int 8, kernel: 3}",
        (3, 10, "the tag !!int: tags are not used here. Leave it out; negation is written not"),
    ),
    item(
        "tag of one's own",
        "- {relu, when: !wide true}",
        (3, 16, "the tag !wide: tags are not used here. Leave it out; negation is written not"),
    ),
    item("star with a space", "- {conv: * 2, kernel: 3}", (3, 10, "a value cannot start with * here: quote it")),
    item("percent sign", "- {conv: %x, kernel: 3}", (3, 10, "a value cannot start with '%' here: quote it")),
    item("at sign", "- {conv: @x, kernel: 3}", (3, 10, "a value cannot start with '@' here: quote it")),
    item("backtick", "- {conv: `x`, kernel: 3}", (3, 10, "a value cannot start with '`' here: quote it")),
    item("greater sign in flow style", "- {relu, when: > 3}", (3, 16, "a value cannot start with '>' here: quote it")),
    item("nul in double quotes", '- {conv: "\\0", kernel: 3}', (3, 10, "received the character \\x00: take it out")),
    item(
        "unknown escape",
        '- {conv: "\\q", kernel: 3}',
        (3, 11, "an escape in double quotes that YAML does ... the backslash, or use single quotes"),
    ),
    item("unclosed brace", "- {conv: 8, kernel: 3", (3, 3, "this { is never closed: close it, or take it out")),
    item(
        "unclosed bracket",
        "- {conv: 8, kernel: [3, 3}",
        (3, 26, "a comma or the closing bracket is missing ... that starts in line 3, column 21"),
    ),
    item("unclosed quote", '- {conv: "8, kernel: 3}', (3, 10, 'this " is never closed: close it, or take it out')),
    item("brace that closes nothing", "- {conv: 8, kernel: 3}}", (3, 23, "this } closes nothing: take it out")),
    item(
        "missing comma",
        "- {conv: 8 kernel: 3}",
        (3, 18, "a comma or the closing bracket is missing ... that starts in line 3, column 3"),
    ),
    item(
        "deeper line",
        "- conv: 8\n     kernel: 3",
        (4, 6, "this line stands deeper than the key above it: start it in column 3"),
    ),
    item(
        "less deep line",
        "  - relu\n - relu",
        (4, 2, "this line's indentation fits none above it: ... a mapping, and the dashes of a list"),
    ),
    item(
        "two keys on a line",
        "- conv: 8 kernel: 3",
        (3, 17, "a second 'key: value' in one value: put ... or use { }; quote a text with ': '"),
    ),
    # values cut off by YAML
    item(
        "comma inside max",
        "- {conv: max(8, 16), kernel: 3}",
        (3, 10, "this max(...) was cut off. Inside { } or [ ... or write the item in block style"),
    ),
    item(
        "comma inside make_divisible",
        "- {conv: make_divisible(8, 16), kernel: 3}",
        (3, 24, "this ( is never closed. Inside { } or [ ] ... or write the item in block style"),
    ),
    item(
        "comma inside a field",
        "- {conv: 8, kernel: min(3, 5), stride: 2}",
        (3, 21, "this min(...) was cut off. Inside { } or [ ... or write the item in block style"),
    ),
    item(
        "bracket after a name",
        "- {conv: widths[0], kernel: 3}",
        (3, 16, "YAML ends a plain value before [ inside { } ... ('\"depths[0]\"'), or use block style"),
    ),
    item(
        "open parenthesis",
        "- {conv: (8, kernel: 3}",
        (3, 10, "this ( is never closed. Inside { } or [ ] ... or write the item in block style"),
    ),
    item(
        "closing parenthesis",
        "- {conv: 8), kernel: 3}",
        (3, 11, "this ) closes nothing. Inside { } or [ ] ... or write the item in block style"),
    ),
    # numbers that YAML 1.1 or a person reads otherwise
    item("no for a flag", "- {conv: 8, kernel: 3, bias: no}", (3, 30, "no is not a value here: write false")),
    item("off for a flag", "- {conv: 8, kernel: 3, bias: off}", (3, 30, "off is not a value here: write false")),
    item("False for a flag", "- {conv: 8, kernel: 3, bias: False}", (3, 30, "False is not a value here: write false")),
    item("no for a word", "- {conv: 8, kernel: 3, norm: no}", (3, 30, "no is not a value here: write none")),
    item(
        "null for a number",
        "- {conv: 8, kernel: 3, stride: null}",
        (3, 32, "null is not a value here: leave the field out"),
    ),
    item(
        "tilde for a number", "- {conv: 8, kernel: 3, stride: ~}", (3, 32, "~ is not a value here: leave the field out")
    ),
    item(
        "nothing for a number",
        "- {conv: 8, kernel: 3, stride: }",
        (3, 32, "received nothing, expected a value: a number, a word or an expression"),
    ),
    item("0 for a flag", "- {conv: 8, kernel: 3, bias: 0}", (3, 30, "conv bias: received 0, expected true or false")),
    item("octal", "- {conv: 017, kernel: 3}", (3, 10, "017 could be meant as an octal or a decimal number: write 17")),
    item("exponent", "- {conv: 1e3, kernel: 3}", (3, 10, "1e3 is not a number here: write 1000")),
    item(
        "base 60",
        "- {conv: 8, kernel: 3:4}",
        (3, 22, "3:4 is not a number here: YAML 1.1 reads it ... write the number, or a list [a, b]"),
    ),
    item(
        "hexadecimal",
        "- {conv: 0x10, kernel: 3}",
        (3, 10, "0x10 is not a number here: write it with plain decimal digits"),
    ),
    item("underscore", "- {conv: 1_000, kernel: 3}", (3, 10, "1_000 is not a number here: write 1000")),
    item("unit", "- {conv: 4K, kernel: 3}", (3, 10, "4K is not a number here: write all of its digits")),
    item("infinity", "- {conv: .inf, kernel: 3}", (3, 10, ".inf is not a number here: write a number with digits")),
    item("not a number", "- {conv: .nan, kernel: 3}", (3, 10, ".nan is not a number here: write a number with digits")),
    item(
        "size with an x",
        "- {conv: 8, kernel: 3x3}",
        (3, 21, "3x3 is not a number here: write it with plain decimal digits"),
    ),
    # values of the wrong kind
    item(
        "fractional channels",
        "- {conv: 33.6, kernel: 3}",
        (3, 10, "conv out_channels: received 33.6, expected ... ceil, floor or make_divisible"),
    ),
    item(
        "zero channels",
        "- {conv: 0, kernel: 3}",
        (3, 10, "conv out_channels: received 0, expected a whole number of at least 1"),
    ),
    item(
        "negative channels",
        "- {conv: -8, kernel: 3}",
        (3, 10, "conv out_channels: received -8, expected a whole number of at least 1"),
    ),
    item(
        "huge channels",
        "- {conv: 99999999999, kernel: 3}",
        (3, 10, "conv out_channels: received 99999999999, ... at least 1, at most 1,000,000,000"),
    ),
    item(
        "channels beyond 2**53",
        "- {conv: 999999999999999999999999999, kernel: 3}",
        (3, 10, "99999999999999999... is beyond 2**53, the largest this language counts to"),
    ),
    item(
        "a word for channels",
        "- {conv: same, kernel: 3}",
        (3, 10, "conv out_channels: received the word same, expected a whole number of at least 1"),
    ),
    item(
        "a list for channels",
        "- {conv: [8, 8], kernel: 3}",
        (3, 10, "conv out_channels: received the list [8, 8], expected a whole number of at least 1"),
    ),
    item(
        "true for channels",
        "- {conv: true, kernel: 3}",
        (3, 10, "conv out_channels: received true, expected a whole number of at least 1"),
    ),
    item(
        "a mapping for a kernel",
        "- {conv: 8, kernel: {h: 3}}",
        (3, 21, "received a mapping, expected a value: a ... an expression or a list of these"),
    ),
    item(
        "three sides of a kernel",
        "- {conv: 8, kernel: [3, 3, 3]}",
        (3, 21, "conv kernel: received the list [3, 3, 3], ... of at least 1, or [height, width]"),
    ),
    item(
        "list in a list",
        "- {conv: 8, kernel: [[3], 3]}",
        (3, 22, "received a list inside a list, expected a number, a word or an expression"),
    ),
    item(
        "zero kernel",
        "- {dwconv: 0}",
        (3, 12, "dwconv kernel: received 0, expected a whole number of at least 1, or [height, width]"),
    ),
    item(
        "zero stride",
        "- {conv: 8, kernel: 3, stride: 0}",
        (3, 32, "conv stride: received 0, expected a whole number of at least 1, or [height, width]"),
    ),
    item(
        "negative padding",
        "- {conv: 8, kernel: 3, padding: -1}",
        (3, 33, "conv padding: received -1, expected same, ... w] or [top, bottom, left, right]"),
    ),
    item(
        "three sides of padding",
        "- {conv: 8, kernel: 3, padding: [1, 2, 3]}",
        (3, 33, "conv padding: received the list [1, 2, 3], ... w] or [top, bottom, left, right]"),
    ),
    item(
        "unknown word for padding",
        "- {conv: 8, kernel: 3, padding: full}",
        (3, 33, "unknown name 'full': here the words are same, valid"),
    ),
    item(
        "a number for a norm",
        "- {conv: 8, kernel: 3, norm: 1}",
        (3, 30, "conv norm: received 1, expected none or batch or layer"),
    ),
    item(
        "true for a norm",
        "- {conv: 8, kernel: 3, norm: true}",
        (3, 30, "conv norm: received true, expected none or batch or layer"),
    ),
    item(
        "a norm for an activation",
        "- {conv: 8, kernel: 3, activation: batch}",
        (3, 36, "conv activation: received the word batch, ... sigmoid, hardsigmoid, tanh, softmax"),
    ),
    item(
        "maybe for convert",
        "- {conv: 8, kernel: 3, convert: maybe}",
        (3, 33, "unknown name 'maybe': here the words are auto"),
    ),
    item("yes for convert", "- {conv: 8, kernel: 3, convert: yes}", (3, 33, "yes is not a value here: write true")),
    item(
        "fraction for a factor",
        "- {upsample: 0.5}",
        (3, 14, "upsample factor: received 0.5, expected a whole number of at least 1, or [height, width]"),
    ),
    item(
        "fields in a mapping of their own",
        "- conv: {out_channels: 16, kernel: 3}",
        (3, 9, "received a mapping behind conv, expected its out_channels there ... {conv: out_channels, kernel: ...}"),
    ),
    item(
        "a 1-D type of another framework",
        "- {Conv1d: 16, kernel: 9}",
        (3, 4, "unknown type 'Conv1d': did you mean 'conv'? ... its kernels and strides are written [1, k]"),
    ),
    item(
        "unknown mode",
        "- {upsample: 2, mode: cubic}",
        (3, 23, "unknown name 'cubic': here the words are nearest, bilinear"),
    ),
    item(
        "zero output size",
        "- {adaptive_avgpool: 0}",
        (3, 22, "adaptive_avgpool size: received 0, expected ... of at least 1, or [height, width]"),
    ),
    item(
        "zero expand",
        "- {inverted_residual: 16, expand: 0}",
        (3, 35, "inverted_residual expand: received 0, expected a number above 0"),
    ),
    item(
        "expand that makes a fraction",
        "- {inverted_residual: 16, expand: 1.1}",
        (3, 35, "inverted_residual: expand 1.1 makes ... a whole number: take another expand"),
    ),
    item(
        "zero squeeze",
        "- {inverted_residual: 16, squeeze: 0}",
        (3, 36, "inverted_residual squeeze: received 0, ... whole number of at least 1, or none"),
    ),
    item(
        "empty range",
        "- {slice: [2, 1]}",
        (3, 11, "slice channels: received the list [2, 1], ... start up to stop-1, counted from 0"),
    ),
    item(
        "a number for a range",
        "- {slice: 3}",
        (3, 11, "slice channels: received 3, expected ... start up to stop-1, counted from 0"),
    ),
    # expressions
    item("unknown name", "- {conv: widht, kernel: 3}", (3, 10, "unknown name 'widht': the names here are in_channels")),
    item(
        "unknown name in a list",
        "- {conv: 8, kernel: [3, x]}",
        (3, 25, "unknown name 'x': the names here are in_channels"),
    ),
    item(
        "reserved name", "- {conv: index, kernel: 3}", (3, 10, "unknown name 'index': the names here are in_channels")
    ),
    item("division by zero", "- {conv: 8 / 0, kernel: 3}", (3, 10, "conv out_channels: division by zero: 8 / 0")),
    item(
        "floor division by zero",
        "- {conv: 8 // (in_channels - 3), kernel: 3}",
        (3, 10, "conv out_channels: division by zero: 8 // 0"),
    ),
    item("remainder by zero", "- {conv: 8 % 0, kernel: 3}", (3, 10, "conv out_channels: division by zero: 8 % 0")),
    item(
        "power tower",
        "- {conv: 9**9**9, kernel: 3}",
        (3, 10, "conv out_channels: the value is beyond ... this language counts to exactly"),
    ),
    item(
        "product beyond 2**53",
        "- {conv: 2**53 + 1, kernel: 3}",
        (3, 10, "conv out_channels: the value is beyond ... this language counts to exactly"),
    ),
    item(
        "root of a negative number",
        "- {conv: (-8)**0.5, kernel: 3}",
        (3, 10, "conv out_channels: a negative number has no fractional power"),
    ),
    item(
        "forty parentheses",
        "- {conv: ((((((((((((((((((((((((((((((((((((((((8)))))))))))))))))))))))))))))))))))))))), kernel: 3}",
        (3, 40, "nested more than 30 deep: name parts of it in let"),
    ),
    item(
        "forty minus signs",
        "- {conv: ----------------------------------------8, kernel: 3}",
        (3, 40, "nested more than 30 deep: name parts of it in let"),
    ),
    item(
        "two values", "- {conv: 8 8, kernel: 3}", (3, 12, "expected an operator or the end of the value, received '8'")
    ),
    item(
        "operator at the end",
        "- {conv: 8 *, kernel: 3}",
        (3, 12, "the value ends where a number or a name should follow"),
    ),
    item("if without else", "- {conv: 8 if true, kernel: 3}", (3, 18, "an if needs its else: a if condition else b")),
    item(
        "if of a number",
        "- {conv: 8 if 1 else 3, kernel: 3}",
        (3, 10, "conv out_channels: if needs true or false, received 1: compare it, as in x > 0"),
    ),
    item(
        "not of a number",
        "- {relu, when: not 1}",
        (3, 16, "when: not needs true or false, received 1: compare it, as in x > 0"),
    ),
    item(
        "and of a number",
        "- {relu, when: true and 1}",
        (3, 16, "when: and needs true or false, received 1: compare it, as in x > 0"),
    ),
    item(
        "sum with a word",
        "- {conv: same + 1, kernel: 3}",
        (3, 10, "conv out_channels: + needs numbers, received the word same"),
    ),
    item(
        "chained comparison", "- {relu, when: 1 < 2 < 3}", (3, 22, "comparisons are not chained: write a < b and b < c")
    ),
    item(
        "single equals sign",
        "- {relu, when: in_channels = 3}",
        (3, 28, "a single = is no operator here: compare with =="),
    ),
    item(
        "two ampersands",
        "- {relu, when: in_channels == 3 && true}",
        (3, 33, "& is no operator here: write and, or, not"),
    ),
    item("two bars", "- {relu, when: true || false}", (3, 21, "| is no operator here: write and, or, not")),
    item("caret", "- {conv: 2^3, kernel: 3}", (3, 11, "^ is no operator here: a power is written **")),
    item(
        "unknown function",
        "- {conv: sqrt(9), kernel: 3}",
        (3, 10, "no function is called sqrt: there are int, ... floor, min, max, make_divisible"),
    ),
    item(
        "near miss of a function",
        "- {conv: rond(9.3), kernel: 3}",
        (3, 10, "no function is called rond: did you mean 'round'?"),
    ),
    item(
        "function without parentheses",
        "- {conv: int, kernel: 3}",
        (3, 10, "int is a function: write int(x): towards zero"),
    ),
    item(
        "too few arguments",
        "- {conv: min(3), kernel: 3}",
        (3, 10, "min received 1 arguments: write min(a, b, ...): the smallest"),
    ),
    item(
        "zero divisor",
        "- conv: make_divisible(3, 0)\n  kernel: 3",
        (3, 9, "conv out_channels: make_divisible needs a whole divisor of at least 1, received 0"),
    ),
    item(
        "attribute",
        "- {conv: os.system, kernel: 3}",
        (3, 12, "'.' has no meaning in a value: values are ... words and + - * / // % ** ( )"),
    ),
    item(
        "call of Python's",
        "- {conv: \"__import__('os')\", kernel: 3}",
        (3, 22, '"\'" has no meaning in a value: values are ... words and + - * / // % ** ( )'),
    ),
    item(
        "lambda",
        '- {conv: "lambda: 1", kernel: 3}',
        (3, 17, "a : is no operator here: if it should end a field's name, put a space after it"),
    ),
    item(
        "quoted text",
        '- {conv: "thirty two", kernel: 3}',
        (3, 18, "expected an operator or the end of the value, received 'two'"),
    ),
    item(
        "empty text",
        '- {conv: "", kernel: 3}',
        (3, 10, "received nothing, expected a value: a number, a word or an expression"),
    ),
    # common keys
    item("a number for when", "- {relu, when: 1}", (3, 16, "when: received 1, expected true or false")),
    item("yes for when", "- {relu, when: yes}", (3, 16, "yes is not a value here: write true")),
    item(
        "nothing for when",
        "- {relu, when: }",
        (3, 16, "received nothing, expected a value: a number, a word or an expression"),
    ),
    item("a word for when", "- {relu, when: same}", (3, 16, "when: received the word same, expected true or false")),
    item(
        "every item left out",
        "- {relu, when: false}",
        (3, 3, "every item is left out: a network has at least one layer"),
    ),
    item(
        "repeat 0 of the only item",
        "- {relu, repeat: 0}",
        (3, 3, "every item is left out: a network has at least one layer"),
    ),
    item(
        "negative repeat", "- {relu, repeat: -1}", (3, 18, "repeat: received -1, expected a whole number of at least 0")
    ),
    item(
        "fractional repeat",
        "- {relu, repeat: 1.5}",
        (3, 18, "repeat: received 1.5, expected a whole ... ceil, floor or make_divisible"),
    ),
    item(
        "a word for repeat",
        "- {relu, repeat: same}",
        (3, 18, "repeat: received the word same, expected a whole number of at least 0"),
    ),
    item(
        "a list for repeat",
        "- {relu, repeat: [1, 2]}",
        (3, 18, "repeat: received the list [1, 2], expected a whole number of at least 0"),
    ),
    item(
        "repeat of 10**9",
        "- {relu, repeat: 10**9}",
        (3, 18, "the network would have at least ... raise the bound with --max-layers"),
    ),
    item(
        "repeat of 10**9 that makes nothing",
        "- {sequential: [{relu, when: false}], repeat: 1000000000}\n- relu",
        (3, 47, "more than ... items and joined tensors by here: lower repeat or copies"),
    ),
    item(
        "repeats in repeats",
        "- {sequential: [{sequential: [{relu, repeat: 1000}], repeat: 1000}], repeat: 1000}",
        (3, 78, "the network would have at least ... raise the bound with --max-layers"),
    ),
    item(
        "first without repeat",
        "- {conv: 8, kernel: 3, first: {stride: 2}}",
        (3, 31, "first stands only beside repeat: write the field itself, or add repeat"),
    ),
    item(
        "unknown field in first",
        "- {conv: 8, kernel: 3, repeat: 2, first: {strid: 2}}",
        (3, 43, "unknown field 'strid' of conv: did you mean 'stride'?"),
    ),
    item(
        "wrong value in first",
        "- {conv: 8, kernel: 3, repeat: 2, first: {stride: 0}}",
        (3, 51, "conv stride: received 0, expected a whole number of at least 1, or [height, width]"),
    ),
    item(
        "a number for first",
        "- {conv: 8, kernel: 3, repeat: 2, first: 2}",
        (3, 42, "received '2', expected a mapping of fields to their values in the first repetition"),
    ),
    item(
        "name in first",
        "- {conv: 8, kernel: 3, repeat: 2, first: {name: a}}",
        (3, 43, "'name' cannot differ in the first repetition: first gives other fields"),
    ),
    item(
        "copies outside a join",
        "- {relu, copies: 2}",
        (3, 10, "copies stands only on a branch written as one item: to repeat an item, use repeat"),
    ),
    item(
        "copies inside a branch's list",
        "- add: [[{relu, copies: 2}], previous]",
        (3, 17, "copies stands only on a branch written as one item: to repeat an item, use repeat"),
    ),
    item(
        "negative copies",
        "- concat: [{relu, copies: -1}, previous]",
        (3, 27, "copies: received -1, expected a whole number of at least 0"),
    ),
    item(
        "copies of 10**9",
        "- concat: [{relu, copies: 1000000000}]",
        (3, 3, "the network would have at least ... raise the bound with --max-layers"),
    ),
    # names of tensors
    item(
        "name that starts with a digit",
        "- {relu, name: 1a}",
        (3, 16, "received '1a', expected a name: letters, ... with a letter or _, at most 100"),
    ),
    item(
        "name with an escape sequence",
        '- {relu, name: "a\\e[31m"}',
        (3, 16, "received 'a\\x1b[31m', expected a name: ... with a letter or _, at most 100"),
    ),
    item(
        "empty name",
        "- {relu, name: }",
        (3, 16, "received nothing, expected a name: letters, ... with a letter or _, at most 100"),
    ),
    item(
        "list as a name",
        "- {relu, name: [a]}",
        (3, 16, "received a list, expected a name: letters, ... with a letter or _, at most 100"),
    ),
    item(
        "a type as a name",
        "- {relu, name: conv}",
        (3, 16, "'conv' is a type and cannot be the name of an item: take another name"),
    ),
    item(
        "reserved word as a name",
        "- {relu, name: previous}",
        (3, 16, "'previous' is reserved and cannot be the name of an item: take another name"),
    ),
    item(
        "name that ends like a part",
        "- {relu, name: a.act}",
        (3, 16, "'a.act' ends like the part of an item: take another name"),
    ),
    item(
        "name twice",
        "- {relu, name: a}\n- {relu, name: a}",
        (4, 16, "the name 'a' is given twice here; the first is in line 3: rename one"),
    ),
    item(
        "name of another item's label",
        "- relu\n- {relu, name: relu1}",
        (4, 16, "the item in line 3 is called 'relu1' too: give one of them another name"),
    ),
    item(
        "from an unknown name",
        "- {relu, name: stem}\n- {relu, from: stm}",
        (4, 16, "no item is called 'stm': did you mean 'stem'?"),
    ),
    item(
        "from a later name",
        "- {relu, from: late}\n- {relu, name: late}",
        (3, 16, "'late' is not made before this item (see ... or left-out item only inside it"),
    ),
    item("from previous", "- {relu, from: previous}", (3, 16, "'previous' stands only as a branch of a join")),
    item(
        "from a list",
        "- {relu, from: [a, b]}",
        (3, 16, "received a list, expected a name: letters, ... with a letter or _, at most 100"),
    ),
    item(
        "from an item that was left out",
        "- {relu, name: a, when: false}\n- {relu, from: a}",
        (4, 16, "'a' was left out here: its item has when: false or repeat: 0"),
    ),
    item(
        "resize to an unknown name",
        "- {resize: p3}",
        (3, 12, "no item is called 'p3': give the item that is meant a name"),
    ),
    item(
        "crop to a larger map",
        "- {crop: [64, 64]}",
        (3, 10, "crop: cannot crop 3x32x32 to 64 x 64: a crop only takes away; use resize or pad"),
    ),
    item(
        "output that nothing uses",
        "- {relu, name: p3}\n- {conv: 8, kernel: 3, from: input}",
        (3, 3, "nothing uses p3: join it, name it in outputs, or take it out"),
    ),
    item(
        "output of a repeated item that nothing uses",
        "- {conv: 8, kernel: 3, repeat: 3}\n- {conv: 8, kernel: 3, from: input}",
        (3, 3, "nothing uses conv1[3]: join it, name it in outputs, or take it out"),
    ),
    # joins
    item(
        "add of unequal channels",
        "- add: [previous, {conv: 8, kernel: 3}]",
        (3, 3, "add needs branches of equal shape (or 1 ... channels and strides, or use concat"),
    ),
    item(
        "concat of unequal maps",
        "- concat: [previous, {conv: 3, kernel: 3, stride: 2}]",
        (3, 3, "concat needs branches of equal height and ... and padding, or crop or resize one"),
    ),
    item(
        "multiply of unequal channels",
        "- multiply: [previous, {conv: 2, kernel: 1}]",
        (3, 3, "multiply needs branches of equal shape (or ... channels and strides, or use concat"),
    ),
    item(
        "a mapping for branches",
        "- add: {conv: 8, kernel: 3}",
        (3, 8, "received a mapping, expected a list of branches for add: [previous, [conv ...]]"),
    ),
    item(
        "a name for branches",
        "- add: previous",
        (3, 8, "received 'previous', expected a list of branches for add: [previous, [conv ...]]"),
    ),
    item("no branches", "- add: []", (3, 8, "add of no branches: list what it joins")),
    item("add alone", "- add", (3, 3, "add needs branches (behind the colon: a ... a body or the name of a tensor)")),
    item(
        "add without a value",
        "- {add: }",
        (3, 4, "add needs branches (behind the colon: a ... a body or the name of a tensor)"),
    ),
    item(
        "unknown branch", "- add: [previous, p3]", (3, 19, "no item is called 'p3': give the item that is meant a name")
    ),
    item(
        "tilde as a branch",
        "- add: [previous, ~]",
        (3, 19, "received '~', expected a branch: a body, or the name of a tensor"),
    ),
    item(
        "number as a branch",
        "- add: [previous, 3]",
        (3, 19, "received '3', expected a branch: a body, or the name of a tensor"),
    ),
    item(
        "empty list as a branch",
        "- add: [previous, []]",
        (3, 19, "received an empty list, expected the items of a branch"),
    ),
    item(
        "all of an unknown name",
        "- concat: [all y, previous]",
        (3, 12, "no item is called 'y': give the item that is meant a name"),
    ),
    item(
        "all of the input",
        "- concat: [all input]",
        (3, 12, "all input: input is one tensor; all stands before a repeated item's name"),
    ),
    item(
        "split that does not divide",
        "- {concat: [relu, relu], split: 2}",
        (3, 33, "split 2 does not divide the 3 channels ... a divisor of 3, or a list of sizes"),
    ),
    item(
        "split sizes that do not add up",
        "- {concat: [relu, relu], split: [1, 1]}",
        (3, 33, "split: the parts of the list [1, 1] add up to 2, not to the 3 channels arriving"),
    ),
    item(
        "more parts than branches",
        "- {concat: [relu], split: [1, 2]}",
        (3, 27, "split makes 2 parts, and the branches are 1: make one for each branch"),
    ),
    item(
        "more branches than parts",
        "- {concat: [relu, relu, relu], split: [1, 2]}",
        (3, 39, "split makes 2 parts, and there are more branches: make one for each branch"),
    ),
    item(
        "split of zero parts",
        "- {concat: [relu, relu], split: 0}",
        (3, 33, "concat split: received 0, expected a number ... parts, or the list of their sizes"),
    ),
    item(
        "split of sequential",
        "- {sequential: [relu], split: 3}",
        (3, 24, "unknown field 'split' of sequential: it has no fields of its own"),
    ),
    item(
        "only branch left is the input",
        "- add: [previous, {relu, when: false}]",
        (3, 3, "every item is left out: a network has at least one layer"),
    ),
    # residuals
    item(
        "body that changes channels",
        "- residual: [{conv: 8, kernel: 3}]",
        (3, 3, "residual: the body turns 3x32x32 into ... (a body), or none to add nothing"),
    ),
    item(
        "body that strides",
        "- residual: [{conv: 3, kernel: 3, stride: 2}]",
        (3, 3, "residual: the body turns 3x32x32 into ... (a body), or none to add nothing"),
    ),
    item(
        "shortcut of another shape",
        "- {residual: [{conv: 8, kernel: 3}], shortcut: {conv: 4, kernel: 1}}",
        (3, 48, "residual: add needs branches of equal shape ... channels and strides, or use concat"),
    ),
    item(
        "number as a shortcut",
        "- {residual: [{conv: 8, kernel: 3}], shortcut: 3}",
        (3, 48, "received '3', expected an item: a type ... its fields ({conv: 64, kernel: 3})"),
    ),
    item(
        "previous as a shortcut",
        "- {residual: [{conv: 8, kernel: 3}], shortcut: previous}",
        (3, 48, "'previous' names a tensor, and stands only as a branch of a join"),
    ),
    item(
        "shortcut left out",
        "- {residual: [{conv: 8, kernel: 3}], shortcut: [{conv: 8, kernel: 3, when: false}]}",
        (3, 48, "residual: every item of the shortcut is ... write shortcut: none to add nothing"),
    ),
    item("empty body", "- residual: []", (3, 13, "received an empty list, expected a list of items, or one item")),
    item("no body", "- residual:", (3, 3, "residual needs body (behind the colon: a list of items, or one item)")),
    item(
        "residual alone", "- residual", (3, 3, "residual needs body (behind the colon: a list of items, or one item)")
    ),
    # shapes
    item(
        "groups that do not divide what arrives",
        "- {conv: 8, kernel: 3, groups: 2}",
        (3, 32, "conv: groups 2 does not divide the 3 ... another number of channels before"),
    ),
    item(
        "groups that do not divide what leaves",
        "- {conv: 8, kernel: 3, groups: 3}",
        (3, 32, "conv: groups 3 does not divide the 8 output channels: take one of 1, 2, 4, 8"),
    ),
    item(
        "groups of groupnorm",
        "- {groupnorm: 2}",
        (3, 15, "groupnorm: groups 2 does not divide the 3 channels arriving: take a divisor of 3"),
    ),
    item(
        "groups of a shuffle",
        "- {channel_shuffle: 2}",
        (3, 21, "channel_shuffle: groups 2 does not divide ... arriving: take a divisor of 3"),
    ),
    item(
        "kernel larger than its input",
        "- {conv: 8, kernel: 64, padding: 0}",
        (3, 21, "conv: a kernel of 64 does not fit the input ... a smaller kernel, or more padding"),
    ),
    item(
        "dilated kernel larger than its input",
        "- {conv: 8, kernel: 3, dilation: 40, padding: 0}",
        (3, 21, "conv: a kernel of 3 with dilation 40 (it ... a smaller kernel, or more padding"),
    ),
    item(
        "pool larger than its input",
        "- {maxpool: 64}",
        (3, 13, "maxpool: a kernel of 64 does not fit the ... a smaller kernel, or more padding"),
    ),
    item(
        "linear on a map",
        "- {linear: 10}",
        (3, 3, "linear takes an input of C x 1 x 1, ... global_avgpool or flatten before it"),
    ),
    item(
        "slice beyond the channels", "- {slice: [0, 10]}", (3, 11, "slice: stop 10 is beyond the 3 channels arriving")
    ),
)

FILES = (
    # the file as a whole
    file(
        "empty file",
        """\
""",
        (1, 1, "the file is empty: an architecture needs input and layers"),
    ),
    file(
        "only a comment",
        """\
# nothing
""",
        (1, 1, "the file is empty: an architecture needs input and layers"),
    ),
    file(
        "only a document mark",
        """\
---
""",
        (2, 1, "received nothing, expected an architecture: keys input, layers and others"),
    ),
    file(
        "a text",
        """\
hello
""",
        (1, 1, "received 'hello', expected an architecture: keys input, layers and others"),
    ),
    file(
        "a list",
        """\
- relu
""",
        (1, 1, "received a list, expected an architecture: keys input, layers and others"),
    ),
    file(
        "two documents",
        """\
input: [3, 32, 32]
layers: [relu]
---
input: [3, 32, 32]
""",
        (3, 1, "a second document starts here: one file is one architecture, so keep one"),
    ),
    file(
        "text after the document",
        """\
input: [3, 32, 32]
layers: [relu]
...
relu
""",
        (4, 1, "this stands after the end of the document: take it out"),
    ),
    file(
        "tab that indents",
        """\
input: [3, 32, 32]
layers:
\t- relu
""",
        (3, 1, "a tab indents this line: YAML takes spaces only"),
    ),
    file(
        "tab in an empty line",
        """\
input: [3, 32, 32]
layers:
  - relu
\t
  - relu
""",
        (4, 1, "a tab indents this line: YAML takes spaces only"),
    ),
    file(
        "control character",
        """\
input: [3, 32, 32]
layers: [relu] # é\x07
""",
        (2, 19, "YAML does not allow the character \\x07: take it out"),
    ),
    file(
        "directive",
        """\
%YAML 1.1
---
%FOO
input: [3, 32, 32]
layers: [relu]
""",
        (3, 1, "a line that starts with % is a YAML directive: take it out"),
    ),
    file(
        "unknown directive",
        """\
%FOO
---
input: [3, 32, 32]
layers: [relu]
""",
        (1, 1, "a line that starts with % is a YAML directive: take it out"),
    ),
    file(
        "bracket that is never closed",
        """\
input: [3, 32, 32
layers: [relu]
""",
        (1, 8, "this [ is never closed: close it, or take it out"),
    ),
    file(
        "bracket that closes nothing",
        """\
input: [3, 32, 32]]
layers: [relu]
""",
        (1, 19, "this ] closes nothing: take it out"),
    ),
    file(
        "brace that is never closed",
        """\
input: [3, 32, 32]
layers:
  - {conv: 8, kernel: 3
  - relu
""",
        (3, 5, "this { is never closed: close it, or take it out"),
    ),
    file(
        "quote that is never closed",
        """\
name: "abc
input: [3, 32, 32]
layers: [relu]
""",
        (1, 7, 'this " is never closed: close it, or take it out'),
    ),
    file(
        "wrong indentation",
        """\
input: [3, 32, 32]
 layers: [relu]
""",
        (2, 2, "this line's indentation fits none above it: ... a mapping, and the dashes of a list"),
    ),
    file(
        "key without a colon",
        """\
input [3, 32, 32]
layers: [relu]
""",
        (1, 1, "a key without its colon: write key: value"),
    ),
    file(
        "key without a space after its colon",
        """\
input: [3, 32, 32]
layers:[relu]
""",
        (2, 1, "'layers:' lacks a space after its colon: write layers: [relu]"),
    ),
    file(
        "colon in a text",
        """\
name: Net: the net
input: [3, 32, 32]
layers: [relu]
""",
        (1, 10, "a second 'key: value' in one value: put ... or use { }; quote a text with ': '"),
    ),
    file(
        "nesting thousands deep",
        """\
input: [3, 32, 32]
layers:
"""
        + DEEP,
        (34, 67, "nested more than 64 deep: make blocks of the inner parts"),
    ),
    # keys of the file
    file(
        "no input",
        """\
layers: [relu]
""",
        (1, 1, "input is missing: [channels, height, width]; a 1-D signal has height 1"),
    ),
    file(
        "no layers",
        """\
input: [3, 32, 32]
""",
        (1, 1, "layers is missing: the network: a list of items"),
    ),
    file(
        "neither",
        """\
name: x
""",
        (1, 1, "input is missing: [channels, height, width]; a 1-D signal has height 1"),
        (1, 1, "layers is missing: the network: a list of items"),
    ),
    file(
        "near miss of layers",
        """\
input: [3, 32, 32]
layer: [relu]
""",
        (2, 1, "unknown key 'layer': did you mean 'layers'?"),
    ),
    file(
        "near miss of input",
        """\
inputs: [3, 32, 32]
layers: [relu]
""",
        (1, 1, "unknown key 'inputs': did you mean 'input'?"),
    ),
    file(
        "near miss of hyperparameters",
        """\
hyperparameter: {alpha: 1}
input: [3, 32, 32]
layers: [{conv: 8 * alpha, kernel: 3}]
""",
        (1, 1, "unknown key 'hyperparameter': did you mean 'hyperparameters'?"),
    ),
    file(
        "params for hyperparameters",
        """\
params: {alpha: 1}
input: [3, 32, 32]
layers: [{conv: 8 * alpha, kernel: 3}]
""",
        (1, 1, "unknown key 'params': did you mean 'hyperparameters'?"),
    ),
    file(
        "unknown key",
        """\
input: [3, 32, 32]
layers: [relu]
optimizer: adam
""",
        (3, 1, "unknown key 'optimizer': the keys of a file ... variants, published, budget"),
    ),
    file(
        "unknown key that may define what is used",
        """\
vars: {width: 8}
input: [3, 32, 32]
layers: [{conv: width, kernel: 3}]
""",
        (1, 1, "unknown key 'vars': the keys of a file are ... variants, published, budget"),
    ),
    file(
        "key twice",
        """\
input: [3, 32, 32]
layers: [relu]
input: [3, 64, 64]
""",
        (3, 1, "the key 'input' stands twice; the first is in line 1: keep one"),
    ),
    file(
        "unknown version of the language",
        """\
format: 2
input: [3, 32, 32]
layers: [relu]
""",
        (1, 9, "format: received '2', expected 1, the only version of the language so far"),
    ),
    file(
        "list for a name",
        """\
name: [a]
input: [3, 32, 32]
layers: [relu]
""",
        (1, 7, "received a list, expected text for name"),
    ),
    file(
        "nothing for the name of the file",
        """\
name:
input: [3, 32, 32]
layers: [relu]
""",
        (1, 6, "received nothing, expected text for name"),
    ),
    file(
        "alias for all layers",
        """\
input: [3, 32, 32]
layers: *all
""",
        (2, 9, "the alias *all: aliases are not used here. ... it in let, or make a block of it"),
    ),
    file(
        "alias bomb",
        """\
let:
  a: &a [1, 1]
  b: [*a, *a]
input: [3, 32, 32]
layers: [relu]
""",
        (2, 6, "the anchor &a: anchors are not used here. ... value in let, or make a block of it"),
        (3, 7, "the alias *a: aliases are not used here. ... it in let, or make a block of it"),
        (3, 11, "the alias *a: aliases are not used here. ... it in let, or make a block of it"),
    ),
    file(
        "tag that would run code",
        """\
input: [3, 32, 32]
layers: !!python/object/apply:os.system [relu]
""",
        (2, 9, "the tag !!python/object/apply:os.system: ... it out; negation is written not"),
    ),
    file(
        "merge key with an alias",
        """\
input: [3, 32, 32]
layers:
  - {<<: *base, kernel: 3}
""",
        (3, 6, "the merge key << is not used here: use defaults, or make a block"),
        (3, 10, "the alias *base: aliases are not used here. ... it in let, or make a block of it"),
    ),
    # input
    file(
        "two sizes",
        """\
input: [32, 32]
layers: [relu]
""",
        (1, 8, "input: received a list of 2, expected ... width]; a 1-D signal has height 1"),
    ),
    file(
        "one number",
        """\
input: 224
layers: [relu]
""",
        (1, 8, "input: received '224', expected [channels, height, width]; a 1-D signal has height 1"),
    ),
    file(
        "sizes with an x",
        """\
input: 3x32x32
layers: [relu]
""",
        (1, 8, "input: received '3x32x32', expected ... width]; a 1-D signal has height 1"),
    ),
    file(
        "zero height",
        """\
input: [3, 0, 32]
layers: [relu]
""",
        (1, 12, "input height: received 0, expected a whole number of at least 1"),
    ),
    file(
        "negative width",
        """\
input: [3, 32, -1]
layers: [relu]
""",
        (1, 16, "input width: received -1, expected a whole number of at least 1"),
    ),
    file(
        "fractional height",
        """\
input: [3, 32.5, 32]
layers: [relu]
""",
        (1, 12, "input height: received 32.5, expected a ... ceil, floor or make_divisible"),
    ),
    file(
        "unknown name in the input",
        """\
input: [3, resolution, 32]
layers: [relu]
""",
        (1, 12, "unknown name 'resolution': no name has a value here"),
    ),
    file(
        "word in the input",
        """\
input: [same, 32, 32]
layers: [relu]
""",
        (1, 9, "input channels: received the word same, expected a whole number of at least 1"),
    ),
    file(
        "input beyond counting",
        """\
input: [1000000000, 1000000000, 1000000000]
layers: [relu]
""",
        (2, 10, "relu: an output of 1000000000x1000000000x1000000000 is beyond what this tool counts"),
    ),
    # hyperparameters and let
    file(
        "list of hyperparameters",
        """\
hyperparameters: [alpha]
input: [3, 32, 32]
layers: [{conv: 8 * alpha, kernel: 3}]
""",
        (1, 18, "received a list, expected a mapping of names to default values"),
    ),
    file(
        "expression for a hyperparameter",
        """\
hyperparameters: {alpha: 1 + 1}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 26, "received '1 + 1', expected a literal: a ... or a list of these; compute in let"),
    ),
    file(
        "unknown word for a hyperparameter",
        """\
hyperparameters: {act: swish}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 24, "unknown word 'swish': did you mean 'silu'?"),
    ),
    file(
        "text for a hyperparameter",
        """\
hyperparameters: {act: fast}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 24, "unknown word 'fast': a literal is a number, ... of the language, or a list of these"),
    ),
    file(
        "no for a hyperparameter",
        """\
hyperparameters: {wide: no}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 25, "no is not a value here: write false"),
    ),
    file(
        "mapping for a hyperparameter",
        """\
hyperparameters: {alpha: {a: 1}}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 26, "received a mapping, expected a value: a ... an expression or a list of these"),
    ),
    file(
        "nothing for a hyperparameter",
        """\
hyperparameters: {alpha: }
input: [3, 32, 32]
layers: [{conv: 8 * alpha, kernel: 3}]
""",
        (1, 26, "received nothing, expected a value: a number, a word or an expression"),
    ),
    file(
        "hyperparameter without its colon",
        """\
hyperparameters: {alpha 1.0}
input: [3, 32, 32]
layers: [{conv: 8 * alpha, kernel: 3}]
""",
        (1, 19, "'alpha 1.0' lacks its colon: write alpha: 1.0"),
    ),
    file(
        "hyperparameter twice",
        """\
hyperparameters:
  alpha: 1
  alpha: 2
input: [3, 32, 32]
layers: [relu]
""",
        (3, 3, "the key 'alpha' stands twice; the first is in line 2: keep one"),
    ),
    file(
        "hyperparameters that cannot be named so",
        """\
hyperparameters: {relu: 1, int: 2, in_channels: 3, 2a: 4, a-b: 5, é: 6}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 19, "'relu' cannot be a name: relu is a word of the language"),
        (1, 28, "'int' cannot be a name: int is a function of the language"),
        (1, 36, "'in_channels' cannot be a name: in_channels is reserved by the language"),
        (1, 52, "'2a' cannot be a name: names are letters, digits and _, and start with no digit"),
        (1, 59, "'a-b' cannot be a name: names are letters, digits and _, and start with no digit"),
        (1, 67, "'é' cannot be a name: names are letters, digits and _, and start with no digit"),
    ),
    file(
        "let that hides a hyperparameter",
        """\
hyperparameters: {alpha: 1}
let: {alpha: 2}
input: [3, 32, 32]
layers: [relu]
""",
        (2, 7, "'alpha' cannot be a name: the name is taken in line 1, and no name hides another"),
    ),
    file(
        "let that uses a later one and itself",
        """\
let:
  a: b + 1
  b: 2
  c: c
input: [3, 32, 32]
layers: [relu]
""",
        (2, 6, "'b' has no value yet: names get theirs in order, so define it above"),
        (4, 6, "'c' has no value yet: names get theirs in order, so define it above"),
    ),
    file(
        "in_channels in the file's let",
        """\
let: {a: in_channels}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 10, "in_channels does not exist here: it is the ... arriving at an item, or at a block"),
    ),
    file(
        "division by zero in let",
        """\
let: {a: 1 / 0, b: a + 1}
input: [3, 32, 32]
layers: [{conv: b, kernel: 3}]
""",
        (1, 10, "division by zero: 1 / 0"),
    ),
    file(
        "list of lists",
        """\
let: {a: [1, 2], b: [a, a]}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 21, "a list holds numbers and words, no lists: received the list [1, 2]"),
    ),
    file(
        "element beyond a list",
        """\
let: {a: [1, 2]}
input: [3, 32, 32]
layers:
  - {conv: "a[2]", kernel: 3}
""",
        (4, 12, "conv out_channels: a has elements 0 to 1, received [2]"),
    ),
    file(
        "element of a number",
        """\
let: {a: 3}
input: [3, 32, 32]
layers:
  - {conv: "a[0]", kernel: 3}
""",
        (4, 12, "conv out_channels: a is 3, not a list: only a list has elements"),
    ),
    file(
        "list where a number is meant",
        """\
hyperparameters: {widths: [8, 16]}
input: [3, 32, 32]
layers:
  - {conv: widths, kernel: 3}
""",
        (4, 12, "conv out_channels: received the list [8, 16], expected a whole number of at least 1"),
    ),
    file(
        "list of 257 values",
        """\
let: {a: ["""
        + ONES
        + """]}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 10, "a list of 257 values; at most 256"),
    ),
    # defaults
    file(
        "wrong value in defaults",
        """\
defaults: {conv: {kernel: 0}}
input: [3, 32, 32]
layers: [{conv: 8}, {conv: 8}]
""",
        (1, 27, "conv kernel: received 0, expected a whole number of at least 1, or [height, width]"),
    ),
    file(
        "wrong computed value in defaults",
        """\
defaults:
  conv: {groups: in_channels - 3, kernel: 3}
input: [3, 32, 32]
layers: [{conv: 3}, {conv: 3}]
""",
        (2, 18, "conv groups: received 0, expected a whole number of at least 1"),
    ),
    file(
        "near miss in defaults",
        """\
defaults: {conv: {kernle: 3}}
input: [3, 32, 32]
layers: [{conv: 8}]
""",
        (1, 19, "unknown field 'kernle' of conv: did you mean 'kernel'?"),
    ),
    file(
        "another framework's type in defaults",
        """\
defaults: {Conv2d: {kernel: 3}}
input: [3, 32, 32]
layers: [{conv: 8}]
""",
        (1, 12, "unknown type 'Conv2d': did you mean 'conv'?"),
    ),
    file(
        "unknown type in defaults",
        """\
defaults: {warp: {kernel: 3}}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 12, "unknown type 'warp': defaults are for built-in types"),
    ),
    file(
        "main field in defaults",
        """\
defaults: {conv: {filters: 8}}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 19, "conv takes its out_channels from every item: it has no default"),
    ),
    file(
        "common key in defaults",
        """\
defaults: {conv: {name: x}}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 19, "'name' is no field of conv: defaults give fields only"),
    ),
    file(
        "body in defaults",
        """\
defaults: {residual: {shortcut: none}}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 23, "shortcut of residual is a body: it has no default"),
    ),
    file(
        "block in defaults",
        """\
defaults: {unit: {stride: 2}}
blocks:
  unit: {layers: relu}
input: [3, 32, 32]
layers: [unit]
""",
        (1, 12, "'unit' is a block: give its arguments defaults where it is defined"),
    ),
    file(
        "number for a type's defaults",
        """\
defaults: {conv: 3}
input: [3, 32, 32]
layers: [{conv: 8}]
""",
        (1, 18, "received '3', expected a mapping of fields of conv to values"),
    ),
    # blocks
    file(
        "names that blocks cannot have",
        """\
blocks:
  conv: {layers: relu}
  kernel: {layers: relu}
  when: {layers: relu}
  previous: {layers: relu}
  2x: {layers: relu}
  same: {layers: relu}
input: [3, 32, 32]
layers: [relu]
""",
        (2, 3, "a block cannot be called 'conv': it is a built-in type"),
        (3, 3, "a block cannot be called 'kernel': it is a field of a built-in type"),
        (4, 3, "a block cannot be called 'when': it is a key that every item may have"),
        (5, 3, "a block cannot be called 'previous': it is reserved"),
        (6, 3, "a block cannot be called '2x': names start ... or _, then letters, digits, _ . -"),
        (7, 3, "a block cannot be called 'same': it is a word of the language"),
    ),
    file(
        "recursive blocks",
        """\
blocks:
  a: {layers: [b]}
  b: {layers: [c]}
  c: {layers: [a]}
  d: {layers: [d]}
input: [3, 32, 32]
layers: [a]
""",
        (4, 16, "the block a uses itself: a -> b -> c -> a; blocks are not recursive"),
        (5, 16, "the block d uses itself: d -> d; blocks are not recursive"),
    ),
    file(
        "blocks that are none",
        """\
blocks:
  a: [relu]
  b: {}
  c:
input: [3, 32, 32]
layers: [a, b, c]
""",
        (2, 6, "received a list, expected a block: arguments, let, layers"),
        (3, 3, "block b has no layers: list what it is made of"),
        (4, 5, "received nothing, expected a block: arguments, let, layers"),
    ),
    file(
        "near miss of a block's layers",
        """\
blocks:
  a: {layer: [relu]}
input: [3, 32, 32]
layers: [a]
""",
        (2, 7, "unknown key 'layer' of block a: did you mean 'layers'?"),
    ),
    file(
        "near miss of a block's arguments",
        """\
blocks:
  a: {argument: {width: required}, layers: [{conv: width, kernel: 3}]}
input: [3, 32, 32]
layers: [{a: 8}]
""",
        (2, 7, "unknown key 'argument' of block a: did you mean 'arguments'?"),
    ),
    file(
        "unknown key of a block",
        """\
blocks:
  a: {layers: [relu], color: red}
input: [3, 32, 32]
layers: [a]
""",
        (2, 23, "unknown key 'color' of block a: the keys of a block are arguments, let, layers"),
    ),
    file(
        "list of arguments",
        """\
blocks:
  a: {arguments: [width], layers: [{conv: width, kernel: 3}]}
input: [3, 32, 32]
layers: [{a: 8}]
""",
        (2, 18, "received a list, expected a mapping of arguments to defaults, or required"),
    ),
    file(
        "arguments that cannot be named so",
        """\
blocks:
  a: {arguments: {conv: 1, when: 2, relu: 3}, layers: [relu]}
input: [3, 32, 32]
layers: [a]
""",
        (2, 19, "'conv' cannot be an argument: it is a type"),
        (2, 28, "'when' cannot be an argument: it is a key that every item may have"),
        (2, 37, "'relu' cannot be an argument: it is a type"),
    ),
    file(
        "argument that hides a hyperparameter",
        """\
hyperparameters: {alpha: 1}
blocks:
  a: {arguments: {alpha: 1}, layers: [relu]}
input: [3, 32, 32]
layers: [a]
""",
        (3, 19, "'alpha' cannot be a name: the name is taken in line 1, and no name hides another"),
    ),
    file(
        "let of a block that hides an argument",
        """\
blocks:
  a: {arguments: {w: 1}, let: {w: 2}, layers: [relu]}
input: [3, 32, 32]
layers: [a]
""",
        (2, 32, "'w' cannot be a name: the name is taken in line 2, and no name hides another"),
    ),
    file(
        "uses of a block",
        """\
blocks:
  unit:
    arguments: {width: required, stride: 1}
    layers: [{conv: width, kernel: 3, stride: stride}]
  plain: {layers: [relu]}
  two: {arguments: {a: required, b: required}, layers: [relu]}
input: [3, 32, 32]
layers:
  - unit
  - {unit: }
  - {unit: 8, strid: 2}
  - {unit: 8, colour: 2}
  - {unit: 8, width: 2}
  - {plain: 3}
  - {two: 3}
  - {unit: 8, stride: late}
""",
        (9, 5, "unit needs width (behind the colon)"),
        (10, 6, "unit needs width (behind the colon)"),
        (11, 15, "unknown argument 'strid' of unit: did you mean 'stride'?"),
        (12, 15, "unknown argument 'colour' of unit: its arguments are stride"),
        (13, 15, "width of unit stands behind the colon: unit: ..."),
        (14, 13, "plain takes no value behind its colon (it ... write {plain, when: ...}"),
        (15, 6, "two needs b"),
        (16, 23, "unknown name 'late': the names here are in_channels"),
    ),
    file(
        "tensor as an argument",
        """\
blocks:
  unit: {arguments: {width: required}, layers: [{conv: width, kernel: 3}]}
input: [3, 32, 32]
layers:
  - {relu, name: stem}
  - {unit: stem}
""",
        (6, 12, "'stem' is a tensor: an argument is a value, tensors are joined with from or a join"),
    ),
    file(
        "wrong argument, reported in the block with its use",
        """\
blocks:
  unit:
    arguments: {width: required}
    layers:
      - {conv: width, kernel: 3}
input: [3, 32, 32]
layers:
  - {unit: relu}
""",
        (5, 16, "conv out_channels: received the word relu, ... at least 1 (used by unit in line 8)"),
    ),
    file(
        "fault in a block used twice",
        """\
blocks:
  inner:
    layers:
      - {conv: 8, kernel: 3, groups: 5}
  outer: {layers: [inner]}
input: [3, 32, 32]
layers:
  - {outer, repeat: 16}
  - outer
""",
        (4, 38, "conv: groups 5 does not divide the 3 ... in line 5, used by outer in line 8)"),
    ),
    file(
        "division by zero in a block's let",
        """\
blocks:
  unit:
    let: {width: 1 / (in_channels - 3)}
    layers: [{conv: width, kernel: 3}]
input: [3, 32, 32]
layers: [unit]
""",
        (3, 18, "width: division by zero: 1 / 0 (used by unit in line 6)"),
    ),
    file(
        "caller's name inside a block",
        """\
blocks:
  inner: {layers: [{conv: width, kernel: 3}]}
  outer: {arguments: {width: required}, layers: [inner]}
input: [3, 32, 32]
layers: [{outer: 8}]
""",
        (2, 27, "unknown name 'width': the names here are in_channels"),
    ),
    file(
        "a block's tensor outside of it",
        """\
blocks:
  unit: {layers: [{relu, name: inner}]}
input: [3, 32, 32]
layers:
  - unit
  - {relu, from: inner}
""",
        (6, 18, "no item is called 'inner': give the item that is meant a name"),
    ),
    file(
        "exponential blocks",
        """\
blocks:
  b0: {layers: relu}
"""
        + DOUBLED
        + """\
input: [3, 32, 32]
layers: [b40]
""",
        (44, 10, "the network would have at least ... raise the bound with --max-layers"),
    ),
    file(
        "blocks nested too deep",
        """\
blocks:
  b0: {layers: relu}
"""
        + CHAIN
        + """\
input: [3, 32, 32]
layers: [b70]
""",
        (62, 17, "bodies and blocks nested more than 60 deep"),
    ),
    # outputs
    file(
        "unknown output",
        """\
input: [3, 32, 32]
layers: [{relu, name: head}]
outputs: [haed]
""",
        (3, 11, "no item is called 'haed': did you mean 'head'?"),
    ),
    file(
        "output twice",
        """\
input: [3, 32, 32]
layers: [{relu, name: head}]
outputs: [head, head]
""",
        (3, 17, "the output 'head' stands twice: keep one"),
    ),
    file(
        "mapping of outputs",
        """\
input: [3, 32, 32]
layers: [relu]
outputs: {a: 1}
""",
        (3, 10, "outputs: received a mapping, expected a list of names of items"),
    ),
    file(
        "no outputs",
        """\
input: [3, 32, 32]
layers: [relu]
outputs: []
""",
        (3, 10, "outputs: received an empty list, expected a list of names of items"),
    ),
    file(
        "number as an output",
        """\
input: [3, 32, 32]
layers: [relu]
outputs: [3]
""",
        (3, 11, "outputs: received '3', expected the name of an item"),
    ),
    file(
        "output that was left out",
        """\
input: [3, 32, 32]
layers:
  - {relu, name: a, when: false}
  - relu
outputs: [a]
""",
        (5, 11, "'a' was left out here: its item has when: false or repeat: 0"),
    ),
    file(
        "last item is no output",
        """\
input: [3, 32, 32]
layers:
  - {relu, name: a}
  - relu
outputs: [a]
""",
        (4, 5, "nothing uses relu2: join it, name it in outputs, or take it out"),
    ),
    # variants and published figures
    file(
        "variants",
        """\
hyperparameters: {alpha: 1, depths: [1, 2], act: relu, flag: true}
input: [3, 32, 32]
layers: [relu]
variants:
  a: {alfa: 2}
  b:
  c: [1]
  d: {alpha: x}
  e: {alpha: true}
  f: {depths: 3}
  g: {act: 1}
  h: {flag: 1}
  i: {alpha: 1 + 1}
  "j k": {}
  "l:m": {}
""",
        (5, 7, "unknown hyperparameter 'alfa': there are alpha, depths, act, flag"),
        (6, 5, "variant b is empty: write {} for the defaults"),
        (7, 6, "received a list, expected a mapping of hyperparameters to values"),
        (8, 14, "unknown word 'x': a literal is a number, ... of the language, or a list of these"),
        (9, 14, "alpha: received true, expected a number, as its default 1"),
        (10, 15, "depths: received 3, expected a list, as its default the list [1, 2]"),
        (11, 12, "act: received 1, expected a word, as its default relu"),
        (12, 13, "flag: received 1, expected true or false, as its default true"),
        (13, 14, "received '1 + 1', expected a literal: a ... or a list of these; compute in let"),
        (14, 3, "variant: received 'j k', expected a name of letters, digits, _ . + -, at most 100"),
        (15, 3, "variant: received 'l:m', expected a name of letters, digits, _ . + -, at most 100"),
    ),
    file(
        "variant twice",
        """\
hyperparameters: {alpha: 1}
input: [3, 32, 32]
layers: [relu]
variants:
  a: {alpha: 2}
  a: {alpha: 3}
""",
        (6, 3, "the key 'a' stands twice; the first is in line 5: keep one"),
    ),
    file(
        "published figures",
        """\
hyperparameters: {alpha: 1}
input: [3, 32, 32]
layers: [relu]
variants: {b0: {}}
published:
  - {params: 4.2X, source: Table 4}
  - {params: 4.2M}
  - {source: Table 4}
  - {params: 4.2M, source: Table 4, form: dense}
  - {params: 4.2M, source: Table 4, variant: b1}
  - {params: 4.2M, source: Table 4, set: {beta: 1}}
  - {params: 4.2M, source: Table 4, differs: {macs: a reason}}
  - {params: 4.2M, source: Table 4, differs: {parms: a reason}}
  - {params: 4.2M, source: Table 4, top1: 101}
  - {params: 4.2M, source: Table 4, top6: 1}
  - {params: 4,2M, source: Table 4}
  - 4.2M
""",
        (6, 14, "params: received '4.2X', expected a count ... 0.39B or 4231976 (K, M, G; B is G)"),
        (7, 5, "this row has no source: name the table it stands in"),
        (8, 5, "this row has no figure: give params, macs, flops, top1 or top5"),
        (9, 43, "unknown form 'dense': the forms are as_written, standard, separable"),
        (10, 46, "unknown variant 'b1': there are b0"),
        (11, 43, "unknown hyperparameter 'beta': there are alpha"),
        (12, 47, "differs explains macs, but this row prints no macs"),
        (13, 47, "differs: received 'parms', expected one of params, macs, flops"),
        (14, 43, "top1: received '101', expected per cent from 0 to 100"),
        (15, 37, "unknown key 'top6' in published: did you mean 'top5'?"),
        (16, 16, "this looks like the rest of a value that ... or write the item in block style"),
        (17, 5, "received '4.2M', expected a row: {params: 4.2M, macs: 569M, source: Table 4}"),
    ),
    file(
        "mapping of published figures",
        """\
input: [3, 32, 32]
layers: [relu]
published: {params: 4.2M, source: x}
""",
        (3, 12, "published: received a mapping, expected a list, each entry one row of one source"),
    ),
    file(
        "budget",
        """\
input: [3, 32, 32]
layers: [relu]
budget: {params: 5M, parms: 3}
""",
        (3, 22, "unknown metric 'parms': did you mean 'params'?"),
    ),
    file(
        "number as a budget",
        """\
input: [3, 32, 32]
layers: [relu]
budget: 3
""",
        (3, 9, "budget: received '3', expected a mapping of ... entries: {metric: macs, max: 600M}"),
    ),
    # several at once
    file(
        "problems of every kind, in the order of the file",
        """\
name: [a]
hyperparameters: {alpha: no}
input: [3, 32, 32]
defaults: {conv: {strid: 2}}
layers:
  - {conv: 8.5, kernel: 3}
  - {Conv2d: 8}
  - {conv: 8, kernel: 3, groups: 3}
  - {relu, from: stem}
outputs: []
""",
        (1, 7, "received a list, expected text for name"),
        (2, 26, "no is not a value here: write false"),
        (4, 19, "unknown field 'strid' of conv: did you mean 'stride'?"),
        (6, 12, "conv out_channels: received 8.5, expected a ... ceil, floor or make_divisible"),
        (7, 6, "unknown type 'Conv2d': did you mean 'conv'?"),
        (9, 18, "no item is called 'stem': give the item that is meant a name"),
        (10, 10, "outputs: received an empty list, expected a list of names of items"),
    ),
    file(
        "a problem of the text does not hide one of the shapes",
        """\
input: [3, 32, 32]
layers:
  - {conv: 8, kernel: 3}
  - {conv: 8, kernel: 3, colour: red}
  - {conv: 16, kernel: 1, from: input}
  - {conv: 16, kernel: 3, groups: 3}
""",
        (4, 26, "unknown field 'colour' of conv: its fields ... bias, norm, activation, convert"),
        (6, 35, "conv: groups 3 does not divide the 16 ... another number of channels before"),
    ),
    file(
        "an unknown input does not hide the rest",
        """\
input: [3, tall, 32]
layers:
  - {conv: 8, kernel: 3}
  - {conv: 8, kernel: 3, groups: 3}
""",
        (1, 12, "unknown name 'tall': no name has a value here"),
        (4, 34, "conv: groups 3 does not divide the 8 ... another number of channels before"),
    ),
    file(
        "what a wrong item leaves unknown is not guessed at",
        """\
input: [3, 32, 32]
layers:
  - {Conv2d: 64, name: stem}
  - {dwconv: 3, from: stem}
  - {conv: 64, kernel: 3, groups: 64}
  - {linear: 10}
""",
        (3, 6, "unknown type 'Conv2d': did you mean 'conv'?"),
    ),
    file(
        "before a syntax error",
        """\
input: [3, 32, 32]
layers:
  - {conv: 8, kernel: 3, strid: 2}
  - {unit: 3}
  - {conv: 8, kernel: [3, 3}
""",
        (3, 26, "unknown field 'strid' of conv: did you mean 'stride'?"),
        (5, 28, "a comma or the closing bracket is missing ... that starts in line 5, column 23"),
    ),
    file(
        "two lines cut off",
        """\
input: [3, 32, 32]
layers:
  - {conv: max(8, 16), kernel: 3}
  - {conv: int(8.5, kernel: 3}
""",
        (3, 12, "this max(...) was cut off. Inside { } or [ ... or write the item in block style"),
        (4, 15, "this ( is never closed. Inside { } or [ ] ... or write the item in block style"),
    ),
)

CASES = ITEMS + FILES


def load(text: str) -> Architecture:
    return load_source(Source(text, "net.yaml", False, None), {})


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        elaborate(load(text))
    except InputError as error:
        return error.problems
    return ()


def holds(message: str, expected: str) -> bool:
    """Return whether the message is the expected one, with any words where ` ... ` stands."""
    head, gap, tail = expected.partition(" ... ")
    return message.startswith(head) and message.endswith(tail) if gap else message == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_wrong(case: Case) -> None:
    found = problems_of(case.text)
    assert [p[:2] for p in found] == [p[:2] for p in case.problems], found
    for problem, (_, _, expected) in zip(found, case.problems, strict=True):
        assert holds(problem.message, expected), problem.message


@pytest.mark.parametrize("case", [case for case in CASES if case.text], ids=lambda case: case.id)
def test_a_report_shows_the_place(case: Case) -> None:
    """Every problem is one line with path, line and column, then its source line and a caret, and nothing else."""
    with pytest.raises(InputError) as caught:
        elaborate(load(case.text))
    lines = str(caught.value).split("\n")
    assert len(lines) == 3 * len(case.problems)
    for at, (line, column, _) in enumerate(case.problems):
        said, source, caret = lines[3 * at : 3 * at + 3]
        assert said.startswith(f"net.yaml:{line}:{column}: error: ")
        assert source.startswith(f"{line:>6} | ")
        assert set(caret[9:]) <= {" ", "^"}
        assert caret.endswith("^")
        assert caret.index("^") <= len(source)
        assert len(said) < 500


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


def test_many_problems_are_cut_short_and_counted() -> None:
    rows = "".join(f"  - {{conv: 8, kernel: 3, colour{n}: 1}}\n" for n in range(300))
    with pytest.raises(InputError) as caught:
        load(f"input: [3, 32, 32]\nlayers:\n{rows}")
    lines = str(caught.value).split("\n")
    assert len(lines) == 3 * 200 + 1
    assert lines[-1] == "... and 100 more problems"


def test_a_long_line_is_shown_around_the_fault() -> None:
    text = f"input: [3, 32, 32]\nlayers: [{'relu, ' * 1000}rleu{', relu' * 1000}]\n"
    with pytest.raises(InputError) as caught:
        load(text)
    said, source, caret = str(caught.value).split("\n")
    assert said == "net.yaml:2:6010: error: unknown type 'rleu': did you mean 'relu'?"
    assert len(source) < 140
    assert source[caret.index("^") :].startswith("rleu, relu")


def test_the_tables_are_whole() -> None:
    assert len(ITEMS) >= 200
    assert len(FILES) >= 90
    assert len(RIGHT) >= 60
    names = [case.id for case in CASES] + [row[0] for row in RIGHT]
    assert len(set(names)) == len(names)
