"""What a user says about a model that its file leaves open: sizes of inputs, and operators that are free."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from dsconv_cost.named_tuple import NamedTuple

InputValue = tuple[int, ...] | int | float


class ModelChoices(NamedTuple):
    """The options `--input`, `--dim` and `--free`."""

    inputs: Mapping[str, InputValue] = {}
    """Name of an input -> its sizes, or its value if that is one number; the empty name is the only input of data."""
    dims: Mapping[str, int] = {}
    """Name of an axis that the file leaves open -> its size."""
    free: Sequence[str] = ()
    """Operators that count as 0; the result is incomplete then."""


NO_CHOICES = ModelChoices()
_current: ContextVar[ModelChoices] = ContextVar("_current", default=NO_CHOICES)


def current_choices() -> ModelChoices:
    """Return what the running call says about models."""
    return _current.get()


@contextmanager
def choices_for_models(choices: ModelChoices) -> Iterator[None]:
    """Let every model that is read inside be read with these choices."""
    token = _current.set(choices)
    try:
        yield
    finally:
        _current.reset(token)
