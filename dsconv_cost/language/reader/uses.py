"""What an item says: its type, and then the fields of a built-in one or the arguments of a block."""

import re
from collections.abc import Collection

from dsconv_cost.language.architecture import Block, Control, Given, Use
from dsconv_cost.language.expressions.expression import INDEX, Expression
from dsconv_cost.language.nodes import MappingNode, ScalarNode, YamlNode, kind_of_node
from dsconv_cost.language.reader.fields import FieldReader, Filled
from dsconv_cost.language.reader.scope import NAME, Scope
from dsconv_cost.language.reader.slots import Slot, SlotReader, Slots
from dsconv_cost.language.reader.values import JOINED, ValueReader, is_nothing, separate
from dsconv_cost.language.vocabulary import COMMON_KEYS, FOREIGN, TYPES, is_foreign, suggest_type
from dsconv_cost.text import listing, shown

_ITEM = "an item: a type alone (relu), or with its fields ({conv: 64, kernel: 3})"


def is_repeated(node: MappingNode) -> bool:
    """Return whether an item is made several times, so that each repetition has a number."""
    return any(key.text in ("repeat", "copies") for key, _ in node.pairs)


class UseReader:
    """Reads the uses of types in one file."""

    def __init__(self, values: ValueReader, blocks: dict[str, Block]) -> None:
        self.values = values
        self.problems = values.problems
        self.blocks = blocks
        self.slots = SlotReader(values)
        self.fields = FieldReader(values, self.slots, blocks)
        self._slots_of_blocks: dict[str, Slots] = {}

    def type_key(self, node: MappingNode) -> ScalarNode | None:
        """Return the key of an item that is its type; None when a problem was reported."""
        keys = [key for key, _ in node.pairs if key.text in TYPES or key.text in self.blocks]
        if len(keys) > 1:  # a word may be a type, and a field or an argument of another
            own = {name for key in keys for name in self._names_of(key.text)}
            keys = [key for key in keys if key.text not in own] or keys
        if len(keys) == 1:
            return keys[0]
        if keys:
            names = " and ".join(f"'{shown(k.text)}'" for k in keys[:3])
            message = f"two types in one item, {names}: write two items, each after its own dash"
            self.problems.report(keys[1], "two-types", message)
            return None
        if not node.pairs:
            self.problems.report(node, "missing-type", f"received an empty mapping, expected {_ITEM}")
            return None
        if any(self.problems.refused(key) for key, _ in node.pairs):
            return None
        if any(self.values.cut_off(key, value, None) for key, value in node.pairs):
            return None
        if any(key.text not in COMMON_KEYS and self.values.no_colon(key, value) for key, value in node.pairs):
            return None
        named = next(((key, value) for key, value in node.pairs if key.text in ("type", "op", "layer")), None)
        if named is not None and isinstance(named[1], ScalarNode):
            message = f"write the type of an item as its key: {{{shown(named[1].text)}: ..., field: ...}}"
            self.problems.report(named[0], "missing-type", message)
            return None
        fields = {f.name for t in TYPES.values() for f in t.all_fields()} | set(COMMON_KEYS)
        strangers = [key for key, _ in node.pairs if key.text not in fields]
        if not strangers:
            names = listing([key.text for key, _ in node.pairs])
            self.problems.report(node, "missing-type", f"received fields without a type ({names}), expected {_ITEM}")
            return None
        meant = next((key for key in strangers if suggest_type(key.text[:100], [])), strangers[0])
        self.unknown_type(meant, None)
        return None

    def _names_of(self, type_name: str) -> Collection[str]:
        """Return the fields of a type, or the arguments of a block, that are written as keys."""
        block = self.blocks.get(type_name)
        if block is not None:
            return [argument.name for argument in block.arguments if argument.name != block.main]
        return [field.name for field in TYPES[type_name].fields]

    def unknown_type(self, node: ScalarNode, scope: Scope | None) -> None:
        """Report a type that does not exist; without `scope` it is the key of a mapping."""
        name, report = node.text, self.problems.report
        if self.problems.refused(node):
            return
        text = shown(name)
        if is_nothing(node):
            report(node, "missing-type", f"received nothing, expected {_ITEM}")
        elif name == "if":
            report(node, "unknown-type", "unknown type 'if': leave an item out with when: condition")
        elif (joined := re.fullmatch(JOINED, name)) and (joined[2] or joined[1] in TYPES or joined[1] in self.blocks):
            report(node, *separate(joined))
        elif (scope is not None and name in ("previous", "input")) or name.startswith("all "):
            message = f"'{text}' is a tensor, not an item: write it as a branch of a join"
            report(node, "misplaced-value", message)
        elif scope is not None and name in scope.tensors:
            report(node, "misplaced-value", f"'{text}' is a tensor, not an item: to start there, write from: {text}")
        elif name.startswith("-") and suggest_type(name[1:].split()[0] if name[1:].split() else "", []):
            message = f"'{text}' needs a space after its dash: write - {shown(name[1:].split()[0])}"
            report(node, "run-together", message)
        elif meant := suggest_type(name, list(self.blocks)):
            flat = re.search("[13]d", name.lower())
            sides = " It works on as many sides as its input has" if flat else ""
            report(node, "unknown-type", f"unknown type '{text}': did you mean '{meant}'?{sides}", meant)
        elif not NAME.fullmatch(name) or name in ("null", "true", "false"):
            report(node, "wrong-type", f"received {kind_of_node(node)}, expected {_ITEM}")
        else:
            hint = f"{FOREIGN}; " if is_foreign(name) else ""
            hint += "`dsconv-cost reference` lists the built-in types"
            if self.blocks:
                hint += f"; the file's blocks are {listing(self.blocks, 12)}"
            self.problems.unknown(node, "unknown-type", f"unknown type '{text}'", None, hint)

    def read(self, node: MappingNode, type_key: ScalarNode, scope: Scope, branch: bool) -> Use:
        """Return what an item says; one on its own as a `branch` may have copies."""
        block = self.blocks.get(type_key.text)
        with self.problems.watch() as wrong:
            inner = scope.repeated() if is_repeated(node) else scope
            with self.values.names_used() as used:
                control, first = self._control(node, scope, branch)
                if block is not None:
                    given = self._arguments(block, node, type_key, inner, first)
                else:
                    given = self.fields.read(TYPES[type_key.text], node, type_key, inner, first)
            if block is not None and control.repeat is not None:
                self._ports_in_a_row(block, node)
            if INDEX in used:
                control = control._replace(counted=True)
            if first is not None and control.repeat is None and not wrong:
                self.problems.report(
                    first, "misplaced-key", "`first` needs `repeat`: add it, or write the field itself"
                )
        layer_type = TYPES[type_key.text] if block is None else None
        return Use(type_key.text, layer_type, block, control, given, bool(wrong))

    def _control(self, node: MappingNode, scope: Scope, branch: bool) -> tuple[Control, YamlNode | None]:
        """Return when and how often an item is made, and the node of its `first`."""
        first: YamlNode | None = None
        expressions: dict[str, Expression | None] = {}
        each = scope.repeated() if node.get("copies") is not None else scope
        for key, value in node.pairs:
            name = key.text
            if name in ("when", "repeat", "copies"):
                expressions[name] = self.values.value(value, (scope if name == "copies" else each).names)
                if name == "copies" and expressions[name] is not None and not branch:
                    message = "`copies` is for a branch written as one item: to repeat an item, use `repeat`"
                    self.problems.report(key, "misplaced-key", message)
            elif name == "first":
                first = value
        return Control(expressions.get("when"), expressions.get("repeat"), expressions.get("copies")), first

    # -- blocks ---------------------------------------------------------------------------------

    def _ports_in_a_row(self, block: Block, node: MappingNode) -> None:
        """Report a repeated use of a block whose outputs do not suit its inputs."""
        inputs, outputs = len(block.inputs), max(1, len(block.outputs))
        if inputs > 1 and outputs != inputs:
            repeat = next(key for key, _ in node.pairs if key.text == "repeat")
            has = f"{shown(block.name)} has {inputs} inputs and {outputs} output{'s' * (outputs > 1)}"
            remedy = "to be repeated a block needs as many outputs as inputs, which are those of the repetition before"
            self.problems.report(repeat, "wrong-value", f"{has}: {remedy}")

    def _arguments(
        self, block: Block, node: MappingNode, type_key: ScalarNode, scope: Scope, first: YamlNode | None
    ) -> Given:  # fmt: skip
        slots = self._slots_of_blocks.get(block.name)
        if slots is None:
            main = block.main
            every = [Slot(a.name, a.default is None, a.name == main) for a in block.arguments]
            slots = self._slots_of_blocks[block.name] = Slots(block.name, "argument", every, block.incomplete)
        arguments = self._values(self.slots.read(node, type_key, slots), scope)
        variant = None
        if first is not None:
            over = self.slots.first(first, slots)
            if over is not None:
                given = Given(arguments={**arguments, **self._values(over, scope)}, varies=True)
                variant = Use(block.name, block=block, given=given)
        return Given(arguments=arguments, varies=True, first=variant)

    def _values(self, filled: Filled, scope: Scope) -> dict[str, Expression]:
        arguments: dict[str, Expression] = {}
        for name, (_, node) in filled.items():
            if isinstance(node, ScalarNode) and scope.names_tensor(node):
                message = f"'{node.text}' is a tensor, not a value: an argument takes a value; for a tensor use from or a join"
                self.problems.report(node, "wrong-type", message)
                continue
            expression = self.values.value(node, scope.names)
            if expression is not None:
                arguments[name] = expression
        return arguments
