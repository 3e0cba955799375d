"""Fields of built-in types: as an item writes them, as `defaults` give them, and as they are where nothing does."""

from collections.abc import Collection

from dsconv_cost.language.architecture import Block, Setting, Use
from dsconv_cost.language.expressions.expression import IN_CHANNELS, Expression
from dsconv_cost.language.nodes import MappingNode, ScalarNode, YamlNode
from dsconv_cost.language.reader.values import Scope, ValueReader, is_nothing
from dsconv_cost.language.vocabulary import COMMON_KEYS, TYPES, suggest_field, suggest_type
from dsconv_cost.layers import Layer
from dsconv_cost.layers.composites import Composite
from dsconv_cost.layers.fields import REQUIRED, BodyKind, BranchesKind, Field, Rejected, Sentinel, ShortcutKind, SizeOf
from dsconv_cost.layers.norm_and_activation import TAIL_NORMS
from dsconv_cost.text import shown

WRONG = Sentinel("wrong")

Type = type[Layer] | type[Composite]
Written = dict[str, tuple[ScalarNode, YamlNode]]
"""The fields that stand in an item: name -> its key and value."""
Defaults = dict[str, tuple[Expression | None, YamlNode]]
"""Field -> its compiled default and where it stands; None when a problem of it was reported."""


class SettingReader:
    """Reads the fields of the items of one file."""

    def __init__(self, values: ValueReader, blocks: dict[str, Block]) -> None:
        self.values = values
        self.blocks = blocks
        self._defaults: dict[str, Defaults] = {}
        self._poor_defaults: set[str] = set()
        """Types whose defaults have a problem, so that a field may be missing because of it."""
        self._constants: dict[tuple[Field, str], Setting] = {}
        self._templates: dict[Type, list[tuple[Field, Setting | Sentinel | None]]] = {}
        self._names: dict[Type, frozenset[str]] = {}

    def read(self, use: Use, node: MappingNode, type_key: ScalarNode, scope: Scope, first: YamlNode | None) -> None:
        """Read the fields of an item of a built-in type into its use."""
        assert use.layer_type is not None
        type_ = use.layer_type
        written: Written = {}
        missing_ok = type_.type in self._poor_defaults
        main_ok = False
        names = self._names.get(type_)
        if names is None:
            names = self._names[type_] = frozenset(field.name for field in type_.fields)
        previous: YamlNode | None = None
        for key, value in node.pairs:
            name = key.text
            if key is type_key:
                if type_.main is None:
                    if not is_nothing(value):
                        alone = f"write {type_.type} alone, or {{{type_.type}, when: ...}}"
                        takes = f"write {{{type_.type}, {type_.fields[0].name}: ...}}" if type_.fields else alone
                        self.values.report(
                            value, "misplaced-value", f"{type_.type} takes no value behind its colon: {takes}"
                        )
                elif isinstance(value, MappingNode) and not isinstance(type_.main.kind, BodyKind | BranchesKind):
                    example = (
                        f"{{{type_.type}: {type_.main.name}, {type_.fields[0].name if type_.fields else 'name'}: ...}}"
                    )
                    said = f"received a mapping behind {type_.type}, expected its {type_.main.name} there and the other fields"
                    if not any(self.values.refused(inner) for inner, _ in value.pairs):
                        self.values.report(value, "wrong-type", f"{said} beside it: {example}")
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
                self.values.report(key, "misplaced-key", f"unknown field '{name}' of {type_.type}: {said}")
            else:
                missing_ok |= self._unknown_field(key, value, previous, type_.type, type_.fields)
            previous = value
        excused = type_.main if main_ok else None
        use.settings = self._settings(type_, written, scope, type_key, missing_ok, excused)
        if issubclass(type_, Composite):
            for inner in type_.inner:
                use.inner[inner] = self._settings(TYPES[inner], {}, scope, None, True)
        use.varies = any(_varies(settings, scope) for settings in (use.settings, *use.inner.values()))
        if first is not None:
            use.first = self._first(use, type_, written, scope, first)

    def _first(self, use: Use, type_: Type, written: Written, scope: Scope, first: YamlNode) -> Use | None:
        mapping = self.values.mapping(first, "a mapping of fields to their values in the first repetition")
        if mapping is None:
            return None
        over = dict(written)
        for key, value in mapping.pairs:
            if any(field.name == key.text for field in type_.fields) and key.text not in ("body", "shortcut", "split"):
                over[key.text] = (key, value)
            elif key.text in COMMON_KEYS or key.text in (type_.type, "body", "shortcut", "split"):
                self.values.report(
                    key,
                    "misplaced-key",
                    f"'{key.text}' cannot differ in the first repetition: first gives other fields",
                )
            else:
                self._unknown_field(key, value, None, type_.type, type_.fields)
        variant = Use(use.type)
        variant.layer_type = type_
        variant.settings = self._settings(type_, over, scope, None, True)
        variant.inner = use.inner
        variant.varies = use.varies or _varies(variant.settings, scope)
        return variant

    def _settings(
        self, type_: Type, written: Written, scope: Scope, type_key: ScalarNode | None, missing_ok: bool,
        excused: Field | None = None,
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
                self.values.report(type_key, "missing-field", f"{type_.type} needs {names}")
        return settings

    def _setting(self, type_: Type, field: Field, node: YamlNode, scope: Scope) -> Setting | None:
        """Return the setting of a field that is written; None when a problem was reported."""
        kind = field.kind
        if isinstance(node, ScalarNode):
            if isinstance(kind, SizeOf) and scope.may_name_tensor(node):
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
            self.values.report(node, "wrong-value", f"{type_.type} {field.name}: {rejected}", rejected.suggestion)
            return None
        if isinstance(node, ScalarNode):
            self._constants[field, node.text] = setting
        return setting

    def _unwritten(self, type_: Type) -> list[tuple[Field, Setting | Sentinel | None]]:
        """Return for each field of a type what holds where it is not written: the same for every item.

        That is REQUIRED where it must be, WRONG where its default was reported, None for a body that may be missing.
        """
        found = self._templates.get(type_)
        if found is None:
            chain = self._default_chain(type_.type)
            found = self._templates[type_] = [(field, self._default(field, chain)) for field in type_.all_fields()]
        return found

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
            self.values.report(node, "wrong-value", f"{field.name}: {rejected}", rejected.suggestion)
            return WRONG

    def _unknown_field(
        self, key: ScalarNode, value: YamlNode, previous: YamlNode | None, type_name: str, fields: tuple[Field, ...]
    ) -> bool:
        """Report an unknown key; return whether it explains a field that is missing."""
        if self.values.refused(key):
            return True
        if self.values.cut_off(key, value, previous) or self.values.no_colon(key, value):
            self.values.lost_tensors = True
            return True
        name = shown(key.text)
        meant = "when" if key.text == "if" else suggest_field(key.text, fields)
        there = f"its fields are {', '.join(f.name for f in fields)}" if fields else "it has no fields of its own"
        self.values.suggest(key, "unknown-field", f"unknown field '{name}' of {type_name}", meant, there)
        self.values.lost_tensors |= is_nothing(value)  # it may hold a name
        return meant is not None or is_nothing(value)

    # -- defaults -------------------------------------------------------------------------------

    def read_defaults(self, node: YamlNode, names: Collection[str]) -> None:
        """Read the file's `defaults`."""
        mapping = self.values.mapping(node, "a mapping of built-in types to field values")
        known = frozenset(names) | {IN_CHANNELS}
        for key, value in mapping.pairs if mapping else ():
            type_ = TYPES.get(key.text)
            if type_ is None:
                if key.text in self.blocks:
                    self.values.report(
                        key,
                        "misplaced-key",
                        f"'{key.text}' is a block: give its arguments defaults where it is defined",
                    )
                else:
                    meant = suggest_type(key.text, [])
                    self._poor_defaults.add(meant or "")
                    if not self.values.refused(key):
                        what = f"unknown type '{shown(key.text)}'"
                        self.values.suggest(key, "unknown-type", what, meant, "defaults are for built-in types")
                continue
            before = self.values.wrong
            fields = self.values.mapping(value, f"a mapping of fields of {key.text} to values")
            found: Defaults = {}
            previous: YamlNode | None = None
            for name, field_value in fields.pairs if fields else ():
                field = next((f for f in type_.fields if f.name == name.text), None)
                if field is None:
                    if type_.main is not None and name.text in (type_.main.name, key.text, *type_.main.also):
                        self.values.report(
                            name,
                            "misplaced-key",
                            f"{key.text} takes its {type_.main.name} from every item: it has no default",
                        )
                    elif name.text in COMMON_KEYS:
                        self.values.report(
                            name, "misplaced-key", f"'{name.text}' is no field of {key.text}: defaults give fields only"
                        )
                    else:
                        self._unknown_field(name, field_value, previous, key.text, type_.fields)
                    continue
                if isinstance(field.kind, ShortcutKind):
                    self.values.report(name, "misplaced-key", f"{name.text} of {key.text} is a body: it has no default")
                    continue
                expression = self.values.value(field_value, known, field.kind.words())
                if expression is not None and expression.constant is not None:
                    try:
                        field.kind.accept(expression.constant)
                    except Rejected as rejected:
                        self.values.report(
                            field_value, "wrong-value", f"{key.text} {field.name}: {rejected}", rejected.suggestion
                        )
                        expression = None
                found[name.text] = (expression, field_value)
                previous = field_value
            self._defaults[key.text] = found
            if self.values.wrong > before:
                self._poor_defaults.add(key.text)

    def norms(self) -> dict[str, list[Setting]]:
        """Return the fields of the norms that a field `norm` names, for those types that have defaults."""
        found: dict[str, list[Setting]] = {}
        for norm in TAIL_NORMS.values():
            if norm.type in self._defaults:
                settings = [setting for _, setting in self._unwritten(norm) if isinstance(setting, Setting)]
                found[norm.type] = settings
                for setting in settings:
                    if setting.expression is not None and IN_CHANNELS in setting.expression.names and setting.node:
                        what = f"{norm.type} {setting.field.name}"
                        self.values.report(
                            setting.node, "wrong-value",
                            f"{what}: a default of {norm.type} holds for the norms of all convolutions, whatever arrives: "
                            "leave in_channels out, or write those norms as items",
                        )  # fmt: skip
        return found

    def _default_chain(self, type_name: str) -> list[Defaults]:
        """Return the defaults that reach a type, nearest first: a dwconv takes those of conv too, but not its kernel."""
        chain = [self._defaults.get(type_name, {})]
        if type_name == "dwconv":
            conv = self._defaults.get("conv", {})
            chain.append({name: found for name, found in conv.items() if name != "kernel"})
        return chain


def _varies(settings: list[Setting], scope: Scope) -> bool:
    return any(s.expression is not None and s.expression.names & scope.varying for s in settings)
