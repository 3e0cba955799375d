"""Conditions on points: against Python's own answer, and what is said of wrong ones."""

import numpy as np
import pytest

from dsconv_cost.errors import UsageError
from dsconv_cost.spaces.columns import setting_columns
from dsconv_cost.spaces.grid import Axis
from dsconv_cost.spaces.where import parse_condition

AXES = [Axis("alpha", (0.5, 1.0)), Axis("act", ("relu", "hardswish")), Axis("se", (False, True))]
MACS = [100, 300_000_000, 300_000_001, 10**18]
PEAK = [1024, 262_144, 262_145, 5]
COLUMNS = {
    "macs": np.array(MACS), "peak": np.array(PEAK), "params": np.array([10, 0, 3, 4]), "size": np.array([40, 0, 12, 16]),
    "saving": np.array([0, 240_000_000, 239_999_999, 1]), "standard_macs": np.array([100, 300_000_000, 300_000_000, 10**18]),
    **setting_columns(AXES, np.array([[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]])),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("macs <= 300M", [1, 1, 0, 0]),
        ("300M >= macs", [1, 1, 0, 0]),
        ("macs < 300000000", [1, 0, 0, 0]),
        ("macs <= 300M and peak <= 256KiB", [1, 1, 0, 0]),
        ("macs <= 300M and peak <= 256 KiB", [1, 1, 0, 0]),
        ("peak > 256KiB or params == 4", [0, 0, 1, 1]),
        ("not (peak > 256KiB or params == 4)", [1, 1, 0, 0]),
        ("saving >= 80%", [0, 1, 0, 0]),  # 240 of 300 M is 80 % exactly; one MAC fewer is not
        ("alpha == 1", [0, 0, 1, 1]),
        ("alpha < 0.75 and act == relu", [1, 0, 0, 0]),
        ("act != hardswish", [1, 0, 1, 0]),
        ("se == true", [0, 1, 1, 0]),
        ("macs / params > 20", [0, 0, 1, 1]),  # nothing is above the ratio to 0
        ("macs * 100 > 99 * macs", [1, 1, 1, 1]),  # 10**20 is beyond 64 bits
        ("macs - 100 == 0", [1, 0, 0, 0]),
        ("2 * params + 1 >= 9", [1, 0, 0, 1]),
        ("-params > -4", [0, 1, 1, 0]),
        ("size <= 16 B", [0, 1, 1, 1]),
    ],
)  # fmt: skip
def test_a_condition_holds_where_it_should(text: str, expected: list[int]) -> None:
    assert parse_condition(text, AXES).holds(COLUMNS, 4).tolist() == [bool(one) for one in expected]


def test_limits_that_all_hold_are_known_as_such() -> None:
    limits = parse_condition("macs <= 300M and (params > 4 and 256KiB >= peak)", AXES).limits
    assert limits is not None
    assert [(one.figure, one.comparison, one.amount.top) for one in limits] == [
        ("macs", "<=", 300_000_000), ("params", ">", 4), ("peak", "<=", 262_144),
    ]  # fmt: skip
    assert parse_condition("macs <= 1M or peak <= 1KiB", AXES).limits is None
    assert parse_condition("alpha < 1", AXES).limits is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("macs <= 300X", "at character 12: expected and, or, or the end, received 'X'"),
        ("macs <= 300MB", "macs: received '300MB', but macs is a count"),
        ("peak <= 300", "peak: received '300' without a unit: peak is in bytes"),
        ("peak <= 300M", "peak: received '300M', but peak is in bytes"),
        ("macs = 3", "at character 6: '=' is not an operator: compare with =="),
        ("mac <= 3", "unknown name 'mac': did you mean 'macs'?"),
        ("macs", "received a number, expected a comparison"),
        ("macs <= ", "ends early"),
        ("(macs <= 3", "this ( is never closed"),
        ("1 < macs < 3", "comparisons cannot be chained"),
        ("macs <= 3 and params", "and, or and not join comparisons"),
        ("act < relu", "words have no order"),
        ("macs <= peak", "compares a count with bytes"),
        ("(" * 40 + "macs", "nested more than 30 levels deep"),
        ("macs <= 3 " * 300, "the maximum is 2,000"),
        ("\x1b[31m", "is not an operator"),
    ],
)
def test_what_is_wrong_has_its_place(text: str, message: str) -> None:
    with pytest.raises(UsageError) as problem:
        parse_condition(text, AXES)
    assert message in str(problem.value)
    assert "\x1b" not in str(problem.value)
