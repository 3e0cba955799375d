"""`dsconv-cost explain`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.completion import offer_layers
from dsconv_cost.cli.emit import screen
from dsconv_cost.cli.models import model_options
from dsconv_cost.cli.options import (
    Command,
    architecture_argument,
    hyperparameter_options,
    layer_bound_option,
    load_chosen,
)

if TYPE_CHECKING:
    from dsconv_cost.layers.values import Value


@click.command(cls=Command)
@architecture_argument
@click.argument("layer", required=False, shell_complete=offer_layers)
@hyperparameter_options
@model_options
@layer_bound_option
def command(architecture: str, layer: str | None, settings: "dict[str, Value]", layer_bound: int) -> None:
    """Show how a layer's output size, parameters and MACs are computed, and what separating it saves.

    LAYER is an item or a layer inside one, e.g. `dsconv-cost explain mobilenet dsconv3/dw`. Of an item that repeats it is
    the first, or the one in brackets: dsconv7[2]. Without LAYER all names are listed. A layer can be written out, too:
    `dsconv-cost explain "conv 128, kernel 3, on 64x56x56"`.
    """
    from dsconv_cost.costs.analysis import analyze_architecture
    from dsconv_cost.costs.conventions import DEFAULT
    from dsconv_cost.importers.choices import refuse_unused_choices
    from dsconv_cost.reports.explain import explain_layer, layer_names, names_report
    from dsconv_cost.reports.sections import sections_text
    from dsconv_cost.sources.described import described_layer, is_described

    if layer is None and not settings and is_described(architecture):
        alone = analyze_architecture(described_layer(architecture), DEFAULT, layer_bound)
        _print(sections_text(explain_layer(alone, layer_names(alone)[0][0])))
        return
    analysis = analyze_architecture(load_chosen(architecture, settings), DEFAULT, layer_bound)
    refuse_unused_choices()
    if layer is None:
        from dsconv_cost.formats.plain import report_table

        click.echo(report_table(names_report(analysis), screen()), nl=False)
        return
    _print(sections_text(explain_layer(analysis, layer)))


def _print(text: str) -> None:
    from dsconv_cost.text import indented

    terminal = screen()
    lines = [part for line in text.split("\n") for part in indented(line, terminal.columns)]
    text = "\n".join([*lines, ""])
    if terminal.color:
        from dsconv_cost.formats.highlight import explanation_rules
        from dsconv_cost.formats.terminal import colored_text

        text = colored_text(text, explanation_rules())
    click.echo(text, nl=False, color=True)
