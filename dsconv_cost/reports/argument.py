"""The article's argument: what separating a convolution saves, predicted and counted."""

from fractions import Fraction
from math import prod

from dsconv_cost.costs.analysis import Analysis, LayerCost
from dsconv_cost.layers.convolution import DEPTHWISE, Conv, DepthwiseConv
from dsconv_cost.layers.letters import kernel_symbols
from dsconv_cost.layers.shapes import LETTERS, Shape, sides_of
from dsconv_cost.network.graph import INPUT, INPUT_NAME, CostCache, NamedInput, Network, Node
from dsconv_cost.network.transforms.convert import KEPT, MERGED, Decision, separable_form, standard_form
from dsconv_cost.reports.sections import Section


def argument(analysis: Analysis, layer: LayerCost, argued: set[int]) -> Section | None:
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
