"""A network to the text of an architecture, held to the network before anybody sees it."""

import json
import re
from collections.abc import Sequence

from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.importers.writing.blocks import Tree, with_blocks
from dsconv_cost.importers.writing.comparison import unlikeness
from dsconv_cost.importers.writing.defaults import FileDefaults, choose_defaults
from dsconv_cost.importers.writing.items import common_tails, units_of
from dsconv_cost.importers.writing.naming import referred, tensor_names
from dsconv_cost.importers.writing.recognise import recognise
from dsconv_cost.importers.writing.repeats import fold_repeats
from dsconv_cost.importers.writing.structure import nest_concats, reduce_graph
from dsconv_cost.importers.writing.text import ItemText, flow_value
from dsconv_cost.importers.writing.tree import PREVIOUS, TensorRef, TreeItem, every_item
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.reader.file import read_spec
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.join import Join
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import INPUT, INPUT_NAME, Network
from dsconv_cost.text import inert, listing

_PLAIN_NAME = r"[A-Za-z][A-Za-z0-9 _.+()-]*"


def write_architecture(network: Network, name: str, origin: str = "", paths: Sequence[str] = ()) -> str:
    """Return the text of an architecture whose network is this one, layer by layer and count by count.

    `origin` is named in a comment, and `paths` are the modules that the layers come from, one each. What is returned has been read
    and compared. Raises UsageError where the language cannot say the network.
    """
    unknown = sorted({node.layer.type for node in network.nodes if LAYERS.get(node.layer.type) is not type(node.layer)})
    if unknown:
        raise UsageError(f"{inert(name)} cannot be written as YAML: the language has no {listing(unknown)}")
    why = ""
    for write in (_structured, _flat):
        text = write(network, paths, _Head(name, origin))
        why = _difference(network, text)
        if not why:
            return text
    raise UsageError(f"{inert(name)} cannot be written as YAML: {why}")


class _Head:
    """What a file begins with."""

    def __init__(self, name: str, origin: str) -> None:
        self.name = name
        self.origin = origin

    def text(self, network: Network, lines: list[str]) -> str:
        """Return the whole file, of which these are the lines that say what the network is made of."""
        plain = re.fullmatch(_PLAIN_NAME, self.name) is not None and self.name == self.name.strip()
        name = self.name if plain else json.dumps(inert(self.name), ensure_ascii=False)
        comment = f"  # imported from {inert(self.origin)}" if self.origin else ""
        sizes = {each.name: f"[{', '.join(map(str, each.shape))}]" for each in network.inputs}
        several = f"{{{', '.join(f'{each}: {size}' for each, size in sizes.items())}}}"
        given = sizes[INPUT_NAME] if list(sizes) == [INPUT_NAME] else several
        return "\n".join([f"name: {name}{comment}", f"input: {given}", *lines, ""])


def _difference(network: Network, text: str) -> str:
    """Return how the network of a text differs from the one meant; empty where it does not."""
    try:
        written = elaborate(_architecture(text), max(len(network.nodes), 1000))
    except InputError as error:
        problem = error.problems[0]
        return f"line {problem.line}: {problem.message}"
    return unlikeness(nest_concats(network), written)


def _architecture(text: str) -> Architecture:
    """Return the architecture of a text with the defaults of its hyperparameters. Raises InputError."""
    spec, problems = read_spec(text, "imported", "imported")
    if problems:
        raise InputError("imported", problems, text)
    values = {name: each.default for name, each in spec.hyperparameters.items() if each.default is not None}
    return Architecture(spec, "imported", False, None, values)


def _structured(network: Network, paths: Sequence[str], head: _Head) -> str:
    nested = nest_concats(network)
    tails = common_tails(nested)
    items = reduce_graph(nested, units_of(nested, tails))
    items, gate = recognise(items, referred(items) | set(nested.outputs))

    def lines(tree: Tree) -> list[str]:
        every = [*every_item(tree[0]), *(item for block in tree[1] for item in every_item(block.body))]
        return _lines(nested, tree, choose_defaults(every, tails, gate), paths)

    def cost(tree: Tree) -> int:
        return sum(_LINE + len(line) for line in lines(tree)) + _ARGUMENT * sum(
            len(block.arguments.names) for block in tree[1]
        )

    tree = with_blocks(items, nested.outputs, cost)
    return head.text(network, lines(tree))


_LINE, _ARGUMENT = 200, 100
"""What a line costs, and an argument, in characters."""


def _flat(network: Network, paths: Sequence[str], head: _Head) -> str:
    """Write an item for each layer, and names wherever it does not start at the one before."""
    nested = nest_concats(network)
    items: list[TreeItem] = []
    previous = INPUT
    for unit in units_of(nested, None):
        item = unit.item
        if issubclass(LAYERS[item.type], Join):
            item.branches = [PREVIOUS if source == previous else TensorRef(source) for source in unit.inputs]
        elif unit.inputs and unit.inputs[0] != previous:
            item.start = TensorRef(unit.inputs[0])
        items.append(item)
        previous = item.out
    return head.text(network, _lines(nested, (items, []), {}, paths))


def _lines(network: Network, tree: Tree, defaults: FileDefaults, paths: Sequence[str]) -> list[str]:
    """Return the sections of the file that say what the network is made of."""
    items, blocks = tree
    lines: list[str] = []
    if defaults:
        lines += ["defaults:", *(f"  {type_}: {flow_value(values)}" for type_, values in defaults.items())]
    known = {block.name: block.arguments.defaults for block in blocks}
    if blocks:
        lines.append("blocks:")
    for block in blocks:
        body = fold_repeats(block.body, referred(block.body))
        names = tensor_names(referred(body), paths, [INPUT_NAME])
        lines.append(f"  {block.name}:")
        if block.arguments.names:
            lines.append(f"    arguments: {flow_value(block.arguments.declared)}")
        lines += ["    layers:", *(line.text for line in ItemText(defaults, known, names).lines(body, 6))]
    ends = network.outputs if network.outputs != (items[-1].out,) else ()
    folded = fold_repeats(items, referred(items) | set(ends))
    names = tensor_names(referred(folded) | set(ends), paths, [each.name for each in network.inputs])
    lines += ["layers:", *(line.text for line in ItemText(defaults, known, names).lines(folded, 2))]
    if ends:
        lines.append(f"outputs: [{', '.join(names[end] for end in ends)}]")
    return lines
