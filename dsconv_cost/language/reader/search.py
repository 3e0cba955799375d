"""The `search` section of a file: the values that a sweep of it tries, so that the file is a space of networks."""

from collections.abc import Mapping

from dsconv_cost.language.architecture import Hyperparameter
from dsconv_cost.language.nodes import ListNode, ScalarNode, YamlNode, kind_of_node
from dsconv_cost.language.ranges import MOST_AXIS_VALUES, RangeProblem, range_values, refuse_foreign_range
from dsconv_cost.language.reader.published import unsuitable
from dsconv_cost.language.reader.values import ValueReader
from dsconv_cost.layers.values import Value, written
from dsconv_cost.text import nearest_words, shown

_WANTED = "expected a range, e.g. 0.25..1.0:0.05 or 128..224:32, or a list of values"


class SearchReader:
    """Reads the values of each hyperparameter."""

    def __init__(self, values: ValueReader, hyperparameters: Mapping[str, Hyperparameter]) -> None:
        self.values = values
        self.problems = values.problems
        self.hyperparameters = hyperparameters

    def search(self, node: YamlNode) -> dict[str, tuple[Value, ...]]:
        """Return hyperparameter -> values, in the order of the file."""
        mapping = self.values.mapping(node, "a mapping of hyperparameters to the values that a sweep tries")
        found: dict[str, tuple[Value, ...]] = {}
        for key, value in mapping.pairs if mapping else ():
            hyperparameter = self.hyperparameters.get(key.text)
            if hyperparameter is not None:
                found[key.text] = self._values(key.text, value, hyperparameter.default)
            elif not self.problems.refused(key):
                meant = nearest_words(key.text, self.hyperparameters)
                there = ", ".join(map(shown, self.hyperparameters)) or "none"
                self.problems.unknown(
                    key, "unknown-hyperparameter", f"unknown hyperparameter '{shown(key.text)}'", meant,
                    f"the hyperparameters are {there}", self.problems.lost("names"),
                )  # fmt: skip
        return {name: values for name, values in found.items() if values}

    def _values(self, name: str, node: YamlNode, default: Value | None) -> tuple[Value, ...]:
        if self.problems.refused(node):
            return ()
        if isinstance(node, ListNode):
            return self._listed(name, node, default)
        if not isinstance(node, ScalarNode):
            self.problems.report(node, "wrong-type", f"{name}: received {kind_of_node(node)}, {_WANTED}")
            return ()
        try:
            refuse_foreign_range(name, node.text, ": ")
            if ".." not in node.text:
                raise RangeProblem(f"received {kind_of_node(node)}, {_WANTED}")
            values = range_values(node.text)
        except RangeProblem as problem:
            self.problems.report(node, "wrong-value", f"{name}: {problem}")
            return ()
        wrong = unsuitable(values[0], default)
        if wrong:
            self.problems.report(node, "wrong-type", f"{name}: {wrong}")
        return values

    def _listed(self, name: str, node: ListNode, default: Value | None) -> tuple[Value, ...]:
        if not node.items:
            self.problems.report(node, "missing-value", f"{name}: received an empty list, {_WANTED}")
        if len(node.items) > MOST_AXIS_VALUES:
            message = f"{name}: {len(node.items):,} values; the maximum is {MOST_AXIS_VALUES:,}"
            self.problems.report(node, "too-large", message)
            return ()
        found: dict[Value, None] = {}
        for item in node.items:
            literal = self.values.literal(item)
            if literal is None:
                continue
            wrong = unsuitable(literal, default)
            if wrong:
                self.problems.report(item, "wrong-type", f"{name}: {wrong}")
            elif literal in found:
                self.problems.report(item, "duplicate-name", f"{name}: duplicate value {written(literal)}: remove one")
            else:
                found[literal] = None
        return tuple(found)
