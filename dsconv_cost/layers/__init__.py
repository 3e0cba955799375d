"""The layer types, by the word the language has for them. A new type is one class, named in its family's tuple."""

from dsconv_cost.layers.activation import ACTIVATIONS
from dsconv_cost.layers.attention import Attention
from dsconv_cost.layers.base import Layer, OperationKind
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.correlation import Correlate
from dsconv_cost.layers.deformable import ConvAt
from dsconv_cost.layers.embedding import Embedding
from dsconv_cost.layers.expand import Expand
from dsconv_cost.layers.function import ELEMENT_FUNCTIONS
from dsconv_cost.layers.glu import Glu
from dsconv_cost.layers.join import JOINS
from dsconv_cost.layers.linear import Linear
from dsconv_cost.layers.norm import NORMS
from dsconv_cost.layers.parameter import Parameter
from dsconv_cost.layers.pooling import POOLS
from dsconv_cost.layers.product import MatMul
from dsconv_cost.layers.recurrent import RECURRENTS
from dsconv_cost.layers.reshape import RESHAPES
from dsconv_cost.layers.resize import RESIZES
from dsconv_cost.layers.transposed import ConvTranspose

_ALL: tuple[type[Layer], ...] = (
    Conv, DepthwiseConv, ConvTranspose, Linear, ConvAt, *RECURRENTS, Embedding, Attention, MatMul, Correlate, *NORMS, *ACTIVATIONS, Glu,
    *ELEMENT_FUNCTIONS, *POOLS, *JOINS, *RESHAPES, *RESIZES, Expand, Parameter,
)  # fmt: skip

LAYERS: dict[str, type[Layer]] = {layer.type: layer for layer in _ALL}

KINDS: tuple[OperationKind, ...] = tuple(dict.fromkeys(kind for layer in _ALL for kind in layer.kinds))
"""The kinds of operation, in the order of tables."""

__all__ = ["KINDS", "LAYERS", "Layer"]
