"""Rates fitted to measured times, in the terms whose estimates of networks left out are best.

Each model is a set of terms; the time of a network is the sum of rate times amount, with rates of at least 0, and what is made least
is the sum of the squares of the relative errors. The model with the least root mean square of its leave-one-out errors is chosen.
The error that is told is that of the whole procedure: for each network, model and rates come from the others alone.
"""

from collections.abc import Sequence
from functools import cache
from math import fsum, sqrt
from statistics import median

from dsconv_cost.devices.device import Device, LeaveOneOut
from dsconv_cost.devices.least_squares import LeastSquares, scalar_product
from dsconv_cost.devices.measured import MeasuredTimes, TimedNetwork
from dsconv_cost.devices.work import TERMS, Work, total_work, work_of
from dsconv_cost.errors import UsageError
from dsconv_cost.memory.graph import memory_graph
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.text import inert

RATE_MODELS: tuple[tuple[str, ...], ...] = (
    ("macs",),
    ("macs", "operations"),
    ("macs", "moved"),
    ("macs", "moved", "operations"),
    ("macs", "weights", "activations"),
    ("depthwise_macs", "other_macs"),
    ("depthwise_macs", "other_macs", "weights"),
    ("depthwise_macs", "other_macs", "moved"),
    ("depthwise_macs", "other_macs", "moved", "operations"),
    ("depthwise_macs", "other_macs", "weights", "activations"),
)
"""The sets of terms that are tried, the fewest first among equally good ones."""
_COLUMNS = {name: index for index, name in enumerate(TERMS)}


class TriedModel(NamedTuple):
    """A set of terms, and how far its estimates of networks that were left out are off."""

    terms: tuple[str, ...]
    median: float | None
    """As a share of the measured time; None where the model cannot be fitted."""
    worst: float | None
    reason: str = ""
    """Why it cannot be fitted."""


class LeftOut(NamedTuple):
    """A network, and what the times of all others say of it."""

    label: str
    measured: float
    """Seconds."""
    estimated: float
    """Seconds, by the model and rates of the others."""
    work: Work

    @property
    def error(self) -> float:
        """How much more the estimate is than the time, as a share of it."""
        return self.estimated / self.measured - 1


class Calibration(NamedTuple):
    """What measured times say of a device."""

    device: Device
    """With the rates, and their error."""
    models: list[TriedModel]
    chosen: tuple[str, ...]
    networks: list[LeftOut]


def calibration_of(times: MeasuredTimes) -> Calibration:
    """Return the rates that measured times give. Raises UsageError for times that no model can be fitted to."""
    works = [total_work(work_of(memory_graph(timed.network))) for timed in times.networks]
    procedure = _Procedure(times.networks, works)
    chosen = procedure.chosen(None)
    if chosen is None:
        why = procedure.tried(RATE_MODELS[0]).reason or "the networks are too alike"
        raise UsageError(f"{inert(times.path)}: no model can be fitted to these times: {why}")
    rates = procedure.rates(chosen, ())
    assert rates is not None
    left_out: list[LeftOut] = []
    for index, timed in enumerate(times.networks):
        estimated = procedure.estimate_without(index)
        if estimated is None:
            raise UsageError(
                f"{inert(times.path)}: without {inert(times.networks[index].label)} no model can be fitted to the times"
            )
        timed = times.networks[index]
        left_out.append(LeftOut(timed.label, timed.seconds, estimated * timed.seconds, works[index]))
    errors = [abs(one.error) for one in left_out]
    seconds = [timed.seconds for timed in times.networks]
    device = Device(
        times.name, times.source, rates={name: rate for name, rate in zip(chosen, rates, strict=True) if rate},
        leave_one_out=LeaveOneOut(len(errors), median(errors), max(errors), min(seconds), max(seconds)),
    )  # fmt: skip
    return Calibration(device, [procedure.tried(model) for model in RATE_MODELS], chosen, left_out)


class _Procedure:
    """The fits to the times of some networks, and to those that are left when one or two are taken out."""

    def __init__(self, networks: Sequence[TimedNetwork], works: Sequence[Work]) -> None:
        self._rows = [
            [term.of(work) / timed.seconds for term in TERMS.values()]
            for timed, work in zip(networks, works, strict=True)
        ]
        """Amounts for each second that was measured: what their rates add up to should be 1."""
        self._whole = LeastSquares.of(self._rows, [1.0] * len(self._rows))
        self._without = cache(self._system_without)
        self.chosen = cache(self._chosen)

    def tried(self, model: tuple[str, ...]) -> TriedModel:
        """Return how good a model is."""
        errors = self._errors(model, None)
        if errors is None:
            few = len(model) > len(self._rows) - 2
            reason = (
                "more terms than the networks can tell apart"
                if few
                else "the amounts are 0 or in proportion, perhaps without one network"
            )
            return TriedModel(model, None, None, reason)
        sizes = [abs(error) for error in errors]
        return TriedModel(model, median(sizes), max(sizes))

    def rates(self, model: tuple[str, ...], left: tuple[int, ...]) -> list[float] | None:
        """Return the rates of a model for all networks but those that are left out."""
        return self._without(left).at_least_zero([_COLUMNS[name] for name in model])

    def estimate_without(self, index: int) -> float | None:
        """Return the estimate for a network, as a share of its time, by model and rates of the others."""
        model = self.chosen(index)
        return None if model is None else self._estimate(model, index, (index,))

    def _chosen(self, left: int | None) -> tuple[str, ...] | None:
        """Return the model that is best for all networks, or all but one; None where none can be fitted."""
        best: tuple[str, ...] | None = None
        least = 0.0
        for model in sorted(RATE_MODELS, key=len):
            errors = self._errors(model, left)
            if errors is None:
                continue
            size = sqrt(fsum([error * error for error in errors]) / len(errors))
            if best is None or size < least:
                best, least = model, size
        return best

    def _errors(self, model: tuple[str, ...], left: int | None) -> list[float] | None:
        """Return the leave-one-out errors of a model among all networks, or all but one; None where a fit has no answer."""
        others = [index for index in range(len(self._rows)) if index != left]
        if len(model) > len(others) - 2 or self.rates(model, () if left is None else (left,)) is None:
            return None
        errors: list[float] = []
        for index in others:
            estimate = self._estimate(model, index, (index,) if left is None else tuple(sorted((index, left))))
            if estimate is None:
                return None
            errors.append(estimate - 1)
        return errors

    def _estimate(self, model: tuple[str, ...], index: int, left: tuple[int, ...]) -> float | None:
        rates = self.rates(model, left)
        return None if rates is None else scalar_product(rates, [self._rows[index][_COLUMNS[name]] for name in model])

    def _system_without(self, left: tuple[int, ...]) -> LeastSquares:
        system = self._whole
        for index in left:
            system = system.without(self._rows[index], 1.0)
        return system
