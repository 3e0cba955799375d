"""The arithmetic of the language: a table of values, and a longer one of what is no value."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsconv_cost.language.expressions.expression import Arriving, Expression
from dsconv_cost.language.expressions.functions import FUNCTIONS, SIGNATURES, make_divisible
from dsconv_cost.language.expressions.parser import (
    DEEPEST_EXPRESSION,
    LONGEST_EXPRESSION,
    ExpressionProblem,
    compile_expression,
)
from dsconv_cost.language.vocabulary import WORDS
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.layers.values import Value, ValueProblem, describe

NAMES: dict[str, Value] = {
    "alpha": 0.75, "n": 7, "wide": True, "nl": "hardswish", "depths": (3, 4, 6, 3), "flags": (True, False),
    "ones": (1, 0), "none_at_all": (),
}  # fmt: skip
ARRIVING = Arriving(24, Shape(24, 14, 7))


def value(text: str) -> Value:
    return compile_expression(text, WORDS).run(NAMES, ARRIVING)


VALUES: list[tuple[str, Value]] = [
    # numbers
    ("7", 7),
    ("0", 0),
    ("0.5", 0.5),
    (".5", 0.5),
    ("5.", 5.0),
    ("  12  ", 12),
    ("9007199254740992", 2**53),
    ("-9007199254740992", -(2**53)),
    # names and words
    ("n", 7),
    ("in_channels", 24),
    ("in_height * in_width", 98),
    ("in_channels * 6", 144),
    ("relu", "relu"),
    ("nl", "hardswish"),
    ("true", True),
    ("false", False),
    # arithmetic and precedence
    ("2 + 3 * 4", 14),
    ("(2 + 3) * 4", 20),
    ("2 * 3 + 4", 10),
    ("10 - 3 - 2", 5),
    ("10 - (3 - 2)", 9),
    ("12 / 4", 3.0),
    ("12 / 5", 2.4),
    ("7 // 2", 3),
    ("-7 // 2", -4),
    ("7 // -2", -4),
    ("7.5 // 2", 3.0),
    ("7 % 4", 3),
    ("-7 % 4", 1),
    ("7.5 % 2", 1.5),
    ("8 / 2 * 4", 16.0),
    ("8 // 2 * 4", 16),
    ("2 * 7 // 4", 3),
    ("2 * (7 // 4)", 2),
    ("100 // 7 % 5", 4),
    ("2 ** 10", 1024),
    ("2 ** 3 ** 2", 512),
    ("(2 ** 3) ** 2", 64),
    ("-2 ** 2", -4),
    ("(-2) ** 2", 4),
    ("2 ** -1", 0.5),
    ("2 ** 0.5", 2**0.5),
    ("4 ** 0.5 * 3", 6.0),
    ("0 ** 0", 1),
    ("2 ** 53", 2**53),
    ("(-1) ** 9007199254740992", 1),
    ("10 ** -400", 0.0),
    ("0.5 ** 9007199254740992", 0.0),
    ("-n", -7),
    ("--n", 7),
    ("+n", 7),
    ("3 - -2", 5),
    ("3*-2", -6),
    ("2 * -n ** 2", -98),
    ("32 * alpha", 24.0),
    ("0.1 + 0.2", 0.30000000000000004),
    ("0.07 * 100", 7.000000000000001),
    # integers stay exact
    ("3 * 3002399751580330", 9007199254740990),
    ("9007199254740991 // 2", 4503599627370495),
    # comparisons
    ("1 < 2", True),
    ("2 < 1", False),
    ("2 <= 2", True),
    ("3 > 2", True),
    ("2 >= 3", False),
    ("2 == 2.0", True),
    ("2 != 3", True),
    ("1 + 1 == 2", True),
    ("nl == hardswish", True),
    ("nl != relu", True),
    ("nl == relu", False),
    ("wide == true", True),
    ("1 == true", False),
    ("0 != false", True),
    ("nl == 1", False),
    ("depths == depths", True),
    ("flags == ones", False),
    ("depths != ones", True),
    # and, or, not
    ("true and false", False),
    ("true or false", True),
    ("not true", False),
    ("not not true", True),
    ("not 1 == 2", True),
    ("true or false and false", True),
    ("(true or false) and false", False),
    ("not false and false", False),
    ("n > 3 and alpha < 1", True),
    ("false and 1 / 0 == 1", False),
    ("true or 1 / 0 == 1", True),
    # if and else
    ("1 if true else 2", 1),
    ("1 if false else 2", 2),
    ("1 if false else 2 if false else 3", 3),
    ("(1 if true else 2) if true else 3", 1),
    ("1 + 1 if true else 5", 2),
    ("1 if true else 5 + 1", 1),
    ("1 if n > 3 and wide else 2", 1),
    ("hardswish if wide else relu", "hardswish"),
    ("same if wide else 0", "same"),
    ("n if true else 1 / 0", 7),
    ("-1 if wide else 1", -1),
    ("2 * (3 if wide else 4)", 6),
    # lists
    ("depths[0]", 3),
    ("depths[3]", 3),
    ("depths[1 + 1]", 6),
    ("depths[4 / 2]", 6),
    ("depths[n - 6] * 2", 8),
    ("2 ** depths[0]", 8),
    ("depths[0] ** 2", 9),
    ("flags[1]", False),
    # functions
    ("int(33.6)", 33),
    ("int(-33.6)", -33),
    ("int(5)", 5),
    ("round(2.5)", 2),
    ("round(3.5)", 4),
    ("round(-0.5)", 0),
    ("round(2.51)", 3),
    ("ceil(2.1)", 3),
    ("ceil(-2.1)", -2),
    ("floor(2.9)", 2),
    ("floor(-2.1)", -3),
    ("min(3, 1, 2)", 1),
    ("max(3, 7)", 7),
    ("max(1, in_channels // 4)", 6),
    ("min(1.5, 2)", 1.5),
    ("int(32 * alpha)", 24),
    ("int(min(4, 2 + 1) * 2.5)", 7),
    ("make_divisible(64)", 64),
    ("make_divisible(30, 16)", 32),
    ("make_divisible(33.3, 1)", 33),
    ("max(make_divisible(n * 2), 20)", 20),
    ("max(1 if wide else 2, 0)", 1),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_value(text: str, expected: Value) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


# MobileNetV2's reference code, which V3, EfficientNet and MnasNet share: nearest multiple, never under 90 %.
@pytest.mark.parametrize(
    ("v", "divisor", "expected"),
    [
        (11.2, 8, 16), (5.6, 8, 8), (22.4, 8, 24), (33.6, 8, 32), (12, 8, 16), (18, 8, 24), (30, 8, 32), (36, 8, 40),
        (134.4, 8, 136), (1, 8, 8), (0, 8, 8), (8, 8, 8), (16, 8, 16), (19.2, 8, 24), (1280, 8, 1280), (3, 4, 4),
        (1792, 8, 1792), (10, 1, 10), (7, 2.0, 8), (20.4, 12, 24), (10, 9, 9),
    ],
    ids=str,
)  # fmt: skip
def test_make_divisible(v: float, divisor: float, expected: int) -> None:
    assert make_divisible(v, divisor) == expected
    assert value(f"make_divisible({v}, {divisor})") == expected
    if divisor == 8:
        assert value(f"make_divisible({v})") == expected


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        # numbers
        ("017", 0, "could be octal or decimal: write 17"),
        ("1 + 007", 4, "write 7"),
        ("1e3", 0, "1e3 is not a number here: write 1000"),
        ("2 * 1.5e3", 4, "write 1500"),
        ("1e400", 0, "write it with plain decimal digits"),
        ("1_000", 0, "1_000 is not a number here: write 1000"),
        ("0x10", 0, "0x10 is not a number here"),
        ("4.2M", 0, "write all of its digits"),
        ("3x3", 0, "3x3 is not a number here"),
        ("1.2.3", 0, "1.2.3 is not a number here"),
        ("9007199254740993", 0, "9007199254740993 exceeds 2**53"),
        ("1 + 99999999999999999999", 4, "99999999999999999... exceeds 2**53"),
        pytest.param("9" * 400 + ".0", 0, "exceeds 2**53", id="a decimal beyond every double"),
        # characters
        ("1 = 2", 2, "compare with =="),
        ("2 ^ 3", 2, "write ** for a power"),
        ("a && b", 2, "write and, or, not"),
        ("!a", 0, "write and, or, not"),
        ("stride:2", 6, "put a space after the colon"),
        ("2 @ 3", 2, "'@' is not allowed in a value"),
        ("'relu'", 0, "is not allowed in a value"),
        ("a.b", 1, "'.' is not allowed in a value"),
        ("n ; n", 2, "';' is not allowed in a value"),
        ("\u00bd", 0, "is not allowed in a value"),
        ("\u0663", 0, "is not allowed in a value"),
        # shape
        ("", 0, "an empty value"),
        ("   ", 0, "an empty value"),
        ("1 +", 2, "the value ends early: a number or a name is missing"),
        ("* 2", 0, "expected a number or a name, received '*'"),
        ("2 * * 3", 4, "expected a number or a name, received '*'"),
        ("2 3", 2, "expected an operator or the end of the value, received '3'"),
        ("n n", 2, "received 'n'"),
        ("(1 + 2", 0, "this ( is never closed"),
        ("int(n", 3, "this ( is never closed"),
        ("depths[0", 6, "this [ is never closed"),
        ("1 + 2)", 5, "this ) closes nothing"),
        ("()", 1, "expected a number or a name, received ')'"),
        ("(1, 2)", 2, "expected ), received ','"),
        ("1, 2", 1, "write a list as [a, b]"),
        ("[1, 2]", 0, "a list cannot be part of an expression"),
        ("1 + [2]", 4, "a list cannot be part of an expression"),
        ("relu[0]", 4, "received '['"),
        ("in_channels[0]", 11, "received '['"),
        ("depths[0][1]", 9, "received '['"),
        ("1 < 2 < 3", 6, "comparisons cannot be chained"),
        ("1 == 2 == 3", 7, "comparisons cannot be chained"),
        ("1 if true", 8, "`if` needs `else`"),
        ("if true else 2", 0, "received 'if'"),
        ("1 if else 2", 5, "received 'else'"),
        ("1 + not true", 4, "received 'not'"),
        ("1 and", 4, "the value ends"),
        ("else", 0, "received 'else'"),
        # functions
        ("sqrt(4)", 0, "unknown function 'sqrt'"),
        ("floot(4)", 0, "did you mean 'floor'?"),
        ("n(4)", 0, "unknown function 'n'"),
        ("relu(4)", 0, "unknown function 'relu'"),
        ("int", 0, "int is a function: write int(x)"),
        ("2 * int", 4, "int is a function"),
        ("int()", 4, "received ')'"),
        ("int(1, 2)", 0, "int received 2 arguments"),
        ("min(1)", 0, "min received 1 arguments: write min(a, b, ...)"),
        ("min(1", 0, "this min(...) was cut off"),
        ("make_divisible(1, 2, 3)", 0, "make_divisible received 3 arguments"),
        pytest.param(f"max({', '.join(['1'] * 21)})", 0, "max received 21 arguments", id="21 arguments"),
        ("int(1 2)", 6, "expected ), received '2'"),
        # bombs
        pytest.param(
            "(" * 200 + "1" + ")" * 200,
            DEEPEST_EXPRESSION,
            f"nested more than {DEEPEST_EXPRESSION} levels deep",
            id="deep parentheses",
        ),
        pytest.param(
            "-" * 300 + "1", DEEPEST_EXPRESSION, f"nested more than {DEEPEST_EXPRESSION} levels deep", id="many signs"
        ),
        pytest.param(
            "not " * 100 + "true",
            4 * DEEPEST_EXPRESSION,
            f"nested more than {DEEPEST_EXPRESSION} levels deep",
            id="many nots",
        ),
        pytest.param(
            "2" + "**2" * 100,
            3 * DEEPEST_EXPRESSION + 0,
            f"nested more than {DEEPEST_EXPRESSION} levels deep",
            id="a tower of powers",
        ),
        pytest.param(
            "1 if true else " * 33 + "1",
            15 * DEEPEST_EXPRESSION,
            f"nested more than {DEEPEST_EXPRESSION}",
            id="a long chain of ifs",
        ),
        pytest.param(
            "int(" * 90 + "1" + ")" * 90,
            4 * DEEPEST_EXPRESSION,
            f"nested more than {DEEPEST_EXPRESSION} levels deep",
            id="deep calls",
        ),
        pytest.param("1" * 501, 0, f"a value of 501 characters: the maximum is {LONGEST_EXPRESSION}", id="too long"),
        pytest.param(
            " " * 501 + "1", 0, f"a value of 502 characters: the maximum is {LONGEST_EXPRESSION}", id="too long a blank"
        ),
    ],
)
def test_problem(text: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionProblem) as caught:
        compile_expression(text, WORDS)
    assert message in str(caught.value)
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / 0", "division by zero: 1 / 0"),
        ("1 // 0", "division by zero: 1 // 0"),
        ("1 % 0", "division by zero: 1 % 0"),
        ("1.5 % 0", "division by zero"),
        ("1 / (n - 7)", "division by zero: 1 / 0"),
        ("0 ** -1", "division by zero"),
        ("0.0 ** -2", "division by zero"),
        ("(-8) ** 0.5", "a negative number has no fractional power"),
        ("9 ** 9 ** 9", "exceeds 2**53"),
        ("(-9) ** 9 ** 9", "exceeds 2**53"),
        ("2 ** 54", "exceeds 2**53"),
        ("0.5 ** -9007199254740992", "exceeds 2**53"),
        ("1.0000001 ** 9007199254740992", "exceeds 2**53"),
        ("9007199254740992 + 1", "exceeds 2**53"),
        ("-9007199254740992 - 1", "exceeds 2**53"),
        ("99999999 * 99999999", "exceeds 2**53"),
        ("max(9007199254740992 * 2, 1)", "exceeds 2**53"),
        ("1 + true", "+ needs numbers, received true"),
        ("relu * 2", "* needs numbers, received the word relu"),
        ("depths + 1", "+ needs numbers, received the list [3, 4, 6, 3]"),
        ("-relu", "- needs numbers, received the word relu"),
        ("-wide", "- needs numbers, received true"),
        ("+nl", "+ needs numbers, received the word hardswish"),
        ("int(relu)", "int needs numbers, received the word relu"),
        ("min(1, true)", "min needs numbers, received true"),
        ("relu < 3", "< needs numbers, received the word relu"),
        ("wide >= 1", ">= needs numbers, received true"),
        ("not 1", "not needs true or false, received 1: compare it"),
        ("n and wide", "and needs true or false, received 7"),
        ("wide and n", "and needs true or false, received 7"),
        ("false or relu", "or needs true or false, received the word relu"),
        ("1 if n else 2", "if needs true or false, received 7: compare it, e.g. x > 0"),
        ("1 if relu else 2", "if needs true or false, received the word relu"),
        ("depths[4]", "depths has elements 0 to 3, received [4]"),
        ("depths[-1]", "depths has elements 0 to 3, received [-1]"),
        ("depths[0.5]", "depths has elements 0 to 3, received [0.5]"),
        ("depths[wide]", "depths has elements 0 to 3, received [true]"),
        ("depths[relu]", "depths has elements 0 to 3, received [the word relu]"),
        ("none_at_all[0]", "none_at_all has no elements, received [0]"),
        ("n[0]", "n is 7, not a list"),
        ("nl[0]", "nl is the word hardswish, not a list"),
        ("make_divisible(10, 0)", "a whole divisor of at least 1, received 0"),
        ("make_divisible(10, -8)", "a whole divisor of at least 1"),
        ("make_divisible(10, 1.5)", "a whole divisor of at least 1, received 1.5"),
    ],
)
def test_no_value(text: str, message: str) -> None:
    expression = compile_expression(text, WORDS)
    assert expression.constant is None
    with pytest.raises(ValueProblem) as caught:
        expression.run(NAMES, ARRIVING)
    assert message in str(caught.value)


def test_the_longest_sum_has_a_value() -> None:
    text = "1" + "+1" * ((LONGEST_EXPRESSION - 1) // 2)
    assert len(text) == LONGEST_EXPRESSION - 1
    assert value(text) == 250


def test_the_longest_chain_of_ors_has_a_value() -> None:
    text = "n<1" + " or n<1" * ((LONGEST_EXPRESSION - 3) // 7)
    assert value(text) is False


@pytest.mark.parametrize("text", ["(" * 29 + "1" + ")" * 29, "-" * 29 + "1", "1 if true else " * 29 + "1"], ids=len)
def test_nesting_within_the_bound_has_a_value(text: str) -> None:
    assert abs(value(text)) == 1  # type: ignore[arg-type]  # a number


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1 + 2", set()),
        ("relu if true else 3", set()),
        ("n * alpha + n", {"n", "alpha"}),
        ("depths[n]", {"depths", "n"}),
        ("in_channels // 4", {"in_channels"}),
        ("int(alpha) if not wide else max(n, 2)", {"alpha", "wide", "n"}),
    ],
)
def test_names_used(text: str, names: set[str]) -> None:
    expression = compile_expression(text, WORDS)
    assert expression.names == names
    assert (expression.constant is None) == bool(names)


def test_only_the_words_given_are_words() -> None:
    assert compile_expression("relu", frozenset()).names == {"relu"}
    assert compile_expression("relu", frozenset({"relu"})).constant == "relu"


def test_every_function_has_a_value_in_the_table_and_a_signature() -> None:
    texts = " ".join(text for text, _ in VALUES)
    assert {name for name in FUNCTIONS if f"{name}(" in texts} == set(FUNCTIONS) == set(SIGNATURES)


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (True, "true"),
        (False, "false"),
        (33.6, "33.6"),
        (7, "7"),
        ("relu", "the word relu"),
        ((1, 2.5, "relu"), "the list [1, 2.5, relu]"),
        ((), "the list []"),
        (tuple(range(9)), "the list [0, 1, 2, 3, 4, 5, 6, 7, ...]"),
    ],
    ids=repr,
)
def test_describe(thing: Value, text: str) -> None:
    assert describe(thing) == text


# -- against Python's own arithmetic ---------------------------------------------------------------

numbers = st.one_of(st.integers(0, 40).map(str), st.sampled_from(["0.5", "1.25", "7.0", "n", "alpha"]))
truths = st.sampled_from(["true", "false", "wide"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    comparison = st.tuples(inner, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner).map(" ".join)
    truth = st.one_of(truths, comparison, comparison.map("not {}".format))
    both = st.tuples(truth, st.sampled_from(["and", "or"]), truth).map(" ".join)
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), inner).map(" ".join),
        inner.map("-{}".format),
        inner.map("({})".format),
        st.tuples(st.sampled_from(["int", "round", "floor", "ceil"]), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        st.tuples(inner, st.one_of(truth, both), inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
    )


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.recursive(numbers, _larger, max_leaves=8).filter(lambda text: text.count("**") < 2))
def test_what_python_makes_of_the_same_text(text: str) -> None:
    names = {**NAMES, "true": True, "false": False, "floor": math.floor, "ceil": math.ceil}
    found = _value_or_problem(text)
    if isinstance(found, ValueProblem):
        said = str(found)
        if "division by zero" in said:
            with pytest.raises(ZeroDivisionError):
                eval(text, {}, names)
        else:  # Python has a value for these, and would work on some of them for days
            assert "exceeds 2**53" in said or "fractional power" in said
    else:
        expected = eval(text, {}, names)
        assert (found, type(found)) == (expected, type(expected))


def _value_or_problem(text: str) -> Value | ValueProblem:
    try:
        return value(text)
    except ValueProblem as problem:
        return problem


pieces = st.sampled_from(["1", "0.5", "n", "int", " if ", " else ", "not ", " and ", *"+-*/%<>=!()[],: e_&^'"])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(pieces, max_size=24).map("".join))
def test_any_text_is_compiled_or_has_a_problem_inside_it(text: str) -> None:
    found = _compiled_or_problem(text)
    if isinstance(found, ExpressionProblem):
        assert 0 <= found.offset <= max(0, len(text) - 1)
        assert str(found)
    else:
        assert found.text == text


def _compiled_or_problem(text: str) -> Expression | ExpressionProblem:
    try:
        return compile_expression(text, WORDS)
    except ExpressionProblem as problem:
        return problem
