"""The sections of a file, from the items of a network and the blocks that they use."""

import json
import re
from collections.abc import Mapping, Sequence

from dsconv_cost.importers.writing.blocks import Tree
from dsconv_cost.importers.writing.comments import with_comments
from dsconv_cost.importers.writing.defaults import FileDefaults
from dsconv_cost.importers.writing.hyperparameters import RESOLUTION
from dsconv_cost.importers.writing.naming import input_names, referred, tensor_names
from dsconv_cost.importers.writing.repeats import fold_repeats
from dsconv_cost.importers.writing.text import ItemText, YamlLine, flow_value
from dsconv_cost.importers.writing.tree import Term
from dsconv_cost.network.graph import INPUT_NAME, Network
from dsconv_cost.text import inert

_PLAIN_NAME = r"[A-Za-z][A-Za-z0-9 _.+()-]*"


class Document:
    """Writes the files of one network."""

    def __init__(self, network: Network, name: str, origin: str, paths: Sequence[str]) -> None:
        self.network = network
        self.name = name
        self.origin = origin
        self.paths = paths
        self.inputs = input_names(network)

    def text(self, tree: Tree, defaults: FileDefaults, hyperparameters: Mapping[str, int], folds: bool = True) -> str:
        """Return the whole file; without `folds` every item is written as it is."""
        return "\n".join([*self._head(hyperparameters), *self.lines(tree, defaults, folds), ""])

    def _head(self, hyperparameters: Mapping[str, int]) -> list[str]:
        plain = re.fullmatch(_PLAIN_NAME, self.name) is not None and self.name == self.name.strip()
        name = self.name if plain else json.dumps(inert(self.name), ensure_ascii=False)
        comment = f"  # imported from {inert(self.origin)}" if self.origin else ""
        shapes = [list(map(str, each.shape)) for each in self.network.inputs]
        sizes = dict(zip(self.inputs, shapes, strict=True))
        if RESOLUTION in hyperparameters:
            sizes = {name: [channels, *[RESOLUTION] * len(sides)] for name, (channels, *sides) in sizes.items()}
        given = (
            sizes[INPUT_NAME]
            if list(sizes) == [INPUT_NAME]
            else {name: list(map(Term, size)) for name, size in sizes.items()}
        )
        settable = [f"hyperparameters: {flow_value(dict(hyperparameters))}"] if hyperparameters else []
        return [f"name: {name}{comment}", *settable, f"input: {flow_value(given)}"]

    def lines(self, tree: Tree, defaults: FileDefaults, folds: bool = True) -> list[str]:
        """Return the sections that say what the network is made of."""
        items, blocks = tree
        lines: list[str] = []
        if defaults:
            lines += ["defaults:", *(f"  {type_}: {flow_value(values)}" for type_, values in defaults.items())]
        known = {block.name: block.arguments.defaults for block in blocks}
        if blocks:
            lines.append("blocks:")
        for block in blocks:
            body = fold_repeats(block.body, referred(block.body))
            names = tensor_names(referred(body), self.paths, [INPUT_NAME], known)
            lines.append(f"  {block.name}:")
            if block.arguments.names:
                lines.append(f"    arguments: {flow_value(block.arguments.declared)}")
            lines += ["    layers:", *(line.text for line in ItemText(defaults, known, names).lines(body, 6))]
        ends = self.network.outputs if self.network.outputs != (items[-1].out,) else ()
        top = fold_repeats(items, referred(items) | set(ends)) if folds else items
        names = tensor_names(referred(top) | set(ends), self.paths, self.inputs, known)
        written: list[YamlLine] = ItemText(defaults, known, names).lines(top, 2)
        lines += ["layers:", *with_comments(written, top, self.paths)]
        if ends:
            lines.append(f"outputs: [{', '.join(names[end] for end in ends)}]")
        return lines
