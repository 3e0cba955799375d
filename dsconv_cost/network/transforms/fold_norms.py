"""Batch norms folded into the convolutions before them: the network as it is deployed.

At inference a batch norm is a factor and a summand for each channel; the factor goes into the convolution's weights,
the summand into its bias (Jacob et al. 2017, arXiv:1712.05877, section 3.2). A batch norm that does not directly follow
a convolution or linear layer of its own stays.
"""

from functools import lru_cache

from dsconv_cost.layers.base import Layer
from dsconv_cost.layers.norm import BatchNorm
from dsconv_cost.network.graph import Network
from dsconv_cost.network.transforms.rewrite import Replacement, rewrite


def fold_norms(network: Network) -> Network:
    """Return the network without the batch norms that fold, and with a bias where they went."""
    consumers = network.consumers()
    outputs = set(network.outputs)
    plan: dict[int, list[Replacement]] = {}
    for index, node in enumerate(network.nodes):
        if not isinstance(node.layer, BatchNorm) or node.inputs[0] < 0:
            continue
        before = node.inputs[0]
        into = network.nodes[before]
        if len(consumers[before]) == 1 and before not in outputs and into.layer.folds_norm:
            # The layer with the norm in it makes what the norm made.
            plan[before] = [(index, _biased(into.layer), into.inputs, into.place, into.part, (before, index))]
            plan[index] = []
    return rewrite(network, plan)


def norms_left(network: Network) -> list[str]:
    """Return the names of a folded network's batch norms: no convolution or linear layer of their own is before them."""
    return [node.name for node in network.nodes if isinstance(node.layer, BatchNorm)]


@lru_cache(1024)
def _biased(layer: Layer) -> Layer:
    """Return the same layer with a bias; a network repeats few layers."""
    return layer.replace(bias=True)
