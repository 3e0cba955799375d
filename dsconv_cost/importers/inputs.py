"""The inputs of a model and their sizes, for one sample: what the file states, and what the user says where it leaves them open."""

from collections.abc import Sequence

from dsconv_cost.errors import UsageError
from dsconv_cost.importers.choices import InputValue, ModelChoices
from dsconv_cost.importers.tensors import Tensor, TensorGraph
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.text import inert, listing, shown

StatedSize = int | str | None
"""A size, the name of one that is open, or nothing."""


class StatedInput(NamedTuple):
    """What a file states of an input."""

    name: str
    shape: tuple[StatedSize, ...] | None
    is_float: bool = True


def input_tensors(graph: TensorGraph, values: Sequence[StatedInput], choices: ModelChoices) -> dict[str, Tensor]:
    """Add the inputs to the graph with their sizes, for one sample. Raises UsageError where a size is open or a choice wrong."""
    names = [value.name for value in values]
    chosen = _chosen(names, choices)
    used_dims: set[str] = set()
    tensors: dict[str, Tensor] = {}
    open_inputs: list[str] = []
    batches: set[StatedSize] = {value.shape[0] for value in values if value.shape and isinstance(value.shape[0], str)}
    for value in values:
        wanted = chosen.get(value.name)
        if isinstance(wanted, (int, float)):
            dims = tuple(1 for _ in value.shape or ())
            tensors[value.name] = graph.constant(dims, (wanted,), value.is_float)
            continue
        dims_or_open = _dims(value, wanted, choices, used_dims, batches)
        if dims_or_open is None:
            open_inputs.append(
                f"{inert(value.name)} [{', '.join(inert(str(s)) if s is not None else '?' for s in value.shape or ())}]"
            )
            continue
        if wanted is None and _is_for_a_batch(value.shape):
            graph.batch = max(graph.batch, dims_or_open[0])
            dims_or_open = (1, *dims_or_open[1:])
        tensors[value.name] = graph.add_input(value.name, dims_or_open, value.is_float)
    unused = [name for name in choices.dims if name not in used_dims]
    if unused:
        known = sorted({size for value in values for size in value.shape or () if isinstance(size, str)})
        raise UsageError(f"--dim {inert(unused[0])}: no axis of an input has this name: {_have(known)}")
    if open_inputs:
        first = next(value for value in values if value.name not in tensors)
        sizes = _example(first.shape)
        example = f"--input {sizes}" if len(values) == 1 else f"--input {inert(first.name)}={sizes}"
        names = sorted({size for value in values for size in value.shape or () if isinstance(size, str)})
        by_name = f", or the size of an axis by its name, e.g. --dim {inert(names[-1])}=224" if names else ""
        raise UsageError(f"the model leaves sizes of its input open: {listing(open_inputs)}: give {example}{by_name}")
    return tensors


def _is_for_a_batch(shape: tuple[StatedSize, ...] | None) -> bool:
    """Return whether a file states several samples: from 4 axes on the first one is a batch for certain."""
    return shape is not None and len(shape) >= 4 and isinstance(shape[0], int) and shape[0] > 1


def _example(shape: tuple[StatedSize, ...] | None) -> str:
    """Return sizes that a user could give: those that are stated, and for the others some that are usual."""
    if shape is None:
        return "1x3x224x224"
    stated = [size for size in shape if isinstance(size, int) and size > 0]
    image = (1, 224, 224, 3) if shape[-1:] in ((3,), (1,)) else (1, 3, 224, 224)
    usual = image if len(shape) == 4 and len(stated) < 4 else (1, *[100] * (len(shape) - 1))
    return "x".join(
        str(size if isinstance(size, int) and size > 0 else other) for size, other in zip(shape, usual, strict=True)
    )


def _have(names: Sequence[str]) -> str:
    return f"it has {listing([shown(name) for name in names])}" if names else "it has none"


def _chosen(names: Sequence[str], choices: ModelChoices) -> dict[str, InputValue]:
    chosen = dict(choices.inputs)
    if "" in chosen:
        if len(names) != 1:
            raise UsageError(
                f"--input without a name, and the model has {len(names)} inputs: give --input NAME=..., of {listing(names)}"
            )
        chosen[names[0]] = chosen.pop("")
    for name in chosen:
        if name not in names:
            raise UsageError(f"--input {inert(name)}: the model has no input of this name: it has {listing(names)}")
    return chosen


def _dims(
    value: StatedInput, wanted: tuple[int, ...] | None, choices: ModelChoices, used: set[str], batches: set[StatedSize]
) -> tuple[int, ...] | None:
    """Return the sizes of an input with a batch of 1; None where one is open."""
    stated: tuple[StatedSize, ...] | None = value.shape
    used.update(size for size in stated or () if isinstance(size, str) and size in choices.dims)
    if wanted is not None:
        if stated is not None and len(wanted) != len(stated):
            sizes = "x".join(map(str, wanted))
            raise UsageError(f"--input {inert(value.name)}: received {sizes}, expected {len(stated)} sizes")
        return wanted
    if stated is None:
        return None
    dims = [choices.dims.get(size, int(size in batches)) if isinstance(size, str) else size or 0 for size in stated]
    if dims and dims[0] < 1:
        dims[0] = 1
    return tuple(dims) if all(size > 0 for size in dims) else None
