"""`dsconv-cost compare`."""

import click

from dsconv_cost.cli.emit import emit, output_options, targets
from dsconv_cost.cli.once import Command
from dsconv_cost.cli.options import chosen, hyperparameter_options, max_layers_option

SORTS = ("given", "name", "params", "macs", "flops", "layers", "activations", "factor", "top1")


@click.command(cls=Command, short_help="Networks beside each other: which is cheaper, and which is beaten by none?")
@click.argument("networks", nargs=-1, required=True, metavar="NETWORK...")
@click.option("--baseline", metavar="NETWORK", help="What the ratios are to, named as among NETWORK.  [the first]")
@click.option(
    "--sort", type=click.Choice(SORTS), default="given",
    help="Order: costs go upwards, factor and top-1 downwards.  [as given]",
)  # fmt: skip
@click.option("--pareto", is_flag=True, help="Mark those beaten by none in params, MACs and (if all have one) top-1.")
@hyperparameter_options
@max_layers_option
@click.option("--convention", default="macs", metavar="NAME", help="What is counted; see `conventions`.  [macs]")
@output_options
def compare(
    networks: tuple[str, ...],
    baseline: str | None,
    sort: str,
    pareto: bool,
    settings: tuple[str, ...],
    alpha: str | None,
    resolution: str | None,
    max_layers: int,
    convention: str,
    format_: str,
    outputs: tuple[str, ...],
) -> None:
    """Show networks beside each other, a row each.

    NETWORK is a YAML file or a bundled name, with a variant and settings of its own where wanted:
    resnet:50, mobilenet@alpha=0.5,resolution=160. A pattern means several: 'mobilenet*', 'resnet:*'.
    --set, --alpha and --resolution are for all of them.
    """
    from dsconv_cost.costs.conventions import convention_named
    from dsconv_cost.reports.compare import comparison
    from dsconv_cost.sources.arguments import named_networks

    files = targets(outputs)
    rule = convention_named(convention)
    found = named_networks(networks, chosen(settings, alpha, resolution))
    read = [side.architecture.path for side in found]
    emit(
        lambda machine: comparison(found, rule, baseline, sort, pareto, max_layers, every=machine), format_, files, read
    )
