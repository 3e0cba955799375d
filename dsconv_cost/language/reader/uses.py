"""What an item says: its type, and then the fields of a built-in one or the arguments of a block."""

from dsconv_cost.language.architecture import Block, Use
from dsconv_cost.language.nodes import MappingNode, ScalarNode, YamlNode, kind_of_node
from dsconv_cost.language.reader.fields import SettingReader
from dsconv_cost.language.reader.values import JOINED, NAME, Scope, ValueReader, is_nothing, lacks
from dsconv_cost.language.vocabulary import COMMON_KEYS, FOREIGN, TYPES, is_foreign, suggest_type
from dsconv_cost.text import listing, nearest_words, shown

_ITEM = "an item: a type alone (relu), or with its fields ({conv: 64, kernel: 3})"


class UseReader:
    """Reads the uses of types in one file."""

    def __init__(self, values: ValueReader, blocks: dict[str, Block], settings: SettingReader) -> None:
        self.values = values
        self.blocks = blocks
        self.settings = settings

    def type_key(self, node: MappingNode) -> ScalarNode | None:
        """Return the key of an item that is its type; None when a problem was reported."""
        keys = [key for key, _ in node.pairs if key.text in TYPES or key.text in self.blocks]
        if len(keys) == 1:
            return keys[0]
        if keys:
            names = " and ".join(f"'{shown(k.text)}'" for k in keys[:3])
            self.values.report(
                keys[1], "two-types", f"two types in one item, {names}: write two items, each behind its own dash"
            )
            return None
        if not node.pairs:
            self.values.report(node, "missing-type", f"received an empty mapping, expected {_ITEM}")
            return None
        if any(self.values.refused(key) for key, _ in node.pairs):
            return None
        if any(self.values.cut_off(key, value, None) for key, value in node.pairs):
            return None
        if any(key.text not in COMMON_KEYS and self.values.no_colon(key, value) for key, value in node.pairs):
            return None
        named = next(((key, value) for key, value in node.pairs if key.text in ("type", "op", "layer")), None)
        if named is not None and isinstance(named[1], ScalarNode):
            said = f"an item is written with its type as the key: {{{shown(named[1].text)}: ..., field: ...}}"
            self.values.report(named[0], "missing-type", said)
            return None
        fields = {f.name for t in TYPES.values() for f in t.all_fields()} | set(COMMON_KEYS)
        strangers = [key for key, _ in node.pairs if key.text not in fields]
        if not strangers:
            names = listing([key.text for key, _ in node.pairs])
            self.values.report(node, "missing-type", f"received fields without a type ({names}), expected {_ITEM}")
            return None
        meant = next((key for key in strangers if suggest_type(key.text[:100], [])), strangers[0])
        self.unknown_type(meant, None)
        return None

    def unknown_type(self, node: ScalarNode, scope: Scope | None) -> None:
        """Report a type that does not exist; without `scope` it is the key of a mapping."""
        name = node.text
        if self.values.refused(node):
            return
        text = shown(name)
        if is_nothing(node):
            self.values.report(node, "missing-type", f"received nothing, expected {_ITEM}")
        elif name == "if":
            self.values.report(node, "unknown-type", "unknown type 'if': an item is left out with when: condition")
        elif (joined := JOINED.fullmatch(name)) and (joined[2] or joined[1] in TYPES or joined[1] in self.blocks):
            self.values.report(node, *lacks(joined))
        elif (scope is not None and name in ("previous", "input")) or name.startswith("all "):
            self.values.report(
                node, "misplaced-value", f"'{text}' names a tensor, and stands only as a branch of a join"
            )
        elif scope is not None and name in scope.tensors:
            self.values.report(
                node, "misplaced-value", f"'{text}' is the name of a tensor: to start there, give the item from: {text}"
            )
        elif name.startswith("-") and suggest_type(name[1:].split()[0] if name[1:].split() else "", []):
            self.values.report(
                node, "run-together", f"'{text}' lacks a space after its dash: write - {shown(name[1:].split()[0])}"
            )
        elif meant := suggest_type(name, list(self.blocks)):
            flat = "1d" in name.lower()
            sides = " A 1-D signal has height 1 here, and its kernels and strides are written [1, k]" if flat else ""
            self.values.report(node, "unknown-type", f"unknown type '{text}': did you mean '{meant}'?{sides}", meant)
        elif not NAME.fullmatch(name) or name in ("null", "true", "false"):
            self.values.report(node, "wrong-type", f"received {kind_of_node(node)}, expected {_ITEM}")
        else:
            hint = f"{FOREIGN}; " if is_foreign(name) else ""
            hint += "`dsconv-cost reference` lists the built-in types"
            if self.blocks:
                hint += f", and the file's blocks are {listing(self.blocks, 12)}"
            self.values.unknown(node, "unknown-type", f"unknown type '{text}'", None, hint)

    def read(self, node: MappingNode, type_key: ScalarNode, scope: Scope, branch: bool) -> Use:
        use = Use(type_key.text)
        before = self.values.wrong
        for key, value in node.pairs:
            if key.text in ("when", "repeat", "copies"):
                setattr(use, key.text, self.values.value(value, scope.names))
        if use.copies is not None and not branch:
            copies = next(key for key, _ in node.pairs if key.text == "copies")
            self.values.report(
                copies,
                "misplaced-key",
                "copies stands only on a branch written as one item: to repeat an item, use repeat",
            )
        first = next((value for key, value in node.pairs if key.text == "first"), None)
        if type_key.text in self.blocks:
            use.block = self.blocks[type_key.text]
            self._arguments(use, node, type_key, scope, first)
        else:
            use.layer_type = TYPES[type_key.text]
            self.settings.read(use, node, type_key, scope, first)
        use.broken = self.values.wrong > before
        if first is not None and not use.broken and not any(key.text == "repeat" for key, _ in node.pairs):
            self.values.report(
                first, "misplaced-key", "first stands only beside repeat: write the field itself, or add repeat"
            )
            use.broken = True
        return use

    # -- blocks ---------------------------------------------------------------------------------

    def _arguments(
        self, use: Use, node: MappingNode, type_key: ScalarNode, scope: Scope, first: YamlNode | None
    ) -> None:
        block = use.block
        assert block is not None
        by_name = {argument.name: argument for argument in block.arguments}
        name = shown(block.name)
        main = block.main
        excused: set[str | None] = set()
        missing_ok = False
        previous: YamlNode | None = None
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
                    self.values.report(value, "misplaced-value", said)
            elif key.text in COMMON_KEYS:
                pass
            elif key.text == main and not block.incomplete:
                self.values.report(key, "misplaced-key", f"{main} of {name} stands behind the colon: {name}: ...")
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
                self.values.report(type_key, "missing-argument", f"{name} needs {' and '.join(wants)}")
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
                    self.values.report(key, "misplaced-key", said)
                else:
                    self._unknown_argument(key, value, None, block)
            variant.varies = True
            use.first = variant

    def _argument(self, use: Use, name: str, node: YamlNode, scope: Scope) -> None:
        if isinstance(node, ScalarNode) and scope.names_tensor(node):
            self.values.report(
                node,
                "wrong-type",
                f"'{node.text}' is a tensor: an argument is a value, tensors are joined with from or a join",
            )
            return
        expression = self.values.value(node, scope.names)
        if expression is not None:
            use.arguments[name] = expression

    def _unknown_argument(self, key: ScalarNode, value: YamlNode, previous: YamlNode | None, block: Block) -> bool:
        """Report an unknown key; return whether it explains an argument that is missing."""
        if self.values.refused(key) or self.values.cut_off(key, value, previous) or self.values.no_colon(key, value):
            return True
        if block.incomplete:
            self.values.wrong += 1
            return True
        name = shown(key.text)
        names = [a.name for a in block.arguments if a.name != block.main]
        meant = nearest_words(key.text, [*names, *COMMON_KEYS])
        there = f"its arguments are {listing(names)}" if names else "it has no arguments beside its main one"
        self.values.suggest(key, "unknown-argument", f"unknown argument '{name}' of {shown(block.name)}", meant, there)
        self.values.lost_tensors |= is_nothing(value)
        return meant is not None or is_nothing(value)
