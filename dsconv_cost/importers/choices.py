"""What a user says about models that their files leave open: sizes of inputs, and operators that are free."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from dsconv_cost.errors import UsageError
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.text import inert

InputValue = tuple[int, ...] | int | float
"""The sizes of an input, or its value if that is one number."""

_SIZES = re.compile(r"[0-9]{1,9}(?:x[0-9]{1,9})+")
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")


class ModelChoices(NamedTuple):
    """The options `--input`, `--dim` and `--free`."""

    inputs: Mapping[str, InputValue] = {}
    """Name of an input -> its sizes or value; the empty name is the only input of data."""
    dims: Mapping[str, int] = {}
    """Name of an axis that the file leaves open -> its size."""
    free: Sequence[str] = ()
    """Operators that count as 0; the result is incomplete then."""


NO_CHOICES = ModelChoices()


def input_value(text: str, where: str) -> InputValue:
    """Return the sizes or the value that a text means. Raises UsageError."""
    if _SIZES.fullmatch(text):
        sizes = tuple(map(int, text.split("x")))
        if min(sizes) > 0:
            return sizes
    elif _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    raise UsageError(f"{where}: received '{inert(text)}', expected sizes, e.g. 1x3x224x224, or one number")


class _Call:
    """The choices of a running call, and whether a model was read with them."""

    __slots__ = ("choices", "is_used")

    def __init__(self, choices: ModelChoices, is_used: bool) -> None:
        self.choices = choices
        self.is_used = is_used

    def use(self) -> ModelChoices:
        self.is_used = True
        return self.choices


_current: ContextVar[_Call | None] = ContextVar("_current", default=None)


def current_choices() -> ModelChoices:
    """Return what the running call says about the models it reads."""
    call = _current.get()
    return call.use() if call is not None else NO_CHOICES


@contextmanager
def choices_for_models(choices: ModelChoices) -> Iterator[None]:
    """Let every model that is read inside be read with these choices."""
    token = _current.set(_Call(choices, is_used=False))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def also_free(operators: Sequence[str]) -> Iterator[None]:
    """Let more operators be free in the models that are read inside: those of a budget file."""
    call = _current.get()
    before = call.choices if call is not None else NO_CHOICES
    inner = _Call(before._replace(free=tuple(dict.fromkeys((*before.free, *operators)))), is_used=False)
    token = _current.set(inner)
    try:
        yield
    finally:
        _current.reset(token)
        if call is not None and inner.is_used:
            call.use()


def refuse_unused_choices() -> None:
    """Raise UsageError where the call has choices for models and read none."""
    call = _current.get()
    if call is not None and not call.is_used and call.choices != NO_CHOICES:
        raise UsageError(
            "--input, --dim and --free are for models such as net.onnx, and no network of this call is one"
        )
