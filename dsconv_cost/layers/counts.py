"""What a layer costs, as exact integers for one sample."""

from collections import Counter
from operator import mul

from dsconv_cost.named_tuple import NamedTuple


class Counts(NamedTuple):
    """The exact counts of one layer. A convention turns them into params, MACs and FLOPs."""

    weights: int = 0
    """Learned factors: kernels of convolutions and linear layers, scales, slopes."""
    biases: int = 0
    """Learned summands of convolutions and linear layers."""
    norm: int = 0
    """Learned scales and shifts of normalisations; running statistics are not learned."""
    macs: int = 0
    """Multiply-accumulates of convolutions and matrix products; padding positions count."""
    bias_adds: int = 0
    """Additions of a bias to an output element."""
    normalised: int = 0
    """Elements that a normalisation passes."""
    activated: int = 0
    """Elements that an activation passes."""
    pooled: int = 0
    """Elements that pooling windows read, overlaps as often as they are read."""
    added: int = 0
    """Additions, subtractions and comparisons of elements by joins."""
    multiplied: int = 0
    """Multiplications and divisions of elements by joins and scales."""
    resampled: int = 0
    """Elements that an upsampling or resizing writes."""
    read: int = 0
    """Elements of the inputs."""
    written: int = 0
    """Elements of the output."""

    # Of a layer whose weights are those of an earlier one: learned there, and used here again.
    shared_weights: int = 0
    """Learned factors of the earlier layer."""
    shared_biases: int = 0
    """Learned summands of the earlier layer."""
    shared_norm: int = 0
    """Learned scales and shifts of the earlier layer."""

    # What one counter or another takes instead of the counts above.
    running: int = 0
    """Running means and variances of batch norms: stored, not learned."""
    joined: int = 0
    """Elements of the results of a sum or product of several inputs, joined in order, two at a time."""
    windowed: int = 0
    """Elements that a pool's windows move over: the input, with padding that differs at opposite sides."""
    positions: int = 0
    """Positions of the output, of a softmax and of a resizing."""
    output_macs: int = 0
    """Of a transposed convolution: a MAC for each weight at each output position."""
    ungrouped_macs: int = 0
    """Of a transposed convolution: output_macs, times its groups where the channels change."""
    regrouped_macs: int = 0
    """Of a transposed convolution: macs with the output channels of a group divided by the groups once more."""
    forward_biases: int = 0
    """Of a transposed convolution: the biases of one group at the positions of a convolution of the same fields."""

    @property
    def params(self) -> int:
        """Everything that is learned."""
        return self.weights + self.biases + self.norm

    @property
    def shared(self) -> int:
        """Everything it uses that is learned by an earlier layer."""
        return self.shared_weights + self.shared_biases + self.shared_norm

    @property
    def used_weights(self) -> int:
        """Learned factors, whosever they are."""
        return self.weights + self.shared_weights

    @property
    def used_biases(self) -> int:
        """Learned summands, whosever they are."""
        return self.biases + self.shared_biases

    @property
    def used_norm(self) -> int:
        """Learned scales and shifts of normalisations, whosever they are."""
        return self.norm + self.shared_norm

    def borrowed(self) -> "Counts":
        """Return the counts of the same layer with the weights of an earlier one: MACs each time, params there alone."""
        return self._replace(
            weights=0, biases=0, norm=0, running=0, shared_weights=self.used_weights, shared_biases=self.used_biases,
            shared_norm=self.used_norm,
        )  # fmt: skip


ZERO = Counts()


def total(counts: "list[Counts]") -> Counts:
    """Return the sum, field by field."""
    if not counts:
        return ZERO
    times = Counter(map(id, counts))  # a large network repeats few
    columns = zip(*{id(each): each for each in counts}.values(), strict=True)
    return Counts(*[sum(map(mul, column, times.values())) for column in columns])
