"""The conventions of other counters, each as measured at one version of it.

`tests/facts/counters` holds the measurement: every case of every layer type, with the script that makes the table, and a
test holds each charge here to it. A case that is missing here was not measured, and is reported as such.
"""

from dsconv_cost.costs.charges import Charge, Coding, Convention

_CONVOLUTIONS = ("conv", "dwconv")
_TRANSPOSED = ("conv_transpose", "conv_transpose grouped")
_BATCH, _LAYER, _GROUP = ("batchnorm",), ("layernorm",), ("groupnorm",)
_BATCH_PLAIN, _LAYER_PLAIN, _GROUP_PLAIN = ("batchnorm plain",), ("layernorm plain",), ("groupnorm plain",)
_NORMS = (*_BATCH, *_LAYER, *_GROUP)
_PLAIN_NORMS = (*_BATCH_PLAIN, *_LAYER_PLAIN, *_GROUP_PLAIN)
_HALF_NORMS = ("batchnorm half", "layernorm half", "groupnorm half")
_ADAPTIVE = ("global_avgpool", "adaptive_avgpool")
_POOLS = ("maxpool", "avgpool", *_ADAPTIVE)
_OBLONG = ("upsample nearest oblong", "upsample bilinear oblong")
_UPSAMPLE, _RESIZE = ("upsample nearest", "upsample bilinear"), ("resize nearest", "resize bilinear")
_NEAREST = ("upsample nearest", "upsample nearest oblong", "resize nearest")
_BILINEAR = ("upsample bilinear", "upsample bilinear oblong", "resize bilinear")
_RESIZING = (*_NEAREST, *_BILINEAR)
_JOINS = ("add", "multiply")
_MOVES = ("concat", "flatten", "dropout", "channel_shuffle", "slice", "pad", "crop")
_ACTIVATIONS = (
    "relu", "relu6", "leaky_relu", "prelu", "elu", "gelu", "silu", "mish", "hardswish", "sigmoid", "hardsigmoid", "tanh",
    "softmax",
)  # fmt: skip

_IN_PYTORCH = frozenset((
    *_CONVOLUTIONS, *_TRANSPOSED, "linear", *_NORMS, *_PLAIN_NORMS, "channel_scale", *_ACTIVATIONS, *_POOLS, *_RESIZING,
    *_JOINS, *_MOVES,
))  # fmt: skip
_IN_KERAS = frozenset((
    *_CONVOLUTIONS, "conv_transpose", "linear", *_NORMS, *_PLAIN_NORMS, *_HALF_NORMS, "channel_scale", *_ACTIVATIONS,
    "prelu element", "maxpool", "avgpool", "avgpool trimmed", *_ADAPTIVE, *_RESIZING, *_JOINS, *_MOVES,
))  # fmt: skip

_KNOWN = "measured with each case of each layer type, and with whole networks"

_MACS_OF_ALL = Charge("multiply-accumulates", 1, "macs", (*_CONVOLUTIONS, *_TRANSPOSED, "linear"))
_MACS = Charge("multiply-accumulates", 1, "macs", (*_CONVOLUTIONS, "linear"))
_MACS_AT_OUTPUT = Charge("multiply-accumulates at output positions", 1, "output_macs", _TRANSPOSED)
_CONV_BIAS = Charge("bias of convolutions", 1, "bias_adds", (*_CONVOLUTIONS, *_TRANSPOSED))
_LINEAR_BIAS = Charge("bias of linear layers", 1, "bias_adds", ("linear",))
_SUMS = Charge("sums of elements", 1, "joined", ("add",))
_PRODUCTS = Charge("products of elements", 1, "joined", ("multiply",))


def _each(what: str, rate: int, field: str, *cases: str) -> Charge:
    return Charge(f"{what}, {rate} each" if rate > 1 else what, rate, field, cases)


def _normalised(of: str, rate: int, *cases: str) -> Charge:
    return _each(f"elements of {of}", rate, "normalised", *cases)


_FUNCTION, _MEAN, _OWN, _IN_PLACE = "function", "mean", "own class", "in place"
_AS_FUNCTIONS = "activations as functions"
_POOLS_AS_FUNCTIONS = "pools as functions"
_RESIZING_AS_FUNCTIONS = "resizing as functions"
_JOINS_AS_FUNCTIONS = "sums and products as functions"
_OWN_NORMS = "norms of classes of their own"
_MEANS = Coding(_MEAN, "global average pools as means", ("global_avgpool",))

_FVCORE = Convention(
    "fvcore", "0.1.5.post20221221", "MACs; 2 for each element of a batch norm, 5 of a layer or group norm; inputs of global and "
    "adaptive average pools; 1 for each output of a nearest resizing, 4 of a bilinear one",
    f"{_KNOWN}; fvcore prints the sum as flops, though a MAC is 1 in it",
    (
        _MACS_OF_ALL, _normalised("batch norms", 2, *_BATCH),
        _normalised("batch norms without scale and shift", 1, *_BATCH_PLAIN),
        _normalised("layer and group norms", 5, *_LAYER, *_GROUP),
        _normalised("layer and group norms without scale and shift", 4, *_LAYER_PLAIN, *_GROUP_PLAIN),
        _each("inputs of global and adaptive average pools", 1, "read", *_ADAPTIVE),
        _each("outputs of nearest resizing", 1, "written", *_NEAREST),
        _each("outputs of bilinear resizing", 4, "written", *_BILINEAR),
    ),
    measured=_IN_PYTORCH, prints=("params", "macs"), codings=(_MEANS,),
)  # fmt: skip

_TORCHINFO = Convention(
    "torchinfo", "1.8.0", "MACs, those of transposed convolutions at output positions; biases; the scale and shift of a norm and "
    "the slopes of prelu once each, not at every position",
    f"{_KNOWN}; printed as total mult-adds",
    (
        Charge("multiply-accumulates", 1, "macs", _CONVOLUTIONS), _MACS_AT_OUTPUT, _CONV_BIAS,
        Charge("weights of linear layers, once", 1, "used_weights", ("linear",)),
        Charge("biases of linear layers, once", 1, "used_biases", ("linear",)),
        Charge("scale and shift of norms, once", 1, "used_norm", (*_NORMS, *_PLAIN_NORMS)),
        Charge("slopes of prelu, once", 1, "used_weights", ("prelu",)),
    ),
    measured=_IN_PYTORCH, prints=("params", "macs"),
    codings=(Coding(_FUNCTION, "prelu as functions", ("prelu",)),),
)  # fmt: skip

_COUNTED_AS_FUNCTIONS = ("relu", "relu6", "prelu", "elu", "gelu", "silu", "softmax")
_PTFLOPS = Convention(
    "ptflops", "0.7.5", "MACs; biases; 2 for each element of a batch or group norm, 1 of a layer norm; 2 for each element of "
    "relu, prelu, elu and gelu, 1 of relu6, leaky_relu, silu and softmax; 2 for each input of a pool and each output of a resizing",
    f"{_KNOWN}; the default backend, which counts many a module once more as the function it calls",
    (
        _MACS_OF_ALL, _CONV_BIAS, _LINEAR_BIAS, _normalised("batch and group norms", 2, *_BATCH, *_GROUP),
        _normalised("batch and group norms without scale and shift", 1, *_BATCH_PLAIN, *_GROUP_PLAIN),
        _normalised("layer norms", 1, *_LAYER, *_LAYER_PLAIN),
        _each("relu, prelu, elu, gelu", 2, "activated", "relu", "prelu", "elu", "gelu"),
        _each("relu6, leaky_relu, silu, softmax", 1, "activated", "relu6", "leaky_relu", "silu", "softmax"),
        _each("inputs of pools", 2, "windowed", *_POOLS), _each("outputs of resizing", 2, "written", *_RESIZING),
    ),
    measured=_IN_PYTORCH, prints=("params", "macs"),
    codings=(
        Coding(_FUNCTION, _AS_FUNCTIONS, _ACTIVATIONS,
               (_each(", ".join(_COUNTED_AS_FUNCTIONS), 1, "activated", *_COUNTED_AS_FUNCTIONS),)),
        Coding(_FUNCTION, _POOLS_AS_FUNCTIONS, _POOLS, (_each("inputs of pools", 1, "windowed", *_POOLS),)),
        _MEANS,
        Coding(_FUNCTION, _RESIZING_AS_FUNCTIONS, _RESIZING, (_each("outputs of resizing", 1, "written", *_RESIZING),)),
        Coding(_FUNCTION, _JOINS_AS_FUNCTIONS, _JOINS, (_SUMS, _PRODUCTS)),
        Coding(_OWN, _OWN_NORMS, (*_NORMS, *_PLAIN_NORMS)),
    ),
)  # fmt: skip

_PTFLOPS_ATEN = Convention(
    "ptflops-aten", "0.7.5", "MACs and biases", f"{_KNOWN}; backend aten", (_MACS_OF_ALL, _CONV_BIAS, _LINEAR_BIAS),
    measured=_IN_PYTORCH, prints=("params", "macs"),
)  # fmt: skip

_THOP = Convention(
    "thop", "0.1.1.post2209072238", "MACs, those of transposed convolutions at output positions; 4 for each element of a batch or "
    "layer norm; prelu, softmax; outputs of average pools, and inputs of global and adaptive ones; 1 for each output of a nearest "
    "resizing, 11 of a bilinear one",
    f"{_KNOWN}; it does not see group norms, nor parameters that no layer of their own holds",
    (
        _MACS, _MACS_AT_OUTPUT, _normalised("batch and layer norms", 4, *_BATCH, *_LAYER),
        _normalised("batch and layer norms without scale and shift", 2, *_BATCH_PLAIN, *_LAYER_PLAIN),
        _each("prelu", 1, "activated", "prelu"), _each("softmax", 3, "activated", "softmax"),
        Charge("softmax, less one a position", -1, "positions", ("softmax",)),
        _each("outputs of average pools", 1, "written", "avgpool", *_ADAPTIVE),
        _each("inputs of global and adaptive average pools", 1, "read", *_ADAPTIVE),
        _each("outputs of nearest resizing", 1, "written", *_NEAREST),
        _each("outputs of bilinear resizing", 11, "written", *_BILINEAR),
    ),
    params=(
        Charge("scale and shift of group norms, not seen", -1, "norm", _GROUP),
        Charge("factors of channel_scale, not seen", -1, "weights", ("channel_scale",)),
    ),
    measured=_IN_PYTORCH, prints=("params", "macs"),
    codings=(
        Coding(_FUNCTION, _AS_FUNCTIONS, _ACTIVATIONS,
               params=(Charge("slopes of prelu, not seen", -1, "weights", ("prelu",)),)),
        Coding(_FUNCTION, _POOLS_AS_FUNCTIONS, _POOLS),
        _MEANS,
        Coding(_FUNCTION, _RESIZING_AS_FUNCTIONS, _RESIZING),
        Coding(_OWN, _OWN_NORMS, (*_NORMS, *_PLAIN_NORMS),
               params=(Charge("scale and shift of norms, not seen", -1, "norm", _NORMS),)),
    ),
)  # fmt: skip

_TORCHPROFILE = Convention(
    "torchprofile", "0.1.0", "MACs, those of transposed convolutions at output positions; 1 for each element of a norm and of "
    "leaky_relu; outputs of average pools; products of elements; 4 for each output of a bilinear resizing",
    f"{_KNOWN}; it prints no params, and leaves out the groups of a transposed convolution that changes the channels",
    (
        _MACS, Charge("multiply-accumulates at output positions", 1, "ungrouped_macs", _TRANSPOSED),
        _normalised("norms", 1, *_NORMS), _each("leaky_relu", 1, "activated", "leaky_relu"),
        _each("outputs of average pools", 1, "written", "avgpool", *_ADAPTIVE),
        _PRODUCTS, _each("products of channel_scale", 1, "multiplied", "channel_scale"),
        _each("outputs of bilinear resizing", 4, "written", *_BILINEAR),
    ),
    measured=_IN_PYTORCH, prints=("macs",),
    codings=(Coding(_IN_PLACE, "leaky_relu in place", ("leaky_relu",)),),
)  # fmt: skip

_ACTIVE = ("relu", "leaky_relu", "prelu", "elu", "gelu", "silu", "softmax")
_CALFLOPS = Convention(
    "calflops", "0.3.2", "MACs alone; FLOPs are 2 a MAC, the bias of convolutions, 2 for each element of a batch norm, 5 of a layer "
    "or group norm, 1 for each element of relu, leaky_relu, prelu, elu, gelu, silu and softmax and for each input of a pool",
    f"{_KNOWN}; it counts too little for a transposed convolution with groups, and nothing for a depthwise one",
    (_MACS, Charge("multiply-accumulates, divided by the groups twice", 1, "regrouped_macs", _TRANSPOSED)),
    (
        Charge("multiply-accumulates, 2 each", 2, "macs", (*_CONVOLUTIONS, "linear")),
        Charge("multiply-accumulates, divided by the groups twice, 2 each", 2, "regrouped_macs", _TRANSPOSED),
        Charge("bias of convolutions", 1, "bias_adds", _CONVOLUTIONS),
        Charge("bias of transposed convolutions, at the positions of an ordinary one", 1, "forward_biases", _TRANSPOSED),
        _normalised("batch norms", 2, *_BATCH), _normalised("batch norms without scale and shift", 1, *_BATCH_PLAIN),
        _normalised("layer and group norms", 5, *_LAYER, *_GROUP),
        _normalised("layer and group norms without scale and shift", 4, *_LAYER_PLAIN, *_GROUP_PLAIN),
        _each(", ".join(_ACTIVE), 1, "activated", *_ACTIVE), _each("inputs of pools", 1, "windowed", *_POOLS),
        _each("inputs of upsampling", 1, "read", *_UPSAMPLE),
        _each("positions of resizing to a size", 1, "positions", *_RESIZE),
    ),
    measured=_IN_PYTORCH - frozenset(_OBLONG),
    codings=(
        Coding(_FUNCTION, "relu6 as functions", ("relu6",), flops=(_each("relu6", 1, "activated", "relu6"),)),
        _MEANS,
        Coding(_FUNCTION, _JOINS_AS_FUNCTIONS, _JOINS, flops=(_SUMS, _PRODUCTS)),
    ),
)  # fmt: skip

_KERAS = Convention(
    "keras", "3", "MACs as in macs; params with the running mean and variance of batch norms",
    "count_params() measured with each case of each layer type, and with whole networks; Keras prints no MACs",
    (Charge("multiply-accumulates", 1, "macs"),),
    params=(Charge("running mean and variance", 1, "running"),), measured=_IN_KERAS, prints=("params",),
)  # fmt: skip

COUNTERS = (_FVCORE, _TORCHINFO, _PTFLOPS, _PTFLOPS_ATEN, _THOP, _TORCHPROFILE, _CALFLOPS, _KERAS)
