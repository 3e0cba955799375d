"""What is wrong with a file, and where: every row is a file and the problems that one run reports of it."""

import pytest

from dsconv_cost.errors import InputError
from dsconv_cost.network.build import elaborate
from tests.language.wrong_input.case import Case, holds, load, problems_of
from tests.language.wrong_input.table import CASES, FILES, ITEMS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_wrong(case: Case) -> None:
    found = problems_of(case.text)
    assert [p[:2] for p in found] == [p[:2] for p in case.problems], found
    for problem, (_, _, expected) in zip(found, case.problems, strict=True):
        assert holds(problem.message, expected), problem.message


@pytest.mark.parametrize("case", [case for case in CASES if case.text], ids=lambda case: case.id)
def test_a_report_shows_the_place(case: Case) -> None:
    """Every problem is one line with path, line and column, then its source line and a caret, and nothing else."""
    with pytest.raises(InputError) as caught:
        elaborate(load(case.text))
    lines = str(caught.value).split("\n")
    assert len(lines) == 3 * len(case.problems)
    for at, (line, column, _) in enumerate(case.problems):
        said, source, caret = lines[3 * at : 3 * at + 3]
        assert said.startswith(f"net.yaml:{line}:{column}: error: ")
        assert source.startswith(f"{line:>6} | ")
        assert set(caret[9:]) <= {" ", "^"}
        assert caret.endswith("^")
        assert caret.index("^") <= len(source)
        assert len(said) < 500


def test_many_problems_are_cut_short_and_counted() -> None:
    rows = "".join(f"  - {{conv: 8, kernel: 3, colour{n}: 1}}\n" for n in range(300))
    with pytest.raises(InputError) as caught:
        load(f"input: [3, 32, 32]\nlayers:\n{rows}")
    lines = str(caught.value).split("\n")
    assert len(lines) == 3 * 200 + 1
    assert lines[-1] == "... and 100 more problems"


def test_a_long_line_is_shown_around_the_fault() -> None:
    text = f"input: [3, 32, 32]\nlayers: [{'relu, ' * 1000}rleu{', relu' * 1000}]\n"
    with pytest.raises(InputError) as caught:
        load(text)
    said, source, caret = str(caught.value).split("\n")
    assert said == "net.yaml:2:6010: error: unknown type 'rleu': did you mean 'relu'?"
    assert len(source) < 140
    assert source[caret.index("^") :].startswith("rleu, relu")


def test_the_tables_are_whole() -> None:
    assert len(ITEMS) >= 200
    assert len(FILES) >= 90
    names = [case.id for case in CASES]
    assert len(set(names)) == len(names)
