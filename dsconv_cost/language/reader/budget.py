"""Budgets as files have them: in `budget` of an architecture, and in a budget file, whose entries name architectures too."""

from collections.abc import Collection
from typing import NamedTuple

from dsconv_cost import patterns
from dsconv_cost.language.limits import (
    BITS,
    DEFAULT_VARIANT,
    LEVELS,
    METRICS,
    Amount,
    Limit,
    Metric,
    QuantityProblem,
    amount,
    wanted,
)
from dsconv_cost.language.nodes import ListNode, MappingNode, ScalarNode, YamlNode, kind_of_node
from dsconv_cost.language.problems import Watch
from dsconv_cost.language.reader.values import ValueReader
from dsconv_cost.layers import KIND_ORDER
from dsconv_cost.text import choices, nearest_words, shown

LIMIT_KEYS = ("metric", "max", "min", "variant", "layer", "kind", "bits", "level", "message", "replaces")
_SYNONYMS = {
    "parameters": "params", "weights": "params", "madds": "macs", "mult_adds": "macs", "multiply_adds": "macs", "mac": "macs",
    "flop": "flops", "bytes": "size", "acts": "activations", "share": "largest_share",
    "savings": "saving", "depth": "layers", "ram": "peak", "sram": "peak", "memory": "peak", "peak_memory": "peak",
    "tensor_arena": "arena", "arena_size": "arena", "rom": "flash", "flash_size": "flash",
}  # fmt: skip


class Home(NamedTuple):
    """The file that holds a budget."""

    path: str
    variants: Collection[str] | None
    """Of an architecture; None for a budget file, whose entries name architectures."""


class BudgetReader:
    """Reads the budget of one file."""

    def __init__(self, values: ValueReader, home: Home) -> None:
        self.values = values
        self.problems = values.problems
        self.home = home
        self.keys = LIMIT_KEYS if home.variants is not None else ("architecture", *LIMIT_KEYS)

    def budget(self, node: YamlNode) -> list[Limit]:
        """Read `budget`: in an architecture a mapping of metric to limit, anywhere a list of entries."""
        if isinstance(node, MappingNode) and self.home.variants is not None:
            limits = [self._pair(key, value) for key, value in node.pairs]
        elif isinstance(node, ListNode):
            limits = [self._entry(item) for item in node.items]
        else:
            if not self.problems.refused(node):
                mapping = "a mapping of metric to limit, or " if self.home.variants is not None else ""
                example = "metric: macs, max: 600M" if mapping else "architecture: net.yaml, metric: macs, max: 600M"
                self.problems.report(
                    node,
                    "wrong-type",
                    f"budget: received {kind_of_node(node)}, expected {mapping}a list of entries: {{{example}}}",
                )
            return []
        if not limits:
            self.problems.report(node, "missing-value", "the budget is empty: give a limit, or remove it")
        return [entry for entry in limits if entry is not None]

    def _pair(self, key: ScalarNode, value: YamlNode) -> Limit | None:
        if self.values.cut_off(key, value, None):
            return None
        metric = self._metric(key)
        if metric is None:
            return None
        if isinstance(value, MappingNode) and value.pairs and not any(self.problems.refused(k) for k, _ in value.pairs):
            bound, limited = value.pairs[0]
            given = shown(limited.text) if isinstance(limited, ScalarNode) and limited.text else "..."
            entry = f"{{metric: {metric.name}, {bound.text if bound.text in ('max', 'min') else 'max'}: {given}}}"
            self.problems.report(
                value,
                "wrong-type",
                f"{metric.name}: received a mapping: write max and min in a list of entries, e.g. budget: [{entry}]",
            )
            return None
        limit = self._amount(value, metric, metric.name)
        if limit is None:
            return None
        high, low = (limit, None) if metric.less_is_better else (None, limit)
        return Limit(metric, high, low, path=self.home.path, line=key.line, column=key.column)

    def _metric(self, node: YamlNode) -> Metric | None:
        text = node.text.strip() if isinstance(node, ScalarNode) else None
        if text in METRICS:
            return METRICS[text]
        if not self.problems.refused(node):
            if text:
                meant = _SYNONYMS.get(text.lower().replace("-", "_")) or nearest_words(text, METRICS)
                there = f"the metrics are {', '.join(METRICS)}"
                self.problems.unknown(node, "unknown-metric", f"unknown metric '{shown(text)}'", meant, there)
            else:
                self.problems.report(
                    node, "wrong-type", f"metric: received {kind_of_node(node)}, expected one of {', '.join(METRICS)}"
                )
        return None

    def _amount(self, node: YamlNode, metric: Metric, name: str) -> Amount | None:
        text = self.values.scalar_text(node, f"{name}: {wanted(metric)}")
        if text is None:
            return None
        try:
            return amount(text, metric)
        except QuantityProblem as problem:
            self.problems.report(node, problem.code, f"{name}: {problem}", problem.suggestion)
            return None

    # -- entries --------------------------------------------------------------------------------

    def _entry(self, node: YamlNode) -> Limit | None:
        example = "metric: macs, max: 600M"
        if self.home.variants is None:
            example = f"architecture: net.yaml, {example}"
        mapping = self.values.mapping(node, f"an entry: {{{example}}}")
        if mapping is None:
            return None
        with self.problems.watch() as wrong:
            limit = self._read(node, mapping, wrong)
        return None if wrong else limit

    def _read(self, node: YamlNode, mapping: MappingNode, wrong: Watch) -> Limit | None:
        nodes: dict[str, YamlNode] = {}
        previous: YamlNode | None = None
        for key, value in mapping.pairs:
            if key.text in self.keys:
                nodes[key.text] = value
            else:
                self._unknown_key(key, value, previous)
            previous = value
        metric = self._metric(nodes["metric"]) if "metric" in nodes else None
        limits: dict[str, Amount] = {}
        for name in ("max", "min"):
            if name in nodes and metric is not None:
                limit = self._amount(nodes[name], metric, name)
                if limit is not None:
                    limits[name] = limit
        texts = {
            name: text for name in nodes if name not in ("metric", "max", "min") and (text := self._text(name, nodes))
        }
        if metric is not None:
            self._check_parts(metric, nodes)
        self._check_whole(node, nodes, limits, wrong)
        if metric is None:
            return None
        return Limit(
            metric, limits.get("max"), limits.get("min"), texts.get("architecture"), texts.get("variant"),
            texts.get("layer"), texts.get("kind"), int(texts["bits"]) if "bits" in texts else None,
            texts.get("level", LEVELS[0]), texts.get("message"), texts.get("replaces") == "true", self.home.path, node.line,
            node.column,
            {name: (value.line, value.column) for name, value in nodes.items()},
        )  # fmt: skip

    def _check_whole(self, node: YamlNode, nodes: dict[str, YamlNode], limits: dict[str, Amount], wrong: Watch) -> None:
        if not wrong and self.home.variants is None and "architecture" not in nodes:
            self.problems.report(
                node, "missing-key", 'missing architecture: give a path, or a pattern, e.g. "models/*.yaml"'
            )
        if not wrong and "metric" not in nodes:
            self.problems.report(node, "missing-key", f"missing metric: give one of {', '.join(METRICS)}")
        if not wrong and not limits:
            self.problems.report(node, "missing-key", "missing limit: give max, min or both")
        metric = nodes.get("metric")
        if not wrong and isinstance(metric, ScalarNode) and limits.keys() == {"max"}:
            name = metric.text.strip()
            if not METRICS[name].less_is_better:
                message = f"max alone lets the {name} shrink to nothing: write min: {limits['max']}, or give min too"
                self.problems.report(nodes["max"], "impossible-limit", message)
        if len(limits) == 2 and limits["min"].above(limits["max"]):
            self.problems.report(nodes["min"], "impossible-limit", "min is larger than max: no network can meet both")

    def _unknown_key(self, key: ScalarNode, value: YamlNode, previous: YamlNode | None) -> None:
        if self.problems.refused(key) or self.values.cut_off(key, value, previous):
            return
        name = shown(key.text)
        if key.text in METRICS:
            self.problems.report(key, "misplaced-key", f"'{name}' is a metric: write metric: {name} and max or min")
        elif key.text == "architecture":
            self.problems.report(key, "misplaced-key", "'architecture' belongs in budget files: here it is this file")
        else:
            meant, there = nearest_words(key.text, self.keys), f"the keys are {', '.join(self.keys)}"
            self.problems.suggest(key, "unknown-key", f"unknown key '{name}' in budget", meant, there)

    def _check_parts(self, metric: Metric, nodes: dict[str, YamlNode]) -> None:
        for name in ("layer", "kind"):
            if name in nodes and not metric.of_parts:
                of_parts = ", ".join(m.name for m in METRICS.values() if m.of_parts)
                self.problems.report(
                    nodes[name], "misplaced-key", f"{metric.name} is for whole networks: a {name} has {of_parts}"
                )
        if "bits" in nodes and metric.bits is None:
            having = ", ".join(m.name for m in METRICS.values() if m.bits is not None)
            self.problems.report(
                nodes["bits"], "misplaced-key", f"bits belong to the metrics {having}: {metric.name} has none"
            )

    def _text(self, name: str, nodes: dict[str, YamlNode]) -> str | None:
        """Return the text of a key, or None when a problem was reported."""
        node = nodes[name]
        if name == "message":
            return self.values.text(node, name)
        text = self.values.scalar_text(node, f"text for {name}")
        if text is None:
            return None
        with self.problems.watch() as wrong:
            if name == "level" and text not in LEVELS:
                meant, there = nearest_words(text, LEVELS), f"the levels are {', '.join(LEVELS)}"
                self.problems.suggest(node, "unknown-word", f"unknown level '{shown(text)}'", meant, there)
            elif name == "bits" and text not in map(str, BITS):
                message = f"bits: received {kind_of_node(node)}, expected {', '.join(map(str, BITS))}"
                self.problems.report(node, "wrong-value", message)
            elif name == "replaces" and text not in ("true", "false"):
                message = f"replaces: received {kind_of_node(node)}, expected true or false"
                self.problems.report(node, "wrong-value", message)
            elif name in ("architecture", "variant", "layer", "kind"):
                self._check_pattern(name, text, node)
        return None if wrong else text

    def _check_pattern(self, name: str, text: str, node: YamlNode) -> None:
        why = patterns.wrong(text)
        if why:
            self.problems.report(node, "wrong-value", f"{name}: {why}")
        elif name == "variant" and self.home.variants is not None:
            if text != DEFAULT_VARIANT and not any(patterns.matches(text, variant) for variant in self.home.variants):
                there = choices("variants", self.home.variants)
                if patterns.is_glob(text):
                    self.problems.unknown(
                        node, "no-match", f"the pattern '{shown(text)}' matches no variant", None, there
                    )
                else:
                    meant = nearest_words(text, self.home.variants)
                    self.problems.unknown(node, "unknown-variant", f"unknown variant '{shown(text)}'", meant, there)
        elif name == "kind" and not any(patterns.matches(text, kind) for kind in KIND_ORDER):
            meant, there = nearest_words(text, KIND_ORDER), f"the kinds are {', '.join(KIND_ORDER)}"
            self.problems.suggest(node, "unknown-word", f"unknown kind '{shown(text)}'", meant, there)
        elif name == "architecture":
            before, dots, _ = text.rpartition("..")
            if text.startswith("/") or "\0" in text:
                self.problems.report(
                    node,
                    "wrong-value",
                    "architecture: expected a path relative to this file, with / between folders",
                )
            elif dots and before.strip("./"):
                self.problems.report(node, "wrong-value", "architecture: .. is allowed only at the start of a path")
