"""The verdicts of `check` as workflow commands of GitHub Actions: annotations at the line that costs most."""

import os
from typing import NamedTuple

from dsconv_cost.budget.check import Outcome
from dsconv_cost.budget.networks import InputFault
from dsconv_cost.budget.verdicts import FAIL, UNCOMPARABLE, WARNING, Verdict
from dsconv_cost.errors import InputError
from dsconv_cost.language.limits import BYTES
from dsconv_cost.reports.verdict_text import layer_text, layers_text, verdict_sentence, verdict_title
from dsconv_cost.sources.read import NO_FILES
from dsconv_cost.text import inert

MOST_ANNOTATIONS = 10
"""The runner shows no more of a step."""


class Annotation(NamedTuple):
    """One message at a place."""

    level: str
    path: str
    line: int
    column: int
    title: str
    message: str
    end_line: int = 0
    """0 where the end is not known."""
    end_column: int = 0

    @property
    def command(self) -> str:
        """The line that the runner reads."""
        properties = []
        if self.path:
            properties.append(("file", _from_workspace(self.path)))
            if self.line:
                properties += [("line", str(self.line)), *self._columns()]
        properties.append(("title", self.title))
        return f"::{self.level} {','.join(f'{name}={_property(value)}' for name, value in properties)}::{_data(self.message)}"

    def _columns(self) -> list[tuple[str, str]]:
        """Return where it is in its line, and where it ends; the runner takes no columns of several lines."""
        if self.end_line > self.line:
            return [("endLine", str(self.end_line))]
        columns = [("col", str(self.column or 1))]
        return (
            [*columns, ("endLine", str(self.end_line)), ("endColumn", str(self.end_column))]
            if self.end_line
            else columns
        )


def annotations(outcome: Outcome) -> list[Annotation]:
    """Return all annotations, errors first."""
    ordered = [_verdict(v) for v in outcome.verdicts if v.status in (FAIL, UNCOMPARABLE)]
    ordered += [annotation for fault in outcome.faults for annotation in _fault(fault)]
    return ordered + [_verdict(v) for v in outcome.verdicts if v.status == WARNING]


def github_commands(outcome: Outcome) -> str:
    """Return the first annotations as commands, and how many more there are."""
    all_annotations = annotations(outcome)
    lines = [annotation.command for annotation in all_annotations[:MOST_ANNOTATIONS]]
    if len(all_annotations) > MOST_ANNOTATIONS:
        lines.append(f"and {len(all_annotations) - MOST_ANNOTATIONS:,} more")
    return "".join(f"{line}\n" for line in lines)


def _verdict(v: Verdict) -> Annotation:
    level = "warning" if v.status == WARNING else "error"
    lines = [f"{v.architecture}: {verdict_sentence(v)}"]
    if v.bound.amount is not None and v.message:
        lines.append(inert(v.message))
    if v.has_changes:
        grown = [x for x in v.layers if x.before is not None and x.value > x.before]
        unit = " B of" if v.metric.measure == BYTES else ""
        lines += [f"{inert(x.name)}: {x.before:,}{unit and ' B'} to {x.value:,}{unit} {v.metric.title}" for x in grown]
    elif v.layers:
        lines.append(f"{layers_text(v)}: {'; '.join(layer_text(x, v) for x in v.layers[:3])}")
    place = v.place
    if place.use_line:
        lines.append(f"in a block that line {place.use_line} uses")
    path = "" if place.path in NO_FILES else place.path
    return Annotation(level, path, place.line, place.column, verdict_title(v), "\n".join(lines))


def _fault(fault: InputFault) -> list[Annotation]:
    error = fault.error
    if not isinstance(error, InputError):
        path = fault.path if os.path.isfile(fault.path) else ""
        return [Annotation("error", path, 0, 0, "wrong input", inert(str(error)))]
    path = "" if error.path in NO_FILES else error.path
    return [
        Annotation("error", path, p.line, p.column, "wrong input", inert(p.message), p.end_line, p.end_column)
        for p in error.problems
    ]


def _from_workspace(path: str) -> str:
    """Return a path as the runner wants it: from the root of the repository."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if workspace and os.path.isabs(workspace):
        relative = os.path.relpath(os.path.realpath(path), os.path.realpath(workspace))
        if relative != ".." and not relative.startswith(".." + os.sep):
            return relative.replace(os.sep, "/")
    return path.replace(os.sep, "/")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(inert(text)).replace(":", "%3A").replace(",", "%2C")
