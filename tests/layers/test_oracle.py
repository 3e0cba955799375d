"""The formulas of convolutions and poolings against the oracle that walks every window."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.convolution import Conv, ConvTranspose, DepthwiseConv
from dsconv_cost.layers.pooling import AvgPool, MaxPool, Pool
from dsconv_cost.layers.shapes import Pads, Shape, Sides
from tests.layers import oracle

walks = settings(max_examples=120, deadline=None, derandomize=True)

kernels = st.tuples(st.integers(1, 4), st.integers(1, 4))
strides = st.tuples(st.integers(1, 3), st.integers(1, 3))
dilations = st.tuples(st.integers(1, 3), st.integers(1, 3))
sizes = st.tuples(st.integers(1, 9), st.integers(1, 9))
pads = st.tuples(*[st.integers(0, 3)] * 4)
paddings = st.one_of(st.just("same"), pads)


def counted(layer: Layer, x: Shape) -> oracle.Walked:
    """Return what a layer says of itself, in the oracle's terms."""
    y = layer.output((x,))
    counts = layer.counts((x,), y)
    assert counts.read == x.channels * x.height * x.width
    assert counts.written == y.channels * y.height * y.width
    return oracle.Walked(y.height, y.width, counts.weights, counts.macs)


def against(walked: oracle.Walked, layer: Layer, x: Shape) -> None:
    """Compare a layer with a walk; where no window stands, the layer has to refuse."""
    if walked.height < 1 or walked.width < 1:
        with pytest.raises(LayerError, match=r"does not fit|comes out empty"):
            layer.output((x,))
        return
    assert counted(layer, x) == walked


@walks
@given(
    groups=st.integers(1, 3), ins=st.integers(1, 2), outs=st.integers(1, 2), size=sizes, kernel=kernels, stride=strides,
    padding=paddings, dilation=dilations,
)  # fmt: skip
def test_conv(
    groups: int, ins: int, outs: int, size: Sides, kernel: Sides, stride: Sides, padding: Pads | str, dilation: Sides
) -> None:
    c_in, c_out = groups * ins, groups * outs
    walked = oracle.convolution(c_in, size, c_out, kernel, stride, padding, dilation, groups)
    window = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    against(walked, Conv(out_channels=c_out, groups=groups, **window), Shape(c_in, *size))


@walks
@given(
    channels=st.integers(1, 4), multiplier=st.integers(1, 3), size=sizes, kernel=kernels, stride=strides,
    padding=paddings, dilation=dilations,
)  # fmt: skip
def test_dwconv_and_the_grouped_conv_that_it_is(
    channels: int, multiplier: int, size: Sides, kernel: Sides, stride: Sides, padding: Pads | str, dilation: Sides
) -> None:
    walked = oracle.convolution(channels, size, channels * multiplier, kernel, stride, padding, dilation, channels)
    x = Shape(channels, *size)
    window = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    against(walked, DepthwiseConv(depth_multiplier=multiplier, **window), x)
    against(walked, Conv(out_channels=channels * multiplier, groups=channels, **window), x)


@walks
@given(
    groups=st.integers(1, 2), ins=st.integers(1, 2), outs=st.integers(1, 2), size=st.tuples(*[st.integers(1, 5)] * 2),
    kernel=kernels, stride=strides, padding=pads, dilation=st.tuples(*[st.integers(1, 2)] * 2),
    extra=st.tuples(*[st.integers(0, 2)] * 2),
)  # fmt: skip
def test_conv_transpose(
    groups: int, ins: int, outs: int, size: Sides, kernel: Sides, stride: Sides, padding: Pads, dilation: Sides,
    extra: Sides,
) -> None:  # fmt: skip
    reach = [(n - 1) * s + (k - 1) * d + 1 for n, k, s, d in zip(size, kernel, stride, dilation, strict=True)]
    assume(sum(padding[:2]) <= reach[0])  # the oracle cuts what is there, and no more
    assume(sum(padding[2:]) <= reach[1])
    c_in, c_out = groups * ins, groups * outs
    walked = oracle.transposed(c_in, size, c_out, kernel, stride, padding, dilation, extra, groups)
    window = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation, "output_padding": extra}
    against(walked, ConvTranspose(out_channels=c_out, groups=groups, **window), Shape(c_in, *size))


@walks
@given(
    average=st.booleans(), channels=st.integers(1, 2), size=sizes, kernel=kernels, stride=strides, padding=paddings,
    ceil_mode=st.booleans(), count_padding=st.booleans(),
)  # fmt: skip
def test_pooling(
    average: bool, channels: int, size: Sides, kernel: Sides, stride: Sides, padding: Pads | str, ceil_mode: bool,
    count_padding: bool,
) -> None:  # fmt: skip
    x = Shape(channels, *size)
    window = {"kernel": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil_mode}
    layer: Pool = AvgPool(count_padding=count_padding, **window) if average else MaxPool(**window)
    walked = oracle.pooling(channels, size, kernel, stride, padding, ceil_mode, average and count_padding)
    if walked.height < 1 or walked.width < 1:
        with pytest.raises(LayerError, match="does not fit"):
            layer.output((x,))
        return
    y = layer.output((x,))
    assert y == (channels, walked.height, walked.width)
    assert layer.counts((x,), y).pooled == walked.read


# -- the oracle itself, by hand -------------------------------------------------------------------


def test_the_oracle_on_a_convolution_done_by_hand() -> None:
    # 3 x 3 windows in a 5 x 4 input stand at 3 x 2 places; 2 input and 3 output channels; 9 positions each.
    walked = oracle.convolution(2, (5, 4), 3, (3, 3), (1, 1), (0, 0, 0, 0), (1, 1), 1)
    assert walked == (3, 2, 9 * 2 * 3, 3 * 2 * 9 * 2 * 3)


def test_the_oracle_on_a_transposed_convolution_done_by_hand() -> None:
    # 2 x 2 kernels at stride 2 tile a 3 x 3 input into 6 x 6; every input position meets 4 weights.
    assert oracle.transposed(1, (3, 3), 1, (2, 2), (2, 2), (0, 0, 0, 0), (1, 1), (0, 0), 1) == (6, 6, 4, 9 * 4)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "ceil_mode", "expected"),
    [
        pytest.param(5, 2, 2, 0, False, (2, 2, 4 * 4), id="floor leaves the fifth row"),
        pytest.param(5, 2, 2, 0, True, (3, 3, 5 * 5), id="ceil reads it with windows that hang over"),
        pytest.param(4, 3, 2, 1, True, (3, 3, 6 * 6), id="a last window that starts at the input's last row"),
        pytest.param(4, 2, 4, 1, True, (2, 2, 2 * 2), id="a window in each corner reads one element"),
        pytest.param(2, 1, 2, 1, True, (2, 2, 1), id="windows in the padding alone read nothing"),
    ],
)
def test_the_oracle_on_poolings_done_by_hand(
    size: int, kernel: int, stride: int, padding: int, ceil_mode: bool, expected: tuple[int, int, int]
) -> None:
    both = (size, size)
    found = oracle.pooling(1, both, (kernel, kernel), (stride, stride), (padding,) * 4, ceil_mode, False)
    assert found == expected
