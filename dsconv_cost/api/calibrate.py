"""`calibrate`: rates of a device by times that were measured on it."""

import json
import os
from collections.abc import Iterator
from typing import Any

from dsconv_cost.api.result import Result
from dsconv_cost.devices.calibrate import Calibration, LeftOut, TriedModel, calibration_of
from dsconv_cost.devices.device import Device
from dsconv_cost.devices.measured import read_times
from dsconv_cost.network.allowance import one_allowance
from dsconv_cost.reports.table import Report


class CalibrationResult(Result):
    """The rates that measured times give; `for network in result` has each network with its estimate by the others."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration

    @property
    def device(self) -> Device:
        """The device, for `analyze(network, device=...)`; `leave_one_out` has the median and worst error as shares."""
        return self._calibration.device

    @property
    def models(self) -> list[TriedModel]:
        """The sets of terms that were tried, with the error of each."""
        return self._calibration.models

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms of the model that was chosen."""
        return self._calibration.chosen

    @property
    def networks(self) -> list[LeftOut]:
        """Each network: `label`, `measured` and `estimated` seconds, and `error` as a share of the measured time."""
        return self._calibration.networks

    def device_file(self) -> str:
        """Return the text of a file for `--device`."""
        from dsconv_cost.formats.device_file import device_yaml

        return device_yaml(self._calibration)

    def to_dict(self) -> dict[str, Any]:
        """Return what `dsconv-cost calibrate --format json` prints."""
        from dsconv_cost.formats.records import report_json

        document: dict[str, Any] = json.loads(report_json(self._report()))
        return document

    def _report(self) -> Report:
        from dsconv_cost.reports.calibrate import calibration_report

        return calibration_report(self._calibration)

    def __iter__(self) -> Iterator[LeftOut]:
        return iter(self.networks)

    def __len__(self) -> int:
        return len(self.networks)

    def __repr__(self) -> str:
        error = self.device.leave_one_out
        assert error is not None
        return f"<{len(self)} networks, left out off by {100 * error.median:.1f}% (median), {100 * error.worst:.1f}% (worst)>"


def calibrate(times: str | os.PathLike[str]) -> CalibrationResult:
    """Return the rates that a file of measured times gives: at least 5 networks, each with its milliseconds on one device.

    Raises InputError with every problem of the file, UsageError where there is none or no model can be fitted to the times.
    """
    if not isinstance(times, (str, os.PathLike)):
        raise TypeError(f"times: received {type(times).__name__}, expected the path of a file")
    with one_allowance():
        return CalibrationResult(calibration_of(read_times(os.fspath(times))))
