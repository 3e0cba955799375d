"""A network under the roof of a device: each operation's MACs a byte, and the MACs a second that they allow at most."""

from collections.abc import Sequence

from dsconv_cost.devices.device import Device
from dsconv_cost.devices.times import DeviceTimes, TimedStep
from dsconv_cost.formats.html.patterns import kind_class
from dsconv_cost.formats.html.svg import (
    AXIS_ROOM,
    FIGURE_WIDTH,
    Ruler,
    circle,
    label,
    line,
    mark,
    polyline,
    spread,
    svg_figure,
    x_axis,
    y_axis,
)
from dsconv_cost.reports.on_device import in_ms, per_second
from dsconv_cost.reports.page_layers import MOST_DRAWN

_TOP, _BOTTOM, _BELOW = 26, 340, 44
_LEAST_DOT, _MOST_DOT = 3.5, 13.0
_NO_ROOM = 0.55
"""From this share of the width on, words are to the left of their point."""


def roofline(times: DeviceTimes) -> str:
    """Return the figure, or nothing for a device without a peak, a bandwidth, or an operation that makes MACs."""
    device = times.device
    steps = [step for step in times.steps if step.macs and step.intensity]
    if device.ridge is None or not device.peak or not device.bandwidth or not steps:
        return ""
    drawn = sorted(sorted(steps, key=lambda step: -step.macs)[:MOST_DRAWN], key=times.steps.index)
    low, high = spread([*(step.intensity or 0.0 for step in drawn), device.ridge], 1.6)
    x = Ruler(low, high, AXIS_ROOM, FIGURE_WIDTH - 8, log=True)
    y = Ruler(min(device.bandwidth * low, device.peak) / 1.3, device.peak * 2, _BOTTOM, _TOP, log=True)
    body = [
        y_axis(y, _rate, FIGURE_WIDTH - 8),
        x_axis(x, lambda value: f"{value:,.4g}", (_TOP, _BOTTOM), "MACs for each byte moved"),
        label(AXIS_ROOM, 14, "MACs a second at most", "axis head"),
        _roof(device, x, y),
        *_dots(device, drawn, (x, y)),
    ]
    desc = (
        f"{len(drawn)} operations by their MACs for each byte moved; at most {per_second(device.peak, 'MAC')} and "
        f"{per_second(device.bandwidth, 'B')}, so that those left of {device.ridge:.4g} MACs a byte are bound by memory. "
        "The larger a dot, the more MACs."
    )
    return svg_figure("roofline", (FIGURE_WIDTH, _BOTTOM + _BELOW), f"Operations on {device.name}", desc, "".join(body))


def _rate(value: float) -> str:
    return per_second(round(value), "MAC").replace("MAC/s", "").strip() if value >= 1 else f"{value:.2g}"


def _roof(device: Device, x: Ruler, y: Ruler) -> str:
    """Return the two limits, where they meet, and what they are called."""
    assert device.peak
    assert device.bandwidth
    assert device.ridge
    points = [
        (x.at(low), y.at(rate)) for low, rate in _slope(device, x.low, y.low)
    ]  # the slope may leave the plot below
    points += [(x.at(device.ridge), y.at(device.peak)), (x.stop, y.at(device.peak))]
    left = x.at(device.ridge) > x.start + (x.stop - x.start) * _NO_ROOM
    words = f"{device.ridge:.4g} MACs a byte"
    return (
        polyline(points, "rule")
        + line((x.at(device.ridge), y.at(device.peak)), (x.at(device.ridge), _BOTTOM), "dash")
        + label(x.stop - 4, y.at(device.peak) - 19, f"peak {per_second(device.peak, 'MAC')}", "call end")
        + label(x.at(device.ridge) + (-8 if left else 8), _BOTTOM - 10, words, "axis end" if left else "axis")
        + label(x.start + 8, _BOTTOM - 10, "bound by memory", "axis")
        + label(x.stop - 8, _BOTTOM - 10, "bound by compute", "axis end")
    )


def _slope(device: Device, low: float, least: float) -> list[tuple[float, float]]:
    """Return where the line of the bandwidth enters the plot, if that is left of the ridge."""
    assert device.bandwidth
    assert device.ridge
    start = max(low, least / device.bandwidth)
    return [(start, start * device.bandwidth)] if start < device.ridge else []


def _dots(device: Device, steps: Sequence[TimedStep], rulers: tuple[Ruler, Ruler]) -> list[str]:
    x, y = rulers
    most = max(step.macs for step in steps)
    dots: list[str] = []
    for step in steps:
        intensity = step.intensity or x.low
        assert device.peak
        assert device.bandwidth
        rate = min(device.peak, device.bandwidth * intensity)
        node = step.operation.node
        radius = _LEAST_DOT + (_MOST_DOT - _LEAST_DOT) * (step.macs / most) ** 0.5
        tip = (
            f"{step.operation.name}, {node.kind}\n{intensity:,.1f} MACs a byte, bound by {step.bound}\n"
            f"at most {per_second(round(rate), 'MAC')}, at least {in_ms(step.at_least or 0.0)}"
        )
        dot = circle(x.at(intensity), y.at(rate), radius, f"{kind_class(str(node.kind))} ring s")
        dots.append(mark(tip, dot, layer=node.place.name))
    return dots
