"""Peak, arena and flash of a network, worked out when one of them is asked for."""

from collections.abc import Callable

from dsconv_cost.language.limits import MEMORY_BITS
from dsconv_cost.network.graph import Network


class DeferredMemory:
    """What a network takes of memory; the network is made, or kept, until then."""

    __slots__ = ("_made", "_values", "bits")

    def __init__(self, made: Callable[[], Network], bits: int = MEMORY_BITS) -> None:
        self._made: Callable[[], Network] | None = made
        self.bits = bits
        """Of an element; biases have 32."""
        self._values: dict[str, int] = {}

    def of(self, metric: str) -> int:
        """Return the bytes of `peak`, `arena` or `flash`."""
        if self._made is not None:
            from dsconv_cost.memory.places import MEMORY_METRICS, PlacedMemory  # few ask for it

            memory = PlacedMemory(self._made(), self.bits)
            self._values = {name: memory.value(name) for name in MEMORY_METRICS}
            self._made = None
        return self._values[metric]


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
