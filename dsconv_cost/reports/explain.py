"""One layer's formulas with its numbers in: sizes, parameters, MACs, and the article's argument for separating it."""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import prod
from typing import NamedTuple

from dsconv_cost.costs.analysis import Analysis, LayerCost
from dsconv_cost.costs.charges import FLOPS_PER_MAC
from dsconv_cost.errors import UsageError
from dsconv_cost.layers import Layer
from dsconv_cost.layers.convolution import DEPTHWISE, Conv, DepthwiseConv
from dsconv_cost.layers.letters import for_sides, kernel_symbols
from dsconv_cost.layers.shapes import LETTERS, Shape, sides_of
from dsconv_cost.network.graph import (
    IDENTITY,
    INPUT,
    INPUT_NAME,
    PROJECTION,
    CostCache,
    NamedInput,
    Network,
    Node,
    shortcut_taken,
)
from dsconv_cost.network.transforms.convert import KEPT, MERGED, Decision, separable_form, standard_form
from dsconv_cost.reports.answer import title_of
from dsconv_cost.reports.table import TEXT, Cell, Column, Report, Table
from dsconv_cost.text import inert, near

_REPETITION = re.compile(r"\[\d+\]")
_SYMBOL = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


SHORTCUT_TEXTS = {
    IDENTITY: "the residual's input itself (identity)",
    PROJECTION: "the residual's shortcut (a projection of its input)",
}


_SIZES, _COUNTING, _FORMS = "1. sizes", "2. counting", "3. separable against standard"
"""The steps of an explanation."""
_FILLED = ("weights", "biases", "norm", "macs")
"""The formulas that are shown with their numbers."""
_MULTIPLIER = "outputs of each input channel"
_LETTERS = (
    (("L_out", "T_out", "H_out", "W_out"), "sides of the output"),
    (("L_in", "T_in", "H_in", "W_in"), "sides of the input"),
    (("k", "k_t", "k_h", "k_w"), "sides of the kernel"),
    (("C_in", "C_out"), "channels"),
    (("g",), "groups"),
    (("m",), _MULTIPLIER),
)


class Section(NamedTuple):
    """A heading and the lines below it."""

    title: str
    lines: list[str]


def sections_text(sections: Iterable[Section]) -> str:
    """Return sections as text, an empty line between them."""
    return "\n\n".join("\n".join([section.title, *(f"  {line}" for line in section.lines)]) for section in sections)


def layer_names(analysis: Analysis) -> list[tuple[str, str, str]]:
    """Return (name, type, output) of everything that `explain` takes: items and the layers inside them."""
    names: dict[str, tuple[str, str, str]] = {}
    for node in analysis.as_written.network.nodes:
        for place in node.place.chain():
            names[place.name] = (place.name, place.type, str(node.output))
    return list(names.values())


def names_report(analysis: Analysis) -> Report:
    """Return a row for everything that `explain` takes."""
    rows: list[tuple[Cell, ...]] = [*layer_names(analysis)]
    columns = (Column("name", "name", TEXT), Column("type", "type", TEXT, 1), Column("output", "output", TEXT, 2))
    title = f"{title_of(analysis.architecture)}: {len(rows)} items and layers"
    return Report(title, [Table("names", columns, rows)], [("use", "explain ARCHITECTURE NAME")])


def explain_layer(analysis: Analysis, name: str) -> list[Section]:
    """Return the explanation of a layer, or of every convolution and linear layer of an item.

    An item that repeats is known by its name alone too, and explained by its first repetition.
    Raises UsageError for a name that nothing has.
    """
    asked, (name, repeated) = name, _first_of(analysis, name)
    layers = _find(analysis, name)
    weighted = [layer for layer in layers if layer.kind.accumulates]
    chosen = [layer for layer in layers if layer.kind.accumulates or layer.counts.params] if weighted else layers
    sections: list[Section] = []
    if len(layers) > 1:
        sections.append(_summary(analysis, name, layers))
    argued: set[int] = set()
    for layer in chosen:
        sections.append(_layer_section(analysis, layer))
        if layer.kind.accumulates:
            section = _argument(analysis, layer, argued)
            if section is not None:
                sections.append(section)
    if name != asked:
        sections[0].lines.insert(0, f"the first of {repeated:,} repetitions")
    return sections


def _first_of(analysis: Analysis, name: str) -> tuple[str, int]:
    """Return the name of the first repetition and their number, for a name without its number; others as they are."""
    names = dict.fromkeys([*(entry[0] for entry in layer_names(analysis)), *(layer.name for layer in analysis.layers)])
    repetitions = [] if name in names else [known for known in names if _REPETITION.sub("", known) == name]
    return (repetitions[0], len(repetitions)) if repetitions else (name, 1)


def _find(analysis: Analysis, name: str) -> list[LayerCost]:
    exact = [layer for layer in analysis.layers if layer.name == name]
    part = "." in name.rpartition("/")[2] and exact
    if part:
        return exact
    inside = [layer for layer in analysis.layers if any(place.name == name for place in layer.node.place.chain())]
    if inside:
        return inside
    names = [entry[0] for entry in layer_names(analysis)]
    same = [n for n in names if n.rpartition("/")[2] == name]
    hint = f": did you mean '{same[0]}'?" if same else near(name, names)
    raise UsageError(
        f"{inert(analysis.architecture.name)} has no layer '{inert(name)}'{hint or ': see the names with explain and no layer'}"
    )


def _summary(analysis: Analysis, name: str, layers: list[LayerCost]) -> Section:
    whole = analysis.convention.total((layer.node.case, layer.counts) for layer in layers)
    place = next(p for p in layers[0].node.place.chain() if p.name == name)
    network = analysis.as_written.network
    adds = [SHORTCUT_TEXTS[taken] for layer in layers if (taken := shortcut_taken(network, layer.node))]
    return Section(
        f"{name}: {place.type} in line {place.line}, {len(layers)} layers",
        [
            f"{layers[0].inputs[0] if layers[0].inputs else 'no input'} -> {layers[-1].output}",
            f"params = {whole.params:,}; MACs = {whole.macs:,}; FLOPs = {whole.flops:,}",
            *_borrowed(layers),
            *(f"adds {what}" for what in dict.fromkeys(adds)),
        ],
    )


def _borrowed(layers: list[LayerCost]) -> list[str]:
    """Return a line on the weights that are those of earlier layers."""
    owners = [owner for layer in layers if (owner := layer.weights_of) is not None]
    if not owners:
        return []
    shared = sum(layer.counts.shared for layer in layers)
    more = f" to {owners[-1]}" if len(owners) > 1 else ""
    return [f"shared = {shared:,} params of {owners[0]}{more}, counted there"]


# -- one layer ------------------------------------------------------------------------------------


def _layer_section(analysis: Analysis, layer: LayerCost) -> Section:
    node = layer.node
    kind = f", {layer.kind}" if layer.kind != layer.type else ""
    inputs = " and ".join(map(str, layer.inputs)) or "none"
    sizes = [f"size    {step}" for step in node.layer.size_steps(layer.inputs, layer.output)]
    lines: list[str] = []
    counts = layer.counts
    sides = len(layer.inputs[0] if layer.inputs else layer.output) - 1
    symbols = node.layer.symbols(layer.inputs, layer.output)
    formulas = {key: for_sides(formula, sides) for key, formula in node.layer.formulas_on(layer.inputs).items()}
    for key, value in (("weights", counts.used_weights), ("biases", counts.used_biases), ("norm", counts.used_norm)):
        formula = formulas.get(key)
        if formula is None:
            continue
        if value:
            lines.append(_filled(key, formula, symbols, value))
        elif key == "biases" and "bias" in node.layer.values():
            lines.append("biases  = 0 (bias: false)")
    if layer.params:
        lines.append(f"params  = {layer.params:,}")
    if layer.weights_of is not None:
        lines.append(f"params  = 0 here: its {counts.shared:,} are those of {layer.weights_of}, counted there")
    if "macs" in formulas:
        lines.append(_filled("MACs", formulas["macs"], symbols, layer.macs))
        lines.append(f"FLOPs   = {FLOPS_PER_MAC} * MACs = {layer.flops:,}")
    if where := _meanings(node.layer, formulas):
        lines.append(f"where   {where}")
    shortcut = shortcut_taken(analysis.as_written.network, node)
    if shortcut:
        lines.append(f"adds    {SHORTCUT_TEXTS[shortcut]}")
    lines.append(f"counted: {node.layer.counted}")
    if node.layer.source:
        lines.append(f"source:  {node.layer.source}")
    steps = [(_SIZES, [f"input   {inputs}", *sizes, f"output  {layer.output}"]), (_COUNTING, lines)]
    if verdicts := _verdicts(analysis, node):
        steps.append((_FORMS, verdicts))
    lines = [line for title, own in steps for line in (title, *(f"  {line}" for line in own))]
    return Section(f"{layer.name}: {layer.type}{kind} in line {layer.line}", lines)


def _meanings(layer: Layer, formulas: Mapping[str, str]) -> str:
    """Return the meaning of the letters in a layer's formulas."""
    used = {symbol for key, formula in formulas.items() if key in _FILLED for symbol in _SYMBOL.findall(formula)}
    known = [pair for pair in _LETTERS if pair[1] != _MULTIPLIER or isinstance(layer, (Conv, DepthwiseConv))]
    known += [((letter,), meaning) for letter, meaning in layer.letters.items()]
    told = [(", ".join(one for one in symbols if one in used), meaning) for symbols, meaning in known]
    return "; ".join(f"{symbols}: {meaning}" for symbols, meaning in told if symbols)


def _filled(label: str, formula: str, symbols: dict[str, int], value: int) -> str:
    numbers = _SYMBOL.sub(lambda m: str(symbols.get(m.group(), m.group())), formula)
    steps = [formula] + ([numbers] if numbers != formula else [])
    if numbers == str(value):
        steps.pop()
    return f"{label:<7} = {' = '.join(steps)} = {value:,}"


def _verdicts(analysis: Analysis, node: Node) -> list[str]:
    nodes = analysis.network.nodes
    lines: list[str] = []
    for label, form in (("standard form", analysis.standard), ("separable form", analysis.separable)):
        for decision in form.decisions:
            if nodes[decision.node] is node:
                told = decision.reason if decision.verdict == MERGED else f"{decision.verdict}: {decision.reason}"
                broken = decision.broken(nodes)
                lines.append(f"{label}: {told} ({broken})" if broken else f"{label}: {told}")
    return lines


# -- the article's argument -----------------------------------------------------------------------


def _argument(analysis: Analysis, layer: LayerCost, argued: set[int]) -> Section | None:
    """Return standard against separable for one convolution or pair, predicted and counted."""
    node = layer.node
    network = analysis.network
    index = next(i for i, candidate in enumerate(network.nodes) if candidate is node)
    pair = next(
        (d for d in analysis.standard.decisions if d.verdict == MERGED and index in (d.node, d.into)),
        None,
    )
    if pair is not None and pair.into is not None:
        if pair.node in argued:
            return None
        argued.add(pair.node)
        depthwise, pointwise = network.nodes[pair.node], network.nodes[pair.into]
        x = network.input_shapes(depthwise)[0]
        return _compare(f"{depthwise.name} and {pointwise.name}", x, depthwise, pointwise)
    if isinstance(node.layer, Conv) and node.layer.groups == 1:
        if node.layer.is_flat:
            letters = "*".join(kernel_symbols(layer.settings["kernel"]))
            return Section(
                "why separating it saves nothing",
                [
                    f"standard   per position  {letters}*C_in*C_out with k = 1: C_in * C_out",
                    "separable  per position  1*C_in + C_in*C_out: the same matrix and one factor a channel more",
                ],
            )
        kept = next((d.reason for d in analysis.separable.decisions if d.node == index and d.verdict == KEPT), None)
        return _compare(node.name, layer.inputs[0], node, None, kept)
    if node.kind == DEPTHWISE and isinstance(node.layer, (Conv, DepthwiseConv)) and not node.layer.is_flat:
        decision = next(d for d in analysis.standard.decisions if d.node == index)
        return _full(layer, decision)
    return None


def _compare(name: str, x: Shape, window: Node, pointwise: Node | None, kept: str | None = None) -> Section:
    layer = window.layer
    assert isinstance(layer, (Conv, DepthwiseConv))
    kernel = sides_of(layer.kernel, x, "kernel")
    letters, window_at, factors = "*".join(kernel_symbols(kernel)), prod(kernel), "*".join(map(str, kernel))
    y = window.output
    map_letters = "*".join(f"{letter}_out" for letter in LETTERS[len(y.sides)])
    c_out = pointwise.output.channels if pointwise is not None else y.channels
    m = y.channels // x.channels if pointwise is not None else 1
    standard_at = window_at * x.channels * c_out
    depthwise_at, pointwise_at = window_at * x.channels * m, m * x.channels * c_out
    separable_at = depthwise_at + pointwise_at
    standard, separable = _counted(x, window, pointwise)
    prediction = m * (Fraction(1, c_out) + Fraction(1, window_at))
    truth = Fraction(separable, standard)
    in_letters, predicted_by, with_numbers = (
        f"{letters}*C_in + C_in*C_out",
        f"1/C_out + 1/({letters})" if len(kernel) > 1 else f"1/C_out + 1/{letters}",
        f"1/{c_out} + 1/{window_at}",
    )
    if m > 1:
        in_letters, predicted_by, with_numbers = f"m*({in_letters})", f"m*({predicted_by})", f"{m}*({with_numbers})"
    agree = "the same" if truth == prediction else "not the same"
    times = f"{float(truth):.2f}x more" if truth > 1 else f"{float(1 / truth):.2f}x fewer"
    where = f"if it were converted (here it is kept: {kept})" if kept else "counted in the two forms"
    return Section(
        f"{name}: standard against separable, in multiplications",
        [
            "per output position",
            f"  standard    {letters + '*C_in*C_out':<34}= {factors}*{x.channels}*{c_out} = {standard_at:,}",
            f"  separable   {in_letters:<34}= {depthwise_at:,} + {pointwise_at:,} = {separable_at:,}",
            f"for the whole map, times {map_letters} = {'*'.join(map(str, y.sides))} = {y.positions:,}",
            f"  standard    {standard_at:,} * {y.positions:,} = {standard_at * y.positions:,}",
            f"  separable   {separable_at:,} * {y.positions:,} = {separable_at * y.positions:,}",
            f"prediction    {predicted_by} = {with_numbers} = {float(prediction):.4f}",
            f"truth         {separable:,} / {standard:,} {where} = {float(truth):.4f}: {agree} as the prediction, {times}",
        ],
    )


def _counted(x: Shape, window: Node, pointwise: Node | None) -> tuple[int, int]:
    """Return the MACs of the standard and separable form of a convolution or pair alone, by the transform itself."""
    cost = CostCache()
    layer = window.layer
    if isinstance(layer, Conv) and pointwise is None:
        # Alone it reads the network's input; here it is meant to be converted.
        layer = layer.replace(convert=True)
    first = Node(layer, (INPUT,), *cost(layer, (x,)), window.place, "")
    nodes = [first]
    if pointwise is not None:
        nodes.append(Node(pointwise.layer, (0,), *cost(pointwise.layer, (first.output,)), pointwise.place, ""))
    alone = Network((NamedInput(INPUT_NAME, x),), nodes, (len(nodes) - 1,))
    forms = standard_form(alone).network, separable_form(alone).network
    standard, separable = (sum(node.counts.macs for node in form.nodes) for form in forms)
    return standard, separable


def _full(layer: LayerCost, decision: Decision) -> Section:
    x, y = layer.inputs[0], layer.output
    kernel = layer.settings["kernel"]
    letters = "*".join(kernel_symbols(kernel))
    kept = f"that is kept as it is written ({decision.reason})"
    why = kept if decision.verdict == KEPT else "without a pointwise one of its own"
    standard = prod(kernel) * x.channels * y.channels
    depthwise = prod(kernel) * y.channels
    return Section(
        f"{layer.name}: a depthwise convolution {why}",
        [
            f"per output position  standard {letters}*C_in*C_out = {standard:,}; depthwise {letters}*C_out = {depthwise:,}",
            f"ratio  1/C_in = 1/{x.channels} = {1 / x.channels:.4f}",
        ],
    )
