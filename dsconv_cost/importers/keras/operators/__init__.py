"""The layers of Keras, a file for each family: name of the class -> what adds its operations to the graph of tensors."""

from collections.abc import Callable

from dsconv_cost.importers.keras.call import KerasCall
from dsconv_cost.importers.keras.operators.elementwise import ELEMENTWISE
from dsconv_cost.importers.keras.operators.moves import MOVES
from dsconv_cost.importers.keras.operators.normalisation import NORMALISATION
from dsconv_cost.importers.keras.operators.pooling import POOLING_LAYERS
from dsconv_cost.importers.keras.operators.recurrent import RECURRENT
from dsconv_cost.importers.keras.operators.weighted import WEIGHTED
from dsconv_cost.importers.keras.operators.wrapped import WRAPPERS
from dsconv_cost.importers.tensors import Tensor

OPERATORS: dict[str, Callable[[KerasCall], list[Tensor]]] = {
    **WEIGHTED, **NORMALISATION, **ELEMENTWISE, **POOLING_LAYERS, **MOVES, **RECURRENT, **WRAPPERS,
}  # fmt: skip
