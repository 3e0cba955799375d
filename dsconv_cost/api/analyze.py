"""`analyze`: the costs of a network, its rows by name, and what it saves."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from dsconv_cost.api.inputs import (
    GivenDevice,
    GivenNetwork,
    GivenSettings,
    architecture_given,
    bound_given,
    convention_given,
    device_given,
    memory_given,
)
from dsconv_cost.api.limits import bits_given
from dsconv_cost.api.result import Result, UnknownName, data_frame
from dsconv_cost.costs.analysis import Analysis, Form, analyze_architecture
from dsconv_cost.costs.breakdown import EXPAND, ITEMS, OPS, Breakdown, LayerRow, View
from dsconv_cost.costs.charges import Figures, HasFigures
from dsconv_cost.costs.conventions import DEFAULT
from dsconv_cost.costs.savings import factor_against, saving_against
from dsconv_cost.errors import UsageError
from dsconv_cost.formats.format import ANALYSIS, Content
from dsconv_cost.layers.shapes import Sides
from dsconv_cost.network.allowance import MAX_LAYERS
from dsconv_cost.reports.table import Report
from dsconv_cost.text import inert, near, shown

if TYPE_CHECKING:
    from dsconv_cost.costs.footprint import Footprints

_LEVELS = (ITEMS, EXPAND, OPS)
_METRICS = ("params", "macs", "flops")


class _ViewedRow(NamedTuple):
    """A row, and the view that it is a row of."""

    row: LayerRow
    view: View


class AnalysisResult(Analysis, HasFigures, Result):
    """The costs of one network in its three forms.

    `costs["conv1"]` is the row of an item, or of a layer inside one (`costs["dsconv1/dw"]`); `for row in costs` gives the items.
    """

    def __init__(self, analysis: Analysis, view: View) -> None:
        super().__init__(
            analysis.architecture,
            analysis.convention,
            analysis.forms,
            analysis.network,
            analysis.branches,
            analysis.unused,
        )
        self.times = view.times
        """The network on the device that was named: `times.whole.at_least` seconds, `times.steps`; each row has its `time`."""
        self._as_asked = view
        self._by_name: dict[str, _ViewedRow] | None = None
        self._inputs: dict[View, dict[str, list[str]]] = {}

    @property
    def figures(self) -> Figures:
        """params, macs and flops of the network as written."""
        return self.total

    @property
    def footprints(self) -> "Footprints":
        """What running the network takes: `moment` (the peak, the layer that runs then, the tensors alive), `whole`, `of(nodes)`."""
        return self.as_written.footprints(self._as_asked.bits, self._as_asked.memory)

    @property
    def peak(self) -> int:
        """The most bytes of activations alive at once, by the convention of memory that was asked for."""
        return self.footprints.moment.bytes

    @property
    def arena(self) -> int:
        """The bytes that tensors take in TensorFlow Lite Micro's arena."""
        return self.footprints.placed.memory.arena

    @property
    def flash(self) -> int:
        """The bytes of weights and biases of the deployed network."""
        return self.footprints.placed.memory.flash

    @property
    def saving(self) -> float | None:
        """Per cent of the standard form's MACs that the network as written saves: 88.3; None where that form has none."""
        return self.saving_of(self.as_written)

    @property
    def factor(self) -> float | None:
        """MACs of the standard form for each MAC of the network as written: 8.56; None where that has none."""
        return self.factor_of(self.as_written)

    def saving_of(self, form: Form, metric: str = "macs") -> float | None:
        """Return how much less a form has of a metric than the standard one, in per cent: 1 - cost / cost of the standard form."""
        return saving_against(_figure(self.standard, metric), _figure(form, metric))

    def factor_of(self, form: Form, metric: str = "macs") -> float | None:
        """Return how much the standard form has of a metric for each unit of a form."""
        return factor_against(_figure(self.standard, metric), _figure(form, metric))

    # -- rows -----------------------------------------------------------------------------------------

    def rows(self, level: str = ITEMS, depth: int = 1) -> list[LayerRow]:
        """Return the rows of the table, in execution order.

        `items`: the items of the file, with `depth` levels of blocks and composites; `expand`: every convolution and linear layer;
        `ops`: every primitive layer. Numbers are those of `dsconv-cost analyze`.
        """
        return list(Breakdown(self, self._view(level, depth)).rows())

    def _view(self, level: str, depth: int) -> View:
        rows = _view(level, depth)
        return self._as_asked._replace(level=rows.level, depth=rows.depth)

    def edges(self, level: str = ITEMS, depth: int = 1) -> list[tuple[str, str]]:
        """Return (from, to) for each row that another one takes an input from; `input` is the network's own.

        Layers without a row, which only `expand` leaves out, are passed through.
        """
        return [
            (source, name) for name, sources in self._sources(self.rows(level, depth)).items() for source in sources
        ]

    def inputs_of(self, name: str) -> list[str]:
        """Return what an item takes its inputs from, in names of items; for a layer inside one, in names of layers beside it.

        `input` is the network's own.
        """
        view = self._viewed_row(name).view
        if view not in self._inputs:
            self._inputs[view] = self._sources(list(Breakdown(self, view).rows()))
        return list(self._inputs[view][name])

    def _sources(self, rows: list[LayerRow]) -> dict[str, list[str]]:
        """Return for each row the rows that it takes inputs from, in the order of its layers."""
        row_of = {id(node): row.name for row in rows for node in row.nodes}
        behind: list[list[str]] = []
        inputs: dict[str, dict[str, None]] = {row.name: {} for row in rows}
        network = self.as_written.network
        for node in network.nodes:
            sources = [
                name for index in node.inputs for name in ([network.name(index)] if index < 0 else behind[index])
            ]
            mine = row_of.get(id(node))
            if mine is not None:
                inputs[mine].update(dict.fromkeys(name for name in sources if name != mine))
            behind.append(list(dict.fromkeys(sources)) if mine is None else [mine])
        return {name: list(sources) for name, sources in inputs.items()}

    def __getitem__(self, name: str) -> LayerRow:
        """Return the row of an item, or of a layer inside one. Raises KeyError."""
        return self._viewed_row(name).row

    def __contains__(self, name: object) -> bool:
        return name in self._rows_by_name()

    def __iter__(self) -> Iterator[LayerRow]:
        return iter(self.rows())

    def __len__(self) -> int:
        return len(self.rows())

    def _viewed_row(self, name: str) -> "_ViewedRow":
        if not isinstance(name, str):
            raise TypeError(f"received {type(name).__name__}, expected the name of an item or layer")
        known = self._rows_by_name()
        if name not in known:
            hint = near(name, known) or ": rows() has the items"
            raise UnknownName(f"{inert(self.architecture.name)} has no layer '{shown(name)}'{hint}")
        return known[name]

    def _rows_by_name(self) -> "dict[str, _ViewedRow]":
        """Return the rows of all levels; a name that two levels have means the outer one: an item with its norm and activation."""
        if self._by_name is None:
            deepest = max(len(node.place.chain()) for node in self.as_written.network.nodes)
            views = [*(self._view(ITEMS, depth) for depth in range(1, deepest + 1)), self._view(OPS, 1)]
            by_name: dict[str, _ViewedRow] = {}
            for view in views:
                for row in Breakdown(self, view).rows():
                    by_name.setdefault(row.name, _ViewedRow(row, view))
            self._by_name = by_name
        return self._by_name

    # -- for programs and notebooks -------------------------------------------------------------------

    def to_dict(self, level: str = OPS, depth: int = 1) -> dict[str, Any]:
        """Return what `dsconv-cost analyze --format json` prints: every primitive layer, unless other rows are asked for."""
        from dsconv_cost.formats.records import analysis_json

        document: dict[str, Any] = json.loads("".join(analysis_json(self, self._view(level, depth))))
        return document

    def to_dataframe(self, library: str | None = None, *, level: str = ITEMS, depth: int = 1) -> Any:
        """Return the rows as a data frame of pandas or, if only that is installed, of polars; `library` names one of them.

        Shapes are text: `3x224x224`. Raises ImportError where no library is installed.
        """
        return data_frame(_columns(self.rows(level, depth)), library)

    def _columns(self) -> dict[str, list[Any]]:
        return _columns(self.rows())

    def _report(self) -> Report:
        from dsconv_cost.reports.analyze import report

        return report(self, self._view(ITEMS, 1))

    def _content(self) -> Content:
        return Content(ANALYSIS, lambda read_in: self._report(), self, View(times=self.times))

    def _read(self) -> list[str]:
        return [] if self.architecture.bundled else [self.architecture.path]

    def _repr_html_(self) -> str:
        from dsconv_cost.formats.html.notebook import notebook_figures
        from dsconv_cost.formats.html_table import report_html

        return report_html(self._report(), notebook_figures(self))

    def __repr__(self) -> str:
        variant = f":{inert(self.architecture.variant)}" if self.architecture.variant else ""
        factor = f", standard {self.factor:.2f}x as many" if self.factor is not None else ""
        return (
            f"<{inert(self.architecture.name)}{variant}, {self.network.inputs_text}: "
            f"{self.params:,} params, {self.macs:,} MACs{factor}>"
        )


def analyze(
    network: GivenNetwork,
    *,
    settings: GivenSettings | None = None,
    convention: str = DEFAULT.name,
    layer_bound: int = MAX_LAYERS,
    device: GivenDevice | None = None,
    bits: int | None = None,
    memory: str | None = None,
) -> AnalysisResult:
    """Return the costs of a network: as written, with standard, and with separable convolutions.

    The network is an architecture that `load`, `loads` or `from_dict` returned, a path, the name of a bundled network
    (e.g. "mobilenet" or "resnet:50"), or a dict with the keys of a file. `settings` sets hyperparameters, e.g. {"alpha": 0.5}.
    Counts are exact integers for one sample, reported by `convention`. Networks with more primitive layers than `layer_bound`
    are refused. With a `device`, a name or the path of its file, each row has its `time`: what bounds it, and the seconds that it
    takes at least. `peak`, `arena`, `flash` and the `footprint` of each row are those at 8 bits, or as the device has, by the
    convention `liveness`, unless `bits` (4, 16, 32) and `memory` (e.g. "tinyengine") say otherwise. Raises InputError with every
    problem of the file, UsageError for an unknown convention, network or device.
    """
    rule, bound = convention_given(convention), bound_given(layer_bound)
    view = View(bits=bits_given({"bits": bits}), memory=memory_given(memory))
    on = None if device is None else device_given(device)
    analysis = analyze_architecture(architecture_given(network, settings), rule, bound)
    if on is None:
        return AnalysisResult(analysis, view)
    from dsconv_cost.devices.times import DeviceTimes

    return AnalysisResult(analysis, view._replace(times=DeviceTimes(analysis.network, on), bits=view.bits or on.bits))


def _figure(form: Form, metric: str) -> int:
    if metric not in _METRICS:
        raise UsageError(f"no metric {shown(str(metric))}: there are {', '.join(_METRICS)}")
    value: int = getattr(form.total, metric)
    return value


def _view(level: str, depth: int) -> View:
    if level not in _LEVELS:
        raise UsageError(f"no level {shown(str(level))}: there are {', '.join(_LEVELS)}")
    if not isinstance(depth, int) or depth < 1:
        raise UsageError(f"depth: received {depth!r}, expected a whole number of at least 1")
    return View(level, depth)


def _columns(rows: list[LayerRow]) -> dict[str, list[Any]]:
    times = [row.time for row in rows if row.time is not None]
    timed: dict[str, list[Any]] = {}
    if times:
        from dsconv_cost.reports.on_device import time_document

        documents = [time_document(time) for time in times]
        timed = {key: [document[key] for document in documents] for key in documents[0]}
    return {
        "name": [row.name for row in rows],
        "type": [row.type for row in rows],
        "line": [row.line or None for row in rows],
        "input": [" ".join(map(str, row.inputs)) for row in rows],
        "output": [str(row.output) for row in rows],
        "kernel": [_sides(row.kernel) for row in rows],
        "stride": [_sides(row.stride) for row in rows],
        "params": [row.params for row in rows],
        "macs": [row.macs for row in rows],
        "flops": [row.flops for row in rows],
        "standard": [None if row.merged else row.standard for row in rows],
        "separable": [row.separable for row in rows],
        "factor": [row.factor for row in rows],
        "saving": [row.saving for row in rows],
        **_footprint_columns(rows),
        **timed,
    }


def _footprint_columns(rows: list[LayerRow]) -> dict[str, list[Any]]:
    """Return the footprints of rows, with sizes, strides and paddings as `315x315`."""
    from dsconv_cost.formats.records import FOOTPRINT_KEYS, footprint_record

    records = [footprint_record(row.footprint) for row in rows]
    return {
        key: [
            "x".join(map(str, record[key])) if isinstance(record[key], list) else record[key] for record in records
        ]
        for key in FOOTPRINT_KEYS
    }  # fmt: skip


def _sides(sides: Sides | None) -> str | None:
    return None if sides is None else "x".join(map(str, sides))
