"""Limits that a call gives as texts: options of the command line, arguments of Python."""

from collections.abc import Callable, Mapping

from dsconv_cost.errors import UsageError
from dsconv_cost.language.limits import METRICS, TOLERANCE, Amount, BudgetEntry, QuantityProblem, amount


def entries(limits: Mapping[str, str | None], label: Callable[[str], str]) -> list[BudgetEntry]:
    """Return the limits that are given, each under its label as its source. Raises UsageError for one that is none."""
    found: list[BudgetEntry] = []
    for name, text in limits.items():
        if text is None:
            continue
        bound, _, metric = name.partition("_")
        try:
            limit = amount(text, METRICS[metric])
        except QuantityProblem as problem:
            raise UsageError(f"{label(name)}: {problem}") from None
        high, low = (limit, None) if bound == "max" else (None, limit)
        found.append(BudgetEntry(METRICS[metric], high, low, path=label(name)))
    return found


def option(name: str) -> str:
    """Return the option of the command line for a limit: `--max-macs` for `max_macs`."""
    return f"--{name.replace('_', '-')}"


def tolerance(text: str, label: str) -> Amount:
    """Return the growth that is allowed, as a share. Raises UsageError for what is no share."""
    try:
        return amount(text, TOLERANCE)
    except QuantityProblem as problem:
        raise UsageError(f"{label}: {problem}") from None
