"""A plan written into the file: the text with the plan in it, compared with the network that the plan means, and its diff."""

from collections.abc import Iterator, Sequence

from dsconv_cost.advice.edit import Editor, Position, whole_items
from dsconv_cost.advice.patch import Edit, edited, unified_diff
from dsconv_cost.errors import DsconvCostError
from dsconv_cost.importers.writing.comparison import unlikeness
from dsconv_cost.language.architecture import Architecture, Spec
from dsconv_cost.language.reader.file import read_spec
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.allowance import one_allowance
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.network.transforms.convert import separate_convolutions
from dsconv_cost.sources.load import Source, architecture_of

UNNAMED = "network.yaml"
"""What a text that is from no file is called in a diff."""


class WrittenPlan(NamedTuple):
    """The text of a file with a plan in it."""

    text: str
    diff: str
    items: int
    """How many items get `separable: true`."""
    names: int
    """How many layers the list `separable` names."""
    broken: list[str]
    """The variants of the file that can no longer be made."""


def write_plan(
    architecture: Architecture, network: Network, nodes: Sequence[int], layer_bound: int
) -> WrittenPlan | None:
    """Return a file's text with these convolutions made separable; None where no text says that.

    The text has been read and its network compared with the one that is meant, layer by layer.
    """
    spec = architecture.spec
    meant = separate_convolutions(network, list(nodes))
    last: WrittenPlan | None = None
    for items, named, edits in _ways(spec.text, network, nodes):
        text = edited(spec.text, edits)
        read, problems = read_spec(text, spec.path, spec.name)
        if problems or unlikeness(meant, _made(architecture, read, layer_bound) or network):
            continue
        path = UNNAMED if architecture.path.startswith("<") else architecture.path
        broken = _broken_variants(architecture, read, layer_bound)
        last = WrittenPlan(text, unified_diff(spec.text, edits, path), len(items), len(named), broken)
        if not broken:
            break
    return last


def _ways(text: str, network: Network, nodes: Sequence[int]) -> Iterator[tuple[list[Position], list[str], list[Edit]]]:
    """Yield edits that make the convolutions separable: in their items as far as that goes, and then by their names alone."""
    editor = Editor(text)
    items, left = whole_items(network, nodes)
    names = [network.nodes[index].name for index in left]
    yield items, names, editor.edits(items, names)
    if items:
        names = [network.nodes[index].name for index in nodes]
        yield [], names, editor.edits([], names)


def _made(architecture: Architecture, spec: Spec, layer_bound: int) -> Network | None:
    """Return the network of another text with the settings of an architecture; None where it cannot be made."""
    try:
        with one_allowance(layer_bound):
            return elaborate(
                Architecture(spec, architecture.path, False, architecture.variant, architecture.hyperparameters), layer_bound
            )  # fmt: skip
    except DsconvCostError:
        return None


def _broken_variants(architecture: Architecture, changed: Spec, layer_bound: int) -> list[str]:
    """Return the variants of a file of which another text makes no network."""
    return [
        name for name in architecture.spec.variants
        if not _is_made(changed, name, layer_bound) and _is_made(architecture.spec, name, layer_bound)
    ]  # fmt: skip


def _is_made(spec: Spec, variant: str, layer_bound: int) -> bool:
    try:
        with one_allowance(layer_bound):
            elaborate(architecture_of(Source(spec.text, spec.path, False, variant), spec, {}), layer_bound)
    except DsconvCostError:
        return False
    return True
