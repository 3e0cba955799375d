"""`dsconv-cost diff`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.completion import offer_networks
from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.models import model_options
from dsconv_cost.cli.options import (
    Command,
    bits_option,
    convention_option,
    hyperparameter_options,
    layer_bound_option,
    top_option,
)
from dsconv_cost.formats.format import DIFFERENCE, PROGRAM, Content

if TYPE_CHECKING:
    from dsconv_cost.costs.charges import Convention
    from dsconv_cost.layers.values import Value
    from dsconv_cost.reports.table import Report


@click.command(cls=Command)
@click.argument("networks", nargs=-1, required=True, metavar="OLD NEW", shell_complete=offer_networks)
@click.option("--base", metavar="REF", help="Compare FILE with its version where HEAD and REF parted: --base REF FILE.")
@click.option("--all", "every", is_flag=True, help="Also show unchanged layers; JSON and CSV always have them.")
@top_option("Show only the N layers that changed most.")
@bits_option("peak, arena and flash; without it 8")
@hyperparameter_options
@model_options
@layer_bound_option
@convention_option
@output_options(DIFFERENCE)
def command(
    networks: tuple[str, ...], base: str | None, every: bool, top: int | None, bits: int | None, settings: "dict[str, Value]",
    layer_bound: int, convention: "Convention", out: Output,
) -> None:  # fmt: skip
    """Show what changed from OLD to NEW. The exit code is 0 whether they differ or not.

    Each is a YAML file or a bundled name, optionally with a variant and settings, e.g. net.yaml:wide or
    mobilenet@alpha=0.5. --set, --alpha and --resolution apply to both. Layers are aligned by what they are, not by name.
    """
    from dsconv_cost.costs.diff.attribution import difference
    from dsconv_cost.errors import UsageError
    from dsconv_cost.language.limits import MEMORY_BITS
    from dsconv_cost.reports.diff import diff_report
    from dsconv_cost.reports.diff_sides import diff_side, sides_since
    from dsconv_cost.sources.arguments import named_network

    width = bits or MEMORY_BITS
    if base is not None:
        if len(networks) != 1:
            raise UsageError(f"--base compares one file with its earlier version: name one, received {len(networks)}")

        def tell(text: str) -> None:
            click.echo(text, err=True)

        old, new = sides_since(base, networks[0], settings, convention, layer_bound, tell, width)
    else:
        if len(networks) != 2:
            hint = " (or --base REF and one file)" if len(networks) == 1 else ""
            raise UsageError(f"expected OLD and NEW{hint}, received {len(networks)}")
        if networks[0] == networks[1] == "-":
            raise UsageError("standard input can be one of the two")
        sides = [named_network(text, settings) for text in networks]
        old, new = (diff_side(side.label, side.architecture, convention, layer_bound, width) for side in sides)
    read = [source for source in (str(one.facts.get("source")) for one in (old, new)) if source != "bundled"]
    attribution = difference(old.form, new.form)

    def report(read_in: str) -> "Report":
        all_rows = every or (read_in == PROGRAM and top is None)
        return diff_report(old, new, attribution, convention, all_rows, top, brief=read_in != PROGRAM)

    out.emit(Content(DIFFERENCE, report, old, new, attribution, convention, every, top), read)
