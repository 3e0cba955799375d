"""Limits as keyword arguments: an exact integer (of bytes for a size), or a text as on the command line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from dsconv_cost.errors import UsageError
from dsconv_cost.language.limits import BITS, BYTES, METRICS, Limit, parse_limits
from dsconv_cost.text import near


class FitLimits(TypedDict, total=False):
    """The limits of `fit`, and how sizes are counted."""

    max_macs: int | str | None
    max_params: int | str | None
    max_flops: int | str | None
    max_activations: int | str | None
    max_size: int | str | None
    max_peak: int | str | None
    max_arena: int | str | None
    max_flash: int | str | None
    min_saving: str | None
    bits: int
    """Of an element: 4, 8, 16 or 32; without it 32 for a size, and 8 for peak, arena and flash."""


class LimitArguments(FitLimits, total=False):
    """The limits of `check` and `assert_within_budget`, how their metrics are counted, and what may be gone."""

    max_layers: int | str | None
    max_largest_share: str | None
    convention: str
    allow_gone: Sequence[str]
    guard_all: bool


def limits_given(arguments: Mapping[str, object]) -> list[Limit]:
    """Return the limits among keyword arguments. Raises TypeError for what is neither a number nor a text, UsageError for a wrong one."""
    return parse_limits(
        {name: _text(name, value) for name, value in arguments.items() if name.startswith(("max_", "min_"))}, str
    )


def _text(name: str, value: object) -> str | None:
    """Return a limit as a command line has it."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError(f'{name}: received {type(value).__name__}, expected an integer or a text, e.g. "600M"')
    return f"{value} B" if isinstance(value, int) and METRICS[name.partition("_")[2]].measure == BYTES else str(value)


def bits_given(arguments: Mapping[str, object]) -> int | None:
    """Return the bits of an element; None where none are given, and each metric has its own. Raises UsageError."""
    bits = arguments.get("bits")
    if bits is None:
        return None
    if not isinstance(bits, int) or bits not in BITS:
        raise UsageError(f"bits: received {bits!r}, expected {', '.join(map(str, BITS))}")
    return bits


def refuse_unknown(function: str, arguments: Iterable[str], known: Iterable[str]) -> None:
    """Raise TypeError, as Python would, for a keyword argument that a function does not have."""
    names = list(known)
    for name in arguments:
        if name not in names:
            raise TypeError(f"{function}() got an unexpected keyword argument '{name}'{near(name, names)}")
