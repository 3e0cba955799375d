"""The greedy planner on tensors of any lives, against a comparison of each with each; the many ways are one."""

import random
import time

import pytest

from dsconv_cost.memory import planner
from dsconv_cost.memory.measure import Memory
from dsconv_cost.memory.planner import head, offsets
from tests.networks import of


def _plainly(sizes: list[int], lives: list[tuple[int, int]]) -> list[int]:
    rounded = [-(-size // 16) * 16 for size in sizes]
    placed: dict[int, int] = {}
    for number in sorted(range(len(sizes)), key=lambda i: (-rounded[i], -i)):
        first, last = lives[number]
        alive = [i for i in placed if lives[i][0] <= last and first <= lives[i][1]]
        at = 0
        for offset, size in sorted((placed[i], rounded[i]) for i in alive):
            if offset - at >= rounded[number]:
                break
            at = max(at, offset + size)
        placed[number] = at
    return [placed[i] for i in range(len(sizes))]


@pytest.mark.parametrize("few", [0, 32, 10_000], ids=["tree", "either", "one by one"])
def test_any_lives(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planner, "_FEW", few)
    for seed in range(300):
        chance = random.Random(seed)
        steps, longest = chance.choice((1, 3, 10, 60)), chance.choice((0, 1, 5, 60))
        lives = []
        for _ in range(chance.randint(1, 80)):
            first = chance.randint(-1, steps)
            lives.append((first, min(steps, first + chance.randint(0, longest))))
        sizes = [chance.choice((1, 16, 17, 48, 100, 160, 1000)) for _ in lives]
        found = offsets(sizes, lives)
        assert found == _plainly(sizes, lives)
        assert head(sizes, lives) == max(at - (-size // 16) * 16 for at, size in zip(found, sizes, strict=True))


def test_thousands_of_tensors_alive_together() -> None:
    net = of("- {conv: 8, kernel: 1, repeat: 20000, name: steps}\n- {concat: [all steps]}", "8, 4, 4")
    memory = Memory(net)
    start = time.process_time()
    # 20,000 tensors of 128 bytes, the input and their concatenation.
    assert memory.arena == 2 * 20_000 * 128
    assert time.process_time() - start < 20
