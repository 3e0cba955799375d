"""Amounts with their units as people write them: `64 GMAC/s`, `4 GB/s`, `29.94 ms`, `2.3%`. Nothing is guessed."""

import re
from fractions import Fraction

from dsconv_cost.errors import Code
from dsconv_cost.language.limits import QuantityProblem
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.text import nearest_words, shown

_SCALES = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
_WRITTEN = re.compile(r"([0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?)[ \t]*(\S*)")
_OPERATIONS = re.compile(r"([kKMGTP]?)(?:FL)?OP/?[sS]")
_LONGEST = 60
_MOST = 10**18


class UnitSet(NamedTuple):
    """What an amount measures: its units, each with how much it is, and an example."""

    what: str
    units: dict[str, Fraction]
    example: str


def _scaled(unit: str) -> dict[str, Fraction]:
    return {f"{letter}{unit}": Fraction(scale) for letter, scale in _SCALES.items()}


_SECONDS = {
    unit: Fraction(1, scale) for unit, scale in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9), ("ps", 10**12))
}

PEAK = UnitSet("MACs a second", _scaled("MAC/s"), "64 GMAC/s")
BANDWIDTH = UnitSet("bytes a second", _scaled("B/s"), "4 GB/s")
TIME = UnitSet("a time", _SECONDS, "29.94 ms")
MILLISECONDS = UnitSet("milliseconds, a number without a unit", {"": Fraction(1, 1000)}, "29.94")
OFF_BY = UnitSet("a percentage", {"%": Fraction(1, 100)}, "2.3%")


def amount_of(text: str, measure: UnitSet) -> Fraction:
    """Return what a text means, exactly, in seconds, shares or units a second. Raises QuantityProblem."""
    text = text.strip()
    match = _WRITTEN.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        why = " which is below 0," if re.match(r"-\s*[0-9]", text) else ""
        raise QuantityProblem(f"received {_quoted(text)},{why} expected {_wanted(measure)}")
    number, unit = match.groups()
    scale = measure.units.get(unit)
    if scale is None:
        raise QuantityProblem(*_wrong_unit(text, unit, number, measure))
    amount = Fraction(number) * scale
    if amount > _MOST:
        raise QuantityProblem(f"received {_quoted(text)}: the maximum is 10**18")
    return amount


def _wanted(measure: UnitSet) -> str:
    return f"{measure.what}, e.g. {measure.example}"


def _wrong_unit(text: str, unit: str, number: str, measure: UnitSet) -> tuple[str, Code, str | None]:
    """Return the message for a unit that a measure does not have, its code and what was meant."""
    received = f"received {_quoted(text)}"
    if not unit:
        return f"{received} without a unit, expected {_wanted(measure)}", "unknown-unit", None
    operations = _OPERATIONS.fullmatch(unit) if measure is PEAK else None
    if operations:
        macs = Fraction(number) / 2
        meant = f"{float(macs):.12g} {operations[1]}MAC/s"
        return f"{received}: it counts a MAC as two operations; write {meant} where it is dense", "unknown-unit", meant
    if measure is MILLISECONDS:
        return f"{received}, expected {_wanted(measure)}", "wrong-value", None
    if measure is BANDWIDTH and unit.endswith(("b/s", "bit/s", "bps")):
        return f"{received}: a byte is 8 bits; write bytes a second, e.g. {measure.example}", "unknown-unit", None
    same = [known for known in measure.units if known.lower() == unit.lower()]
    near = same[0] if same else nearest_words(unit, measure.units)
    hint = f"did you mean {near}?" if near else f"expected {_wanted(measure)}"
    return f"{received} with the unknown unit '{shown(unit)}': {hint}", "unknown-unit", near


def _quoted(text: str) -> str:
    return f"'{shown(text)}'" if text else "nothing"
