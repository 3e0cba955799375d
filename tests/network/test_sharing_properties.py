"""What holds for shared weights in any network, in every form of it."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from dsconv_cost.network.graph import Network
from dsconv_cost.network.transforms.convert import separable_form, standard_form
from dsconv_cost.network.transforms.deploy import deployed
from dsconv_cost.network.transforms.fold_norms import fold_norms
from tests.networks import network

FORMS: dict[str, Callable[[Network], Network]] = {
    "as written": lambda net: net,
    "standard": lambda net: standard_form(net).network,
    "separable": lambda net: separable_form(net).network,
    "folded": fold_norms,
    "deployed": deployed,
    "folded after separable": lambda net: fold_norms(separable_form(net).network),
}

ITEMS = (
    "{conv: 8, kernel: 3}", "{conv: 8, kernel: 3, norm: batch, activation: prelu}", "{conv: 8, kernel: 1, norm: batch}",
    "{conv: 8, kernel: 3, convert: false}", "{conv: 8, kernel: 5, groups: 2}", "{dwconv: 3}", "{dwconv: 3, norm: batch, activation: relu}",
    "{dsconv: 8}", "{dsconv: 8, norm: batch, activation: relu6}", "{inverted_residual: 8, expand: 2, squeeze: 2}", "{squeeze_excite: 2}",
    "batchnorm", "{groupnorm: 2}", "prelu", "relu", "{channel_scale, shift: true}", "{residual: [{conv: 8, kernel: 3}, batchnorm, relu]}",
    "{add: [previous, {conv: 8, kernel: 3, norm: batch}, {conv: 8, kernel: 1, norm: batch}]}", "{conv: 8, kernel: 3, repeat: 2}",
    "{conv: 8, kernel: 3, repeat: 2, weights: once}", "{dwconv: 3, norm: batch, repeat: 2, weights: once}",
    "{sequential: [{dwconv: 3}, {conv: 8, kernel: 1}], repeat: 2, weights: once}", "{conv: 8, kernel: index + 1, repeat: 2}",
)  # fmt: skip
OWN = (
    "{batchnorm, weights: own}",
    "{conv: 8, kernel: 3, weights: own}",
    "{dsconv: 8, norm: batch, weights: own}",
    "{prelu, weights: own}",
)


@st.composite
def towers(draw: st.DrawFn, among: tuple[str, ...] = ITEMS) -> str:
    """Return the items of a block that keeps its shape and has weights."""
    chosen = draw(st.lists(st.sampled_from(among), min_size=1, max_size=5))
    return ", ".join(["{conv: 8, kernel: 3}", *chosen, "{conv: 8, kernel: 1}"])


def siamese(tower: str, uses: int, shared: bool) -> Network:
    """Return a network with a tower on each of several inputs."""
    inputs = ", ".join(f"x{i}: [8, 6, 6]" for i in range(uses))
    items = [f"{{tower, from: x{i}, name: y{i}{', weights: y0' if shared and i else ''}}}" for i in range(uses)]
    outputs = ", ".join(f"y{i}" for i in range(uses))
    return network(
        f"input: {{{inputs}}}\nblocks: {{tower: {{layers: [{tower}]}}}}\nlayers: [{', '.join(items)}]\noutputs: [{outputs}]\n"
    )


def params(net: Network) -> int:
    return sum(node.counts.params for node in net.nodes)


def macs(net: Network) -> int:
    return sum(node.counts.macs for node in net.nodes)


def check_shared(net: Network) -> None:
    """Expect that each layer with the weights of another one is like it, comes later, and counts no params."""
    for index, first in net.shared.items():
        assert first < index
        assert first not in net.shared
        mine, owner = net.nodes[index], net.nodes[first]
        assert mine.layer == owner.layer
        assert mine.counts.params == 0
        assert mine.counts.shared == owner.counts.params > 0
    for index, node in enumerate(net.nodes):
        full = node.layer.counts(tuple(net.input_shapes(node)), node.output)
        assert node.counts == (full.borrowed() if index in net.shared else full)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(towers(), st.integers(2, 4))
def test_params_are_those_of_one_use_and_macs_those_of_all(tower: str, uses: int) -> None:
    together, apart, once = (siamese(tower, *how) for how in ((uses, True), (uses, False), (1, False)))
    for name, form in FORMS.items():
        shared, separate, single = form(together), form(apart), form(once)
        check_shared(shared)
        assert params(shared) == params(single), name
        assert macs(shared) == macs(separate) == uses * macs(single), name
        assert [node.layer for node in shared.nodes] == [node.layer for node in separate.nodes], name
        assert [node.inputs for node in shared.nodes] == [node.inputs for node in separate.nodes], name


@settings(max_examples=80, deadline=None, derandomize=True)
@given(towers((*ITEMS, *OWN, *OWN, *OWN)), st.integers(2, 3))
def test_parts_of_their_own_count_each_time(tower: str, uses: int) -> None:
    together, apart, once = (siamese(tower, *how) for how in ((uses, True), (uses, False), (1, False)))
    for name, form in FORMS.items():
        shared, separate = form(together), form(apart)
        check_shared(shared)
        assert params(form(once)) <= params(shared) <= params(separate), name
        assert macs(shared) == macs(separate), name


@settings(max_examples=80, deadline=None, derandomize=True)
@given(towers(), st.integers(2, 3))
def test_in_a_chain_what_reads_the_input_keeps_the_others(tower: str, uses: int) -> None:
    chain = ", ".join(f"{{tower, name: y{i}{', weights: y0' if i else ''}}}" for i in range(uses))
    net = network(f"input: [8, 6, 6]\nblocks: {{tower: {{layers: [{tower}]}}}}\nlayers: [{chain}]\n")
    single = params(siamese(tower, 1, False))
    assert params(net) == single
    for name, transform in (("standard", standard_form), ("separable", separable_form)):
        form = transform(net)
        check_shared(form.network)
        assert params(form.network) == params(transform(siamese(tower, 1, False)).network), name
        twice = transform(form.network).network
        assert (twice.shared, [n.counts for n in twice.nodes]) == (
            form.network.shared,
            [n.counts for n in form.network.nodes],
        )
        verdicts = {net.nodes[d.node].name.partition("/")[2]: set[str]() for d in form.decisions}
        for decision in form.decisions:
            verdicts[net.nodes[decision.node].name.partition("/")[2]].add(decision.verdict)
        assert all(len(each) == 1 for each in verdicts.values()), name
