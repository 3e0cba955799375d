"""`diff`: what changed from one network to another."""

import json
import os
from typing import Any

from dsconv_cost.api.inputs import (
    GivenNetwork,
    GivenSettings,
    bound_given,
    convention_given,
    named_given,
    settings_given,
)
from dsconv_cost.api.limits import bits_given
from dsconv_cost.api.result import Result
from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.costs.diff.attribution import Difference, Part, TotalChange, difference
from dsconv_cost.costs.diff.changes import RENAMED, SAME, Change
from dsconv_cost.errors import UsageError
from dsconv_cost.formats.format import DIFFERENCE, PROGRAM, Content
from dsconv_cost.language.limits import MEMORY_BITS
from dsconv_cost.network.allowance import MAX_LAYERS, one_allowance
from dsconv_cost.reports.diff import diff_report
from dsconv_cost.reports.diff_memory import memory_totals
from dsconv_cost.reports.diff_sides import DiffSide, diff_side, sides_since
from dsconv_cost.reports.table import Report
from dsconv_cost.text import inert


class DiffResult(Result):
    """What changed from one network to another, layer by layer and in total."""

    def __init__(self, old: DiffSide, new: DiffSide, attribution: Difference, convention: Convention) -> None:
        self.old = old
        self.new = new
        self.convention = convention
        self._attribution = attribution

    @property
    def totals(self) -> dict[str, TotalChange]:
        """By metric (params, macs, flops, layers, activations, peak, arena, flash): `old`, `new`, `change` and `relative`."""
        return {**self._attribution.totals, **memory_totals(self.old, self.new)}

    @property
    def changes(self) -> list[Change]:
        """The layers that changed, were added or removed, in the order of the new network."""
        return [change for change in self._attribution.changes if change.kind not in (SAME, RENAMED)]

    @property
    def items(self) -> list[Part]:
        """How much of the change comes from each item."""
        return self._attribution.items

    @property
    def types(self) -> list[Part]:
        """How much of the change comes from each type of item."""
        return self._attribution.types

    @property
    def same(self) -> bool:
        """Whether no layer differs but in its name."""
        return not self.changes

    def to_dict(self) -> dict[str, Any]:
        """Return what `dsconv-cost diff --format json` prints: every layer, changed or not."""
        from dsconv_cost.formats.records import report_json

        document: dict[str, Any] = json.loads(
            report_json(diff_report(self.old, self.new, self._attribution, self.convention, True))
        )
        return document

    def _report(self) -> Report:
        return diff_report(self.old, self.new, self._attribution, self.convention)

    def _content(self) -> Content:
        def report(read_in: str) -> Report:
            return diff_report(self.old, self.new, self._attribution, self.convention, read_in == PROGRAM)

        return Content(DIFFERENCE, report, self.old, self.new, self._attribution, self.convention, False, None)

    def __repr__(self) -> str:
        changes = ", ".join(
            f"{self._attribution.totals[metric].change:+,} {title}"
            for metric, title in (("params", "params"), ("macs", "MACs"))
        )
        return f"<{inert(self.old.label)} -> {inert(self.new.label)}: {'the same' if self.same else changes}>"


def diff(
    old: GivenNetwork,
    new: GivenNetwork | None = None,
    *,
    base: str | None = None,
    settings: GivenSettings | None = None,
    convention: str = DEFAULT.name,
    layer_bound: int = MAX_LAYERS,
    bits: int = MEMORY_BITS,
) -> DiffResult:
    """Return what changed from one network to another; layers are aligned by what they are, not by name.

    Networks are what `analyze` takes. `settings` are for both, where they are loaded here. With `base`, a commit or branch, one
    path is given: `diff("net.yaml", base="main")` compares the file with what it was where HEAD and `base` parted. Raises UsageError
    where `base` and two networks are given, or neither, and for a file that no git repository has.
    `bits` are those of an element, for peak, arena and flash.
    """
    width = bits_given({"bits": bits}) or MEMORY_BITS
    rule = convention_given(convention)
    with one_allowance(bound_given(layer_bound)):
        if base is not None:
            before, after = _since(base, old, new, settings, rule, layer_bound, width)
            return DiffResult(before, after, difference(before.form, after.form), rule)
        if new is None:
            raise UsageError("expected two networks, or one path and base")
        before, after = (
            diff_side(named.label, named.architecture, rule, layer_bound, width)
            for named in [named_given(network, settings) for network in (old, new)]
        )
    return DiffResult(before, after, difference(before.form, after.form), rule)


def _since(
    base: str, path: GivenNetwork, new: GivenNetwork | None, settings: GivenSettings | None, rule: Convention,
    layer_bound: int, bits: int,
) -> tuple[DiffSide, DiffSide]:  # fmt: skip
    """Return the file as it was and as it is."""
    if not isinstance(base, str):
        raise TypeError(f'base: received {type(base).__name__}, expected a commit or branch, e.g. "origin/main"')
    if new is not None:
        raise UsageError("base compares one file with its earlier version: give one path")
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(
            f"received {type(path).__name__}, expected a path: base compares a file with its earlier version"
        )
    return sides_since(base, os.fspath(path), settings_given(settings), rule, layer_bound, bits=bits)
