"""What running each layer takes: bytes read, written and live, padded MACs, and the receptive field of what it makes."""

from collections.abc import Sequence

from dsconv_cost.costs.padded import MULTIPLES, padded_macs
from dsconv_cost.gc_pause import without_gc
from dsconv_cost.memory.conventions import DEFAULT_MEMORY, MemoryConvention, memory_convention_named
from dsconv_cost.memory.measure import DEFAULT_ACTIVATION_BITS
from dsconv_cost.memory.places import Moment, PlacedMemory
from dsconv_cost.memory.traffic import traffic
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.network.graph import Network, Node, Place
from dsconv_cost.network.receptive_field import Reach, ReceptiveField, ReceptiveFields, receptive_fields
from dsconv_cost.network.transforms.convert import tensors_given


class Footprint(NamedTuple):
    """What running some layers takes, as operations of the deployed network."""

    bytes_read: int | None
    """Bytes of the inputs of their operations, each once; None where none of the layers is an operation of its own."""
    bytes_written: int | None
    """Bytes of the outputs."""
    weight_bytes: int | None
    """Bytes of the weights, biases and norms that they read."""
    macs: int | None
    """MACs of the deployed network, in which branches may be merged."""
    macs_per_byte: float | None
    """MACs of the deployed network for each byte that is read or written."""
    macs_padded_8: int | None
    """MACs with channels rounded up to multiples of 8."""
    macs_padded_16: int | None
    macs_padded_32: int | None
    live: int | None
    """The most bytes alive while one of them runs, by the convention of memory."""
    field: ReceptiveField | None
    """What the output of the last layer sees; None for one that sees no input."""


_NO_FOOTPRINT = Footprint(None, None, None, None, None, None, None, None, None, None)


_Padded = tuple[int, int, int]
"""MACs for each of MULTIPLES."""


class _Step(NamedTuple):
    """One operation, in figures."""

    read: int
    written: int
    weights: int
    macs: int
    padded: _Padded
    live: int


class Footprints:
    """The footprints of a network's layers, with tensors and weights at a number of bits and biases at 32."""

    def __init__(self, network: Network, bits: int, memory: MemoryConvention) -> None:
        self.network = network
        self.bits = bits
        self.convention = memory
        self.placed = PlacedMemory(network, bits)
        self._at: dict[tuple[Place, str], list[_Step]] | None = None
        self._fields: ReceptiveFields | None = None
        self._field_of: dict[int, ReceptiveField | None] = {}

    @property
    def moment(self) -> Moment:
        """The step that makes the peak, by the convention of memory."""
        return self.placed.moment_by(self.convention)

    @property
    def fields(self) -> ReceptiveFields:
        """The receptive fields of the network's layers."""
        if self._fields is None:
            self._fields = without_gc(receptive_fields)(self.network)
        return self._fields

    def field_of(self, node: Node) -> ReceptiveField | None:
        """Return the receptive field of a layer; None for one that sees no input."""
        if not self._field_of:
            self._field_of = dict(zip(map(id, self.network.nodes), self.fields.of, strict=True))
        return self._field_of[id(node)]

    def start(self, given: int) -> ReceptiveField:
        """Return what a position of one of the network's inputs sees: itself."""
        sizes = self.network.inputs[given].shape.sides
        return ReceptiveField(given, (Reach(1, 1, 0),) * len(sizes), sizes)

    def of(self, nodes: Sequence[Node]) -> Footprint:
        """Return the footprint of some layers of the network."""
        at, field = self._steps, self.field_of(nodes[-1])
        if len(nodes) == 1:
            steps = at.get((nodes[0].place, nodes[0].part), [])
        else:
            parts = dict.fromkeys((node.place, node.part) for node in nodes)
            steps = [step for part in parts for step in at.get(part, ())]
        return _together(steps, field) if steps else _NO_FOOTPRINT._replace(field=field)

    @property
    def whole(self) -> Footprint:
        """The footprint of the whole network: sums, and the peak."""
        return _together([step for steps in self._steps.values() for step in steps], None)

    @property
    def macs(self) -> int:
        """The MACs of the deployed network, which the padded ones are compared with."""
        return sum(step.macs for steps in self._steps.values() for step in steps)

    @property
    def _steps(self) -> dict[tuple[Place, str], list[_Step]]:
        """The operations by the layer that each begins with."""
        if self._at is None:
            self._at = self._made_steps()
        return self._at

    @without_gc
    def _made_steps(self) -> dict[tuple[Place, str], list[_Step]]:
        memory = self.placed.memory
        graph = memory.graph
        given = tensors_given(graph.network)
        at: dict[tuple[Place, str], list[_Step]] = {}
        known: dict[tuple[int, int, bool], _Padded] = {}
        for one, parts, live in zip(
            graph.operations, traffic(graph, self.bits), memory.timeline(self.convention), strict=False
        ):
            node = one.node
            macs = node.counts.macs
            key = (id(node.layer), id(node.counts), node.inputs[0] in given)  # those of equal layers are shared
            padded = known.get(key)
            if padded is None:
                eight, sixteen, thirty_two = [padded_macs(graph.network, node, count, given) for count in MULTIPLES]
                padded = known[key] = eight, sixteen, thirty_two
            step = _Step(parts.inputs, parts.output, parts.weights, macs, padded, live)
            at.setdefault((node.place, node.part), []).append(step)
        return at


def _together(steps: Sequence[_Step], field: ReceptiveField | None) -> Footprint:
    if len(steps) == 1:
        read, written, weights, macs, padded, live = steps[0]
    else:
        read, written = sum([step.read for step in steps]), sum([step.written for step in steps])
        weights, macs = sum([step.weights for step in steps]), sum([step.macs for step in steps])
        eight, sixteen, thirty_two = (sum([step.padded[index] for step in steps]) for index in range(len(MULTIPLES)))
        padded = eight, sixteen, thirty_two
        live = max([step.live for step in steps], default=0)
    moved = read + written + weights
    return Footprint(read, written, weights, macs, macs / moved if moved else None, *padded, live, field)


@without_gc
def footprints_of(network: Network, bits: int | None = None, memory: str | None = None) -> Footprints:
    """Return the footprints of a network, at 8 bits and by `liveness` unless others are given. Raises UsageError."""
    convention = DEFAULT_MEMORY if memory is None else memory_convention_named(memory)
    return Footprints(network, DEFAULT_ACTIVATION_BITS if bits is None else bits, convention)
