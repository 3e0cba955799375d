"""The picture of networks side by side: dots where their figures are, the Pareto front, and every name."""

import json
import math
import random
from itertools import combinations
from pathlib import Path

import pytest

from dsconv_cost.formats.html.scatter import Dot, PlotAxis, pareto_front
from tests.command import run
from tests.formats.svg_texts import Picture, Shape, Words, read_svg

MANY = ("mobilenet*", "resnet:*", "efficientnet:b0")


def picture(*arguments: str, cwd: Path | None = None) -> Picture:
    result = run("compare", *arguments, "--format", "svg", cwd=cwd)
    assert result.code == 0, result.err
    return read_svg(result.out)


def panels(drawn: Picture) -> list[tuple[list[Shape], list[Words]]]:
    """Return the dots and the words of each plot."""
    tops = [words.baseline for words in drawn.words if words.text in ("params", "top-1, per cent")]
    ends = [*tops[1:], drawn.height]
    return [
        (
            [shape for shape in drawn.shapes if "k-pointwise" in shape.css and top < shape.top < end],
            [words for words in drawn.words if top < words.baseline < end],
        )
        for top, end in zip(tops, ends, strict=True)
    ]


def rows(*arguments: str) -> list[dict[str, float]]:
    found: list[dict[str, float]] = json.loads(run("compare", *arguments, "--format", "json").out)["networks"]
    return found


def middle(shape: Shape) -> tuple[float, float]:
    return (shape.left + shape.right) / 2, (shape.top + shape.bottom) / 2


def test_dots_are_where_the_figures_are() -> None:
    networks = rows(*MANY)
    (costs, _), (accuracies, _) = panels(picture(*MANY))
    # Logarithmic where the largest is more than eight times the smallest: places are linear in the logarithm, y upwards.
    expected = sorted((math.log(one["macs"]), -math.log(one["params"])) for one in networks)
    assert_linear(sorted(map(middle, costs)), expected)
    expected = sorted((math.log(one["macs"]), -one["top1"]) for one in networks if one["top1"])
    assert_linear(sorted(map(middle, accuracies)), expected)


def assert_linear(places: list[tuple[float, float]], values: list[tuple[float, float]]) -> None:
    assert len(places) == len(values)
    for direction in (0, 1):
        seen = [one[direction] for one in places]
        meant = [one[direction] for one in values]
        scale = (max(seen) - min(seen)) / (max(meant) - min(meant))
        start = min(seen) - min(meant) * scale
        assert [start + scale * one for one in meant] == pytest.approx(seen, abs=0.05)


def test_filled_dots_are_the_front() -> None:
    networks = rows(*MANY)
    (costs, _), (accuracies, _) = panels(picture(*MANY))

    def front(key: str, sign: int) -> int:
        points = [(one["macs"], sign * one[key]) for one in networks if one[key]]
        return sum(
            not any(other != point and other[0] <= point[0] and other[1] <= point[1] for other in points)
            for point in points
        )

    assert sum("hollow" not in dot.css for dot in costs) == front("params", 1)
    assert sum("hollow" not in dot.css for dot in accuracies) == front("top1", -1)
    assert front("top1", -1) > 4


def test_every_name_is_there_and_none_is_covered() -> None:
    labels = [str(one["network"]) for one in rows(*MANY)]
    drawn = picture(*MANY)
    for dots, words in panels(drawn):
        texts = " · ".join(each.text for each in words)
        known = [label for label in labels if label in texts]
        assert len(known) == len(dots)
        names = [each for each in words if each.text in labels]
        assert len(names) > 8
        for one, other in combinations(names, 2):
            apart = one.right <= other.left or other.right <= one.left
            assert apart or abs(one.baseline - other.baseline) >= 12, (one, other)
        for name in names:
            for dot in dots:
                apart = dot.right <= name.left or dot.left >= name.right
                assert apart or dot.bottom <= name.baseline - 10 or dot.top >= name.baseline + 3.2, (name, dot)
    assert max(words.right for words in drawn.words) <= 720
    assert max(words.baseline for words in drawn.words) < drawn.height


def test_one_network_and_networks_without_accuracy(tmp_path: Path) -> None:
    assert len(panels(picture("mobilenet"))) == 1
    net = "input: [3, 8, 8]\nlayers: [{conv: 8, kernel: 3}]\n"
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(net)
    drawn = picture("a.yaml", "b.yaml", cwd=tmp_path)
    assert len(panels(drawn)) == 1
    assert {words.text for words in drawn.words} >= {"a.yaml", "b.yaml"}
    (tmp_path / "free.yaml").write_text("input: [3, 8, 8]\nlayers: [relu]\n")  # 0 has no logarithm
    assert len(panels(picture("a.yaml", "free.yaml", cwd=tmp_path))) == 1


def test_a_hostile_label(tmp_path: Path) -> None:
    name = "<b>&\"'.yaml"
    (tmp_path / name).write_text("input: [3, 8, 8]\nlayers: [{conv: 8, kernel: 3}]\n")
    assert name in {words.text for words in picture(name, "mobilenet", cwd=tmp_path).words}


@pytest.mark.parametrize("more", [False, True])
def test_the_front_of_random_dots(more: bool) -> None:
    chance = random.Random(7)
    axes = PlotAxis("x", str), PlotAxis("y", str, more_is_better=more)
    for _ in range(200):
        dots = [Dot("", chance.randint(0, 5), chance.randint(0, 5), "") for _ in range(chance.randint(1, 9))]
        sign = -1 if more else 1
        expected = [
            dot
            for dot in dots
            if not any((o.x, o.y) != (dot.x, dot.y) and o.x <= dot.x and sign * o.y <= sign * dot.y for o in dots)
        ]
        assert sorted(pareto_front(dots, *axes)) == sorted(expected)
