"""`compare`: networks side by side."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dsconv_cost.api.inputs import (
    GivenDevice,
    GivenNetwork,
    GivenSettings,
    all_named,
    bound_given,
    convention_given,
    device_given,
)
from dsconv_cost.api.limits import bits_given
from dsconv_cost.api.result import Result, UnknownName
from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.comparison import Comparison, NetworkCosts, baseline_of, dominators, network_costs
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.errors import UsageError
from dsconv_cost.formats.format import COMPARISON, Content
from dsconv_cost.language.limits import MEMORY_BITS
from dsconv_cost.network.allowance import MAX_LAYERS, one_allowance
from dsconv_cost.reports.compare import USUAL_VIEW
from dsconv_cost.reports.table import Report
from dsconv_cost.text import listing, near, shown

if TYPE_CHECKING:
    from dsconv_cost.devices.device import Device


class CompareResult(Result):
    """Networks side by side. `result["mobilenet"]` is one of them by its label; `for network in result` gives all."""

    def __init__(
        self, networks: list[NetworkCosts], baseline: NetworkCosts, convention: Convention, device: "Device | None" = None
    ) -> None:  # fmt: skip
        self.networks = networks
        self.baseline = baseline
        """The network that ratios are to."""
        self.convention = convention
        self.device = device
        """The device that the `time` of each network is of."""

    @property
    def pareto(self) -> list[NetworkCosts]:
        """The Pareto-optimal networks: none other is at least as good in params, MACs and, if all have one, top-1, and better in one."""
        return self.front()

    def front(self, *metrics: str) -> list[NetworkCosts]:
        """Return the networks that are Pareto-optimal by some metrics, e.g. `front("macs", "peak", "top1")`.

        Metrics are params, macs, flops, layers, activations, peak, arena, flash and top1; without any those of `pareto`. Raises
        UsageError for a name that is none, and for top1 where a network has none.
        """
        return [
            one for one, other in zip(self.networks, dominators(self.networks, metrics), strict=True) if other is None
        ]

    def __getitem__(self, label: str) -> NetworkCosts:
        for network in self.networks:
            if network.label == label:
                return network
        if not isinstance(label, str):
            raise TypeError(f"received {type(label).__name__}, expected the label of a network")
        labels = [network.label for network in self.networks]
        hint = near(label, labels) or f": there are {listing(labels)}"
        raise UnknownName(f"no network '{shown(label)}'{hint}")

    def __contains__(self, label: object) -> bool:
        return any(network.label == label for network in self.networks)

    def __iter__(self) -> Iterator[NetworkCosts]:
        return iter(self.networks)

    def __len__(self) -> int:
        return len(self.networks)

    def to_dict(self) -> dict[str, Any]:
        """Return what `dsconv-cost compare --format json` prints."""
        from dsconv_cost.formats.records import report_json

        document: dict[str, Any] = json.loads(report_json(self._report()))
        return document

    def _report(self) -> Report:
        from dsconv_cost.reports.compare import USUAL_VIEW, comparison_report

        return comparison_report(self.networks, self.baseline, self.convention, USUAL_VIEW._replace(device=self.device))

    def _content(self) -> Content:
        return Content(
            COMPARISON,
            lambda read_in: self._report(),
            Comparison(self.networks, self.baseline, self.convention),
            USUAL_VIEW._replace(device=self.device),
        )

    def __repr__(self) -> str:
        some = ", ".join(map(repr, self.networks[:3])) + ", ..." * (len(self) > 3)
        return f"<{len(self)} network{'s' * (len(self) != 1)} compared: {some}>"


def compare(
    *networks: GivenNetwork,
    baseline: str | None = None,
    settings: GivenSettings | None = None,
    convention: str = DEFAULT.name,
    layer_bound: int = MAX_LAYERS,
    bits: int | None = None,
    device: GivenDevice | None = None,
) -> CompareResult:
    """Return networks side by side, with ratios to the `baseline`, a label; without it the first.

    Networks are what `analyze` takes, and patterns: "mobilenet*", "resnet:*". The label of a name is the name as written, e.g.
    "mobilenet@alpha=0.5", that of an architecture what a command line would call it. `settings` are for all that are loaded here.
    `peak`, `arena` and `flash` of each are in bytes at `bits` 4, 8, 16 or 32 an element (without it 8, or as the device has), worked
    out when they are asked for.
    With a `device`, a name or the path of its file, each has its `time`: the seconds that it takes at least, or about.
    """
    if not networks:
        raise UsageError("nothing to compare: give networks, each an argument of its own")
    rule = convention_given(convention)
    on = None if device is None else device_given(device)
    width = bits_given({"bits": bits}) or (on and on.bits) or MEMORY_BITS
    timed = None
    if on is not None:
        from dsconv_cost.devices.times import on_device

        timed = on_device(on)
    with one_allowance(bound_given(layer_bound)):
        costs = [network_costs(named, rule, layer_bound, width, timed) for named in all_named(networks, settings)]
    return CompareResult(costs, baseline_of(costs, baseline), rule, on)
