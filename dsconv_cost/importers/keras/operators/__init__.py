"""The layers of Keras, a file for each family: name of the class -> what adds its operations to the graph of tensors."""

from collections.abc import Callable

from dsconv_cost.importers.keras.call import KerasCall
from dsconv_cost.importers.keras.operators.elementwise import KERAS_ELEMENTWISE
from dsconv_cost.importers.keras.operators.moves import KERAS_MOVES
from dsconv_cost.importers.keras.operators.normalisation import KERAS_NORMALISATION
from dsconv_cost.importers.keras.operators.pooling import KERAS_POOLING_LAYERS
from dsconv_cost.importers.keras.operators.recurrent import KERAS_RECURRENT
from dsconv_cost.importers.keras.operators.weighted import KERAS_WEIGHTED
from dsconv_cost.importers.keras.operators.wrapped import KERAS_WRAPPERS
from dsconv_cost.importers.tensors import Tensor

KERAS_OPERATORS: dict[str, Callable[[KerasCall], list[Tensor]]] = {
    **KERAS_WEIGHTED, **KERAS_NORMALISATION, **KERAS_ELEMENTWISE, **KERAS_POOLING_LAYERS, **KERAS_MOVES,
    **KERAS_RECURRENT, **KERAS_WRAPPERS,
}  # fmt: skip
