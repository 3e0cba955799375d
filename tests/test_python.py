"""The Python interface: what `analyze` and `load` take, and what they refuse."""

from pathlib import Path
from typing import Any

import pytest

import dsconv_cost
from dsconv_cost import UsageError, analyze, load

# Howard et al. 2017, Table 9: 0.50 MobileNet-160
NETWORK = {
    "a name with settings": lambda: analyze("mobilenet@alpha=0.5,resolution=160"),
    "a loaded one": lambda: analyze(load("mobilenet", alpha=0.5, resolution=160)),
    "settings in a name and as keywords": lambda: analyze(load("mobilenet@alpha=0.5", resolution=160)),
}


@pytest.mark.parametrize("case", NETWORK)
def test_a_network_is_named_or_loaded(case: str) -> None:
    assert NETWORK[case]().total == (1_331_592, 76_524_800, 153_049_600)


def test_a_path_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: [3, 4, 4]\nlayers: [{conv: 5, kernel: 1, bias: false}]\n", encoding="utf-8")
    assert analyze(path).total == analyze(str(path)).total == (15, 15 * 16, 2 * 15 * 16)


WRONG: dict[str, tuple[Any, str]] = {
    "a number": (18, "received int, expected an Architecture, a path, the name of a bundled network or a dict"),
    "nothing": (None, "received NoneType, expected an Architecture"),
    "bytes": (b"mobilenet", "received bytes, expected an Architecture"),
    "an analysis": (analyze("mobilenet"), "received AnalysisResult, expected an Architecture"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_type_is_a_clear_error(case: str) -> None:
    value, message = WRONG[case]
    with pytest.raises(TypeError, match=message):
        analyze(value)
    with pytest.raises(TypeError, match="expected a path or the name of a bundled network"):
        load(value)


def test_a_setting_is_given_once() -> None:
    with pytest.raises(UsageError, match="the hyperparameter alpha is set twice: set it once"):
        load("mobilenet@alpha=0.5", alpha=1.0)


def test_the_bound_on_layers() -> None:
    # 83 primitive layers
    assert len(analyze("mobilenet", layer_bound=83).layers) == 83
    with pytest.raises(dsconv_cost.InputError, match="--layer-bound"):
        analyze("mobilenet", layer_bound=82)
