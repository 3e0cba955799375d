"""`dsconv-cost devices`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.completion import offer_devices
from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.options import Command, DeviceType
from dsconv_cost.formats.format import REPORT

if TYPE_CHECKING:
    from dsconv_cost.devices.device import Device


@click.command(cls=Command)
@click.argument("device", required=False, type=DeviceType(), metavar="[NAME|FILE]", shell_complete=offer_devices)
@output_options(REPORT)
def command(device: "Device | None", out: Output) -> None:
    """List the devices for --device, or show what is known of one, by its name or of your own file.

    \b
    A file:
      name: my board
      source: data sheet, page 12
      dtype: int8
      peak: 64 GMAC/s
      bandwidth: 4 GB/s
    """  # noqa: D301  # click reads the backspace character as "do not rewrap"
    from dsconv_cost.reports.devices import device_report, known_report

    out.emit(known_report() if device is None else device_report(device), [device.path] if device is not None else [])
