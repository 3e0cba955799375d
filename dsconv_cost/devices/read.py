"""The device that an argument names: one that the package knows, or a file with its peaks or measured rates."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any

from dsconv_cost.devices.device import DATA_TYPES, DataType, Device, LeaveOneOut
from dsconv_cost.devices.known import known_device
from dsconv_cost.devices.units import BANDWIDTH, OFF_BY, PEAK, TIME, UnitSet, amount_of
from dsconv_cost.devices.work import TERMS
from dsconv_cost.errors import InputError, Problem, UsageError
from dsconv_cost.language.limits import QuantityProblem
from dsconv_cost.language.nodes import ListNode, MappingNode, ScalarNode, YamlNode, kind_of_node, read_nodes
from dsconv_cost.language.problems import Problems, TooManyProblems
from dsconv_cost.language.reader.values import ValueReader
from dsconv_cost.sources.read import read_text
from dsconv_cost.text import few_suggestions, inert, nearest_words, shown

FEWEST_NETWORKS = 5
"""Below that, an error of those that were left out says nothing."""
_ENDINGS = (".yaml", ".yml")

DEVICE_KEYS = {
    "name": "name of the device",
    "source": "where its figures are from",
    "dtype": f"the data type of peak: {', '.join(DATA_TYPES)}",
    "peak": "the most MACs a second, dense, e.g. 64 GMAC/s",
    "bandwidth": "the most bytes a second of the memory that tensors are in, e.g. 4 GB/s",
    "rates": "the time of each unit of a term, as calibrate writes it",
    "leave_one_out": "how far estimates by the rates are off, as calibrate writes it",
}
_ERROR_KEYS = {
    "networks": "how many networks were measured",
    "median": "the median error of those left out, e.g. 2.3%",
    "worst": "the worst error of those left out, e.g. 9.3%",
    "times": "the shortest and the longest time that was measured, e.g. [29.94 ms, 2010.66 ms]",
}


def device_named(argument: str) -> Device:
    """Return the device that a file holds, or that the package knows by this name.

    Raises InputError with everything that is wrong with the file, UsageError where there is neither.
    """
    if argument and "\0" not in argument and os.path.lexists(argument):
        return read_device(read_text(argument), argument)
    if os.sep in argument or argument.lower().endswith(_ENDINGS):
        raise UsageError(f"no file '{inert(argument)}'")
    return known_device(argument)


@few_suggestions
def read_device(text: str, path: str) -> Device:
    """Return the device that the text of a file describes. Raises InputError with every problem."""
    problems: list[Problem] = []
    root, cut = read_nodes(text, problems)
    reported = Problems(cut is not None)
    device = Device("", "", path=path)
    try:
        if isinstance(root, MappingNode):
            device = _DeviceReader(reported, path).read(root)
        elif root is not None:
            reported.report(
                root, "wrong-type", f"received {kind_of_node(root)}, expected a device: name, source, dtype, peak"
            )
        elif cut is None:
            problems.append(Problem(1, 1, "the file is empty: a device has name, source, dtype and peak", "empty-file"))
    except TooManyProblems:
        pass
    problems += [problem for problem in reported.all if cut is None or not cut.covers(problem)]
    if problems:
        raise InputError(path, problems, text)
    return device


class _DeviceReader:
    """Reads the keys of one file."""

    def __init__(self, problems: Problems, path: str) -> None:
        self.problems = problems
        self.values = ValueReader(problems)
        self.path = path

    def read(self, root: MappingNode) -> Device:
        readers: dict[str, Callable[[YamlNode], Any]] = {
            "name": lambda node: self.values.text(node, "name", 100),
            "source": lambda node: self.values.text(node, "source"),
            "dtype": self._dtype,
            "peak": lambda node: self._per_second(node, "peak", PEAK),
            "bandwidth": lambda node: self._per_second(node, "bandwidth", BANDWIDTH),
            "rates": self._rates,
            "leave_one_out": self._leave_one_out,
        }
        read, keys = self._each(root, readers, DEVICE_KEYS, "a device")
        for key in ("name", "source"):
            self._needs(root, keys, key, "")
        if "rates" not in keys:
            self._needs(root, keys, "peak", "; a device has a peak or measured rates")
        if "peak" in keys:
            self._needs(root, keys, "dtype", ", beside peak")
        elif "bandwidth" in keys:
            self.problems.report(root, "missing-key", f"peak is missing, beside bandwidth: {DEVICE_KEYS['peak']}")
        if "rates" in keys:
            self._needs(root, keys, "leave_one_out", ", beside rates: an estimate without its error is worth nothing")
        given = {key: value for key, value in read.items() if value is not None}
        return Device(**{"name": "", "source": "", "path": self.path, **given})

    def _needs(self, root: MappingNode, keys: set[str], key: str, why: str) -> None:
        if key not in keys and not self.problems.partial:
            known = {**DEVICE_KEYS, **_ERROR_KEYS}
            self.problems.report(root, "missing-key", f"{key} is missing{why}: {known[key]}")

    def _each(
        self, node: MappingNode, readers: dict[str, Callable[[YamlNode], Any]], keys: dict[str, str], what: str
    ) -> tuple[dict[str, Any], set[str]]:  # fmt: skip
        """Return the values of a mapping's known keys, and which keys it has or was meant to have; the others are reported."""
        read: dict[str, Any] = {}
        present: set[str] = set()
        for key, value in node.pairs:
            reader = readers.get(key.text)
            if reader is not None:
                read[key.text] = reader(value)
                present.add(key.text)
            elif not self.problems.refused(key):
                meant = nearest_words(key.text, keys)
                present |= {meant} if meant else set()
                self.problems.suggest(
                    key,
                    "unknown-key",
                    f"unknown key '{shown(key.text)}'",
                    meant,
                    f"the keys of {what} are {', '.join(keys)}",
                )
        return read, present

    def amount(self, node: YamlNode, key: str, measure: UnitSet, zero: bool = False) -> float | None:
        """Return an amount above 0, or of at least 0; None when a problem was reported."""
        if self.problems.refused(node):
            return None
        if not isinstance(node, ScalarNode):
            self.problems.report(
                node,
                "wrong-type",
                f"{key}: received {kind_of_node(node)}, expected {measure.what}, e.g. {measure.example}",
            )
            return None
        try:
            amount = amount_of(node.text, measure)
        except QuantityProblem as problem:
            self.problems.report(node, problem.code, f"{key}: {problem}", problem.suggestion)
            return None
        if not amount and not zero:
            self.problems.report(node, "wrong-value", f"{key}: received {kind_of_node(node)}, expected more than 0")
            return None
        return float(amount)

    def _per_second(self, node: YamlNode, key: str, measure: UnitSet) -> int | None:
        amount = self.amount(node, key, measure)
        if amount is not None and (amount < 1 or amount != int(amount)):
            self.problems.report(
                node, "wrong-value", f"{key}: received {kind_of_node(node)}, expected a whole number of {measure.what}"
            )
            return None
        return None if amount is None else int(amount)

    def _dtype(self, node: YamlNode) -> DataType | None:
        text = self.values.scalar_text(node, DEVICE_KEYS["dtype"])
        if text is not None and text not in DATA_TYPES:
            meant = nearest_words(text, DATA_TYPES)
            there = f"the data types are {', '.join(DATA_TYPES)}"
            self.problems.suggest(node, "unknown-word", f"unknown data type '{shown(text)}'", meant, there)
        return DATA_TYPES.get(text or "")

    def _rates(self, node: YamlNode) -> dict[str, float] | None:
        mapping = self.values.mapping(node, DEVICE_KEYS["rates"])
        if mapping is None:
            return None
        if not mapping.pairs:
            self.problems.report(
                node, "missing-value", f"rates: received {kind_of_node(node)}, expected at least one term"
            )
        terms = {name: term.words for name, term in TERMS.items()}
        readers: dict[str, Callable[[YamlNode], Any]] = {name: partial(self._rate, name) for name in terms}
        read, _ = self._each(mapping, readers, terms, "rates")
        return {name: rate for name, rate in read.items() if rate is not None}

    def _rate(self, name: str, node: YamlNode) -> float | None:
        return self.amount(node, f"rates: {name}", TIME)

    def _leave_one_out(self, node: YamlNode) -> LeaveOneOut | None:
        mapping = self.values.mapping(node, DEVICE_KEYS["leave_one_out"])
        if mapping is None:
            return None
        readers: dict[str, Callable[[YamlNode], Any]] = {
            "networks": self._networks,
            "median": lambda value: self.amount(value, "median", OFF_BY, zero=True),
            "worst": lambda value: self.amount(value, "worst", OFF_BY, zero=True),
            "times": self._times,
        }
        read, keys = self._each(mapping, readers, _ERROR_KEYS, "leave_one_out")
        for key in _ERROR_KEYS:
            self._needs(mapping, keys, key, " in leave_one_out")
        if len(read) < len(_ERROR_KEYS) or None in read.values():
            return None
        return LeaveOneOut(read["networks"], read["median"], read["worst"], *read["times"])

    def _networks(self, node: YamlNode) -> int | None:
        number = self.values.literal(node)
        if number is None:
            return None
        if type(number) is not int or number < FEWEST_NETWORKS:
            self.problems.report(
                node,
                "wrong-value",
                f"networks: received {kind_of_node(node)}, expected a whole number of at least {FEWEST_NETWORKS}",
            )
            return None
        return number

    def _times(self, node: YamlNode) -> tuple[float, float] | None:
        if not isinstance(node, ListNode) or len(node.items) != 2:
            if not self.problems.refused(node):
                self.problems.report(
                    node, "wrong-type", f"times: received {kind_of_node(node)}, expected {_ERROR_KEYS['times']}"
                )
            return None
        least, most = (self.amount(item, "times", TIME) for item in node.items)
        if least is None or most is None:
            return None
        if least > most:
            self.problems.report(node, "wrong-value", "times: expected the shortest first")
            return None
        return least, most
