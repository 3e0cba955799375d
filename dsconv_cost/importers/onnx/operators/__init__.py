"""The operators of ONNX, a file for each family: name -> what adds its operations to the graph of tensors."""

from collections.abc import Callable

from dsconv_cost.importers.onnx.call import Call
from dsconv_cost.importers.onnx.operators.elementwise import ELEMENTWISE
from dsconv_cost.importers.onnx.operators.moves import MOVES
from dsconv_cost.importers.onnx.operators.normalisation import NORMALISATION
from dsconv_cost.importers.onnx.operators.pooling import POOLING_OPERATORS
from dsconv_cost.importers.onnx.operators.quantised import QUANTISED
from dsconv_cost.importers.onnx.operators.sizes import SIZES
from dsconv_cost.importers.onnx.operators.weighted import WEIGHTED
from dsconv_cost.importers.tensors import Tensor

OPERATORS: dict[str, Callable[[Call], list[Tensor]]] = {
    **WEIGHTED, **NORMALISATION, **ELEMENTWISE, **POOLING_OPERATORS, **MOVES, **SIZES, **QUANTISED,
}  # fmt: skip
"""Of the domains ai.onnx and com.microsoft, which share no name for two operators."""
