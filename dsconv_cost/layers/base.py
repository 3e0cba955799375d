"""What every layer type provides. One layer type is one class: fields, shape rule, counts and their formulas."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import Field, Values
from dsconv_cost.layers.shapes import Shape

Inputs = Sequence[Shape]

STANDARD = "standard"
DEPTHWISE = "depthwise"
POINTWISE = "pointwise"
GROUPED = "grouped"
TRANSPOSED = "transposed"
LINEAR = "linear"
NORM = "norm"
ACTIVATION = "activation"
POOLING = "pooling"
JOIN = "join"
SCALE = "scale"
RESHAPE = "reshape"

WEIGHTED = (STANDARD, DEPTHWISE, POINTWISE, GROUPED, TRANSPOSED, LINEAR)
"""The kinds that multiply and accumulate; all others cost 0 MACs."""


class Layer:
    """One primitive operation: immutable, without a position in a network or a file."""

    __slots__ = ()

    type: ClassVar[str]
    """The word the language has for it."""
    main: ClassVar[Field | None] = None
    """The field whose value stands behind the type's name, if there is one."""
    fields: ClassVar[tuple[Field, ...]] = ()
    """The other fields."""
    also: ClassVar[tuple[str, ...]] = ()
    """What other frameworks call it; used for suggestions only."""
    formulas: ClassVar[Mapping[str, str]] = {}
    """`weights`, `biases`, `norm`, `macs`, `output` -> the formula in the letters that `symbols` gives values to."""
    counted: ClassVar[str] = "0 MACs"
    """What the default convention counts of it, and why."""
    source: ClassVar[str] = ""
    """Where the formula or the operation comes from."""

    @classmethod
    def of(cls, values: Values) -> Self:
        """Make the layer from the normal forms of its fields."""
        return cls()

    def kind(self, inputs: Inputs) -> str:
        """Return the kind of operation it is on these inputs: one of the words at the top of this module."""
        raise NotImplementedError

    def channels(self, arriving: int) -> int:
        """Return the output's channels. Raises LayerError where the arriving ones do not suit."""
        return arriving

    def output(self, inputs: Inputs) -> Shape:
        """Return the output's shape. Raises LayerError where the inputs do not suit."""
        x = inputs[0]
        return x._replace(channels=self.channels(x.channels))

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        """Return the exact counts for these inputs."""
        return Counts(read=sum(x.elements for x in inputs), written=output.elements)

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        """Return the values of the letters in `formulas`."""
        x = inputs[0]
        return {
            "C_in": x.channels, "H_in": x.height, "W_in": x.width,
            "C_out": output.channels, "H_out": output.height, "W_out": output.width,
        }  # fmt: skip

    def settings(self, inputs: Inputs) -> dict[str, Any]:
        """Return kernel, stride, padding, groups where the layer has them."""
        return {}

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (cls.main, *cls.fields) if cls.main else cls.fields
