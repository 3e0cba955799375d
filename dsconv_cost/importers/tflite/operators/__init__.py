"""The operators of TensorFlow Lite, a file for each family: name -> what adds its operations to the graph of tensors."""

from collections.abc import Callable

from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.tflite.call import TfliteCall
from dsconv_cost.importers.tflite.operators.elementwise import ELEMENTWISE
from dsconv_cost.importers.tflite.operators.moves import MOVES
from dsconv_cost.importers.tflite.operators.pooling import POOLING_OPERATORS
from dsconv_cost.importers.tflite.operators.sizes import SIZES
from dsconv_cost.importers.tflite.operators.weighted import WEIGHTED

OPERATORS: dict[str, Callable[[TfliteCall], list[Tensor]]] = {
    **WEIGHTED, **ELEMENTWISE, **POOLING_OPERATORS, **MOVES, **SIZES,
}  # fmt: skip
