"""A network to the text of an architecture, held to the network before anybody sees it."""

import json
import re
from collections.abc import Sequence

from dsconv_cost.errors import InputError, UsageError
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
from dsconv_cost.network.graph import INPUT, Network
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

    def lines(self, network: Network) -> list[str]:
        plain = re.fullmatch(_PLAIN_NAME, self.name) is not None and self.name == self.name.strip()
        name = self.name if plain else json.dumps(inert(self.name), ensure_ascii=False)
        comment = f"  # imported from {inert(self.origin)}" if self.origin else ""
        return [f"name: {name}{comment}", f"input: [{', '.join(map(str, network.input))}]"]


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
    named = referred(items) | set(nested.outputs)
    items, gate = recognise(items, named)
    items = fold_repeats(items, named)
    return _text(nested, items, choose_defaults(every_item(items), tails, gate), paths, head)


def _flat(network: Network, paths: Sequence[str], head: _Head) -> str:
    """Write an item for each layer, and names wherever it does not start at the one before."""
    nested = nest_concats(network)
    items: list[TreeItem] = []
    previous = INPUT
    for unit in units_of(nested, None):
        item = unit.item
        if issubclass(LAYERS[item.type], Join):
            item.branches = [PREVIOUS if source == previous else TensorRef(source) for source in unit.inputs]
        elif unit.inputs[0] != previous:
            item.start = TensorRef(unit.inputs[0])
        items.append(item)
        previous = item.out
    return _text(nested, items, {}, paths, head)


def _text(network: Network, items: list[TreeItem], defaults: FileDefaults, paths: Sequence[str], head: _Head) -> str:
    lines = [*head.lines(network)]
    if defaults:
        lines += ["defaults:", *(f"  {type_}: {flow_value(values)}" for type_, values in defaults.items())]
    ends = network.outputs if network.outputs != (items[-1].out,) else ()
    names = tensor_names(referred(items) | set(ends), paths, ())
    written = ItemText(defaults, {}, names).lines(items, 2)
    lines += ["layers:", *(line.text for line in written)]
    if ends:
        lines.append(f"outputs: [{', '.join(names[end] for end in ends)}]")
    return "\n".join(lines) + "\n"
