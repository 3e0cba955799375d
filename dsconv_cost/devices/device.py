"""A device: how fast it is at most, or what was measured on it."""

from collections.abc import Mapping

from dsconv_cost.named_tuple import NamedTuple

MEMORY, COMPUTE = "memory", "compute"
"""What an operation is bound by: it takes longer to move its bytes, or to make its MACs."""


class DataType(NamedTuple):
    """How wide tensors and weights are, and biases."""

    name: str
    bits: int
    bias_bits: int


DATA_TYPES = {
    name: DataType(name, bits, bias_bits)
    for name, bits, bias_bits in (
        ("int4", 4, 32), ("int8", 8, 32), ("int16", 16, 32), ("fp16", 16, 16), ("bf16", 16, 16), ("fp32", 32, 32),
    )
}  # fmt: skip
"""Integer kernels keep their biases at 32 bits, those of floating point at their own width."""


class LeaveOneOut(NamedTuple):
    """How far estimates are off, each of a network that was left out when terms were chosen and rates fitted."""

    networks: int
    """How many networks were measured."""
    median: float
    """Half of the estimates are off by at most this share of the measured time."""
    worst: float
    least: float
    """The shortest of the measured times, in seconds."""
    most: float
    """The longest of them."""

    def covers(self, seconds: float) -> bool:
        """Return whether a time is between those that were measured."""
        return self.least <= seconds <= self.most


class Device(NamedTuple):
    """One device."""

    name: str
    source: str
    """Where its figures are from."""
    dtype: DataType | None = None
    """Of `peak` and of the bytes that are moved; None where only rates are known."""
    peak: int | None = None
    """The most MACs a second, dense."""
    bandwidth: int | None = None
    """The most bytes a second of the fastest memory that tensors are in; None where none is published."""
    rates: Mapping[str, float] = {}
    """Name of a term -> the seconds that one of it takes."""
    leave_one_out: LeaveOneOut | None = None
    """Of the rates."""
    path: str = ""
    """The file that it is from; empty for one that the package has."""

    @property
    def bits(self) -> int | None:
        """How wide its tensors are; None where that is not known."""
        return None if self.dtype is None else self.dtype.bits

    @property
    def ridge(self) -> float | None:
        """The MACs a byte above which an operation is bound by compute: peak / bandwidth; None where one is unknown."""
        return self.peak / self.bandwidth if self.peak and self.bandwidth else None
