"""The cases of layers that counters were measured with, in the groups that they charge alike.

A case is the word of a layer, with what counters tell apart of it: `batchnorm plain`, `conv 1d`. Without a number of sides it
is of two.
"""

from collections.abc import Iterable

_SIDES = ("", " 1d", " 3d")


def on_all_sides(*cases: str) -> tuple[str, ...]:
    """Return the cases on two sides, on one and on three."""
    return tuple([case + sides for case in cases for sides in _SIDES])


def on_two_sides(cases: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the cases that are of two sides."""
    return tuple([case for case in cases if not case.endswith((" 1d", " 3d"))])


def in_words(cases: Iterable[str]) -> str:
    """Return cases for people: a word alone is on one, two and three sides, else it says on which: `gru (1d, 2d)`."""
    sides: dict[str, list[str]] = {}
    for case in cases:
        word, _, last = case.rpartition(" ")
        on_others = f" {last}" in _SIDES[1:]
        sides.setdefault(word if on_others else case, []).append(last if on_others else "2d")
    return ", ".join(
        [word if len(on) == len(_SIDES) else f"{word} ({', '.join(sorted(on))})" for word, on in sides.items()]
    )


CONVOLUTIONS = on_all_sides("conv", "dwconv")
TRANSPOSED_CASES = on_all_sides("conv_transpose", "conv_transpose grouped")
LINEAR = on_all_sides("linear")
LINEAR_MAP = on_all_sides("linear map")
"""A linear layer at every position of a map."""
BLUR = on_all_sides("blur_pool")
DEFORMABLE = ("conv_at",)
MATMUL, ATTENTION = on_all_sides("matmul"), on_all_sides("attention")

BATCH, LAYER, GROUP = on_all_sides("batchnorm"), on_all_sides("layernorm"), on_all_sides("groupnorm")
INSTANCE = on_all_sides("instancenorm")
BATCH_PLAIN, LAYER_PLAIN = on_all_sides("batchnorm plain"), on_all_sides("layernorm plain")
GROUP_PLAIN, INSTANCE_PLAIN = on_all_sides("groupnorm plain"), on_all_sides("instancenorm plain")
NORM_CASES = (*BATCH, *LAYER, *GROUP)
PLAIN_NORMS = (*BATCH_PLAIN, *LAYER_PLAIN, *GROUP_PLAIN)
HALF_NORMS = ("batchnorm half", "layernorm half", "groupnorm half")
RMS, RMS_PLAIN, LRN = on_all_sides("rmsnorm half"), on_all_sides("rmsnorm plain"), on_all_sides("lrn")
"""An RMS norm has a scale and no shift: half of what other norms learn."""

SCALE_CASES = on_all_sides("channel_scale", "channel_scale shared", "channel_scale shift", "channel_scale shared shift")

ADAPTIVE = on_all_sides("global_avgpool", "adaptive_avgpool")
AVGPOOL, GLOBAL_AVERAGE, GLOBAL_MAXIMUM = (
    on_all_sides("avgpool"),
    on_all_sides("global_avgpool"),
    on_all_sides("global_maxpool"),
)
POOL_CASES = (*on_all_sides("maxpool"), *AVGPOOL, *ADAPTIVE, *GLOBAL_MAXIMUM)
MEANS = on_all_sides("reduce mean")
REDUCTIONS = (*MEANS, *on_all_sides("reduce max", "reduce sum"))

_OBLONG_ON = ("upsample nearest oblong", "upsample bilinear oblong")
OBLONG = (*_OBLONG_ON, *(f"{case} 3d" for case in _OBLONG_ON))
UPSAMPLE, RESIZE = (
    on_all_sides("upsample nearest", "upsample bilinear"),
    on_all_sides("resize nearest", "resize bilinear"),
)
RESIZING = (*UPSAMPLE, *RESIZE, *OBLONG)
NEAREST = tuple([case for case in RESIZING if "nearest" in case])
BILINEAR = tuple([case for case in RESIZING if "bilinear" in case])

ADD, MULTIPLY, CONCAT = on_all_sides("add"), on_all_sides("multiply"), on_all_sides("concat")
OTHER_JOINS = on_all_sides("subtract", "divide", "maximum", "minimum")
MOVE_CASES = (
    *CONCAT, *on_all_sides("flatten", "dropout", "channel_shuffle", "slice", "pad", "crop", "identity", "permute", "reshape"),
    "space_to_depth", "depth_to_space", "expand",
)  # fmt: skip

RELU, RELU6, LEAKY_RELU, PRELU = (
    on_all_sides("relu"),
    on_all_sides("relu6"),
    on_all_sides("leaky_relu"),
    on_all_sides("prelu"),
)
ELU, GELU, SILU, SOFTMAX = on_all_sides("elu"), on_all_sides("gelu"), on_all_sides("silu"), on_all_sides("softmax")
PRELU_ELEMENT = on_all_sides("prelu element")
ACTIVATION_CASES = (
    *RELU, *RELU6, *LEAKY_RELU, *PRELU, *ELU, *GELU, *SILU, *SOFTMAX,
    *on_all_sides("mish", "hardswish", "sigmoid", "hardsigmoid", "tanh", "selu", "celu", "softplus", "softsign", "hardtanh", "log_sigmoid",
                  "log_softmax"),
)  # fmt: skip
GLU = on_all_sides("glu sigmoid")
FUNCTION_CASES = on_all_sides(
    "exponential", "log", "sqrt", "square", "abs", "negate", "reciprocal", "sin", "cos", "clip", "threshold"
)

GRU, LSTM, RNN = ("gru", "gru 1d"), ("lstm", "lstm 1d"), ("rnn", "rnn 1d")
"""With two biases for each gate, or none."""
RECURRENT_CASES = (*GRU, *LSTM, *RNN)
PROJECTED = ("lstm projected", "lstm projected 1d")
ONE_BIAS = tuple([f"{type_} one bias{sides}" for type_ in ("gru", "lstm", "rnn") for sides in ("", " 1d")])
EMBEDDING = on_all_sides("embedding")

IN_PYTORCH = frozenset((
    *CONVOLUTIONS, *TRANSPOSED_CASES, *LINEAR, *LINEAR_MAP, *BLUR, *DEFORMABLE, *MATMUL, *ATTENTION,
    *NORM_CASES, *PLAIN_NORMS, *INSTANCE, *INSTANCE_PLAIN, *RMS, *RMS_PLAIN, *LRN, *SCALE_CASES,
    *ACTIVATION_CASES, *GLU, *FUNCTION_CASES, *POOL_CASES, *REDUCTIONS, *RESIZING, *ADD, *MULTIPLY, *OTHER_JOINS, *MOVE_CASES,
    *RECURRENT_CASES, *PROJECTED,
    *EMBEDDING,
))  # fmt: skip
