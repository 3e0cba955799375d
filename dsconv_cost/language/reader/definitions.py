"""What a file gives names to: hyperparameters, `let`, and blocks with their arguments and bodies."""

from dsconv_cost.language.architecture import Argument, Binding, Block, Hyperparameter, Item, Spec, Unused
from dsconv_cost.language.expressions.expression import IN_CHANNELS, UNKNOWN
from dsconv_cost.language.nodes import REFUSED, MappingNode, ScalarNode, YamlNode
from dsconv_cost.language.reader.items import ItemReader
from dsconv_cost.language.reader.values import NAME, Scope, ValueReader
from dsconv_cost.language.vocabulary import COMMON_KEYS, FIELD_NAMES, TYPES, WORDS, may_not_be_named
from dsconv_cost.text import nearest_words, shown

BLOCK_KEYS = ("arguments", "let", "layers")
MOST_NESTED = 60


class DefinitionReader:
    """Reads the definitions of one file into its spec."""

    def __init__(self, spec: Spec, values: ValueReader, items: ItemReader) -> None:
        self.spec = spec
        self.values = values
        self.items = items

    # -- values ---------------------------------------------------------------------------------

    def hyperparameters(self, node: YamlNode) -> None:
        """Read the file's `hyperparameters`."""
        for key, value in self.values.names(node, "a mapping of names to default values"):
            if self._no_colon(key, value) or not self._may_name(key):
                continue
            if isinstance(value, ScalarNode) and value.text == "required":
                self.spec.hyperparameters[key.text] = Hyperparameter(key.text, None, key)
                continue
            # None when it was reported: the name stays known, so that its uses are not reported too.
            found = self.values.literal(value)
            self.spec.hyperparameters[key.text] = Hyperparameter(key.text, found, key)

    def _no_colon(self, key: ScalarNode, value: YamlNode) -> bool:
        lost = self.values.no_colon(key, value)
        self.values.lost_names |= lost
        return lost

    def _may_name(self, key: ScalarNode, taken: dict[str, ScalarNode | YamlNode] | None = None) -> bool:
        if self.values.refused(key):
            self.values.lost_names = True
            return False
        why = may_not_be_named(key.text)
        if why is None and len(key.text) > 100:
            why = "names have at most 100 characters"
        if why is None and taken and key.text in taken:
            why = f"the name is taken in line {taken[key.text].line}, and no name hides another"
        if why:
            self.values.lost_names |= not key.text.isidentifier()
            self.values.report(key, "invalid-name", f"'{shown(key.text)}' cannot be a name: {why}")
        return why is None

    def lets(self, node: YamlNode) -> None:
        """Read the file's `let`."""
        self.spec.lets = self._lets(node, set(self.spec.hyperparameters), self._taken())

    def _lets(self, node: YamlNode, known: set[str], taken: dict[str, YamlNode]) -> list[Binding]:
        pairs = self.values.names(node, "a mapping of names to expressions")
        lets: list[Binding] = []
        known = set(known)
        pending = {key.text for key, _ in pairs}
        for key, value in pairs:
            pending.discard(key.text)
            if self._no_colon(key, value) or not self._may_name(key, taken):
                known.add(key.text)
                continue
            expression = self.values.value(value, known, later={*pending, key.text})
            lets.append(Binding(key.text, expression or UNKNOWN, value))
            known.add(key.text)
            taken[key.text] = key
        return lets

    # -- blocks ---------------------------------------------------------------------------------

    def block_names(self, node: YamlNode) -> None:
        """Read what the file's `blocks` are called, so that items can be told from mistakes."""
        for key, _ in self.values.names(node, "a mapping of block names to their definitions"):
            name = key.text
            if name.startswith(REFUSED):
                continue
            why = None
            if not NAME.fullmatch(name):
                why = "names start with a letter or _, then letters, digits, _ . -"
            elif name in TYPES:
                why = "it is a built-in type"
            elif name in COMMON_KEYS:
                why = "it is a key that every item may have"
            elif name in FIELD_NAMES:
                why = "it is a field of a built-in type"
            elif name in WORDS:
                why = "it is a word of the language"
            elif name in ("previous", "input", "all", "index", IN_CHANNELS):
                why = "it is reserved"
            if why:
                self.values.report(key, "invalid-name", f"a block cannot be called '{shown(name)}': {why}")
            self.spec.blocks[name] = Block(name, key)

    def blocks(self, node: YamlNode, names: set[str]) -> None:
        """Read the file's `blocks`: the arguments of all of them, and then what they are made of."""
        mapping = node if isinstance(node, MappingNode) else None
        parts: dict[str, dict[str, YamlNode]] = {}
        for key, value in mapping.pairs if mapping else ():
            block = self.spec.blocks.get(key.text)
            if block is None:
                continue
            definition = self.values.mapping(value, "a block: arguments, let, layers")
            if definition is None:
                block.incomplete = True
                continue
            parts[key.text] = self._parts_of(block, definition)
            self._arguments_of(block, parts[key.text].get("arguments"), names)
        for key, _ in mapping.pairs if mapping else ():
            if key.text in parts:
                self._block_body(self.spec.blocks[key.text], parts[key.text], key, names)

    def _parts_of(self, block: Block, definition: MappingNode) -> dict[str, YamlNode]:
        """Return the parts of a block by their keys, and report the keys that are none."""
        parts: dict[str, YamlNode] = {}
        strangers: list[tuple[ScalarNode, YamlNode]] = []
        for key, value in definition.pairs:
            if key.text in BLOCK_KEYS:
                parts[key.text] = value
            else:
                strangers.append((key, value))
        for key, value in strangers:
            if self.values.refused(key) or self.values.no_colon(key, value):
                continue
            meant = nearest_words(key.text, BLOCK_KEYS)
            what = f"unknown key '{shown(key.text)}' of block {shown(block.name)}"
            self.values.suggest(key, "unknown-key", what, meant, "the keys of a block are arguments, let, layers")
            if meant:
                parts.setdefault(meant, value)
        if strangers:
            block.incomplete = "arguments" not in parts
            self.values.lost_names |= not {"arguments", "let"} <= parts.keys()
            parts.setdefault("layers", ScalarNode(REFUSED, False, 0, 0))
        return parts

    def _arguments_of(self, block: Block, node: YamlNode | None, names: set[str]) -> None:
        if node is None:
            return
        block.incomplete |= not isinstance(node, MappingNode)
        pairs = self.values.names(node, "a mapping of arguments to defaults, or required")
        taken = self._taken()
        known = names | {IN_CHANNELS}
        pending = {key.text for key, _ in pairs}
        for key, value in pairs:
            pending.discard(key.text)
            if self._no_colon(key, value):
                block.incomplete = True
                continue
            if key.text in COMMON_KEYS or key.text in self.spec.blocks or key.text in TYPES:
                kind = "a key that every item may have" if key.text in COMMON_KEYS else "a type"
                self.values.report(key, "invalid-name", f"'{key.text}' cannot be an argument: it is {kind}")
            elif not self._may_name(key, taken):
                block.incomplete = True
                if key.text.startswith(REFUSED):
                    continue
            if isinstance(value, ScalarNode) and value.text == "required":
                block.arguments.append(Argument(key.text, None, key))
            else:
                expression = self.values.value(value, known, later={*pending, key.text})
                block.arguments.append(Argument(key.text, expression or UNKNOWN, value))
                block.incomplete |= expression is None
            known.add(key.text)
            taken[key.text] = key

    def _taken(self) -> dict[str, YamlNode]:
        """Return the names that have a value in the whole file, and where they get it."""
        taken: dict[str, YamlNode] = {name: h.node for name, h in self.spec.hyperparameters.items()}
        taken.update({b.name: b.node for b in self.spec.lets})
        return taken

    def _block_body(self, block: Block, parts: dict[str, YamlNode], key: ScalarNode, names: set[str]) -> None:
        arguments = {a.name for a in block.arguments}
        let = parts.get("let")
        if let is not None:
            taken = self._taken()
            taken.update({a.name: a.node for a in block.arguments})
            block.lets = self._lets(let, names | arguments | {IN_CHANNELS}, taken)
        body = parts.get("layers")
        if body is None:
            self.values.report(key, "missing-key", f"block {shown(block.name)} has no layers: list what it is made of")
            return
        own = arguments | {b.name for b in block.lets}
        scope = Scope(names | own, own, block.tensors)
        outside, self.values.used = self.values.used, set()  # blocks may spell their names alike
        block.body = self.items.body(body, scope)
        used = self.values.used.union(
            *(b.expression.names for b in block.lets), *(a.default.names for a in block.arguments if a.default)
        )
        self.values.used |= outside
        for what, given in (("argument", block.arguments), ("let", block.lets)):
            self.spec.unused += [
                Unused(f"{what} {each.name} of block {block.name}", each.node.line)
                for each in given
                if each.name not in used
            ]


def note_unused(spec: Spec, values: ValueReader) -> None:
    """Note the names of the whole file that stand in no expression."""
    for what, given in (("hyperparameter", spec.hyperparameters.values()), ("let", spec.lets)):
        spec.unused += [Unused(f"{what} {each.name}", each.node.line) for each in given if each.name not in values.used]


# -- nesting --------------------------------------------------------------------------------------


def check_nesting(spec: Spec, values: ValueReader) -> None:
    """Report blocks that use themselves, and bodies nested too deep through blocks."""
    depth: dict[str, int] = {}
    path: list[str] = []

    def deepest(items: list[Item], level: int) -> int:
        found = level
        for item in items:
            if level > MOST_NESTED:
                raise _TooDeep(item)
            for body in _bodies(item):
                found = max(found, deepest(body, level + 1))
            if item.use.block is not None:
                found = max(found, level + block_depth(item))
            if found > MOST_NESTED:
                raise _TooDeep(item)
        return found

    def block_depth(item: Item) -> int:
        block = item.use.block
        assert block is not None
        if block.name in depth:
            return depth[block.name]
        if block.name in path:
            around = [shown(name) for name in path[path.index(block.name) :]]
            steps = [*around, around[0]] if len(around) <= 8 else [*around[:4], "...", around[-1], around[0]]
            cycle = " -> ".join(steps)
            spec.layers = []
            said = f"the block {shown(block.name)} uses itself: {cycle}; blocks are not recursive"
            values.report(item.node, "recursive-block", said)
            return 0
        if len(path) >= MOST_NESTED:
            raise _TooDeep(item)
        path.append(block.name)
        found = deepest(block.body, 1)
        path.pop()
        depth[block.name] = found
        return found

    try:
        for block in spec.blocks.values():
            if block.name not in depth:
                path[:] = [block.name]
                deepest(block.body, 1)
        path.clear()
        deepest(spec.layers, 1)
    except _TooDeep as too_deep:
        spec.layers = []
        values.report(too_deep.item.node, "too-deep", f"bodies and blocks nested more than {MOST_NESTED} deep")


class _TooDeep(Exception):
    def __init__(self, item: Item) -> None:
        self.item = item


def _bodies(item: Item) -> list[list[Item]]:
    found = [item.body] if item.body else []
    found += [branch.items for branch in item.branches if branch.items]
    if isinstance(item.shortcut, list):
        found.append(item.shortcut)
    return found
