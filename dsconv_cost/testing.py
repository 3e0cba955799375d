"""Budgets in a test: `assert_within_budget` holds networks to what `dsconv-cost check` holds them to."""

import os
import warnings
from collections.abc import Mapping

from dsconv_cost.budget.check import Outcome, check
from dsconv_cost.budget.selection import Request
from dsconv_cost.budget.verdicts import NEW, PASS, WARNING, Verdict
from dsconv_cost.costs.conventions import convention_named
from dsconv_cost.errors import DsconvCostError, InputError, UsageError
from dsconv_cost.formats.junit import verdict_sentence
from dsconv_cost.formats.verdict_records import headline, layer_text
from dsconv_cost.language.limits import BITS, Amount, parse_limits
from dsconv_cost.language.limits import tolerance as tolerance_of
from dsconv_cost.layers.values import Value
from dsconv_cost.text import inert


class BudgetWarning(UserWarning):
    """A limit of the level `warn` that is exceeded."""


def assert_within_budget(
    *architectures: str | os.PathLike[str],
    max_params: int | str | None = None,
    max_macs: int | str | None = None,
    max_flops: int | str | None = None,
    max_activations: int | str | None = None,
    max_layers: int | str | None = None,
    max_largest_share: str | None = None,
    max_size: int | str | None = None,
    min_saving: str | None = None,
    bits: int = 32,
    budget: str | os.PathLike[str] | None = None,
    base: str | None = None,
    locked: bool = False,
    tolerance: str | None = None,
    strict: bool = False,
    settings: Mapping[str, Value] | None = None,
    convention: str = "macs",
) -> None:
    """Fail unless the networks keep every limit: the arguments', those of their files, and those of the budget file.

    Each argument is the option of `dsconv-cost check` of that name. Architectures are paths, folders and bundled names, seen
    from the working directory; without any, those that the budget file names. A limit is an exact integer (of bytes for a
    size), or a text as "600M", "512 KiB" or "80%". `settings` holds hyperparameters, as {"alpha": 0.5}.

    Raises AssertionError with each limit that is exceeded and the layers that cost most, and DsconvCostError where the input is
    wrong, nothing is checked or nothing can be compared. A limit of the level `warn` gives a BudgetWarning; `strict` makes it fail.
    """
    __tracebackhide__ = True
    written = {
        "max_params": max_params, "max_macs": max_macs, "max_flops": max_flops, "max_activations": max_activations,
        "max_layers": max_layers, "max_largest_share": max_largest_share, "max_size": _in_bytes(max_size),
        "min_saving": min_saving,
    }  # fmt: skip
    limits = {name: None if limit is None else str(limit) for name, limit in written.items()}
    try:
        compared = base is not None or locked
        outcome = check(
            Request(
                tuple(_path(path) for path in architectures), dict(settings or {}), parse_limits(limits, str),
                None if budget is None else _path(budget), base, _growth(tolerance, compared), locked, _width(bits),
                convention_named(convention), strict,
            )
        )  # fmt: skip
    except DsconvCostError as error:
        raise error.with_traceback(None) from None  # what a test shows is its own line, not the way through here
    if outcome.code == 2:
        raise UsageError(_text(outcome))
    if outcome.code:
        raise AssertionError(_text(outcome))
    for verdict in outcome.verdicts:
        if verdict.status == WARNING:
            warnings.warn("\n".join(_lines(verdict)), BudgetWarning, stacklevel=2)


def _path(path: str | os.PathLike[str]) -> str:
    if not isinstance(path, str | os.PathLike):
        raise UsageError(f"received {type(path).__name__}, expected paths, each an argument of its own")
    return os.fspath(path)


def _in_bytes(size: int | str | None) -> str | None:
    return f"{size} B" if isinstance(size, int) else size


def _growth(text: str | None, compared: bool) -> Amount:
    if text is not None and not compared:
        raise UsageError("tolerance goes with base or locked")
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
    for _, error in outcome.faults:
        text = str(error) if isinstance(error, InputError) else f"error: {inert(str(error))}"
        lines += [f"  {line}" for line in text.splitlines()]
    if outcome.faults:
        lines.append(f"  paths are seen from {inert(os.getcwd())}")
    return "\n".join(lines)


def _lines(verdict: Verdict) -> list[str]:
    lines = [f"{verdict.status}: {verdict.architecture}: {verdict_sentence(verdict)}"]
    if verdict.message and verdict.limit is not None:
        lines.append(f"  {inert(verdict.message)}")
    label = "changed: " if verdict.base is not None else "costliest: "
    for layer in verdict.layers:
        lines.append(f"  {label}{layer_text(layer, verdict)}")
        label = " " * len(label)
    return lines
