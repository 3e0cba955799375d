"""The sections of a file: input, hyperparameters, let, defaults, outputs, variants and published figures."""

from tests.language.wrong_input.case import ONES, Case, file

CASES: tuple[Case, ...] = (
    # input
    file(
        "five sizes",
        """\
input: [3, 8, 32, 32, 32]
layers: [relu]
""",
        (1, 8, "input: received a list of 5, expected ... width], or other sides: [channels, length]"),
    ),
    file(
        "one number",
        """\
input: 224
layers: [relu]
""",
        (1, 8, "input: received '224', expected [channels, height, width], or other sides: [channels, length]"),
    ),
    file(
        "sizes with an x",
        """\
input: 3x32x32
layers: [relu]
""",
        (1, 8, "input: received '3x32x32', expected ... width], or other sides: [channels, length]"),
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
        (1, 12, "unknown name 'resolution': no names are defined here"),
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
        (
            1,
            26,
            "received '1 + 1', expected a literal: a number, a word, true, false or a list of these; compute values in let",
        ),
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
        (1, 26, "received a mapping, expected a value: a number, a word or an expression, or a list of these"),
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
        (1, 19, "'alpha 1.0' needs a colon: write alpha: 1.0"),
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
        (3, 3, "duplicate key 'alpha' (first on line 2): remove one"),
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
        (1, 52, "'2a' cannot be a name: names consist of letters, digits and _, and do not start with a digit"),
        (1, 59, "'a-b' cannot be a name: names consist of letters, digits and _, and do not start with a digit"),
        (1, 67, "'é' cannot be a name: names consist of letters, digits and _, and do not start with a digit"),
    ),
    file(
        "let that hides a hyperparameter",
        """\
hyperparameters: {alpha: 1}
let: {alpha: 2}
input: [3, 32, 32]
layers: [relu]
""",
        (2, 7, "'alpha' cannot be a name: it is defined on line 1 already"),
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
        (2, 6, "'b' is used before it is defined: define it above"),
        (4, 6, "'c' is used before it is defined: define it above"),
    ),
    file(
        "in_channels in the file's let",
        """\
let: {a: in_channels}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 10, "in_channels is not defined here: it is the channels that arrive at an item or a block"),
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
        (1, 21, "a list holds numbers and words, not lists: received the list [1, 2]"),
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
        (1, 10, "a list of 257 values: the maximum is 256"),
    ),
    # defaults
    file(
        "wrong value in defaults",
        """\
defaults: {conv: {kernel: 0}}
input: [3, 32, 32]
layers: [{conv: 8}, {conv: 8}]
""",
        (
            1,
            27,
            "conv kernel: received 0, expected a whole number of at least 1, or one for each side: [height, width]",
        ),
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
        (1, 19, "out_channels of conv has no default: every item gives its own"),
    ),
    file(
        "common key in defaults",
        """\
defaults: {conv: {name: x}}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 19, "'name' is not a field of conv: defaults give fields only"),
    ),
    file(
        "body in defaults",
        """\
defaults: {residual: {shortcut: none}}
input: [3, 32, 32]
layers: [relu]
""",
        (1, 23, "shortcut of residual has no default: it is a body"),
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
        (1, 12, "'unit' is a block: give its arguments defaults in its definition"),
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
    # outputs
    file(
        "unknown output",
        """\
input: [3, 32, 32]
layers: [{relu, name: head}]
outputs: [haed]
""",
        (3, 11, "no item named 'haed': did you mean 'head'?"),
    ),
    file(
        "output twice",
        """\
input: [3, 32, 32]
layers: [{relu, name: head}]
outputs: [head, head]
""",
        (3, 17, "duplicate output 'head': remove one"),
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
        (5, 11, "every output is left out: its item has when: false or repeat: 0"),
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
        (5, 7, "unknown hyperparameter 'alfa': the hyperparameters are alpha, depths, act, flag"),
        (6, 5, "variant b is empty: write {} for the defaults"),
        (7, 6, "received a list, expected a mapping of hyperparameters to values"),
        (8, 14, "unknown word 'x': a literal is a number, ... of the language, or a list of these"),
        (9, 14, "alpha: received true, expected a number, like its default 1"),
        (10, 15, "depths: received 3, expected a list, like its default [1, 2]"),
        (11, 12, "act: received 1, expected a word, like its default relu"),
        (12, 13, "flag: received 1, expected true or false, like its default true"),
        (
            13,
            14,
            "received '1 + 1', expected a literal: a number, a word, true, false or a list of these; compute values in let",
        ),
        (14, 3, "variant: received 'j k', expected a name of at most 100 letters, digits, _ . + -"),
        (15, 3, "variant: received 'l:m', expected a name of at most 100 letters, digits, _ . + -"),
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
        (6, 3, "duplicate key 'a' (first on line 5): remove one"),
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
        (7, 5, "missing source: name the table of this row"),
        (8, 5, "missing figure: give params, macs, flops, top1 or top5"),
        (9, 43, "unknown form 'dense': the forms are as_written, standard, separable"),
        (10, 46, "unknown variant 'b1': the variants are b0"),
        (11, 43, "unknown hyperparameter 'beta': the hyperparameters are alpha"),
        (12, 47, "differs explains macs, but this row has no macs"),
        (13, 47, "differs: received 'parms', expected one of params, macs, flops"),
        (14, 43, "top1: received '101', expected a percentage from 0 to 100"),
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
        (3, 12, "published: received a mapping, expected a list of rows, each of one source"),
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
    # separable
    file(
        "a name that no item has",
        """\
input: [3, 32, 32]
separable: [conw1, stem/conv1, "x*"]
layers:
  - {conv: 8, kernel: 3}
""",
        (2, 13, "separable: no item of layers is named 'conw1': did you mean 'conv1'?"),
        (2, 20, "separable: no item of layers is named 'stem': see the names with explain"),
    ),
    file(
        "layers that have no separable form",
        """\
input: [8, 32, 32]
separable:
  - conv1
  - conv2
  - relu1
  - dsconv1
layers:
  - {conv: 8, kernel: 1}
  - {conv: 8, kernel: 3, groups: 2}
  - relu
  - {dsconv: 8}
""",
        (3, 5, "separable: conv1: a 1 x 1 convolution has no window to separate: name ... window and one group"),
        (4, 5, "separable: conv2: a convolution with 2 groups has no separable form: name ... window and one group"),
        (5, 5, "separable: relu1: a relu layer has no separable form: name convolutions with a window and one group"),
        (6, 5, "separable: dsconv1 is made of several layers: name one of them, or all of them with dsconv1/**"),
    ),
    file(
        "one of two with the same weights",
        """\
input: [8, 32, 32]
separable: conv2
layers:
  - {conv: 8, kernel: 3, name: first}
  - {conv: 8, kernel: 3, weights: first}
""",
        (2, 12, "separable: conv2 has the same weights as first: name both, or neither"),
    ),
    file(
        "separable is a mapping",
        """\
input: [3, 32, 32]
separable: {conv1: true}
layers: [{conv: 8, kernel: 3}]
""",
        (2, 12, "separable: received a mapping, expected a list of names or patterns of convolutions"),
    ),
    file(
        "separable twice and nothing",
        """\
input: [3, 32, 32]
separable: [conv1, conv1, "", [a]]
layers: [{conv: 8, kernel: 3}]
""",
        (2, 20, "duplicate name 'conv1': remove one"),
        (2, 27, "received nothing, expected text for separable"),
        (2, 31, "received a list, expected text for separable"),
    ),
    file(
        "separable by default",
        """\
input: [3, 32, 32]
defaults: {conv: {separable: true}}
layers: [{conv: 8, kernel: 3}]
""",
        (2, 19, "separable of conv has no default: write it in the items that it holds for"),
    ),
    # search
    *(
        file(
            f"search: {name}",
            f"""\
hyperparameters: {{alpha: 1.0, depths: [1, 2], act: relu}}
input: [3, 8, 8]
search: {text}
layers: [{{conv: int(8 * alpha), kernel: 1, repeat: "depths[0]", activation: act}}]
""",
            (3, column, message),
        )
        for name, text, column, message in (
            (
                "a range of another program",
                "{alpha: 0.25-1.0}",
                17,
                "alpha: a range is FIRST..LAST:STEP: write alpha: 0.25..1.0:STEP",
            ),
            (
                "decimals without a step",
                "{alpha: 0.25..1.0}",
                17,
                "alpha: decimals need a step: write FIRST..LAST:STEP, e.g. 0.25..1.0:0.05",
            ),
            ("one value", "{alpha: 1.0}", 17, "alpha: received '1.0', expected a range, e.g. ... or a list of values"),
            ("unknown", "{aplha: [1]}", 10, "unknown hyperparameter 'aplha': did you mean 'alpha'?"),
            ("twice", "{alpha: [1.0, 0.5, 1.0]}", 28, "alpha: duplicate value 1.0: remove one"),
            (
                "an expression",
                "{alpha: [0.5 * 2]}",
                18,
                "received '0.5 * 2', expected a literal: a number, a word, true, false or a list of these; compute values in let",
            ),
            (
                "a word for a number",
                "{alpha: [relu]}",
                18,
                "alpha: received the word relu, expected a number, like its default 1.0",
            ),
            (
                "numbers for a list",
                "{depths: [1]}",
                19,
                "depths: received 1, expected a list, like its default [1, 2]",
            ),
            ("a range of words", "{act: 1..3}", 15, "act: received 1, expected a word, like its default relu"),
            (
                "a mapping",
                "{alpha: {from: 1}}",
                17,
                "alpha: received a mapping, expected a range, e.g. 0.25..1.0:0.05 or 128..224:32, or a list of values",
            ),
            (
                "empty",
                "{alpha: []}",
                17,
                "alpha: received an empty list, expected a range, e.g. 0.25..1.0:0.05 or 128..224:32, or a list of values",
            ),
            (
                "no mapping",
                "[alpha]",
                9,
                "received a list, expected a mapping of hyperparameters to the values that a sweep tries",
            ),
        )
    ),
)
