"""What `explain` says of running a layer: the bytes that it moves, MACs for each of them, and the receptive field of its output."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dsconv_cost.costs.analysis import Analysis, LayerCost
from dsconv_cost.layers.shapes import SIDES_OF
from dsconv_cost.network.graph import INPUT
from dsconv_cost.reports.sections import Section

if TYPE_CHECKING:
    from dsconv_cost.costs.footprint import Footprint, Footprints
    from dsconv_cost.layers.windows import Window
    from dsconv_cost.network.receptive_field import Reach, ReceptiveField


def running_section(analysis: Analysis, layers: Sequence[LayerCost]) -> Section:
    """Return bytes, MACs for each byte and receptive fields with their numbers filled in: of convolutions and the like if there are any."""
    footprints = analysis.as_written.footprints()
    told = [layer for layer in layers if layer.kind.accumulates] or layers
    lines: list[str] = []
    for layer in told:
        own = [*_byte_lines(layer.footprint, footprints.bits), *_field_lines(footprints, layer)]
        if len(told) > 1 and own:
            lines.append(layer.name)
            own = [f"  {line}" for line in own]
        lines += own
    return Section("running it: bytes and receptive field", lines)


def _byte_lines(footprint: "Footprint", bits: int) -> Iterator[str]:
    read, written, weights = footprint.bytes_read, footprint.bytes_written, footprint.weight_bytes
    if read is None or written is None or weights is None:
        yield "bytes   = 0: worked out within another layer of the deployed network, or nothing to work out"
        return
    moved = read + written + weights
    yield f"bytes   = {read:,} read + {written:,} written + {weights:,} of weights = {moved:,}, at {bits} bits (biases at 32)"
    if footprint.macs and footprint.macs_per_byte is not None:
        yield f"MACs/B  = {footprint.macs:,} / {moved:,} = {_ratio(footprint.macs_per_byte)}"


def _ratio(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def _field_lines(footprints: "Footprints", layer: LayerCost) -> Iterator[str]:
    """Yield a line for each side of the input, or one where they are alike."""
    field = layer.footprint.field
    if field is None or not field.sides:
        return
    steps = _steps(footprints, layer, field)
    texts = [_reach_text(reach, size, step) for reach, size, step in zip(field.sides, field.sizes, steps, strict=True)]
    sides = SIDES_OF[len(texts)]
    named = ["field   = "] if len(set(texts)) == 1 else [f"{side:<7} = " for side in sides]
    yield from (name + text for name, text in zip(named, texts, strict=False))
    if field.aligned is False:
        yield "aligned = no: branches that meet before see windows with other centres or strides"


_Step = tuple["Reach", "Window"]


def _steps(footprints: "Footprints", layer: LayerCost, field: "ReceptiveField") -> Sequence[_Step | None]:
    """Return for each side the receptive field of what the layer reads and its window there; None where they do not make the whole."""
    node = layer.node
    nothing = [None] * len(field.sides)
    if len(node.inputs) != 1 or len(node.output) != len(field.sides) + 1 or len(layer.inputs[0]) != len(node.output):
        return nothing
    (source,) = node.inputs
    before = footprints.start(INPUT - source) if source < 0 else footprints.fields.of[source]
    if before is None:
        return nothing
    windows = node.layer.windows(layer.inputs, layer.output)[0]
    makes = [
        reach.through(window, size) for reach, window, size in zip(before.sides, windows, field.sizes, strict=True)
    ]
    return [
        (reach, window) if made == after and made.stride else None
        for reach, window, made, after in zip(before.sides, windows, makes, field.sides, strict=True)
    ]


def _reach_text(reach: "Reach", size: int, step: _Step | None) -> str:
    if not reach.stride:
        return "the whole input" if reach.size == size else f"the same {reach.size:,} positions for every output"
    if step is None:
        return f"{reach.size} positions; stride {reach.stride}; padding {reach.padding}"
    before, window = step
    return (
        f"{before.extent} + ({window.extent} - 1) * {before.stride} = {reach.extent} positions; "
        f"stride {before.stride} * {window.stride} = {reach.stride}; "
        f"padding {before.padding} + {window.before} * {before.stride} = {reach.padding}"
    )
