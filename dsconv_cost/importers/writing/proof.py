"""A text held to the network that it was made from."""

from dsconv_cost.errors import InputError
from dsconv_cost.importers.writing.comparison import unlikeness
from dsconv_cost.importers.writing.rewording import reworded
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.reader.file import read_spec
from dsconv_cost.layers.values import Value
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network

_FEWEST_ALLOWED = 1000


def refutation(network: Network, text: str) -> str:
    """Return what is wrong with a text that should say a network; empty where each layer is there with all its counts."""
    try:
        written = elaborate(_architecture(text, {}), max(len(network.nodes), _FEWEST_ALLOWED))
    except InputError as error:
        problem = error.problems[0]
        return f"line {problem.line}: {problem.message}"
    return unlikeness(reworded(network), written)


def holds_with(network: Network, text: str, **values: Value) -> bool:
    """Return whether a text with these hyperparameters is the network in other sizes: the same layers with the same params."""
    try:
        other = elaborate(_architecture(text, values), max(len(network.nodes), _FEWEST_ALLOWED))
    except InputError:
        return False
    ours, others = ([(node.case, node.counts.params) for node in net.nodes] for net in (network, other))
    return sorted(ours) == sorted(others)


def _architecture(text: str, chosen: dict[str, Value]) -> Architecture:
    """Return the architecture of a text with the defaults of its hyperparameters, but for those chosen. Raises InputError."""
    spec, problems = read_spec(text, "imported", "imported")
    if problems:
        raise InputError("imported", problems, text)
    values = {name: each.default for name, each in spec.hyperparameters.items() if each.default is not None}
    return Architecture(spec, "imported", False, None, {**values, **chosen})
