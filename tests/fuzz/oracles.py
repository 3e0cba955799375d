"""What has to hold whatever is read: only our own errors, with places inside the file, in harmless words, soon, and the same every time."""

import math
import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction

from dsconv_cost.budget.file import read_budget_file
from dsconv_cost.budget.lock import Lock, read_lock
from dsconv_cost.costs.analysis import Analysis, analyze_architecture
from dsconv_cost.costs.conventions import MACS
from dsconv_cost.devices.measured import times_of
from dsconv_cost.devices.read import read_device
from dsconv_cost.errors import CODES, DsconvCostError, InputError, Problem, UsageError
from dsconv_cost.language.expressions.expression import Arriving
from dsconv_cost.language.expressions.functions import make_divisible
from dsconv_cost.language.expressions.parser import ExpressionProblem, compile_expression
from dsconv_cost.language.limits import LARGEST_AMOUNT, METRICS, Amount, Metric, QuantityProblem, amount
from dsconv_cost.language.ranges import MOST_AXIS_VALUES
from dsconv_cost.language.vocabulary import WORDS
from dsconv_cost.layers.values import Value, ValueProblem
from dsconv_cost.reports.on_device import time_notes
from dsconv_cost.sources.load import Source, load_source
from dsconv_cost.sources.read import decode
from dsconv_cost.spaces.grid import Axis, parse_axis
from dsconv_cost.text import lines_of

MOST_LAYERS = 2000


class Find(Exception):
    """Something that must not be."""


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Find(otherwise)


# -- words and places -----------------------------------------------------------------------------


def is_inert(line: str) -> bool:
    """Return whether a line moves no cursor, hides nothing and starts no command of a CI runner."""
    if line.isascii() and line.isprintable():
        return "##[" not in line and not line.lstrip().startswith("::")
    # Without looking at the rules of the code under test: what Unicode calls other (C) or a separator (Z), but the space.
    hidden = any(unicodedata.category(c)[0] in "CZ" and c != " " for c in line)
    return not hidden and "##[" not in line and not line.lstrip().startswith("::")


def check_words(text: str) -> None:
    for line in text.split("\n"):
        expect(is_inert(line), f"not inert: {line!r}")


def check_problems(problems: tuple[Problem, ...], text: str) -> None:
    """Expect problems that have a code, harmless words and a place inside the text."""
    lines = lines_of(text)
    expect(bool(problems), "an error without problems")
    for p in problems:
        expect(p.code in CODES, f"unknown code {p.code}")
        expect("\n" not in p.message and bool(p.message), f"a message of several lines, or none: {p.message!r}")
        check_place(p.line, p.column, lines, p)
        if p.end_line:
            check_place(p.end_line, p.end_column, lines, p)
            expect((p.line, p.column) <= (p.end_line, p.end_column), f"ends before it begins: {p}")


def check_place(line: int, column: int, lines: list[str], problem: Problem) -> None:
    inside = 1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1
    expect(inside, f"a place outside the file: {problem}")


def check_error(error: DsconvCostError, text: str) -> None:
    """Expect an error that can be shown."""
    expect(error.exit_code == 2, f"exit code {error.exit_code}")
    if isinstance(error, InputError):
        check_problems(error.problems, text)
        check_words(str(error))
        expect("error: " in str(error), "an error that does not say so")
    else:
        expect(bool(str(error)), "an error without words")


# -- architectures --------------------------------------------------------------------------------


def loaded(text: str, path: str = "net.yaml", variant: str | None = None) -> Analysis | InputError | UsageError:
    """Return the analysis of a file's text, or why there is none; expect nothing else to happen."""
    try:
        return analyze_architecture(load_source(Source(text, path, False, variant), {}), MACS, MOST_LAYERS)
    except (InputError, UsageError) as error:
        return error


def check_loader(text: str, again: bool = False) -> Analysis | None:
    """Expect of a text what has to hold for all; return its analysis if it is a network."""
    found = loaded(text)
    if isinstance(found, Analysis):
        check_sums(found)
    else:
        check_error(found, text)
    if again:
        second = loaded(text)
        expect(outcome(found) == outcome(second), "another outcome the second time")
    return found if isinstance(found, Analysis) else None


def check_bytes(data: bytes) -> Analysis | None:
    """Expect of a file's bytes what has to hold for all."""
    try:
        text = decode(data, "net.yaml")
    except InputError as error:
        check_problems(error.problems, data.decode("utf-8-sig", "replace"))
        check_words(str(error))
        return None
    return check_loader(text)


def outcome(found: Analysis | Exception) -> object:
    """Return all that two runs over the same text have to agree on."""
    if isinstance(found, Exception):
        return type(found), str(found), getattr(found, "problems", None)
    forms = (found.as_written, found.standard, found.separable)
    rows = [
        (n.name, n.layer.type, str(n.kind), n.output, n.counts, n.inputs) for form in forms for n in form.network.nodes
    ]
    return rows, [form.total for form in forms], found.unused


def check_sums(found: Analysis) -> None:
    """Expect that layers add up to totals in every form, and that nothing is negative or empty."""
    for form in (found.as_written, found.standard, found.separable):
        total = form.total
        for name in ("params", "macs", "flops"):
            figures = [getattr(layer, name) for layer in form.layers]
            expect(all(type(figure) is int and figure >= 0 for figure in figures), f"a {name} that is no whole number")
            expect(
                sum(figures) == getattr(total, name),
                f"{name} of layers: {sum(figures)}, in total {getattr(total, name)}",
            )
        expect(form.convention.name != "macs" or total.flops == 2 * total.macs, "FLOPs that are not twice the MACs")
        for index, node in enumerate(form.network.nodes):
            expect(min(node.output) >= 1, f"an output of nothing: {node.name} {node.output}")
            expect(all(source < index for source in node.inputs), f"{node.name} takes what comes after it")
    # What is converted keeps every shape.
    expect(
        found.standard.network.nodes[-1].output == found.as_written.network.nodes[-1].output, "standard: another output"
    )
    expect(
        found.separable.network.nodes[-1].output == found.as_written.network.nodes[-1].output,
        "separable: another output",
    )


# -- budget files and locks -----------------------------------------------------------------------


def check_budget_file(text: str) -> None:
    file = read_budget_file(text, "dsconv-cost.yaml")
    if file.problems:
        check_error(file.error(file.problems), text)
    for entry in file.entries:
        expect(
            entry.max is not None or entry.min is not None or bool(file.problems),
            f"a limit without a limit: {entry}",
        )
        check_words(entry.source)


def check_device(text: str) -> None:
    """Expect a device that is whole, or an error with its places."""
    try:
        device = read_device(text, "board.yaml")
    except InputError as error:
        check_error(error, text)
        return
    expect(device.peak is not None or bool(device.rates), f"a device of which nothing is known: {device}")
    expect(device.peak is None or device.dtype is not None, f"a peak of no data type: {device}")
    for _, note in time_notes(device):
        check_words(note)


def check_times(text: str, path: str) -> None:
    """Expect networks with times above 0, each of them once, or an error with its places."""
    try:
        times = times_of(text, path)
    except InputError as error:
        check_error(error, text)
        return
    labels = [one.label for one in times.networks]
    expect(len(labels) >= 5 and len(set(labels)) == len(labels), f"too few networks, or one twice: {labels}")
    expect(all(one.seconds > 0 for one in times.networks), f"a time that is none: {times.networks}")


def check_lock(text: str) -> Lock | None:
    try:
        found = read_lock(text)
    except InputError as error:
        check_error(error, text)
        return None
    for name, costs in found.architectures.items():
        expect(
            costs.params == sum(row.params for row in costs.layers), f"{name}: params that are not those of its layers"
        )
        expect(costs.macs == sum(row.macs for row in costs.layers), f"{name}: MACs that are not those of its layers")
        name.encode()
    return found


# -- what stands on a command line ----------------------------------------------------------------

_AMOUNT = re.compile(r"([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?[ \t]*([A-Za-z%]*)")
_SCALES = {
    **{p: Fraction(1000) ** n for n, p in enumerate(("", "K", "M", "G", "T"))}, "k": Fraction(1000), "B": Fraction(10**9),
    **{f"{p}i": Fraction(1024) ** n for n, p in enumerate(("K", "M", "G", "T"), 1)},
}  # fmt: skip


def _measured(text: str, metric: Metric) -> Fraction | None:
    """Return what a quantity says, exactly, by arithmetic of its own; None for what is no quantity of the metric."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None or (match[1][0] == "0" and len(match[1]) > 1):
        return None
    if metric.measure == "share":
        scale = Fraction(1, 100) if match[4] == "%" else None
    elif metric.measure == "bytes":
        scale = _SCALES.get(match[4][:-1]) if match[4].endswith("B") and match[4] != "BB" else None
    else:
        scale = _SCALES.get(match[4])
    if scale is None:
        return None
    return (
        Fraction(int(match[1] + (match[2] or "")), 10 ** len(match[2] or ""))
        * Fraction(10) ** int(match[3] or 0)
        * scale
    )


def check_quantity(text: str, metric: Metric) -> Amount | None:
    """Expect the exact value of a quantity, or a refusal of what is none, no whole number, or too much."""
    value = _measured(text, metric)
    largest = 1 if metric.measure == "share" else LARGEST_AMOUNT
    right = value is not None and 0 <= value <= largest and (metric.measure == "share" or value.denominator == 1)
    try:
        found = amount(text, metric)
    except QuantityProblem as problem:
        check_words(str(problem))
        expect(not right, f"refused: {problem}")
        return None
    expect(right, f"taken: {found!r}, which is {value}")
    expect(Fraction(found.top, found.bottom) == value, f"{found.top}/{found.bottom} is not {value}")
    return found


_RANGE = re.compile(
    r"\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*\.\.\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*(?::\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*)?"
)


def check_axis(text: str) -> Axis | None:
    """Expect the values of a range to begin, end and step as it says."""
    try:
        found = parse_axis(text)
    except UsageError as error:
        check_error(error, text)
        return None
    expect(len(found.values) > 0, "no values")
    match = _RANGE.fullmatch(text.partition("=")[2])
    if match is not None:
        first, last, step = (Fraction(part or 1) for part in match.groups())
        wanted = [first + n * step for n in range(math.floor((last - first) / step) + 1)]
        expect(
            len(wanted) == len(found.values) <= MOST_AXIS_VALUES,
            f"{len(found.values)} values in place of {len(wanted)}",
        )
        same = all(value == float(exact) for value, exact in zip(found.values, wanted, strict=True))
        expect(same, f"other values: {found.values[:9]}")
    return found


_NAMESPACE: dict[str, Callable[..., object]] = {
    "int": int, "round": round, "ceil": math.ceil, "floor": math.floor, "min": min, "max": max, "make_divisible": make_divisible,
}  # fmt: skip
BEYOND = 2**53


def check_expression(text: str, x: int) -> Value | None:
    """Expect the value that Python has for the expression, where the language has one."""
    try:
        compiled = compile_expression(text, WORDS)
        if compiled.names - {"x"}:
            return None  # a reader reports these before anything is run
        found = compiled.run({"x": x}, Arriving(8))
    except (ExpressionProblem, ValueProblem) as problem:
        check_words(str(problem))
        return None
    # Python takes true for 1; the language does not.
    if re.search(r"[^-+*/%<>=!().,\w\s]|__|[!=]=|true|false", text) or not text.isascii():
        return found
    names = {**_NAMESPACE, "x": x, "in_channels": 8}
    try:
        wanted = eval(text.strip(), {"__builtins__": {}}, names)  # letters, digits and operators
    except (SyntaxError, NameError, TypeError, ArithmeticError, ValueError):
        return found
    if isinstance(wanted, (bool, int, float)) and abs(wanted) <= BEYOND and not isinstance(found, (str, tuple)):
        expect(wanted == found and type(wanted) is type(found), f"{found!r} in place of {wanted!r}")
    return found


METRICS_TRIED = tuple(METRICS.values())
