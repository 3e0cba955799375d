"""`dsconv-cost advise`."""

from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.completion import offer_networks
from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.models import model_options
from dsconv_cost.cli.options import (
    Command,
    convention_option,
    hyperparameter_options,
    layer_bound_option,
    limit_options,
    load_chosen,
)
from dsconv_cost.formats.format import ADVICE, PROGRAM, TERMINAL, Content

if TYPE_CHECKING:
    from dsconv_cost.advice.advice import Advice
    from dsconv_cost.costs.charges import Convention
    from dsconv_cost.language.limits import Limit
    from dsconv_cost.layers.values import Value
    from dsconv_cost.reports.table import Report

DIFF = "diff"


@click.command(cls=Command)
@click.argument("architecture", metavar="ARCHITECTURE", shell_complete=offer_networks)
@limit_options("max_macs", "max_params", "max_flops", "max_flash", "max_peak")
@click.option(
    "--objective",
    type=click.Choice(("layers", "params")),
    default="layers",
    show_default=True,
    help="Print the change with the fewest layers changed, or the one with the fewest params lost. The tables have both.",
)
@click.option(
    "--keep", multiple=True, metavar="PATTERN",
    help="Leave an item or a layer as it is, by its name or a pattern, e.g. stem or 'stage1/**'. Repeatable.",
)  # fmt: skip
@click.option(
    "--whole-items", is_flag=True, help="Change all convolutions that an item of the file makes, or none of them."
)
@click.option(
    "--bits", type=click.Choice(("4", "8", "16", "32")), default="8", show_default=True,
    help="Bits of an element, for --max-flash and --max-peak.",
)  # fmt: skip
@hyperparameter_options
@model_options
@layer_bound_option
@convention_option
@output_options(ADVICE)
def command(
    architecture: str, limits: "list[Limit]", objective: str, keep: tuple[str, ...], whole_items: bool, bits: str,
    settings: "dict[str, Value]", layer_bound: int, convention: "Convention", out: Output,
) -> None:  # fmt: skip
    """Say which convolutions to make depthwise-separable to keep within limits, and print the change to the file.

    There are two answers, both exact: the fewest layers changed, and the fewest params lost. The change is a diff that
    `patch -p0` and `git apply -p0` take; of a bundled network it is one to what `dsconv-cost show` prints. Its figures are
    those of the changed file.

    Whatever the limits are, a table has what else an expert would say, with what the remedy saves: biases before batch norms,
    rows that no window reads, a layer with most of the params, a block with most of the memory.

    Example: `dsconv-cost advise resnet:18 --max-macs 900M`.
    The exit code is 1 if no set of changes keeps within the limits.
    """
    from dsconv_cost.advice.advice import AdviceWanted, advice_on
    from dsconv_cost.advice.changes import Counting
    from dsconv_cost.errors import EXIT_OVER_BUDGET
    from dsconv_cost.importers.choices import refuse_unused_choices

    chosen = load_chosen(architecture, settings)
    advice = advice_on(chosen, Counting(convention, int(bits)), AdviceWanted(limits, keep, whole_items, layer_bound))
    refuse_unused_choices()
    read = () if chosen.bundled else (chosen.path,)
    content = advice_content(advice, objective)
    if DIFF in (out.format, *(file.format for file in out.files)):
        _check_diff(advice, objective, printed=out.format == DIFF)
    out.emit(content, read)
    if advice.budgets and not advice.results and not advice.advised.met:
        raise click.exceptions.Exit(EXIT_OVER_BUDGET)


def advice_content(advice: "Advice", objective: str) -> Content:
    """Return advice as content: for people the changes of the plans, for programs all that are possible."""
    from dsconv_cost.advice.patch import is_printable
    from dsconv_cost.reports.advise import advise_report

    def report(read_in: str) -> "Report":
        return advise_report(advice, objective, read_in == PROGRAM)

    diff = advice.diff(objective)
    return Content(ADVICE, report, report(TERMINAL), diff, is_printable(diff))


def _check_diff(advice: "Advice", objective: str, printed: bool) -> None:
    """Raise UsageError where a diff is asked for that there cannot be, or that cannot be printed."""
    from dsconv_cost.advice.patch import is_printable
    from dsconv_cost.errors import UsageError
    from dsconv_cost.text import inert

    path = inert(advice.architecture.path)
    if advice.architecture.spec.imported is not None:
        raise UsageError(
            f"{path} is a model, which has no YAML to change: dsconv-cost import {path} > net.yaml, then advise net.yaml"
        )
    if advice.results and advice.results[objective].written is None:
        raise UsageError(f"{path}: the file cannot say this plan, so there is no diff")
    if printed and not is_printable(advice.diff(objective)):
        raise UsageError(
            "the diff has characters that a terminal or a CI runner may take for commands: write it to a file, --output net.diff"
        )
