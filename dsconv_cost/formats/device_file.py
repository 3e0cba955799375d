"""A device with its measured rates as the YAML that `--device` reads."""

import json

from dsconv_cost.devices.calibrate import Calibration
from dsconv_cost.devices.work import TERMS
from dsconv_cost.text import inert


def device_yaml(calibration: Calibration) -> str:
    """Return the file of a device: its rates, and how far estimates by them are off."""
    device = calibration.device
    error = device.leave_one_out
    assert error is not None
    rates = [f"{name}: {1e9 * rate:.6g} ns" for name, rate in device.rates.items()]
    width = max(map(len, rates))
    lines = [
        "# Written by dsconv-cost calibrate, for dsconv-cost analyze NETWORK --device FILE. With dtype, peak and bandwidth here, bounds",
        "# are shown beside the estimates.",
        f"name: {_quoted(device.name)}",
        f"source: {_quoted(device.source)}",
        "rates:  # the time of each unit",
        *[f"  {rate:{width}}  # {TERMS[name].words}" for rate, name in zip(rates, device.rates, strict=True)],
        "leave_one_out:  # how far estimates are off, each of a network by the times of the others",
        f"  networks: {error.networks}",
        f"  median: {100 * error.median:.4f}%",
        f"  worst: {100 * error.worst:.4f}%",
        f"  times: [{1000 * error.least:.10g} ms, {1000 * error.most:.10g} ms]",
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return a text in the double quotes of YAML."""
    return json.dumps(inert(text), ensure_ascii=False)
