"""The composites, by the word the language has for them; a module is loaded when one of its types is asked for."""

from dsconv_cost.layers.composites.base import Composite
from dsconv_cost.layers.table import TypeTable, modules_of

_MODULES = {
    # module: its types, the words that their fields take beside those of layers
    "dsconv": ("dsconv", ""),
    "inverted_residual": ("inverted_residual", ""),
    "squeeze_excite": ("squeeze_excite", ""),
    "deform_conv": ("deform_conv", ""),
    "structure": ("residual sequential", "always identity on_change"),
    "transformer": ("transformer", ""),
}
"""In the order of tables. To add a composite, add its module to this package and a line here."""

COMPOSITES: TypeTable[type[Composite]] = TypeTable(
    modules_of(__name__, {name: types for name, (types, _) in _MODULES.items()})
)

COMPOSITE_WORDS: frozenset[str] = frozenset(" ".join([words for _, words in _MODULES.values()]).split())
"""The words that fields of composites alone take as values."""

__all__ = ["COMPOSITES", "COMPOSITE_WORDS", "Composite"]
