"""Figures that sources print: their grammar, and when one agrees with an exact count."""

import re

from dsconv_cost.layers.values import Value
from dsconv_cost.named_tuple import NamedTuple

SCALES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "B": 10**9}
FIGURE_METRICS = ("params", "macs", "flops")
FORMS = ("as_written", "standard", "separable")

_QUANTITY = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,9}))? ?([KMGB]?)")


class Quantity(NamedTuple):
    """A count with the digits its source prints: `4.2M` is 42 steps of 100,000."""

    text: str
    digits: int
    step: int

    @property
    def value(self) -> int:
        return self.digits * self.step

    def agrees(self, exact: int) -> bool:
        """Return whether `exact` rounds, floors or ceils to the digits printed."""
        return self.digits in (exact // self.step, -(-exact // self.step))


def quantity(text: str) -> Quantity | None:
    """Return the quantity `text` means, or None when it is none (`600M`, `0.70B`, `28589128`)."""
    text = text.strip().replace("\t", " ")  # it is shown as it is
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    whole, fraction, unit = match.group(1), match.group(2) or "", match.group(3)
    scale: int = SCALES[unit]
    step: int = 10 ** len(fraction)
    if scale % step:
        return None
    return Quantity(text, int(whole + fraction), scale // step)


class Published(NamedTuple):
    """One row of one source."""

    source: str
    variant: str | None
    set: dict[str, Value]
    form: str
    params: Quantity | None
    macs: Quantity | None
    flops: Quantity | None
    top1: str | None
    top5: str | None
    convention: str | None
    note: str | None
    differs: dict[str, str]
    """Figure -> why it does not agree with the exact count."""
    line: int

    def figures(self) -> dict[str, Quantity]:
        """Return the figures that can be checked by counting."""
        return {m: q for m, q in (("params", self.params), ("macs", self.macs), ("flops", self.flops)) if q}
