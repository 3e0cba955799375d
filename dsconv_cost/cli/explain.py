"""`dsconv-cost explain`."""

import click

from dsconv_cost.cli.once import Command
from dsconv_cost.cli.options import architecture_argument, hyperparameter_options, load_chosen, max_layers_option


@click.command(cls=Command, short_help="One layer's formulas with the numbers filled in.")
@architecture_argument
@click.argument("layer", required=False)
@hyperparameter_options
@max_layers_option
def explain(
    architecture: str,
    layer: str | None,
    settings: tuple[str, ...],
    alpha: str | None,
    resolution: str | None,
    max_layers: int,
) -> None:
    """Show how a layer's output size, parameters and MACs arise, and what separating it saves.

    LAYER is an item or a layer inside one, as `dsconv-cost explain mobilenet dsconv3/dw`. Without it: all names.
    """
    from dsconv_cost.costs.analysis import analyze
    from dsconv_cost.reports.explain import explain as run
    from dsconv_cost.reports.explain import layer_names

    analysis = analyze(load_chosen(architecture, settings, alpha, resolution), max_layers=max_layers)
    if layer is None:
        names = layer_names(analysis)
        widest, type_widest = (max(len(entry[i]) for entry in names) for i in (0, 1))
        lines = [f"{name:<{widest}}  {type_:<{type_widest}}  {output}" for name, type_, output in names]
        click.echo("\n".join(lines))
        return
    sections = run(analysis, layer)
    click.echo(
        "\n\n".join("\n".join([section.title, *(f"  {line}" for line in section.lines)]) for section in sections)
    )
