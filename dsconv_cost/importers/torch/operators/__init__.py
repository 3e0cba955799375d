"""ATen's operators, a file for each family: name -> what adds its operations to the graph of tensors."""

from collections.abc import Callable

from dsconv_cost.importers.tensors import Tensor
from dsconv_cost.importers.torch.call import AtenCall
from dsconv_cost.importers.torch.operators.elementwise import TORCH_ELEMENTWISE
from dsconv_cost.importers.torch.operators.moves import TORCH_MOVES
from dsconv_cost.importers.torch.operators.normalisation import TORCH_NORMALISATION
from dsconv_cost.importers.torch.operators.pooling import TORCH_POOLING_OPERATORS
from dsconv_cost.importers.torch.operators.weighted import TORCH_WEIGHTED

TORCH_OPERATORS: dict[str, Callable[[AtenCall], list[Tensor]]] = {
    **TORCH_WEIGHTED, **TORCH_NORMALISATION, **TORCH_ELEMENTWISE, **TORCH_POOLING_OPERATORS, **TORCH_MOVES,
}  # fmt: skip
