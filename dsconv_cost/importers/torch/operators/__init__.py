"""ATen's operators, a file for each family: name -> what adds its operations to the graph of tensors."""

from collections.abc import Callable

from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.torch.call import AtenCall
from dsconv_cost.importers.torch.operators.elementwise import ELEMENTWISE
from dsconv_cost.importers.torch.operators.moves import MOVES
from dsconv_cost.importers.torch.operators.normalisation import NORMALISATION
from dsconv_cost.importers.torch.operators.pooling import POOLING_OPERATORS
from dsconv_cost.importers.torch.operators.weighted import WEIGHTED

OPERATORS: dict[str, Callable[[AtenCall], list[Tensor]]] = {
    **WEIGHTED, **NORMALISATION, **ELEMENTWISE, **POOLING_OPERATORS, **MOVES,
}  # fmt: skip
