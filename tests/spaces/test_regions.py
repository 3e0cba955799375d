"""The engine against the ordinary way: the same figures at every point, whatever the network does there."""

import random
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from dsconv_cost.costs.conventions import all_conventions
from dsconv_cost.errors import InputError
from dsconv_cost.layers.values import Value
from dsconv_cost.sources.load import load
from dsconv_cost.spaces import regions
from dsconv_cost.spaces.regions import Engine
from tests.spaces.engines import EVERY_FIGURE, engine, every_point

ALPHAS = [round(0.01 * i, 2) for i in range(25, 141)]


@pytest.fixture(autouse=True)
def _tables_for_few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions, "_FEW", 0)


def assert_equal_to_the_ordinary_way(of: Engine, seed: int, checks: int = 10) -> None:
    points = every_point(of)
    counted = of.count(points)
    chance = random.Random(seed)
    for number in chance.sample(range(len(points)), min(checks, len(points))):
        row = points[number].tolist()
        try:
            figures = of.ordinary(row)
        except InputError:
            assert not counted.possible[number], row
            continue
        assert counted.possible[number], row
        assert {name: int(column[number]) for name, column in counted.columns.items()} == figures, row


@pytest.mark.parametrize(
    ("name", "axes", "convention"),
    [
        ("mobilenet", {"alpha": ALPHAS, "resolution": range(96, 321, 8)}, "macs"),
        ("mobilenet_v2", {"alpha": ALPHAS, "resolution": range(96, 321, 32)}, "complete"),
        ("mobilenet_v2", {"alpha": [0.35, 0.5, 1.0], "depth": [0.5, 1.0, 1.4], "classes": [10, 1000]}, "deployed"),
        ("mobilenet_v3_small", {"alpha": [0.35, 0.75, 1.0], "resolution": range(90, 230, 7)}, "thop"),
        ("resnet:18", {"resolution": range(30, 300, 9), "base_width": [32, 64]}, "folded"),
        ("unet", {"resolution": range(300, 600, 13), "features": [16, 24, 32], "padded": [False, True]}, "fvcore"),
        ("densenet:121", {"growth": [12, 24, 32], "resolution": [64, 129, 224]}, "macs"),
        ("googlenet", {"resolution": range(60, 260, 21), "batch_norm": [True, False]}, "macs"),
        ("repvgg:a0", {"resolution": [64, 96, 224], "classes": [10, 100]}, "deployed"),
        ("vit:tiny", {"channels": [96, 192], "depth": [2, 4], "resolution": [200, 224, 256]}, "macs"),
        ("mobilevit_v2", {"alpha": [0.5, 0.75], "resolution": [224, 255, 256]}, "complete"),
        ("espcn", {"scale": [2, 3, 4]}, "macs"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_random_points_of_bundled_networks(name: str, axes: Mapping[str, Sequence[Value]], convention: str) -> None:
    spec = load(name).spec
    assert_equal_to_the_ordinary_way(
        engine(
            name,
            {key: list(values) for key, values in axes.items() if key in spec.hyperparameters},
            EVERY_FIGURE,
            convention,
        ),
        seed=1,
    )


def test_figures_that_papers_print() -> None:
    """Howard et al. 2017, Tables 4, 6, 7 and 9: 4.2 M and 569 M, 149 M, 290 M, 76 M; the README's exact figure."""
    of = engine("mobilenet", {"alpha": [0.5, 1.0], "resolution": [160, 224]})
    counted = of.count(every_point(of))
    macs, params = counted.columns["macs"].tolist(), counted.columns["params"].tolist()
    assert (macs[3], params[3]) == (568_740_352, 4_231_976)
    assert [macs[index] // 10**6 for index in (0, 1, 2)] == [76, 149, 290]  # the paper cuts


def test_the_space_is_split_where_residuals_appear() -> None:
    """Widths that meet add a residual: one structure would be wrong for the others."""
    of = engine("mobilenet_v2", {"alpha": ALPHAS, "resolution": [96, 224]}, ("macs", "peak", "layers"))
    of.count(every_point(of))
    assert 1 < of.regions < 10


CHOICES = """
    name: choices
    hyperparameters: {kernel: 3, se: false, act: relu, sides: [3, 3], times: 1, r: 32}
    input: [3, r, r]
    layers:
      - {conv: 8, kernel: sides, padding: 0, activation: act}
      - {conv: 8, kernel: kernel, padding: 0, repeat: times}
      - {squeeze_excite: 4, when: se}
      - {conv: 4 * in_channels if in_height > 20 else in_channels, kernel: 1}
      - global_avgpool
      - {linear: 10}
"""


def test_words_lists_flags_and_repeats_are_axes_too() -> None:
    axes: dict[str, list[Value]] = {
        "kernel": [1, 3, 5], "se": [False, True], "act": ["relu", "hardswish", "none"], "sides": [(1, 3), (3, 3), (5, 1)],
        "times": [0, 1, 2, 3], "r": [16, 24, 32],
    }  # fmt: skip
    assert_equal_to_the_ordinary_way(engine(CHOICES, axes, EVERY_FIGURE, "complete"), seed=2, checks=60)


def test_points_without_a_network_are_apart_with_their_reason() -> None:
    of = engine(CHOICES, {"r": [8, 16, 32], "kernel": [3, 7], "times": [1, 3]})
    counted = of.count(every_point(of))
    # 3x3, then `times` k x k, all without padding: r - 2 - times * (k - 1) positions are left.
    left = [r - 2 - times * (k - 1) for r in (8, 16, 32) for k in (3, 7) for times in (1, 3)]
    assert counted.possible.tolist() == [positions > 0 for positions in left]
    assert any("does not fit" in str(error) for _, error in counted.problems)


def test_counts_beyond_64_bits_are_exact() -> None:
    text = """
        name: wide
        hyperparameters: {c: 8, r: 8}
        input: [c, r, r]
        layers: [{conv: c, kernel: 3}]
    """
    values = [10**3, 10**6, 5 * 10**6]
    of = engine(text, {"c": values, "r": [10**3, 10**4]})
    counted = of.count(every_point(of))
    assert counted.columns["macs"].tolist() == [9 * c * c * r * r for c in values for r in (10**3, 10**4)]


def test_a_space_too_large_to_enumerate_is_sampled() -> None:
    names = [f"{kind}{i}" for i in range(12) for kind in "ke"]
    items = "\n".join(
        f"  - {{inverted_residual: 16, kernel: k{i}, expand: e{i}, stride: {1 + (i % 4 == 0)}}}" for i in range(12)
    )
    text = f"name: space\nhyperparameters: {{r: 128, {', '.join(f'{name}: 3' for name in names)}}}\ninput: [3, r, r]\nlayers:\n{items}\n"
    axes: dict[str, list[Value]] = {
        "r": [96, 128, 160],
        **{name: [3, 5, 7] if name[0] == "k" else [3, 4, 6] for name in names},
    }
    of = engine(text, axes, ("params", "macs", "peak", "flash"))
    points = np.random.default_rng(3).integers(0, 3, (2000, 25))
    counted = of.count(points)
    assert of.regions == 1
    for number in range(0, 2000, 250):
        figures = of.ordinary(points[number].tolist())
        assert {name: int(column[number]) for name, column in counted.columns.items()} == figures


def test_every_convention_counts_a_space() -> None:
    for convention in all_conventions():
        of = engine(
            "mobilenet_v3_small",
            {"alpha": [0.5, 1.0], "resolution": [160, 224]},
            ("params", "macs", "flops"),
            convention,
        )
        assert_equal_to_the_ordinary_way(of, seed=4, checks=4)
