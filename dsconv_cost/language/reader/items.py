"""Items, bodies and branches of a file: what is made of what, and under which names."""

from dsconv_cost.language.architecture import Block, Branch, Item, Use
from dsconv_cost.language.nodes import ListNode, MappingNode, ScalarNode, YamlNode, kind_of_node
from dsconv_cost.language.reader.uses import UseReader
from dsconv_cost.language.reader.values import NAME, Scope, TooManyProblems, ValueReader, is_nothing
from dsconv_cost.language.vocabulary import TYPES
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.composites.structure import Residual, Sequential
from dsconv_cost.layers.join import Join

MOST_ITEMS = 300_000

_WITH_BODIES: frozenset[object] = frozenset(
    {Residual, Sequential, *(t for t in LAYERS.values() if issubclass(t, Join))}
)


class ItemReader:
    """Reads the bodies of one file."""

    def __init__(self, values: ValueReader, blocks: dict[str, Block], uses: UseReader) -> None:
        self.values = values
        self.blocks = blocks
        self.uses = uses
        self._items = 0

    def body(self, node: YamlNode, scope: Scope, where: str = "a list of items, or one item") -> list[Item]:
        """Read a list of items, or one item standing for a list of one."""
        if isinstance(node, ListNode):
            if not node.items:
                self.values.report(node, "missing-value", f"received an empty list, expected {where}")
            return [self.item(child, scope) for child in node.items]
        if is_nothing(node):
            self.values.report(node, "missing-value", f"received nothing, expected {where}")
            return []
        return [self.item(node, scope)]

    def item(self, node: YamlNode, scope: Scope, branch: bool = False) -> Item:
        """Read one item."""
        self._items += 1
        if self._items > MOST_ITEMS:
            self.values.report(node, "too-large", f"more than {MOST_ITEMS:,} items in one file: use repeat and blocks")
            raise TooManyProblems
        if isinstance(node, ScalarNode):
            return self._plain_item(node, scope)
        if isinstance(node, ListNode):
            self.values.report(
                node,
                "wrong-type",
                "received a list inside a body, expected an item: a group of items is written sequential",
            )
            return self._broken(node, scope)
        pairs = node.pairs
        # What the item says but for its name and place: items that say the same share what is made of it.
        signature: list[object] = []
        flat = True
        name = start = None
        for key, value in pairs:
            text = key.text
            signature.append(text)
            if text == "name":
                name = value
            elif text == "from":
                start = value
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
        ordinal = scope.ordinals.get(use.type, 0) + 1
        scope.ordinals[use.type] = ordinal
        item = Item(node, use, f"{use.type}{ordinal}")
        if use.layer_type in _WITH_BODIES:
            self._bodies(item, node, scope)
        if name is not None:
            self._name(item, name, scope)
        if start is not None:
            item.start = self._tensor_name(start)
        self._label(item, scope)
        return item

    def _broken(self, node: YamlNode, scope: Scope) -> Item:
        """Return what stands for an item whose problem was reported: nothing is known of its output."""
        use = Use("item")
        use.broken = True
        if isinstance(node, ListNode):
            node = ScalarNode("", False, node.line, node.column)
        item = Item(node, use, "item")
        name = node.get("name") if isinstance(node, MappingNode) else None
        if isinstance(name, ScalarNode):
            self._name(item, name, scope)
        return item

    def _plain_item(self, node: ScalarNode, scope: Scope) -> Item:
        if self.values.refused(node):
            return self._broken(node, scope)
        use = scope.uses.get(node.text)
        if use is None:
            if node.text not in TYPES and node.text not in self.blocks:
                self.uses.unknown_type(node, scope)
                return self._broken(node, scope)
            use = self.uses.read(MappingNode(node.line, node.column), node, scope, False)
            if not use.broken:
                scope.uses[node.text] = use
        ordinal = scope.ordinals.get(use.type, 0) + 1
        scope.ordinals[use.type] = ordinal
        item = Item(node, use, f"{use.type}{ordinal}")
        self._label(item, scope)
        return item

    def _label(self, item: Item, scope: Scope) -> None:
        taken = scope.labels.setdefault(item.label, item.node)
        if taken is not item.node:
            other = f"the item in line {taken.line} is called '{item.label}' too"
            named = item.node.get("name") if isinstance(item.node, MappingNode) else None
            self.values.report(named or item.node, "duplicate-name", f"{other}: give one of them another name")

    def _name(self, item: Item, node: YamlNode, scope: Scope) -> None:
        name = self._tensor_name(node)
        if name is None:
            self.values.lost_tensors = True
            return
        text = name.text
        problem = None
        if text in TYPES or text in self.blocks:
            problem = f"'{text}' is a type and cannot be the name of an item: take another name"
        elif text in ("previous", "input", "all"):
            problem = f"'{text}' is reserved and cannot be the name of an item: take another name"
        elif text.endswith((".norm", ".act")):
            problem = f"'{text}' ends like the part of an item: take another name"
        elif text in scope.tensors and scope.tensors[text] is not name:
            problem = (
                f"the name '{text}' is given twice here; the first is in line {scope.tensors[text].line}: rename one"
            )
        if problem:
            self.values.lost_tensors = True
            self.values.report(name, "invalid-name", problem)
            return
        scope.tensors[text] = name
        item.name = item.label = text

    def _tensor_name(self, node: YamlNode) -> ScalarNode | None:
        if isinstance(node, ScalarNode):
            if NAME.fullmatch(node.text):
                return node
            if self.values.refused(node):
                return None
        self.values.report(
            node,
            "invalid-name",
            f"received {kind_of_node(node)}, expected a name: letters, digits, _ . -, starting with a letter or _, at most 100",
        )
        return None

    # -- bodies of joins, residuals and groups --------------------------------------------------

    def _bodies(self, item: Item, node: MappingNode, scope: Scope) -> None:
        by_key = {key.text: value for key, value in node.pairs}
        main = by_key.get(item.use.type)
        type_ = item.use.layer_type
        if main is None or is_nothing(main):
            return  # reported as a field that is missing
        before = self.values.wrong
        if isinstance(type_, type) and issubclass(type_, Join):
            self._branches(item, main, scope)
        else:
            item.body = self.body(main, scope)
            shortcut = by_key.get("shortcut")
            if type_ is Residual and shortcut is not None:
                if isinstance(shortcut, ScalarNode) and shortcut.text == "none":
                    item.shortcut = "none"
                else:
                    item.shortcut = self.body(shortcut, scope, "a body to add, or none")
        if self.values.wrong > before:
            item.use.broken = True

    def _branches(self, item: Item, node: YamlNode, scope: Scope) -> None:
        if not isinstance(node, ListNode):
            if not self.values.refused(node):
                self.values.report(
                    node,
                    "wrong-type",
                    f"received {kind_of_node(node)}, expected a list of branches for {item.use.type}: [previous, [conv ...]]",
                )
            return
        if not node.items:
            self.values.report(node, "missing-value", f"{item.use.type} of no branches: list what it joins")
        for child in node.items:
            if isinstance(child, ScalarNode):
                if child.text not in TYPES and child.text not in self.blocks:
                    self._tensor_branch(item, child, scope)
                    continue
                item.branches.append(Branch(child, [self._plain_item(child, scope)], None, False))
            elif isinstance(child, MappingNode):
                item.branches.append(Branch(child, [self.item(child, scope, branch=True)], None, False))
            else:
                item.branches.append(Branch(child, self.body(child, scope, "the items of a branch"), None, False))

    def _tensor_branch(self, item: Item, node: ScalarNode, scope: Scope) -> None:
        text = node.text
        if self.values.refused(node):
            return
        every = text.startswith("all ")
        name = text[4:].strip() if every else text
        if NAME.fullmatch(name):
            item.branches.append(Branch(node, None, name, every))
        else:
            self.values.report(
                node, "wrong-type", f"received {kind_of_node(node)}, expected a branch: a body, or the name of a tensor"
            )
