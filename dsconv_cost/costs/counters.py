"""The conventions of other counters, each as measured at one version of it.

`tests/facts/counters` holds the measurement: every case of every layer type, with the script that makes the table, and a
test holds each charge here to it. A case that is missing here was not measured, and is reported as such.
"""

from dsconv_cost.costs import cases
from dsconv_cost.costs.cases import on_all_sides, on_two_sides
from dsconv_cost.costs.charges import Charge, Coding, Convention

_IN_KERAS = frozenset((
    *cases.CONVOLUTIONS, *on_all_sides("conv_transpose"), *cases.LINEAR, *cases.LINEAR_MAP, *cases.NORM_CASES,
    *cases.PLAIN_NORMS, *cases.HALF_NORMS,
    *cases.INSTANCE, *cases.INSTANCE_PLAIN, *cases.RMS, *on_all_sides("channel_scale"), *cases.ACTIVATION_CASES, *cases.PRELU_ELEMENT,
    *cases.FUNCTION_CASES, *cases.POOL_CASES, "avgpool trimmed", *on_two_sides(cases.RESIZING), *on_all_sides("upsample nearest"),
    "upsample nearest oblong 3d", *cases.ADD, *cases.MULTIPLY, *cases.OTHER_JOINS, *cases.MOVE_CASES, *cases.RECURRENT_CASES,
    *cases.ONE_BIAS,
    *cases.EMBEDDING,
)) - frozenset((
    "dwconv 3d", *on_all_sides("divide", "threshold", "permute", "reshape"), "space_to_depth", "depth_to_space", "expand",
))  # fmt: skip

_KNOWN = "measured with each case of each layer type, and with whole networks"

_MACS_OF_MODULES = Charge(
    "multiply-accumulates", 1, "macs", (*cases.CONVOLUTIONS, *cases.TRANSPOSED_CASES, *cases.LINEAR, *cases.LINEAR_MAP)
)
_MACS_OF_ALL = _MACS_OF_MODULES._replace(cases=(*_MACS_OF_MODULES.cases, *cases.BLUR, *cases.MATMUL, *cases.ATTENTION))
_MACS = Charge("multiply-accumulates", 1, "macs", (*cases.CONVOLUTIONS, *cases.LINEAR, *cases.LINEAR_MAP))
_MACS_AT_OUTPUT = Charge("multiply-accumulates at output positions", 1, "output_macs", cases.TRANSPOSED_CASES)
_CONV_BIAS = Charge("bias of convolutions", 1, "bias_adds", (*cases.CONVOLUTIONS, *cases.TRANSPOSED_CASES))
_LINEAR_BIAS = Charge("bias of linear layers", 1, "bias_adds", cases.LINEAR)
_SUMS = Charge("sums of elements", 1, "joined", cases.ADD)
_PRODUCTS = Charge("products of elements", 1, "joined", cases.MULTIPLY)


def _each(what: str, rate: int, field: str, *of: str) -> Charge:
    return Charge(f"{what}, {rate} each" if rate > 1 else what, rate, field, of)


def _normalised(what: str, rate: int, *of: str) -> Charge:
    return _each(f"elements of {what}", rate, "normalised", *of)


def _recurrent(gru: int, lstm: int, rnn: int) -> tuple[Charge, ...]:
    """Return the charges of a counter that counts matrices, biases, and so many operations of each unit in each step."""
    return (
        Charge("multiply-accumulates of recurrent layers", 1, "macs", cases.RECURRENT_CASES),
        Charge("bias of recurrent layers", 1, "bias_adds", cases.RECURRENT_CASES),
        _each("units of gru in each step", gru, "activated", *cases.GRU),
        _each("units of lstm in each step", lstm, "activated", *cases.LSTM),
        _each("units of rnn in each step", rnn, "activated", *cases.RNN),
    )


_WITHOUT_PROJECTED = cases.IN_PYTORCH - frozenset(cases.PROJECTED)
_WITHOUT_LRN = _WITHOUT_PROJECTED - frozenset(cases.LRN)


_FUNCTION, _MEAN, _OWN, _IN_PLACE = "function", "mean", "own class", "in place"
_AS_FUNCTIONS = "activations as functions"
_POOLS_AS_FUNCTIONS = "pools as functions"
_RESIZING_AS_FUNCTIONS = "resizing as functions"
_JOINS_AS_FUNCTIONS = "sums and products as functions"
_OWN_NORMS = "norms of classes of their own"
_MEANS = Coding(_MEAN, "global average pools as means", cases.GLOBAL_AVERAGE)
_FUSED = Coding(_FUNCTION, "attention as one function", cases.ATTENTION)
_JOINS = (*cases.ADD, *cases.MULTIPLY)

_FVCORE = Convention(
    "fvcore", "0.1.5.post20221221", "MACs; 2 for each element of a batch norm, 5 of a layer, group or instance norm; on two sides "
    "inputs of global and adaptive average pools, 1 for each output of a nearest resizing, 4 of a bilinear one; no recurrent or "
    "deformable layer, no attention as one function",
    f"{_KNOWN}; fvcore prints the sum as flops, though a MAC is 1 in it",
    (
        _MACS_OF_ALL, _normalised("batch norms", 2, *cases.BATCH),
        _normalised("batch norms without scale and shift", 1, *cases.BATCH_PLAIN),
        _normalised("layer and group norms", 5, *cases.LAYER, *cases.GROUP), _normalised("instance norms", 5, *cases.INSTANCE),
        _normalised("instance norms without scale and shift", 4, *cases.INSTANCE_PLAIN),
        _normalised("layer and group norms without scale and shift", 4, *cases.LAYER_PLAIN, *cases.GROUP_PLAIN),
        _each("inputs of global and adaptive average pools", 1, "read", *on_two_sides(cases.ADAPTIVE)),
        _each("outputs of nearest resizing", 1, "written", *on_two_sides(cases.NEAREST)),
        _each("outputs of bilinear resizing", 4, "written", *on_two_sides(cases.BILINEAR)),
    ),
    measured=cases.IN_PYTORCH, prints=("params", "macs"), codings=(_MEANS, _FUSED),
)  # fmt: skip

_TORCHINFO = Convention(
    "torchinfo", "1.8.0", "MACs, those of transposed convolutions at output positions; biases; the scale and shift of a norm, "
    "the slopes of prelu and the table of embedding once each, not at every position; no products of data",
    f"{_KNOWN}; printed as total mult-adds",
    (
        Charge("multiply-accumulates", 1, "macs", (*cases.CONVOLUTIONS, *cases.DEFORMABLE)), _MACS_AT_OUTPUT,
        _CONV_BIAS._replace(cases=(*_CONV_BIAS.cases, *cases.DEFORMABLE)),
        Charge("weights of linear layers, once", 1, "used_weights", (*cases.LINEAR, *cases.LINEAR_MAP)),
        Charge("biases of linear layers, once", 1, "used_biases", (*cases.LINEAR, *cases.LINEAR_MAP)),
        Charge("scale and shift of norms, once", 1, "used_norm", (*cases.NORM_CASES, *cases.PLAIN_NORMS, *cases.INSTANCE, *cases.RMS)),
        Charge("slopes of prelu, once", 1, "used_weights", cases.PRELU),
        Charge("table of embedding, once", 1, "used_weights", cases.EMBEDDING),
        Charge("multiply-accumulates of recurrent layers", 1, "macs", (*cases.RECURRENT_CASES, *cases.PROJECTED)),
        Charge("bias of recurrent layers", 1, "bias_adds", (*cases.RECURRENT_CASES, *cases.PROJECTED)),
    ),
    measured=cases.IN_PYTORCH, prints=("params", "macs"),
    codings=(Coding(_FUNCTION, "prelu as functions", cases.PRELU),),
)  # fmt: skip

_COUNTED_AS_FUNCTIONS = ("relu", "relu6", "prelu", "elu", "gelu", "silu", "softmax")
_PTFLOPS = Convention(
    "ptflops", "0.7.5", "MACs; biases; 2 for each element of a batch or group norm, 1 of a layer norm; 2 for each element of "
    "relu, prelu, elu and gelu, 1 of relu6, leaky_relu, silu and softmax; 2 for each input of a pool and each output of a resizing; "
    "7 for each unit and step of a gru, 10 of an lstm, 1 of an rnn; "
    "of attention the softmax alone",
    f"{_KNOWN}; the default backend, which counts many a module once more as the function it calls",
    (
        _MACS_OF_MODULES._replace(cases=(*_MACS_OF_MODULES.cases, *cases.MATMUL)),
        _CONV_BIAS,
        _LINEAR_BIAS._replace(cases=(*cases.LINEAR, *cases.LINEAR_MAP)),
        _normalised("batch and group norms", 2, *cases.BATCH, *cases.GROUP),
        _normalised("batch and group norms without scale and shift", 1, *cases.BATCH_PLAIN, *cases.GROUP_PLAIN),
        _normalised("instance norms", 2, *cases.INSTANCE),
        _normalised("instance norms without scale and shift", 1, *cases.INSTANCE_PLAIN),
        _normalised("layer norms", 1, *cases.LAYER, *cases.LAYER_PLAIN),
        _each("relu, prelu, elu, gelu", 2, "activated", *on_all_sides("relu", "prelu", "elu", "gelu")),
        _each("relu6, leaky_relu, silu, softmax", 1, "activated",
              *on_all_sides("relu6", "leaky_relu", "silu", "softmax")),
        _each("inputs of pools", 2, "windowed", *cases.POOL_CASES), _each("outputs of resizing", 2, "written", *cases.RESIZING),
        _each("scores of attention", 1, "activated", *cases.ATTENTION), *_recurrent(7, 10, 1),
    ),
    measured=_WITHOUT_LRN - frozenset(cases.DEFORMABLE), prints=("params", "macs"),
    codings=(
        Coding(_FUNCTION, _AS_FUNCTIONS, cases.ACTIVATION_CASES,
               (_each(", ".join(_COUNTED_AS_FUNCTIONS), 1, "activated", *on_all_sides(*_COUNTED_AS_FUNCTIONS)),)),
        Coding(_FUNCTION, _POOLS_AS_FUNCTIONS, cases.POOL_CASES, (_each("inputs of pools", 1, "windowed", *cases.POOL_CASES),)),
        _MEANS, _FUSED,
        Coding(_FUNCTION, _RESIZING_AS_FUNCTIONS, cases.RESIZING, (_each("outputs of resizing", 1, "written", *cases.RESIZING),)),
        Coding(_FUNCTION, _JOINS_AS_FUNCTIONS, _JOINS, (_SUMS, _PRODUCTS)),
        Coding(_OWN, _OWN_NORMS, (*cases.NORM_CASES, *cases.PLAIN_NORMS)),
    ),
)  # fmt: skip

_MACS_BUT_OF_MAPS = _MACS_OF_ALL._replace(
    cases=tuple([case for case in _MACS_OF_ALL.cases if case not in cases.LINEAR_MAP])
)
_PTFLOPS_ATEN = Convention(
    "ptflops-aten", "0.7.5", "MACs and biases", f"{_KNOWN}; backend aten", (_MACS_BUT_OF_MAPS, _CONV_BIAS, _LINEAR_BIAS),
    measured=_WITHOUT_PROJECTED - frozenset((*cases.GRU, *cases.RNN, *cases.LINEAR_MAP)), prints=("params", "macs"),
)  # fmt: skip

_THOP = Convention(
    "thop", "0.1.1.post2209072238", "MACs, those of transposed convolutions at output positions; 4 for each element of a batch, "
    "layer or instance norm; prelu, softmax; outputs of average pools, and inputs of global and adaptive ones; 1 for each "
    "output of a nearest resizing, 11 of a bilinear one; biases of recurrent layers, 7 for each unit and step of a gru, 8 of an "
    "lstm, 1 of an rnn; of attention the softmax alone, no matmul",
    f"{_KNOWN}; it does not see group norms, RMS norms, embeddings and deformable "
    "convolutions, nor parameters that no layer of their own holds",
    (
        _MACS, _MACS_AT_OUTPUT, _normalised("batch and layer norms", 4, *cases.BATCH, *cases.LAYER),
        _normalised("instance norms", 4, *cases.INSTANCE),
        _normalised("instance norms without scale and shift", 2, *cases.INSTANCE_PLAIN),
        _normalised("batch and layer norms without scale and shift", 2, *cases.BATCH_PLAIN, *cases.LAYER_PLAIN),
        _each("prelu", 1, "activated", *cases.PRELU), _each("softmax", 3, "activated", *cases.SOFTMAX, *cases.ATTENTION),
        Charge("softmax, less one a position", -1, "positions", (*cases.SOFTMAX, *cases.ATTENTION)),
        _each("outputs of average pools", 1, "written", *cases.AVGPOOL, *cases.ADAPTIVE),
        _each("inputs of global and adaptive average pools", 1, "read", *cases.ADAPTIVE),
        _each("outputs of nearest resizing", 1, "written", *cases.NEAREST),
        _each("outputs of bilinear resizing", 11, "written", *on_two_sides(cases.BILINEAR)),
        _each("outputs of linear resizing of one side", 5, "written", "upsample bilinear 1d", "resize bilinear 1d"),
        *_recurrent(7, 8, 1),
    ),
    params=(
        Charge("scale and shift of group norms, not seen", -1, "norm", cases.GROUP),
        Charge("scale of RMS norms, not seen", -1, "norm", cases.RMS),
        Charge("factors of channel_scale, not seen", -1, "weights", cases.SCALE_CASES),
        Charge("summands of channel_scale, not seen", -1, "biases", on_all_sides("channel_scale shift", "channel_scale shared shift")),
        Charge("weights of deformable convolutions, not seen", -1, "weights", cases.DEFORMABLE),
        Charge("bias of deformable convolutions, not seen", -1, "biases", cases.DEFORMABLE),
        Charge("table of embedding, not seen", -1, "weights", cases.EMBEDDING),
    ),
    measured=_WITHOUT_PROJECTED, prints=("params", "macs"),
    codings=(
        Coding(_FUNCTION, _AS_FUNCTIONS, cases.ACTIVATION_CASES,
               params=(Charge("slopes of prelu, not seen", -1, "weights", cases.PRELU),)),
        Coding(_FUNCTION, _POOLS_AS_FUNCTIONS, cases.POOL_CASES),
        _MEANS, _FUSED,
        Coding(_FUNCTION, _RESIZING_AS_FUNCTIONS, cases.RESIZING),
        Coding(_OWN, _OWN_NORMS, (*cases.NORM_CASES, *cases.PLAIN_NORMS),
               params=(Charge("scale and shift of norms, not seen", -1, "norm", cases.NORM_CASES),)),
    ),
)  # fmt: skip

_TORCHPROFILE = Convention(
    "torchprofile", "0.1.0", "MACs, those of transposed convolutions at output positions; 1 for each element of a norm and of "
    "leaky_relu; outputs of average pools; products of elements; 4 for each output of a bilinear resizing; no gru and rnn",
    f"{_KNOWN}; it prints no params, and leaves out the groups of a transposed convolution that changes the channels",
    (
        _MACS._replace(cases=(*_MACS.cases, *cases.BLUR, *cases.LSTM, *cases.MATMUL, *cases.ATTENTION)),
        Charge("multiply-accumulates at output positions", 1, "ungrouped_macs", cases.TRANSPOSED_CASES),
        _normalised("norms", 1, *cases.NORM_CASES, *cases.INSTANCE), _normalised("local response norms", 3, *cases.LRN),
        _each("leaky_relu", 1, "activated", *cases.LEAKY_RELU),
        _each("outputs of average pools", 1, "written", *cases.AVGPOOL, *cases.ADAPTIVE),
        _each("outputs of means", 1, "written", *cases.MEANS),
        _PRODUCTS, _each("products of channel_scale", 1, "multiplied", *cases.SCALE_CASES),
        _each("outputs of bilinear resizing", 4, "written", *on_two_sides(cases.BILINEAR)),
    ),
    measured=_WITHOUT_PROJECTED, prints=("macs",),
    codings=(Coding(_IN_PLACE, "leaky_relu in place", cases.LEAKY_RELU),),
)  # fmt: skip

_ACTIVE = ("relu", "leaky_relu", "prelu", "elu", "gelu", "silu", "softmax")
_CALFLOPS = Convention(
    "calflops", "0.3.2", "MACs alone; FLOPs are 2 a MAC, the bias of convolutions, 2 for each element of a batch norm, 5 of a layer "
    "or group norm, 1 for each element of relu, leaky_relu, prelu, elu, gelu, silu and softmax and for each input of a pool",
    f"{_KNOWN}; it counts too little for a transposed convolution with groups, nothing for a depthwise one, and of recurrent "
    "layers FLOPs alone; of attention by operators the softmax alone",
    (_MACS._replace(cases=(*_MACS.cases, *cases.BLUR, *cases.MATMUL)),
     Charge("multiply-accumulates, divided by the groups twice", 1, "regrouped_macs", cases.TRANSPOSED_CASES)),
    (
        Charge("multiply-accumulates, 2 each", 2, "macs",
               (*cases.CONVOLUTIONS, *cases.LINEAR, *cases.LINEAR_MAP, *cases.BLUR, *cases.MATMUL,
                *cases.RECURRENT_CASES)),
        Charge("multiply-accumulates, divided by the groups twice, 2 each", 2, "regrouped_macs", cases.TRANSPOSED_CASES),
        Charge("bias of convolutions", 1, "bias_adds", cases.CONVOLUTIONS),
        Charge("bias of transposed convolutions, at the positions of an ordinary one", 1, "forward_biases", cases.TRANSPOSED_CASES),
        _normalised("batch norms", 2, *cases.BATCH), _normalised("batch norms without scale and shift", 1, *cases.BATCH_PLAIN),
        _normalised("layer and group norms", 5, *cases.LAYER, *cases.GROUP), _normalised("instance norms", 5, *cases.INSTANCE),
        _normalised("instance norms without scale and shift", 4, *cases.INSTANCE_PLAIN),
        _normalised("layer and group norms without scale and shift", 4, *cases.LAYER_PLAIN, *cases.GROUP_PLAIN),
        _each(", ".join(_ACTIVE), 1, "activated", *on_all_sides(*_ACTIVE)), _each("inputs of pools", 1, "windowed", *cases.POOL_CASES),
        _each("inputs of upsampling", 1, "read", *cases.UPSAMPLE),
        _each("positions of resizing to a size", 1, "positions", *cases.RESIZE),
        _each("scores of attention", 1, "activated", *cases.ATTENTION),
        Charge("bias of recurrent layers", 1, "bias_adds", cases.RECURRENT_CASES),
        _each("units of gru in each step", 1, "activated", *cases.GRU),
        _each("units of lstm in each step", 2, "activated", *cases.LSTM),
        Charge("units of rnn in each step, less one each", -1, "activated", cases.RNN),
    ),
    measured=_WITHOUT_LRN - frozenset(cases.OBLONG),
    codings=(
        Coding(_FUNCTION, "relu6 as functions", cases.RELU6, flops=(_each("relu6", 1, "activated", *cases.RELU6),)),
        _MEANS, _FUSED,
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
