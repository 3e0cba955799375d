"""Layers as values: made from their fields, equal by them, replaced but not changed."""

import pytest

from dsconv_cost.layers import LAYERS, Layer
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.fields import PADDING, SIDES, Kind, Rejected
from dsconv_cost.layers.kinds import SplitParts
from dsconv_cost.layers.linear import Linear
from dsconv_cost.layers.pooling import AvgPool, MaxPool
from dsconv_cost.layers.resize import Pad
from dsconv_cost.layers.shapes import Shape


def test_fields_that_are_not_given_have_their_defaults() -> None:
    conv = Conv(out_channels=8, kernel=(3, 3))
    assert conv.values() == {
        "out_channels": 8, "kernel": (3, 3), "stride": 1, "padding": "same", "dilation": 1, "groups": 1,
        "bias": True, "convert": "auto", "separable": False,
    }  # fmt: skip
    # A norm makes a bias needless, and is a layer of its own.
    assert not Conv(out_channels=8, kernel=(3, 3), norm="batch").bias
    assert Conv(out_channels=8, kernel=(3, 3), norm="batch", bias=True).bias
    assert MaxPool(kernel=(3, 2)).stride == (3, 2)
    assert AvgPool(kernel=(3, 2), stride=(1, 1)).stride == (1, 1)


def test_layers_of_equal_fields_are_equal() -> None:
    conv = Conv(out_channels=8, kernel=(3, 3), bias=False)
    assert conv == Conv(out_channels=8, kernel=(3, 3), norm="batch")
    assert hash(conv) == hash(Conv(out_channels=8, kernel=(3, 3), norm="batch"))
    assert conv != conv.replace(stride=(2, 2))
    assert LAYERS["relu"]() == LAYERS["relu"]()
    assert LAYERS["relu"]() != LAYERS["relu6"]()
    assert MaxPool(kernel=(2, 2)) != AvgPool(kernel=(2, 2))
    assert conv != "conv"


def test_replace_leaves_the_layer_as_it_was() -> None:
    depthwise = DepthwiseConv(kernel=(3, 3), bias=False)
    biased = depthwise.replace(bias=True)
    assert (type(biased), biased.bias, biased.kernel, depthwise.bias) == (DepthwiseConv, True, (3, 3), False)


def test_a_layer_says_what_it_holds() -> None:
    assert repr(Linear(out_features=10, bias=False)) == "Linear(out_features=10, bias=False)"
    assert repr(LAYERS["relu"]()) == "Relu()"


WRONG: dict[str, tuple[type[Layer], dict[str, object], str]] = {
    "an unknown field": (Conv, {"out_channels": 8, "kernel": (3, 3), "kernle": 3}, "conv has no field kernle"),
    "a missing field": (Conv, {"out_channels": 8}, "conv needs kernel"),
    "a missing window": (MaxPool, {}, "maxpool needs kernel"),
}


@pytest.mark.parametrize(("type_", "values", "said"), WRONG.values(), ids=WRONG)
def test_wrong_fields_are_refused(type_: type[Layer], values: dict[str, object], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        type_(**values)


SHOWN = {
    "one number": (SIDES, 3, "3"),
    "two sides": (SIDES, (3, 1), "[3, 1]"),
    "pads for each side": (PADDING, (1, 2), "[1, 2]"),
    "four pads": (PADDING, (0, 1, 2, 3), "[0, 1, 2, 3]"),
}


@pytest.mark.parametrize(("kind", "value", "text"), SHOWN.values(), ids=SHOWN)
def test_sizes_are_shown_as_they_are_written(kind: Kind, value: object, text: str) -> None:
    assert kind.show(value) == text


def test_what_a_kind_does_not_take() -> None:
    for kind, value in (
        (PADDING, (1, 2, 3, 4, 5)),
        (PADDING, ((1, 2), 3)),
        (SIDES, (1, 2, 3, 4)),
        (PADDING, "valdi"),
        (SplitParts(), ()),
    ):
        with pytest.raises(Rejected, match="expected"):
            kind.accept(value)


def test_a_pad_has_its_sides_as_padding() -> None:
    assert Pad(sides=(1, 2, 3, 4)).settings((Shape(2, 8, 8),)) == {"padding": (1, 2, 3, 4)}
