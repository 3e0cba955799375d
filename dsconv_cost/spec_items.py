"""Items, bodies and branches of a file: from nodes to compiled uses of types."""

import re
from collections.abc import Collection

from dsconv_cost.architecture import Block, Branch, Item, Setting, Use
from dsconv_cost.composites import Composite
from dsconv_cost.composites.structure import Residual, Sequential
from dsconv_cost.expressions import IN_CHANNELS, Expression
from dsconv_cost.fields import REQUIRED, BodyKind, BranchesKind, Field, Rejected, ShortcutKind, SizeOf
from dsconv_cost.inert import inert, near
from dsconv_cost.layers import LAYERS, Layer
from dsconv_cost.layers.join import Join
from dsconv_cost.spec_values import ValueReader
from dsconv_cost.vocabulary import COMMON_KEYS, TYPES, suggest_field, suggest_type
from dsconv_cost.yaml_events import REFUSED, Mapping, Node, Scalar, Sequence, what

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")

Defaults = dict[str, dict[str, tuple[Expression | None, Node]]]
"""Type -> field -> its compiled default and where it stands; None when a problem of it was reported."""


class Scope:
    """What a body sees: the names of values, and the names it gives to tensors."""

    def __init__(self, names: Collection[str], varying: Collection[str], tensors: dict[str, Scalar]) -> None:
        self.names = frozenset(names) | {IN_CHANNELS}
        self.varying = frozenset(varying) | {IN_CHANNELS}
        """Those whose value can differ between two uses in one network."""
        self.tensors = tensors
        self.ordinals: dict[str, int] = {}
        self.uses: dict[object, Use] = {}
        self.labels: dict[str, Node] = {}


class ItemReader:
    """Reads the bodies of one file."""

    def __init__(self, values: ValueReader, blocks: dict[str, Block]) -> None:
        self.values = values
        self.blocks = blocks
        self.defaults: Defaults = {}

    # -- bodies ---------------------------------------------------------------------------------

    def body(self, node: Node, scope: Scope, where: str = "a list of items, or one item") -> list[Item]:
        """Read a list of items, or one item standing for a list of one."""
        if isinstance(node, Sequence):
            if not node.items:
                self.values.report(node, f"received an empty list, expected {where}")
            items = [self.item(child, scope) for child in node.items]
            return [item for item in items if item is not None]
        if isinstance(node, Scalar) and not node.text and node.plain:
            self.values.report(node, f"received nothing, expected {where}")
            return []
        item = self.item(node, scope)
        return [] if item is None else [item]

    def item(self, node: Node, scope: Scope, branch: bool = False) -> Item | None:
        """Read one item."""
        if isinstance(node, Scalar):
            return self._plain_item(node, scope)
        if isinstance(node, Sequence):
            self.values.report(
                node, "received a list inside a body, expected an item: a group of items is written sequential"
            )
            return None
        pairs = node.pairs
        signature: list[object] = []
        flat = True
        for key, value in pairs:
            signature.append(key.text)
            if type(value) is Scalar:
                signature.append(value.text)
                signature.append(value.plain)
            else:
                flat = False
                break
        use = scope.uses.get(tuple(signature)) if flat else None
        if use is None:
            type_key = self._type_key(node)
            if type_key is None:
                return None
            use = self._use(node, type_key, scope, branch)
            if flat and not use.broken and use.copies is None and use.layer_type not in _WITH_BODIES:
                scope.uses[tuple(signature)] = use
        ordinal = scope.ordinals.get(use.type, 0) + 1
        scope.ordinals[use.type] = ordinal
        item = Item(node, use, f"{use.type}{ordinal}")
        if use.layer_type in _WITH_BODIES:
            self._bodies(item, node, scope)
        for key, value in pairs:
            if key.text == "name":
                self._name(item, value, scope)
            elif key.text == "from":
                item.start = self._tensor_name(value)
        self._label(item, scope)
        return item

    def _plain_item(self, node: Scalar, scope: Scope) -> Item | None:
        if node.text == REFUSED:
            return None
        use = scope.uses.get(node.text)
        if use is None:
            if node.text not in TYPES and node.text not in self.blocks:
                self._unknown_type(node, scope)
                return None
            use = self._use(Mapping(node.line, node.column), node, scope, False)
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
            self.values.report(item.node, f"{other}: give one of them another name")

    def _name(self, item: Item, node: Node, scope: Scope) -> None:
        name = self._tensor_name(node)
        if name is None:
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
            self.values.report(name, problem)
            return
        scope.tensors[text] = name
        item.name = item.label = text

    def _tensor_name(self, node: Node) -> Scalar | None:
        if isinstance(node, Scalar):
            if NAME.fullmatch(node.text):
                return node
            if node.text == REFUSED:
                return None
        self.values.report(
            node,
            f"received {what(node)}, expected a name: letters, digits, _ . -, starting with a letter or _, at most 100",
        )
        return None

    # -- types ----------------------------------------------------------------------------------

    def _type_key(self, node: Mapping) -> Scalar | None:
        keys = [key for key, _ in node.pairs if key.text in TYPES or key.text in self.blocks]
        if len(keys) == 1:
            return keys[0]
        if keys:
            names = " and ".join(f"'{k.text}'" for k in keys)
            self.values.report(keys[1], f"two types in one item, {names}: write two items, each behind its own dash")
            return None
        if not node.pairs:
            self.values.report(node, "received an empty mapping, expected an item: a type and its fields")
            return None
        cut = next((key for key, value in node.pairs if _cut(key) and not _text_of(value)), None)
        if cut is not None:
            self.values.report(cut, _CUT)
            return None
        fields = {f.name for t in TYPES.values() for f in t.all_fields()} | set(COMMON_KEYS)
        stranger = next((key for key, _ in node.pairs if key.text not in fields), node.pairs[0][0])
        self._unknown_type(stranger, None)
        return None

    def _unknown_type(self, node: Scalar, scope: Scope | None) -> None:
        name = node.text
        if name.startswith(REFUSED):
            return
        shown = inert(name if len(name) <= 60 else name[:57] + "...")
        if not name and node.plain:
            self.values.report(node, "received nothing, expected an item: a type and its fields")
            return
        if name == "if":
            self.values.report(node, "unknown type 'if': an item is left out with when: condition")
            return
        glued = re.fullmatch(r"([A-Za-z_]\w*):(\S+)", name)
        if glued:
            self.values.report(node, f"'{shown}' lacks a space after its colon: write {glued[1]}: {inert(glued[2])}")
            return
        if (scope is not None and name in ("previous", "input")) or name.startswith("all "):
            self.values.report(node, f"'{shown}' names a tensor, and stands only as a branch of a join")
            return
        if scope is not None and name in scope.tensors:
            self.values.report(node, f"'{shown}' is the name of a tensor: to start there, give the item from: {shown}")
            return
        meant = suggest_type(name, list(self.blocks))
        if meant:
            self.values.report(node, f"unknown type '{shown}': did you mean '{meant}'?")
        else:
            self.values.report(
                node, f"unknown type '{shown}': the types are those of `dsconv-cost reference` and the file's blocks"
                + (f" ({', '.join(list(self.blocks)[:12])})" if self.blocks else "")
            )  # fmt: skip

    def _use(self, node: Mapping, type_key: Scalar, scope: Scope, branch: bool) -> Use:
        use = Use(type_key.text)
        before = len(self.values.problems)
        for key, value in node.pairs:
            if key.text in ("when", "repeat", "copies"):
                setattr(use, key.text, self.values.value(value, scope.names))
            elif key.text in ("name", "from") and isinstance(value, Scalar) and not value.text and value.plain:
                pass  # reported where the name is read
        if use.copies is not None and not branch:
            copies = next(key for key, _ in node.pairs if key.text == "copies")
            self.values.report(
                copies, "copies stands only on a branch written as one item: to repeat an item, use repeat"
            )
        first = next((value for key, value in node.pairs if key.text == "first"), None)
        if first is not None and not any(key.text == "repeat" for key, _ in node.pairs):
            self.values.report(first, "first stands only beside repeat: write the field itself, or add repeat")
        if type_key.text in self.blocks:
            use.block = self.blocks[type_key.text]
            self._arguments(use, node, type_key, scope, first)
        else:
            use.layer_type = TYPES[type_key.text]
            self._fields(use, node, type_key, scope, first)
        use.broken = len(self.values.problems) > before
        return use

    # -- built-in types -------------------------------------------------------------------------

    def _fields(self, use: Use, node: Mapping, type_key: Scalar, scope: Scope, first: Node | None) -> None:
        assert use.layer_type is not None
        type_ = use.layer_type
        written: dict[str, tuple[Scalar, Node]] = {}
        missing_ok = False
        for key, value in node.pairs:
            name = key.text
            if key is type_key:
                if type_.main is not None:
                    if isinstance(value, Scalar) and not value.text and value.plain:
                        self.values.report(
                            type_key,
                            f"{type_.type} needs its {type_.main.name} behind the colon: {type_.main.kind.wants}",
                        )
                        missing_ok = True
                    else:
                        written[type_.main.name] = (key, value)
                elif not (isinstance(value, Scalar) and not value.text and value.plain):
                    self.values.report(
                        value, f"{type_.type} takes no value behind its colon: write {{{type_.type}, field: ...}}"
                    )
            elif name in COMMON_KEYS:
                continue
            elif any(field.name == name for field in type_.fields):
                written[name] = (key, value)
            else:
                missing_ok |= self._unknown_field(key, value, type_.type, type_.fields, type_.main)
        if (
            type_.main is not None
            and type_key.text not in {k.text for k, _ in node.pairs}
            and type_.main.name not in written
        ):
            self.values.report(
                type_key, f"{type_.type} needs its {type_.main.name}: write {type_.type}: {type_.main.kind.wants}"
            )
            missing_ok = True
        chain = self._default_chain(type_.type)
        use.settings = self._settings(type_, written, chain, scope, type_key, missing_ok)
        if issubclass(type_, Composite):
            for inner in type_.inner:
                inner_type = TYPES[inner]
                use.inner[inner] = self._settings(inner_type, {}, self._default_chain(inner), scope, None, True)
        use.varies = any(
            s.expression is not None and s.expression.names & scope.varying
            for settings in (use.settings, *use.inner.values())
            for s in settings
        )
        if first is not None:
            use.first = self._first(use, type_, written, chain, scope, first)

    def _first(
        self, use: Use, type_: type[Layer] | type[Composite], written: dict[str, tuple[Scalar, Node]],
        chain: list[dict[str, tuple[Expression | None, Node]]], scope: Scope, first: Node,
    ) -> Use | None:  # fmt: skip
        mapping = self.values.mapping(first, "a mapping of fields to their values in the first repetition")
        if mapping is None:
            return None
        over = dict(written)
        for key, value in mapping.pairs:
            if any(field.name == key.text for field in type_.fields) and key.text not in ("body", "shortcut", "split"):
                over[key.text] = (key, value)
            else:
                self._unknown_field(key, value, type_.type, type_.fields, type_.main)
        variant = Use(use.type)
        variant.layer_type = type_
        variant.settings = self._settings(type_, over, chain, scope, None, True)
        variant.inner = use.inner
        variant.varies = use.varies or any(
            s.expression is not None and s.expression.names & scope.varying for s in variant.settings
        )
        return variant

    def _settings(
        self, type_: type[Layer] | type[Composite], written: dict[str, tuple[Scalar, Node]],
        chain: list[dict[str, tuple[Expression | None, Node]]], scope: Scope, type_key: Scalar | None, missing_ok: bool,
    ) -> list[Setting]:  # fmt: skip
        settings: list[Setting] = []
        missing: list[Field] = []
        for field in type_.all_fields():
            kind = field.kind
            if isinstance(kind, (BodyKind, BranchesKind)):
                if field.name not in written and field.default is REQUIRED:
                    missing.append(field)
                continue
            if field.name in written:
                node: Node | None = written[field.name][1]
                assert node is not None
                if isinstance(kind, SizeOf) and isinstance(node, Scalar) and _may_name_tensor(node, scope):
                    settings.append(Setting(field, None, node.text, None))
                    continue
                expression = self.values.value(node, scope.names, kind.words())
                origin = None
            else:
                found = next((d[field.name] for d in chain if field.name in d), None)
                if found is None:
                    if field.default is REQUIRED:
                        missing.append(field)
                    else:
                        settings.append(Setting(field, None, field.default, None))
                    continue
                expression, node = found
                origin = node
            if expression is None:
                settings.append(Setting(field, None, field.default, origin))
                continue
            if expression.constant is None:
                settings.append(Setting(field, expression, None, origin))
                continue
            try:
                settings.append(Setting(field, None, kind.accept(expression.constant), origin))
            except Rejected as rejected:
                if origin is None:
                    self.values.report(node, f"{type_.type} {field.name}: {rejected}")
                settings.append(Setting(field, None, field.default, origin))
        if missing and not missing_ok and type_key is not None:
            names = " and ".join(f"{f.name} ({f.kind.wants})" for f in missing)
            self.values.report(type_key, f"{type_.type} needs {names}")
        return settings

    def _unknown_field(
        self, key: Scalar, value: Node, type_name: str, fields: tuple[Field, ...], main: Field | None
    ) -> bool:
        """Report an unknown key; return whether it explains a field that is missing."""
        name = key.text
        if name.startswith(REFUSED):
            return True
        shown = inert(name if len(name) <= 60 else name[:57] + "...")
        if _cut(key) and not _text_of(value):
            self.values.report(key, _CUT)
            return True
        glued = re.fullmatch(r"([A-Za-z_]\w*):(\S+)", name)
        if glued:
            self.values.report(key, f"'{shown}' lacks a space after its colon: write {glued[1]}: {inert(glued[2])}")
            return True
        if main is not None and (name == main.name or name in main.also):
            self.values.report(
                key, f"unknown field '{shown}' of {type_name}: its {main.name} stands behind the colon of {type_name}"
            )
            return False
        meant = suggest_field(name, fields)
        listing = ", ".join([f.name for f in fields] or ["none of its own"])
        hint = f": did you mean '{meant}'?" if meant else f": its fields are {listing}"
        self.values.report(key, f"unknown field '{shown}' of {type_name}{hint}")
        return meant is not None

    # -- defaults -------------------------------------------------------------------------------

    def read_defaults(self, node: Node, names: Collection[str]) -> None:
        """Read the file's `defaults`."""
        mapping = self.values.mapping(node, "a mapping of built-in types to field values")
        known = frozenset(names) | {IN_CHANNELS}
        for key, value in mapping.pairs if mapping else ():
            type_ = TYPES.get(key.text)
            if type_ is None:
                if key.text in self.blocks:
                    self.values.report(key, f"'{key.text}' is a block: give its arguments defaults where it is defined")
                else:
                    meant = suggest_type(key.text, [])
                    hint = f": did you mean '{meant}'?" if meant else ": defaults are for built-in types"
                    self.values.report(key, f"unknown type '{inert(key.text)}'{hint}")
                continue
            fields = self.values.mapping(value, f"a mapping of fields of {key.text} to values")
            found: dict[str, tuple[Expression | None, Node]] = {}
            for name, field_value in fields.pairs if fields else ():
                field = next((f for f in type_.fields if f.name == name.text), None)
                if field is None:
                    if type_.main is not None and name.text in (type_.main.name, key.text):
                        self.values.report(
                            name, f"{key.text} takes its {type_.main.name} from every item: it has no default"
                        )
                    elif name.text in COMMON_KEYS:
                        self.values.report(name, f"'{name.text}' is no field of {key.text}: defaults give fields only")
                    else:
                        self._unknown_field(name, field_value, key.text, type_.fields, type_.main)
                    continue
                if isinstance(field.kind, ShortcutKind):
                    self.values.report(name, f"{name.text} of {key.text} is a body: it has no default")
                    continue
                expression = self.values.value(field_value, known, field.kind.words())
                if expression is not None and expression.constant is not None:
                    try:
                        field.kind.accept(expression.constant)
                    except Rejected as rejected:
                        self.values.report(field_value, f"{key.text} {field.name}: {rejected}")
                        expression = None
                found[name.text] = (expression, field_value)
            self.defaults[key.text] = found

    def _default_chain(self, type_name: str) -> list[dict[str, tuple[Expression | None, Node]]]:
        """Return the defaults that reach a type, nearest first: a dwconv takes those of conv too, but not its kernel."""
        chain = [self.defaults.get(type_name, {})]
        if type_name == "dwconv":
            conv = self.defaults.get("conv", {})
            chain.append({name: found for name, found in conv.items() if name != "kernel"})
        return chain

    # -- blocks ---------------------------------------------------------------------------------

    def _arguments(self, use: Use, node: Mapping, type_key: Scalar, scope: Scope, first: Node | None) -> None:
        block = use.block
        assert block is not None
        by_name = {argument.name: argument for argument in block.arguments}
        main = block.main
        missing_ok = False
        for key, value in node.pairs:
            if key is type_key:
                empty = isinstance(value, Scalar) and not value.text and value.plain
                if main is None:
                    if not empty:
                        self.values.report(
                            value, f"{block.name} takes no value behind its colon (its first argument is not required): "
                            f"write {{{block.name}, argument: ...}}"
                        )  # fmt: skip
                elif empty:
                    self.values.report(type_key, f"{block.name} needs its {main} behind the colon")
                    missing_ok = True
                else:
                    self._argument(use, main, value, scope)
            elif key.text in COMMON_KEYS:
                continue
            elif key.text in by_name and key.text != main:
                self._argument(use, key.text, value, scope)
            else:
                missing_ok |= self._unknown_argument(key, value, block)
        if main is not None and type_key.text not in {k.text for k, _ in node.pairs}:
            self.values.report(type_key, f"{block.name} needs its {main}: write {block.name}: {main}")
            missing_ok = True
        lacking = [
            a.name for a in block.arguments if a.default is None and a.name not in use.arguments and a.name != main
        ]
        if lacking and not missing_ok and not any(a in {k.text for k, _ in node.pairs} for a in lacking):
            self.values.report(type_key, f"{block.name} needs {' and '.join(lacking)}")
        use.varies = True
        if first is not None:
            mapping = self.values.mapping(first, "a mapping of arguments to their values in the first repetition")
            variant = Use(use.type)
            variant.block = block
            variant.arguments = dict(use.arguments)
            for key, value in mapping.pairs if mapping else ():
                if key.text in by_name and key.text != main:
                    self._argument(variant, key.text, value, scope)
                else:
                    self._unknown_argument(key, value, block)
            variant.varies = True
            use.first = variant

    def _argument(self, use: Use, name: str, node: Node, scope: Scope) -> None:
        if isinstance(node, Scalar) and _names_tensor(node, scope):
            self.values.report(
                node, f"'{node.text}' is a tensor: an argument is a value, tensors are joined with from or a join"
            )
            return
        expression = self.values.value(node, scope.names)
        if expression is not None:
            use.arguments[name] = expression

    def _unknown_argument(self, key: Scalar, value: Node, block: Block) -> bool:
        name = key.text
        if name.startswith(REFUSED):
            return True
        if _cut(key) and not _text_of(value):
            self.values.report(key, _CUT)
            return True
        if name == block.main:
            self.values.report(key, f"{name} of {block.name} stands behind the colon: {block.name}: ...")
            return True
        shown = inert(name[:60])
        names = [a.name for a in block.arguments if a.name != block.main]
        hint = near(name, [*names, *COMMON_KEYS])
        if not hint:
            hint = f": its arguments are {', '.join(names)}" if names else ": it has no arguments"
        self.values.report(key, f"unknown argument '{shown}' of {block.name}{hint}")
        return "did you mean" in hint

    # -- bodies of joins, residuals and groups --------------------------------------------------

    def _bodies(self, item: Item, node: Mapping, scope: Scope) -> None:
        by_key = {key.text: value for key, value in node.pairs}
        main = by_key.get(item.use.type)
        type_ = item.use.layer_type
        if main is None:
            return
        before = len(self.values.problems)
        if isinstance(type_, type) and issubclass(type_, Join):
            self._branches(item, main, scope)
        else:
            item.body = self.body(main, scope)
            shortcut = by_key.get("shortcut")
            if type_ is Residual and shortcut is not None:
                if isinstance(shortcut, Scalar) and shortcut.text == "none":
                    item.shortcut = "none"
                else:
                    item.shortcut = self.body(shortcut, scope, "a body to add, or none")
        if len(self.values.problems) > before:
            item.use.broken = True

    def _branches(self, item: Item, node: Node, scope: Scope) -> None:
        if not isinstance(node, Sequence):
            if not (isinstance(node, Scalar) and node.text == REFUSED):
                self.values.report(
                    node,
                    f"received {what(node)}, expected a list of branches for {item.use.type}: [previous, [conv ...]]",
                )
            return
        if not node.items:
            self.values.report(node, f"{item.use.type} of no branches: list what it joins")
        for child in node.items:
            if isinstance(child, Scalar):
                if child.text not in TYPES and child.text not in self.blocks:
                    self._tensor_branch(item, child, scope)
                    continue
                found = self._plain_item(child, scope)
                item.branches.append(Branch(child, [found] if found else [], None, False))
            elif isinstance(child, Mapping):
                found = self.item(child, scope, branch=True)
                if found is not None:
                    item.branches.append(Branch(child, [found], None, False))
            else:
                item.branches.append(Branch(child, self.body(child, scope, "the items of a branch"), None, False))

    def _tensor_branch(self, item: Item, node: Scalar, scope: Scope) -> None:
        text = node.text
        if text == REFUSED:
            return
        every = text.startswith("all ")
        name = text[4:].strip() if every else text
        if NAME.fullmatch(name):
            item.branches.append(Branch(node, None, name, every))
        elif not text and node.plain:
            self.values.report(node, "received nothing, expected a branch: a body, or the name of a tensor")
        else:
            self.values.report(node, f"received {what(node)}, expected a branch: a body, or the name of a tensor")


_WITH_BODIES: frozenset[object] = frozenset(
    {Residual, Sequential, *(t for t in LAYERS.values() if issubclass(t, Join))}
)

_CUT = (
    "this looks like the rest of a value that YAML ended at a comma: inside { } quote the value, "
    "or write the item in block style"
)


def _cut(key: Scalar) -> bool:
    return bool(re.search(r"[)\]]", key.text)) or bool(re.fullmatch(r"[0-9.]+", key.text))


def _text_of(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else "-"


def _names_tensor(node: Scalar, scope: Scope) -> bool:
    text = node.text
    return text not in scope.names and (text in scope.tensors or text in ("previous", "input"))


def _may_name_tensor(node: Scalar, scope: Scope) -> bool:
    return node.text not in scope.names and NAME.fullmatch(node.text) is not None
