"""The formulas of convolutions and poolings against the oracle that walks every window."""

from itertools import chain, product
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.pooling import AvgPool, MaxPool, Pool
from dsconv_cost.layers.shapes import Pads, Shape, Sides
from dsconv_cost.layers.transposed import ConvTranspose
from tests.layers import oracle

walks = settings(max_examples=150, deadline=None, derandomize=True)


class Window(NamedTuple):
    """A random window on an input of one, two or three sides."""

    size: Sides
    kernel: Sides
    stride: Sides
    pads: Pads
    dilation: Sides
    is_same: bool

    @property
    def padding(self) -> Pads | str:
        return "same" if self.is_same else self.pads

    def fields(self, *names: str) -> dict[str, Any]:
        """Return the fields of a layer; pads stand in a row there."""
        written = {name: getattr(self, name) for name in ("kernel", "stride", *names)}
        return {**written, "padding": "same" if self.is_same else tuple(chain(*self.pads))}


@st.composite
def windows(draw: st.DrawFn, most: int = 9, is_same: bool | None = None) -> Window:
    """Draw a window; the more sides, the smaller they are, for the walk takes every step."""
    sides = draw(st.sampled_from((1, 2, 2, 3)))
    most = min(most, (9, 9, 5)[sides - 1])

    def each(low: int, high: int) -> Sides:
        return tuple(draw(st.integers(low, high)) for _ in range(sides))

    kernel = each(1, 4 if sides < 3 else 3)
    pads = tuple((draw(st.integers(0, 3)), draw(st.integers(0, 3))) for _ in range(sides))
    return Window(
        each(1, most), kernel, each(1, 3), pads, each(1, 3), draw(st.booleans()) if is_same is None else is_same
    )


def counted(layer: Layer, x: Shape) -> oracle.Walked:
    """Return what a layer says of itself, in the oracle's terms."""
    y = layer.output((x,))
    counts = layer.counts((x,), y)
    assert counts.read == len(list(product(*map(range, x))))
    assert counts.written == len(list(product(*map(range, y))))
    return oracle.Walked(y.sides, counts.weights, counts.macs)


def against(walked: oracle.Walked, layer: Layer, x: Shape) -> None:
    """Compare a layer with a walk; where no window stands, the layer has to refuse."""
    if min(walked.sizes) < 1:
        with pytest.raises(LayerError, match=r"does not fit|comes out empty"):
            layer.output((x,))
        return
    assert counted(layer, x) == walked


@walks
@given(groups=st.integers(1, 3), ins=st.integers(1, 2), outs=st.integers(1, 2), w=windows())
def test_conv(groups: int, ins: int, outs: int, w: Window) -> None:
    c_in, c_out = groups * ins, groups * outs
    walked = oracle.convolution(c_in, w.size, c_out, w.kernel, w.stride, w.padding, w.dilation, groups)
    against(walked, Conv(out_channels=c_out, groups=groups, **w.fields("dilation")), Shape(c_in, *w.size))


@walks
@given(channels=st.integers(1, 4), multiplier=st.integers(1, 3), w=windows())
def test_dwconv_and_the_grouped_conv_that_it_is(channels: int, multiplier: int, w: Window) -> None:
    out = channels * multiplier
    walked = oracle.convolution(channels, w.size, out, w.kernel, w.stride, w.padding, w.dilation, channels)
    x = Shape(channels, *w.size)
    against(walked, DepthwiseConv(depth_multiplier=multiplier, **w.fields("dilation")), x)
    against(walked, Conv(out_channels=out, groups=channels, **w.fields("dilation")), x)


@walks
@given(
    groups=st.integers(1, 2), ins=st.integers(1, 2), outs=st.integers(1, 2), w=windows(most=5, is_same=False),
    extra=st.tuples(*[st.integers(0, 2)] * 3),
)  # fmt: skip
def test_conv_transpose(groups: int, ins: int, outs: int, w: Window, extra: Sides) -> None:
    extra = extra[: len(w.size)]
    reach = [(n - 1) * s + (k - 1) * d + 1 for n, k, s, d in zip(w.size, w.kernel, w.stride, w.dilation, strict=True)]
    assume(all(sum(ends) <= whole for ends, whole in zip(w.pads, reach, strict=True)))  # the oracle cuts what is there
    c_in, c_out = groups * ins, groups * outs
    walked = oracle.transposed(c_in, w.size, c_out, w.kernel, w.stride, w.pads, w.dilation, extra, groups)
    layer = ConvTranspose(out_channels=c_out, groups=groups, output_padding=extra, **w.fields("dilation"))
    against(walked, layer, Shape(c_in, *w.size))


@walks
@given(average=st.booleans(), channels=st.integers(1, 2), w=windows(), ceil_mode=st.booleans(), padded=st.booleans())
def test_pooling(average: bool, channels: int, w: Window, ceil_mode: bool, padded: bool) -> None:
    x = Shape(channels, *w.size)
    window = w.fields() | {"ceil_mode": ceil_mode}
    layer: Pool = AvgPool(count_padding=padded, **window) if average else MaxPool(**window)
    walked = oracle.pooling(channels, w.size, w.kernel, w.stride, w.padding, ceil_mode, average and padded)
    if min(walked.sizes) < 1:
        with pytest.raises(LayerError, match="does not fit"):
            layer.output((x,))
        return
    y = layer.output((x,))
    assert y == (channels, *walked.sizes)
    assert layer.counts((x,), y).pooled == walked.read


# -- the oracle itself, by hand -------------------------------------------------------------------


def test_the_oracle_on_a_convolution_done_by_hand() -> None:
    # 3 x 3 windows in a 5 x 4 input stand at 3 x 2 places; 2 input and 3 output channels; 9 positions each.
    walked = oracle.convolution(2, (5, 4), 3, (3, 3), (1, 1), ((0, 0), (0, 0)), (1, 1), 1)
    assert walked == ((3, 2), 9 * 2 * 3, 3 * 2 * 9 * 2 * 3)


def test_the_oracle_on_a_transposed_convolution_done_by_hand() -> None:
    # 2 x 2 kernels at stride 2 tile a 3 x 3 input into 6 x 6; every input position meets 4 weights.
    assert oracle.transposed(1, (3, 3), 1, (2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1), (0, 0), 1) == ((6, 6), 4, 9 * 4)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "ceil_mode", "expected"),
    [
        pytest.param(5, 2, 2, 0, False, ((2, 2), 4 * 4), id="floor leaves the fifth row"),
        pytest.param(5, 2, 2, 0, True, ((3, 3), 5 * 5), id="ceil reads it with windows that hang over"),
        pytest.param(4, 3, 2, 1, True, ((3, 3), 6 * 6), id="a last window that starts at the input's last row"),
        pytest.param(4, 2, 4, 1, True, ((2, 2), 2 * 2), id="a window in each corner reads one element"),
        pytest.param(2, 1, 2, 1, True, ((2, 2), 1), id="windows in the padding alone read nothing"),
    ],
)
def test_the_oracle_on_poolings_done_by_hand(
    size: int, kernel: int, stride: int, padding: int, ceil_mode: bool, expected: tuple[Sides, int]
) -> None:
    both = (size, size)
    found = oracle.pooling(1, both, (kernel, kernel), (stride, stride), ((padding, padding),) * 2, ceil_mode, False)
    assert found == expected
