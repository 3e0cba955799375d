"""`bundled`: the networks that come with the package, as `dsconv-cost list` has them."""

import json
from collections.abc import Iterator
from typing import Any, TypedDict, Unpack

from dsconv_cost.api.inputs import convention_given
from dsconv_cost.api.limits import bits_given, limits_given, refuse_unknown
from dsconv_cost.api.result import Result, UnknownName
from dsconv_cost.costs.catalogue import SORTS, BundledNetwork, Wanted, catalogue
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.errors import UsageError
from dsconv_cost.reports.list import networks_report
from dsconv_cost.reports.table import Report
from dsconv_cost.text import near, shown


class BundledLimits(TypedDict, total=False):
    """The limits of `bundled`, and how sizes are counted."""

    max_params: int | str | None
    max_macs: int | str | None
    max_flops: int | str | None
    max_size: int | str | None
    max_peak: int | str | None
    max_arena: int | str | None
    max_flash: int | str | None
    bits: int
    """Of an element: 4, 8, 16 or 32; without it 32 for a size, and 8 for peak, arena and flash."""


class BundledResult(Result):
    """Bundled networks. `result["resnet:50"]` is one of them by its name; `for network in result` gives all."""

    def __init__(self, wanted: Wanted) -> None:
        self.networks = catalogue(wanted).networks
        """Each with `name`, `family`, `variant`, `settings`, `input`, `params`, `macs`, `flops`, `top1` and `year`; `peak`, `arena`
        and `flash` are worked out when they are asked for."""
        self._wanted = wanted

    def __getitem__(self, name: str) -> BundledNetwork:
        for network in self.networks:
            if network.name == name:
                return network
        if not isinstance(name, str):
            raise TypeError(f"received {type(name).__name__}, expected the name of a network")
        raise UnknownName(f"no network '{shown(name)}'{near(name, [one.name for one in self.networks])}")

    def __contains__(self, name: object) -> bool:
        return any(network.name == name for network in self.networks)

    def __iter__(self) -> Iterator[BundledNetwork]:
        return iter(self.networks)

    def __len__(self) -> int:
        return len(self.networks)

    def to_dict(self) -> dict[str, Any]:
        """Return what `dsconv-cost list --format json` prints."""
        from dsconv_cost.formats.records import report_json

        document: dict[str, Any] = json.loads(report_json(self._report()))
        return document

    def _report(self) -> Report:
        return networks_report(self._wanted)

    def __repr__(self) -> str:
        some = ", ".join(map(repr, self.networks[:3])) + ", ..." * (len(self) > 3)
        return f"<{len(self)} bundled network{'s' * (len(self) != 1)}: {some}>"


def bundled(
    *names: str,
    sort: str = "name",
    top: int | None = None,
    min_top1: float | None = None,
    convention: str = DEFAULT.name,
    **limits: Unpack[BundledLimits],
) -> BundledResult:
    """Return the bundled networks: every variant, and every point that a source prints figures for.

    Names are families, networks and patterns: "mobilenet", "resnet:50", "mobilenet*"; without any, all. A limit is an exact integer
    (of bytes for a size), or a text, e.g. "300M": max_params, max_macs, max_flops, max_size, max_peak, max_arena and max_flash, with
    `bits` an element (without it 32 for max_size, 8 for the others in bytes); `min_top1` is the least published accuracy, in per cent.
    `sort` is "name", "params", "macs", "peak", "arena" or "flash" (the smallest first), "top1" or "year" (the highest first), and
    `top` keeps the first so many. Raises UsageError for a name that means none.
    """
    refuse_unknown("bundled", limits, BundledLimits.__annotations__)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"received {type(name).__name__}, expected names, each an argument of its own")
    if sort not in SORTS:
        raise UsageError(f"sort: received {sort!r}, expected {', '.join(SORTS)}")
    if top is not None and (not isinstance(top, int) or top < 1):
        raise UsageError(f"top: received {top!r}, expected a whole number of at least 1")
    if min_top1 is not None and not isinstance(min_top1, (int, float)):
        raise TypeError(f"min_top1: received {type(min_top1).__name__}, expected per cent, e.g. 70")
    rule = convention_given(convention)
    return BundledResult(Wanted(names, limits_given(limits), bits_given(limits), min_top1, sort, top, rule))
