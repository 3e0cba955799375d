"""Limits and actual values as text for people: rounded, but never so that rounding hides which is larger."""

from typing import NamedTuple

from dsconv_cost.budget.verdicts import MIN, Verdict
from dsconv_cost.language.limits import BYTES, SHARE, Amount, Metric

DECIMALS = 12
"""How many a share may get before it is called equal."""
TIMES = 10
"""From this many times the limit on, the room is given as a factor instead of per cent."""
MOST_TIMES = 1000
"""From here on without a decimal."""


class Texts(NamedTuple):
    """The figures of a verdict in words."""

    limit: str
    """With max, min or was before it; `-` where there is nothing to compare with."""
    actual: str
    room: str
    """How much is left, or how much it is over or short."""
    room_share: str


def texts(verdict: Verdict) -> Texts:
    """Return the figures of a verdict, exact where rounded ones would look equal or the wrong way round."""
    metric, actual, limit = verdict.metric, verdict.actual, verdict.bound.amount
    binary = in_binary(metric, limit)
    if limit is None:
        return Texts("-", rounded(actual, metric, binary), "-", "-")
    shown, written = _told_apart(actual, limit, metric, binary)
    room, share = verdict.room, verdict.room_share
    assert room is not None
    beyond = room.top < 0
    size = Amount("", abs(room.top), room.bottom)
    is_min = verdict.bound.kind == MIN
    word = "left" if not beyond else "short" if is_min else "over"
    bound = "min" if is_min else "was" if verdict.before == limit.top else "max"
    return Texts(f"{bound} {written}", shown, f"{_difference(size, metric, binary)} {word}", _share(share))


def in_binary(metric: Metric, limit: Amount | None) -> bool:
    """Return whether bytes are told in KiB and MiB: in the units of a limit that is written with one, memory else in these."""
    unit = limit.text.strip("0123456789.eE+- \t") if limit is not None else ""
    return "i" in unit if len(unit) > 1 else metric.of_memory


def _share(value: float | None) -> str:
    if value is None:
        return "-"
    size = abs(value)
    if size >= MOST_TIMES:
        return f"{size:,.0f}x"
    if size >= TIMES:
        return f"{size:.1f}x"
    text = f"{100 * size:,.1f}%"
    return "<0.1%" if value and text == "0.0%" else text


def rounded(value: Amount, metric: Metric, binary: bool | None = None) -> str:
    """Return a value with one decimal or two; bytes in KiB if `binary`, or without it where the metric has these."""
    if metric.measure == SHARE:
        return _per_cent(value, 1)
    whole = value.top // value.bottom
    return (
        _bytes(whole, in_binary(metric, None) if binary is None else binary)
        if metric.measure == BYTES
        else _count(whole)
    )


def exact(value: Amount, metric: Metric) -> str:
    """Return a value in full; a share with as many decimals as are shown at most."""
    if metric.measure == SHARE:
        return _per_cent(value, DECIMALS)
    return f"{value.top // value.bottom:,}" + (" B" if metric.measure == BYTES else "")


def change_text(value: int, metric: Metric) -> str:
    """Return a difference of counts with its sign."""
    sign = "-" if value < 0 else "+"
    return f"{sign}{rounded(Amount('', abs(value)), metric)}" if value else "0"


def _difference(size: Amount, metric: Metric, binary: bool) -> str:
    if metric.measure != SHARE:
        return rounded(size, metric, binary)
    text = next((t for n in range(1, DECIMALS + 1) if (t := _per_cent(size, n)).strip("0.%")), "")
    return (text or "0%").replace("%", " points")


def _told_apart(actual: Amount, limit: Amount, metric: Metric, binary: bool) -> tuple[str, str]:
    """Return actual and limit. A written limit is shown as written, which is exact."""
    order = _order(actual, limit)
    if metric.measure == SHARE:
        for decimals in range(1, DECIMALS + 1):
            if _order(_rounded_share(actual, decimals), limit) == order:
                return _per_cent(actual, decimals), limit.text
        return exact(actual, metric), limit.text
    mine = rounded(actual, metric, binary)
    if limit.text:
        if limit.text.isdigit():  # a count in full is compared with a count in full
            return exact(actual, metric), f"{limit.top:,}"
        written = limit.text
        if _order(_value(mine), limit) == order:
            return mine, written
        full = exact(limit, metric)
        return exact(actual, metric), written if written == full else f"{written} = {full}"
    theirs = rounded(limit, metric, binary)
    if _order(_value(mine), _value(theirs)) == order:
        return mine, theirs
    return exact(actual, metric), exact(limit, metric)


def _order(first: Amount, second: Amount) -> int:
    return int(first.above(second)) - int(second.above(first))


_SCALES = {
    "": 1, "K": 10**3, "M": 10**6, "G": 10**9, " B": 1, " kB": 10**3, " MB": 10**6, " GB": 10**9, " KiB": 2**10,
    " MiB": 2**20, " GiB": 2**30,
}  # fmt: skip


def _value(text: str) -> Amount:
    """Return what a rounded text says exactly."""
    digits = text.rstrip("KMGBki ")
    whole, _, fraction = digits.replace(",", "").partition(".")
    return Amount("", int(whole + fraction) * _SCALES[text[len(digits) :]], 10 ** len(fraction))


def _rounded_share(value: Amount, decimals: int) -> Amount:
    scale = 100 * 10**decimals
    return Amount("", _half_up(value.top * scale, value.bottom), scale)


def _half_up(top: int, bottom: int) -> int:
    return (2 * top + bottom) // (2 * bottom)


def _per_cent(value: Amount, decimals: int) -> str:
    share = _rounded_share(value, decimals).top
    sign, digits = "-" if share < 0 else "", abs(share)
    return f"{sign}{digits // 10**decimals}.{digits % 10**decimals:0{decimals}d}%"


def _count(value: int) -> str:
    """Return a count in the largest unit it fills; below 10,000 in full."""
    if value < 10_000:
        return f"{value:,}"
    scale, letter, decimals = next(u for u in ((10**9, "G", 2), (10**6, "M", 1), (10**3, "K", 1)) if value >= u[0])
    rounded = _half_up(value * 10**decimals, scale)
    return f"{rounded // 10**decimals:,}.{rounded % 10**decimals:0{decimals}d}{letter}"


def _bytes(value: int, binary: bool) -> str:
    units = (
        ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")) if binary else ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
    )
    for scale, name in units:
        if value >= scale:
            tenths = _half_up(value * 10, scale)
            return f"{tenths // 10:,}.{tenths % 10} {name}"
    return f"{value:,} B"
