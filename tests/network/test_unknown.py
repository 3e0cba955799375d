"""What cannot be made leaves something unknown behind: it is reported once, and what depends on it says nothing more."""

import pytest

from dsconv_cost.errors import MOST_PROBLEMS, InputError
from dsconv_cost.network.build import elaborate
from tests.networks import architecture, lines, network, problems

NOWHERE = "no item named 'nowhere': give the intended item this name"

ONCE = {
    "a let without a result, in the input": (
        "let: {a: 1 / 0}\ninput: [a, 8, 8]\nlayers: [{conv: 4, kernel: 3}, {linear: 2}]\n",
        ["1:10 division by zero: 1 / 0"],
    ),
    "a let without a result, in another let": (
        "let: {a: 1 / 0, b: a + 1}\ninput: [3, 8, 8]\nlayers: [{conv: b, kernel: 3}, {groupnorm: b}]\n",
        ["1:10 division by zero: 1 / 0"],
    ),
    "channels that are unknown, in a field": (
        "input: [3, 8, 8]\nlayers: [{add: [nowhere, input]}, {conv: 2 * in_channels, kernel: 3}, relu]\n",
        [f"2:17 {NOWHERE}"],
    ),
    "channels that are unknown, in a composite": (
        "input: [3, 8, 8]\nlayers: [{add: [nowhere, input]}, {squeeze_excite: 2}, {inverted_residual: 8, expand: 2}]\n",
        [f"2:17 {NOWHERE}"],
    ),
    "channels that are unknown, in a split": (
        "input: [4, 8, 8]\nlayers: [{add: [nowhere, input]}, {concat: [relu, relu6], split: 2}]\n",
        [f"2:17 {NOWHERE}"],
    ),
    "channels that are unknown, in arguments and lets of blocks": (
        "blocks: {b: {arguments: {n: required, m: in_channels}, let: {k: n + m, j: in_channels}, layers: [{conv: k, kernel: 1}]}}\n"
        "input: [4, 8, 8]\nlayers: [{add: [nowhere, input]}, {b: in_channels}, {b: 4}]\n",
        [f"3:17 {NOWHERE}"],
    ),
    "a shape that is unknown, in a size": (
        "input: [3, 8, 8]\nlayers: [{add: [nowhere, input], name: s}, {resize: s, from: input}, relu]\n",
        [f"2:17 {NOWHERE}"],
    ),
    "a shape that is unknown, in a residual": (
        "input: [3, 8, 8]\nlayers: [{residual: [{add: [nowhere, input]}]}, {conv: 4, kernel: 3}]\n",
        [f"2:29 {NOWHERE}"],
    ),
    "a shape that is unknown, before an inverted residual": (
        "input: [3, 8, 8]\nlayers: [{conv: 4, kernel: 9, padding: 0}, {inverted_residual: 4, expand: 1}]\n",
        ["2:28 conv: a kernel of 9 does not fit the input of 8: take a smaller kernel, or more padding"],
    ),
    "an argument without a result": (
        "blocks: {b: {arguments: {n: required, m: 1}, layers: [{conv: n, kernel: m}]}}\n"
        "input: [4, 8, 8]\nlayers: [{b: 4, m: 1 / 0}, {b: 1 // 0}]\n",
        ["3:20 m: division by zero: 1 / 0", "3:32 n: division by zero: 1 // 0"],
    ),
    "an argument made of what is unknown": (
        "let: {a: 1 / 0}\nblocks: {b: {arguments: {n: required}, layers: [{conv: n, kernel: 1}]}}\n"
        "input: [4, 8, 8]\nlayers: [{b: a}]\n",
        ["1:10 division by zero: 1 / 0"],
    ),
    "a let of a block without a result": (
        "blocks: {b: {let: {k: 1 / 0, j: k + 1}, layers: [{conv: j, kernel: 1}]}}\ninput: [4, 8, 8]\nlayers: [b]\n",
        ["1:23 k: division by zero: 1 / 0 (used by b in line 3)"],
    ),
    "outputs that are made of what is unknown": (
        "input: [4, 8, 8]\nlayers: [{add: [nowhere, input], name: s}, {conv: 4, kernel: 1, name: c}]\noutputs: [s, c]\n",
        [f"2:17 {NOWHERE}"],
    ),
    "a residual whose body is left out": (
        "input: [4, 8, 8]\nlayers: [{residual: [{relu, when: false}]}, {channel_shuffle: 3}]\n",
        ["2:63 channel_shuffle: groups 3 does not divide the 4 channels arriving: take a divisor of 4"],
    ),
    "a field of the first repetition": (
        "input: [4, 8, 8]\nlayers: [{conv: 4, kernel: 3, repeat: 2, first: {groups: 3}}]\n",
        ["2:58 conv: groups 3 does not divide the 4 channels arriving: take one of 1, 2, 4, or another number of channels before"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), ONCE.values(), ids=ONCE)
def test_one_problem_is_one_message(text: str, said: list[str]) -> None:
    assert problems(text) == said


def test_a_search_for_problems_ends() -> None:
    layers = "\n".join(
        "  - {conv: 5, kernel: 1, groups: 3}\n  - {relu, from: input}" for _ in range(MOST_PROBLEMS + 50)
    )
    with pytest.raises(InputError) as caught:
        network(f"input: [4, 8, 8]\nlayers:\n{layers}\n")
    assert len(caught.value.problems) == MOST_PROBLEMS


WORK = {
    "repetitions of items that are left out": "layers: [relu, {sequential: [{relu, when: false}], repeat: 11}]",
    "items that are left out, in repetitions": "layers: [relu, {sequential: [{sequential: [{relu, when: false}], repeat: 4}], repeat: 2}]",
    "parts of a split": "layers: [{concat: [{relu, when: false, copies: 13}], split: 16}]",
    "items": "layers: [relu" + ", {relu, when: false}" * 12 + "]",
    "arguments": "blocks: {b: {arguments: {n: required}, layers: [{relu, when: false}]}}\nlayers: [relu, {b: [1, 2, 3, 4, 5, 6, 7, 8, 9]}]",
}  # fmt: skip


@pytest.mark.parametrize("layers", WORK.values(), ids=WORK)
def test_work_that_makes_nothing_is_bounded(layers: str) -> None:
    # 12 items and joined tensors are looked at for each layer allowed.
    with pytest.raises(InputError, match="more than 12 items and joined tensors by here"):
        elaborate(architecture(f"input: [16, 2, 2]\n{layers}\n"), 1)


def test_a_composite_counts_towards_the_bound_before_it_is_made() -> None:
    text = "input: [4, 4, 4]\nlayers: [{squeeze_excite: 2, activation: none, gate: none, repeat: 3}]\n"
    net = elaborate(architecture(text), 12)
    assert len(net.nodes) == 12
    with pytest.raises(InputError, match="would have at least 12 layers with this item; at most 11 are made"):
        elaborate(architecture(text), 11)


def test_a_branch_of_names_only() -> None:
    assert lines(network("input: [4, 8, 8]\nlayers: [{relu, name: r}, {add: [r, input]}]\n")) == [
        "r 4x8x8",
        "add1 4x8x8",
    ]
