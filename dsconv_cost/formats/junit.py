"""The verdicts of `check` as JUnit XML, as GitLab and Jenkins read it: a suite an architecture, a case a limit."""

from collections import Counter

from dsconv_cost.budget.check import Outcome
from dsconv_cost.budget.networks import InputFault
from dsconv_cost.budget.verdicts import BASE, FAIL, LOCK, PASS, UNCOMPARABLE, Verdict
from dsconv_cost.errors import InputError
from dsconv_cost.formats.verdict_records import layer_text, metric_text
from dsconv_cost.reports.amounts import texts
from dsconv_cost.text import inert

_GROWTH = {BASE: "growth since base", LOCK: "growth since the lock"}
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "\n": "&#10;"}


def render(outcome: Outcome) -> str:
    """Return the XML. Warnings pass, with what they say in system-out; wrong input is an error."""
    suites: dict[str, list[str]] = {}
    counts: dict[str, list[int]] = {}
    names: Counter[tuple[str, str]] = Counter()
    for v in outcome.verdicts:
        name = _name(v)
        names[v.architecture, name] += 1
        suites.setdefault(v.architecture, []).append(_case(v, _numbered(name, names[v.architecture, name])))
        counts.setdefault(v.architecture, []).append(1 if v.status == FAIL else 2 if v.status == UNCOMPARABLE else 0)
    if outcome.faults:
        for fault in outcome.faults:
            name = inert(fault.path)
            names["input", name] += 1
            suites.setdefault("input", []).append(_fault(fault, _numbered(name, names["input", name])))
        counts["input"] = [2] * len(outcome.faults)
    everything = [code for codes in counts.values() for code in codes]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="dsconv-cost" {_counted(everything)}>']
    for name, cases in suites.items():
        lines += [f'  <testsuite name="{_text(name)}" {_counted(counts[name])}>', *cases, "  </testsuite>"]
    return "\n".join([*lines, "</testsuites>", ""])


def _counted(codes: list[int]) -> str:
    return f'tests="{len(codes)}" failures="{codes.count(1)}" errors="{codes.count(2)}" skipped="0" time="0"'


def _text(text: str) -> str:
    return "".join(_ESCAPES.get(c, c) for c in text)


def verdict_sentence(v: Verdict) -> str:
    """Return a verdict in one line."""
    said = texts(v)
    if v.limit is None:
        return f"{metric_text(v)} {said.actual}: {v.status}: {inert(v.message)}"
    share = f", {said.room_share}" if said.room_share != "-" else ""
    return f"{metric_text(v)} {said.actual}, {said.limit} ({inert(v.source)}): {said.room}{share}"


def _name(v: Verdict) -> str:
    """Return what a limit is called: the same from commit to commit, so that a reader knows it again, hence without figures."""
    text = v.metric.title
    if v.bits is not None:
        text += f" at {v.bits} bits"
    if v.about:
        text += f" of {inert(v.about)}"
    if v.bound in _GROWTH:
        return f"{text}: {_GROWTH[v.bound]}"
    path, _, line = v.source.rpartition(":")
    return f"{text}: {v.bound} {v.limit} ({inert(path if path and line.isdecimal() else v.source)})"


def _numbered(name: str, number: int) -> str:
    return f"{name} #{number}" if number > 1 else name


def _case(v: Verdict, name: str) -> str:
    place = f' file="{_text(inert(v.path))}"' if v.path else ""
    place += f' line="{v.line}"' if v.line and v.path else ""
    head = f'    <testcase classname="{_text(v.architecture)}" name="{_text(name)}"{place} time="0"'
    body = [verdict_sentence(v)]
    if v.limit is not None and v.message:
        body.append(inert(v.message))
    if v.layers:
        body.append("layers: " + "; ".join(layer_text(layer, v) for layer in v.layers))
    text = _text("\n".join(body)).replace("&#10;", "\n")
    if v.status == PASS:
        return f"{head}/>"
    if v.status in (FAIL, UNCOMPARABLE):
        tag = "failure" if v.status == FAIL else "error"
        return f'{head}><{tag} message="{_text(body[0])}" type="{_text(v.metric.name)}">{text}</{tag}></testcase>'
    return f"{head}><system-out>{_text(v.status)}: {text}</system-out></testcase>"


def _fault(fault: InputFault, name: str) -> str:
    error = fault.error
    first = error.problems[0].message if isinstance(error, InputError) else str(error)
    code = error.problems[0].code if isinstance(error, InputError) else "usage"
    line = f' line="{error.problems[0].line}"' if isinstance(error, InputError) else ""
    text = str(error) if isinstance(error, InputError) else inert(str(error))
    path = _text(inert(fault.path))
    return (
        f'    <testcase classname="input" name="{_text(name)}" file="{path}"{line} time="0">'
        f'<error message="{_text(inert(first))}" type="{code}">{_text(text).replace("&#10;", chr(10))}</error></testcase>'
    )
