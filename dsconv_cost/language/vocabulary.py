"""The words of the language, collected from the classes that mean something by them."""

from collections.abc import Mapping
from functools import cache

from dsconv_cost.language.expressions.expression import ARRIVING, INDEX
from dsconv_cost.language.expressions.functions import FUNCTIONS
from dsconv_cost.layers import FIELD_WORDS, LAYERS, Layer
from dsconv_cost.layers.composites import COMPOSITE_WORDS, COMPOSITES, Composite
from dsconv_cost.layers.table import TypeTable
from dsconv_cost.text import nearest_words

TYPES: TypeTable[type[Layer] | type[Composite]] = TypeTable({**LAYERS.modules, **COMPOSITES.modules})

COMMON_KEYS: dict[str, str] = {
    "name": "a name for this item's output (with repeat: the last repetition's); a list for a block with several outputs",
    "from": "start at the tensor of this name instead of at the item before; a list for a block with several inputs",
    "when": "false: as if the item were not written; evaluated once, before repeat",
    "repeat": "this many times, each starting where the last ended, expressions evaluated anew; 0 leaves it out",
    "first": "with repeat: other field values for the first repetition",
    "copies": "on a branch written as one item: this many such branches side by side",
    "weights": "the name of an earlier item that says the same: both have one set of weights; once: so do all repetitions; "
    "own: new ones, though the block around it shares",
}

WORDS: frozenset[str] = FIELD_WORDS | COMPOSITE_WORDS
"""The constants of the language: they mean themselves everywhere."""

RESERVED = frozenset(ARRIVING) | {
    INDEX, "previous", "input", "all", "required", "true", "false", "and", "or", "not", "if", "else"
}  # fmt: skip

MAX_PORTS = 100
"""How many inputs a network, and inputs or outputs a block, may have."""


@cache
def field_names() -> frozenset[str]:
    """Return the names of all fields but those written as the value of their type."""
    return frozenset([field.name for type_ in TYPES.values() for field in type_.fields])


@cache
def _synonyms() -> dict[str, str]:
    return {alias: name for name, type_ in TYPES.items() for alias in (*type_.also, name.replace("_", ""))}


_FOREIGN = frozenset({
    "adaptivemaxpool", "bicubic", "bilinear", "bottleneck", "cosinesimilarity", "crelu", "cropandresize",
    "fold", "fractionalmaxpool", "hardshrink",
    "locallyconnected", "lppool", "maxout", "maxunpool",
    "relu1", "roialign", "roipool", "rrelu", "softmin",
    "softshrink", "spectralnorm", "switchnorm", "tanhshrink", "trilinear",
    "unfold", "unitnorm", "unpool", "weightnorm", "zoneout",
})  # fmt: skip
"""What other frameworks have and this language does not, squeezed together; the nearest type here would be another layer."""


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")


def is_foreign(name: str) -> bool:
    """Return whether other frameworks have a layer of this name that this language does not have."""
    folded = _folded(name).replace("_", "").removesuffix("layer")
    stem = folded.removesuffix("1d").removesuffix("2d").removesuffix("3d").replace("pooling", "pool")
    stem = stem.removesuffix("normalization") + "norm" if stem.endswith("normalization") else stem
    return stem in _FOREIGN or folded.endswith("3d")


FOREIGN = "other frameworks have it, this language does not"


def suggest_type(name: str, blocks: list[str]) -> str | None:
    """Return the type or block that `name` most likely means: another framework's word for it, or a near miss."""
    folded = _folded(name)
    known = _synonyms().get(folded) or _synonyms().get(folded.replace("_", ""))
    if known or is_foreign(name):
        return known or nearest_words(name, blocks)
    return _nearest_known(name, [*TYPES, *blocks])


def _nearest_known(name: str, known: list[str]) -> str | None:
    """Return a near miss of `name`, unless it is nearer to a word that this language does not have."""
    meant = nearest_words(name, [*known, *_FOREIGN])
    return meant if meant in known else None


def suggest_word(name: str, words: list[str]) -> str | None:
    """Return the word that `name` most likely means, of those allowed."""
    folded = _folded(name)
    if is_foreign(name) and folded not in words:
        return None
    known = _synonyms().get(folded) or _synonyms().get(folded.replace("_", "")) or folded
    # The types batchnorm and layernorm are the words batch and layer where a field is meant.
    for meant in (known, known.removesuffix("norm")):
        if meant in words:
            return meant
    return None if name in TYPES else _nearest_known(name, words)


def suggest_key(name: str, known: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the key of an item that `name` most likely means: of those `known` with their other names, or a common one."""
    folded = _folded(name)
    for key, also in known.items():
        if folded in also:
            return key
    return nearest_words(name, [*known, *COMMON_KEYS])


def may_not_be_named(name: str) -> str | None:
    """Return why a hyperparameter, let or argument may not be spelled like this, or None."""
    if not name.isidentifier() or not name.isascii():
        return "names consist of letters, digits and _, and do not start with a digit"
    if name in WORDS:
        return f"{name} is a word of the language"
    if name in FUNCTIONS:
        return f"{name} is a function of the language"
    if name in RESERVED:
        return f"{name} is reserved by the language"
    return None
