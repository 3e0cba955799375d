"""The neutral kinds of operation: what a reader gives to each. `rules.py` has their shapes, `lower` what they become.

Axes are numbers, negative ones count from the end; the batch is axis 0 of what convolutions and pools take. `channels` is the
axis of the channels: 1 where it is not given, -1 for models with channels last; the other axes are the sides, in order.
`pads` is `same` or a pair (before, after) for each side; kernel, stride and dilation have one number for each side.
"""

NEUTRAL_KINDS: dict[str, str] = {
    # Multiply weights and accumulate.
    "conv": "x, weight, bias?; out_channels, kernel, stride, pads, dilation, groups, channels",
    "conv_transpose": "x, weight, bias?; as conv, and output_padding: one number for each side",
    "linear": "x, weight, bias?; out_features, axis (-1): the axis of x that is multiplied",
    "rnn": "x [time, batch, features], weights and biases...; cell (lstm, gru, rnn), hidden, directions, time_axis (0), "
    "layout: onnx (outputs [T, D, B, H], states [D, B, H]) or joined (x with its last axis D * H, states [D, B, H]), "
    "last: whether only the last step is an output (Keras)",
    "embedding": "indices, table [rows, features]",
    # Multiply data by data and accumulate.
    "matmul": "a, b; transpose_a, transpose_b (False): as numpy.matmul, leading axes are repeated",
    "einsum": "tensors...; equation",
    "attention": "query [..., L, E], key [..., S, E], value [..., S, V]; heads (1), key_heads (heads)",
    # Normalise.
    "batchnorm": "x, scale?, shift?; channels. The running mean and variance are no inputs",
    "layernorm": "x, scale?, shift?; axes: those of which the statistics are",
    "rmsnorm": "x, scale?, shift?; axes",
    "groupnorm": "x, scale?, shift?; groups, channels",
    "instancenorm": "x, scale?, shift?; channels",
    "lrn": "x; size, channels",
    "l2norm": "x; axes",
    # Element by element.
    "activation": "x, slope? (of prelu); function: a word of our activations, axis (of softmax)",
    "function": "x; function: exponential, log, sqrt, square, abs, negate, reciprocal, sin, cos, clip, threshold, round, sign, erf, ...",
    "add": "a, b, ...: sizes are equal or 1",
    "subtract": "a, b",
    "multiply": "a, b, ...",
    "divide": "a, b",
    "maximum": "a, b, ...",
    "minimum": "a, b, ...",
    "power": "a, b",
    "compare": "a, b; function: equal, greater, less, and, or, ...",
    "where": "condition, a, b",
    # Pool.
    "maxpool": "x; kernel, stride, pads, dilation, ceil_mode, channels",
    "avgpool": "x; kernel, stride, pads, dilation, ceil_mode, count_padding, channels",
    "reduce": "x; function (mean, max, min, sum, prod, l1, l2, argmax, argmin, any, all, logsumexp), axes, keep (True)",
    # Move.
    "identity": "x",
    "cast": "x; is_float",
    "quantize": "x: rounded to few bits, or back; outputs (1): 3 where the scale and zero point are worked out too",
    "dropout": "x",
    "reshape": "x; shape: the output's sizes, one of them may be -1",
    "transpose": "x; order: the axes of x in their new order",
    "concat": "a, b, ...; axis",
    "split": "x; axis, sizes: an output for each",
    "slice": "x; parts: (axis, start, stop, step), in range, the step may be negative",
    "gather": "x, indices; axis. Of a stored x and data as indices it is an embedding",
    "pad": "x; pads: (before, after) for each axis, negative ones crop; mode (constant), value",
    "resize": "x; sizes: of each axis; mode (nearest, bilinear)",
    "expand": "x; shape: repeated along axes of size 1",
    "tile": "x; repeats: for each axis",
    "space_to_depth": "x; factor, channels",
    "depth_to_space": "x; factor, channels",
    "channel_shuffle": "x; groups, channels",
    "flip": "x; axes",
    "roll": "x",
    "rearrange": "x; sizes: elements of x in an order, or as often, as the format says, e.g. windows cut out of a map",
    "scatter": "x, indices, updates: some elements of x replaced",
    "gather_elements": "x, indices",
    "gather_nd": "x, indices; batch_axes (0)",
    "top_k": "x; axis, count: values and indices",
    "one_hot": "indices; depth, axis",
    "cumulate": "x; axis",
    "triangle": "x: one half of its last two axes is 0",
    "free": "tensors...: unknown, and free because the user says so",
}
"""Kind -> its inputs; its attributes. `?` marks what may be missing, parentheses hold defaults."""
