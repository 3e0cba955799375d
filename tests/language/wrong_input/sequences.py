"""Recurrent layers, embeddings, deformable convolutions."""

from tests.language.wrong_input.case import Case, file, item

CASES: tuple[Case, ...] = (
    item("no units", "- gru", (3, 3, "gru needs units (as its value: a whole number of at least 1)")),
    item("zero units", "- {gru: 0}", (3, 9, "gru units: received 0, expected a whole number of at least 1")),
    item("fractional units", "- {lstm: 33.6}", (3, 10, "lstm units: received 33.6, ... ceil, floor or make_divisible")),
    item("three directions", "- {gru: 8, directions: 3}", (3, 24, "gru directions: received 3, expected 1 or 2")),
    item(
        "true for directions",
        "- {lstm: 8, directions: true}",
        (3, 25, "lstm directions: received true, expected 1 or 2"),
    ),
    item(
        "PyTorch's word for two directions",
        "- {gru: 8, bidirectional: true}",
        (3, 12, "unknown field 'bidirectional' of gru: did you mean 'directions'?"),
    ),
    item(
        "three biases", "- {rnn: 8, biases: 3}", (3, 20, "rnn biases: received 3, expected a whole number from 0 to 2")
    ),
    item("true for biases", "- {rnn: 8, biases: true}", (3, 20, "rnn biases: received true, ... from 0 to 2")),
    item("bias", "- {gru: 8, bias: false}", (3, 12, "unknown field 'bias' of gru: did you mean 'biases'?")),
    item(
        "reset_after",
        "- {gru: 8, reset_after: true}",
        (3, 12, "unknown field 'reset_after' of gru: did you mean 'biases'?"),
    ),
    item(
        "gru without layers",
        "- {gru: 8, layers: 0}",
        (3, 20, "gru layers: received 0, expected a whole number of at least 1"),
    ),
    item(
        "the first step",
        "- {gru: 8, returns: first}",
        (3, 21, "gru returns: received the word first, expected sequence or last"),
    ),
    item(
        "true for what returns",
        "- {gru: 8, returns: true}",
        (3, 21, "gru returns: received the word true, expected sequence or last"),
    ),
    item(
        "a projection of 0",
        "- {lstm: 8, projection: 0}",
        (3, 25, "lstm projection: received 0, expected a whole number of at least 1, or none"),
    ),
    item(
        "a gru's projection",
        "- {gru: 8, projection: 4}",
        (3, 12, "unknown field 'projection' of gru: did you mean 'directions'?"),
    ),
    item(
        "peepholes in numbers",
        "- {lstm: 8, peepholes: 1}",
        (3, 24, "lstm peepholes: received 1, expected true or false"),
    ),
    item(
        "an lstm's nonlinearity",
        "- {lstm: 8, nonlinearity: relu}",
        (3, 13, "unknown field 'nonlinearity' of lstm: its fields are ... peepholes, biases, returns"),
    ),
    item(
        "gelu in an rnn",
        "- {rnn: 8, nonlinearity: gelu}",
        (3, 26, "rnn nonlinearity: received the word gelu, expected tanh or relu: did you mean 'relu'?"),
    ),
    item(
        "an activation of a gru",
        "- {gru: 8, activation: tanh}",
        (3, 12, "unknown field 'activation' of gru: its fields are layers, directions, biases, returns"),
    ),
    item("no vocabulary", "- {embedding: 8}", (3, 4, "embedding needs vocabulary (a whole number of at least 1)")),
    item(
        "a vocabulary of nothing",
        "- {embedding: 8, vocabulary: 0}",
        (3, 30, "embedding vocabulary: received 0, ... of at least 1"),
    ),
    item(
        "PyTorch's word for the vocabulary",
        "- {embedding: 8, num_embeddings: 9}",
        (3, 18, "unknown field 'num_embeddings' of embedding: did you mean 'vocabulary'?"),
    ),
    item(
        "an embedding of a picture",
        "- {embedding: 8, vocabulary: 9}",
        (3, 3, "embedding: received 3 channels, expected 1: one index at each position, e.g. input: [1, length]"),
    ),
    item(
        "no offsets",
        "- {conv_at: [previous], out_channels: 8, kernel: 3}",
        (3, 3, "conv_at takes its input, offsets and perhaps a mask, received 1: give two or three branches"),
    ),
    item(
        "no branches of conv_at",
        "- {conv_at: 8, kernel: 3}",
        (3, 4, "conv_at needs out_channels (a whole number of at least 1)"),
        (3, 13, "received '8', expected a list of branches for conv_at: [previous, [conv ...]]"),
    ),
    item(
        "offsets of another window",
        "- {conv_at: [previous, {conv: 18, kernel: 3}], out_channels: 8, kernel: 5}",
        (
            3,
            3,
            "the offsets are 18x32x32, expected 50x32x32, or 75 with the mask: ... at every output position",
        ),
    ),
    item(
        "a mask of another map",
        "- {conv_at: [previous, {conv: 18, kernel: 3}, {conv: 9, kernel: 3, stride: 2}], out_channels: 8, kernel: 3}",
        (
            3,
            3,
            "the mask is 9x16x16, expected 9x32x32: ... at every output position",
        ),
    ),
    item(
        "no channels of conv_at",
        "- {conv_at: [previous, {conv: 18, kernel: 3}], kernel: 3}",
        (3, 4, "conv_at needs out_channels (a whole number of at least 1)"),
    ),
    item(
        "offset groups that do not divide",
        "- {deform_conv: 8, kernel: 3, offset_groups: 2}",
        (3, 46, "deform_conv: offset_groups 2 does not divide the 3 channels arriving: take a divisor of 3"),
    ),
    item(
        "a number for modulated",
        "- {deform_conv: 8, kernel: 3, modulated: 2}",
        (3, 42, "deform_conv modulated: received 2, expected true or false"),
    ),
    item(
        "no window of a deform_conv",
        "- {deform_conv: 8}",
        (3, 4, "deform_conv needs kernel (a whole number of at least 1, or one for each side: [height, width])"),
    ),
    item(
        "a deform_conv on branches",
        "- {deform_conv: [previous, {conv: 18, kernel: 3}], kernel: 3}",
        (3, 18, "unknown name 'previous': the names defined here are in_channels"),
    ),
    item(
        "a mask that is left out",
        "- {conv_at: [previous, {conv: 18, kernel: 3}, {conv: 9, kernel: 3, when: false}], out_channels: 8, kernel: 3}",
        (
            3,
            47,
            "the branch on line 3 is left out, and each of conv_at has a role of its own: put when on conv_at itself",
        ),
    ),
)

FILES: tuple[Case, ...] = (
    file(
        "a gru on a vector",
        "input: [16]\nlayers:\n  - {gru: 8}\n",
        (
            3,
            5,
            "gru: received an input of 16, which has no side to run along, expected [channels, length]: give the steps as the last side",
        ),
    ),
    file(
        "an embedding of many channels",
        "input: [100]\nlayers:\n  - {embedding: 8, vocabulary: 9}\n",
        (3, 5, "embedding: received 100 channels, expected 1: one index at each position, e.g. input: [1, length]"),
    ),
    file(
        "a deform_conv on a vector",
        "input: [16]\nlayers:\n  - {deform_conv: 8, kernel: 3}\n",
        (3, 5, "deform_conv: received an input of 16, ... deform_conv needs a side; take linear, or reshape before it"),
    ),
    file(
        "a deform_conv's window of two sides on a signal",
        "input: [16, 9]\nlayers:\n  - {deform_conv: 8, kernel: [3, 3]}\n",
        (3, 30, "deform_conv: kernel [3, 3] is for 2 sides, but the input 16x9 has 1 (length): give one number"),
    ),
)
