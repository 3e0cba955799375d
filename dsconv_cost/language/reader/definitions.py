"""What a file gives names to: hyperparameters, `let`, and blocks with their arguments and bodies."""

from collections.abc import Iterable

from dsconv_cost.language.architecture import Argument, Binding, Block, Hyperparameter, Item, Unused
from dsconv_cost.language.expressions.expression import ARRIVING, UNKNOWN
from dsconv_cost.language.nodes import REFUSED, MappingNode, ScalarNode, YamlNode
from dsconv_cost.language.reader.items import ItemReader
from dsconv_cost.language.reader.nesting import blocks_without_use
from dsconv_cost.language.reader.scope import NAME, RESERVED_TENSORS, Scope
from dsconv_cost.language.reader.values import ValueReader
from dsconv_cost.language.vocabulary import COMMON_KEYS, TYPES, WORDS, may_not_be_named
from dsconv_cost.text import nearest_words, shown

BLOCK_KEYS = ("inputs", "arguments", "let", "layers", "outputs")
_MAX_NAME = 100


class DefinitionReader:
    """Reads the definitions of one file."""

    def __init__(self, values: ValueReader) -> None:
        self.values = values
        self.problems = values.problems
        self.hyperparameters: dict[str, Hyperparameter] = {}
        self.lets: list[Binding] = []
        self.blocks: dict[str, Block] = {}
        self.unused: list[Unused] = []
        self.items = ItemReader(values, self.blocks)
        self._mentioned: dict[str, set[str]] = {}
        """The tensors that the outputs of blocks refer to."""

    @property
    def names(self) -> set[str]:
        """The names that have a value in the whole file."""
        return {*self.hyperparameters, *(binding.name for binding in self.lets)}

    # -- values ---------------------------------------------------------------------------------

    def read_hyperparameters(self, node: YamlNode) -> None:
        """Read the file's `hyperparameters`."""
        for key, value in self.values.names(node, "a mapping of names to default values"):
            if self._no_colon(key, value) or not self._may_name(key, {}):
                continue
            # A default that was reported is None: the name stays known, so that its uses are not reported too.
            required = isinstance(value, ScalarNode) and value.text == "required"
            default = None if required else self.values.literal(value)
            self.hyperparameters[key.text] = Hyperparameter(key.text, default, key)

    def read_lets(self, node: YamlNode) -> None:
        """Read the file's `let`."""
        self.lets = self._lets(node, set(self.hyperparameters), self._taken())

    def _no_colon(self, key: ScalarNode, value: YamlNode) -> bool:
        if not self.values.no_colon(key, value):
            return False
        self.problems.lose("names")
        return True

    def _may_name(self, key: ScalarNode, taken: dict[str, YamlNode]) -> bool:
        if self.problems.refused(key):
            self.problems.lose("names")
            return False
        why = may_not_be_named(key.text)
        if why is None and len(key.text) > _MAX_NAME:
            why = f"the maximum is {_MAX_NAME} characters"
        if why is None and key.text in taken:
            why = f"it is defined on line {taken[key.text].line} already"
        if why:
            if not key.text.isidentifier():
                self.problems.lose("names")
            self.problems.report(key, "invalid-name", f"'{shown(key.text)}' cannot be a name: {why}")
        return why is None

    def _lets(self, node: YamlNode, known: set[str], taken: dict[str, YamlNode]) -> list[Binding]:
        pairs = self.values.names(node, "a mapping of names to expressions")
        lets: list[Binding] = []
        known = set(known)
        pending = {key.text for key, _ in pairs}
        for key, value in pairs:
            if not self._no_colon(key, value) and self._may_name(key, taken):
                expression = self.values.value(value, known, later=pending)
                lets.append(Binding(key.text, expression or UNKNOWN, value))
                taken[key.text] = key
            pending.discard(key.text)
            known.add(key.text)
        return lets

    def _taken(self, arguments: Iterable[Argument] = ()) -> dict[str, YamlNode]:
        """Return the names that have a value in the whole file, or as one of these arguments, and where they get it."""
        taken: dict[str, YamlNode] = {name: h.node for name, h in self.hyperparameters.items()}
        taken.update((each.name, each.node) for each in self.lets)
        taken.update((each.name, each.node) for each in arguments)
        return taken

    # -- blocks ---------------------------------------------------------------------------------

    def read_block_names(self, node: YamlNode) -> None:
        """Read what the file's `blocks` are called, so that items can be told from mistakes."""
        for key, _ in self.values.names(node, "a mapping of block names to their definitions"):
            name = key.text
            if name.startswith(REFUSED):
                continue
            why = _may_not_be_block(name)
            if why:
                self.problems.report(key, "invalid-name", f"'{shown(name)}' cannot be the name of a block: {why}")
            self.blocks[name] = Block(name, key)

    def read_blocks(self, node: YamlNode) -> None:
        """Read the file's `blocks`: the arguments of all of them, and then what they are made of."""
        pairs = node.pairs if isinstance(node, MappingNode) else []
        parts: dict[str, dict[str, YamlNode]] = {}
        for key, value in pairs:
            block = self.blocks.get(key.text)
            if block is None:
                continue
            definition = self.values.mapping(value, "a block: arguments, let, layers")
            if definition is None:
                block.declare([], True)
                continue
            block_parts, incomplete = self._parts_of(block, definition)
            parts[key.text] = block_parts
            self._arguments_of(block, block_parts.get("arguments"), incomplete)
            self._ports_of(block, block_parts)
        for key, _ in pairs:
            if key.text in parts:
                self._block_body(self.blocks[key.text], parts[key.text], key)

    def _parts_of(self, block: Block, definition: MappingNode) -> tuple[dict[str, YamlNode], bool]:
        """Return the parts of a block by their keys, and whether its arguments are lost; report the keys that are unknown."""
        parts = {key.text: value for key, value in definition.pairs if key.text in BLOCK_KEYS}
        strangers = [(key, value) for key, value in definition.pairs if key.text not in BLOCK_KEYS]
        for key, value in strangers:
            if self.problems.refused(key) or self.values.no_colon(key, value):
                continue
            meant = nearest_words(key.text, BLOCK_KEYS)
            what = f"unknown key '{shown(key.text)}' of block {shown(block.name)}"
            self.problems.suggest(key, "unknown-key", what, meant, f"the keys of a block are {', '.join(BLOCK_KEYS)}")
            if meant:
                parts.setdefault(meant, value)
        if not strangers:
            return parts, False
        if not {"arguments", "let"} <= parts.keys():
            self.problems.lose("names")
        parts.setdefault("layers", ScalarNode(REFUSED, False, 0, 0))
        return parts, "arguments" not in parts

    def _arguments_of(self, block: Block, node: YamlNode | None, incomplete: bool) -> None:
        if node is None:
            block.declare([], incomplete)
            return
        incomplete |= not isinstance(node, MappingNode)
        pairs = self.values.names(node, "a mapping of arguments to defaults, or required")
        arguments: list[Argument] = []
        taken: dict[str, YamlNode] = {each.name: each.node for each in self.lets}
        known = self.names.union(ARRIVING)
        pending = {key.text for key, _ in pairs}
        for key, value in pairs:
            name = key.text
            if self._no_colon(key, value):
                incomplete = True
                continue
            if name in COMMON_KEYS or name in self.blocks:  # one of a built-in type is taken for the argument
                kind = "a key that every item may have" if name in COMMON_KEYS else "a block"
                message = f"'{name}' cannot be the name of an argument: it is {kind}"
                self.problems.report(key, "invalid-name", message)
            elif not self._may_name(key, taken):
                incomplete = True
                if name.startswith(REFUSED):
                    continue
            if isinstance(value, ScalarNode) and value.text == "required":
                arguments.append(Argument(name, None, key))
            else:
                hidden = {argument.name for argument in arguments}
                with self.values.names_used(hidden):  # what the argument itself hides, its default may use
                    expression = self.values.value(value, known - (pending - {name}), later=pending)
                arguments.append(Argument(name, expression or UNKNOWN, value))
                incomplete |= expression is None
            pending.discard(name)
            known.add(name)
            taken[name] = key
        block.declare(arguments, incomplete)

    def _ports_of(self, block: Block, parts: dict[str, YamlNode]) -> None:
        """Read the names of a block's inputs and outputs, which its uses in other blocks have to know."""
        references = self.items.references
        let = parts.get("let")
        bindings = {key.text for key, _ in let.pairs} if isinstance(let, MappingNode) else set()
        scope = Scope(self.names | {each.name for each in block.arguments} | bindings, (), block.tensors)
        named = references.ports(parts["inputs"], "inputs") if "inputs" in parts else []
        inputs = [node for node in named if references.name(node, scope) is not None]
        meant = references.ports(parts["outputs"], "outputs") if "outputs" in parts else []
        outputs = [references.reference(node, scope) for node in meant]
        block.wire(inputs, [reference for reference in outputs if reference is not None])
        self._mentioned[block.name] = scope.mentioned

    def _block_body(self, block: Block, parts: dict[str, YamlNode], key: ScalarNode) -> None:
        names, arguments = self.names, {argument.name for argument in block.arguments}
        lets: list[Binding] = []
        if "let" in parts:
            with self.values.names_used(arguments):
                lets = self._lets(parts["let"], (names | arguments).union(ARRIVING), self._taken(block.arguments))
        body = parts.get("layers")
        if body is None:
            block.define(lets, [])
            message = f"block {shown(block.name)} has no layers: list what it is made of"
            self.problems.report(key, "missing-key", message)
            return
        own = arguments | {binding.name for binding in lets}
        with self.values.names_used(own) as used:  # blocks may spell their names alike
            scope = Scope(names | own, own, block.tensors)
            block.define(lets, self.items.body(body, scope))
        used = used.union(
            *(binding.expression.names for binding in lets),
            *(each.default.names - {each.name} for each in block.arguments if each.default),
        )
        self._note_unused("argument", block.arguments, used, f" of block {block.name}")
        self._note_unused("let", lets, used, f" of block {block.name}")
        mentioned = scope.mentioned | self._mentioned[block.name]
        for name in block.inputs[1:]:  # items start at the first without a word
            if name not in mentioned:
                self.unused.append(Unused(f"input {name} of block {block.name}", block.tensors[name].line))

    # -- what is unused -------------------------------------------------------------------------

    def note_unused(self, used: set[str]) -> None:
        """Note the names of the whole file that are in no expression."""
        self._note_unused("hyperparameter", self.hyperparameters.values(), used)
        self._note_unused("let", self.lets, used)

    def note_unused_blocks(self, layers: list[Item]) -> None:
        """Note the blocks that no item of the network leads to."""
        self.unused += blocks_without_use(self.blocks, layers)

    def _note_unused(
        self, what: str, given: Iterable[Hyperparameter | Argument | Binding], used: set[str], where: str = ""
    ) -> None:
        self.unused += [Unused(f"{what} {each.name}{where}", each.node.line) for each in given if each.name not in used]


_NEWER_FIELDS = frozenset({"separable"})
"""Fields that came when files had blocks of these names: in such a file the name means the block."""


def _may_not_be_block(name: str) -> str | None:
    if not NAME.fullmatch(name):
        return "names start with a letter or _, then letters, digits, _ . -"
    if name in TYPES:
        return "it is a built-in type"
    if name in COMMON_KEYS:
        return "it is a key that every item may have"
    if name in {field.name for field in TYPES["conv"].fields} - _NEWER_FIELDS:
        return "it is a field of a built-in type"  # {stride: 2} would read like a convolution without its type
    if name in WORDS:
        return "it is a word of the language"
    return "it is reserved" if name in (*RESERVED_TENSORS, "index", "in_channels") else None
