"""A file's text to a Spec: the sections of the file, in the order they depend on each other."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dsconv_cost import patterns
from dsconv_cost.errors import Problem
from dsconv_cost.language.architecture import InputSection, Item, Reference, Spec
from dsconv_cost.language.nodes import REFUSED, ListNode, MappingNode, ScalarNode, YamlNode, kind_of_node, read_nodes
from dsconv_cost.language.problems import Problems, TooManyProblems
from dsconv_cost.language.published import Published
from dsconv_cost.language.reader.definitions import DefinitionReader
from dsconv_cost.language.reader.nesting import check_nesting
from dsconv_cost.language.reader.published import FigureReader
from dsconv_cost.language.reader.scope import REFERENCE, Scope
from dsconv_cost.language.reader.values import ValueReader, is_nothing
from dsconv_cost.language.vocabulary import MAX_PORTS
from dsconv_cost.layers.shapes import MOST_SIDES
from dsconv_cost.layers.values import Value
from dsconv_cost.text import nearest_words, shown

if TYPE_CHECKING:
    from dsconv_cost.language.limits import Limit

FILE_KEYS: dict[str, str] = {
    "format": "version of the language: 1",
    "name": "the network's name; the file's when not given",
    "source": "where the table comes from",
    "hyperparameters": "what a user may set: literals, or required",
    "let": "values computed from them, in order; never settable",
    "input": "[channels, height, width], or other sides: [channels, length]",
    "defaults": "built-in type -> field values, for every item of that type in the file, blocks included",
    "blocks": "the file's own types",
    "layers": "the network: a list of items",
    "separable": "convolutions to make separable, by the names or patterns of their layers",
    "outputs": "names of the outputs, when there is more than one",
    "variants": "name -> hyperparameter values",
    "search": "hyperparameter -> the values that sweep tries: {alpha: 0.25..1.4:0.01, depths: [[1, 2], [2, 3]]}",
    "published": "rows of sources: {params: 4.2M, macs: 569M, source: Table 4}",
    "budget": "limits that check holds it to: {params: 5M, macs: 600M, saving: 80%}",
}
_NEEDED = ("input", "layers")
_SYNONYMS = {
    "params": "hyperparameters", "parameters": "hyperparameters", "model": "layers", "network": "layers", "backbone": "layers",
    "input_shape": "input", "input_size": "input", "title": "name",
}  # fmt: skip
_VARIANT = r"[A-Za-z0-9_.+-]{1,100}"


def read_spec(text: str, path: str, default_name: str) -> tuple[Spec, list[Problem]]:
    """Return what a file says and everything that is wrong with it before a network is made of it."""
    in_yaml: list[Problem] = []
    root, cut = read_nodes(text, in_yaml)
    problems = Problems(cut is not None)
    reader = _FileReader(problems, path)
    if root is None and cut is None:
        in_yaml.append(Problem(1, 1, "the file is empty: an architecture needs input and layers", "empty-file"))
    try:
        if isinstance(root, MappingNode):
            reader.read(root)
        elif root is not None:
            message = f"received {kind_of_node(root)}, expected an architecture: a mapping with input and layers"
            problems.report(root, "wrong-type", message)
    except TooManyProblems:
        reader.forget_layers()
    reported = problems.all
    if cut is not None:
        reported = [problem for problem in reported if not cut.covers(problem)]
        reader.forget_layers()
    return reader.spec(text, default_name), in_yaml + reported


class _FileReader:
    def __init__(self, problems: Problems, path: str) -> None:
        self.problems = problems
        self.path = path
        self.values = ValueReader(problems)
        self.definitions = DefinitionReader(self.values)
        self.variants: dict[str, dict[str, Value]] = {}
        self.figures = FigureReader(self.values, self.definitions.hyperparameters, self.variants)
        self.tensors: dict[str, ScalarNode] = {}
        self.layers: list[Item] = []
        self.outputs: list[Reference] = []
        self._separable: list[ScalarNode] = []
        self._texts: dict[str, str] = {}
        self._inputs: list[InputSection] = []
        self._input_node: YamlNode | None = None
        self._published: list[Published] = []
        self._budget: list[Limit] = []
        self._search: dict[str, tuple[Value, ...]] = {}

    def spec(self, text: str, default_name: str) -> Spec:
        """Return what was read."""
        own = self.definitions
        fields = own.items.uses.fields
        return Spec(
            self.path, text, self._texts.get("name", default_name), self._texts.get("source", ""), own.hyperparameters, own.lets,
            self._inputs, self._input_node, own.blocks, self.layers, fields.tails, self.tensors, self.problems.lost("tensors"),
            self.outputs, self.variants, self._published, self._budget, [*own.unused, *fields.unused()],
            self._separable, self._search,
        )  # fmt: skip

    def forget_layers(self) -> None:
        """Make no network of a file that was read in part."""
        self.layers = []

    def read(self, root: MappingNode) -> None:
        """Read the sections in an order in which each finds what it depends on, whatever their order in the file."""
        definitions = self.definitions
        sections = self._sections(root)
        readers: tuple[tuple[str, Callable[[YamlNode], None]], ...] = (
            ("format", self._read_format),
            ("name", lambda node: self._read_text("name", node)),
            ("source", lambda node: self._read_text("source", node)),
            ("hyperparameters", definitions.read_hyperparameters),
            ("let", definitions.read_lets),
            ("blocks", definitions.read_block_names),
            ("input", self._read_input),
            ("defaults", self._read_defaults),
            ("blocks", definitions.read_blocks),
            ("layers", self._read_layers),
        )
        after: tuple[tuple[str, Callable[[YamlNode], None]], ...] = (
            ("separable", self._read_separable),
            ("outputs", self._read_outputs),
            ("variants", self._read_variants),
            ("search", self._read_search),
            ("published", self._read_published),
            ("budget", self._read_budget),
        )
        with self.values.names_used() as used:
            _read_each(readers, sections)
        definitions.note_unused(used)
        if check_nesting(definitions.blocks, self.layers, self.problems):
            definitions.note_unused_blocks(self.layers)
        else:
            self.forget_layers()
        _read_each(after, sections)

    def _sections(self, root: MappingNode) -> dict[str, YamlNode]:
        """Return the sections by their keys, under the right one where another was meant; report what is unknown or missing."""
        problems = self.problems
        if root.repeated:
            problems.lose("names", "sections")
        sections = {key.text: value for key, value in root.pairs if key.text in FILE_KEYS}
        excused = set()
        for key, value in root.pairs:
            if key.text in FILE_KEYS or problems.refused(key):
                continue
            meant = self._unknown_key(key, value)
            if meant and not is_nothing(value):
                sections.setdefault(meant, value)  # go on as if it were written so, to find what else is wrong
            else:
                excused.add(meant)
                problems.lose("sections")
                if not {"hyperparameters", "let"} <= sections.keys():
                    problems.lose("names")
        for needed in _NEEDED:
            if needed not in sections and needed not in excused and not problems.partial:
                problems.report(root, "missing-key", f"missing key '{needed}': {FILE_KEYS[needed]}")
        return sections

    def _unknown_key(self, key: ScalarNode, value: YamlNode) -> str:
        """Report an unknown top-level key; return the key it probably was meant to be."""
        if self.values.no_colon(key, value):
            return key.text.split(":")[0].split()[0]
        meant = _SYNONYMS.get(key.text.lower()) or nearest_words(key.text, FILE_KEYS)
        there = f"the keys of a file are {', '.join(FILE_KEYS)}"
        self.problems.suggest(key, "unknown-key", f"unknown key '{shown(key.text)}'", meant, there)
        return meant or ""

    # -- sections -------------------------------------------------------------------------------

    def _read_format(self, node: YamlNode) -> None:
        text = self.values.scalar_text(node, "a version of the language: 1")
        if text is not None and text != "1":
            message = f"format: received {kind_of_node(node)}, expected 1, the only version of the language so far"
            self.problems.report(node, "wrong-value", message)

    def _read_text(self, key: str, node: YamlNode) -> None:
        text = self.values.text(node, key, 300)
        if text is not None:
            self._texts[key] = text

    def _read_input(self, node: YamlNode) -> None:
        self._input_node = node
        if not isinstance(node, MappingNode) or not node.pairs:
            self._read_sizes("input", node, "input")
            return
        if len(node.pairs) > MAX_PORTS:
            message = f"{len(node.pairs):,} inputs: the maximum is {MAX_PORTS}"
            self.problems.report(node, "too-large", message)
            return
        scope = Scope((), (), self.tensors)
        for key, value in node.pairs:
            if self.definitions.items.references.name(key, scope) is not None:
                self._read_sizes(key.text, value, f"input {key.text}")

    def _read_sizes(self, name: str, node: YamlNode, what: str) -> None:
        if not isinstance(node, ListNode) or not 1 <= len(node.items) <= MOST_SIDES + 1:
            got = f"a list of {len(node.items)}" if isinstance(node, ListNode) else kind_of_node(node)
            if not self.problems.refused(node):
                message = (
                    f"{what}: received {got}, expected [channels, height, width], or other sides: [channels, length]"
                )
                self.problems.report(node, "wrong-type", message)
            return
        names = self.definitions.names
        parts = [self.values.value(item, names) for item in node.items]
        sizes = [part for part in parts if part is not None]
        self._inputs.append(InputSection(name, sizes if len(sizes) == len(parts) else [], node))

    def _read_defaults(self, node: YamlNode) -> None:
        self.definitions.items.uses.fields.read_defaults(node, self.definitions.names)

    def _read_layers(self, node: YamlNode) -> None:
        self.layers = self.definitions.items.body(node, Scope(self.definitions.names, (), self.tensors))

    def _read_separable(self, node: YamlNode) -> None:
        if self.problems.refused(node):
            return
        items = node.items if isinstance(node, ListNode) else [node]
        if isinstance(node, MappingNode) or not items:
            message = f"separable: received {kind_of_node(node)}, expected a list of names or patterns of convolutions"
            self.problems.report(node, "wrong-type", message)
            return
        seen: set[str] = set()
        labels = {item.label for item in self.layers}
        for item in items:
            text = self.values.text(item, "separable", patterns.LONGEST_PATTERN)
            if text is None or not isinstance(item, ScalarNode):
                continue
            if why := patterns.wrong(text):
                self.problems.report(item, "too-large", f"separable: {why}")
            elif text in seen:
                self.problems.report(item, "duplicate-name", f"duplicate name '{shown(text)}': remove one")
            elif not patterns.is_glob(outer := text.split("/")[0]) and _unnumbered(outer) not in labels:
                meant = nearest_words(_unnumbered(outer), labels)
                what = f"separable: no item of layers is named '{shown(outer)}'"
                self.problems.unknown(item, "unknown-tensor", what, meant, "see the names with explain", not labels)
            else:
                seen.add(text)
                self._separable.append(item)

    def _read_outputs(self, node: YamlNode) -> None:
        items = node.items if isinstance(node, ListNode) else [node]
        if self.problems.refused(node):
            return
        if isinstance(node, MappingNode) or not items:
            message = f"outputs: received {kind_of_node(node)}, expected a list of names of items"
            self.problems.report(node, "wrong-type", message)
            return
        seen: set[str] = set()
        scope = Scope(self.definitions.names, (), self.tensors)
        for item in items:
            if self.problems.refused(item):
                continue
            if not isinstance(item, ScalarNode) or not REFERENCE.fullmatch(item.text):
                message = f"outputs: received {kind_of_node(item)}, expected the name of an item"
                self.problems.report(item, "wrong-type", message)
            elif item.text in seen:
                self.problems.report(item, "duplicate-name", f"duplicate output '{item.text}': remove one")
            else:
                seen.add(item.text)
                reference = self.definitions.items.references.reference(item, scope)
                if reference is not None:
                    self.outputs.append(reference)

    def _read_variants(self, node: YamlNode) -> None:
        mapping = self.values.mapping(node, "a mapping of variant names to hyperparameter values")
        for key, value in mapping.pairs if mapping else ():
            name = key.text
            if name.startswith(REFUSED):
                continue
            if not re.fullmatch(_VARIANT, name):
                message = (
                    f"variant: received {kind_of_node(key)}, expected a name of at most 100 letters, digits, _ . + -"
                )
                self.problems.report(key, "invalid-name", message)
                continue
            empty = isinstance(value, ScalarNode) and not value.text
            if empty:
                self.problems.report(value, "missing-value", f"variant {name} is empty: write {{}} for the defaults")
            self.variants[name] = {} if empty else self.figures.settings(value)

    def _read_search(self, node: YamlNode) -> None:
        from dsconv_cost.language.reader.search import SearchReader  # most files have none

        self._search = SearchReader(self.values, self.definitions.hyperparameters).search(node)

    def _read_published(self, node: YamlNode) -> None:
        self._published = self.figures.published(node)

    def _read_budget(self, node: YamlNode) -> None:
        from dsconv_cost.language.reader.budget import BudgetReader, Home  # most files have none

        self._budget = BudgetReader(self.values, Home(self.path, self.variants)).budget(node)


def _unnumbered(label: str) -> str:
    """Return the name of an item without the number of a repetition."""
    return re.sub(r"\[\d+\]$", "", label)


def _read_each(readers: tuple[tuple[str, Callable[[YamlNode], None]], ...], sections: Mapping[str, YamlNode]) -> None:
    for key, read in readers:
        if key in sections:
            read(sections[key])
