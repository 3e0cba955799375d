"""Recurrent layers along the last side: gru, lstm, rnn."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.base import Inputs, Layer, OperationKind
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import COUNT, FLAG, Choice, Field
from dsconv_cost.layers.kinds import OptionalWhole, OwnChoice, UpTo
from dsconv_cost.layers.shapes import Shape
from dsconv_cost.layers.windows import ONE, SideWindows, entire

RECURRENT = OperationKind("recurrent", weighted=True)

SEQUENCE, LAST = "sequence", "last"

_UNITS = Field("units", COUNT, "units of the hidden state", also=("hidden_size", "hidden", "num_units", "features"))
_FIELDS: tuple[Field, ...] = (
    Field("layers", COUNT, "layers, each of which reads what the one before gives at every step", 1, ("num_layers",)),
    Field("directions", UpTo(2), "2: a second layer reads the sequence backwards, and both outputs are put together "
          "along the channels", 1, ("bidirectional", "num_directions")),
    Field("biases", UpTo(2, 0), "learned summands of each gate: 2 in PyTorch and in Keras's GRU, 1 in Keras's other "
          "layers, 0 for none", 2, ("bias", "use_bias", "reset_after", "bias_vectors")),
    Field("returns", OwnChoice(SEQUENCE, LAST), "the output of every step, or of the last one alone", SEQUENCE,
          ("return_sequences",)),
)  # fmt: skip


def _formulas(gates: int, weights: str = "", macs: str = "") -> dict[str, str]:
    """Return the formulas of a layer of so many gates, with what a layer and direction has besides, divided by u."""
    matrices = f"{gates} * (C_in + r + (n - 1) * (d + 1) * r)"
    return {
        "output": "d * r channels; the sides of the input, with returns last one step along the last of them",
        "weights": f"d * u * ({matrices}{weights})",
        "biases": f"b * {gates} * d * n * u",
        "macs": f"H_in * W_in * d * u * ({matrices}{macs})",
    }


class Recurrent(Layer):
    """A recurrent layer along the last side of its input; every position of the other sides is a sequence of its own.

    At each step each of G gates multiplies the C_in values that arrive and the r that the step before handed on:
    with u units, n layers and d directions,
    weights = d u G (C_in + r) + (n-1) d u G (d r + r); MACs = steps * weights; r = u without a projection.
    """

    __slots__ = ("biases", "directions", "layers", "returns", "units")
    biases: int
    directions: int
    layers: int
    returns: str
    units: int

    family = "Recurrent layers"
    kinds = (RECURRENT,)
    main = _UNITS
    fields: ClassVar[tuple[Field, ...]] = _FIELDS
    counted = (
        "one MAC for each weight of a matrix at each step; biases, gates and products of elements are free on purpose "
        "(counted for other conventions)"
    )
    letters = {
        "u": "units", "r": "values handed on from step to step", "n": "layers", "d": "directions", "b": "biases of a gate",
    }  # fmt: skip

    gates: ClassVar[int]
    products: ClassVar[int] = 0
    """Products of elements that a unit makes in a step."""
    sums: ClassVar[int] = 0
    """Sums and differences of elements that a unit makes in a step."""

    @property
    def case(self) -> str:
        """`gru one bias` where each gate has one: other frameworks' layer, that counters for PyTorch do not meet."""
        return f"{self.type} one bias" if self.biases == 1 else self.type

    @property
    def handed_on(self) -> int:
        """How many values a step hands on to the next one, and to the output."""
        return self.units

    def channels_after(self, arriving: int) -> int:
        return self.directions * self.handed_on

    def output(self, inputs: Inputs) -> Shape:
        x = inputs[0]
        if len(x) < 2:
            raise LayerError(
                f"received an input of {x}, which has no side to run along, expected [channels, length]: "
                "give the steps as the last side",
                code="shape-mismatch",
            )
        last = 1 if self.returns == LAST else x[-1]
        return Shape(self.channels_after(x.channels), *x[1:-1], last)

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        x = inputs[0]
        cells = self.directions * self.layers * self.units
        matrices = self._matrices(x.channels)
        biases = self.biases * self.gates * cells
        at_steps = cells * x.positions
        return Counts(
            weights=matrices + self._besides(),
            biases=biases,
            macs=matrices * x.positions,
            bias_adds=biases * x.positions,
            activated=at_steps,
            added=at_steps * self.sums,
            multiplied=at_steps * self.products,
            read=x.elements,
            written=output.elements,
        )

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        sides = inputs[0].sides
        return [(*(ONE for _ in sides[1:]), entire(sides[-1]))]

    def _matrices(self, channels: int) -> int:
        """Return the weights of all matrices, each of which multiplies once at each step."""
        d, r = self.directions, self.handed_on
        return d * self.gates * self.units * (channels + r + (self.layers - 1) * (d + 1) * r)

    def _besides(self) -> int:
        """Return the weights that are in no matrix."""
        return 0

    def size_steps(self, inputs: Inputs, output: Shape) -> list[str]:
        both = f"{self.directions} directions * " if self.directions > 1 else ""
        what = "values" if self.handed_on != self.units else "units"
        kept = f"the last of {inputs[0][-1]} steps" if self.returns == LAST else f"all {inputs[0][-1]} steps"
        return [f"C_out = {both}{self.handed_on} {what} = {output.channels}; {kept}"]

    def formulas_on(self, inputs: Inputs) -> Mapping[str, str]:
        """Return the formulas without what this layer has none of: further layers, a second direction, a projection."""
        r = "u" if self.handed_on == self.units else "r"
        deeper = f" + (n - 1) * {'2' if self.directions == 1 else '(d + 1)'} * {r}" if self.layers > 1 else ""
        cells = "d * u" if self.directions > 1 else "u"
        matrices = f"{self.gates} * (C_in + {r}{deeper})"
        weights, macs = (
            f"({matrices}{more})" if more else matrices for more in self._more("n * " if self.layers > 1 else "")
        )
        return {
            **self.formulas,
            "weights": f"{cells} * {weights}",
            "biases": f"b * {self.gates} * {'n * ' if self.layers > 1 else ''}{cells}",
            "macs": f"H_in * W_in * {cells} * {macs}",
        }

    def _more(self, layers: str) -> tuple[str, str]:
        """Return what the formulas of weights and of MACs have besides the gates' matrices, divided by the cells of a layer."""
        return "", ""

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {
            **super().symbols(inputs, output), "u": self.units, "r": self.handed_on, "n": self.layers,
            "d": self.directions, "b": self.biases,
        }  # fmt: skip


class Gru(Recurrent):
    """Gated recurrent unit: a reset gate, an update gate and the candidate; G = 3.

    Each gate has two biases in PyTorch and in Keras (reset_after), which tell the reset candidate apart, and one in the paper.
    """

    __slots__ = ()
    type = "gru"
    gates = 3
    products = 3
    sums = 2
    formulas = _formulas(3)
    also = ("grucell", "gated_recurrent_unit", "bigru")
    source = "Cho et al. 2014, arXiv:1406.1078, section 2.3"


class Lstm(Recurrent):
    """Long short-term memory: the input, forget and output gate and the candidate; G = 4.

    A projection multiplies what a step hands on by p x u more weights, and r = p; peepholes are 3 u weights, each of which
    multiplies a value of the cell.
    """

    __slots__ = ("peepholes", "projection")
    peepholes: bool
    projection: int | None
    type = "lstm"
    fields = (
        _FIELDS[0], _FIELDS[1],
        Field("projection", OptionalWhole(), "values to which the output is projected before it is handed on", None,
              ("proj_size", "num_proj", "recurrent_projection")),
        Field("peepholes", FLAG, "whether three gates see the cell, each unit through a weight of its own", False,
              ("use_peepholes",)),
        *_FIELDS[2:],
    )  # fmt: skip
    gates = 4
    products = 3
    sums = 1
    formulas = _formulas(4, " + n * (p + 3 * e)", " + n * p")
    letters = {**Recurrent.letters, "p": "values of the projection, 0 without", "e": "1 with peepholes"}
    also = ("lstmcell", "long_short_term_memory", "bilstm", "basiclstm", "lstmp")
    source = (
        "Hochreiter and Schmidhuber 1997; projection and peepholes as in Sak et al. 2014, arXiv:1402.1128, section 2"
    )

    @property
    def case(self) -> str:
        parts = [super().case, *(["peepholes"] if self.peepholes else []), *(["projected"] if self.projection else [])]
        return " ".join(parts)

    @property
    def handed_on(self) -> int:
        return self.projection or self.units

    def _matrices(self, channels: int) -> int:
        projected = self.directions * self.layers * self.units * (self.projection or 0)
        return super()._matrices(channels) + projected

    def _besides(self) -> int:
        return 3 * self.directions * self.layers * self.units * self.peepholes

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        counts = super().counts(inputs, output)
        seen = self._besides() * inputs[0].positions
        return counts._replace(added=counts.added + seen, multiplied=counts.multiplied + seen)

    def _more(self, layers: str) -> tuple[str, str]:
        projection = f" + {layers}p" if self.projection else ""
        return projection + (f" + {layers}3" if self.peepholes else ""), projection

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        return {**super().symbols(inputs, output), "p": self.projection or 0, "e": int(self.peepholes)}


class Rnn(Recurrent):
    """Elman's recurrent layer: the activation of one sum; G = 1."""

    __slots__ = ("nonlinearity",)
    unobserved = ("nonlinearity",)
    type = "rnn"
    fields = (
        *_FIELDS,
        Field("nonlinearity", Choice("tanh", "relu"), "the activation of the hidden state; it changes no count", "tanh"),
    )  # fmt: skip
    gates = 1
    formulas = _formulas(1)
    also = ("rnncell", "simplernn", "simple_rnn", "elman", "birnn")
    source = "Elman 1990, Finding structure in time"


RECURRENTS: tuple[type[Recurrent], ...] = (Gru, Lstm, Rnn)
