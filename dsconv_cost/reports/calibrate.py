"""The report of `calibrate`: each network's time beside the estimate of it by the others, the rates, the models that were tried."""

from dsconv_cost.devices.calibrate import Calibration
from dsconv_cost.reports.devices import rate_table
from dsconv_cost.reports.on_device import device_document, error_text, milliseconds
from dsconv_cost.reports.table import CHANGE, DURATION, PERCENT, TEXT, Cell, Column, Report, Table
from dsconv_cost.text import inert

_NETWORK_COLUMNS = (
    Column("network", "network", TEXT),
    Column("measured_ms", "measured", DURATION),
    Column("estimated_ms", "by the others", DURATION),
    Column("error", "off by", CHANGE),
)
_MODEL_COLUMNS = (
    Column("model", "model", TEXT),
    Column("median", "median", PERCENT),
    Column("worst", "worst", PERCENT),
    Column("verdict", "", TEXT, quoted=False),
)


def calibration_report(calibration: Calibration) -> Report:
    """Return what measured times give."""
    device = calibration.device
    error = device.leave_one_out
    assert error is not None
    networks: list[tuple[Cell, ...]] = [
        (inert(one.label), milliseconds(one.measured), milliseconds(one.estimated), one.error)
        for one in calibration.networks
    ]
    models: list[tuple[Cell, ...]] = [
        (
            " + ".join(model.terms),
            model.median,
            model.worst,
            "chosen" if model.terms == calibration.chosen else model.reason,
        )
        for model in calibration.models
    ]
    tables = [
        Table("networks", _NETWORK_COLUMNS, networks), rate_table(device), Table("models", _MODEL_COLUMNS, models),
    ]  # fmt: skip
    notes = [
        ("by the others", "each network by the model and the rates that the times of all others give"),
        (
            "models",
            "the sum of rates times amounts; chosen is the least root mean square of the errors of networks left out",
        ),
        ("use", "--output board.yaml writes the device; analyze NETWORK --device board.yaml estimates by it"),
    ]
    answer = (f"Model: {' + '.join(calibration.chosen)}, the best of {len(calibration.models)} that were tried.",)
    headline = (
        f"{inert(device.name)}: {error.networks} networks, each estimated by the times of the others: off by "
        f"{error_text(error.median)} (median), {error_text(error.worst)} (worst)"
    )
    return Report(headline, tables, notes, {"device": device_document(device)}, answer=answer)
