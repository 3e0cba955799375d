"""Ten thousand random points of twenty bundled families, by the engine and the ordinary way."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from dsconv_cost.errors import InputError
from dsconv_cost.layers.values import Value
from tests.spaces.engines import engine

pytestmark = pytest.mark.fuzz

POINTS = 500
ALPHAS: list[Value] = [round(0.05 * i, 2) for i in range(5, 29)]
SIDES: list[Value] = list(range(64, 257, 4))
CLASSES: list[Value] = [2, 10, 100, 1000]

FAMILIES: dict[str, Mapping[str, Sequence[Value]]] = {
    "mobilenet": {"alpha": ALPHAS, "resolution": SIDES, "middle": [0, 1, 5, 7], "batch_norm": [True, False]},
    "mobilenet_v2": {"alpha": ALPHAS, "resolution": SIDES, "depth": [0.5, 1.0, 1.2], "classes": CLASSES},
    "mobilenet_v3_small": {"alpha": ALPHAS, "resolution": SIDES},
    "mobilenet_v3_large": {"alpha": ALPHAS, "resolution": SIDES},
    "mnasnet": {"alpha": ALPHAS, "resolution": SIDES},
    "shufflenet_v2": {"resolution": list(range(64, 257)), "classes": CLASSES},
    "squeezenet": {"resolution": list(range(40, 300)), "classes": CLASSES},
    "resnet:18": {"resolution": list(range(30, 300)), "base_width": [16, 32, 64], "classes": CLASSES},
    "resnet_cifar:20": {"classes": list(range(1, 200))},
    "vgg:11": {"resolution": list(range(20, 260)), "classes": CLASSES},
    "alexnet": {"resolution": list(range(40, 300)), "classes": CLASSES},
    "ds_cnn": {"channels": list(range(8, 300, 4)), "blocks": [1, 2, 3, 4, 5], "frames": list(range(20, 80))},
    "darknet": {"resolution": list(range(32, 300)), "classes": CLASSES},
    "unet": {"resolution": list(range(190, 400)), "features": [8, 16, 24], "padded": [False, True]},
    "espcn": {"scale": [2, 3, 4, 5]},
    "dncnn": {"depth": list(range(3, 20)), "channels": [16, 32, 64]},
    "lenet5": {"classes": list(range(1, 300))},
    "kws_gru": {"classes": list(range(1, 300))},
    "vit:tiny": {"channels": [48, 96, 192], "depth": [1, 2, 3], "resolution": list(range(32, 257, 8))},
    "mobilevit_v2": {"alpha": [0.5, 0.75, 1.0, 1.5], "resolution": list(range(64, 300, 4))},
}  # fmt: skip


def test_there_are_ten_thousand() -> None:
    assert POINTS * len(FAMILIES) == 10_000


@pytest.mark.parametrize("name", FAMILIES)
def test_the_engine_counts_as_the_ordinary_way(name: str) -> None:
    of = engine(name, FAMILIES[name], ("params", "macs", "flops", "peak", "flash"))
    chance = np.random.default_rng(16)
    rows = np.stack([chance.integers(0, len(axis.values), POINTS) for axis in of.axes], axis=1)
    counted = of.count(rows, few=0)
    assert not of.one_by_one
    possible = 0
    for number, row in enumerate(rows.tolist()):
        try:
            figures = of.ordinary(row)
        except InputError:
            assert not counted.possible[number], row
            continue
        possible += 1
        assert counted.possible[number], row
        assert {key: int(column[number]) for key, column in counted.columns.items()} == figures, row
    assert possible > POINTS // 10
