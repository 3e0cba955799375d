"""All conventions: the default, our own rules, and those of other counters."""

from collections.abc import Mapping
from functools import cache

from dsconv_cost.costs.charges import Charge, Convention
from dsconv_cost.errors import UsageError
from dsconv_cost.text import inert, near

_MAC = Charge("multiply-accumulates", 1, "macs")

MACS = Convention(
    "macs", "1", "convolutions and matrix products; 1 MAC = 2 FLOPs; all else 0",
    "what the papers count; equal to PyTorch's FlopCounterMode, which prints 2 FLOPs a MAC, for each layer type measured but "
    "deformable convolutions (0 there); an LSTM without oneDNN",
    (_MAC,),
)  # fmt: skip

DEFAULT = MACS


@cache
def all_conventions() -> Mapping[str, Convention]:
    """Return every convention by its name: what the papers count, then other counters, then our own rules."""
    from dsconv_cost.costs.counters import COUNTERS
    from dsconv_cost.costs.ours import OURS

    return {convention.name: convention for convention in (MACS, *COUNTERS, *OURS)}


def convention_named(name: str) -> Convention:
    """Return the convention of a name. Raises UsageError for one there is none of."""
    if name == DEFAULT.name:
        return DEFAULT  # a run that needs no other one loads none
    conventions = all_conventions()
    convention = conventions.get(name)
    if convention is None:
        hint = near(name, conventions) or f": there are {', '.join(conventions)}"
        raise UsageError(f"no convention named '{inert(name)}'{hint}")
    return convention
