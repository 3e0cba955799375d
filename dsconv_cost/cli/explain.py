"""`dsconv-cost explain`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.completion import offer_layers
from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.models import model_options
from dsconv_cost.cli.options import (
    Command,
    architecture_argument,
    hyperparameter_options,
    layer_bound_option,
    load_chosen,
)
from dsconv_cost.formats.format import EXPLANATION, Content

if TYPE_CHECKING:
    from dsconv_cost.layers.values import Value


@click.command(cls=Command)
@architecture_argument
@click.argument("layer", required=False, shell_complete=offer_layers)
@hyperparameter_options
@model_options
@layer_bound_option
@output_options(EXPLANATION)
def command(
    architecture: str, layer: str | None, settings: "dict[str, Value]", layer_bound: int, out: Output
) -> None:  # fmt: skip
    """Show how a layer's output size, parameters and MACs are computed, and what separating it saves.

    LAYER is an item or a layer inside one, e.g. `dsconv-cost explain mobilenet dsconv3/dw`. Of an item that repeats it is
    the first, or the one in brackets: dsconv7[2]. Without LAYER all names are listed. A layer can be written out, too:
    `dsconv-cost explain "conv 128, kernel 3, on 64x56x56"`.
    """
    from dsconv_cost.costs.analysis import analyze_architecture
    from dsconv_cost.costs.conventions import DEFAULT
    from dsconv_cost.importers.choices import refuse_unused_choices
    from dsconv_cost.reports.explain import explain_layer, layer_names, names_report
    from dsconv_cost.reports.sections import sections_report
    from dsconv_cost.sources.described import described_layer, is_described

    if layer is None and not settings and is_described(architecture):
        analysis = analyze_architecture(described_layer(architecture), DEFAULT, layer_bound)
        layer = layer_names(analysis)[0][0]
    else:
        analysis = analyze_architecture(load_chosen(architecture, settings), DEFAULT, layer_bound)
        refuse_unused_choices()
    read = () if analysis.architecture.bundled else (analysis.architecture.path,)
    if layer is None:
        out.emit(names_report(analysis), read)
        return
    sections = explain_layer(analysis, layer)
    out.emit(Content(EXPLANATION, lambda read_in: sections_report(sections), layer, sections), read)
