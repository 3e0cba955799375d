"""The layer types, by the word the language has for them; a module is loaded when one of its types is asked for."""

from functools import cache

from dsconv_cost.layers.base import Layer, OperationKind
from dsconv_cost.layers.table import TypeTable, modules_of

_FAMILIES = {
    # module: its types, their kinds of operation, the words that their fields take
    "norm_and_activation": (
        "", "",
        "none batch layer group instance rms grn celu elu gelu hardsigmoid hardswish hardtanh leaky_relu log_sigmoid log_softmax mish "
        "prelu relu relu6 selu sigmoid silu softmax softplus softsign tanh",
    ),
    "convolution": ("conv dwconv", "standard depthwise pointwise grouped", "auto same valid"),
    "transposed": ("conv_transpose", "transposed", ""),
    "linear": ("linear", "linear", ""),
    "deformable": ("conv_at", "deformable", ""),
    "recurrent": ("gru lstm rnn", "recurrent", ""),
    "embedding": ("embedding", "embedding", ""),
    "attention": ("attention", "product", ""),
    "product": ("matmul", "product", ""),
    "correlation": ("correlate", "product", ""),
    "norm": ("batchnorm layernorm groupnorm instancenorm rmsnorm grn lrn channel_scale", "norm scale", ""),
    "activation": (
        "relu relu6 leaky_relu prelu elu selu celu softplus softsign gelu silu mish hardswish sigmoid hardsigmoid tanh hardtanh "
        "log_sigmoid softmax log_softmax",
        "activation", "per_channel per_element per_layer",
    ),
    "glu": ("glu", "activation", ""),
    "function": ("exponential log sqrt square abs negate reciprocal sin cos clip threshold", "function", ""),
    "pooling": (
        "maxpool avgpool blur_pool global_avgpool global_maxpool adaptive_avgpool reduce", "pooling blur", "",
    ),
    "join": ("add subtract maximum minimum multiply divide concat", "join", ""),
    "reshape": ("flatten reshape permute identity dropout channel_shuffle space_to_depth depth_to_space", "reshape", ""),
    "resize": ("slice pad crop upsample resize", "reshape", "nearest bilinear"),
    "expand": ("expand", "reshape", ""),
    "parameter": ("parameter", "parameter", ""),
}  # fmt: skip
"""In the order of tables. To add a family, add its module to this package and a line here."""

LAYERS: TypeTable[type[Layer]] = TypeTable(
    modules_of(__name__, {name: types for name, (types, _, _) in _FAMILIES.items()})
)

KIND_ORDER: tuple[str, ...] = tuple(dict.fromkeys(" ".join([kinds for _, kinds, _ in _FAMILIES.values()]).split()))
"""The words for the kinds of operation, in the order of tables."""

FIELD_WORDS: frozenset[str] = frozenset(" ".join([words for _, _, words in _FAMILIES.values()]).split())
"""The words that fields of layers take as values."""


@cache
def all_kinds() -> tuple[OperationKind, ...]:
    """Return the kinds of operation, in the order of tables; this loads every family."""
    return tuple(dict.fromkeys([kind for layer in LAYERS.values() for kind in layer.kinds]))


__all__ = ["FIELD_WORDS", "KIND_ORDER", "LAYERS", "Layer", "all_kinds"]
