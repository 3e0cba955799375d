"""Wrong products of data and learned tensors: attention, matmul, parameter, expand, glu."""

from tests.language.wrong_input.case import Case, item

CASES: tuple[Case, ...] = (
    item(
        "heads that do not divide",
        "- {attention: [{linear: 8}, {linear: 8}, {linear: 8}], heads: 3}",
        (3, 63, "heads 3 does not divide the query's 8 channels: take a divisor of 8"),
    ),
    item(
        "heads of one tensor",
        "- {linear: 16}\n- {attention, heads: 3}",
        (4, 22, "16x32x32 holds query, key and value in one, but 9 (heads 3 + twice kv_heads 3) does not ... branches"),
    ),
    item(
        "attention of five branches",
        "- {attention: [previous, previous, previous, previous, previous]}",
        (3, 3, "attention takes query, key and value, received 5 branches: give three, ... to the scores"),
    ),
    item(
        "a key of other channels",
        "- {attention: [{linear: 8}, {linear: 2}, {linear: 2}], heads: 4}",
        (
            3,
            3,
            "the key needs 8 channels (the query's 8 / heads 4 * kv_heads 4), received 2x32x32: ... write kv_heads: 1",
        ),
    ),
    item(
        "a value at other positions",
        "- {attention: [previous, previous, {maxpool: 2}]}",
        (3, 3, "key and value need equal sides, received 3x32x32 and 3x16x16: give them the same strides and padding"),
    ),
    item(
        "a value that is left out",
        "- {attention: [previous, {linear: 3}, {linear: 3, when: false}]}",
        (
            3,
            39,
            "the branch on line 3 is left out, and each of attention has a role of its own: put when on attention itself",
        ),
    ),
    item(
        "attention over a word of another field",
        "- {attention, heads: 1, over: height}",
        (3, 31, "attention over: received the word height, expected positions or channels"),
    ),
    item(
        "windows twice",
        "- {attention: [previous, previous, previous], window: 4, grid: 8}",
        (3, 64, "grid says how many windows there are, window how large they are: give one of them"),
    ),
    item(
        "a window of no size", "- {attention, window: 0}", (3, 23, "attention window: received 0, expected ... or none")
    ),
    item(
        "a shift without windows",
        "- {attention, shift: 3}",
        (3, 22, "shift moves windows, and there are none: give window or grid, or leave shift out"),
    ),
    item(
        "a divisor of softmax attention",
        "- {attention, divisor: true}",
        (3, 24, "divisor is for linear attention, a softmax divides by itself: add linear: true, or ... out"),
    ),
    item(
        "a table of positions for linear attention",
        "- {attention, linear: true, position_bias: 9}",
        (3, 44, "linear attention makes no scores that position_bias could change: leave it out"),
    ),
    item(
        "linear as a word of its own",
        "- {attention, linear: yes}",
        (3, 23, "yes is not a value here: write true"),
    ),
    item(
        "a field that attention does not have",
        "- {attention, num_heads: 3}",
        (3, 15, "unknown field 'num_heads' of attention: did you mean 'heads'?"),
    ),
    item(
        "attention in other words",
        "- {MultiheadAttention: 8}",
        (3, 4, "unknown type 'MultiheadAttention': did you mean 'attention'?"),
    ),
    item(
        "heads as the value of attention",
        "- {attention: 8}",
        (3, 15, "received '8', expected a list of branches for attention: [previous, [conv ...]]"),
    ),
    item(
        "rows and columns that do not meet",
        "- {matmul: [previous, {maxpool: 2}]}",
        (
            3,
            3,
            "matmul needs as many columns in the first branch as rows in the second, received 3x32x32 with 32 columns and 3x16x16 with "
            "16 rows: change transposed, or permute or reshape one",
        ),
    ),
    item(
        "matrices that are not as many",
        "- {matmul: [previous, {conv: 2, kernel: 1}]}",
        (
            3,
            3,
            "matmul needs as many matrices in both branches, or one, received 3x32x32 and 2x32x32 with 3 and 2: ... one",
        ),
    ),
    item(
        "a matrix alone",
        "- {matmul: [previous]}",
        (3, 3, "matmul multiplies the first branch by the second, received 1: give two branches"),
    ),
    item(
        "a transposition of neither branch",
        "- {matmul: [previous, previous], transposed: true}",
        (3, 46, "matmul transposed: received the word true, expected one of neither, first, second, both"),
    ),
    item(
        "a learned tensor without a size",
        "- add: [previous, {parameter: 32}]",
        (3, 31, "parameter size: received 32, expected [channels], ... least 1"),
    ),
    item(
        "a learned tensor of no height",
        "- add: [previous, {parameter: [3, 0, 32]}]",
        (3, 31, "parameter size: received 0, expected [channels], ... least 1"),
    ),
    item(
        "a learned tensor with a rest",
        "- add: [previous, {parameter: [3, -1, 32]}]",
        (3, 31, "parameter size: received -1, expected [channels], ... least 1"),
    ),
    item(
        "a learned tensor of another size",
        "- add: [previous, {parameter: [3, 16, 32]}]",
        (3, 3, "add needs branches of equal shape (or 1 along a side), received 3x32x32, 3x16x32: ... or use concat"),
    ),
    item(
        "a learned tensor in place of the input",
        "- {parameter: [3, 32, 32]}\n- relu",
        (3, 3, "nothing uses the input: put a learned tensor in a join, ... after it"),
    ),
    item(
        "a learned tensor that takes the place of what came before",
        "- relu\n- {parameter: [3, 32, 32]}",
        (3, 3, "nothing uses relu1: join it, name it in outputs, or take it out"),
    ),
    item(
        "a transformer whose heads do not divide",
        "- {transformer: 2}",
        (
            3,
            17,
            "transformer: heads 2 does not divide the 3 channels arriving: take a divisor of 3, or give head_channels",
        ),
    ),
    item(
        "a transformer of half a hidden value",
        "- {transformer: 1, mlp: 0.5}",
        (3, 25, "transformer: mlp 0.5 makes 1.5 of the 3 channels arriving, expected a whole number: take another mlp"),
    ),
    item(
        "a transformer without heads",
        "- transformer",
        (3, 3, "transformer needs heads (as its value: a whole number of at least 1)"),
    ),
    item(
        "a transformer whose keys are too few for their kernel",
        "- {transformer: 1, reduction: 64}",
        (
            3,
            31,
            "transformer: reduction: a kernel of 64 does not fit the input of 32: take a smaller kernel, or more padding",
        ),
    ),
    item(
        "a transformer of two sizes of windows",
        "- {transformer: 1, window: 4, grid: 2}",
        (3, 37, "transformer: grid says how many windows there are, window how large they are: give one of them"),
    ),
    item(
        "an axis that is not 1",
        "- {expand: [3, 64, 32]}",
        (
            3,
            12,
            "expand: [3, 64, 32] makes 64 of 32 positions of 3x32x32: only an axis of size 1 is repeated; ... or concat",
        ),
    ),
    item(
        "half of three channels",
        "- glu",
        (3, 3, "glu: glu needs an even number of channels, received 3: make ... leave"),
    ),
    item(
        "a gate of no activation",
        "- {conv: 4, kernel: 1}\n- {glu: swiglu}",
        (4, 9, "unknown name 'swiglu': did you mean 'silu'?"),
    ),
    item(
        "a gate that learns",
        "- {conv: 4, kernel: 1}\n- {glu: prelu}",
        (4, 9, "glu gate: received the word prelu, expected one of none, relu, ... log_softmax: did you mean 'relu'?"),
    ),
    item(
        "a glu as an activation",
        "- {conv: 4, kernel: 1, activation: glu}",
        (3, 36, "unknown name 'glu': it is a type, not a value"),
    ),
)
"""Items, the first in line 3."""
