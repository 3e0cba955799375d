"""Nodes that were refused where they are read, and keys, items and texts of the wrong kind."""

from tests.language.wrong_input.case import file

CASES = (
    file(
        "a list as the name of a hyperparameter",
        "hyperparameters: {[a]: 1}\ninput: [3, 8, 8]\nlayers: [{conv: width, kernel: 3}]\n",
        (1, 19, "a list cannot be a key: keys are words"),
    ),
    file(
        "a list as the name of a block",
        "input: [3, 8, 8]\nblocks: {[a]: {layers: [relu]}}\nlayers: [relu]\n",
        (2, 10, "a list cannot be a key: keys are words"),
    ),
    file(
        "a list as the name of an argument",
        "input: [3, 8, 8]\nblocks: {unit: {arguments: {[a]: 1}, layers: [relu]}}\nlayers: [{unit: 3, b: 1}]\n",
        (2, 29, "a list cannot be a key: keys are words"),
    ),
    file(
        "a glued key of a block",
        "input: [3, 8, 8]\nblocks: {unit: {layers:relu}}\nlayers: [relu]\n",
        (2, 17, "'layers:relu' needs a space after its colon: write layers: relu"),
    ),
    file(
        "an argument without a space",
        "input: [3, 8, 8]\nblocks: {unit: {arguments: {width:2}, layers: [relu]}}\nlayers: [{unit, height: 2}]\n",
        (2, 29, "'width:2' needs a space after its colon: write width: 2"),
    ),
    file(
        "a block that is not a mapping",
        "input: [3, 8, 8]\nblocks: {unit: 3}\nlayers: [{unit: 3}]\n",
        (2, 16, "received '3', expected a block: arguments, let, layers"),
    ),
    file(
        "an item that YAML cut off",
        "input: [3, 8, 8]\nlayers:\n  - {3), kernel: 3}\n",
        (3, 6, "this looks like the rest of a value that ... value, or write the item in block style"),
    ),
    file(
        "an unknown item of digits",
        "input: [3, 8, 8]\nlayers: [3]\n",
        (2, 10, "received '3', expected an item: a type alone (relu), or with its fields ({conv: 64, kernel: 3})"),
    ),
    file(
        "an item of nothing",
        "input: [3, 8, 8]\nlayers: [relu, ~, '']\n",
        (2, 16, "received '~', expected an item: a type alone (relu), or with its fields ({conv: 64, kernel: 3})"),
        (2, 19, "received an empty text, expected an item: a ... with its fields ({conv: 64, kernel: 3})"),
    ),
    file(
        "a dash without a space",
        "input: [3, 8, 8]\nlayers: [-relu]\n",
        (2, 10, "'-relu' needs a space after its dash: write - relu"),
    ),
    file(
        "a type as a value",
        "input: [3, 8, 8]\nlayers:\n  - {conv: batchnorm, kernel: 3}\n",
        (3, 12, "unknown name 'batchnorm': it is a type, not a value"),
    ),
    file(
        "a word as a number",
        "input: [3, 8, 8]\nlayers:\n  - {conv: valid, kernel: 3}\n",
        (3, 12, "conv out_channels: received the word valid, expected a whole number of at least 1"),
    ),
    file(
        "required as a value",
        "input: [3, 8, 8]\nlayers:\n  - {conv: required, kernel: 3}\n",
        (3, 12, "required is not a value here: it replaces the default of a hyperparameter or of a block's argument"),
    ),
    file(
        "an alias as a name",
        "input: [3, 8, 8]\nlayers:\n  - {relu, name: *a}\n",
        (3, 18, "aliases (*a) are not supported: write the value out, name it in let, or make it a block"),
    ),
    file(
        "an alias as a branch",
        "input: [3, 8, 8]\nlayers:\n  - {add: [previous, *a]}\n",
        (3, 22, "aliases (*a) are not supported: write the value out, name it in let, or make it a block"),
    ),
    file(
        "an alias as outputs",
        "input: [3, 8, 8]\nlayers: [relu]\noutputs: *a\n",
        (3, 10, "aliases (*a) are not supported: write the value out, name it in let, or make it a block"),
    ),
    file(
        "an alias among outputs",
        "input: [3, 8, 8]\nlayers: [relu]\noutputs: [*a]\n",
        (3, 11, "aliases (*a) are not supported: write the value out, name it in let, or make it a block"),
    ),
    file(
        "a mapping as outputs",
        "input: [3, 8, 8]\nlayers: [relu]\noutputs: {a: b}\n",
        (3, 10, "outputs: received a mapping, expected a list of names of items"),
    ),
    file(
        "a mapping among outputs",
        "input: [3, 8, 8]\nlayers: [relu]\noutputs: [{a: b}]\n",
        (3, 11, "outputs: received a mapping, expected the name of an item"),
    ),
    file(
        "a list as the name of a variant",
        "input: [3, 8, 8]\nlayers: [relu]\nvariants: {[a]: {}}\n",
        (3, 12, "a list cannot be a key: keys are words"),
    ),
    file(
        "a mapping as a text",
        "name: {a: 1}\ninput: [3, 8, 8]\nlayers: [relu]\n",
        (1, 7, "received a mapping, expected text for name"),
    ),
    file(
        "an empty text",
        "name: ''\ninput: [3, 8, 8]\nlayers: [relu]\n",
        (1, 7, "received nothing, expected text for name"),
    ),
    file(
        "a fields' mapping after a block",
        """\
input: [3, 8, 8]
blocks: {unit: {arguments: {width: required}, layers: [{conv: width, kernel: 3}]}}
layers:
  - unit: {width: 3}
""",
        (4, 11, "received a mapping after unit:, expected its ... beside it: {unit: width, name: ...}"),
    ),
)
