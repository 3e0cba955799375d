"""The edits of a file's text that make convolutions separable: `separable: true` in items, and names in the list `separable`."""

import json
import re
from collections.abc import Sequence

from dsconv_cost.advice.patch import Edit
from dsconv_cost.errors import Problem
from dsconv_cost.language.nodes import ListNode, MappingNode, ScalarNode, YamlNode, read_nodes
from dsconv_cost.layers.convolution import Conv
from dsconv_cost.network.graph import Network

KEY = "separable"
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML."""

Position = tuple[int, int]
"""A line and a column."""


def whole_items(network: Network, chosen: Sequence[int]) -> tuple[list[Position], list[int]]:
    """Return the places of the items whose convolutions are all among those chosen, and the others that are."""
    made: dict[Position, list[int]] = {}
    for index, node in enumerate(network.nodes):
        if isinstance(node.layer, Conv) and not node.part:
            made.setdefault((node.place.line, node.place.column), []).append(index)
    wanted = set(chosen)
    items: list[Position] = []
    left: list[int] = []
    for position, indices in made.items():
        if wanted.issuperset(indices) and all(network.nodes[index].place.type == "conv" for index in indices):
            items.append(position)
        else:
            left += wanted.intersection(indices)
    return items, sorted(left)


class Editor:
    """Makes the edits of one file."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in _BREAK.finditer(text))]
        self._eol = next((match[0] for match in _BREAK.finditer(text)), "\n")
        problems: list[Problem] = []
        root, _ = read_nodes(text, problems)
        assert isinstance(root, MappingNode)
        self.root = root

    def edits(self, items: Sequence[Position], names: Sequence[str]) -> list[Edit]:
        """Return the edits that make all convolutions of some items separable, and those of some names. Raises KeyError for no item."""
        mappings = self._mappings()
        edits = [self._in_item(mappings[position]) for position in items]
        return edits + ([self._in_list(names)] if names else [])

    def _mappings(self) -> dict[Position, MappingNode]:
        found: dict[Position, MappingNode] = {}
        ahead: list[YamlNode] = [self.root]
        while ahead:
            node = ahead.pop()
            if isinstance(node, MappingNode):
                found.setdefault((node.line, node.column), node)
                ahead += [value for _, value in node.pairs]
            elif isinstance(node, ListNode):
                ahead += node.items
        return found

    # -- an item ----------------------------------------------------------------------------------

    def _in_item(self, item: MappingNode) -> Edit:
        given = item.get(KEY)
        if given is not None:
            return Edit(self._start(given), self._end(given), "true")
        if self._is_flow(item):
            end = self._end(item.pairs[-1][1])
            return Edit(end, end, f", {KEY}: true")
        return self._lines_after(item.pairs[-1][1], item.pairs[0][0].column, [f"{KEY}: true"])

    # -- the list ---------------------------------------------------------------------------------

    def _in_list(self, names: Sequence[str]) -> Edit:
        given = self.root.get(KEY)
        quoted = ", ".join(map(json.dumps, names))
        if isinstance(given, ListNode):
            if self._is_flow(given):
                end = self._end(given.items[-1])
                return Edit(end, end, f", {quoted}")
            return self._lines_after(given.items[-1], given.column, [f"- {name}" for name in names])
        if isinstance(given, ScalarNode):
            return Edit(self._start(given), self._end(given), f"[{json.dumps(given.text)}, {quoted}]")
        key = next(key for key, _ in self.root.pairs if key.text == "layers")
        if self._is_flow(self.root):
            start = self._start(key)
            mark = '"' if self.text[start] == '"' else ""
            return Edit(start, start, f"{mark}{KEY}{mark}: [{quoted}], ")
        line = key.line
        while line > 1 and self._line(line - 1).startswith("#"):
            line -= 1
        start, indent = self._starts[line - 1], " " * (key.column - 1)
        lines = [f"{indent}{KEY}:", *(f"{indent}  - {name}" for name in names)]
        return Edit(start, start, "".join(f"{one}{self._eol}" for one in lines))

    # -- places -----------------------------------------------------------------------------------

    def _lines_after(self, value: YamlNode, column: int, lines: Sequence[str]) -> Edit:
        """Return lines at a column, behind the one that a value ends in."""
        ends_before = (
            value.end_column == 1 and value.end_line > value.line
        )  # a block of text ends where the next line starts
        line = value.end_line - ends_before
        written = "".join(f"{' ' * (column - 1)}{one}{self._eol}" for one in lines)
        if line < len(self._starts):
            return Edit(self._starts[line], self._starts[line], written)
        end = len(self.text)  # the last line of the file has no end
        return Edit(end, end, self._eol + written.removesuffix(self._eol))

    def _line(self, line: int) -> str:
        return self.text[self._starts[line - 1] : self._starts[line]]

    def _start(self, node: YamlNode) -> int:
        return self._starts[node.line - 1] + node.column - 1

    def _end(self, node: YamlNode) -> int:
        return self._starts[node.end_line - 1] + node.end_column - 1

    def _is_flow(self, node: MappingNode | ListNode) -> bool:
        return self.text[self._start(node)] in "{["
