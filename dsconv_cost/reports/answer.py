"""The answer of `analyze` in a few sentences, and how networks are called in headlines."""

from collections.abc import Iterator

from dsconv_cost.costs.analysis import Analysis, Form
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.layers.values import written
from dsconv_cost.network.transforms.convert import READS_INPUT
from dsconv_cost.text import inert


def title_of(architecture: Architecture) -> str:
    """Return name, variant, source and the hyperparameters that were set of an architecture on one line."""
    variant = f":{inert(architecture.variant)}" if architecture.variant else ""
    spec = architecture.spec
    known = {name: hyperparameter.default for name, hyperparameter in spec.hyperparameters.items()}
    known |= spec.variants[architecture.variant] if architecture.variant else {}
    chosen = [
        f"{name} {written(value)}" for name, value in architecture.hyperparameters.items() if value != known[name]
    ]
    return ", ".join([f"{inert(architecture.name)}{variant} ({inert(architecture.source)})", *chosen])


def cost_headline(analysis: Analysis) -> str:
    """Return what a network costs in one line."""
    total = analysis.total
    return (
        f"{title_of(analysis.architecture)}: {in_short(total.macs)} MACs, {in_short(total.params)} params, "
        f"{analysis.network.inputs_text}"
    )  # fmt: skip


def answer(analysis: Analysis) -> Iterator[str]:
    """Yield sentences that set the network against its standard and separable forms."""
    mine = analysis.as_written
    if analysis.standard.total != mine.total:
        yield f"With standard convolutions: {_against(analysis.standard, mine)}."
    if analysis.separable.total != mine.total:
        yield f"With separable convolutions: {_against(analysis.separable, mine)}."
    elif analysis.standard.total == mine.total:
        kept = [decision.node for decision in analysis.separable.decisions if decision.reason == READS_INPUT]
        for node in kept[:1]:
            yield f"{analysis.network.nodes[node].name} {READS_INPUT} and stays as it is; convert: true makes it separable."


def _against(form: Form, mine: Form) -> str:
    """Return what a form costs, and how many times that is what the network costs."""
    macs, params = form.total.macs, form.total.params
    told = f"{in_short(macs)} MACs, {in_short(params)} params"
    if not (macs and params and mine.total.macs and mine.total.params):
        return told
    by_macs, by_params = macs / mine.total.macs, params / mine.total.params
    if by_macs >= 1 and by_params >= 1:
        return f"{told}: {by_macs:.2f}x and {by_params:.2f}x as many"
    if by_macs <= 1 and by_params <= 1:
        return f"{told}: {1 / by_macs:.2f}x and {1 / by_params:.2f}x fewer"
    return f"{told}: {by_macs:.2f}x and {by_params:.2f}x of these"


def in_short(value: int) -> str:
    """Return a count with three or four digits: 928, 9,152, 4.23M, 568.7M, 4,867M."""
    if value < 10**4:
        return f"{value:,}"
    scale, letter = next((s, letter) for s, letter in ((10**10, "G"), (10**6, "M"), (10**3, "K")) if value >= s)
    scale = min(scale, 10**9)
    decimals = 2 if value < 10 * scale else 1 if value < 1000 * scale else 0
    return f"{value / scale:,.{decimals}f}{letter}"
