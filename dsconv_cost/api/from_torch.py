"""`from_torch`: the architecture of a PyTorch module."""

from collections.abc import Sequence

from dsconv_cost.language.architecture import Architecture
from dsconv_cost.sources.read import MODULE_NAME


def from_torch(
    module: object, *inputs: object, name: str | None = None, free: Sequence[str] = (), **named_inputs: object
) -> Architecture:
    """Return the architecture of a `torch.nn.Module`, which every other function takes.

    The module runs once as at inference, on PyTorch's meta device: sizes are computed and elements are not, so that no weight is
    copied and nothing of the module changes. Inputs are what `forward` takes, by position and by name: tensors, of which sizes and
    types count, or tuples of sizes, e.g. `from_torch(net, (1, 3, 224, 224))`. Operators in `free` count as 0.
    Raises UsageError where the module cannot run so, InputError with every operator that cannot be counted.
    """
    from dsconv_cost.importers.choices import ModelChoices
    from dsconv_cost.importers.imported import import_graph, spec_of_import
    from dsconv_cost.importers.torch.trace import trace_module

    own_name = name or type(module).__name__
    graph = trace_module(module, inputs, named_inputs, own_name, ModelChoices(free=tuple(free)))
    spec = spec_of_import(import_graph(graph, MODULE_NAME), MODULE_NAME)
    return Architecture(spec, MODULE_NAME, False, None, {})
