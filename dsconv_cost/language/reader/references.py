"""Names of tensors: those that items get, and those that they start at, join and share weights with."""

from collections.abc import Mapping

from dsconv_cost.language.architecture import ONCE, OWN, Block, Reference, Use, Wiring
from dsconv_cost.language.nodes import ListNode, MappingNode, ScalarNode, YamlNode, kind_of_node
from dsconv_cost.language.reader.scope import NAME, REFERENCE, RESERVED_TENSORS, Scope
from dsconv_cost.language.reader.values import ValueReader
from dsconv_cost.language.vocabulary import MAX_PORTS, TYPES
from dsconv_cost.text import shown

_WANTED = "a name of at most 100 letters, digits, _ . -, starting with a letter or _"


class ReferenceReader:
    """Reads the names of tensors in one file."""

    def __init__(self, values: ValueReader, blocks: Mapping[str, Block]) -> None:
        self.values = values
        self.problems = values.problems
        self.blocks = blocks

    # -- what an item says ----------------------------------------------------------------------

    def wiring(self, use: Use, keys: Mapping[str, YamlNode], scope: Scope) -> Wiring:
        """Return what the keys `name`, `from` and `weights` of an item say."""
        names = self._names(use, keys["name"], scope) if "name" in keys else ()
        start = self._start(use, keys["from"], scope) if "from" in keys else ()
        weights = self._weights(keys["weights"], scope) if "weights" in keys else None
        return Wiring(names, start, weights)

    def _names(self, use: Use, node: YamlNode, scope: Scope) -> tuple[str, ...]:
        """Return the names of an item's outputs; none when a problem was reported."""
        outputs = max(1, len(use.block.outputs)) if use.block is not None else 1
        nodes = node.items if isinstance(node, ListNode) else [node]
        if len(nodes) != outputs and not use.broken:
            self.problems.lose("tensors")
            given = f"received {'1 name' if len(nodes) == 1 else f'{len(nodes)} names'}"
            self.problems.report(node, "wrong-value", f"{shown(use.type)} has {_outputs_of(use)}: {given}")
            return ()
        names = [self.name(each, scope) for each in nodes]
        return tuple([name for name in names if name is not None]) if None not in names else ()

    def _start(self, use: Use, node: YamlNode, scope: Scope) -> tuple[Reference, ...]:
        inputs = max(1, len(use.block.inputs)) if use.block is not None else 1
        nodes = node.items if isinstance(node, ListNode) else [node]
        if len(nodes) != inputs and not use.broken:
            given = f"from names {'1' if len(nodes) == 1 else len(nodes)}"
            self.problems.report(node, "wrong-value", f"{shown(use.type)} has {_inputs_of(use)}: {given}")
            use.mark_broken()
            return ()
        references = [self.reference(each, scope) for each in nodes]
        if None in references:
            use.mark_broken()
            return ()
        return tuple([reference for reference in references if reference is not None])

    def _weights(self, node: YamlNode, scope: Scope) -> Reference | str | None:
        if isinstance(node, ScalarNode) and node.text in (OWN, ONCE):
            return node.text
        if isinstance(node, ScalarNode) and node.text in RESERVED_TENSORS:
            message = f"'{node.text}' is a tensor, not an item that has weights: name the item, and write its name"
            self.problems.report(node, "misplaced-value", message)
            return None
        if isinstance(node, ScalarNode) and not self.problems.refused(node) and not REFERENCE.fullmatch(node.text):
            wanted = "the name of an earlier item, once or own"
            self.problems.report(node, "wrong-type", f"weights: received {kind_of_node(node)}, expected {wanted}")
            return None
        return self.reference(node, scope)

    # -- names ----------------------------------------------------------------------------------

    def name(self, node: YamlNode, scope: Scope) -> str | None:
        """Return the name that a tensor is given; None when a problem was reported."""
        text = self.plain_name(node)
        if text is None:
            self.problems.lose("tensors")
            return None
        assert isinstance(node, ScalarNode)
        why = None
        if text in TYPES or text in self.blocks:
            why = "it is a type"
        elif text in RESERVED_TENSORS:
            why = "it is reserved"
        elif text.endswith((".norm", ".act")):
            why = "parts of items end in .norm and .act"
        if why:
            self.problems.lose("tensors")
            self.problems.report(node, "invalid-name", f"'{text}' cannot be the name of an item: {why}")
            return None
        first = scope.tensors.setdefault(text, node)
        if first is not node:
            self.problems.lose("tensors")
            self.problems.report(
                node, "duplicate-name", f"duplicate name '{text}' (first on line {first.line}): rename one"
            )
            return None
        return text

    def plain_name(self, node: YamlNode) -> str | None:
        """Return a name as such; None when a problem was reported."""
        if isinstance(node, ScalarNode):
            if NAME.fullmatch(node.text):
                return node.text
            if self.problems.refused(node):
                return None
        self.problems.report(node, "invalid-name", f"received {kind_of_node(node)}, expected {_WANTED}")
        return None

    def reference(self, node: YamlNode, scope: Scope) -> Reference | None:
        """Return the tensor or item that is meant; None when a problem was reported."""
        match = REFERENCE.fullmatch(node.text) if isinstance(node, ScalarNode) else None
        if match is None:
            self.plain_name(node)
            return None
        assert isinstance(node, ScalarNode)
        scope.mentioned.add(match[1])
        if match[2] is None:
            return Reference(match[1], None, node)
        # Blanks in place of what is before it, so that a problem has its place.
        text = " " * match.start(2) + match[2]
        number = ScalarNode(text, node.plain, node.line, node.column, node.end_line, node.end_column)
        expression = self.values.value(number, scope.names)
        return None if expression is None else Reference(match[1], expression, node)

    def ports(self, node: YamlNode, what: str) -> list[ScalarNode]:
        """Return the names in a list of inputs or outputs of a block; none when a problem was reported."""
        items = node.items if isinstance(node, ListNode) else [node]
        if isinstance(node, MappingNode) or not items or len(items) > MAX_PORTS:
            if not self.problems.refused(node):
                wanted = f"a list of up to {MAX_PORTS} names"
                self.problems.report(node, "wrong-type", f"{what}: received {kind_of_node(node)}, expected {wanted}")
            return []
        return (
            [item for item in items if isinstance(item, ScalarNode)]
            if len(items) == len([item for item in items if self._is_scalar(item, what)])
            else []
        )

    def _is_scalar(self, node: YamlNode, what: str) -> bool:
        if isinstance(node, ScalarNode):
            return not self.problems.refused(node)
        self.problems.report(node, "wrong-type", f"{what}: received {kind_of_node(node)}, expected a name")
        return False


def _outputs_of(use: Use) -> str:
    outputs = [output.name for output in use.block.outputs] if use.block is not None else []
    if len(outputs) < 2:
        return "one output: give it one name"
    return f"{len(outputs)} outputs ({', '.join(outputs)}): name each, as name: [a, b, ...]"


def _inputs_of(use: Use) -> str:
    inputs = use.block.inputs if use.block is not None else []
    if len(inputs) < 2:
        return "one input"
    return f"{len(inputs)} inputs ({', '.join(inputs)})"
