"""What every composite provides. A composite is only made of layers: it has no formula of its own."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Protocol

from dsconv_cost.layers.fields import DERIVED, Field, Values
from dsconv_cost.layers.shapes import Shape


class Build(Protocol):
    """The builder of a composite. Tensors are numbers; only the builder knows their meaning."""

    def channels(self, tensor: int) -> int:
        """Return the channels of a tensor."""

    def shape(self, tensor: int) -> Shape:
        """Return the shape of a tensor."""

    def layer(self, label: str, type_name: str, inputs: tuple[int, ...], values: Mapping[str, Any]) -> int:
        """Add a layer of a type, with the norm and activation its values name, and return its output."""

    def keeps_shape(self, start: int, end: int) -> bool:
        """Return whether everything from `start` to `end` keeps channels, height and width and strides nowhere."""

    def inside(self, label: str, type_name: str) -> "Build":
        """Return a builder whose layers are inside a part called `label`."""


class Composite:
    """Something written as one item that is made of layers."""

    type: ClassVar[str]
    main: ClassVar[Field | None] = None
    fields: ClassVar[tuple[Field, ...]] = ()
    also: ClassVar[tuple[str, ...]] = ()
    inner: ClassVar[tuple[str, ...]] = ()
    """The types inside it whose `defaults` reach it."""
    fewest_layers: ClassVar[int] = 1
    """How many layers it makes at least: what a bound on layers may take for granted."""
    made_of: ClassVar[str] = ""
    """The layers it is made of, in words."""
    source: ClassVar[str] = ""

    @classmethod
    def expand(cls, values: Values, inner: Mapping[str, Values], build: Build, x: int) -> int:
        """Add the layers to the network, starting at tensor `x`, and return the output.

        `inner` holds for each type in `cls.inner` what its defaults say, as normal forms.
        """
        raise NotImplementedError  # abstract: composites with bodies are built from those

    @classmethod
    def takes(cls, inner: str, field: str, given: Collection[str]) -> bool:
        """Return whether a default of a type inside reaches a layer of an item that gives these fields."""
        return field not in given

    @classmethod
    def idle_fields(cls, given: Collection[str]) -> tuple[str, ...]:
        """Return which of the fields that an item gives have no effect for want of others."""
        return ()

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (cls.main, *cls.fields) if cls.main else cls.fields


def given(values: Values, *names: str) -> dict[str, Any]:
    """Return those of the named fields that the item or its defaults give."""
    return {name: values[name] for name in names if values[name] is not DERIVED}
