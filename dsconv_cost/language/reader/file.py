"""A file's text to a Spec: the sections of the file, in the order they depend on each other."""

import re

from dsconv_cost.errors import Problem
from dsconv_cost.language.architecture import Spec
from dsconv_cost.language.nodes import REFUSED, ListNode, MappingNode, ScalarNode, YamlNode, kind_of_node, read_nodes
from dsconv_cost.language.reader.definitions import DefinitionReader, check_nesting, note_unused
from dsconv_cost.language.reader.fields import SettingReader
from dsconv_cost.language.reader.items import ItemReader
from dsconv_cost.language.reader.published import FigureReader
from dsconv_cost.language.reader.uses import UseReader
from dsconv_cost.language.reader.values import NAME, Scope, TooManyProblems, ValueReader, is_nothing
from dsconv_cost.text import nearest_words, shown

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
VARIANT = re.compile(r"[A-Za-z0-9_.+-]{1,100}")


def read_spec(text: str, path: str, default_name: str) -> tuple[Spec, list[Problem]]:
    """Return what a file says and everything that is wrong with it before a network is made of it."""
    problems: list[Problem] = []
    spec = Spec(path, text)
    spec.name = default_name
    root, cut = read_nodes(text, problems)
    if root is None:
        if cut is None:
            problems.append(Problem(1, 1, "the file is empty: an architecture needs input and layers", "empty-file"))
        return spec, problems
    found: list[Problem] = []
    values = ValueReader(found, cut is not None)
    try:
        if isinstance(root, MappingNode):
            _FileReader(spec, values).read(root, cut is None)
        else:
            values.report(
                root,
                "wrong-type",
                f"received {kind_of_node(root)}, expected an architecture: keys input, layers and others",
            )
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
        self.settings = SettingReader(values, spec.blocks)
        self.items = ItemReader(values, spec.blocks, UseReader(values, spec.blocks, self.settings))
        self.definitions = DefinitionReader(spec, values, self.items)
        self.figures = FigureReader(values, spec)

    def read(self, root: MappingNode, whole: bool) -> None:
        spec, values = self.spec, self.values
        sections: dict[str, YamlNode] = {}
        unknown: list[tuple[ScalarNode, YamlNode]] = []
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
                    values.report(root, "missing-key", f"{needed} is missing: {KEYS[needed]}")
        if "format" in sections:
            self._format(sections["format"])
        for text_key in ("name", "source"):
            if text_key in sections:
                text = values.text(sections[text_key], text_key, 300)
                if text is not None:
                    setattr(spec, text_key, text)
        if "hyperparameters" in sections:
            self.definitions.hyperparameters(sections["hyperparameters"])
        if "let" in sections:
            self.definitions.lets(sections["let"])
        names = {*spec.hyperparameters, *(b.name for b in spec.lets)}
        if "input" in sections:
            self._input(sections["input"], names)
        if "blocks" in sections:
            self.definitions.block_names(sections["blocks"])
        if "defaults" in sections:
            self.settings.read_defaults(sections["defaults"], names)
            spec.norms = self.settings.norms()
        if "blocks" in sections:
            self.definitions.blocks(sections["blocks"], names)
        if "layers" in sections:
            scope = Scope(names, (), spec.tensors)
            spec.layers = self.items.body(sections["layers"], scope)
        spec.lost_tensors = values.lost_tensors
        note_unused(spec, values)
        check_nesting(spec, values)
        if "outputs" in sections:
            self._outputs(sections["outputs"])
        if "variants" in sections:
            self._variants(sections["variants"])
        if "published" in sections:
            spec.published = self.figures.published(sections["published"])
        if "budget" in sections:
            from dsconv_cost.language.reader.budget import BudgetReader, Home  # most files have none

            spec.budget = BudgetReader(values, Home(spec.path, spec.variants)).budget(sections["budget"])

    def _unknown_key(self, key: ScalarNode, value: YamlNode) -> str:
        """Report an unknown top-level key; return the key it probably was meant to be."""
        synonyms = {"params": "hyperparameters", "parameters": "hyperparameters", "model": "layers", "network": "layers",
                    "backbone": "layers", "input_shape": "input", "input_size": "input", "title": "name"}  # fmt: skip
        meant = synonyms.get(key.text.lower()) or nearest_words(key.text, KEYS)
        name = shown(key.text)
        if self.values.no_colon(key, value):
            return key.text.split(":")[0].split()[0]
        self.values.suggest(
            key, "unknown-key", f"unknown key '{name}'", meant, f"the keys of a file are {', '.join(KEYS)}"
        )
        return meant or ""

    def _format(self, node: YamlNode) -> None:
        text = self.values.scalar_text(node, "a version of the language: 1")
        if text is not None and text != "1":
            self.values.report(
                node,
                "wrong-value",
                f"format: received {kind_of_node(node)}, expected 1, the only version of the language so far",
            )

    def _input(self, node: YamlNode, names: set[str]) -> None:
        wanted = "[channels, height, width]"
        if not isinstance(node, ListNode) or len(node.items) != 3:
            got = f"a list of {len(node.items)}" if isinstance(node, ListNode) else kind_of_node(node)
            if not self.values.refused(node):
                self.values.report(
                    node, "wrong-type", f"input: received {got}, expected {wanted}; a 1-D signal has height 1"
                )
            return
        self.spec.input_node = node
        parts = [self.values.value(item, names) for item in node.items]
        if all(part is not None for part in parts):
            self.spec.input = [part for part in parts if part is not None]

    def _outputs(self, node: YamlNode) -> None:
        items = node.items if isinstance(node, ListNode) else [node]
        if self.values.refused(node):
            return
        if isinstance(node, MappingNode) or not items:
            self.values.report(
                node, "wrong-type", f"outputs: received {kind_of_node(node)}, expected a list of names of items"
            )
            return
        seen: dict[str, ScalarNode] = {}
        for item in items:
            if self.values.refused(item):
                continue
            if not isinstance(item, ScalarNode) or not NAME.fullmatch(item.text):
                self.values.report(
                    item, "wrong-type", f"outputs: received {kind_of_node(item)}, expected the name of an item"
                )
            elif item.text in seen:
                self.values.report(item, "duplicate-name", f"the output '{item.text}' stands twice: keep one")
            else:
                seen[item.text] = item
                self.spec.outputs.append(item)

    def _variants(self, node: YamlNode) -> None:
        mapping = self.values.mapping(node, "a mapping of variant names to hyperparameter values")
        for key, value in mapping.pairs if mapping else ():
            name = key.text
            if name.startswith(REFUSED):
                continue
            if not VARIANT.fullmatch(name):
                self.values.report(
                    key,
                    "invalid-name",
                    f"variant: received {kind_of_node(key)}, expected a name of letters, digits, _ . + -, at most 100",
                )
                continue
            empty = isinstance(value, ScalarNode) and not value.text
            if empty:
                self.values.report(value, "missing-value", f"variant {name} is empty: write {{}} for the defaults")
            self.spec.variants[name] = {} if empty else self.figures.settings(value)
