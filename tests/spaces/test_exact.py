"""Exact counts of whole spaces, against going through them."""

import numpy as np
import pytest

from dsconv_cost.spaces.distributions import NotIndependent
from dsconv_cost.spaces.exact import ExactCount, exact_count
from dsconv_cost.spaces.grid import Axis
from dsconv_cost.spaces.plan import SweepPlan, engine_of
from dsconv_cost.spaces.run import all_columns


def space(
    blocks: int,
    kernels: tuple[int, ...] = (3, 5, 7),
    expands: tuple[int, ...] = (3, 4, 6),
    where: str = "",
    figures: tuple[str, ...] = ("params", "macs"),
) -> SweepPlan:
    """Return a space of inverted residuals that each choose a kernel and an expansion, at three resolutions."""
    items = "\n".join(
        f"  - {{inverted_residual: {8 * (1 + i // 2)}, kernel: k{i}, expand: e{i}, stride: {1 + i % 2}}}"
        for i in range(blocks)
    )
    names = ", ".join(f"k{i}: 3, e{i}: 6" for i in range(blocks))
    text = f"name: space\nhyperparameters: {{r: 64, {names}}}\ninput: [3, r, r]\nlayers:\n  - {{conv: 8, kernel: 3}}\n{items}\n"
    axes = [
        Axis("r", (32, 48, 64)),
        *(Axis(f"{letter}{i}", kernels if letter == "k" else expands) for i in range(blocks) for letter in "ke"),
    ]
    return SweepPlan(text, "space.yaml", False, None, tuple(axes), (), figures, where=where)


def gone_through(plan: SweepPlan) -> ExactCount:
    rows = np.concatenate([plan.points(part) for part in range(plan.parts)])
    counted = engine_of(plan).count(rows)
    columns = all_columns(plan, rows, counted.columns)
    kept = counted.possible & (plan.condition.holds(columns, len(rows)) if plan.where else True)
    ranges = {
        name: (int(columns[name][kept].min()), int(columns[name][kept].max()))
        for name in plan.counted_figures
        if kept.any() and name != "peak"
    }
    return ExactCount(plan.space_size, int(kept.sum()), int((~counted.possible).sum()), ranges)


@pytest.mark.parametrize(
    "where",
    [
        "", "macs <= 9M", "macs < 9M and macs > 4M", "params <= 3K", "peak <= 20KiB", "macs <= 7M and peak <= 30KiB",
        "macs <= 1", "flash <= 4KiB", "300 >= macs",
    ],
)  # fmt: skip
def test_it_is_what_going_through_gives(where: str) -> None:
    plan = space(3, where=where)
    assert plan.space_size == 3 * 9**3
    found, wanted = exact_count(plan), gone_through(plan)
    assert found[:3] == wanted[:3]
    assert found.ranges == {name: both for name, both in wanted.ranges.items() if name in found.ranges}
    if wanted.kept and where != "macs < 9M and macs > 4M":  # of the params beside it no range is told
        assert found.ranges.keys() == wanted.ranges.keys()


def test_structures_are_counted_apart() -> None:
    """An expansion of 1 leaves a convolution out, and a stride a residual."""
    plan = space(2, kernels=(1, 3), expands=(1, 2, 3), where="macs <= 2M")
    assert exact_count(plan) == gone_through(plan)


def test_a_space_that_nobody_goes_through() -> None:
    """3 resolutions and 17 blocks of 9 choices: 5e16 networks, each half of the blocks a few thousand sums."""
    plan = space(17, where="macs <= 20M", figures=("macs",))
    found = exact_count(plan)
    assert found.networks == 3 * 9**17
    assert 0 < found.kept < found.networks
    # The rest: the complement, counted by itself.
    assert exact_count(plan._replace(where="macs > 20M")).kept == found.networks - found.kept
    low, high = found.ranges["macs"]
    assert low == int(engine_of(plan).ordinary([0] + [0, 0] * 17)["macs"])  # the smallest of every choice
    assert high <= 20_000_000


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("macs <= 1M or peak <= 1KiB", "more than limits joined by and"),
        ("macs <= 1M and params <= 1M", "limits on several sums"),
        ("saving >= 80%", "saving is no sum"),
    ],
)
def test_what_cannot_be_counted_so_says_why(where: str, message: str) -> None:
    with pytest.raises(NotIndependent, match=message):
        exact_count(space(2, where=where))
