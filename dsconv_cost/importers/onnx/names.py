"""The name of a node for people: the path of the module that made it, else that of its weights, else its own."""

from collections.abc import Sequence

from dsconv_cost.importers.onnx.proto import OnnxNode
from dsconv_cost.importers.tensors import Tensor

_WEIGHT_WORDS = frozenset({
    "weight", "bias", "kernel", "gamma", "beta", "scale", "weights", "biases", "weight_quantized", "weight_v", "weight_g", "w", "b",
})  # fmt: skip

_QUOTES = " '[]" + '"'


def node_name(node: OnnxNode, inputs: Sequence[Tensor | None], prefix: str) -> str:
    """Return the name of a node: `features.0.0` of /features/features.0/features.0.0/Conv or of the weight features.0.0.weight.

    A node without weights has its operator behind the path.
    """
    own = _own_path(node)
    weighted = [t for t in inputs if t is not None and not t.is_data and len(t.origins) == 1]
    if own is not None:
        of_weights = _path_of_weights(weighted)
        path = own[0] if weighted and own[0] else ".".join(part for part in own if part)
        path = (
            of_weights if of_weights.startswith(f"{own[0]}.") else path
        )  # a function with the weights of inner modules
    else:
        path = _path_of_weights(weighted) or node.name or (node.outputs[0] if node.outputs else "") or node.operator
    return f"{prefix}/{path}" if prefix else path


def _path_of_weights(weighted: Sequence[Tensor]) -> str:
    for tensor in weighted:
        path, dot, word = tensor.origins[0].name.rpartition(".")
        if dot and path and word.lower() in _WEIGHT_WORDS and "/" not in path:
            return path
    return ""


def _own_path(node: OnnxNode) -> tuple[str, str] | None:
    """Return the path of the module and the operator in what PyTorch's exporters write; None where there is neither.

    The older one writes /layer1/layer1.0/conv1/Conv, where a child of a sequence repeats the sequence's name, the newer one a
    list of quoted paths, from the whole model to the function.
    """
    if node.scope:
        scopes = [part.strip(_QUOTES) for part in node.scope.split(",")]
        return (scopes[-2], scopes[-1]) if len(scopes) > 1 else None
    if not node.name.startswith("/"):
        return None
    *parts, operator = node.name[1:].split("/")
    path: list[str] = []
    for part in parts:
        if path and part.startswith(path[-1] + "."):
            path[-1] = part
        else:
            path.append(part)
    return ".".join(path), operator
