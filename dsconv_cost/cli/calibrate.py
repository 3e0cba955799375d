"""`dsconv-cost calibrate`."""

import click

from dsconv_cost.cli.completion import offer_files
from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.models import model_options
from dsconv_cost.cli.options import Command, call_bound_option
from dsconv_cost.formats.format import CALIBRATION, Content


@click.command(cls=Command)
@click.argument("times", metavar="TIMES", shell_complete=offer_files)
@model_options
@call_bound_option
@output_options(CALIBRATION)
def command(times: str, out: Output) -> None:
    """Fit rates to times that you measured of at least 5 networks on one device, and say how far estimates by them are off.

    TIMES is a file in YAML, or in CSV with the columns network, settings (alpha=0.5 classes=5) and ms. Networks are bundled names
    and files beside it:

    \b
      times:
      - {network: mobilenet, ms: 1642}
      - {network: x.tflite, ms: 12.3}

    `dsconv-cost calibrate times.yaml --output board.yaml` writes a device, and `dsconv-cost analyze mobilenet --device board.yaml`
    estimates by it.
    """  # noqa: D301  # click reads the backspace character as "do not rewrap"
    from dsconv_cost.devices.calibrate import calibration_of
    from dsconv_cost.devices.measured import read_times
    from dsconv_cost.reports.calibrate import calibration_report

    calibration = calibration_of(read_times(times))
    out.emit(Content(CALIBRATION, lambda read_in: calibration_report(calibration), calibration), [times])
