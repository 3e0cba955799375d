"""A network to the text of an architecture, held to the network before anybody sees it."""

from collections.abc import Iterator, Sequence

from dsconv_cost.errors import UsageError
from dsconv_cost.importers.writing.blocks import Tree, all_items, copied_items, with_blocks
from dsconv_cost.importers.writing.defaults import choose_defaults
from dsconv_cost.importers.writing.document import Document
from dsconv_cost.importers.writing.hyperparameters import (
    CLASSES,
    RESOLUTION,
    common_side,
    name_classes,
    name_resolution,
    other_sides,
)
from dsconv_cost.importers.writing.items import common_tails, units_of
from dsconv_cost.importers.writing.naming import referred
from dsconv_cost.importers.writing.proof import holds_with, refutation
from dsconv_cost.importers.writing.recognise import recognise
from dsconv_cost.importers.writing.rewording import reworded
from dsconv_cost.importers.writing.structure import reduce_graph
from dsconv_cost.importers.writing.tree import PREVIOUS, TensorRef, TreeItem, every_item
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.join import Join
from dsconv_cost.network.graph import INPUT, Network
from dsconv_cost.text import inert, shown

_MOST_NAMED = 12
"""How many operations a message names."""
_LINE, _ARGUMENT = 200, 100
"""What a line costs, and an argument of a block, in characters."""


def write_architecture(
    network: Network, name: str, origin: str = "", paths: Sequence[str] = (), notes: Sequence[str] = ()
) -> str:
    """Return the text of an architecture whose network is this one, layer by layer and count by count.

    `origin` is named in a comment, and so are the modules that the layers come from, whose `paths` are given for each layer; `notes`
    are comments at the end. What is returned has been read and compared. Raises UsageError where the language cannot say the network.
    """
    _refuse_foreign(network, name)
    said = reworded(network)
    why = ""
    for text in _texts(said, Document(said, name, origin, paths)):
        why = refutation(network, text)
        if not why:
            return text + "".join(f"# {inert(note)}\n" for note in notes)
    raise UsageError(f"{inert(name)} cannot be written as YAML: {why}")


def _refuse_foreign(network: Network, name: str) -> None:
    """Raise UsageError with all operations that the language has no word for."""
    foreign: dict[str, list[str]] = {}
    for node in network.nodes:
        if LAYERS.get(node.layer.type) is not type(node.layer):
            foreign.setdefault(getattr(node.layer, "operator", node.layer.type), []).append(node.name)
    if not foreign:
        return
    told = [
        f"{shown(word)} ({shown(names[0])}{f' and {len(names) - 1:,} more' if len(names) > 1 else ''})"
        for word, names in list(foreign.items())[:_MOST_NAMED]
    ]
    more = f" and {len(foreign) - _MOST_NAMED:,} more" if len(foreign) > _MOST_NAMED else ""
    raise UsageError(
        f"{inert(name)} cannot be written as YAML: the language has no word for {', '.join(told)}{more}; "
        "analyze and check take the model itself"
    )


def _texts(network: Network, document: Document) -> Iterator[str]:
    """Yield the text that is wanted, and then plainer ones, down to an item for each layer."""
    if not network.shared:
        yield from _structured(network, document)
    yield document.text((_flat(network), []), {}, {}, folds=False)


def _structured(network: Network, document: Document) -> Iterator[str]:
    """Yield texts with blocks, composites and repetitions, and with hyperparameters if that holds."""
    tails = common_tails(network)
    items = reduce_graph(network, units_of(network, tails))
    items, gate = recognise(items, referred(items) | set(network.outputs))

    defaults = choose_defaults(every_item(items), tails, gate)

    plain = Document(network, document.name, document.origin, ())

    def cost(tree: Tree) -> int:
        lines = plain.lines(tree, defaults)
        return sum(_LINE + len(line) for line in lines) + _ARGUMENT * sum(
            len(block.arguments.names) for block in tree[1]
        )

    tree = with_blocks(items, network.outputs, cost)
    defaults = choose_defaults(all_items(tree), tails, gate)
    settable: dict[str, int] = {}
    named = copied_items(tree[0]), tree[1]
    classes = name_classes(named[0], network)
    if classes:
        settable[CLASSES] = classes
    side = common_side(network)
    scaled = copied_items(named[0]), tree[1]
    if side and name_resolution(all_items(scaled), side):
        text = document.text(scaled, defaults, {RESOLUTION: side, **settable})
        if all(holds_with(network, text, resolution=other) for other in other_sides(side)):
            yield text
    yield document.text(named, defaults, settable)
    yield document.text(tree, defaults, {})


def _flat(network: Network) -> list[TreeItem]:
    """Return an item for each layer, which starts at the one before or at a tensor by its name."""
    items: list[TreeItem] = []
    previous = INPUT
    for unit in units_of(network, None):
        item = unit.item
        owner = network.shared.get(item.out)
        item.weights = TensorRef(owner) if owner is not None else None
        if issubclass(LAYERS[item.type], Join):
            item.branches = [PREVIOUS if source == previous else TensorRef(source) for source in unit.inputs]
        elif unit.inputs and unit.inputs[0] != previous:
            item.start = TensorRef(unit.inputs[0])
        items.append(item)
        previous = item.out
    return items
