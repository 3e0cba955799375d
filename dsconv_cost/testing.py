"""Budgets in a test: `assert_within_budget` checks networks as `dsconv-cost check` does."""

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

from dsconv_cost.budget.check import Outcome, run_check
from dsconv_cost.budget.selection import Request
from dsconv_cost.budget.verdicts import NEW, PASS, WARNING, Verdict
from dsconv_cost.costs.conventions import convention_named
from dsconv_cost.errors import DsconvCostError, UsageError
from dsconv_cost.language.limits import BITS, DEFAULT_BITS, Amount, parse_limits
from dsconv_cost.language.limits import tolerance as tolerance_of
from dsconv_cost.layers.values import Value
from dsconv_cost.reports.verdict_text import fault_text, headline, layer_text, verdict_sentence
from dsconv_cost.text import inert, near


class BudgetWarning(UserWarning):
    """A limit of the level `warn` that is exceeded."""


class LimitArguments(TypedDict, total=False):
    """The limits of `assert_within_budget`, how their metrics are counted, and what may be gone."""

    max_params: int | str | None
    max_macs: int | str | None
    max_flops: int | str | None
    max_activations: int | str | None
    max_layers: int | str | None
    max_largest_share: str | None
    max_size: int | str | None
    min_saving: str | None
    bits: int
    """Of a parameter, for sizes: 8, 16 or 32."""
    convention: str
    allow_gone: Sequence[str]
    guard_all: bool


def assert_within_budget(
    *architectures: str | os.PathLike[str],
    budget: str | os.PathLike[str] | None = None,
    base: str | None = None,
    locked: bool = False,
    tolerance: str | None = None,
    strict: bool = False,
    settings: Mapping[str, Value] | None = None,
    **limits: Unpack[LimitArguments],
) -> None:
    """Fail unless the networks keep every limit: the arguments', those of their files, and those of the budget file.

    Each argument is the option of `dsconv-cost check` of that name. Architectures are paths, folders and bundled names, seen
    from the working directory; without any, those that the budget file names. A limit is an exact integer (of bytes for a
    size), or a text, e.g. "600M", "512 KiB" or "80%": max_params, max_macs, max_flops, max_activations, max_layers,
    max_largest_share, max_size and min_saving, with bits=32 and convention="macs". `allow_gone` lists files and variants that may be
    gone since the base; with `guard_all` it is an error that something goes unguarded. `settings` holds hyperparameters, e.g.
    {"alpha": 0.5}.

    Raises AssertionError with each limit that is exceeded and the layers that cost most, and DsconvCostError where the input is
    wrong, nothing is checked or nothing can be compared. A limit of the level `warn` gives a BudgetWarning; `strict` makes it fail.
    """
    __tracebackhide__ = True
    _refuse_unknown(limits)
    try:
        outcome = run_check(
            Request(
                arguments=tuple(_path(path) for path in architectures),
                settings=dict(settings or {}),
                limits=parse_limits(_texts(limits), str),
                budget=None if budget is None else _path(budget),
                base=base,
                tolerance=_growth(tolerance, base is not None or locked),
                locked=locked,
                bits=_width(limits.get("bits", DEFAULT_BITS)),
                convention=convention_named(limits.get("convention", "macs")),
                strict=strict,
                spelled=str,
                example='max_macs="600M"',
                guard_all=limits.get("guard_all", False),
                allow_gone=tuple(limits.get("allow_gone", ())),
            )
        )
    except DsconvCostError as error:
        raise error.with_traceback(None) from None  # what a test shows is its own line, not the way through here
    if outcome.code == 2:
        raise UsageError(_text(outcome))
    if outcome.code:
        raise AssertionError(_text(outcome))
    for verdict in outcome.verdicts:
        if verdict.status == WARNING:
            warnings.warn("\n".join(_lines(verdict)), BudgetWarning, stacklevel=2)


def _refuse_unknown(limits: Mapping[str, object]) -> None:
    known = LimitArguments.__annotations__
    for name in limits:
        if name not in known:
            raise TypeError(f"assert_within_budget() got an unexpected keyword argument '{name}'{near(name, known)}")


def _texts(limits: LimitArguments) -> dict[str, str | None]:
    """Return the limits as a command line has them."""
    values: dict[str, object] = {name: value for name, value in limits.items() if name.startswith(("max_", "min_"))}
    size = values.get("max_size")
    if isinstance(size, int):
        values["max_size"] = f"{size} B"
    return {name: None if value is None else str(value) for name, value in values.items()}


def _path(path: str | os.PathLike[str]) -> str:
    if not isinstance(path, str | os.PathLike):
        raise UsageError(f"received {type(path).__name__}, expected paths, each an argument of its own")
    return os.fspath(path)


def _growth(text: str | None, compared: bool) -> Amount:
    if text is not None and not compared:
        raise UsageError("tolerance needs base or locked")
    return tolerance_of("0%" if text is None else str(text), "tolerance")


def _width(bits: int) -> int:
    if bits not in BITS:
        raise UsageError(f"bits: received {bits!r}, expected {', '.join(map(str, BITS))}")
    return bits


def _text(outcome: Outcome) -> str:
    """Return everything that was not kept, and what is wrong, a line each."""
    lines = [headline(outcome)]
    for verdict in outcome.verdicts:
        if verdict.status not in (PASS, NEW):
            lines += [f"  {line}" for line in _lines(verdict)]
    for fault in outcome.faults:
        lines += [f"  {line}" for line in fault_text(fault.error).splitlines()]
    if outcome.faults:
        lines.append(f"  paths are seen from {inert(os.getcwd())}")
    return "\n".join(lines)


def _lines(verdict: Verdict) -> list[str]:
    lines = [f"{verdict.status}: {verdict.architecture}: {verdict_sentence(verdict)}"]
    if verdict.message and verdict.bound.amount is not None:
        lines.append(f"  {inert(verdict.message)}")
    label = "changed: " if verdict.before is not None else "costliest: "
    for layer in verdict.layers:
        lines.append(f"  {label}{layer_text(layer, verdict)}")
        label = " " * len(label)
    return lines
