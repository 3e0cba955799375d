"""Items, bodies and branches of a file: what is made of what, and under which names."""

from collections.abc import Iterator

from dsconv_cost.language.architecture import Block, Branch, Inside, Item, Reference, Use, Wiring
from dsconv_cost.language.expressions.expression import INDEX
from dsconv_cost.language.nodes import ListNode, MappingNode, ScalarNode, YamlNode, kind_of_node
from dsconv_cost.language.problems import TooManyProblems
from dsconv_cost.language.reader.references import ReferenceReader
from dsconv_cost.language.reader.scope import NAME, REFERENCE, Scope
from dsconv_cost.language.reader.uses import UseReader, is_repeated
from dsconv_cost.language.reader.values import ValueReader, is_nothing
from dsconv_cost.language.vocabulary import TYPES
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.composites.structure import Residual, Sequential
from dsconv_cost.layers.join import Join

MAX_ITEMS = 300_000

_WIRES = ("name", "from", "weights")
_WITH_BODIES: frozenset[object] = frozenset(
    {Residual, Sequential, *(t for t in LAYERS.values() if issubclass(t, Join))}
)


def _inside(content: Inside) -> Iterator[Item | Branch]:
    """Yield what an item is made of, and the names in its branches."""
    shortcut = content.shortcut if isinstance(content.shortcut, list) else ()
    for branch in content.branches:
        yield from (branch,) if branch.items is None else branch.items
    yield from (*(content.body or ()), *shortcut)


def _is_counted(part: Item | Branch) -> bool:
    """Return whether something in it uses the number of a repetition."""
    if isinstance(part, Branch):
        references = [part.tensor]
    else:
        references = [*part.start, part.weights if isinstance(part.weights, Reference) else None]
        if part.use.counted or any(map(_is_counted, _inside(Inside(part.body, part.branches, part.shortcut)))):
            return True
    return any(each is not None and each.number is not None and INDEX in each.number.names for each in references)


class ItemReader:
    """Reads the bodies of one file."""

    def __init__(self, values: ValueReader, blocks: dict[str, Block]) -> None:
        self.problems = values.problems
        self.blocks = blocks
        self.uses = UseReader(values, blocks)
        self.references = ReferenceReader(values, blocks)
        self._items = 0

    def body(self, node: YamlNode, scope: Scope, where: str = "a list of items, or one item") -> list[Item]:
        """Read a list of items, or one item in place of a list of one."""
        if isinstance(node, ListNode):
            if not node.items:
                self.problems.report(node, "missing-value", f"received an empty list, expected {where}")
            return [self.item(child, scope) for child in node.items]
        if is_nothing(node):
            self.problems.report(node, "missing-value", f"received nothing, expected {where}")
            return []
        return [self.item(node, scope)]

    def item(self, node: YamlNode, scope: Scope, branch: bool = False) -> Item:
        """Read one item."""
        self._items += 1
        if self._items > MAX_ITEMS:
            self.problems.report(node, "too-large", f"more than {MAX_ITEMS:,} items in one file: use repeat and blocks")
            raise TooManyProblems
        if isinstance(node, ScalarNode):
            return self._plain_item(node, scope)
        if isinstance(node, ListNode):
            message = "received a list inside a body, expected an item: write a group of items as sequential"
            self.problems.report(node, "wrong-type", message)
            return self._broken(node, scope)
        # What the item says but for its name and place: items that say the same share what is made of it.
        signature: list[object] = []
        flat = True
        wires: dict[str, YamlNode] = {}
        for key, value in node.pairs:
            text = key.text
            signature.append(text)
            if text in _WIRES:
                wires[text] = value
            elif type(value) is ScalarNode:
                signature.append(value.text if value.plain else (value.text,))
            else:
                flat = False
        use = scope.uses.get(tuple(signature)) if flat else None
        if use is None:
            type_key = self.uses.type_key(node)
            if type_key is None:
                return self._broken(node, scope)
            use = self.uses.read(node, type_key, scope, branch)
            if flat and not use.broken and use.copies is None and use.layer_type not in _WITH_BODIES:
                scope.uses[tuple(signature)] = use
        ordinal = scope.ordinal(use.type)
        content = Inside()
        if use.layer_type in _WITH_BODIES:
            content = self._content(use, node, scope.repeated() if is_repeated(node) else scope)
            if any(map(_is_counted, _inside(content))):
                use.mark_counted()
        wiring = self.references.wiring(use, wires, scope) if wires else Wiring()
        label = wiring.names[0] if len(wiring.names) == 1 else f"{use.type}{ordinal}"
        return self._labelled(Item(node, use, label, wiring, content), wires.get("name"), scope)

    def _broken(self, node: YamlNode, scope: Scope) -> Item:
        """Return an item in place of one whose problem was reported: nothing is known of its output."""
        if isinstance(node, ListNode):
            node = ScalarNode("", False, node.line, node.column, node.end_line, node.end_column)
        name_node = node.get("name") if isinstance(node, MappingNode) else None
        names = [name_node] if isinstance(name_node, ScalarNode) else getattr(name_node, "items", [])
        given = [name for name in (self.references.name(each, scope) for each in names) if name is not None]
        label = given[0] if len(given) == 1 else "item"
        return Item(node, Use("item", broken=True), label, Wiring(tuple(given)))

    def _plain_item(self, node: ScalarNode, scope: Scope) -> Item:
        if self.problems.refused(node):
            return self._broken(node, scope)
        use = scope.uses.get(node.text)
        if use is None:
            if node.text not in TYPES and node.text not in self.blocks:
                self.uses.unknown_type(node, scope)
                return self._broken(node, scope)
            use = self.uses.read(MappingNode(node.line, node.column), node, scope, False)
            if not use.broken:
                scope.uses[node.text] = use
        return self._labelled(Item(node, use, f"{use.type}{scope.ordinal(use.type)}"), None, scope)

    def _labelled(self, item: Item, name: YamlNode | None, scope: Scope) -> Item:
        taken = scope.labels.setdefault(item.label, item.node)
        if taken is not item.node:
            message = f"the item on line {taken.line} is also named '{item.label}': rename one"
            self.problems.report(name or item.node, "duplicate-name", message)
        return item

    # -- bodies of joins, residuals and groups --------------------------------------------------

    def _content(self, use: Use, node: MappingNode, scope: Scope) -> Inside:
        main = node.get(use.type)
        type_ = use.layer_type
        if main is None or is_nothing(main):
            return Inside()  # reported as a field that is missing
        with self.problems.watch() as wrong:
            if isinstance(type_, type) and issubclass(type_, Join):
                content = Inside(branches=self._branches(use, main, scope))
            else:
                shortcut: list[Item] | str | None = None
                body = self.body(main, scope)
                node_of_shortcut = node.get("shortcut") if type_ is Residual else None
                if isinstance(node_of_shortcut, ScalarNode) and node_of_shortcut.text in ("none", "identity"):
                    shortcut = node_of_shortcut.text
                elif node_of_shortcut is not None:
                    shortcut = self.body(node_of_shortcut, scope, "a body to add, none, or identity")
                project = next((key for key, _ in node.pairs if key.text == "project"), None)
                if project is not None and type_ is Residual and not isinstance(shortcut, list):
                    told = "project says where a shortcut is taken that is a body: give one, or leave it out"
                    self.problems.report(project, "misplaced-key", told)
                content = Inside(body, shortcut=shortcut)
        if wrong:
            use.mark_broken()
        return content

    def _branches(self, use: Use, node: YamlNode, scope: Scope) -> list[Branch]:
        if not isinstance(node, ListNode):
            if not self.problems.refused(node):
                wanted = f"a list of branches for {use.type}: [previous, [conv ...]]"
                self.problems.report(node, "wrong-type", f"received {kind_of_node(node)}, expected {wanted}")
            return []
        if not node.items:
            self.problems.report(node, "missing-value", f"{use.type} has no branches: list what it joins")
        branches = [self._branch(child, scope) for child in node.items]
        return [branch for branch in branches if branch is not None]

    def _branch(self, node: YamlNode, scope: Scope) -> Branch | None:
        if isinstance(node, MappingNode):
            return Branch(node, [self.item(node, scope, branch=True)], None, False)
        if isinstance(node, ListNode):
            return Branch(node, self.body(node, scope, "the items of a branch"), None, False)
        if node.text in TYPES or node.text in self.blocks:
            return Branch(node, [self._plain_item(node, scope)], None, False)
        if self.problems.refused(node):
            return None
        every = node.text.startswith("all ")
        name = node.text[4:].strip() if every else node.text
        if (NAME if every else REFERENCE).fullmatch(name):
            tensor = ScalarNode(name, node.plain, node.line, node.column, node.end_line, node.end_column)
            reference = self.references.reference(tensor if every else node, scope)
            return None if reference is None else Branch(node, None, reference, every)
        message = f"received {kind_of_node(node)}, expected a branch: a body, or the name of a tensor"
        self.problems.report(node, "wrong-type", message)
        return None
