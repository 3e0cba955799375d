"""Limits as a person writes them, and the metrics they are for: `600M` MACs, `512 KiB` of weights, `80%` saved.

A number has at most one unit after it. K (or k), M, G and T are powers of 1000; Ki, Mi, Gi and Ti are powers of 1024. Counts
take these, and B for 10**9, which papers print; sizes take the same followed by B for byte; shares and savings take %. Case
matters except for k: m would be a thousandth, and b is a bit. Nothing is guessed or rounded: a limit is an exact integer or fraction.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from dsconv_cost import patterns
from dsconv_cost.errors import Code, UsageError
from dsconv_cost.text import nearest_words, shown

COUNTS = "count"
BYTES = "bytes"
SHARE = "share"

LARGEST_AMOUNT = 10**18
BITS = (4, 8, 16, 32)
DEFAULT_BITS = 32
"""Of a parameter, in `size`."""
MEMORY_BITS = 8
"""Of an element in `peak` and `arena`, and of a weight in `flash`: what microcontrollers are deployed at."""

_SI = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_PREFIXES = {**_SI, **_BINARY}
_COUNT_UNITS = {**_PREFIXES, "B": 10**9}
_BYTE_UNITS = {f"{prefix}B": scale for prefix, scale in _PREFIXES.items()}
_SHARE_UNITS = {"%": 1}
_ALL_UNITS = {*_COUNT_UNITS, *_BYTE_UNITS, *_SHARE_UNITS}

_WRITTEN = re.compile(r"([0-9]{1,30})(?:\.([0-9]{1,30}))?(?:[eE]([+-]?[0-9]{1,3}))?[ \t]*([A-Za-z%]*)")
_SEPARATED = re.compile(r"[0-9]+(?:[,_' ][0-9]+)+\.?[0-9]*[ \t]*[A-Za-z%]*")
LONGEST_AMOUNT = 60


class Metric(NamedTuple):
    """What a limit can be set for."""

    name: str
    title: str
    measure: str
    """COUNTS, BYTES or SHARE."""
    doc: str
    of_parts: bool = True
    """Whether a single layer or kind of layer has it too."""
    less_is_better: bool = True
    example: str = "80%"
    """Of a SHARE."""
    bits: int | None = None
    """Of an element, where neither the limit nor the call gives them; None where the metric has no bits."""
    of_memory: bool = False
    """Whether it is of the deployed network and its tensors, whatever the convention of MACs."""


_METRICS = (
    Metric("params", "params", COUNTS, "learned parameters"),
    Metric("macs", "MACs", COUNTS, "multiply-accumulates"),
    Metric("flops", "FLOPs", COUNTS, "floating-point operations under the convention"),
    Metric("activations", "activations", COUNTS, "elements that convolutions and linear layers write"),
    Metric("layers", "layers", COUNTS, "convolutions and linear layers"),
    Metric("largest_share", "largest share", SHARE, "the costliest single layer's share of the MACs", of_parts=False),
    Metric("saving", "saving", SHARE, "of MACs, against the standard form", of_parts=False, less_is_better=False),
    Metric(
        "size", "size", BYTES, "bytes of the parameters, at 32 bits each unless `bits` says 4, 8 or 16", bits=DEFAULT_BITS
    ),
    Metric(
        "peak", "peak", BYTES, "the most bytes of activations alive at once (`liveness`), at 8 bits unless `bits` says otherwise",
        bits=MEMORY_BITS, of_memory=True,
    ),
    Metric(
        "arena", "arena", BYTES,
        "bytes that tensors take in TensorFlow Lite Micro's arena (`arena-tflm`), at 8 bits unless `bits` says otherwise",
        of_parts=False, bits=MEMORY_BITS, of_memory=True,
    ),
    Metric(
        "flash", "flash", BYTES,
        "bytes of weights and biases with norms folded: weights at 8 bits unless `bits` says otherwise, biases at 32",
        bits=MEMORY_BITS, of_memory=True,
    ),
)  # fmt: skip
METRICS: dict[str, Metric] = {metric.name: metric for metric in _METRICS}
TOLERANCE = Metric("it", "growth", SHARE, "growth that is allowed", of_parts=False, example="1%")


class Amount(NamedTuple):
    """A limit, exactly: `top` / `bottom` of the metric's unit; shares are fractions of 1."""

    text: str
    """As written."""
    top: int
    bottom: int = 1

    def __str__(self) -> str:
        return self.text

    def above(self, other: "Amount") -> bool:
        """Return whether it is larger than another one."""
        return self.top * other.bottom > other.top * self.bottom


class QuantityProblem(Exception):
    """A text that is not a limit for the metric; the message says what would be right."""

    def __init__(self, message: str, code: Code = "wrong-value", suggestion: str | None = None) -> None:
        super().__init__(message)
        self.code: Code = code
        self.suggestion = suggestion


_WANTED = {
    COUNTS: "a count, e.g. 600M, 4.3M, 569e6 or 4231976 (K, M, G are 1000s, Ki, Mi, Gi 1024s)",
    BYTES: "a size in bytes, e.g. 16 MB, 512 KiB or 4096 B",
    SHARE: "a percentage, e.g. {}",
}


def wanted(metric: Metric) -> str:
    """Return in words what a limit of the metric looks like."""
    return _WANTED[metric.measure].format(metric.example)


def amount(text: str, metric: Metric) -> Amount:
    """Return the limit that a text means for a metric. Raises QuantityProblem."""
    text = text.strip().replace("\t", " ")
    match = _WRITTEN.fullmatch(text) if len(text) <= LONGEST_AMOUNT else None
    if match is not None and len(match[1]) > 1 and match[1][0] == "0":
        raise QuantityProblem(
            f"received {_quoted(text)}: a leading 0 could mean octal; remove it",
            "ambiguous-value",
        )
    if match is None:
        raise QuantityProblem(f"received {_quoted(text)}, {_why(text)}expected {wanted(metric)}")
    whole, fraction, exponent, unit = match[1], match[2] or "", int(match[3] or 0), match[4]
    scale = _scale(text, unit, metric)
    top, bottom = int(whole + fraction) * scale, 10 ** len(fraction)
    # An exponent beyond this is too large or too small whatever the digits are.
    if exponent > 40 and top:
        raise QuantityProblem(f"received {_quoted(text)}: {_TOO_LARGE}")
    top, bottom = top * 10 ** min(max(exponent, 0), 40), bottom * 10 ** max(-exponent, 0)
    if metric.measure == SHARE:
        if top > 100 * bottom:
            raise QuantityProblem(f"received {_quoted(text)}, expected at most 100%")
        return Amount(text, top, 100 * bottom)
    if top > LARGEST_AMOUNT * bottom:
        raise QuantityProblem(f"received {_quoted(text)}: {_TOO_LARGE}")
    if top % bottom:
        what = "bytes" if metric.measure == BYTES else metric.title
        raise QuantityProblem(f"received {_quoted(text)}, which is not a whole number of {what}")
    return Amount(text, top // bottom)


_TOO_LARGE = "the maximum is 10**18; remove a limit that limits nothing"


def _scale(text: str, unit: str, metric: Metric) -> int:
    """Return the factor of a unit. Raises QuantityProblem for one that the metric does not have."""
    units = {COUNTS: _COUNT_UNITS, BYTES: _BYTE_UNITS, SHARE: _SHARE_UNITS}[metric.measure]
    factor = units.get(unit)
    if factor is not None:
        return factor
    received = f"received {_quoted(text)}"
    if not unit:
        right = (
            f"is a percentage, e.g. {metric.example}"
            if metric.measure == SHARE
            else "is in bytes, e.g. 16 MB or 4096 B"
        )
        raise QuantityProblem(f"{received} without a unit: {metric.name} {right}")
    if unit in _ALL_UNITS:
        right = {COUNTS: "is a count", BYTES: "is in bytes", SHARE: "is a percentage"}[metric.measure]
        raise QuantityProblem(f"{received}, but {metric.name} {right}: expected {wanted(metric)}")
    hint = f"expected {wanted(metric)}"
    meant: str | None = None
    if unit.endswith("b") and f"{unit[:-1]}B" in _BYTE_UNITS:
        if metric.measure == BYTES:
            meant = f"{unit[:-1]}B"
            hint = f"b is a bit; write {meant} for bytes"
    else:
        same = [known for known in units if known.lower() == unit.lower()]
        meant = same[0] if same else nearest_words(unit, [u for u in units if len(u) > 1])
        hint = f"did you mean {meant}?" if meant else hint
    raise QuantityProblem(f"{received} with the unknown unit '{shown(unit)}': {hint}", "unknown-unit", meant)


def _why(text: str) -> str:
    if text.startswith("-"):
        return "which is below 0, "
    if "inf" in text.lower() or "nan" in text.lower():
        return "which limits nothing, "
    if _SEPARATED.fullmatch(text):
        return "but digits have no separators and decimals follow a point, "
    return ""


def _quoted(text: str) -> str:
    return f"'{shown(text)}'" if text else "nothing"


ERROR, WARN, OFF = LEVELS = ("error", "warn", "off")
DEFAULT_VARIANT = "default"
"""What a limit calls the network of the defaults."""


class Limit(NamedTuple):
    """The largest or smallest value allowed of a metric, for networks or each of the parts that a pattern names."""

    metric: Metric
    max: Amount | None
    min: Amount | None
    architecture: str | None = None
    """A path or pattern, relative to the budget file's folder, or a bundled name; None in an architecture's own budget."""
    variant: str | None = None
    """A name or pattern, or DEFAULT_VARIANT; None where the limit holds for every variant of a file."""
    layer: str | None = None
    kind: str | None = None
    bits: int | None = None
    level: str = ERROR
    message: str | None = None
    replaces: bool = False
    """Whether it replaces the more general limits of the same file, where both hold for a network."""
    path: str = ""
    """The file that it is in; for one of the command line its option."""
    line: int = 0
    column: int = 0
    places: dict[str, tuple[int, int]] = {}
    """Key -> line and column of its value."""

    @property
    def source(self) -> str:
        """Where the limit comes from, in words; for one of the command line its option is the message's place."""
        return f"{self.path}:{self.line}" if self.line else self.path

    def holds_for(self, variant: str | None) -> bool:
        """Return whether the limit holds for a variant; None is the network of the defaults."""
        if self.variant is None:
            return True
        return self.variant == DEFAULT_VARIANT if variant is None else patterns.matches(self.variant, variant)

    def is_more_special(self, other: "Limit") -> bool:
        """Return whether it is about the same thing as another limit of its file, for fewer networks."""
        mine = (self.path, self.metric, self.layer, self.kind, self.bits)
        if mine != (other.path, other.metric, other.layer, other.kind, other.bits):
            return False
        narrower = _covers(other.architecture, self.architecture) and _covers(other.variant, self.variant)
        return narrower and (self.architecture, self.variant) != (other.architecture, other.variant)


def _covers(general: str | None, special: str | None) -> bool:
    """Return whether a name or pattern means all that another one means; None means everything."""
    if general is None or special is None:
        return general is None
    return general == special or (patterns.is_glob(general) and patterns.matches(general, special))


def in_force(limits: list[Limit]) -> tuple[list[Limit], list[Limit]]:
    """Return the limits that count, of those that hold for one network, and the limits that replaced others."""
    counting: list[Limit] = []
    replacing: list[Limit] = []
    for limit in limits:
        others = [other for other in limits if other.replaces and other.is_more_special(limit)]
        largest = None if any(other.max is not None for other in others) else limit.max
        smallest = None if any(other.min is not None for other in others) else limit.min
        if largest is not None or smallest is not None:
            counting.append(limit._replace(max=largest, min=smallest))
        if (largest, smallest) != (limit.max, limit.min):
            replacing += others
    return counting, replacing


def parse_limits(limits: Mapping[str, str | None], label: Callable[[str], str]) -> list[Limit]:
    """Return the limits that are given, each under its label as its source. Raises UsageError for a text that is not a limit."""
    parsed: list[Limit] = []
    for name, text in limits.items():
        if text is None:
            continue
        bound, _, metric = name.partition("_")
        try:
            limit = amount(text, METRICS[metric])
        except QuantityProblem as problem:
            raise UsageError(f"{label(name)}: {problem}") from None
        high, low = (limit, None) if bound == "max" else (None, limit)
        parsed.append(Limit(METRICS[metric], high, low, path=label(name)))
    return parsed


def option(name: str) -> str:
    """Return the option of the command line for a limit: `--max-macs` for `max_macs`."""
    return f"--{name.replace('_', '-')}"


def tolerance(text: str, label: str) -> Amount:
    """Return the growth that is allowed, as a share. Raises UsageError for a text that is not a share."""
    try:
        return amount(text, TOLERANCE)
    except QuantityProblem as problem:
        raise UsageError(f"{label}: {problem}") from None
