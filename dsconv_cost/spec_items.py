"""Items, bodies and branches of a file: from nodes to compiled uses of types."""

import re
from collections.abc import Collection

from dsconv_cost.architecture import Block, Branch, Item, Setting, Use
from dsconv_cost.composites import Composite
from dsconv_cost.composites.structure import Residual, Sequential
from dsconv_cost.expressions import IN_CHANNELS, Expression
from dsconv_cost.fields import REQUIRED, BodyKind, BranchesKind, Field, Rejected, Sentinel, ShortcutKind, SizeOf
from dsconv_cost.inert import listing, near, shown
from dsconv_cost.layers import LAYERS, Layer
from dsconv_cost.layers.join import Join
from dsconv_cost.spec_values import JOINED, TooManyProblems, ValueReader, is_nothing, lacks
from dsconv_cost.vocabulary import COMMON_KEYS, TYPES, suggest_field, suggest_type
from dsconv_cost.yaml_events import Mapping, Node, Scalar, Sequence, what

MOST_ITEMS = 300_000
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")

WRONG = Sentinel("wrong")

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
        self._constants: dict[tuple[Field, str], Setting] = {}
        self._templates: dict[type[Layer] | type[Composite], list[tuple[Field, Setting | Sentinel | None]]] = {}
        self._names: dict[type[Layer] | type[Composite], frozenset[str]] = {}
        self._items = 0
        self.lost_tensors = False
        self._poor_defaults: set[str] = set()
        """Types whose defaults have a problem, so that a field may be missing because of it."""

    # -- bodies ---------------------------------------------------------------------------------

    def body(self, node: Node, scope: Scope, where: str = "a list of items, or one item") -> list[Item]:
        """Read a list of items, or one item standing for a list of one."""
        if isinstance(node, Sequence):
            if not node.items:
                self.values.report(node, f"received an empty list, expected {where}")
            return [self.item(child, scope) for child in node.items]
        if is_nothing(node):
            self.values.report(node, f"received nothing, expected {where}")
            return []
        return [self.item(node, scope)]

    def item(self, node: Node, scope: Scope, branch: bool = False) -> Item:
        """Read one item."""
        self._items += 1
        if self._items > MOST_ITEMS:
            self.values.report(node, f"more than {MOST_ITEMS:,} items in one file: use repeat and blocks")
            raise TooManyProblems
        if isinstance(node, Scalar):
            return self._plain_item(node, scope)
        if isinstance(node, Sequence):
            self.values.report(
                node, "received a list inside a body, expected an item: a group of items is written sequential"
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
            elif type(value) is Scalar:
                signature.append(value.text if value.plain else (value.text,))
            else:
                flat = False
        use = scope.uses.get(tuple(signature)) if flat else None
        if use is None:
            type_key = self._type_key(node)
            if type_key is None:
                return self._broken(node, scope)
            use = self._use(node, type_key, scope, branch)
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

    def _broken(self, node: Node, scope: Scope) -> Item:
        """Return what stands for an item whose problem was reported: nothing is known of its output."""
        use = Use("item")
        use.broken = True
        if isinstance(node, Sequence):
            node = Scalar("", False, node.line, node.column)
        item = Item(node, use, "item")
        name = node.get("name") if isinstance(node, Mapping) else None
        if isinstance(name, Scalar):
            self._name(item, name, scope)
        return item

    def _plain_item(self, node: Scalar, scope: Scope) -> Item:
        if self.values.refused(node):
            return self._broken(node, scope)
        use = scope.uses.get(node.text)
        if use is None:
            if node.text not in TYPES and node.text not in self.blocks:
                self._unknown_type(node, scope)
                return self._broken(node, scope)
            use = self._use(Mapping(node.line, node.column), node, scope, False)
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
            named = item.node.get("name") if isinstance(item.node, Mapping) else None
            self.values.report(named or item.node, f"{other}: give one of them another name")

    def _name(self, item: Item, node: Node, scope: Scope) -> None:
        name = self._tensor_name(node)
        if name is None:
            self.lost_tensors = True
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
            self.lost_tensors = True
            self.values.report(name, problem)
            return
        scope.tensors[text] = name
        item.name = item.label = text

    def _tensor_name(self, node: Node) -> Scalar | None:
        if isinstance(node, Scalar):
            if NAME.fullmatch(node.text):
                return node
            if self.values.refused(node):
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
            names = " and ".join(f"'{shown(k.text)}'" for k in keys[:3])
            self.values.report(keys[1], f"two types in one item, {names}: write two items, each behind its own dash")
            return None
        if not node.pairs:
            self.values.report(node, f"received an empty mapping, expected {_ITEM}")
            return None
        if any(self.values.refused(key) for key, _ in node.pairs):
            return None
        if any(self.values.cut_off(key, value, None) for key, value in node.pairs):
            return None
        if any(key.text not in COMMON_KEYS and self.values.no_colon(key, value) for key, value in node.pairs):
            return None
        named = next(((key, value) for key, value in node.pairs if key.text in ("type", "op", "layer")), None)
        if named is not None and isinstance(named[1], Scalar):
            said = f"an item is written with its type as the key: {{{shown(named[1].text)}: ..., field: ...}}"
            self.values.report(named[0], said)
            return None
        fields = {f.name for t in TYPES.values() for f in t.all_fields()} | set(COMMON_KEYS)
        strangers = [key for key, _ in node.pairs if key.text not in fields]
        if not strangers:
            names = listing([key.text for key, _ in node.pairs])
            self.values.report(node, f"received fields without a type ({names}), expected {_ITEM}")
            return None
        meant = next((key for key in strangers if suggest_type(key.text[:100], [])), strangers[0])
        self._unknown_type(meant, None)
        return None

    def _unknown_type(self, node: Scalar, scope: Scope | None) -> None:
        name = node.text
        if self.values.refused(node):
            return
        text = shown(name)
        if is_nothing(node):
            self.values.report(node, f"received nothing, expected {_ITEM}")
        elif name == "if":
            self.values.report(node, "unknown type 'if': an item is left out with when: condition")
        elif (joined := JOINED.fullmatch(name)) and (joined[2] or joined[1] in TYPES or joined[1] in self.blocks):
            self.values.report(node, lacks(joined))
        elif (scope is not None and name in ("previous", "input")) or name.startswith("all "):
            self.values.report(node, f"'{text}' names a tensor, and stands only as a branch of a join")
        elif scope is not None and name in scope.tensors:
            self.values.report(node, f"'{text}' is the name of a tensor: to start there, give the item from: {text}")
        elif name.startswith("-") and suggest_type(name[1:].split()[0] if name[1:].split() else "", []):
            self.values.report(node, f"'{text}' lacks a space after its dash: write - {shown(name[1:].split()[0])}")
        elif meant := suggest_type(name, list(self.blocks)):
            flat = "1d" in name.lower()
            sides = " A 1-D signal has height 1 here, and its kernels and strides are written [1, k]" if flat else ""
            self.values.report(node, f"unknown type '{text}': did you mean '{meant}'?{sides}")
        elif not NAME.fullmatch(name) or name in ("null", "true", "false"):
            self.values.report(node, f"received {what(node)}, expected {_ITEM}")
        else:
            hint = "`dsconv-cost reference` lists the built-in types"
            if self.blocks:
                hint += f", and the file's blocks are {listing(self.blocks, 12)}"
            self.values.unknown(node, f"unknown type '{text}': {hint}")

    def _use(self, node: Mapping, type_key: Scalar, scope: Scope, branch: bool) -> Use:
        use = Use(type_key.text)
        before = self.values.wrong
        for key, value in node.pairs:
            if key.text in ("when", "repeat", "copies"):
                setattr(use, key.text, self.values.value(value, scope.names))
        if use.copies is not None and not branch:
            copies = next(key for key, _ in node.pairs if key.text == "copies")
            self.values.report(
                copies, "copies stands only on a branch written as one item: to repeat an item, use repeat"
            )
        first = next((value for key, value in node.pairs if key.text == "first"), None)
        if type_key.text in self.blocks:
            use.block = self.blocks[type_key.text]
            self._arguments(use, node, type_key, scope, first)
        else:
            use.layer_type = TYPES[type_key.text]
            self._fields(use, node, type_key, scope, first)
        use.broken = self.values.wrong > before
        if first is not None and not use.broken and not any(key.text == "repeat" for key, _ in node.pairs):
            self.values.report(first, "first stands only beside repeat: write the field itself, or add repeat")
            use.broken = True
        return use

    # -- built-in types -------------------------------------------------------------------------

    def _fields(self, use: Use, node: Mapping, type_key: Scalar, scope: Scope, first: Node | None) -> None:
        assert use.layer_type is not None
        type_ = use.layer_type
        written: dict[str, tuple[Scalar, Node]] = {}
        missing_ok = type_.type in self._poor_defaults
        main_ok = False
        names = self._names.get(type_)
        if names is None:
            names = self._names[type_] = frozenset(field.name for field in type_.fields)
        previous: Node | None = None
        for key, value in node.pairs:
            name = key.text
            if key is type_key:
                if type_.main is None:
                    if not is_nothing(value):
                        alone = f"write {type_.type} alone, or {{{type_.type}, when: ...}}"
                        takes = f"write {{{type_.type}, {type_.fields[0].name}: ...}}" if type_.fields else alone
                        self.values.report(value, f"{type_.type} takes no value behind its colon: {takes}")
                elif isinstance(value, Mapping) and not isinstance(type_.main.kind, BodyKind | BranchesKind):
                    example = (
                        f"{{{type_.type}: {type_.main.name}, {type_.fields[0].name if type_.fields else 'name'}: ...}}"
                    )
                    said = f"received a mapping behind {type_.type}, expected its {type_.main.name} there and the other fields"
                    if not any(self.values.refused(inner) for inner, _ in value.pairs):
                        self.values.report(value, f"{said} beside it: {example}")
                    main_ok = missing_ok = True
                elif not is_nothing(value):
                    written[type_.main.name] = (key, value)
                    main_ok = True
            elif name in COMMON_KEYS:
                pass
            elif name in names:
                written[name] = (key, value)
            elif (
                type_.main is not None
                and (name == type_.main.name or name in type_.main.also)
                and not any(name in field.also for field in type_.fields)
            ):
                main_ok = True
                said = f"its {type_.main.name} stands behind the colon of {type_.type}"
                self.values.report(key, f"unknown field '{name}' of {type_.type}: {said}")
            else:
                missing_ok |= self._unknown_field(key, value, previous, type_.type, type_.fields)
            previous = value
        excused = type_.main if main_ok else None
        use.settings = self._settings(type_, written, scope, type_key, missing_ok, excused)
        if issubclass(type_, Composite):
            for inner in type_.inner:
                use.inner[inner] = self._settings(TYPES[inner], {}, scope, None, True)
        use.varies = any(
            s.expression is not None and s.expression.names & scope.varying
            for settings in (use.settings, *use.inner.values())
            for s in settings
        )
        if first is not None:
            use.first = self._first(use, type_, written, scope, first)

    def _first(
        self, use: Use, type_: type[Layer] | type[Composite], written: dict[str, tuple[Scalar, Node]], scope: Scope,
        first: Node,
    ) -> Use | None:  # fmt: skip
        mapping = self.values.mapping(first, "a mapping of fields to their values in the first repetition")
        if mapping is None:
            return None
        over = dict(written)
        for key, value in mapping.pairs:
            if any(field.name == key.text for field in type_.fields) and key.text not in ("body", "shortcut", "split"):
                over[key.text] = (key, value)
            elif key.text in COMMON_KEYS or key.text in (type_.type, "body", "shortcut", "split"):
                self.values.report(key, f"'{key.text}' cannot differ in the first repetition: first gives other fields")
            else:
                self._unknown_field(key, value, None, type_.type, type_.fields)
        variant = Use(use.type)
        variant.layer_type = type_
        variant.settings = self._settings(type_, over, scope, None, True)
        variant.inner = use.inner
        variant.varies = use.varies or any(
            s.expression is not None and s.expression.names & scope.varying for s in variant.settings
        )
        return variant

    def _settings(
        self, type_: type[Layer] | type[Composite], written: dict[str, tuple[Scalar, Node]], scope: Scope,
        type_key: Scalar | None, missing_ok: bool, excused: Field | None = None,
    ) -> list[Setting]:  # fmt: skip
        settings: list[Setting] = []
        missing: list[Field] = []
        for field, unwritten in self._unwritten(type_):
            pair = written.get(field.name)
            if pair is None:
                if isinstance(unwritten, Setting):
                    settings.append(unwritten)
                elif unwritten is REQUIRED:
                    missing.append(field)
                elif unwritten is WRONG:
                    self.values.wrong += 1
            elif not isinstance(field.kind, (BodyKind, BranchesKind)):
                setting = self._setting(type_, field, pair[1], scope)
                if setting is not None:
                    settings.append(setting)
        missing = [field for field in missing if field is not excused]
        if missing and type_key is not None:
            wants = [(f.name, "behind the colon: " if f is type_.main else "", f.kind.wants) for f in missing]
            names = " and ".join(f"{name} ({where}{kind})" for name, where, kind in wants)
            if missing_ok or self.values.partial:
                self.values.wrong += 1
            else:
                self.values.report(type_key, f"{type_.type} needs {names}")
        return settings

    def _setting(
        self, type_: type[Layer] | type[Composite], field: Field, node: Node, scope: Scope
    ) -> Setting | None:  # fmt: skip
        """Return the setting of a field that is written; None when a problem was reported."""
        kind = field.kind
        if isinstance(node, Scalar):
            if isinstance(kind, SizeOf) and _may_name_tensor(node, scope):
                return Setting(field, None, node.text, None)
            known = self._constants.get((field, node.text))
            if known is not None:
                return known
        expression = self.values.value(node, scope.names, kind.words())
        if expression is None:
            self.values.wrong += 1
            return None
        if expression.constant is None:
            return Setting(field, expression, None, None)
        try:
            setting = Setting(field, None, kind.accept(expression.constant), None)
        except Rejected as rejected:
            self.values.report(node, f"{type_.type} {field.name}: {rejected}")
            return None
        if isinstance(node, Scalar):
            self._constants[field, node.text] = setting
        return setting

    def _unwritten(self, type_: type[Layer] | type[Composite]) -> list[tuple[Field, Setting | Sentinel | None]]:
        """Return for each field of a type what holds where it is not written: the same for every item.

        That is REQUIRED where it must be, WRONG where its default was reported, None for a body that may be missing.
        """
        found = self._templates.get(type_)
        if found is None:
            chain = self._default_chain(type_.type)
            found = self._templates[type_] = [(field, self._default(field, chain)) for field in type_.all_fields()]
        return found

    def _default(
        self, field: Field, chain: list[dict[str, tuple[Expression | None, Node]]]
    ) -> Setting | Sentinel | None:  # fmt: skip
        given = next((defaults[field.name] for defaults in chain if field.name in defaults), None)
        if given is None:
            if field.default is REQUIRED:
                return REQUIRED
            return None if isinstance(field.kind, BodyKind) else Setting(field, None, field.default, None)
        expression, node = given
        if expression is None:
            return WRONG
        if expression.constant is None:
            return Setting(field, expression, None, node)
        try:
            return Setting(field, None, field.kind.accept(expression.constant), node)
        except Rejected as rejected:  # what a conv takes, and a dwconv does not
            self.values.report(node, f"{field.name}: {rejected}")
            return WRONG

    def _unknown_field(
        self, key: Scalar, value: Node, previous: Node | None, type_name: str, fields: tuple[Field, ...]
    ) -> bool:
        """Report an unknown key; return whether it explains a field that is missing."""
        if self.values.refused(key):
            return True
        if self.values.cut_off(key, value, previous) or self.values.no_colon(key, value):
            self.lost_tensors = True
            return True
        name = shown(key.text)
        meant = "when" if key.text == "if" else suggest_field(key.text, fields)
        if meant:
            hint = f"did you mean '{meant}'?"
        else:
            hint = f"its fields are {', '.join(f.name for f in fields)}" if fields else "it has no fields of its own"
        self.values.report(key, f"unknown field '{name}' of {type_name}: {hint}")
        self.lost_tensors |= is_nothing(value)  # it may hold a name
        return meant is not None or is_nothing(value)

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
                    self._poor_defaults.add(meant or "")
                    if not self.values.refused(key):
                        self.values.report(key, f"unknown type '{shown(key.text)}'{hint}")
                continue
            before = self.values.wrong
            fields = self.values.mapping(value, f"a mapping of fields of {key.text} to values")
            found: dict[str, tuple[Expression | None, Node]] = {}
            previous: Node | None = None
            for name, field_value in fields.pairs if fields else ():
                field = next((f for f in type_.fields if f.name == name.text), None)
                if field is None:
                    if type_.main is not None and name.text in (type_.main.name, key.text, *type_.main.also):
                        self.values.report(
                            name, f"{key.text} takes its {type_.main.name} from every item: it has no default"
                        )
                    elif name.text in COMMON_KEYS:
                        self.values.report(name, f"'{name.text}' is no field of {key.text}: defaults give fields only")
                    else:
                        self._unknown_field(name, field_value, previous, key.text, type_.fields)
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
                previous = field_value
            self.defaults[key.text] = found
            if self.values.wrong > before:
                self._poor_defaults.add(key.text)

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
        name = shown(block.name)
        main = block.main
        excused: set[str | None] = set()
        missing_ok = False
        previous: Node | None = None
        for key, value in node.pairs:
            if key is type_key:
                if main is not None and not is_nothing(value):
                    self._argument(use, main, value, scope)
                    excused.add(main)
                elif block.incomplete:
                    self.values.wrong += 1
                elif main is None and not is_nothing(value):
                    why = "its first argument is not required" if by_name else "it has no arguments"
                    takes = next(iter(by_name), "when")
                    said = f"{name} takes no value behind its colon ({why}): write {{{name}, {takes}: ...}}"
                    self.values.report(value, said)
            elif key.text in COMMON_KEYS:
                pass
            elif key.text == main and not block.incomplete:
                self.values.report(key, f"{main} of {name} stands behind the colon: {name}: ...")
                excused.add(main)
            elif key.text in by_name:
                self._argument(use, key.text, value, scope)
                excused.add(key.text)
            else:
                missing_ok |= self._unknown_argument(key, value, previous, block)
            previous = value
        lacking = [a.name for a in block.arguments if a.default is None and a.name not in excused]
        if lacking:
            wants = [f"{a} (behind the colon)" if a == main else a for a in lacking[:8]]
            if missing_ok or self.values.partial or block.incomplete:
                self.values.wrong += 1
            else:
                self.values.report(type_key, f"{name} needs {' and '.join(wants)}")
        use.varies = True
        if first is not None:
            mapping = self.values.mapping(first, "a mapping of arguments to their values in the first repetition")
            variant = Use(use.type)
            variant.block = block
            variant.arguments = dict(use.arguments)
            for key, value in mapping.pairs if mapping else ():
                if key.text in by_name and key.text != main:
                    self._argument(variant, key.text, value, scope)
                elif key.text in COMMON_KEYS or key.text in (block.name, main):
                    said = f"'{shown(key.text)}' cannot differ in the first repetition: first gives other arguments"
                    self.values.report(key, said)
                else:
                    self._unknown_argument(key, value, None, block)
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

    def _unknown_argument(self, key: Scalar, value: Node, previous: Node | None, block: Block) -> bool:
        """Report an unknown key; return whether it explains an argument that is missing."""
        if self.values.refused(key) or self.values.cut_off(key, value, previous) or self.values.no_colon(key, value):
            return True
        if block.incomplete:
            self.values.wrong += 1
            return True
        name = shown(key.text)
        names = [a.name for a in block.arguments if a.name != block.main]
        hint = near(key.text, [*names, *COMMON_KEYS])
        if not hint:
            hint = f": its arguments are {listing(names)}" if names else ": it has no arguments beside its main one"
        self.values.report(key, f"unknown argument '{name}' of {shown(block.name)}{hint}")
        self.lost_tensors |= is_nothing(value)
        return "did you mean" in hint or is_nothing(value)

    # -- bodies of joins, residuals and groups --------------------------------------------------

    def _bodies(self, item: Item, node: Mapping, scope: Scope) -> None:
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
                if isinstance(shortcut, Scalar) and shortcut.text == "none":
                    item.shortcut = "none"
                else:
                    item.shortcut = self.body(shortcut, scope, "a body to add, or none")
        if self.values.wrong > before:
            item.use.broken = True

    def _branches(self, item: Item, node: Node, scope: Scope) -> None:
        if not isinstance(node, Sequence):
            if not self.values.refused(node):
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
                item.branches.append(Branch(child, [self._plain_item(child, scope)], None, False))
            elif isinstance(child, Mapping):
                item.branches.append(Branch(child, [self.item(child, scope, branch=True)], None, False))
            else:
                item.branches.append(Branch(child, self.body(child, scope, "the items of a branch"), None, False))

    def _tensor_branch(self, item: Item, node: Scalar, scope: Scope) -> None:
        text = node.text
        if self.values.refused(node):
            return
        every = text.startswith("all ")
        name = text[4:].strip() if every else text
        if NAME.fullmatch(name):
            item.branches.append(Branch(node, None, name, every))
        else:
            self.values.report(node, f"received {what(node)}, expected a branch: a body, or the name of a tensor")


_WITH_BODIES: frozenset[object] = frozenset(
    {Residual, Sequential, *(t for t in LAYERS.values() if issubclass(t, Join))}
)

_ITEM = "an item: a type alone (relu), or with its fields ({conv: 64, kernel: 3})"


def _names_tensor(node: Scalar, scope: Scope) -> bool:
    text = node.text
    return text not in scope.names and (text in scope.tensors or text in ("previous", "input"))


def _may_name_tensor(node: Scalar, scope: Scope) -> bool:
    return node.text not in scope.names and NAME.fullmatch(node.text) is not None
