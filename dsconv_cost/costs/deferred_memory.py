"""Peak, arena and flash of a network, worked out when one of them is asked for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from dsconv_cost.language.limits import MEMORY_BITS
from dsconv_cost.network.graph import Network

if TYPE_CHECKING:
    from dsconv_cost.memory.places import Moment


class DeferredMemory:
    """What a network takes of memory; the network is made, or kept, until then."""

    __slots__ = ("_made", "_moment", "_values", "bits")

    def __init__(self, made: Callable[[], Network], bits: int = MEMORY_BITS) -> None:
        self._made: Callable[[], Network] | None = made
        self.bits = bits
        """Of an element; biases have 32."""
        self._values: dict[str, int] = {}
        self._moment: Moment | None = None

    def of(self, metric: str) -> int:
        """Return the bytes of `peak`, `arena` or `flash`."""
        self._work_out()
        return self._values[metric]

    @property
    def moment(self) -> "Moment":
        """The step that makes the peak."""
        self._work_out()
        assert self._moment is not None
        return self._moment

    def _work_out(self) -> None:
        if self._made is None:
            return
        from dsconv_cost.memory.places import MEMORY_METRICS, PlacedMemory  # few ask for it

        memory = PlacedMemory(self._made(), self.bits)
        self._values = {name: memory.value(name) for name in MEMORY_METRICS}
        self._moment = memory.moment()
        self._made = None


class HasMemory:
    """The three metrics as properties, in bytes at `memory.bits` bits."""

    __slots__ = ()
    memory: DeferredMemory

    @property
    def peak(self) -> int:
        """The most bytes of activations alive at once."""
        return self.memory.of("peak")

    @property
    def arena(self) -> int:
        """The bytes that tensors take in TensorFlow Lite Micro's arena."""
        return self.memory.of("arena")

    @property
    def flash(self) -> int:
        """The bytes of weights and biases."""
        return self.memory.of("flash")
