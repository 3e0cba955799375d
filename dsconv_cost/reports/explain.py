"""One layer's formulas with its numbers in: sizes, parameters, MACs, and the article's argument for separating it."""

import re
from collections.abc import Mapping

from dsconv_cost.costs.analysis import Analysis, LayerCost
from dsconv_cost.costs.charges import FLOPS_PER_MAC
from dsconv_cost.errors import UsageError
from dsconv_cost.layers import Layer
from dsconv_cost.layers.convolution import Conv, DepthwiseConv
from dsconv_cost.layers.letters import for_sides
from dsconv_cost.network.graph import IDENTITY, PROJECTION, Node, shortcut_taken
from dsconv_cost.network.transforms.convert import MERGED
from dsconv_cost.reports.answer import title_of
from dsconv_cost.reports.argument import argument
from dsconv_cost.reports.running import running_section
from dsconv_cost.reports.sections import Section
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
_FACTORS = (("g", " / g"), ("m", " * m"))
"""Letters that are 1 more often than not, and how formulas have them."""
_LETTERS = (
    (("L_out", "T_out", "H_out", "W_out"), "sides of the output"),
    (("L_in", "T_in", "H_in", "W_in"), "sides of the input"),
    (("k", "k_t", "k_h", "k_w"), "sides of the kernel"),
    (("C_in", "C_out"), "channels"),
    (("g",), "groups"),
    (("m",), _MULTIPLIER),
)


def line_of_place(line: int) -> str:
    """Return in which line of its file an item is; nothing for a layer of a model, which has no lines."""
    return f" in line {line}" if line else ""


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
    """Return the explanation of a layer, or of the layers of an item and of what separating them saves.

    Letters and sources that several layers have in common are told once.
    An item that repeats is known by its name alone too, and explained by its first repetition.
    Raises UsageError for a name that nothing has.
    """
    asked, (name, repeated) = name, _first_of(analysis, name)
    sections = explained(analysis, name, _find(analysis, name), runs=True)
    if name != asked:
        sections[0].lines.insert(0, f"the first of {repeated:,} repetitions")
    return sections


def explained(analysis: Analysis, name: str, layers: list[LayerCost], runs: bool = False) -> list[Section]:
    """Return the explanation of layers that are in one item, or of a single one, under a name.

    With `runs`, with bytes and receptive fields too, which layers that are counted alike do not share.
    """
    weighted = [layer for layer in layers if layer.kind.accumulates]
    sections: list[Section] = []
    if len(layers) > 1:
        sections.append(_summary(analysis, name, layers))
    told: set[str] = set()
    sections += [_layer_section(analysis, layer, told) for layer in weighted or layers]
    others = [layer for layer in layers if layer.counts.params and not layer.kind.accumulates] if weighted else []
    for type_ in dict.fromkeys(layer.type for layer in others):
        sections.append(_short_section([layer for layer in others if layer.type == type_], told))
    if runs:
        sections.append(running_section(analysis, layers))
    argued: set[int] = set()
    arguments = [argument(analysis, layer, argued) for layer in weighted]
    sections += [section for section in arguments if section is not None]
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
        f"{name}: {place.type}{line_of_place(place.line)}, {len(layers)} layers",
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


def _layer_section(analysis: Analysis, layer: LayerCost, told: set[str]) -> Section:
    node = layer.node
    kind = f", {layer.kind}" if layer.kind != layer.type else ""
    inputs = " and ".join(map(str, layer.inputs)) or "none"
    sizes = [f"size    {step}" for step in node.layer.size_steps(layer.inputs, layer.output)]
    formulas, symbols = _formulas(layer)
    lines = _params_lines(layer, formulas, symbols)
    if layer.params:
        lines.append(f"params  = {layer.params:,}")
    if layer.weights_of is not None:
        lines.append(f"params  = 0 here: its {layer.counts.shared:,} are those of {layer.weights_of}, counted there")
    if "macs" in formulas:
        lines.append(_filled("MACs", formulas["macs"], symbols, layer.macs))
        lines.append(f"FLOPs   = {FLOPS_PER_MAC} * MACs = {layer.flops:,}")
    if where := _meanings(node.layer, formulas, told):
        lines.append(f"where   {where}")
    shortcut = shortcut_taken(analysis.as_written.network, node)
    if shortcut:
        lines.append(f"adds    {SHORTCUT_TEXTS[shortcut]}")
    lines += _rules(node.layer, told)
    steps = [(_SIZES, [f"input   {inputs}", *sizes, f"output  {layer.output}"]), (_COUNTING, lines)]
    if verdicts := _verdicts(analysis, node):
        steps.append((_FORMS, verdicts))
    lines = [line for title, own in steps for line in (title, *(f"  {line}" for line in own))]
    return Section(f"{layer.name}: {layer.type}{kind}{line_of_place(layer.line)}", lines)


def _short_section(layers: list[LayerCost], told: set[str]) -> Section:
    """Return the params of layers of one type that cost no MACs of convolutions or products, each in a line or two."""
    lines: list[str] = []
    longest = max(len(layer.name) for layer in layers)
    meanings: dict[str, None] = {}
    for layer in layers:
        formulas, symbols = _formulas(layer)
        own = _params_lines(layer, formulas, symbols)
        lines += [f"{layer.name:<{longest}}  {' '.join(line.split())}" for line in own]
        meanings |= dict.fromkeys([_meanings(layer.node.layer, formulas, told)])
    lines += [f"where   {where}" for where in meanings if where]
    lines += _rules(layers[0].node.layer, told)
    count = f", {len(layers)} layers" if len(layers) > 1 else line_of_place(layers[0].line)
    return Section(f"{layers[0].type}{count}", lines)


def _formulas(layer: LayerCost) -> tuple[dict[str, str], dict[str, int]]:
    """Return a layer's formulas for its number of sides, without factors that are 1, and what their letters are."""
    sides = len(layer.inputs[0] if layer.inputs else layer.output) - 1
    symbols = layer.node.layer.symbols(layer.inputs, layer.output)
    formulas: dict[str, str] = {}
    for key, formula in layer.node.layer.formulas_on(layer.inputs).items():
        for letter, factor in _FACTORS:
            formula = formula.replace(factor, "") if symbols.get(letter) == 1 else formula
        formulas[key] = for_sides(formula, sides)
    return formulas, symbols


def _params_lines(layer: LayerCost, formulas: Mapping[str, str], symbols: dict[str, int]) -> list[str]:
    counts = layer.counts
    lines: list[str] = []
    for key, value in (("weights", counts.used_weights), ("biases", counts.used_biases), ("norm", counts.used_norm)):
        formula = formulas.get(key)
        if formula is not None and value:
            lines.append(_filled(key, formula, symbols, value))
        elif formula is not None and key == "biases" and "bias" in layer.node.layer.values():
            lines.append("biases  = 0 (bias: false)")
    return lines


def _rules(layer: Layer, told: set[str]) -> list[str]:
    """Return what counts of a layer, and the source, where they have not been told."""
    lines = [f"counted: {layer.counted}", *([f"source:  {layer.source}"] if layer.source else [])]
    new = [line for line in lines if line not in told]
    told.update(lines)
    return new


def _meanings(layer: Layer, formulas: Mapping[str, str], told: set[str]) -> str:
    """Return the meaning of the letters in a layer's formulas, but for those that have been told."""
    used = {symbol for key, formula in formulas.items() if key in _FILLED for symbol in _SYMBOL.findall(formula)}
    known = [pair for pair in _LETTERS if pair[1] != _MULTIPLIER or isinstance(layer, (Conv, DepthwiseConv))]
    known += [((letter,), meaning) for letter, meaning in layer.letters.items()]
    new = [([one for one in symbols if one in used - told], meaning) for symbols, meaning in known]
    told.update(symbol for symbols, _ in new for symbol in symbols)
    return "; ".join(f"{', '.join(symbols)}: {meaning}" for symbols, meaning in new if symbols)


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
