"""The composites, by the word the language has for them. A new one is one class, named here."""

from dsconv_cost.layers.composites.base import Composite
from dsconv_cost.layers.composites.deform_conv import DeformConv
from dsconv_cost.layers.composites.dsconv import Dsconv
from dsconv_cost.layers.composites.inverted_residual import InvertedResidual
from dsconv_cost.layers.composites.squeeze_excite import SqueezeExcite
from dsconv_cost.layers.composites.structure import Residual, Sequential
from dsconv_cost.layers.composites.transformer import Transformer

_ALL: tuple[type[Composite], ...] = (Dsconv, InvertedResidual, SqueezeExcite, DeformConv, Residual, Sequential, Transformer)  # fmt: skip

COMPOSITES: dict[str, type[Composite]] = {composite.type: composite for composite in _ALL}

__all__ = ["COMPOSITES", "Composite"]
