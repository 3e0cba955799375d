"""Named tuples that are cheap to define: in everything that is used of them like those of `typing`."""

import copy
import pickle
import typing

import pytest

from dsconv_cost.named_tuple import NamedTuple


class Ours(NamedTuple):
    """A point with a name."""

    x: int
    y: int = 2
    name: str = "p"

    @property
    def sum(self) -> int:
        return self.x + self.y


class Theirs(typing.NamedTuple):
    """The same, by the standard library."""

    x: int
    y: int = 2
    name: str = "p"

    @property
    def sum(self) -> int:
        return self.x + self.y


CALLS: list[tuple[tuple[typing.Any, ...], dict[str, typing.Any]]] = [
    ((1,), {}),
    ((1, 5), {}),
    ((1, 5, "q"), {}),
    ((), {"x": 1}),
    ((1,), {"name": "q"}),
    ((), {"name": "q", "x": 3, "y": 4}),
]


@pytest.mark.parametrize(("values", "named"), CALLS)
def test_what_is_made(values: tuple[typing.Any, ...], named: dict[str, typing.Any]) -> None:
    ours, theirs = Ours(*values, **named), Theirs(*values, **named)
    assert tuple(ours) == tuple(theirs)
    assert hash(ours) == hash(theirs)
    assert ours._asdict() == theirs._asdict()
    assert (ours.x, ours.y, ours.name, ours.sum) == (theirs.x, theirs.y, theirs.name, theirs.sum)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert tuple(ours._replace(y=9)) == tuple(theirs._replace(y=9))
    assert copy.copy(ours) == ours
    assert pickle.loads(pickle.dumps(ours)) == ours
    assert type(pickle.loads(pickle.dumps(ours))) is Ours
    assert not hasattr(ours, "__dict__")


WRONG: list[tuple[tuple[typing.Any, ...], dict[str, typing.Any]]] = [
    ((), {}),
    ((1, 2, "p", 4), {}),
    ((1,), {"x": 2}),
    ((1,), {"z": 2}),
]


@pytest.mark.parametrize(("values", "named"), WRONG)
def test_what_is_refused(values: tuple[typing.Any, ...], named: dict[str, typing.Any]) -> None:
    for kind in (Ours, Theirs):
        with pytest.raises(TypeError):
            kind(*values, **named)
    with pytest.raises((TypeError, ValueError)):
        Ours(1)._replace(z=1)  # type: ignore[call-arg]


def test_fields_and_patterns() -> None:
    assert (Ours._fields, Ours._field_defaults) == (Theirs._fields, Theirs._field_defaults)
    assert Ours._make([1, 2, "p"]) == Ours(1)
    match Ours(1, 7):
        case Ours(x, y, name):
            assert (x, y, name) == (1, 7, "p")
    with pytest.raises(AttributeError):
        Ours(1).x = 2  # type: ignore[misc]
    with pytest.raises(TypeError, match="without a default"):
        exec("class Wrong(NamedTuple):\n    a: int = 1\n    b: int", {"NamedTuple": NamedTuple})


class OurChild(Ours):
    """A class of a tuple: it has the fields of its base, whatever it declares."""

    __slots__ = ()

    more: int

    @property
    def twice(self) -> int:
        return 2 * self.x


class TheirChild(Theirs):
    """The same, by the standard library."""

    __slots__ = ()

    more: int

    @property
    def twice(self) -> int:
        return 2 * self.x


def test_a_class_of_a_tuple_has_its_fields() -> None:
    ours, theirs = OurChild(1, name="q"), TheirChild(1, name="q")
    assert OurChild._fields == TheirChild._fields == ("x", "y", "name")
    assert (tuple(ours), ours.twice, ours.sum) == (tuple(theirs), theirs.twice, theirs.sum) == ((1, 2, "q"), 2, 3)
    assert type(ours._replace(y=9)) is OurChild
    assert type(pickle.loads(pickle.dumps(ours))) is OurChild
