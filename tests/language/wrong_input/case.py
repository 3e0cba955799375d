"""A row of the table: a file, and the problems that one run reports of it.

A position is that of the thing at fault. ` ... ` in a message stands for words that are not compared.
"""

from typing import NamedTuple

from dsconv_cost.errors import InputError, Problem
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import Source, load_source

Expected = tuple[int, int, str]


class Case(NamedTuple):
    id: str
    text: str
    problems: tuple[Expected, ...]


def item(id_: str, text: str, *problems: Expected) -> Case:
    """Return the case of items alone; the first stands in line 3."""
    return Case(id_, f"input: [3, 32, 32]\nlayers:\n{text}\n", problems)


def file(id_: str, text: str, *problems: Expected) -> Case:
    """Return the case of a whole file."""
    return Case(id_, text, problems)


DEEP = "".join("  " * n + "- sequential:\n" for n in range(1, 3000))
DOUBLED = "".join(f"  b{n}: {{layers: [b{n - 1}, b{n - 1}]}}\n" for n in range(1, 41))
CHAIN = "".join(f"  b{n}: {{layers: b{n - 1}}}\n" for n in range(1, 71))
ONES = ", ".join(["1"] * 257)


def load(text: str) -> Architecture:
    return load_source(Source(text, "net.yaml", False, None), {})


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        elaborate(load(text))
    except InputError as error:
        return error.problems
    return ()


def holds(message: str, expected: str) -> bool:
    """Return whether the message is the expected one, with any words where ` ... ` stands."""
    head, gap, tail = expected.partition(" ... ")
    return message.startswith(head) and message.endswith(tail) if gap else message == expected
