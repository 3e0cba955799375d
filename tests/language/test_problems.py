"""What a problem is as data: its code, the name that was meant, and the text it is about."""

from typing import get_args

import pytest

from dsconv_cost.errors import CODES, Code, InputError, Problem
from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import Source, load_source
from dsconv_cost.text import lines_of
from tests.language.wrong_input.case import Case
from tests.language.wrong_input.table import CASES
from tests.repository import ROOT


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        elaborate(load_source(Source(text, "net.yaml", False, None), {}))
    return caught.value.problems


def test_every_code_is_documented() -> None:
    assert get_args(Code) == tuple(CODES)
    page = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    _, _, table = page.partition("| code | meaning |\n| --- | --- |\n")
    assert table.splitlines() == [f"| `{code}` | {meaning} |" for code, meaning in CODES.items()]


# text -> for each problem: code, suggestion, and the text from its start to its end (None where that is not known)
DATA: dict[str, tuple[str, list[tuple[str, str | None, str | None]]]] = {
    "a field": (
        "input: [3, 8, 8]\nlayers:\n  - {conv: 8, kernel: 3, strid: 2}\n",
        [("unknown-field", "stride", "strid")],
    ),
    "a type": ("input: [3, 8, 8]\nlayers:\n  - {Conv2d: 8, kernel: 3}\n", [("unknown-type", "conv", "Conv2d")]),
    "a type that nothing is near": ("input: [3, 8, 8]\nlayers: [zzz]\n", [("unknown-type", None, "zzz")]),
    "a name inside an expression": (
        "hyperparameters: {width: 2}\ninput: [3, 8, 8]\nlayers:\n  - {conv: 8 * widht + 1, kernel: 3}\n",
        [("unknown-name", "width", "widht")],
    ),
    "a name inside a quoted expression": (
        "hyperparameters: {width: 2}\ninput: [3, 8, 8]\nlayers:\n  - {conv: '8 * widht', kernel: 3}\n",
        [("unknown-name", "width", "widht")],
    ),
    "a quoted value": (
        "input: [3, 8, 8]\nlayers:\n  - {conv: 8, kernel: 3, activation: 'relu7'}\n",
        [("unknown-name", "relu", "'relu7'")],
    ),
    "an item in block style": (
        "input: [3, 8, 8]\nlayers:\n  - kernel: 3\n    stride: 2\n\n  # more\n  - relu\n",
        [("missing-type", None, "kernel: 3\n    stride: 2")],
    ),
    "a list in brackets": (
        "input: [3, 8, 8, 8, [8,\n 8]]\nlayers: [relu]\n",
        [("wrong-type", None, "[3, 8, 8, 8, [8,\n 8]]")],
    ),
    "a key": ("input: [3, 8, 8]\nlayer: [relu]\n", [("unknown-key", "layers", "layer")]),
    "a key given twice": (
        "input: [3, 8, 8]\nlayers:\n  - {conv: 8, kernel: 3, kernel: 3}\n",
        [("duplicate-key", None, "kernel")],
    ),
    "a tensor": (
        "input: [3, 8, 8]\nlayers:\n  - {conv: 8, kernel: 3, name: stem}\n  - {relu, from: stm}\n",
        [("unknown-tensor", "stem", "stm")],
    ),
    "shapes": (
        "input: [3, 8, 8]\nlayers:\n  - {add: [previous, {conv: 8, kernel: 1}]}\n",
        [("shape-mismatch", None, "{add: [previous, {conv: 8, kernel: 1}]}")],
    ),
    "a layer's field": (
        "input: [3, 8, 8]\nlayers:\n  - {conv: 8, kernel: 3, groups: 2}\n",
        [("not-divisible", None, "2")],
    ),
    "a word of a choice": (
        "input: [3, 8, 8]\nlayers:\n  - {upsample: 2, mode: 3}\n",
        [("wrong-value", None, "3")],
    ),
    "division by zero": (
        "let: {a: 0}\ninput: [3, 8, 8]\nlayers:\n  - {conv: 8 / a, kernel: 3}\n",
        [("no-result", None, "8 / a")],
    ),
    "a syntax error": ("input: [3, 8, 8\nlayers: [relu]\n", [("yaml-syntax", None, None)]),
    "an order of names": (
        "let: {a: b, b: 1}\ninput: [3, 8, 8]\nlayers: [relu]\n",
        [("used-before-definition", None, "b")],
    ),
}


def covered(text: str, problem: Problem) -> str | None:
    """Return the text from a problem's start to its end."""
    if not problem.end_line:
        return None
    lines = lines_of(text)[problem.line - 1 : problem.end_line]
    lines[-1] = lines[-1][: problem.end_column - 1]
    lines[0] = lines[0][problem.column - 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize(("text", "expected"), DATA.values(), ids=DATA)
def test_as_data(text: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    assert [(p.code, p.suggestion, covered(text, p)) for p in problems_of(text)] == expected


@pytest.mark.parametrize("case", [case for case in CASES if case.text], ids=lambda case: case.id)
def test_in_every_wrong_file(case: Case) -> None:
    """A suggestion and nothing else is offered as `did you mean`, and an end is behind its start and inside the file."""
    lines = lines_of(case.text)
    for p in problems_of(case.text):
        assert p.code in CODES
        assert ("did you mean" in p.message) <= (p.suggestion is not None), p
        if p.suggestion is not None:
            assert p.suggestion in p.message
        if p.end_line:
            assert (p.line, p.column) <= (p.end_line, p.end_column)
            assert p.end_line <= len(lines) + 1
