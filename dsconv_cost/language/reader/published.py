"""The `published` section of a file, and the hyperparameter values of its rows and of variants."""

from dsconv_cost.language.architecture import Spec
from dsconv_cost.language.nodes import ListNode, MappingNode, ScalarNode, YamlNode, kind_of_node
from dsconv_cost.language.published import FIGURE_METRICS, FORMS, Published, Quantity, quantity
from dsconv_cost.language.reader.values import ValueReader
from dsconv_cost.layers.values import Value
from dsconv_cost.text import listing, nearest_words, shown

_PUBLISHED = (
    "source", "variant", "set", "form", "params", "macs", "flops", "top1", "top5", "convention", "note", "differs",
)  # fmt: skip
_QUANTITY_WANTED = "a count with the digits of its source, as 569M, 0.39B or 4231976 (K, M, G; B is G)"


class FigureReader:
    """Reads the figures of one file."""

    def __init__(self, values: ValueReader, spec: Spec) -> None:
        self.values = values
        self.spec = spec

    def published(self, node: YamlNode) -> list[Published]:
        """Read `published`: a list of rows of sources."""
        if not isinstance(node, ListNode):
            if self.values.refused(node):
                return []
            self.values.report(
                node,
                "wrong-type",
                f"published: received {kind_of_node(node)}, expected a list, each entry one row of one source",
            )
            return []
        found = (self._row(item) for item in node.items)
        return [row for row in found if row is not None]

    def _row(self, node: YamlNode) -> Published | None:
        mapping = self.values.mapping(node, "a row: {params: 4.2M, macs: 569M, source: Table 4}")
        if mapping is None:
            return None
        before = self.values.wrong
        texts: dict[str, str] = {}
        figures: dict[str, Quantity] = {}
        chosen: dict[str, Value] = {}
        differs: dict[str, str] = {}
        previous: YamlNode | None = None
        for key, value in mapping.pairs:
            name = key.text
            if name in FIGURE_METRICS:
                found = self._quantity(value, name)
                if found is not None:
                    figures[name] = found
            elif name == "set":
                chosen = self.settings(value)
            elif name == "differs":
                differs = self._reasons(value, mapping)
            elif name in ("top1", "top5"):
                texts[name] = self._accuracy(value, name)
            elif name in _PUBLISHED:
                found_text = self.values.text(value, name)
                if found_text is not None:
                    texts[name] = found_text
                    self._check_word(name, found_text, value)
            else:
                self._unknown_key(key, value, previous, "published", _PUBLISHED)
            previous = value
        if "source" not in texts and self.values.wrong == before:
            self.values.report(node, "missing-key", "this row has no source: name the table it stands in")
        if not figures and not texts.keys() & {"top1", "top5"} and self.values.wrong == before:
            self.values.report(node, "missing-key", "this row has no figure: give params, macs, flops, top1 or top5")
        if self.values.wrong > before:
            return None
        return Published(
            texts["source"], texts.get("variant"), chosen, texts.get("form", "as_written"), figures.get("params"),
            figures.get("macs"), figures.get("flops"), texts.get("top1"), texts.get("top5"), texts.get("convention"),
            texts.get("note"), differs, node.line,
        )  # fmt: skip

    def _unknown_key(
        self, key: ScalarNode, value: YamlNode, previous: YamlNode | None, section: str, keys: tuple[str, ...]
    ) -> None:
        if self.values.refused(key) or self.values.cut_off(key, value, previous) or self.values.no_colon(key, value):
            return
        what = f"unknown key '{shown(key.text)}' in {section}"
        self.values.suggest(key, "unknown-key", what, nearest_words(key.text, keys), f"the keys are {', '.join(keys)}")

    def _check_word(self, name: str, text: str, node: YamlNode) -> None:
        if name == "form" and text not in FORMS:
            self.values.report(node, "unknown-word", f"unknown form '{shown(text)}': the forms are {', '.join(FORMS)}")
        if name == "variant" and text not in self.spec.variants:
            variants = self.spec.variants
            there = f"there are {listing(variants) or 'none'}"
            what = f"unknown variant '{shown(text)}'"
            self.values.unknown(node, "unknown-variant", what, nearest_words(text, variants), there)

    def _accuracy(self, node: YamlNode, name: str) -> str:
        text = self.values.scalar_text(node, f"{name} in per cent")
        if text is not None:
            try:
                if 0 <= float(text) <= 100:
                    return text
            except ValueError:
                pass
            self.values.report(
                node, "wrong-value", f"{name}: received {kind_of_node(node)}, expected per cent from 0 to 100"
            )
        return ""

    def _quantity(self, node: YamlNode, name: str) -> Quantity | None:
        text = self.values.scalar_text(node, f"{name}: {_QUANTITY_WANTED}")
        found = quantity(text) if text is not None else None
        if text is not None and found is None:
            self.values.report(
                node, "wrong-value", f"{name}: received {kind_of_node(node)}, expected {_QUANTITY_WANTED}"
            )
        return found

    def _reasons(self, node: YamlNode, row: MappingNode) -> dict[str, str]:
        mapping = self.values.mapping(node, "a mapping of figures to the reason they differ")
        reasons: dict[str, str] = {}
        present = {key.text for key, _ in row.pairs}
        for key, value in mapping.pairs if mapping else ():
            if key.text not in FIGURE_METRICS:
                self.values.report(
                    key,
                    "unknown-word",
                    f"differs: received '{shown(key.text)}', expected one of {', '.join(FIGURE_METRICS)}",
                )
            elif key.text not in present:
                self.values.report(
                    key, "misplaced-key", f"differs explains {key.text}, but this row prints no {key.text}"
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
            hyperparameter = self.spec.hyperparameters.get(key.text)
            if hyperparameter is None:
                if not self.values.refused(key):
                    names = self.spec.hyperparameters
                    self.values.unknown(
                        key, "unknown-hyperparameter", f"unknown hyperparameter '{shown(key.text)}'",
                        nearest_words(key.text, names), f"there are {listing(names) or 'none'}", self.values.lost_names,
                    )  # fmt: skip
                continue
            found = self.values.literal(value)
            if found is not None:
                wrong = unsuitable(found, hyperparameter.default)
                if wrong:
                    self.values.report(value, "wrong-type", f"{key.text}: {wrong}")
                else:
                    chosen[key.text] = found
        return chosen


def unsuitable(value: Value, default: Value | None) -> str | None:
    """Return why `value` cannot stand for a hyperparameter with this default, or None."""
    from dsconv_cost.layers.values import describe

    kinds = {bool: "true or false", str: "a word", tuple: "a list"}
    wanted = kinds.get(type(default), "a number")
    if default is None or kinds.get(type(value), "a number") == wanted:
        return None
    return (
        f"received {describe(value)}, expected {wanted}, as its default {describe(default).removeprefix('the word ')}"
    )
