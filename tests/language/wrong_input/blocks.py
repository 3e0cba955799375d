"""Blocks: what they declare, and how they are used."""

from tests.language.wrong_input.case import CHAIN, DOUBLED, Case, file

UNITS = """\
blocks:
  unit: {arguments: {width: required, s: 1}, layers: [{conv: width, kernel: 3, stride: s}]}
  wide: {arguments: {width: required}, layers: [{conv: width, kernel: 3}]}
input: [3, 32, 32]
layers:
"""

CASES: tuple[Case, ...] = (
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
        (2, 3, "'conv' cannot be the name of a block: it is a built-in type"),
        (3, 3, "'kernel' cannot be the name of a block: it is a field of a built-in type"),
        (4, 3, "'when' cannot be the name of a block: it is a key that every item may have"),
        (5, 3, "'previous' cannot be the name of a block: it is reserved"),
        (6, 3, "'2x' cannot be the name of a block: names start ... or _, then letters, digits, _ . -"),
        (7, 3, "'same' cannot be the name of a block: it is a word of the language"),
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
        (4, 16, "block a uses itself: a -> b -> c -> a; blocks cannot be recursive"),
        (5, 16, "block d uses itself: d -> d; blocks cannot be recursive"),
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
        (2, 23, "unknown key 'color' of block a: the keys of a block are inputs, arguments, let, layers, outputs"),
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
  a: {arguments: {conv: 1, when: 2, b: 3}, layers: [{conv: conv, kernel: b}]}
  b: {layers: [relu]}
input: [3, 32, 32]
layers: [a, b]
""",
        (2, 28, "'when' cannot be the name of an argument: it is a key that every item may have"),
        (2, 37, "'b' cannot be the name of an argument: it is a block"),
    ),
    file(
        "let of a block that hides a hyperparameter, argument that hides a let",
        """\
hyperparameters: {alpha: 1}
let: {beta: alpha}
blocks:
  a: {arguments: {beta: 1}, let: {alpha: 1}, layers: [relu]}
input: [3, 32, 32]
layers: [a]
""",
        (4, 19, "'beta' cannot be a name: it is defined on line 2 already"),
        (4, 35, "'alpha' cannot be a name: it is defined on line 1 already"),
    ),
    file(
        "default that uses a hyperparameter which a later argument hides",
        """hyperparameters: {alpha: 1}
blocks:
  a: {arguments: {w: alpha, alpha: 2}, layers: [{conv: w + alpha, kernel: 1}]}
input: [3, 32, 32]
layers: [a]
""",
        (3, 22, "'alpha' is used before it is defined: define it above"),
    ),
    file(
        "index inside a block that is repeated",
        """blocks:
  a: {layers: [{conv: 8 + index, kernel: 1}]}
input: [3, 32, 32]
layers: [{a, repeat: 2}]
""",
        (2, 27, "index is not defined here: it is the number ... an item with repeat or copies"),
    ),
    file(
        "let of a block that hides an argument",
        """\
blocks:
  a: {arguments: {w: 1}, let: {w: 2}, layers: [relu]}
input: [3, 32, 32]
layers: [a]
""",
        (2, 32, "'w' cannot be a name: it is defined on line 2 already"),
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
        (9, 5, "unit needs width (as its value)"),
        (10, 6, "unit needs width (as its value)"),
        (11, 15, "unknown argument 'strid' of unit: did you mean 'stride'?"),
        (12, 15, "unknown argument 'colour' of unit: its arguments are stride"),
        (13, 15, "write width as unit's value: {unit: 2, ...}"),
        (14, 13, "plain takes no value after its colon (it ... write {plain, when: ...}"),
        (15, 6, "two needs b"),
        (16, 23, "unknown name 'late': the names defined here are in_channels"),
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
        (6, 12, "'stem' is a tensor, not a value: an argument takes a value; for a tensor use from or a join"),
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
        (2, 27, "unknown name 'width': the names defined here are in_channels"),
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
        (6, 18, "no item named 'inner': give the intended item this name"),
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
        (44, 10, "the network would have at least ... raise the bound with --layer-bound"),
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
        (62, 17, "bodies and blocks are nested more than 60 levels deep: use fewer levels"),
    ),
    file(
        "what the first repetition of a block cannot change",
        UNITS
        + """\
  - {unit: 8, repeat: 2, first: {s: 2, width: 4, name: x, unit: 4, ss: 2}}
  - {unit: 8, repeat: 2, first: 3}
  - {unit: 8, repeat: 2, first: {s: x}}
""",
        (6, 40, "'width' cannot differ in the first repetition: first changes other arguments"),
        (6, 50, "'name' cannot differ in the first repetition: first changes other arguments"),
        (6, 59, "'unit' cannot differ in the first repetition: first changes other arguments"),
        (6, 68, "unknown argument 'ss' of unit: its arguments are s"),
        (7, 33, "received '3', expected a mapping of arguments to their values in the first repetition"),
        (8, 37, "unknown name 'x': the names defined here are in_channels, index"),
    ),
    file(
        "arguments that a block does not have",
        UNITS
        + """\
  - {unit: 8, stride: 2, colour: red}
  - {wide: 8, colour: red}
  - {wide, colour: red}
  - {unit: 8, s:2}
  - {unit: 8, s 2}
""",
        (6, 15, "unknown argument 'stride' of unit: its arguments are s"),
        (6, 26, "unknown argument 'colour' of unit: its arguments are s"),
        (7, 15, "unknown argument 'colour' of wide: it has no other arguments"),
        (8, 6, "wide needs width (as its value)"),
        (8, 12, "unknown argument 'colour' of wide: it has no other arguments"),
        (9, 15, "'s:2' needs a space after its colon: write s: 2"),
        (10, 15, "'s 2' needs a colon: write s: 2"),
    ),
)
