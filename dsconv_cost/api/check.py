"""`check`: networks against limits, with a verdict on each."""

import json
import os
from collections.abc import Iterator
from typing import Any, Unpack

from dsconv_cost.api.inputs import GivenNetwork, GivenSettings, architecture_given, convention_given, settings_given
from dsconv_cost.api.limits import LimitArguments, bits_given, limits_given, refuse_unknown
from dsconv_cost.api.result import Result
from dsconv_cost.budget.check import Outcome, run_check
from dsconv_cost.budget.selection import Request
from dsconv_cost.budget.verdicts import Verdict
from dsconv_cost.errors import UsageError
from dsconv_cost.formats.format import VERDICTS, Content
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.limits import Amount
from dsconv_cost.language.limits import tolerance as tolerance_of
from dsconv_cost.reports.check import check_report, problem_records, verdict_record
from dsconv_cost.reports.table import Report
from dsconv_cost.reports.verdict_text import headline


class CheckResult(Result):
    """The verdict on every limit; true where all are kept and nothing is wrong: `assert check("net.yaml", max_macs="600M")`."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    @property
    def ok(self) -> bool:
        """Whether every limit is kept, and every input could be checked and compared."""
        return self.exit_code == 0

    @property
    def exit_code(self) -> int:
        """That of the command: 0 if all limits are kept, 1 if one is exceeded, 2 for wrong input or what cannot be compared."""
        return self.outcome.code

    @property
    def verdicts(self) -> list[Verdict]:
        """Each with `status`, `architecture`, `metric`, `bound`, `actual` and `layers`, those that cost most."""
        return self.outcome.verdicts

    @property
    def exceeded(self) -> list[Verdict]:
        """The verdicts on limits that are exceeded, those of the level `warn` too."""
        return [verdict for verdict in self.verdicts if verdict.exceeded]

    @property
    def problems(self) -> list[dict[str, Any]]:
        """The problems of inputs, as in JSON: path, line, column, code and message."""
        return problem_records(self.outcome.faults)

    @property
    def notes(self) -> list[tuple[str, str]]:
        """Label and text of each note, e.g. on variants that no limit names."""
        return self.outcome.notes

    def to_dict(self) -> dict[str, Any]:
        """Return what `dsconv-cost check --format json` prints."""
        from dsconv_cost.formats.verdict_records import verdicts_json

        document: dict[str, Any] = json.loads(verdicts_json(self.outcome))
        return document

    def _report(self) -> Report:
        return check_report(self.outcome)

    def _content(self) -> Content:
        return Content(VERDICTS, lambda read_in: self._report(), self.outcome)

    def _columns(self) -> dict[str, list[Any]]:
        records = [verdict_record(verdict) for verdict in self.verdicts]
        keys = [key for key in (records[0] if records else {"status": ""}) if key != "layers"]
        return {key: [record[key] for record in records] for key in keys}

    def __bool__(self) -> bool:
        return self.ok

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __repr__(self) -> str:
        return f"<{headline(self.outcome)}>"


def check(
    *networks: GivenNetwork,
    budget: str | os.PathLike[str] | None = None,
    base: str | None = None,
    locked: bool = False,
    tolerance: str | None = None,
    strict: bool = False,
    settings: GivenSettings | None = None,
    **limits: Unpack[LimitArguments],
) -> CheckResult:
    """Return the verdict on every limit: the arguments', those of the networks' files, and those of the budget file.

    Each argument is the option of `dsconv-cost check` of that name. Networks are what `analyze` takes, and folders; without any, those
    that the budget file names. Paths are seen from the working directory. A limit is an exact integer (of bytes for a size), or a text,
    e.g. "600M", "512 KiB" or "80%": max_params, max_macs, max_flops, max_activations, max_layers, max_largest_share, max_size, max_peak,
    max_arena, max_flash and min_saving, with convention="macs" and bits (without it 32 for max_size, 8 for peak, arena and flash).

    Wrong files are `problems` of the result, which is not `ok` then. Raises UsageError where nothing is checked.
    """
    refuse_unknown("check", limits, LimitArguments.__annotations__)
    if base is not None and not isinstance(base, str):
        raise TypeError(f'base: received {type(base).__name__}, expected a commit or branch, e.g. "origin/main"')
    return CheckResult(
        run_check(
            Request(
                arguments=tuple(_argument(network, settings) for network in networks),
                settings=settings_given(settings),
                limits=limits_given(limits),
                budget=None if budget is None else _path(budget),
                base=base,
                tolerance=_growth(tolerance, base is not None or locked),
                locked=locked,
                bits=bits_given(limits),
                convention=convention_given(limits.get("convention", "macs")),
                strict=strict,
                spelled=str,
                example='max_macs="600M"',
                guard_all=limits.get("guard_all", False),
                allow_gone=tuple(limits.get("allow_gone", ())),
            )
        )
    )


def _argument(network: GivenNetwork, settings: GivenSettings | None) -> str | Architecture:
    """Return a network as a command line names it, or the architecture that it is."""
    return os.fspath(network) if isinstance(network, (str, os.PathLike)) else architecture_given(network, settings)


def _path(path: str | os.PathLike[str]) -> str:
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"received {type(path).__name__}, expected paths, each an argument of its own")
    return os.fspath(path)


def _growth(text: str | None, compared: bool) -> Amount:
    if text is not None and not compared:
        raise UsageError("tolerance needs base or locked")
    return tolerance_of("0%" if text is None else str(text), "tolerance")
