"""The work that one call may do: all of its networks share one allowance."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from dsconv_cost.errors import UsageError
from dsconv_cost.language.nodes import MOST_NODES
from dsconv_cost.text import inert

MAX_LAYERS = 200_000
"""The maximum number of layers of a network, unless a call asks for more."""
STEPS_PER_LAYER = 12
"""How many items, repetitions, joined tensors and parts of expressions are looked at for each layer allowed."""
READ_PER_LAYER = 45
"""How many values, at most, the files of a call may hold for each layer allowed: 9 million, six times as many as one file may."""
NETWORKS_PER_CALL = 3
"""How many networks of the maximum size a call may make. Of usual networks that is thousands."""


class Allowance:
    """What the networks of a call have spent: layers, or steps as the layers that so many steps are allowed for."""

    def __init__(self, max_layers: int) -> None:
        self.max_layers = max_layers
        """Of a network, where nothing else is given."""
        self._spent: dict[str, int] = {}
        self._compared = 0
        self._read = 0

    def left(self, max_layers: int) -> int:
        """Return how large the next network may be, when none may have more than `max_layers`."""
        return max(0, min(max_layers, NETWORKS_PER_CALL * max_layers - sum(self._spent.values())))

    def spend(self, network: str, layers: int, steps: int) -> None:
        self._spent[network] = self._spent.get(network, 0) + max(layers, steps // STEPS_PER_LAYER)

    def compare(self, names: int) -> None:
        """Spend the comparing of a pattern with names. Raises UsageError where nothing is left for it."""
        self._compared += names
        most = NETWORKS_PER_CALL * self.max_layers * STEPS_PER_LAYER
        if self._compared > most:
            raise UsageError(
                f"the limits of this call compare patterns with more than {most:,} names of layers: give fewer limits with "
                "layer or kind, or raise the bound with --layer-bound"
            )

    def read(self, path: str, text: str) -> None:
        """Spend the reading of a YAML text. Raises UsageError where nothing is left for it."""
        self._read += min(text.count(",") + text.count(":") + text.count("\n"), MOST_NODES)
        most = READ_PER_LAYER * self.max_layers
        if self._read > most:
            raise UsageError(
                f"{inert(path)} is not read: the files of this call hold more than {most:,} values: name fewer files, "
                "or raise the bound with --layer-bound"
            )

    def exceeded(self, max_layers: int) -> str:
        """Return the message for a network that there is no allowance left for."""
        most = max(self._spent, key=self._spent.__getitem__)
        return (
            f"the networks of this call take more work than {NETWORKS_PER_CALL * max_layers:,} layers together, of which "
            f"{inert(most)} alone took {self._spent[most]:,}: name fewer networks or points, lower repeat, "
            "or raise the bound with --layer-bound"
        )


_current: ContextVar[Allowance | None] = ContextVar("_current", default=None)


def spend_reading(path: str, text: str) -> None:
    """Spend the reading of a YAML text, where a call is running. Raises UsageError where nothing is left for it."""
    call = _current.get()
    if call is not None:
        call.read(path, text)


def current_allowance() -> Allowance | None:
    """Return the allowance of the running call; None where there is none, as in Python."""
    return _current.get()


@contextmanager
def one_allowance(max_layers: int = MAX_LAYERS) -> Iterator[None]:
    """Let all networks that are made inside share one allowance."""
    token = _current.set(Allowance(max_layers))
    try:
        yield
    finally:
        _current.reset(token)
