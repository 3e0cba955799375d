"""The `published` section of a file, and the hyperparameter values of its rows and of variants."""

from collections.abc import Collection, Mapping

from dsconv_cost.language.architecture import Hyperparameter
from dsconv_cost.language.nodes import ListNode, MappingNode, ScalarNode, YamlNode, kind_of_node
from dsconv_cost.language.published import FIGURE_METRICS, FORMS, Published, Quantity, quantity
from dsconv_cost.language.reader.values import ValueReader
from dsconv_cost.layers.values import Value
from dsconv_cost.text import choices, nearest_words, shown

_PUBLISHED = (
    "source", "variant", "set", "form", "params", "macs", "flops", "top1", "top5", "convention", "note", "differs",
)  # fmt: skip
_QUANTITY_WANTED = "a count as its source prints it, e.g. 569M, 0.39B or 4231976 (K, M, G; B is G)"


class FigureReader:
    """Reads the figures of one file."""

    def __init__(
        self, values: ValueReader, hyperparameters: Mapping[str, Hyperparameter], variants: Collection[str]
    ) -> None:
        self.values = values
        self.problems = values.problems
        self.hyperparameters = hyperparameters
        self.variants = variants

    def published(self, node: YamlNode) -> list[Published]:
        """Read `published`: a list of rows of sources."""
        if not isinstance(node, ListNode):
            if self.problems.refused(node):
                return []
            self.problems.report(
                node,
                "wrong-type",
                f"published: received {kind_of_node(node)}, expected a list of rows, each of one source",
            )
            return []
        rows = (self._row(item) for item in node.items)
        return [row for row in rows if row is not None]

    def _row(self, node: YamlNode) -> Published | None:
        mapping = self.values.mapping(node, "a row: {params: 4.2M, macs: 569M, source: Table 4}")
        if mapping is None:
            return None
        with self.problems.watch() as wrong:
            row = self._read(mapping)
            if row.source == "" and not wrong:
                self.problems.report(node, "missing-key", "missing source: name the table of this row")
            if not row.figures() and not row.top1 and not row.top5 and not wrong:
                self.problems.report(node, "missing-key", "missing figure: give params, macs, flops, top1 or top5")
        return None if wrong else row

    def _read(self, row: MappingNode) -> Published:
        texts: dict[str, str] = {}
        figures: dict[str, Quantity] = {}
        chosen: dict[str, Value] = {}
        differs: dict[str, str] = {}
        previous: YamlNode | None = None
        for key, value in row.pairs:
            name = key.text
            if name in FIGURE_METRICS:
                figure = self._quantity(value, name)
                if figure is not None:
                    figures[name] = figure
            elif name == "set":
                chosen = self.settings(value)
            elif name == "differs":
                differs = self._reasons(value, row)
            elif name in ("top1", "top5"):
                texts[name] = self._accuracy(value, name)
            elif name in _PUBLISHED:
                text = self.values.text(value, name)
                if text is not None:
                    texts[name] = text
                    self._check_word(name, text, value)
            else:
                self._unknown_key(key, value, previous)
            previous = value
        return Published(
            texts.get("source", ""), texts.get("variant"), chosen, texts.get("form", "as_written"), figures.get("params"),
            figures.get("macs"), figures.get("flops"), texts.get("top1"), texts.get("top5"), texts.get("convention"),
            texts.get("note"), differs, row.line,
        )  # fmt: skip

    def _unknown_key(self, key: ScalarNode, value: YamlNode, previous: YamlNode | None) -> None:
        if self.problems.refused(key) or self.values.cut_off(key, value, previous) or self.values.no_colon(key, value):
            return
        meant, there = nearest_words(key.text, _PUBLISHED), f"the keys are {', '.join(_PUBLISHED)}"
        self.problems.suggest(key, "unknown-key", f"unknown key '{shown(key.text)}' in published", meant, there)

    def _check_word(self, name: str, text: str, node: YamlNode) -> None:
        if name == "form" and text not in FORMS:
            meant, there = nearest_words(text, FORMS), f"the forms are {', '.join(FORMS)}"
            self.problems.suggest(node, "unknown-word", f"unknown form '{shown(text)}'", meant, there)
        if name == "variant" and text not in self.variants:
            meant, there = nearest_words(text, self.variants), choices("variants", self.variants)
            what = f"unknown variant '{shown(text)}'"
            self.problems.unknown(node, "unknown-variant", what, meant, there)

    def _accuracy(self, node: YamlNode, name: str) -> str:
        text = self.values.scalar_text(node, f"{name} as a percentage")
        if text is not None:
            try:
                if 0 <= float(text) <= 100:
                    return text
            except ValueError:
                pass
            self.problems.report(
                node, "wrong-value", f"{name}: received {kind_of_node(node)}, expected a percentage from 0 to 100"
            )
        return ""

    def _quantity(self, node: YamlNode, name: str) -> Quantity | None:
        text = self.values.scalar_text(node, f"{name}: {_QUANTITY_WANTED}")
        figure = quantity(text) if text is not None else None
        if text is not None and figure is None:
            self.problems.report(
                node, "wrong-value", f"{name}: received {kind_of_node(node)}, expected {_QUANTITY_WANTED}"
            )
        return figure

    def _reasons(self, node: YamlNode, row: MappingNode) -> dict[str, str]:
        mapping = self.values.mapping(node, "a mapping of figures to the reason they differ")
        reasons: dict[str, str] = {}
        present = {key.text for key, _ in row.pairs}
        for key, value in mapping.pairs if mapping else ():
            if key.text not in FIGURE_METRICS:
                self.problems.report(
                    key,
                    "unknown-word",
                    f"differs: received '{shown(key.text)}', expected one of {', '.join(FIGURE_METRICS)}",
                )
            elif key.text not in present:
                self.problems.report(
                    key, "misplaced-key", f"differs explains {key.text}, but this row has no {key.text}"
                )
            else:
                reason = self.values.text(value, "the reason")
                if reason is not None:
                    reasons[key.text] = reason
        return reasons

    def settings(self, node: YamlNode) -> dict[str, Value]:
        """Read hyperparameter values: those of a variant, or of a published row."""
        mapping = self.values.mapping(node, "a mapping of hyperparameters to values")
        chosen: dict[str, Value] = {}
        for key, value in mapping.pairs if mapping else ():
            hyperparameter = self.hyperparameters.get(key.text)
            if hyperparameter is None:
                if not self.problems.refused(key):
                    names = self.hyperparameters
                    self.problems.unknown(
                        key, "unknown-hyperparameter", f"unknown hyperparameter '{shown(key.text)}'",
                        nearest_words(key.text, names), choices("hyperparameters", names), self.problems.lost("names"),
                    )  # fmt: skip
                continue
            literal = self.values.literal(value)
            if literal is not None:
                wrong = unsuitable(literal, hyperparameter.default)
                if wrong:
                    self.problems.report(value, "wrong-type", f"{key.text}: {wrong}")
                else:
                    chosen[key.text] = literal
        return chosen


def unsuitable(value: Value, default: Value | None) -> str | None:
    """Return why `value` does not suit a hyperparameter with this default, or None."""
    from dsconv_cost.layers.values import describe, written

    kinds = {bool: "true or false", str: "a word", tuple: "a list"}
    wanted = kinds.get(type(default), "a number")
    if default is None or kinds.get(type(value), "a number") == wanted:
        return None
    return f"received {describe(value)}, expected {wanted}, like its default {written(default)}"
