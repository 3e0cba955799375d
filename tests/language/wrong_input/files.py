"""The file as a whole, its keys, and several problems at once."""

from tests.language.wrong_input.case import DEEP, Case, file

CASES: tuple[Case, ...] = (
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
        (2, 1, "received nothing, expected an architecture: a mapping with input and layers"),
    ),
    file(
        "a text",
        """\
hello
""",
        (1, 1, "received 'hello', expected an architecture: a mapping with input and layers"),
    ),
    file(
        "a list",
        """\
- relu
""",
        (1, 1, "received a list, expected an architecture: a mapping with input and layers"),
    ),
    file(
        "two documents",
        """\
input: [3, 32, 32]
layers: [relu]
---
input: [3, 32, 32]
""",
        (3, 1, "a second document starts here: a file holds one architecture"),
    ),
    file(
        "text after the document",
        """\
input: [3, 32, 32]
layers: [relu]
...
relu
""",
        (4, 1, "this follows the end of the document: remove it"),
    ),
    file(
        "tab that indents",
        """\
input: [3, 32, 32]
layers:
\t- relu
""",
        (3, 1, "this line is indented with a tab: YAML allows spaces only"),
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
        (4, 1, "this line is indented with a tab: YAML allows spaces only"),
    ),
    file(
        "control character",
        """\
input: [3, 32, 32]
layers: [relu] # é\x07
""",
        (2, 19, "YAML does not allow the character \\x07: remove it"),
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
        (3, 1, "a line that starts with % is a YAML directive: remove it"),
    ),
    file(
        "unknown directive",
        """\
%FOO
---
input: [3, 32, 32]
layers: [relu]
""",
        (1, 1, "a line that starts with % is a YAML directive: remove it"),
    ),
    file(
        "bracket that is never closed",
        """\
input: [3, 32, 32
layers: [relu]
""",
        (1, 8, "this [ is never closed: close it, or remove it"),
    ),
    file(
        "bracket that closes nothing",
        """\
input: [3, 32, 32]]
layers: [relu]
""",
        (1, 19, "this ] closes nothing: remove it"),
    ),
    file(
        "brace that is never closed",
        """\
input: [3, 32, 32]
layers:
  - {conv: 8, kernel: 3
  - relu
""",
        (3, 5, "this { is never closed: close it, or remove it"),
    ),
    file(
        "quote that is never closed",
        """\
name: "abc
input: [3, 32, 32]
layers: [relu]
""",
        (1, 7, 'this " is never closed: close it, or remove it'),
    ),
    file(
        "wrong indentation",
        """\
input: [3, 32, 32]
 layers: [relu]
""",
        (
            2,
            2,
            "this line's indentation matches no line above it: align the keys of a mapping, and the dashes of a list",
        ),
    ),
    file(
        "key without a colon",
        """\
input [3, 32, 32]
layers: [relu]
""",
        (1, 1, "missing colon after the key: write key: value"),
    ),
    file(
        "key without a space after its colon",
        """\
input: [3, 32, 32]
layers:[relu]
""",
        (2, 1, "'layers:' needs a space after its colon: write layers: [relu]"),
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
        (34, 67, "nested more than 64 levels deep: make blocks of the inner parts"),
    ),
    # keys of the file
    file(
        "no input",
        """\
layers: [relu]
""",
        (1, 1, "missing key 'input': [channels, height, width], or other sides: [channels, length]"),
    ),
    file(
        "no layers",
        """\
input: [3, 32, 32]
""",
        (1, 1, "missing key 'layers': the network: a list of items"),
    ),
    file(
        "neither",
        """\
name: x
""",
        (1, 1, "missing key 'input': [channels, height, width], or other sides: [channels, length]"),
        (1, 1, "missing key 'layers': the network: a list of items"),
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
        (3, 1, "unknown key 'optimizer': the keys of a file ... variants, search, published, budget"),
    ),
    file(
        "unknown key that may define what is used",
        """\
vars: {width: 8}
input: [3, 32, 32]
layers: [{conv: width, kernel: 3}]
""",
        (1, 1, "unknown key 'vars': the keys of a file are ... variants, search, published, budget"),
    ),
    file(
        "key twice",
        """\
input: [3, 32, 32]
layers: [relu]
input: [3, 64, 64]
""",
        (3, 1, "duplicate key 'input' (first on line 1): remove one"),
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
        (2, 9, "aliases (*all) are not supported: write the value out, name it in let, or make it a block"),
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
        (2, 6, "anchors (&a) are not supported: name the value in let, or make it a block"),
        (3, 7, "aliases (*a) are not supported: write the value out, name it in let, or make it a block"),
        (3, 11, "aliases (*a) are not supported: write the value out, name it in let, or make it a block"),
    ),
    file(
        "tag that would run code",
        """\
input: [3, 32, 32]
layers: !!python/object/apply:os.system [relu]
""",
        (2, 9, "tags (!!python/object/apply:os.system) are not supported: remove it; for negation write not"),
    ),
    file(
        "merge key with an alias",
        """\
input: [3, 32, 32]
layers:
  - {<<: *base, kernel: 3}
""",
        (3, 6, "merge keys (<<) are not supported: use defaults or a block"),
        (3, 10, "aliases (*base) are not supported: write the value out, name it in let, or make it a block"),
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
        (9, 18, "no item named 'stem': give the intended item this name"),
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
        (4, 26, "unknown field 'colour' of conv: its fields ... bias, norm, activation, convert, separable"),
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
        (1, 12, "unknown name 'tall': no names are defined here"),
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
        (5, 28, "missing comma or closing bracket before ... that starts at line 5, column 23"),
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
