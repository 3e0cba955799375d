"""What a user may want to set of a network: the resolution of its input, and the number of its classes."""

from dsconv_cost.importers.writing.tree import Term, TreeItem
from dsconv_cost.network.graph import Network

RESOLUTION, CLASSES = "resolution", "classes"

_PASSES = frozenset({"softmax", "log_softmax", "sigmoid", "flatten", "dropout", "identity"})
"""What may follow the layer of the classes."""


def name_classes(items: list[TreeItem], network: Network) -> int:
    """Let the last linear layer of a network of one output have `classes` outputs; return them, or 0 where there is no such layer."""
    if len(network.outputs) != 1 or network.outputs[0] != items[-1].out:
        return 0
    for item in reversed(items):
        if item.type == "linear" and isinstance(item.main, int) and item.leaving.positions == 1:
            classes = item.main
            item.main = Term(CLASSES)
            return classes
        if item.type not in _PASSES:
            return 0
    return 0


def common_side(network: Network) -> int:
    """Return the height of an input as high as wide; 0 of another one."""
    sides = network.input[1:] if len(network.inputs) == 1 else ()
    return sides[0] if len(sides) == 2 and sides[0] == sides[1] and sides[0] > 1 else 0


def name_resolution(items: list[TreeItem], side: int) -> bool:
    """Let what has the size of the input have `resolution`; return whether nothing else has a size of its own."""
    for item in items:
        if item.type == "resize" and item.main == side:
            item.main = Term(RESOLUTION)
        elif item.type in ("resize", "crop") or (item.type == "slice" and any(item.fields.values())):
            return False
    return True


def other_sides(side: int) -> tuple[int, int]:
    """Return the resolutions at which a network is tried before `resolution` becomes a hyperparameter."""
    return 2 * side, side + 32
