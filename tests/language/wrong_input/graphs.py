"""Shared weights, several inputs, blocks with several inputs and outputs, numbers of repetitions."""

from tests.language.wrong_input.case import Case, file, item

CASES: tuple[Case, ...] = (
    # weights
    item(
        "weights of nothing",
        "- {conv: 8, kernel: 3, weights: }",
        (3, 33, "weights: received nothing, expected the name of an earlier item, once or own"),
    ),
    item(
        "a number for weights",
        "- {conv: 8, kernel: 3, weights: 3}",
        (3, 33, "weights: received '3', expected the name of an earlier item, once or own"),
    ),
    item(
        "a list for weights",
        "- {conv: 8, kernel: 3, weights: [a]}",
        (3, 33, "received a list, expected a name of at most 100 letters, digits, _ . -, starting with a letter or _"),
    ),
    item(
        "weights of an unknown item",
        "- {conv: 8, kernel: 3, name: first}\n- {conv: 8, kernel: 3, weights: frist}",
        (4, 33, "no item named 'frist': did you mean 'first'?"),
    ),
    item(
        "weights of a later item",
        "- {conv: 3, kernel: 3, weights: b}\n- {conv: 3, kernel: 3, name: b}",
        (3, 33, "'b' is not made before this item (see line 4): ... only inside it"),
    ),
    item(
        "weights of the input",
        "- {conv: 8, kernel: 3, weights: input}",
        (3, 33, "'input' is a tensor, not an item that has weights: name the item, and write its name"),
    ),
    item(
        "weights of an item that was left out",
        "- {conv: 3, kernel: 3, name: a, when: false}\n- {conv: 3, kernel: 3, weights: a}",
        (4, 33, "'a' was left out here: its item has when: false or repeat: 0"),
    ),
    item(
        "weights of another type",
        "- {dwconv: 3, name: a}\n- {conv: 3, kernel: 3, weights: a}",
        (
            4,
            33,
            "weights: a (line 3) is of type dwconv, and this is conv: items that share weights say the same of them",
        ),
    ),
    item(
        "weights of another kernel",
        "- {conv: 3, kernel: 3, name: a}\n- {conv: 3, kernel: 5, weights: a}",
        (4, 33, "weights: kernel is ... items that share weights say the same of them"),
    ),
    item(
        "weights of another stride",
        "- {conv: 3, kernel: 3, name: a}\n- {conv: 3, kernel: 3, stride: 2, weights: a}",
        (4, 44, "weights: stride is ... items that share weights say the same of them"),
    ),
    item(
        "weights of other channels",
        "- {conv: 8, kernel: 3, name: a}\n- {conv: 8, kernel: 3, weights: a}",
        (4, 33, "weights: 8x32x32 arrives, and at a (line 3) 3x32x32: the weights of one do not suit the other"),
    ),
    item(
        "weights of an item with a norm",
        "- {conv: 3, kernel: 3, norm: batch, name: a}\n- {conv: 3, kernel: 3, bias: false, weights: a}",
        (4, 46, "weights: a (line 3) has a batchnorm that this has not: items that share weights say the same of them"),
    ),
    item(
        "weights of an item with an activation",
        "- {conv: 3, kernel: 3, activation: relu, name: a}\n- {conv: 3, kernel: 3, activation: silu, weights: a}",
        (
            4,
            51,
            "weights: a (line 3) has a relu where this has a silu: items that share weights say the same of them",
        ),
    ),
    item(
        "weights of what has none",
        "- {relu, name: a}\n- {relu, weights: a}",
        (4, 19, "weights: relu has no weights to share: leave weights out"),
    ),
    item(
        "weights of another number of repetitions",
        "- {conv: 3, kernel: 3, repeat: 3, name: a}\n- {conv: 3, kernel: 3, repeat: 2, weights: a}",
        (4, 44, "weights: a (line 3) has 3 repetitions and this 2: write repeat: 3, or name one of them, e.g. a[1]"),
    ),
    item(
        "weights of a repeated item",
        "- {conv: 3, kernel: 3, repeat: 3, name: a}\n- {conv: 3, kernel: 3, weights: a}",
        (4, 33, "weights: a (line 3) has 3 repetitions and this 1: write repeat: 3, or name one of them, e.g. a[1]"),
    ),
    item(
        "once without repeat",
        "- {conv: 8, kernel: 3, weights: once}",
        (3, 33, "weights: once is for an item with repeat, whose repetitions then share them"),
    ),
    item(
        "once with another first repetition",
        "- {conv: 3, kernel: 3, repeat: 2, first: {kernel: 1}, weights: once}",
        (3, 64, "weights: kernel is ... items that share weights say the same of them"),
    ),
    item(
        "once on what does not keep its channels",
        "- {conv: 8, kernel: 3, repeat: 2, weights: once}",
        (3, 44, "weights: 8x32x32 arrives, and at conv1 (line 3) 3x32x32: the weights of one do not suit the other"),
    ),
    item(
        "weights in first",
        "- {conv: 3, kernel: 3, repeat: 2, first: {weights: a}}",
        (3, 43, "'weights' cannot differ in the first repetition: first changes other fields"),
    ),
    file(
        "weights of a block with other arguments",
        """\
blocks:
  b: {arguments: {k: 3}, layers: [{conv: 3, kernel: 1}, {conv: 3, kernel: k}]}
input: [3, 32, 32]
layers:
  - {b, name: first}
  - {b, k: 5, weights: first}
""",
        (
            6,
            24,
            "weights: kernel is ... items that share weights say the same of them",
        ),
    ),
    file(
        "weights of an input",
        "input: {x: [3, 8, 8], y: [3, 8, 8]}\nlayers:\n  - {conv: 3, kernel: 3, weights: y}\n  - add: [previous, y]\n",
        (3, 35, "weights: 'y' is an input, and has no weights: name an earlier item"),
    ),
    # correlate
    item(
        "correlate of one",
        "- correlate: [previous]",
        (3, 3, "correlate slides the second branch over the first, received 1: give two branches"),
    ),
    item(
        "correlate of other channels",
        "- correlate: [previous, {conv: 8, kernel: 3, stride: 8}]",
        (
            3,
            3,
            "correlate needs the same channels in both branches, received 3x32x32 and 8x4x4: give one other channels",
        ),
    ),
    item(
        "correlate with a larger window",
        "- correlate: [{conv: 3, kernel: 3, stride: 8}, previous]",
        (
            3,
            3,
            "the second branch, 3x32x32, is larger than the first, 3x4x4, over which it slides: exchange them, or pad the first",
        ),
    ),
    item(
        "a word for depthwise",
        "- {correlate: [previous, input], depthwise: yes}",
        (3, 45, "yes is not a value here: write true"),
    ),
    # numbers of repetitions
    item(
        "number of what is not repeated",
        "- {conv: 3, kernel: 3, name: a}\n- {relu, from: 'a[1]'}",
        (4, 16, "'a' is one tensor: only a repeated item has several, to be numbered as a[1]"),
    ),
    item(
        "number of previous",
        "- add: ['previous[1]', input]",
        (3, 9, "'previous' is one tensor: only a repeated item has several, to be numbered as previous[1]"),
    ),
    item(
        "repetition 0",
        "- {conv: 3, kernel: 3, repeat: 2, name: a}\n- {relu, from: 'a[0]'}",
        (4, 16, "a: received 0, expected a whole number of at least 1"),
    ),
    item(
        "repetition counted from the end",
        "- {conv: 3, kernel: 3, repeat: 2, name: a}\n- {relu, from: 'a[-1]'}",
        (4, 16, "a: received -1, expected a whole number of at least 1"),
    ),
    item(
        "repetition that there is not",
        "- {conv: 3, kernel: 3, repeat: 2, name: a}\n- {relu, from: 'a[3]'}",
        (4, 16, "a: received [3], but it has repetitions 1 to 2"),
    ),
    item(
        "number that is no expression",
        "- {conv: 3, kernel: 3, repeat: 2, name: a}\n- add: ['a[+]', a]",
        (4, 12, "the value ends early: a number or a name is missing"),
    ),
    item(
        "number with an unknown name",
        "- {conv: 3, kernel: 3, repeat: 2, name: a}\n- {resize: 'a[m]'}",
        (4, 15, "unknown name 'm': the names defined here are in_channels"),
    ),
    item(
        "index of a repetition outside one",
        "- {conv: 3, kernel: 3, repeat: 2, name: a}\n- {relu, from: 'a[index]'}",
        (4, 19, "index is not defined here: it is the number ... an item with repeat or copies"),
    ),
    # several inputs
    file(
        "no inputs in a mapping",
        "input: {}\nlayers: [relu]\n",
        (
            1,
            8,
            "input: received an empty mapping, expected [channels, height, width], or other sides: [channels, length]",
        ),
    ),
    file(
        "an input without sizes",
        "input: {left: 3, right: [3, 8, 8]}\nlayers: [relu]\n",
        (1, 15, "input left: received '3', expected [channels, height, width], or other sides: [channels, length]"),
    ),
    file(
        "an input of no channels",
        "input: {left: [0, 8, 8], right: [3, 8, 8]}\nlayers: [{conv: 3, kernel: 1}, {add: [previous, right]}]\n",
        (1, 16, "input left channels: received 0, expected a whole number of at least 1"),
    ),
    file(
        "inputs with names that mean something else",
        "input: {conv: [3, 8, 8], previous: [3, 8, 8], 1: [3, 8, 8]}\nlayers: [relu]\n",
        (1, 9, "'conv' cannot be the name of an item: it is a type"),
        (1, 26, "'previous' cannot be the name of an item: it is reserved"),
        (1, 47, "received '1', expected a name of at most 100 letters, digits, _ . -, starting with a letter or _"),
    ),
    file(
        "an input that nothing uses",
        "input: {left: [3, 8, 8], right: [3, 8, 8]}\nlayers: [{conv: 3, kernel: 1}]\n",
        (1, 26, "nothing uses the input right: start an item there with from, join it, or take it out"),
    ),
    file(
        "an item with the name of an input",
        "input: {left: [3, 8, 8], right: [3, 8, 8]}\nlayers: [{conv: 3, kernel: 1, name: right}, {add: [left, right]}]\n",
        (2, 37, "duplicate name 'right' (first on line 1): rename one"),
    ),
    file(
        "a number for an input",
        "input: {left: [3, 8, 8], right: [3, 8, 8]}\nlayers: [{add: ['left[1]', right]}]\n",
        (2, 17, "'left' is one tensor: only a repeated item has several, to be numbered as left[1]"),
    ),
    # blocks
    file(
        "fewer tensors than inputs",
        """\
blocks:
  b: {inputs: [x, y], layers: [{add: [x, y]}]}
input: [3, 8, 8]
layers:
  - {b, from: input}
""",
        (5, 15, "b has 2 inputs (x, y): from names 1"),
    ),
    file(
        "several inputs after an item with one output",
        """\
blocks:
  b: {inputs: [x, y], layers: [{add: [x, y]}]}
input: [3, 8, 8]
layers:
  - relu
  - b
""",
        (6, 5, "b has 2 inputs (x, y), and one tensor arrives: give from: [x, y]"),
    ),
    file(
        "names of outputs",
        """\
blocks:
  b: {layers: [{conv: 3, kernel: 1, name: p}, {conv: 3, kernel: 1, name: q}], outputs: [p, q]}
input: [3, 8, 8]
layers:
  - {b, name: [m, n, o]}
  - {b, name: z}
""",
        (5, 15, "b has 2 outputs (p, q): name each, as name: [a, b, ...]: received 3 names"),
        (6, 15, "b has 2 outputs (p, q): name each, as name: [a, b, ...]: received 1 name"),
    ),
    file(
        "outputs that are not made",
        """\
blocks:
  b: {layers: [{conv: 3, kernel: 1, name: p}], outputs: [p, qq]}
input: [3, 8, 8]
layers:
  - {b, name: [m, n]}
""",
        (2, 61, "no item named 'qq': ... (used by b in line 5)"),
    ),
    file(
        "inputs and outputs that are no names",
        """\
blocks:
  b: {inputs: {x: 1}, layers: [relu], outputs: []}
  c: {inputs: [[x]], layers: [relu], outputs: [3]}
  d: {inputs: [x, x, relu], layers: [relu]}
input: [3, 8, 8]
layers: [b, c, d]
""",
        (2, 15, "inputs: received a mapping, expected a list of up to 100 names"),
        (2, 48, "outputs: received an empty list, expected a list of up to 100 names"),
        (3, 16, "inputs: received a list, expected a name"),
        (3, 48, "received '3', expected a name of at most 100 letters, digits, _ . -, starting with a letter or _"),
        (4, 19, "duplicate name 'x' (first on line 4): rename one"),
        (4, 22, "'relu' cannot be the name of an item: it is a type"),
    ),
    file(
        "a repeated block with fewer outputs than inputs",
        """\
blocks:
  b: {inputs: [x, y], layers: [{add: [x, y]}]}
input: [3, 8, 8]
layers:
  - {b, from: [input, input], repeat: 2}
""",
        (5, 31, "b has 2 inputs and 1 output: to be repeated ... those of the repetition before"),
    ),
    file(
        "an output that nothing uses",
        """\
blocks:
  b: {layers: [{conv: 3, kernel: 1, name: p}, {conv: 3, kernel: 1, name: q}], outputs: [q, p]}
input: [3, 8, 8]
layers:
  - b
  - {conv: 3, kernel: 1, from: input}
""",
        (2, 47, "nothing uses b1/q: join it, name it in outputs, or take it out"),
    ),
)
