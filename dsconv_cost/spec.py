"""A file's text to a Spec: the sections of the file, in the order they depend on each other."""

import re

from dsconv_cost.architecture import Argument, Binding, Block, Hyperparameter, Item, Spec
from dsconv_cost.errors import Problem
from dsconv_cost.expressions import IN_CHANNELS, UNKNOWN
from dsconv_cost.inert import nearest, shown
from dsconv_cost.spec_figures import FigureReader
from dsconv_cost.spec_items import NAME, ItemReader, Scope
from dsconv_cost.spec_values import TooManyProblems, ValueReader, is_nothing
from dsconv_cost.vocabulary import COMMON_KEYS, FIELD_NAMES, TYPES, WORDS, may_not_be_named
from dsconv_cost.yaml_events import REFUSED, Mapping, Node, Scalar, Sequence, read_nodes, what

KEYS: dict[str, str] = {
    "format": "version of the language: 1",
    "name": "the network's name; the file's when not given",
    "source": "where the table comes from",
    "hyperparameters": "what a user may set: literals, or required",
    "let": "values computed from them, in order; never settable",
    "input": "[channels, height, width]; a 1-D signal has height 1",
    "defaults": "built-in type -> field values, for every item of that type in the file, blocks included",
    "blocks": "the file's own types",
    "layers": "the network: a list of items",
    "outputs": "names of the outputs, when there is more than one",
    "variants": "name -> hyperparameter values",
    "published": "rows of sources: {params: 4.2M, macs: 569M, source: Table 4}",
    "budget": "limits that check holds it to: {params: 5M, macs: 600M, saving: 80%}",
}
BLOCK_KEYS = ("arguments", "let", "layers")
MOST_NESTED = 60
VARIANT = re.compile(r"[A-Za-z0-9_.+-]{1,100}")


def read_spec(text: str, path: str, default_name: str) -> tuple[Spec, list[Problem]]:
    """Return what a file says and everything that is wrong with it before a network is made of it."""
    problems: list[Problem] = []
    spec = Spec(path, text)
    spec.name = default_name
    root, cut = read_nodes(text, problems)
    if root is None:
        if cut is None:
            problems.append(Problem(1, 1, "the file is empty: an architecture needs input and layers"))
        return spec, problems
    found: list[Problem] = []
    values = ValueReader(found, cut is not None)
    try:
        if isinstance(root, Mapping):
            _FileReader(spec, values).read(root, cut is None)
        else:
            values.report(root, f"received {what(root)}, expected an architecture: keys input, layers and others")
    except TooManyProblems:
        spec.layers = []
    if cut is not None:
        found = [problem for problem in found if not cut.covers(problem)]
        spec.layers = []
    return spec, problems + found


class _FileReader:
    def __init__(self, spec: Spec, values: ValueReader) -> None:
        self.spec = spec
        self.values = values
        self.items = ItemReader(values, spec.blocks)
        self.figures = FigureReader(values, spec)

    def read(self, root: Mapping, whole: bool) -> None:
        spec, values = self.spec, self.values
        sections: dict[str, Node] = {}
        unknown: list[tuple[Scalar, Node]] = []
        values.lost_names = values.lost_sections = root.repeated
        for key, value in root.pairs:
            if key.text in KEYS:
                sections[key.text] = value
            elif not values.refused(key):
                unknown.append((key, value))
        excused = set()
        for key, value in unknown:
            meant = self._unknown_key(key, value)
            if meant and not is_nothing(value):
                sections.setdefault(meant, value)  # go on as if it were written so, to find what else is wrong
            else:
                excused.add(meant)
                values.lost_sections = True
                values.lost_names |= not {"hyperparameters", "let"} <= sections.keys()
        if whole:
            for needed in ("input", "layers"):
                if needed not in sections and needed not in excused:
                    values.report(root, f"{needed} is missing: {KEYS[needed]}")
        if "format" in sections:
            self._format(sections["format"])
        for text_key in ("name", "source"):
            if text_key in sections:
                text = values.text(sections[text_key], text_key, 300)
                if text is not None:
                    setattr(spec, text_key, text)
        if "hyperparameters" in sections:
            self._hyperparameters(sections["hyperparameters"])
        if "let" in sections:
            taken = {name: h.node for name, h in spec.hyperparameters.items()}
            spec.lets = self._lets(sections["let"], set(spec.hyperparameters), taken)
        names = {*spec.hyperparameters, *(b.name for b in spec.lets)}
        if "input" in sections:
            self._input(sections["input"], names)
        if "blocks" in sections:
            self._block_names(sections["blocks"])
        if "defaults" in sections:
            self.items.read_defaults(sections["defaults"], names)
        if "blocks" in sections:
            self._blocks(sections["blocks"], names)
        if "layers" in sections:
            scope = Scope(names, (), spec.tensors)
            spec.layers = self.items.body(sections["layers"], scope)
        spec.lost_tensors = self.items.lost_tensors
        self._check_nesting()
        if "outputs" in sections:
            self._outputs(sections["outputs"])
        if "variants" in sections:
            self._variants(sections["variants"])
        if "published" in sections:
            spec.published = self.figures.published(sections["published"])
        if "budget" in sections:
            from dsconv_cost.spec_budget import BudgetReader, Home  # most files have none

            spec.budget = BudgetReader(values, Home(spec.path, spec.variants)).budget(sections["budget"])

    def _unknown_key(self, key: Scalar, value: Node) -> str:
        """Report an unknown top-level key; return the key it probably was meant to be."""
        synonyms = {"params": "hyperparameters", "parameters": "hyperparameters", "model": "layers", "network": "layers",
                    "backbone": "layers", "input_shape": "input", "input_size": "input", "title": "name"}  # fmt: skip
        meant = synonyms.get(key.text.lower()) or nearest(key.text, KEYS)
        name = shown(key.text)
        if self.values.no_colon(key, value):
            return key.text.split(":")[0].split()[0]
        hint = f": did you mean '{meant}'?" if meant else f": the keys of a file are {', '.join(KEYS)}"
        self.values.report(key, f"unknown key '{name}'{hint}")
        return meant or ""

    def _format(self, node: Node) -> None:
        text = self.values.scalar_text(node, "a version of the language: 1")
        if text is not None and text != "1":
            self.values.report(
                node, f"format: received {what(node)}, expected 1, the only version of the language so far"
            )

    # -- values ---------------------------------------------------------------------------------

    def _hyperparameters(self, node: Node) -> None:
        for key, value in self.values.names(node, "a mapping of names to default values"):
            if self._no_colon(key, value) or not self._may_name(key):
                continue
            if isinstance(value, Scalar) and value.text == "required":
                self.spec.hyperparameters[key.text] = Hyperparameter(key.text, None, key)
                continue
            # None when it was reported: the name stays known, so that its uses are not reported too.
            found = self.values.literal(value)
            self.spec.hyperparameters[key.text] = Hyperparameter(key.text, found, key)

    def _no_colon(self, key: Scalar, value: Node) -> bool:
        lost = self.values.no_colon(key, value)
        self.values.lost_names |= lost
        return lost

    def _may_name(self, key: Scalar, taken: dict[str, Scalar | Node] | None = None) -> bool:
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
            self.values.report(key, f"'{shown(key.text)}' cannot be a name: {why}")
        return why is None

    def _lets(self, node: Node, known: set[str], taken: dict[str, Node]) -> list[Binding]:
        pairs = self.values.names(node, "a mapping of names to expressions")
        lets: list[Binding] = []
        known = set(known)
        pending = {key.text for key, _ in pairs}
        for key, value in pairs:
            pending.discard(key.text)
            if self._no_colon(key, value) or not self._may_name(key, taken):
                known.add(key.text)
                continue
            before = len(self.values.problems)
            expression = self.values.value(value, known)
            self._explain_order(before, pending, key.text)
            lets.append(Binding(key.text, expression or UNKNOWN, value))
            known.add(key.text)
            taken[key.text] = key
        return lets

    def _explain_order(self, before: int, later: set[str], own: str) -> None:
        for at in range(before, len(self.values.problems)):
            line, column, said = self.values.problems[at]
            name = said.split("'")[1] if said.startswith("unknown name '") else ""
            if name and (name in later or name == own):
                said = f"'{name}' has no value yet: names get theirs in order, so define it above"
                self.values.problems[at] = Problem(line, column, said)

    def _input(self, node: Node, names: set[str]) -> None:
        wanted = "[channels, height, width]"
        if not isinstance(node, Sequence) or len(node.items) != 3:
            got = f"a list of {len(node.items)}" if isinstance(node, Sequence) else what(node)
            if not self.values.refused(node):
                self.values.report(node, f"input: received {got}, expected {wanted}; a 1-D signal has height 1")
            return
        self.spec.input_node = node
        parts = [self.values.value(item, names) for item in node.items]
        if all(part is not None for part in parts):
            self.spec.input = [part for part in parts if part is not None]

    # -- blocks ---------------------------------------------------------------------------------

    def _block_names(self, node: Node) -> None:
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
                self.values.report(key, f"a block cannot be called '{shown(name)}': {why}")
            self.spec.blocks[name] = Block(name, key)

    def _blocks(self, node: Node, names: set[str]) -> None:
        mapping = node if isinstance(node, Mapping) else None
        parts: dict[str, dict[str, Node]] = {}
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

    def _parts_of(self, block: Block, definition: Mapping) -> dict[str, Node]:
        """Return the parts of a block by their keys, and report the keys that are none."""
        parts: dict[str, Node] = {}
        strangers: list[tuple[Scalar, Node]] = []
        for key, value in definition.pairs:
            if key.text in BLOCK_KEYS:
                parts[key.text] = value
            else:
                strangers.append((key, value))
        for key, value in strangers:
            if self.values.refused(key) or self.values.no_colon(key, value):
                continue
            meant = nearest(key.text, BLOCK_KEYS)
            hint = f"did you mean '{meant}'?" if meant else "the keys of a block are arguments, let, layers"
            self.values.report(key, f"unknown key '{shown(key.text)}' of block {shown(block.name)}: {hint}")
            if meant:
                parts.setdefault(meant, value)
        if strangers:
            block.incomplete = "arguments" not in parts
            self.values.lost_names |= not {"arguments", "let"} <= parts.keys()
            parts.setdefault("layers", Scalar(REFUSED, False, 0, 0))
        return parts

    def _arguments_of(self, block: Block, node: Node | None, names: set[str]) -> None:
        if node is None:
            return
        block.incomplete |= not isinstance(node, Mapping)
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
                self.values.report(key, f"'{key.text}' cannot be an argument: it is {kind}")
            elif not self._may_name(key, taken):
                block.incomplete = True
                if key.text.startswith(REFUSED):
                    continue
            if isinstance(value, Scalar) and value.text == "required":
                block.arguments.append(Argument(key.text, None, key))
            else:
                before = len(self.values.problems)
                expression = self.values.value(value, known)
                self._explain_order(before, pending, key.text)
                block.arguments.append(Argument(key.text, expression or UNKNOWN, value))
                block.incomplete |= expression is None
            known.add(key.text)
            taken[key.text] = key

    def _taken(self) -> dict[str, Node]:
        taken: dict[str, Node] = {name: h.node for name, h in self.spec.hyperparameters.items()}
        taken.update({b.name: b.node for b in self.spec.lets})
        return taken

    def _block_body(self, block: Block, parts: dict[str, Node], key: Scalar, names: set[str]) -> None:
        arguments = {a.name for a in block.arguments}
        let = parts.get("let")
        if let is not None:
            taken = self._taken()
            taken.update({a.name: a.node for a in block.arguments})
            block.lets = self._lets(let, names | arguments | {IN_CHANNELS}, taken)
        body = parts.get("layers")
        if body is None:
            self.values.report(key, f"block {shown(block.name)} has no layers: list what it is made of")
            return
        own = arguments | {b.name for b in block.lets}
        scope = Scope(names | own, own, block.tensors)
        block.body = self.items.body(body, scope)

    def _check_nesting(self) -> None:
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
                self.spec.layers = []
                said = f"the block {shown(block.name)} uses itself: {cycle}; blocks are not recursive"
                self.values.report(item.node, said)
                return 0
            if len(path) >= MOST_NESTED:
                raise _TooDeep(item)
            path.append(block.name)
            found = deepest(block.body, 1)
            path.pop()
            depth[block.name] = found
            return found

        try:
            for block in self.spec.blocks.values():
                if block.name not in depth:
                    path[:] = [block.name]
                    deepest(block.body, 1)
            path.clear()
            deepest(self.spec.layers, 1)
        except _TooDeep as too_deep:
            self.spec.layers = []
            self.values.report(too_deep.item.node, f"bodies and blocks nested more than {MOST_NESTED} deep")

    # -- outputs and variants -------------------------------------------------------------------

    def _outputs(self, node: Node) -> None:
        items = node.items if isinstance(node, Sequence) else [node]
        if self.values.refused(node):
            return
        if isinstance(node, Mapping) or not items:
            self.values.report(node, f"outputs: received {what(node)}, expected a list of names of items")
            return
        seen: dict[str, Scalar] = {}
        for item in items:
            if self.values.refused(item):
                continue
            if not isinstance(item, Scalar) or not NAME.fullmatch(item.text):
                self.values.report(item, f"outputs: received {what(item)}, expected the name of an item")
            elif item.text in seen:
                self.values.report(item, f"the output '{item.text}' stands twice: keep one")
            else:
                seen[item.text] = item
                self.spec.outputs.append(item)

    def _variants(self, node: Node) -> None:
        mapping = self.values.mapping(node, "a mapping of variant names to hyperparameter values")
        for key, value in mapping.pairs if mapping else ():
            name = key.text
            if name.startswith(REFUSED):
                continue
            if not VARIANT.fullmatch(name):
                self.values.report(
                    key, f"variant: received {what(key)}, expected a name of letters, digits, _ . + -, at most 100"
                )
                continue
            empty = isinstance(value, Scalar) and not value.text
            if empty:
                self.values.report(value, f"variant {name} is empty: write {{}} for the defaults")
            self.spec.variants[name] = {} if empty else self.figures.settings(value)


class _TooDeep(Exception):
    def __init__(self, item: Item) -> None:
        self.item = item


def _bodies(item: Item) -> list[list[Item]]:
    found = [item.body] if item.body else []
    found += [branch.items for branch in item.branches if branch.items]
    if isinstance(item.shortcut, list):
        found.append(item.shortcut)
    return found
