"""Values of a setting as a range: `0.25..1.0:0.05`, `128..224:32`."""

import re
from decimal import Decimal

from dsconv_cost.layers.values import Value

MOST_AXIS_VALUES = 100_000
"""How many values one setting may take."""

# No part of these matches what the next one may begin with, so that there is one way to try.
_DECIMAL = r"([+-]?[0-9]{1,15}(?:\.[0-9]{1,9})?)"
_RANGE = re.compile(rf"\s*{_DECIMAL}\s*\.\.\s*{_DECIMAL}\s*(?::\s*{_DECIMAL}\s*)?")
_FOREIGN_RANGE = re.compile(
    rf"{_DECIMAL}\s*(?:-|:|to|\.{{2,}}|…)\s*{_DECIMAL}\s*(?:(?::|,?\s*step\b|/|\.{{2,}})\s*{_DECIMAL})?"
)
"""A range as other programs write it."""


class RangeProblem(Exception):
    """A text that is not a range; the message says what would be right."""


def refuse_foreign_range(name: str, text: str, sign: str = "=") -> None:
    """Raise RangeProblem for a range written as in other programs, and show how to write it here."""
    if _RANGE.fullmatch(text) is not None:
        return
    match = _FOREIGN_RANGE.fullmatch(text.strip())
    if match is not None:
        whole = not any("." in part for part in (match[1], match[2]))
        step = f":{match[3]}" if match[3] else "" if whole else ":STEP"
        raise RangeProblem(f"a range is FIRST..LAST:STEP: write {name}{sign}{match[1]}..{match[2]}{step}")
    if ":" in text and ".." not in text:
        raise RangeProblem("a range is FIRST..LAST:STEP, e.g. 0.25..1.0:0.05 or 128..224:32")


def range_values(text: str) -> tuple[Value, ...]:
    """Return the values of a range; steps are added as decimals, so that 0.25 + 0.05 is 0.3. Raises RangeProblem."""
    match = _RANGE.fullmatch(text)
    if match is None:
        raise RangeProblem("expected FIRST..LAST:STEP in decimal numbers, e.g. 0.25..1.0:0.05 or 128..224:32")
    if match[3] is None and ("." in match[1] or "." in match[2]):
        raise RangeProblem("decimals need a step: write FIRST..LAST:STEP, e.g. 0.25..1.0:0.05")
    given = (match[1], match[2], match[3] or "1")
    first, last, step = (Decimal(part) for part in given)
    if step <= 0:
        raise RangeProblem(f"the step is {match[3]}, expected a number above 0")
    if last < first:
        raise RangeProblem("the range ends before it begins: write the smaller value first")
    count = int((last - first) / step) + 1
    if count > MOST_AXIS_VALUES:
        raise RangeProblem(f"{count:,} values; the maximum is {MOST_AXIS_VALUES:,}")
    whole = not any("." in part for part in (given[0], given[2]))
    return tuple([int(first + i * step) if whole else float(first + i * step) for i in range(count)])
