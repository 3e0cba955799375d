"""What reports say of a network on a device: columns of its rows, a sentence, a note, and an object for programs."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dsconv_cost.devices.device import MEMORY, Device
from dsconv_cost.reports.table import DURATION, TEXT, Cell, Column
from dsconv_cost.text import inert

if TYPE_CHECKING:  # most reports are of no device
    from dsconv_cost.devices.times import DeviceTimes, PartTime

RULE = (
    "each operation takes at least max(MACs / peak, bytes / bandwidth), where it reads its inputs and weights and writes its output "
    "once; a runtime that keeps tensors on the chip between operations, or multiplies less (Winograd), may be faster"
)


_COLUMNS = (
    Column("bound", "bound", TEXT, colors={MEMORY: "yellow"}),
    Column("at_least_ms", "at least", DURATION),
    Column("about_ms", "about", DURATION),
)
TIME_KEYS = tuple(column.key for column in _COLUMNS)
"""The keys that a row gets for programs."""


def time_columns(device: Device, of_whole: bool = False) -> tuple[Column, ...]:
    """Return the columns of what is known of the device; a whole network has no bound of its own."""
    known = (device.ridge is not None and not of_whole, device.peak is not None, bool(device.rates))
    return tuple(column for column, is_known in zip(_COLUMNS, known, strict=True) if is_known)


def time_cells(columns: Iterable[Column], time: "PartTime | None", count: int = 1) -> tuple[Cell, ...]:
    """Return the cells of these columns for a row that stands for `count` equal ones."""
    values = time_document(time) if time is not None else {}
    cells = [values.get(column.key) for column in columns]
    return tuple(cell * count if isinstance(cell, float) else cell for cell in cells)


def time_answer(times: "DeviceTimes") -> Iterator[str]:
    """Yield what the whole network takes."""
    device, whole = times.device, times.whole
    if whole.at_least is not None and device.dtype is not None:
        told = f"On {inert(device.name)} at {device.dtype.name}: at least {in_ms(whole.at_least)}"
        if device.ridge is None:
            yield f"{told}, by its MACs alone: it has no bandwidth."
        else:
            bound = [step for step in times.steps if step.bound == MEMORY]
            share = (times.bound_by(MEMORY).at_least or 0.0) / whole.at_least if whole.at_least else 0.0
            yield (
                f"{told}, operation by operation; {len(bound):,} of {len(times.steps):,} are bound by memory, "
                f"{100 * share:.0f}% of that time. By MACs alone: at least {in_ms(times.by_compute or 0.0)}."
            )
    if whole.about is not None and device.leave_one_out is not None:
        error = device.leave_one_out
        outside = "" if error.covers(whole.about) else (
            f" This one is outside of what was measured, {in_ms(error.least)} to {in_ms(error.most)}: it may be off by more."
        )  # fmt: skip
        yield (
            f"On {inert(device.name)}: about {in_ms(whole.about)}. Each of {error.networks} measured networks, estimated by the times of "
            f"the others: off by {error_text(error.median)} (median), {error_text(error.worst)} (worst).{outside}"
        )


def time_notes(device: Device, brief: bool = False) -> list[tuple[str, str]]:
    """Return the figures of the device and where they are from, and unless `brief` what they hold for."""
    source = inert(device.source)
    if device.peak is None:
        return [("device", source)]
    figures = f"peak {per_second(device.peak, 'MAC')}"
    if device.bandwidth is not None and device.ridge is not None:
        figures += f", {per_second(device.bandwidth, 'B')}, ridge at {device.ridge:.4g} MACs a byte"
    return [("device", f"{figures} ({source})"), *([] if brief else [("at least", RULE)])]


def error_notes(device: Device) -> list[tuple[str, str]]:
    """Return how far estimates by the rates of a device are off, and where that was measured."""
    error = device.leave_one_out
    if error is None:
        return []
    return [
        (
            "about", f"off by {error_text(error.median)} (median), {error_text(error.worst)} (worst): each of {error.networks} measured "
            f"networks, {in_ms(error.least)} to {in_ms(error.most)}, estimated by the times of the others"
        )
    ]  # fmt: skip


def device_document(device: Device) -> dict[str, Any]:
    """Return a device as JSON has it."""
    error = device.leave_one_out
    return {
        "name": device.name,
        "source": device.source,
        "path": device.path or None,
        "dtype": device.dtype.name if device.dtype else None,
        "peak_macs_per_second": device.peak,
        "bandwidth_bytes_per_second": device.bandwidth,
        "ridge_macs_per_byte": device.ridge,
        "seconds_per_unit": dict(device.rates) or None,
        "leave_one_out": None
        if error is None
        else {
            "networks": error.networks,
            "median_error": error.median,
            "worst_error": error.worst,
            "shortest_ms": milliseconds(error.least),
            "longest_ms": milliseconds(error.most),
        },
    }


def times_document(times: "DeviceTimes") -> dict[str, Any]:
    """Return a network on a device as JSON has it, without its layers."""
    whole, error = times.whole, times.device.leave_one_out
    return {
        "device": {
            **device_document(times.device),
            **time_document(whole),
            "at_least_by_compute_ms": milliseconds(times.by_compute),
            "operations": len(times.steps),
            "bound_by_memory": sum(step.bound == MEMORY for step in times.steps),
            "within_measured_times": error.covers(whole.about) if error and whole.about is not None else None,
        }
    }


def time_document(time: "PartTime") -> dict[str, Any]:
    """Return the time of a part as JSON has it."""
    return dict(zip(TIME_KEYS, (time.bound, milliseconds(time.at_least), milliseconds(time.about)), strict=True))


def milliseconds(seconds: float | None) -> float | None:
    """Return seconds as milliseconds, without digits that only the conversion made."""
    return None if seconds is None else float(f"{1000 * seconds:.12g}")


def in_ms(seconds: float) -> str:
    """Return a time in milliseconds with three digits: 0.261 ms, 163 ms."""
    ms = 1000 * seconds
    decimals = next((count for count, least in ((0, 100), (1, 10), (2, 1), (3, 0.1), (4, 0.01)) if ms >= least), 6)
    return f"{ms:,.{decimals}f} ms" if ms else "0 ms"


def per_second(amount: int, unit: str) -> str:
    """Return an amount a second in the largest unit that it fills: 64 GMAC/s."""
    scale, letter = next(
        (s, letter) for s, letter in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (1, "")) if amount >= s
    )
    return f"{amount / scale:,.6g} {letter}{unit}/s"


def error_text(share: float) -> str:
    return f"{100 * share:.1f}%"
