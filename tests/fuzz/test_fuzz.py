"""The fuzzing itself: that it makes what it should and misses nothing; with `-m fuzz` a minute of it, the same every time."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from dsconv_cost.costs.analysis import Analysis
from dsconv_cost.errors import InputError, Problem
from dsconv_cost.language.expressions.parser import compile_expression
from dsconv_cost.language.limits import METRICS, Amount
from dsconv_cost.language.vocabulary import TYPES
from dsconv_cost.spaces.grid import Axis
from tests.fuzz import commands, generate, oracles, steps
from tests.fuzz.mutate import CHANGES, mutated
from tests.fuzz.oracles import Find
from tests.fuzz.rewrite import REWRITINGS, rewritten, type_of
from tests.fuzz.run import tried
from tests.fuzz.steps import Input
from tests.fuzz.write import Tree, text_of

SEED = 20
INPUTS = {
    "networks": 4000, "mutated": 6000, "bytes": 1500, "rewritten": 3000, "budgets": 1500, "locks": 1500, "quantities": 5000,
    "ranges": 5000, "expressions": 5000, "calls": 1500, "devices": 1000, "times": 500, "figures": 100,
}  # fmt: skip
"""How many of each kind are tried: about 40 seconds of processor time in all."""


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", INPUTS)
def test_a_minute_of_it(kind: str) -> None:
    counts, finds = tried(600, SEED, [kind], INPUTS[kind])
    assert not finds, "\n".join(finds)
    assert sum(counts.values()) >= INPUTS[kind]


def test_every_kind_is_tried() -> None:
    assert set(INPUTS) == set(steps.KINDS)


# -- what is made ---------------------------------------------------------------------------------


def _keys(tree: Tree, found: Counter[str]) -> None:
    """Count the types of a tree and their fields, as `conv` and `conv.kernel`."""
    if isinstance(tree, dict):
        name = type_of(tree)
        found.update([name, *(f"{name}.{key}" for key in tree)])
        for value in tree.values():
            _keys(value, found)
    elif isinstance(tree, list):
        for value in tree:
            _keys(value, found)
    elif tree in TYPES:
        found[str(tree)] += 1


def test_every_type_and_field_of_the_language_is_tried() -> None:
    found: Counter[str] = Counter()
    for number in range(6000):
        _keys(generate.network(Random(number)), found)
    wanted = {*TYPES, *(f"{name}.{field.name}" for name, type_ in TYPES.items() for field in type_.fields)}
    assert wanted - set(found) == set()


def test_most_files_are_networks_and_every_rewriting_finds_its_place() -> None:
    applied: Counter[str] = Counter()
    networks = 0
    for number in range(150):
        root = generate.network(Random(number))
        if isinstance(oracles.loaded(text_of(root)), Analysis):
            networks += 1
            applied.update(way for way in REWRITINGS if rewritten(root, way, Random(number)) is not None)
    assert networks > 75
    assert set(applied) == set(REWRITINGS)


def test_the_same_chance_makes_the_same_inputs() -> None:
    for kind in steps.KINDS.values():
        first, second = ([one.text for one in kind.make(Random("5"), Path())] for _ in range(2))
        assert first == second


def test_every_change_changes_something() -> None:
    texts = [
        text_of(generate.network(Random(number))) for number in range(3, 8)
    ]  # not each has what a change looks for
    for change in CHANGES:
        assert any(change(text, Random(number)) != text for text in texts for number in range(20))
    assert any(
        isinstance(oracles.loaded(mutated(text, Random(number))), Analysis) for text in texts for number in range(50)
    )


def test_calls_of_every_outcome_are_made(tmp_path: Path) -> None:
    codes: Counter[int] = Counter()
    for number in range(150):
        random = Random(number)
        commands.place(commands.files(random), tmp_path)
        codes[commands.check_call(commands.command_line(random), tmp_path).code] += 1
    assert set(codes) == {0, 1, 2}


# -- what is expected -----------------------------------------------------------------------------

TEXT = "input: [3, 8, 8]\nlayers: [{conv: 4, kernel: 3}]\n"


def _wrong(problem: Problem) -> Callable[[], object]:
    return lambda: oracles.check_error(InputError("net.yaml", [problem]), TEXT)


def _sums() -> None:
    found = oracles.loaded(TEXT)
    assert isinstance(found, Analysis)
    found.as_written.layers.append(found.as_written.layers[0])
    oracles.check_sums(found)


NOT_SO: dict[str, tuple[Callable[[], object], str]] = {
    "a line below the file": (_wrong(Problem(4, 1, "x", "no-match")), "a place outside the file"),
    "a column behind its line": (_wrong(Problem(1, 18, "x", "no-match")), "a place outside the file"),
    "an end before the start": (_wrong(Problem(2, 3, "x", "no-match", None, 1, 2)), "ends before it begins"),
    "a code of its own": (_wrong(Problem(1, 1, "x", "oops")), "unknown code"),  # type: ignore[arg-type]  # on purpose
    "a message of two lines": (_wrong(Problem(1, 1, "x\ny", "no-match")), "a message of several lines"),
    "no problem": (lambda: oracles.check_error(InputError("net.yaml", []), TEXT), "an error without problems"),
    "an escape sequence": (lambda: oracles.check_words("a\x1b[31m"), "not inert"),
    "a direction mark": (lambda: oracles.check_words("a\u202e"), "not inert"),
    "a command of a runner": (lambda: oracles.check_words("fine\n  ::error::x"), "not inert"),
    "a layer counted twice": (_sums, "params of layers: 224, in total 112"),  # 3 * 3 * 3 * 4 + 4 = 112
    "two networks": (
        lambda: steps.check_same(json.dumps({"said": TEXT, "otherwise": TEXT.replace("4", "5")})),
        "became",
    ),
    "a rewriting that is refused": (
        lambda: steps.check_same(json.dumps({"said": TEXT, "otherwise": TEXT.replace("kernel", "kernal")})),
        "refused when said otherwise",
    ),
}


@pytest.mark.parametrize("case", NOT_SO)
def test_what_is_not_so_is_found(case: str) -> None:
    check, said = NOT_SO[case]
    with pytest.raises(Find, match=said):
        check()


COMPILE = compile_expression
WRONG_READERS: dict[str, tuple[str, object, Callable[[], object]]] = {
    "a quantity": (
        "amount",
        lambda text, metric: Amount(text, 599),
        lambda: oracles.check_quantity("600", METRICS["macs"]),
    ),
    "no quantity": (
        "amount",
        lambda text, metric: Amount(text, 1),
        lambda: oracles.check_quantity("1 m", METRICS["macs"]),
    ),
    "a range": ("parse_axis", lambda text: Axis("a", (1, 2)), lambda: oracles.check_axis("a=1..3:1")),
    "an expression": (
        "compile_expression",
        lambda text, words: COMPILE("7", words),
        lambda: oracles.check_expression("2 * 3", 1),
    ),
}


@pytest.mark.parametrize("case", WRONG_READERS)
def test_a_reader_that_is_wrong_is_found(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, wrong, check = WRONG_READERS[case]
    check()
    monkeypatch.setattr(oracles, name, wrong)
    with pytest.raises(Find):
        check()


def test_a_find_is_reported_and_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(text: str, path: str) -> object:
        raise KeyError(text)

    assert tried(60, 1, ["budgets"], 3)[1] == []
    monkeypatch.setattr(oracles, "read_budget_file", fails)
    counts, finds = tried(60, 1, ["budgets"], 1, start=7)
    assert counts == {"other readers": 1}
    (find,) = finds
    assert find.startswith("budgets: KeyError: ")
    assert "repeat: --seed 1 --start 7 --inputs 1 --only budgets" in find


def test_an_input_that_does_not_end_is_a_find(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(text: str, path: str) -> object:
        while True:
            pass

    monkeypatch.setattr("tests.fuzz.run.SECONDS", 0.1)
    monkeypatch.setattr(oracles, "read_budget_file", never)
    (find,) = tried(60, 1, ["budgets"], 1)[1]
    assert find.startswith("budgets: TimeoutError: more than 0.1 s of processor time")


def test_a_find_is_shrunk_to_what_matters() -> None:
    def check(text: str) -> None:
        if "layers" in text and "kernel: 0" in text:
            raise ValueError(text)

    lines = [f"line {number}" for number in range(40)]
    lines[7:7], lines[31:31] = ["layers: x"], ["kernel: 0"]
    assert steps.shrunk(Input("\n".join(lines), check)) == "layers: x\nkernel: 0"
