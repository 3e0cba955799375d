"""What a cost saves against that of the standard form."""


def factor_against(standard: int, cost: int) -> float | None:
    """Return the cost of the standard form for each unit of a cost: 8.56 for 8.56x; None for a cost of 0."""
    return standard / cost if cost else None


def saving_against(standard: int, cost: int) -> float | None:
    """Return 1 - cost / standard in per cent, below 0 where the standard form costs less; None where it costs nothing."""
    return 100 * (standard - cost) / standard if standard else None
