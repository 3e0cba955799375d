"""Measured times: a file of networks and the milliseconds that each takes, read with every problem placed."""

import os
from collections.abc import Mapping, Sequence

from dsconv_cost.devices.csv_cells import csv_rows
from dsconv_cost.devices.read import FEWEST_NETWORKS
from dsconv_cost.devices.units import MILLISECONDS, amount_of
from dsconv_cost.errors import InputError, Problem, UsageError
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.limits import QuantityProblem
from dsconv_cost.language.nodes import ListNode, MappingNode, ScalarNode, YamlNode, kind_of_node, read_nodes
from dsconv_cost.language.problems import Problems, TooManyProblems
from dsconv_cost.language.reader.values import ValueReader
from dsconv_cost.layers.values import Value
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.sources import bundled
from dsconv_cost.sources.arguments import SpecReader, label_of
from dsconv_cost.sources.load import architecture_of
from dsconv_cost.sources.read import STANDARD_INPUT, read_text
from dsconv_cost.sources.settings import parse_literal, split_and_merge
from dsconv_cost.text import few_suggestions, inert, nearest_words, shown

MOST_NETWORKS_TIMED = 200
TIME_FILE_KEYS = {
    "name": "name of the device, by default that of the file",
    "source": "how the times were measured",
    "times": "the list of networks, each with network, settings and ms",
}
ROW_KEYS = {
    "network": "a bundled name or a file, seen from the folder of the times",
    "settings": "its hyperparameters: alpha=0.5 classes=10",
    "ms": "the milliseconds that it takes",
}
REMARKS = ("board", "runtime", "source", "note")
"""More keys of a time: they say where it is from, and are not read."""
_ALL_KEYS = (*ROW_KEYS, *REMARKS)


class TimedNetwork(NamedTuple):
    """A network and the time that was measured of it."""

    label: str
    network: Network
    seconds: float


class MeasuredTimes(NamedTuple):
    """The content of a file of times."""

    path: str
    name: str
    source: str
    networks: list[TimedNetwork]


TimeRow = Mapping[str, YamlNode]


def read_times(path: str) -> MeasuredTimes:
    """Return the times of a file, in CSV if it is called so, else in YAML. Raises InputError with every problem."""
    if path == STANDARD_INPUT or not path or "\0" in path or not os.path.lexists(path):
        raise UsageError(f"no file '{inert(path)}'")
    return times_of(read_text(path), path)


@few_suggestions
def times_of(text: str, path: str) -> MeasuredTimes:
    """Return the times that the text of a file holds. Raises InputError with every problem."""
    reader = _TimesReader(path)
    problems: list[Problem] = []
    times = MeasuredTimes(path, os.path.splitext(os.path.basename(path))[0], "", [])
    try:
        if path.lower().endswith(".csv"):
            times = reader.csv(text, times)
        else:
            root, cut = read_nodes(text, problems)
            if isinstance(root, MappingNode) and not problems:
                times = reader.yaml(root, times)
            elif root is not None and not problems:
                reader.problems.report(
                    root, "wrong-type", f"received {kind_of_node(root)}, expected times: and a list of networks"
                )
            elif cut is None and not problems:
                problems.append(
                    Problem(1, 1, "the file is empty: it needs times: and a list of networks", "empty-file")
                )
    except TooManyProblems:
        pass
    problems += reader.problems.all
    if problems:
        raise InputError(path, problems, text)
    return times._replace(source=times.source or f"{len(times.networks)} measured times of {os.path.basename(path)}")


class _TimesReader:
    """Reads the times of one file."""

    def __init__(self, path: str) -> None:
        self.problems = Problems()
        self.values = ValueReader(self.problems)
        self.folder = os.path.dirname(path)
        self.specs = SpecReader()

    def yaml(self, root: MappingNode, times: MeasuredTimes) -> MeasuredTimes:
        for key, value in root.pairs:
            if key.text == "times":
                times = times._replace(networks=self._list(value))
            elif key.text == "name":
                times = times._replace(name=self.values.text(value, "name", 100) or times.name)
            elif key.text == "source":
                times = times._replace(source=self.values.text(value, "source") or "")
            elif not self.problems.refused(key):
                meant = nearest_words(key.text, TIME_FILE_KEYS)
                there = f"the keys of a file of times are {', '.join(TIME_FILE_KEYS)}"
                self.problems.suggest(key, "unknown-key", f"unknown key '{shown(key.text)}'", meant, there)
        if root.get("times") is None and not self.problems.all:
            self.problems.report(root, "missing-key", f"times is missing: {TIME_FILE_KEYS['times']}")
        return times

    def csv(self, text: str, times: MeasuredTimes) -> MeasuredTimes:
        rows = csv_rows(text, self.problems)
        if not rows:
            nowhere = ScalarNode("", True, 1, 1)
            self.problems.report(
                nowhere, "empty-file", "no rows: the first line names the columns network, settings and ms"
            )
            return times
        head, body = rows[0], rows[1:]
        names = [cell.text.strip().lower() for cell in head]
        for cell, name in zip(head, names, strict=True):
            if name not in _ALL_KEYS:
                meant = nearest_words(name, ROW_KEYS)
                self.problems.suggest(
                    cell,
                    "unknown-key",
                    f"unknown column '{shown(name)}'",
                    meant,
                    f"the columns are {', '.join(_ALL_KEYS)}",
                )
            elif names.count(name) > 1 and cell is not head[names.index(name)]:
                self.problems.report(cell, "duplicate-key", f"duplicate column '{shown(name)}'")
        if self.problems.all:
            return times
        for name in ("network", "ms"):
            if name not in names:
                self.problems.report(head[0], "missing-key", f"no column {name}: {ROW_KEYS[name]}")
        if self.problems.all:
            return times
        read: list[tuple[YamlNode, TimeRow]] = []
        for row in body:
            if len(row) != len(head):
                message = f"{len(row)} cells, expected {len(head)}, one for each column"
                self.problems.report(row[-1], "wrong-value", message)
                read.append((row[0], {}))
                continue
            cells = zip(names, row, strict=True)
            read.append((row[0], {name: cell for name, cell in cells if cell.text or name in ("network", "ms")}))
        return times._replace(networks=self._networks(head[0], read))

    def _list(self, node: YamlNode) -> list[TimedNetwork]:
        if not isinstance(node, ListNode):
            if not self.problems.refused(node):
                self.problems.report(
                    node, "wrong-type", f"times: received {kind_of_node(node)}, expected {TIME_FILE_KEYS['times']}"
                )
            return []
        rows: list[tuple[YamlNode, TimeRow]] = []
        for item in node.items:
            mapping = self.values.mapping(item, "a time: {network: mobilenet, settings: {alpha: 0.5}, ms: 12.3}")
            row: dict[str, YamlNode] = {}
            known = mapping is not None
            for key, value in mapping.pairs if mapping is not None else ():
                if key.text in _ALL_KEYS:
                    row[key.text] = value
                elif not self.problems.refused(key):
                    known = False
                    meant = nearest_words(key.text, ROW_KEYS)
                    there = f"a time has {', '.join(_ALL_KEYS)}"
                    self.problems.suggest(key, "unknown-key", f"unknown key '{shown(key.text)}'", meant, there)
            for name in ("network", "ms"):
                if name not in row and known:
                    self.problems.report(item, "missing-key", f"{name} is missing: {ROW_KEYS[name]}")
            rows.append((item, row))
        return self._networks(node, rows)

    def _networks(self, node: YamlNode, rows: Sequence[tuple[YamlNode, TimeRow]]) -> list[TimedNetwork]:
        """Return the networks of rows, of which a wrong one is empty; their number is checked before any of them is made."""
        count = len(rows)
        if not FEWEST_NETWORKS <= count <= MOST_NETWORKS_TIMED:
            bound = f"at least {FEWEST_NETWORKS}" if count < FEWEST_NETWORKS else f"at most {MOST_NETWORKS_TIMED}"
            why = ": with fewer, the error of those left out says nothing" if count < FEWEST_NETWORKS else ""
            self.problems.report(
                node, "wrong-value", f"received {count} measured network{'s' * (count != 1)}, expected {bound}{why}"
            )
            return []
        seen: dict[object, int] = {}
        networks: list[TimedNetwork] = []
        for at, row in rows:
            seconds = self._seconds(row.get("ms"))
            architecture = self._architecture(row)
            if architecture is None:
                continue
            key = (architecture.bundled, architecture.path, tuple(sorted(architecture.hyperparameters.items())))
            if key in seen:
                label, first = shown(label_of(architecture)), seen[key]
                self.problems.report(
                    at,
                    "duplicate-name",
                    f"duplicate network {label} (first on line {first}): give it one time, e.g. the median",
                )
                continue
            seen[key] = at.line
            network = self._made(architecture, row["network"])
            if network is not None and seconds is not None:
                networks.append(TimedNetwork(label_of(architecture), network, seconds))
        return networks

    def _seconds(self, node: YamlNode | None) -> float | None:
        if node is None or self.problems.refused(node):
            return None
        if not isinstance(node, ScalarNode):
            self.problems.report(
                node, "wrong-type", f"ms: received {kind_of_node(node)}, expected {MILLISECONDS.what}, e.g. 29.94"
            )
            return None
        try:
            amount = amount_of(node.text, MILLISECONDS)
        except QuantityProblem as problem:
            self.problems.report(node, problem.code, f"ms: {problem}", problem.suggestion)
            return None
        if not amount:
            self.problems.report(node, "wrong-value", f"ms: received {kind_of_node(node)}, expected more than 0")
            return None
        return float(amount)

    def _architecture(self, row: TimeRow) -> Architecture | None:
        """Return the network of a row with its hyperparameters chosen; None when a problem was reported."""
        node = row.get("network")
        if node is None:
            return None
        name = self.values.scalar_text(node, f"network: {ROW_KEYS['network']}")
        settings = self._settings(row["settings"]) if "settings" in row else {}
        if name is None or settings is None:
            return None
        try:
            name, chosen = split_and_merge(name.strip(), settings)
            if name.partition(":")[0] == STANDARD_INPUT:
                raise UsageError("standard input is no file that a list can name")
            source, spec = self.specs.read(self._located(name))
            return architecture_of(source, spec, chosen)
        except (UsageError, InputError) as error:
            self._report(node, error)
            return None

    def _located(self, name: str) -> str:
        """Return a network as seen from the working directory: a file beside the times, else a bundled name."""
        heads = [head for head in (name, name.rpartition(":")[0]) if head]
        beside = any(os.path.lexists(os.path.join(self.folder, head)) for head in heads)
        return name if not beside and any(bundled.find(head) for head in heads) else os.path.join(self.folder, name)

    def _made(self, architecture: Architecture, node: YamlNode) -> Network | None:
        try:
            return elaborate(architecture)
        except InputError as error:
            self._report(node, error)
            return None

    def _report(self, node: YamlNode, error: UsageError | InputError) -> None:
        """Report what is wrong with a network where the times name it."""
        if isinstance(error, UsageError):
            self.problems.report(node, "no-match", str(error))
            return
        problem = error.problems[0]
        place = f" ({inert(error.path)}:{problem.line}:{problem.column})" if problem.line else f" ({inert(error.path)})"
        self.problems.report(node, problem.code, f"{problem.message}{place}", problem.suggestion)

    def _settings(self, node: YamlNode) -> dict[str, Value] | None:
        """Return hyperparameters: a mapping, or text as `alpha=0.5 classes=10`; None when a problem was reported."""
        with self.problems.watch() as wrong:
            settings = (
                self._settings_of_mapping(node) if isinstance(node, MappingNode) else self._settings_of_text(node)
            )
        return None if wrong else settings

    def _settings_of_mapping(self, node: MappingNode) -> dict[str, Value]:
        pairs = [(key.text, self.values.literal(value)) for key, value in node.pairs if not self.problems.refused(key)]
        return {name: value for name, value in pairs if value is not None}

    def _settings_of_text(self, node: YamlNode) -> dict[str, Value]:
        if isinstance(node, ScalarNode) and not node.text.strip():
            return {}
        text = self.values.scalar_text(node, f"settings: {ROW_KEYS['settings']}")
        settings: dict[str, Value] = {}
        for part in (text or "").replace(",", " ").split():
            name, equals, value = part.partition("=")
            if not equals or not name or not value or name in settings:
                what = f"{shown(name)} twice" if name in settings else f"'{shown(part)}'"
                self.problems.report(node, "wrong-value", f"settings: received {what}, expected {ROW_KEYS['settings']}")
                continue
            try:
                settings[name] = parse_literal(value, f"settings: {shown(name)}")
            except UsageError as error:
                self.problems.report(node, "wrong-value", str(error))
        return settings
