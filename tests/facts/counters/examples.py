"""What is measured: small networks, each a convolution and then one layer, for every type of the language and every coding."""

from tests.facts.counters import examples_more
from tests.facts.counters.example import BOTH, CODINGS, MODULE, NORM, START, Example

__all__ = ["CODINGS", "EXAMPLES", "MODULE", "Example"]

_SAME = (MODULE, "padding='same'")


def _after_a_convolution(type_: str, *items: str, codings: tuple[str, ...] = (MODULE,)) -> list[Example]:
    return [
        Example(type_, size, f"[{START}, {item}]", codings) for item in items for size in ("8, 16, 16", "3, 12, 20")
    ]


def _alone(type_: str, *items: str, codings: tuple[str, ...] = (MODULE,)) -> list[Example]:
    return [Example(type_, size, f"[{item}]", codings) for item in items for size in ("8, 16, 16", "4, 12, 20")]


EXAMPLES: list[Example] = [
    *_alone(
        "conv", "{conv: 8, kernel: 3}", "{conv: 8, kernel: 3, bias: false}", "{conv: 12, kernel: 1}",
        "{conv: 8, kernel: 3, groups: 4}", "{conv: 8, kernel: 3, dilation: 2}", "{conv: 8, kernel: [1, 5]}",
        "{conv: 8, kernel: 2}", "{conv: 8, kernel: 4, bias: false}", codings=_SAME,
    ),
    *_alone(
        "conv", "{conv: 6, kernel: 3, stride: 2}", "{conv: 6, kernel: 4, stride: 2}", "{conv: 6, kernel: 5, padding: valid}",
        "{conv: 6, kernel: 3, padding: [0, 1, 0, 1], stride: 2}", "{conv: 6, kernel: 2, stride: 2, padding: 0}",
    ),
    *_alone("dwconv", "{dwconv: 3}", "{dwconv: 4}", "{dwconv: 3, bias: false}", "{dwconv: 5, depth_multiplier: 2}",
            codings=_SAME),
    *_alone("dwconv", "{dwconv: 3, stride: 2}", "{dwconv: 3, padding: valid, dilation: 2}"),
    *_alone(
        "conv_transpose", "{conv_transpose: 4, kernel: 2, stride: 2}", "{conv_transpose: 4, kernel: 2, stride: 2, bias: false}",
        "{conv_transpose: 4, kernel: 4, stride: 2, padding: 1, bias: false}",
        "{conv_transpose: 4, kernel: 4, stride: 2, padding: 1}", "{conv_transpose: 8, kernel: 3, padding: 1}",
        "{conv_transpose: 6, kernel: 3, stride: 2, padding: 1, output_padding: 1}",
        "{conv_transpose: 6, kernel: 5, stride: 3, padding: 0, output_padding: [2, 1]}",
        "{conv_transpose: 6, kernel: 3, stride: 2, dilation: 2, padding: 2, output_padding: 1}",
        "{conv_transpose: 6, kernel: 3, stride: 2}", "{conv_transpose: 6, kernel: [1, 4], stride: [1, 2], padding: [0, 1]}",
        "{conv_transpose: 6, kernel: 3, stride: 4}",
    ),
    *_alone(
        "conv_transpose", "{conv_transpose: 8, kernel: 4, stride: 2, padding: 1, groups: 2}",
        "{conv_transpose: 16, kernel: 4, stride: 2, padding: 1, groups: 2, bias: false}",
        "{conv_transpose: 12, kernel: 3, stride: 2, padding: 1, output_padding: 1, groups: 4}",
        "{conv_transpose: 12, kernel: 3, stride: 2, padding: 1, groups: 4, bias: false}",
    ),
    Example("conv_transpose", "8, 16, 16", "[{conv_transpose: 8, kernel: 4, stride: 2, padding: 1, groups: 8}]"),
    Example("conv_transpose", "8, 16, 16", "[{conv_transpose: 8, kernel: 4, stride: 2, padding: 1, groups: 8, bias: false}]"),
    Example("conv_transpose", "8, 16, 16", "[{conv_transpose: 16, kernel: 4, stride: 2, padding: 1, groups: 8, bias: false}]"),
    Example("conv_transpose", "4, 12, 20", "[{conv_transpose: 64, kernel: 3, stride: 2, groups: 4}]"),
    *_after_a_convolution(
        "linear", "global_avgpool, {linear: 10}", "global_avgpool, {linear: 10, bias: false}", "flatten, {linear: 7}",
    ),
    *_after_a_convolution("batchnorm", "batchnorm", "{batchnorm, scale: false, shift: false}", codings=NORM),
    *_after_a_convolution("layernorm", "layernorm", "{layernorm, scale: false, shift: false}", codings=NORM),
    *_after_a_convolution("groupnorm", "{groupnorm: 4}", "{groupnorm: 4, scale: false, shift: false}", codings=NORM),
    *_after_a_convolution("batchnorm", "{batchnorm, scale: false}", "{batchnorm, shift: false}"),
    *_after_a_convolution("layernorm", "{layernorm, scale: false}", "{layernorm, shift: false}"),
    *_after_a_convolution("groupnorm", "{groupnorm: 4, scale: false}", "{groupnorm: 4, shift: false}"),
    *_after_a_convolution("channel_scale", "channel_scale"),
    *(
        example
        for type_ in ("relu", "relu6", "elu", "gelu", "silu", "mish", "hardswish", "sigmoid", "hardsigmoid", "tanh",
                      "softmax")
        for example in _after_a_convolution(type_, type_, codings=BOTH)
    ),
    *_after_a_convolution("leaky_relu", "leaky_relu", codings=(*BOTH, "in place")),
    *_after_a_convolution("prelu", "prelu", "{prelu, slopes: per_layer}", codings=BOTH),
    *_after_a_convolution("prelu", "{prelu, slopes: per_element}"),
    *_after_a_convolution(
        "maxpool", "{maxpool: 2}", "{maxpool: 3, stride: 2, padding: 1}", "{maxpool: 3, stride: 2}",
        "{maxpool: 3, stride: 2, ceil_mode: true}", "{maxpool: 3, stride: 2, padding: same}",
        "{maxpool: 2, stride: 1, padding: same}", "{maxpool: 3, stride: 1, padding: same}", codings=BOTH,
    ),
    *_after_a_convolution(
        "avgpool", "{avgpool: 2}", "{avgpool: 3, stride: 1, padding: 1}",
        "{avgpool: 3, stride: 1, padding: 1, count_padding: false}", "{avgpool: 3, stride: 2, ceil_mode: true}",
        "{avgpool: 3, stride: 2, padding: same}", codings=BOTH,
    ),
    *_after_a_convolution("avgpool", "{avgpool: 3, stride: 2, padding: same, count_padding: false}"),
    *_after_a_convolution("global_avgpool", "global_avgpool", codings=(*BOTH, "mean")),
    *_after_a_convolution(
        "adaptive_avgpool", "{adaptive_avgpool: 1}", "{adaptive_avgpool: 4}", "{adaptive_avgpool: [2, 4]}",
        "{adaptive_avgpool: 7}", "{adaptive_avgpool: 5}", "{adaptive_avgpool: 32}", codings=BOTH,
    ),
    *_after_a_convolution(
        "add", "{conv: 4, kernel: 1, bias: false, name: a}, {conv: 4, kernel: 1, bias: false, name: b}, {add: [a, b]}",
        "{conv: 4, kernel: 1, bias: false, name: a}, {conv: 4, kernel: 1, bias: false, name: b}, "
        "{conv: 4, kernel: 1, bias: false, name: c}, {add: [a, b, c]}",
        "{conv: 4, kernel: 1, bias: false, name: a}, {global_avgpool, name: b}, {add: [a, b]}",
        "{conv: 4, kernel: 1, bias: false, name: a}, {global_avgpool, from: a, name: b}, {add: [b, b, a]}", codings=BOTH,
    ),
    *_after_a_convolution(
        "multiply",
        "{conv: 4, kernel: 1, bias: false, name: a}, {conv: 4, kernel: 1, bias: false, name: b}, {multiply: [a, b]}",
        "{conv: 4, kernel: 1, bias: false, name: a}, {conv: 4, kernel: 1, bias: false, name: b}, "
        "{conv: 4, kernel: 1, bias: false, name: c}, {multiply: [a, b, c]}",
        "{conv: 4, kernel: 1, bias: false, name: a}, {conv: 1, kernel: 1, bias: false, name: b}, {multiply: [b, a]}",
        codings=BOTH,
    ),
    *_after_a_convolution(
        "multiply", "{conv: 4, kernel: 1, bias: false, name: a}, {multiply: [a, [{global_avgpool}]]}",
        "{conv: 4, kernel: 1, bias: false, name: a}, {global_avgpool, name: b}, {multiply: [b, b, a]}",
        codings=(*BOTH, "mean"),
    ),
    *_after_a_convolution(
        "concat",
        "{conv: 4, kernel: 1, bias: false, name: a}, {conv: 4, kernel: 1, bias: false, name: b}, {concat: [a, b]}",
    ),
    *_after_a_convolution("flatten", "flatten", codings=BOTH),
    *_after_a_convolution("dropout", "dropout", codings=BOTH),
    *_after_a_convolution("channel_shuffle", "{channel_shuffle: 4}", codings=BOTH),
    *_after_a_convolution("slice", "{slice: [2, 6]}"),
    *_after_a_convolution("pad", "{pad: 2}", "{pad: [0, 1, 2, 3]}", codings=BOTH),
    *_after_a_convolution("crop", "{crop: [8, 10]}"),
    *_after_a_convolution(
        "upsample", "{upsample: 2}", "{upsample: [2, 3]}", "{upsample: 2, mode: bilinear}",
        "{upsample: 4, mode: bilinear}", "{upsample: [2, 3], mode: bilinear}", codings=BOTH,
    ),
    *_after_a_convolution(
        "resize", "{resize: [33, 40]}", "{resize: [7, 9]}", "{resize: [32, 32], mode: nearest}",
        "{resize: [11, 50], mode: nearest}", codings=BOTH,
    ),
    *examples_more.EXAMPLES,
]  # fmt: skip
