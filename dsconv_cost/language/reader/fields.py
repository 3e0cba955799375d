"""Fields of built-in types: as an item writes them, as `defaults` give them, and as they are where nothing does."""

from collections.abc import Collection

from dsconv_cost.language.architecture import Block, Given, Setting, TailDefaults, Unused, Use
from dsconv_cost.language.expressions.expression import ARRIVING, Expression
from dsconv_cost.language.nodes import MappingNode, ScalarNode, YamlNode
from dsconv_cost.language.reader.references import ReferenceReader
from dsconv_cost.language.reader.scope import Scope
from dsconv_cost.language.reader.slots import Slot, SlotReader, Slots
from dsconv_cost.language.reader.values import ValueReader
from dsconv_cost.language.vocabulary import COMMON_KEYS, TYPES, suggest_type
from dsconv_cost.layers import Layer
from dsconv_cost.layers.composites import Composite
from dsconv_cost.layers.fields import REQUIRED, BodyKind, BranchesKind, Field, Rejected, Sentinel, ShortcutKind, SizeOf
from dsconv_cost.layers.norm_and_activation import TAIL_TYPES
from dsconv_cost.text import shown

WRONG = Sentinel("wrong")

Type = type[Layer] | type[Composite]
Filled = dict[str, tuple[ScalarNode, YamlNode]]
Defaults = dict[str, tuple[Expression | None, YamlNode]]
"""Field -> its compiled default and where it is; None when a problem of it was reported."""


class FieldReader:
    """Reads the fields of the items of one file."""

    def __init__(self, values: ValueReader, slots: SlotReader, blocks: dict[str, Block]) -> None:
        self.values = values
        self.problems = values.problems
        self.slots = slots
        self.references = ReferenceReader(values, blocks)
        self.blocks = blocks
        self._defaults: dict[str, Defaults] = {}
        self._unused: list[Unused] = []
        self._taken: set[YamlNode] = set()
        """The defaults that reach an item."""
        self.tails: dict[str, TailDefaults] = {}
        """What `defaults` say of the types that a field `norm` or `activation` names."""
        self._poor_defaults: set[str] = set()
        """Types whose defaults have a problem, so that a field may be missing because of it."""
        self._constants: dict[tuple[Field, str], Setting] = {}
        self._templates: dict[Type, list[tuple[Field, Setting | Sentinel | None]]] = {}
        self._slots: dict[Type, Slots] = {}

    def read(
        self, type_: Type, node: MappingNode, type_key: ScalarNode, scope: Scope, first: YamlNode | None
    ) -> Given:  # fmt: skip
        """Return what an item of a built-in type gives to its fields."""
        slots = self._slots_of(type_)
        filled = self.slots.read(node, type_key, slots, type_.type in self._poor_defaults)
        settings = self._settings(type_, filled, scope)
        inner = {}
        if issubclass(type_, Composite):
            names = {s.field.name for s in settings if s.field.name in filled or s.node is not None} - _nothing(
                settings
            )
            inner = {name: self._inside(type_, name, names) for name in type_.inner}
            idle = [name for name in type_.idle_fields(names) if name in filled]
            self._unused += [Unused(f"{name} of {type_.type}", filled[name][0].line) for name in idle]
        varies = any(_varies(each, scope) for each in (settings, *inner.values()))
        variant = None
        if first is not None:
            over = self.slots.first(first, slots)
            if over is not None:
                changed = self._settings(type_, {**filled, **over}, scope)
                given = Given(changed, inner, varies=varies or _varies(changed, scope))
                variant = Use(type_.type, layer_type=type_, given=given)
        return Given(settings, inner, varies=varies, first=variant)

    def _slots_of(self, type_: Type) -> Slots:
        slots = self._slots.get(type_)
        if slots is None:
            each = [_slot(field, type_, unwritten) for field, unwritten in self._unwritten(type_)]
            slots = self._slots[type_] = Slots(type_.type, "field", each)
        return slots

    def _settings(self, type_: Type, filled: Filled, scope: Scope) -> list[Setting]:
        settings: list[Setting] = []
        for field, unwritten in self._unwritten(type_):
            pair = filled.get(field.name)
            if pair is None:
                if isinstance(unwritten, Setting):
                    settings.append(unwritten)
                    if unwritten.node is not None:
                        self._taken.add(unwritten.node)
                elif unwritten is WRONG:
                    self.problems.already_reported()
            elif not isinstance(field.kind, (BodyKind, BranchesKind)):
                setting = self._setting(type_, field, pair[1], scope)
                if setting is not None:
                    settings.append(setting)
        return settings

    def _inside(self, type_: type[Composite], name: str, given: Collection[str]) -> list[Setting]:
        """Return what the defaults of a type inside a composite say."""
        inner: list[Setting] = []
        for field, unwritten in self._unwritten(TYPES[name]):
            if isinstance(unwritten, Setting):
                inner.append(unwritten)
                if unwritten.node is not None and type_.takes(name, field.name, given):
                    self._taken.add(unwritten.node)
            elif unwritten is WRONG:
                self.problems.already_reported()
        return inner

    def _setting(self, type_: Type, field: Field, node: YamlNode, scope: Scope) -> Setting | None:
        """Return the setting of a field that is written; None when a problem was reported."""
        kind = field.kind
        if isinstance(node, ScalarNode):
            if isinstance(kind, SizeOf) and scope.may_name_tensor(node):
                reference = self.references.reference(node, scope)
                return None if reference is None else Setting(field, None, reference, None)
            known = self._constants.get((field, node.text))
            if known is not None:
                return known
        expression = self.values.of_kind(node, scope.names, kind)
        if expression is None:
            self.problems.already_reported()
            return None
        if expression.constant is None:
            return Setting(field, expression, None, None)
        try:
            setting = Setting(field, None, kind.accept(expression.constant), None)
        except Rejected as rejected:
            self._reject(node, f"{type_.type} {field.name}", rejected)
            return None
        if isinstance(node, ScalarNode):
            self._constants[field, node.text] = setting
        return setting

    def _reject(self, node: YamlNode, what: str, rejected: Rejected) -> None:
        self.problems.report(node, rejected.code, f"{what}: {rejected}", rejected.suggestion)

    def _unwritten(self, type_: Type) -> list[tuple[Field, Setting | Sentinel | None]]:
        """Return for each field of a type what holds where it is not written: the same for every item.

        That is REQUIRED where it must be, WRONG where its default was reported, None for a body that may be missing.
        """
        template = self._templates.get(type_)
        if template is None:
            chain = self._default_chain(type_.type)
            template = self._templates[type_] = [(field, self._default(field, chain)) for field in type_.all_fields()]
        return template

    def _default(self, field: Field, chain: list[Defaults]) -> Setting | Sentinel | None:
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
            self._reject(node, field.name, rejected)
            return WRONG

    # -- defaults -------------------------------------------------------------------------------

    def read_defaults(self, node: YamlNode, names: Collection[str]) -> None:
        """Read the file's `defaults`."""
        mapping = self.values.mapping(node, "a mapping of built-in types to field values")
        known = frozenset(names).union(ARRIVING)
        for key, value in mapping.pairs if mapping else ():
            type_ = TYPES.get(key.text)
            if type_ is None:
                self._no_defaults(key)
                continue
            with self.problems.watch() as wrong:
                self._defaults[key.text] = self._defaults_of(type_, value, known)
            if wrong:
                self._poor_defaults.add(key.text)
        for type_ in TAIL_TYPES:
            if type_.type in self._defaults:
                self.tails[type_.type] = self._tail(type_)

    def _no_defaults(self, key: ScalarNode) -> None:
        if key.text in self.blocks:
            message = f"'{key.text}' is a block: give its arguments defaults in its definition"
            self.problems.report(key, "misplaced-key", message)
            return
        meant = suggest_type(key.text, [])
        self._poor_defaults.add(meant or "")
        if not self.problems.refused(key):
            what = f"unknown type '{shown(key.text)}'"
            self.problems.suggest(key, "unknown-type", what, meant, "defaults are for built-in types")

    def _defaults_of(self, type_: Type, node: YamlNode, known: Collection[str]) -> Defaults:
        fields = self.values.mapping(node, f"a mapping of fields of {type_.type} to values")
        slots = Slots(type_.type, "field", [_slot(field, type_, None) for field in type_.all_fields()])
        by_name = {f.name: f for f in type_.all_fields() if f is not type_.main or f.default is not REQUIRED}
        defaults: Defaults = {}
        previous: YamlNode | None = None
        for key, value in fields.pairs if fields else ():
            name = key.text
            field = by_name.get(name)
            if field is not None and field.in_defaults:
                defaults[name] = (self._default_value(type_, field, value, known), value)
            elif field is not None:
                why = (
                    "it is a body"
                    if isinstance(field.kind, ShortcutKind)
                    else "write it in the items that it holds for"
                )
                self.problems.report(key, "misplaced-key", f"{name} of {type_.type} has no default: {why}")
            elif type_.main is not None and name in (type_.main.name, type_.type, *type_.main.also):
                message = f"{type_.main.name} of {type_.type} has no default: every item gives its own"
                self.problems.report(key, "misplaced-key", message)
            elif name in COMMON_KEYS:
                message = f"'{name}' is not a field of {type_.type}: defaults give fields only"
                self.problems.report(key, "misplaced-key", message)
            else:
                self.slots.unknown(key, value, previous, slots)
            previous = value
        return defaults

    def _default_value(self, type_: Type, field: Field, node: YamlNode, known: Collection[str]) -> Expression | None:
        expression = self.values.of_kind(node, known, field.kind)
        if expression is not None and expression.constant is not None:
            try:
                field.kind.accept(expression.constant)
            except Rejected as rejected:
                self._reject(node, f"{type_.type} {field.name}", rejected)
                return None
        return expression

    def _tail(self, type_: type[Layer]) -> TailDefaults:
        settings = [setting for _, setting in self._unwritten(type_) if isinstance(setting, Setting)]
        for setting in settings:
            arriving = setting.expression.names.intersection(ARRIVING) if setting.expression is not None else None
            if arriving and setting.node:
                self.problems.report(
                    setting.node, "wrong-value",
                    f"{type_.type} {setting.field.name}: a default of {type_.type} holds after all convolutions, whatever arrives: "
                    f"leave {min(arriving)} out, or write {type_.type} as items",
                )  # fmt: skip
        return TailDefaults(settings, [])

    def unused(self) -> list[Unused]:
        """Return what has no effect: fields, and defaults that reach no item.

        Those that may reach a field `norm` or `activation` are put into `tails`.
        """
        unused = list(self._unused)
        for type_name, defaults in self._defaults.items():
            idle = [
                Unused(f"default {name} of {type_name}", node.line)
                for name, (_, node) in defaults.items()
                if node not in self._taken
            ]
            tail = self.tails.get(type_name)
            (unused if tail is None else tail.idle).extend(idle)
        return unused

    def _default_chain(self, type_name: str) -> list[Defaults]:
        """Return the defaults that reach a type, nearest first: a dwconv takes those of conv too, but not its kernel."""
        chain = [self._defaults.get(type_name, {})]
        if type_name == "dwconv":
            conv = self._defaults.get("conv", {})
            chain.append({name: default for name, default in conv.items() if name != "kernel"})
        return chain


def _slot(field: Field, type_: Type, unwritten: object) -> Slot:
    kind = field.kind
    is_body = isinstance(kind, BodyKind | BranchesKind)
    return Slot(
        field.name, unwritten is REQUIRED, field is type_.main, kind.wants, is_body, is_body or field.name == "split", field.also
    )  # fmt: skip


def _nothing(settings: list[Setting]) -> set[str]:
    """Return the fields that are said to be none."""
    return {setting.field.name for setting in settings if setting.expression is None and setting.constant is None}


def _varies(settings: list[Setting], scope: Scope) -> bool:
    return any(s.expression is not None and s.expression.names & scope.varying for s in settings)
