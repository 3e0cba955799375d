"""Dilated convolutions, which converters write in three operators.

Positions are sorted by their remainder into the batch, a convolution without dilation runs, and the positions are sorted back.
"""

from collections.abc import Callable

from dsconv_cost.importers.rules import RuleError
from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.tflite.call import VALID_PADDING, TfliteCall

_CONVOLUTIONS = frozenset({"CONV_2D", "DEPTHWISE_CONV_2D"})
CUTTING = frozenset({"SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"})
Adds = Callable[[TfliteCall], list[Tensor]]


class Dilations:
    """The tensors between SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND, which are kept as the maps that they are cut from."""

    def __init__(self) -> None:
        self._blocks: dict[int, tuple[Tensor, tuple[int, ...]]] = {}
        """Tensor, by identity -> itself, and the distances between neighbours along each side."""

    def seen(self, call: TfliteCall, add: Adds | None) -> list[Tensor]:
        """Add an operator, with the dilation of what it takes."""
        x = call.given(0)
        _, block = self._blocks.get(id(x), (None, None))
        if call.operator == "SPACE_TO_BATCH_ND":
            return self._cut(call)
        if call.operator == "BATCH_TO_SPACE_ND":
            return self._put_back(call, block)
        assert add is not None
        if block is None:
            return add(call)
        if call.operator not in _CONVOLUTIONS:
            made = add(call)
            self._mark(made[0], block)
            return made
        if call.option(0, 0, 1) != VALID_PADDING:
            raise RuleError("a dilated convolution that pads what is cut from a map")
        made = add(DilatedCall(call, block))
        self._mark(made[0], block)
        return made

    def _mark(self, tensor: Tensor, block: tuple[int, ...]) -> None:
        self._blocks[id(tensor)] = (tensor, block)

    def _cut(self, call: TfliteCall) -> list[Tensor]:
        rank, block, pads = len(call.dims()), call.whole(1, "the block"), call.whole(2, "the padding")
        sides = list(zip(pads[::2], pads[1::2], strict=True))
        every = ((0, 0), *sides, *[(0, 0)] * (rank - 1 - len(sides)))
        made = call.add("pad", call.inputs[:1], pads=every, mode="constant")
        self._mark(made[0], block)
        return made

    def _put_back(self, call: TfliteCall, block: tuple[int, ...] | None) -> list[Tensor]:
        if block is None or block != call.whole(1, "the block"):
            raise RuleError("no map was cut into these parts")
        crops, dims = call.whole(2, "what is cropped"), call.dims()
        pairs = enumerate(zip(crops[::2], crops[1::2], strict=True), 1)
        parts = tuple((axis, before, dims[axis] - after, 1) for axis, (before, after) in pairs if before or after)
        return call.add("slice", call.inputs[:1], parts=parts) if parts else call.add("identity", call.inputs[:1])


class DilatedCall(TfliteCall):
    """A convolution whose dilation is the distance between the positions that were cut out."""

    __slots__ = ("_block",)

    def __init__(self, call: TfliteCall, block: tuple[int, ...]) -> None:
        super().__init__(call.graph, call.file_operator, call.inputs, call.name, call._names, call.stated)
        self._block = block if len(block) == 2 else (*block, 1)

    def option(self, index: int, default: int = 0, size: int = 4) -> int:
        width_at = 5 if self.operator == "DEPTHWISE_CONV_2D" else 4
        if index in (width_at, width_at + 1):
            return self._block[1 if index == width_at else 0]
        return super().option(index, default, size)
