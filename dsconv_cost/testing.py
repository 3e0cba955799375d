"""Budgets in a test: `assert_within_budget` checks networks as `dsconv-cost check` does."""

import os
import warnings
from typing import Unpack

from dsconv_cost.api.check import check
from dsconv_cost.api.inputs import GivenNetwork, GivenSettings
from dsconv_cost.api.limits import LimitArguments, refuse_unknown
from dsconv_cost.budget.check import Outcome
from dsconv_cost.budget.verdicts import NEW, PASS, WARNING, Verdict
from dsconv_cost.errors import DsconvCostError, UsageError
from dsconv_cost.reports.verdict_text import fault_text, headline, layer_text, layers_text, verdict_sentence
from dsconv_cost.text import inert


class BudgetWarning(UserWarning):
    """A limit of the level `warn` that is exceeded."""


def assert_within_budget(
    *architectures: GivenNetwork,
    budget: str | os.PathLike[str] | None = None,
    base: str | None = None,
    locked: bool = False,
    tolerance: str | None = None,
    strict: bool = False,
    settings: GivenSettings | None = None,
    **limits: Unpack[LimitArguments],
) -> None:
    """Fail unless the networks keep every limit: the arguments', those of their files, and those of the budget file.

    Each argument is the option of `dsconv-cost check` of that name. Architectures are paths, folders,
    bundled names, dicts and what `load` returns; without any, those that the budget file names. A limit is an exact integer (of bytes for a
    size), or a text, e.g. "600M", "512 KiB" or "80%": max_params, max_macs, max_flops, max_activations, max_layers,
    max_largest_share, max_size, max_peak, max_arena, max_flash and min_saving, with convention="macs" and bits (without it 32 for
    max_size, 8 for peak, arena and flash). `allow_gone` lists files and variants that may be gone since the base; with `guard_all` it
    is an error that something goes unguarded. `settings` holds hyperparameters, e.g. {"alpha": 0.5}.

    Raises AssertionError with each limit that is exceeded and the layers that cost most, and DsconvCostError where the input is
    wrong, nothing is checked or nothing can be compared. A limit of the level `warn` gives a BudgetWarning; `strict` makes it fail.
    """
    __tracebackhide__ = True
    refuse_unknown("assert_within_budget", limits, LimitArguments.__annotations__)
    try:
        outcome = check(
            *architectures, budget=budget, base=base, locked=locked, tolerance=tolerance, strict=strict, settings=settings,
            **limits,
        ).outcome  # fmt: skip
    except DsconvCostError as error:
        raise error.with_traceback(None) from None  # what a test shows is its own line, not the way through here
    if outcome.code == 2:
        raise UsageError(_text(outcome))
    if outcome.code:
        raise AssertionError(_text(outcome))
    for verdict in outcome.verdicts:
        if verdict.status == WARNING:
            warnings.warn("\n".join(_lines(verdict)), BudgetWarning, stacklevel=2)


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
    label = "changed: " if verdict.has_changes else f"{layers_text(verdict)}: "
    for layer in verdict.layers:
        lines.append(f"  {label}{layer_text(layer, verdict)}")
        label = " " * len(label)
    return lines
