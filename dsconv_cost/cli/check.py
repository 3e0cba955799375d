"""`dsconv-cost check`."""

import os
import sys
from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.completion import offer_files, offer_networks
from dsconv_cost.cli.emit import Output, format_is_given, output_options
from dsconv_cost.cli.models import model_options
from dsconv_cost.cli.options import (
    LIMITS_IN_BYTES,
    Command,
    bits_option,
    call_bound_option,
    convention_option,
    hyperparameter_options,
    is_given,
    limit_options,
)
from dsconv_cost.formats.format import VERDICTS, Content

if TYPE_CHECKING:
    from dsconv_cost.budget.check import Outcome
    from dsconv_cost.budget.networks import InputFault
    from dsconv_cost.budget.selection import Request
    from dsconv_cost.costs.charges import Convention
    from dsconv_cost.language.limits import Limit
    from dsconv_cost.layers.values import Value
    from dsconv_cost.reports.table import Report


@click.command(cls=Command)
@click.argument("architectures", nargs=-1, metavar="[ARCHITECTURE]...", shell_complete=offer_networks)
@limit_options(
    "max_params",
    "max_macs",
    "max_flops",
    "max_activations",
    "max_layers",
    "max_largest_share",
    "max_size",
    "max_peak",
    "max_arena",
    "max_flash",
    "min_saving",
)
@bits_option(LIMITS_IN_BYTES)
@click.option(
    "--budget",
    metavar="FILE",
    shell_complete=offer_files,
    help="Read limits from a budget file; without it from dsconv-cost.yaml, if it exists.",
)
@click.option(
    "--base", metavar="REF", help="Fail if params, MACs or memory grew since HEAD and this commit or branch parted."
)
@click.option("--locked", is_flag=True, help="Fail if params, MACs or memory grew beyond those in dsconv-cost.lock.")
@click.option(
    "--allow-gone",
    metavar="NAME",
    multiple=True,
    help="Let a file, or FILE:VARIANT, be gone since --base or from the lock. Repeatable.",
)
@click.option("--update-lock", is_flag=True, help="Write dsconv-cost.lock instead of checking.")
@click.option(
    "--tolerance",
    metavar="P",
    default="0%",
    show_default=True,
    help="Growth allowed by --base and --locked, e.g. 1%; above 0% at least 100 params, 10,000 MACs and 1 KiB.",
)
@click.option("--strict", is_flag=True, help="Fail on limits of level warn too.")
@click.option("--guard-all", is_flag=True, help="Exit with 2 if a network, variant or file goes unguarded.")
@hyperparameter_options
@model_options
@convention_option
@call_bound_option
@output_options(VERDICTS)
def command(
    architectures: tuple[str, ...], limits: "list[Limit]", bits: int | None, budget: str | None, base: str | None, locked: bool,
    allow_gone: tuple[str, ...], update_lock: bool, tolerance: str, strict: bool, guard_all: bool, settings: "dict[str, Value]",
    convention: "Convention", out: Output,
) -> None:  # fmt: skip
    """Check networks against limits given on the command line, in their files or in a budget file.

    ARCHITECTURE is a YAML file, a folder of them, or a bundled name, optionally with a variant and settings, e.g.
    resnet:50@resolution=160. Without any, the networks named by the budget file
    are checked. For a file the network and each variant that a limit names are checked; --base and --locked look at all of
    its variants. Exit code: 0 if all limits are kept, 1 if one is exceeded, 2 for wrong input, nothing to check, or
    networks that cannot be compared.
    """
    from dsconv_cost.budget.check import run_check
    from dsconv_cost.budget.selection import Request
    from dsconv_cost.errors import OutputError, UsageError
    from dsconv_cost.language.limits import option
    from dsconv_cost.language.limits import tolerance as allowed

    if is_given("tolerance") and base is None and not locked:
        raise UsageError("--tolerance needs --base or --locked")
    request = Request(
        arguments=architectures,
        settings=settings,
        limits=limits,
        budget=budget,
        base=base,
        tolerance=allowed(tolerance, "--tolerance"),
        locked=locked,
        bits=bits,
        convention=convention,
        strict=strict,
        spelled=option,
        example="--max-macs 600M",
        guard_all=guard_all,
        allow_gone=allow_gone,
    )
    if update_lock:
        _update(request, bool(out.files) or format_is_given())
        return
    outcome = run_check(request)
    try:
        out.write(verdicts_content(outcome), outcome.read)
    except OutputError:
        _show(outcome, out)  # a file that cannot be written hides no verdict
        raise
    _show(outcome, out)
    click.get_current_context().exit(outcome.code)


def verdicts_content(outcome: "Outcome") -> Content:
    """Return verdicts as content."""

    def tables(read_in: str) -> "Report":
        from dsconv_cost.reports.check import check_report

        return check_report(outcome)

    return Content(VERDICTS, tables, outcome)


def _show(outcome: "Outcome", out: Output) -> None:
    """Print the verdicts, then what is wrong.

    Inside GitHub Actions annotations are printed too, unless a format was asked for, and the job gets its summary.
    """
    try:
        out.print(verdicts_content(outcome))
        sys.stdout.flush()
    except BrokenPipeError:
        # The verdict does not depend on who reads it: a budget that is exceeded stays exceeded.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _say_faults(outcome.faults)
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    if not format_is_given():
        from dsconv_cost.formats.github import github_commands

        click.echo(github_commands(outcome), nl=False, err=True)
    if not format_is_given() or out.format == "github":
        _summarize(outcome)


def _say_faults(faults: "list[InputFault]") -> None:
    from dsconv_cost.reports.verdict_text import fault_text
    from dsconv_cost.text import told_on

    for fault in faults:
        click.echo(told_on(sys.stderr, fault_text(fault.error)), err=True, color=True)


def _summarize(outcome: "Outcome") -> None:
    """Add the verdicts to the summary of the job."""
    from dsconv_cost.formats.verdict_markdown import verdicts_markdown

    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with open(path, "a", encoding="utf-8") as handle:
            handle.write(verdicts_markdown(outcome))
    except OSError as error:
        click.echo(f"the job's summary cannot be written: {error.strerror}", err=True)


def _update(request: "Request", shown: bool) -> None:
    from dsconv_cost.budget.lock import LOCK_PATH, only_writer
    from dsconv_cost.budget.lock_update import update_lock
    from dsconv_cost.errors import UsageError
    from dsconv_cost.formats.outputs import write_all

    if shown:
        raise UsageError("--update-lock writes the lock: it takes no --format and no --output")
    with only_writer():
        made = update_lock(request)
        if not made.faults:
            write_all([(LOCK_PATH, made.text)])
    _say_faults(made.faults)
    if made.faults:
        click.echo(f"{LOCK_PATH} is left as it is", err=True)
        click.get_current_context().exit(2)
    click.echo(made.headline, err=True)
