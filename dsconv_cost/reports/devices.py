"""The report of `devices`: those that the package knows, or one with everything that is known of it."""

from collections.abc import Sequence

from dsconv_cost.devices.device import Device
from dsconv_cost.devices.known import KNOWN
from dsconv_cost.devices.work import TERMS
from dsconv_cost.reports.on_device import RULE, error_notes
from dsconv_cost.reports.table import PLAIN, SCALED, TEXT, Cell, Column, Report, Table
from dsconv_cost.text import inert

_DEVICE_COLUMNS = (
    Column("name", "device", TEXT),
    Column("dtype", "type", TEXT, 2),
    Column("peak", "MAC/s", SCALED),
    Column("bandwidth", "B/s", SCALED),
    Column("ridge", "MACs/byte", PLAIN, 1),
    Column("source", "source", TEXT, 3, below=True),
)
_RATE_COLUMNS = (
    Column("term", "term", TEXT),
    Column("nanoseconds", "ns each", PLAIN),
    Column("words", "of", TEXT),
)


def known_report() -> Report:
    """Return the devices that the package knows."""
    notes = [
        ("use", "analyze NETWORK --device NAME, or a file with name, source, dtype, peak and bandwidth"),
        ("MACs/byte", "peak / bandwidth: an operation with fewer MACs for each byte that it moves is bound by memory"),
        ("measured", "calibrate TIMES.yaml makes a device of your own from measured times"),
    ]
    return Report(f"{len(KNOWN)} devices", [_device_table([*KNOWN.values()])], notes)


def device_report(device: Device) -> Report:
    """Return what is known of one device."""
    tables, notes = [_device_table([device])], [("at least", RULE)] if device.peak is not None else []
    if device.rates:
        tables.append(rate_table(device))
        notes += error_notes(device)
    return Report(inert(device.name), tables, notes)


def _device_table(devices: Sequence[Device]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            inert(device.name), device.dtype.name if device.dtype else None, device.peak, device.bandwidth,
            None if device.ridge is None else float(f"{device.ridge:.4g}"), inert(device.source),
        )
        for device in devices
    ]  # fmt: skip
    return Table("devices", _DEVICE_COLUMNS, rows)


def rate_table(device: Device) -> Table:
    """Return the time that each term takes on a device."""
    rows: list[tuple[Cell, ...]] = [
        (name, float(f"{1e9 * seconds:.4g}"), TERMS[name].words) for name, seconds in device.rates.items()
    ]
    return Table("rates", _RATE_COLUMNS, rows)
