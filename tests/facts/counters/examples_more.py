"""More of what is measured: the types that came later, recurrent layers, and every type on 1 and on 3 sides."""

from collections.abc import Iterator

from tests.facts.counters.example import BOTH, MODULE, NORM, START, Example

ALONE = {1: ("8, 40", "4, 30"), 2: ("8, 16, 16", "4, 12, 20"), 3: ("8, 4, 8, 8", "4, 6, 5, 7")}
AFTER = {1: ("8, 40", "3, 30"), 2: ("8, 16, 16", "3, 12, 20"), 3: ("8, 4, 8, 8", "3, 6, 5, 7")}
_HALVES = "{conv: 4, kernel: 1, bias: false, name: a}, {conv: 4, kernel: 1, bias: false, name: b}"


def _alone(
    type_: str, *items: str, sides: tuple[int, ...] = (2,), codings: tuple[str, ...] = (MODULE,)
) -> Iterator[Example]:
    for n in sides:
        for item in items:
            for size in ALONE[n]:
                yield Example(type_, size, f"[{item}]", codings)


def _after(
    type_: str, *items: str, sides: tuple[int, ...] = (2,), codings: tuple[str, ...] = (MODULE,)
) -> Iterator[Example]:
    for n in sides:
        for item in items:
            for size in AFTER[n]:
                yield Example(type_, size, f"[{START}, {item}]", codings)


_ALL, _OTHER = (1, 2, 3), (1, 3)
_OLD_ACTIVATIONS = (
    "relu", "relu6", "elu", "gelu", "silu", "mish", "hardswish", "sigmoid", "hardsigmoid", "tanh", "softmax",
)  # fmt: skip
_NEW_ACTIVATIONS = (
    "selu", "celu", "softplus", "softsign", "hardtanh", "log_sigmoid", "log_softmax",
)  # fmt: skip
_FUNCTIONS = (
    "exponential", "log", "sqrt", "square", "abs", "negate", "reciprocal", "sin", "cos", "clip", "threshold",
)  # fmt: skip

EXAMPLES: list[Example] = [
    # types of two sides that came later
    *_after("global_maxpool", "global_maxpool", sides=_ALL, codings=BOTH),
    *_after("identity", "identity", sides=_ALL),
    *_after("space_to_depth", "{space_to_depth: 2}", codings=BOTH),
    *_after("depth_to_space", "{depth_to_space: 2}", codings=BOTH),
    *(
        example
        for join in ("subtract", "divide")
        for example in _after(join, f"{_HALVES}, {{{join}: [a, b]}}", sides=_ALL, codings=BOTH)
    ),
    *(
        example
        for join in ("maximum", "minimum")
        for example in _after(join, f"{_HALVES}, {{{join}: [a, b]}}", sides=_ALL)
    ),
    *(example for type_ in _NEW_ACTIVATIONS for example in _after(type_, type_, sides=_ALL, codings=BOTH)),
    *(example for type_ in _FUNCTIONS for example in _after(type_, type_, sides=_ALL)),
    *_after("instancenorm", "instancenorm", "{instancenorm, scale: false, shift: false}", sides=_ALL),
    *_after("rmsnorm", "rmsnorm", "{rmsnorm, scale: false}", sides=_ALL),
    *_after("lrn", "lrn", sides=_ALL),
    *_after("channel_scale", "{channel_scale, shift: true}", "{channel_scale, shared: true}", "{channel_scale, shared: true, shift: true}",
            sides=_ALL),
    *_after("blur_pool", "{blur_pool: 3}", "{blur_pool: 4, stride: 1}", sides=_ALL),
    *_after("reduce", "{reduce: mean}", "{reduce: max}", "{reduce: sum}", "{reduce: mean, over: channels}", sides=_ALL),
    *_after("reduce", "{reduce: mean, over: height}", "{reduce: sum, over: [channels, width]}"),
    *_after("permute", "{permute: [width, channels, height]}"),
    *_after("permute", "{permute: [length, channels]}", sides=(1,)),
    *_after("permute", "{permute: [time, channels, width, height]}", sides=(3,)),
    *_after("reshape", "{reshape: [4, -1, 2]}", sides=_ALL),
    *_after("reshape", "{reshape: [4, -1]}", "{reshape: [4, -1, 2, 1]}"),
    *_after("slice", "{slice, height: [0, 8], width: [1, 9, 2]}"),
    *_after("pad", "{pad, channels: [1, 2]}", "{pad: 1, channels: 2}", sides=_ALL),
    *_after("concat", f"{_HALVES}, {{concat: [a, b], along: height}}"),
    *_after("concat", f"{_HALVES}, {{concat: [a, b], along: length}}", sides=(1,)),
    *_after("concat", f"{_HALVES}, {{concat: [a, b], along: time}}", sides=(3,)),
    # recurrent layers and tables
    *(
        Example(type_, size, f"[{{{type_}: {fields}}}]")
        for type_ in ("gru", "lstm", "rnn")
        for fields in ("6", "8, biases: 0", "6, layers: 3", "6, directions: 2", "6, directions: 2, layers: 2, biases: 0",
                       "6, returns: last", "6, biases: 1", "6, biases: 1, directions: 2, layers: 2, returns: last")
        for size in ("5, 7", "16, 1, 25")
    ),
    *(
        Example("lstm", size, f"[{{lstm: {fields}}}]")
        for fields in ("8, projection: 3", "8, projection: 3, directions: 2, layers: 2, biases: 0")
        for size in ("5, 7", "16, 1, 25")
    ),
    *(Example("embedding", size, "[{embedding: 6, vocabulary: 11}]") for size in ("1, 9", "1, 4, 5", "1, 2, 3, 4")),
    # products of data, linear layers at every position, deformable convolutions
    *_after("linear", "{linear: 10}", "{linear: 12, bias: false}", sides=_ALL),
    *_after("matmul", f"{_HALVES}, {{matmul: [a, b], transposed: second}}", sides=_ALL),
    *_after("matmul", "{conv: 4, kernel: 1, bias: false, name: a}, {reshape: [4, -1], name: b}, {matmul: [b, b], transposed: second}",
            "{reshape: [4, -1], name: b}, {matmul: [b, b], transposed: first}"),
    *_after("attention", "{conv: 24, kernel: 1, bias: false}, attention", "{conv: 24, kernel: 1, bias: false}, {attention, heads: 4}",
            sides=_ALL, codings=BOTH),
    *_after("attention", "{conv: 8, kernel: 1, bias: false, name: q}, {conv: 8, kernel: 1, stride: 2, bias: false, name: k}, "
            "{attention: [q, k, k], heads: 2}", codings=BOTH),
    *_after("glu", "glu", sides=_ALL, codings=BOTH),
    *_after("expand", "global_avgpool, {expand: [-1, 3, 4]}"),
    *_after("conv_at", "{conv_at: [previous, {conv: 18, kernel: 3, bias: false}], out_channels: 6, kernel: 3}",
            "{conv_at: [previous, {conv: 27, kernel: 3, bias: false}], out_channels: 6, kernel: 3, bias: false}",
            "{conv_at: [previous, {conv: 36, kernel: 3, bias: false}, {conv: 18, kernel: 3, bias: false}], out_channels: 8, kernel: 3, "
            "groups: 2, offset_groups: 2}"),
    # the types of two sides on others
    *_alone("conv", "{conv: 8, kernel: 3}", "{conv: 8, kernel: 3, bias: false}", "{conv: 12, kernel: 1}",
            "{conv: 8, kernel: 3, groups: 4}", "{conv: 8, kernel: 3, dilation: 2}", "{conv: 6, kernel: 3, stride: 2}",
            "{conv: 6, kernel: 4, stride: 2}", "{conv: 6, kernel: 3, padding: valid}", sides=_OTHER),
    *_alone("conv", "{conv: 6, kernel: [3, 1, 5], stride: [1, 2, 2]}", sides=(3,)),
    *_alone("dwconv", "{dwconv: 3}", "{dwconv: 3, bias: false}", "{dwconv: 4}", "{dwconv: 3, depth_multiplier: 2}",
            "{dwconv: 3, stride: 2}", sides=_OTHER),
    *_alone("conv_transpose", "{conv_transpose: 4, kernel: 2, stride: 2}", "{conv_transpose: 4, kernel: 2, stride: 2, bias: false}",
            "{conv_transpose: 4, kernel: 4, stride: 2, padding: 1}", "{conv_transpose: 8, kernel: 3, padding: 1}",
            "{conv_transpose: 6, kernel: 3, stride: 2, padding: 1, output_padding: 1}", "{conv_transpose: 6, kernel: 3, stride: 2}",
            sides=_OTHER),
    *_alone("conv_transpose", "{conv_transpose: 8, kernel: 4, stride: 2, padding: 1, groups: 2}",
            "{conv_transpose: 12, kernel: 3, stride: 2, padding: 1, groups: 4, bias: false}", sides=_OTHER),
    *_after("linear", "global_avgpool, {linear: 10}", "flatten, {linear: 7, bias: false}", sides=_OTHER),
    *(
        example
        for norm in ("batchnorm", "layernorm", "groupnorm: 4")
        for example in _after(norm.partition(":")[0], f"{{{norm}}}", f"{{{norm}, scale: false, shift: false}}", sides=_OTHER, codings=NORM)
    ),
    *_after("channel_scale", "channel_scale", sides=_OTHER),
    *(example for type_ in _OLD_ACTIVATIONS for example in _after(type_, type_, sides=_OTHER, codings=BOTH)),
    *_after("leaky_relu", "leaky_relu", sides=_OTHER, codings=(*BOTH, "in place")),
    *_after("prelu", "prelu", "{prelu, slopes: per_layer}", sides=_OTHER, codings=BOTH),
    *_after("prelu", "{prelu, slopes: per_element}", sides=_OTHER),
    *_after("maxpool", "{maxpool: 2}", "{maxpool: 3, stride: 2, padding: 1}", "{maxpool: 3, stride: 2, padding: same}",
            sides=_OTHER, codings=BOTH),
    *_after("avgpool", "{avgpool: 2}", "{avgpool: 3, stride: 1, padding: 1}", "{avgpool: 3, stride: 2, padding: same}",
            sides=_OTHER, codings=BOTH),
    *_after("global_avgpool", "global_avgpool", sides=_OTHER, codings=(*BOTH, "mean")),
    *_after("adaptive_avgpool", "{adaptive_avgpool: 1}", "{adaptive_avgpool: 2}", "{adaptive_avgpool: 7}", sides=_OTHER, codings=BOTH),
    *_after("add", f"{_HALVES}, {{add: [a, b]}}", f"{_HALVES}, {{add: [a, b, a]}}", sides=_OTHER, codings=BOTH),
    *_after("multiply", f"{_HALVES}, {{multiply: [a, b]}}", f"{_HALVES}, {{multiply: [a, b, a]}}", sides=_OTHER, codings=BOTH),
    *_after("concat", f"{_HALVES}, {{concat: [a, b]}}", sides=_OTHER),
    *_after("flatten", "flatten", sides=_OTHER, codings=BOTH),
    *_after("dropout", "dropout", sides=_OTHER, codings=BOTH),
    *_after("channel_shuffle", "{channel_shuffle: 4}", sides=_OTHER),
    *_after("slice", "{slice: [2, 6]}", sides=_OTHER),
    *_after("pad", "{pad: 2}", sides=_OTHER, codings=BOTH),
    *_after("crop", "{crop: 4}", sides=_OTHER),
    *_after("upsample", "{upsample: 2}", "{upsample: 2, mode: bilinear}", sides=_OTHER, codings=BOTH),
    *_after("upsample", "{upsample: [1, 2, 2]}", "{upsample: [2, 3, 1], mode: bilinear}", sides=(3,), codings=BOTH),
    *_after("resize", "{resize: 9}", "{resize: 9, mode: nearest}", sides=_OTHER, codings=BOTH),
]  # fmt: skip
