"""The verdicts of `check` as JUnit XML, as GitLab and Jenkins read it: a suite an architecture, a case a limit."""

from collections import Counter
from xml.etree import ElementTree as ET

from dsconv_cost.budget.check import Outcome
from dsconv_cost.budget.networks import InputFault
from dsconv_cost.budget.verdicts import BASE, FAIL, LOCK, PASS, UNCOMPARABLE, Verdict
from dsconv_cost.errors import InputError
from dsconv_cost.reports.check import USAGE
from dsconv_cost.reports.verdict_text import layer_text, layers_text, verdict_sentence
from dsconv_cost.text import inert

_GROWTH = {BASE: "growth since base", LOCK: "growth since the lock"}
_FAULTS = "input"
"""The name of the suite of wrong inputs."""


def junit_xml(outcome: Outcome) -> str:
    """Return the XML. Warnings pass, with what they say in system-out; wrong input is an error."""
    root = ET.Element("testsuites", name="dsconv-cost")
    suites: dict[str, ET.Element] = {}
    names: Counter[tuple[str, str]] = Counter()
    cases = [(v.architecture, _name(v), _verdict_case(v)) for v in outcome.verdicts]
    cases += [(_FAULTS, inert(fault.path), _fault_case(fault)) for fault in outcome.faults]
    for suite, name, case in cases:
        names[suite, name] += 1
        number = names[suite, name]
        if suite not in suites:
            suites[suite] = ET.SubElement(root, "testsuite", name=suite)
        suites[suite].append(case)
        case.set("classname", suite)
        case.set("name", f"{name} #{number}" if number > 1 else name)
    for element in (root, *suites.values()):
        _count(element)
    ET.indent(root)
    xml: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return xml.decode("utf-8") + "\n"


def _count(element: ET.Element) -> None:
    """Set the counts of a suite, or of all of them."""
    counts = {"tests": "testcase", "failures": "testcase/failure", "errors": "testcase/error"}
    for attribute, path in counts.items():
        element.set(attribute, str(len(element.findall(f".//{path}"))))
    element.set("skipped", "0")
    element.set("time", "0")


def _name(v: Verdict) -> str:
    """Return what a limit is called: the same from commit to commit, so that a reader knows it again, hence without figures."""
    text = v.metric.title
    if v.bits is not None:
        text += f" at {v.bits} bits"
    if v.limited:
        text += f" of {inert(v.limited)}"
    bound = v.bound
    if bound.kind in _GROWTH:
        return f"{text}: {_GROWTH[bound.kind]}"
    return f"{text}: {bound.kind} {bound.amount} ({inert(bound.home)})"


def _verdict_case(v: Verdict) -> ET.Element:
    place = {"file": inert(v.place.path)} if v.place.path else {}
    if place and v.place.line:
        place["line"] = str(v.place.line)
    case = ET.Element("testcase", {"classname": "", "name": "", **place, "time": "0"})
    body = [verdict_sentence(v)]
    if v.bound.amount is not None and v.message:
        body.append(inert(v.message))
    if v.layers:
        body.append(
            f"{layers_text(v) if v.peak_at else 'layers'}: {'; '.join(layer_text(layer, v) for layer in v.layers)}"
        )
    text = "\n".join(body)
    if v.status in (FAIL, UNCOMPARABLE):
        tag = "failure" if v.status == FAIL else "error"
        ET.SubElement(case, tag, message=body[0], type=v.metric.name).text = text
    elif v.status != PASS:
        ET.SubElement(case, "system-out").text = f"{v.status}: {text}"
    return case


def _fault_case(fault: InputFault) -> ET.Element:
    error = fault.error
    first = error.problems[0] if isinstance(error, InputError) else None
    place = {"file": inert(fault.path)} | ({"line": str(first.line)} if first and first.line else {})
    case = ET.Element("testcase", {"classname": "", "name": "", **place, "time": "0"})
    if first is not None:
        details = {
            "code": first.code,
            "suggestion": first.suggestion,
            "column": first.column or None,
            "end_line": first.end_line or None,
            "end_column": first.end_column or None,
        }
        properties = ET.SubElement(case, "properties")
        for name, value in details.items():
            if value is not None:
                ET.SubElement(properties, "property", name=name, value=inert(str(value)))
    message = inert(first.message if first else str(error))
    ET.SubElement(case, "error", message=message, type=first.code if first else USAGE).text = (
        str(error) if first else message
    )
    return case
