"""An architecture to its costs: the network as written, standard and separable, each counted the same way."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from dsconv_cost.costs.charges import DEPLOYED, FOLDED, Convention, Figures, HasFigures
from dsconv_cost.gc_pause import without_gc
from dsconv_cost.language.architecture import Architecture, Unused
from dsconv_cost.layers.base import OperationKind
from dsconv_cost.layers.counts import Counts, total
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.allowance import MAX_LAYERS
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network, Node
from dsconv_cost.network.idle import idle_fields
from dsconv_cost.network.transforms.convert import Decision, separable_form, standard_form

if TYPE_CHECKING:
    from dsconv_cost.costs.footprint import Footprint, Footprints
    from dsconv_cost.costs.unmeasured import Unmeasured
    from dsconv_cost.network.transforms.deploy import Branches


class LayerCost(HasFigures):
    """One primitive layer and what it costs."""

    __slots__ = ("_form", "node")

    def __init__(self, node: Node, form: "Form") -> None:
        self.node = node
        self._form = form

    @property
    def name(self) -> str:
        """As `explain` takes it: `dsconv3/dw`, `conv1.norm`."""
        return self.node.name

    @property
    def type(self) -> str:
        """The language's word for it: `conv`, `batchnorm`."""
        return self.node.layer.type

    @property
    def kind(self) -> OperationKind:
        """`standard`, `depthwise`, `pointwise`, `grouped`, `transposed`, `linear`, or what else it is."""
        return self.node.kind

    @property
    def line(self) -> int:
        """The line of its item in the file."""
        return self.node.place.line

    @property
    def inputs(self) -> Sequence[Shape]:
        """The shapes it takes; several for a join."""
        return self._form.network.input_shapes(self.node)

    @property
    def input_names(self) -> list[str]:
        """The names of the layers it takes its inputs from; `input` is the network's own."""
        return [self._form.network.name(index) for index in self.node.inputs]

    @property
    def weights_of(self) -> str | None:
        """The name of the earlier layer whose weights it has; None where they are its own."""
        owner = self._form.network.weights_of(self.node)
        return None if owner is None else owner.name

    @property
    def output(self) -> Shape:
        return self.node.output

    @property
    def counts(self) -> Counts:
        """The exact counts that every convention starts from."""
        return self.node.counts

    @property
    def settings(self) -> dict[str, Any]:
        """Kernel, stride, padding and groups, where it has them."""
        return self.node.layer.settings(self.inputs)

    @property
    def figures(self) -> Figures:
        return self._form.convention.figures(self.node.case, self.node.counts)

    @property
    def footprint(self) -> "Footprint":
        """What running it takes at 8 bits: bytes read, written and live, padded MACs, and its receptive field."""
        return self._form.footprints().of([self.node])

    def __repr__(self) -> str:
        return f"<{self.type} {self.name}: {self.params:,} params, {self.macs:,} MACs>"


def network_counted(network: Network, convention: Convention) -> Network:
    """Return the network that a convention counts: this one, or what becomes of it when norms fold and branches merge."""
    if convention.graph == DEPLOYED:
        from dsconv_cost.network.transforms.deploy import deployed  # few conventions need it

        return deployed(network)
    if convention.graph == FOLDED:
        from dsconv_cost.network.transforms.fold_norms import fold_norms

        return fold_norms(network)
    return network


class Form(HasFigures):
    """One form of a network: its layers and their total."""

    def __init__(
        self, network: Network, convention: Convention, decisions: Sequence[Decision] = (),
        written: Callable[[], Network] | None = None,
    ) -> None:  # fmt: skip
        self._written = written or (lambda: network)
        """The form of the network as written, for a convention that counts another graph than this one."""
        self.network = network_counted(network, convention)
        self.convention = convention
        self.decisions = decisions
        """The decision on each convolution and linear layer of the network as written, with its reason."""
        self._layers: list[LayerCost] | None = None
        self._counts: Counts | None = None
        self._by_case: dict[str, Counts] | None = None
        self._footprints: dict[tuple[int | None, str | None], Footprints] = {}

    @property
    def layers(self) -> list[LayerCost]:
        """The primitive layers in execution order."""
        if self._layers is None:
            self._layers = [LayerCost(node, self) for node in self.network.nodes]
        return self._layers

    @property
    def counts(self) -> Counts:
        """The exact counts of the whole network."""
        if self._counts is None:
            self._counts = total(list(self.by_case.values()))
        return self._counts

    @property
    def by_case(self) -> dict[str, Counts]:
        """The exact counts of all layers of each case."""
        if self._by_case is None:
            self._by_case = _counts_by_case(self.network)
        return self._by_case

    def footprints(self, bits: int | None = None, memory: str | None = None) -> "Footprints":
        """Return what running each layer takes, at 8 bits and by `liveness` unless others are given.

        Raises UsageError for a convention of memory that does not exist.
        """
        known = self._footprints.get((bits, memory))
        if known is None:
            from dsconv_cost.costs.footprint import footprints_of  # not loaded for a limit on MACs

            known = self._footprints[bits, memory] = footprints_of(self.network, bits, memory)
        return known

    def under(self, convention: Convention) -> Figures:
        """Return params, macs and flops of the whole network as a convention reports them."""
        if convention.graph != self.convention.graph:
            return convention.total(_counts_by_case(network_counted(self._written(), convention)).items())
        return convention.total(self.by_case.items())

    @property
    def total(self) -> Figures:
        """params, macs and flops of the whole network."""
        return self.under(self.convention)

    @property
    def figures(self) -> Figures:
        return self.total

    def __repr__(self) -> str:
        return f"<Form: {len(self.network.nodes):,} layers, {self.params:,} params, {self.macs:,} MACs>"


def _counts_by_case(network: Network) -> dict[str, Counts]:
    counts_by_case: dict[str, list[Counts]] = {}
    for node in network.nodes:
        counts_by_case.setdefault(node.case, []).append(node.counts)
    return {case: total(counts) for case, counts in counts_by_case.items()}


class Forms(NamedTuple):
    """The three forms of a network."""

    as_written: Form
    standard: Form
    separable: Form


class Analysis:
    """The costs of one architecture in its three forms."""

    def __init__(
        self, architecture: Architecture, convention: Convention, forms: Forms, network: Network, branches: "Branches | None",
        unused: tuple[Unused, ...],
    ) -> None:  # fmt: skip
        self.architecture = architecture
        self.convention = convention
        self.forms = forms
        self.network = network
        """The network that the forms were made of; decisions name its nodes."""
        self.branches = branches
        """What merged before the forms were made, under a convention that counts the deployed network."""
        self.unused = unused
        """What the file says and nothing comes from, in the order of its lines."""

    @property
    def as_written(self) -> Form:
        return self.forms.as_written

    @property
    def standard(self) -> Form:
        """Every depthwise-separable pair as one standard convolution."""
        return self.forms.standard

    @property
    def separable(self) -> Form:
        """Every standard convolution that can be as a depthwise-separable pair."""
        return self.forms.separable

    @property
    def total(self) -> Figures:
        """params, macs and flops of the network as written."""
        return self.as_written.total

    @property
    def layers(self) -> list[LayerCost]:
        """The primitive layers of the network as written, in execution order."""
        return self.as_written.layers

    @property
    def input(self) -> Shape:
        """The shape of its first input."""
        return self.as_written.network.input

    @property
    def inputs(self) -> dict[str, Shape]:
        """The shapes of its inputs by their names; the only one is called `input` where the file gives it no name."""
        return dict(self.as_written.network.inputs)

    @property
    def unmeasured(self) -> "list[Unmeasured]":
        """The layers that the convention was not measured with; the figures have our own count of them."""
        if self.convention.measured is None:
            return []  # our own rules know every layer
        from dsconv_cost.costs.unmeasured import unmeasured

        return unmeasured(self.network, self.convention)


@without_gc
def analyze_architecture(architecture: Architecture, convention: Convention, layer_bound: int = MAX_LAYERS) -> Analysis:
    """Return the costs of an architecture. Raises InputError with all problems of its network."""
    return analyze_network(architecture, elaborate(architecture, layer_bound), convention)


def analyze_network(architecture: Architecture, network: Network, convention: Convention) -> Analysis:
    """Return the costs of a network that is already made, under a convention."""
    branches = None
    if convention.graph == DEPLOYED:
        from dsconv_cost.network.transforms.deploy import merge_branches

        branches = merge_branches(network)
    base = network if branches is None else branches.network
    standard, separable = standard_form(base), separable_form(base)
    forms = Forms(
        Form(base, convention, (), lambda: network),
        Form(standard.network, convention, standard.decisions, lambda: standard_form(network).network),
        Form(separable.network, convention, separable.decisions, lambda: separable_form(network).network),
    )
    unused = [*architecture.spec.unused, *network.unused, *idle_fields(network)]
    return Analysis(architecture, convention, forms, base, branches, tuple(sorted(unused, key=lambda one: one.line)))
