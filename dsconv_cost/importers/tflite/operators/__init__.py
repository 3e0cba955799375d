"""The operators of TensorFlow Lite, a file for each family: name -> what adds its operations to the graph of tensors."""

from collections.abc import Callable

from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.tflite.call import TfliteCall
from dsconv_cost.importers.tflite.operators.elementwise import TFLITE_ELEMENTWISE
from dsconv_cost.importers.tflite.operators.moves import TFLITE_MOVES
from dsconv_cost.importers.tflite.operators.pooling import TFLITE_POOLING_OPERATORS
from dsconv_cost.importers.tflite.operators.sizes import TFLITE_SIZES
from dsconv_cost.importers.tflite.operators.weighted import TFLITE_WEIGHTED

TFLITE_OPERATORS: dict[str, Callable[[TfliteCall], list[Tensor]]] = {
    **TFLITE_WEIGHTED, **TFLITE_ELEMENTWISE, **TFLITE_POOLING_OPERATORS, **TFLITE_MOVES, **TFLITE_SIZES,
}  # fmt: skip
