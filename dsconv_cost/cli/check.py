"""`dsconv-cost check`."""

import os
import sys
from typing import TYPE_CHECKING

import click

from dsconv_cost.cli.once import Command
from dsconv_cost.cli.options import chosen, hyperparameter_options

if TYPE_CHECKING:
    from dsconv_cost.budget.check import Outcome
    from dsconv_cost.budget.networks import InputFault
    from dsconv_cost.budget.selection import Request

FORMATS = ("table", "json", "csv", "markdown", "github", "junit")


@click.command(cls=Command, short_help="Budgets: exit with 1 when a network costs more than it may.")
@click.argument("architectures", nargs=-1, metavar="[ARCHITECTURE]...")
@click.option("--max-params", metavar="N", help="Most parameters, as 4.3M.")
@click.option("--max-macs", metavar="N", help="Most multiply-accumulates, as 600M.")
@click.option("--max-flops", metavar="N", help="Most FLOPs, as 1.2G.")
@click.option("--max-activations", metavar="N", help="Most elements written by convolutions and linear layers.")
@click.option("--max-layers", metavar="N", help="Most convolutions and linear layers.")
@click.option("--max-largest-share", metavar="P", help="Most of the MACs in a single layer, as 40%.")
@click.option("--max-size", metavar="BYTES", help="Most bytes of parameters at --bits, as 16 MB or 512 KiB.")
@click.option("--min-saving", metavar="P", help="Fewest MACs saved against the standard form, as 80%.")
@click.option(
    "--bits", type=click.Choice(("8", "16", "32")), default="32", show_default=True, help="Of a parameter, for sizes."
)
@click.option("--budget", metavar="FILE", help="A budget file.  [dsconv-cost.yaml, if there is one]")
@click.option("--base", metavar="REF", help="Params and MACs may not grow since HEAD and this commit or branch parted.")
@click.option("--locked", is_flag=True, help="Params and MACs may not grow beyond those in dsconv-cost.lock.")
@click.option("--update-lock", is_flag=True, help="Write dsconv-cost.lock instead of checking.")
@click.option(
    "--tolerance", metavar="P",
    help="Growth that --base and --locked allow, as 1%; if any, at least 100 params and 10,000 MACs.  [0%]",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="Limits of the level warn fail too.")
@hyperparameter_options
@click.option("--convention", default="macs", metavar="NAME", help="What is counted; see `conventions`.  [macs]")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="What goes to standard output.  [table]")
@click.option(
    "--output", "outputs", multiple=True, metavar="[FORMAT=]PATH",
    help="Write a file too, whole or not at all. Repeatable; the ending names the format (.json .csv .md .txt .xml).",
)  # fmt: skip
def check(
    architectures: tuple[str, ...], budget: str | None, base: str | None, locked: bool, update_lock: bool, tolerance: str | None,
    strict: bool, bits: str, settings: tuple[str, ...], alpha: str | None, resolution: str | None, convention: str,
    format_: str | None, outputs: tuple[str, ...], **limits: str | None,
) -> None:  # fmt: skip
    """Hold networks to limits: of the command line, of `budget:` in their files, and of a budget file.

    ARCHITECTURE is a YAML file, a folder of them, or a bundled name; without any, those that the budget file names.
    A file stands for its network and each variant that a limit names; growth is looked for in all of its variants.
    Exit code: 0 all is kept, 1 a limit is exceeded, 2 wrong input, nothing to check, or not comparable.
    """
    from dsconv_cost.budget.check import check
    from dsconv_cost.budget.selection import Request
    from dsconv_cost.costs.conventions import convention_named
    from dsconv_cost.errors import OutputError, UsageError
    from dsconv_cost.formats.outputs import target, write_all
    from dsconv_cost.language.limits import option, parse_limits
    from dsconv_cost.language.limits import tolerance as allowed

    if tolerance is not None and base is None and not locked:
        raise UsageError("--tolerance goes with --base or --locked")
    targets = [target(text, FORMATS) for text in outputs]
    request = Request(
        architectures, chosen(settings, alpha, resolution), parse_limits(limits, option), budget, base,
        allowed(tolerance or "0%", "--tolerance"), locked, int(bits), convention_named(convention), strict,
    )  # fmt: skip
    if update_lock:
        _update(request, bool(outputs or format_))
        return
    outcome = check(request)
    try:
        write_all([(t.path, render(outcome, t.format, None, False, True)) for t in targets], outcome.read)
    except OutputError:
        _show(outcome, format_)  # a file that cannot be written hides no verdict
        raise
    _show(outcome, format_)
    click.get_current_context().exit(outcome.code)


def render(outcome: "Outcome", format_: str, columns: int | None, color: bool, utf8: bool) -> str:
    """Return the verdicts in a format."""
    if format_ == "json":
        from dsconv_cost.formats.verdict_records import to_json

        return to_json(outcome)
    if format_ == "csv":
        from dsconv_cost.formats.verdict_records import to_csv

        return to_csv(outcome)
    if format_ == "markdown":
        from dsconv_cost.formats import verdict_markdown

        return verdict_markdown.render(outcome)
    if format_ == "github":
        from dsconv_cost.formats import github

        return github.render(outcome)
    if format_ == "junit":
        from dsconv_cost.formats import junit

        return junit.render(outcome)
    from dsconv_cost.formats import terminal
    from dsconv_cost.formats.verdict_records import report

    return terminal.render(report(outcome), columns, color, utf8)


def _show(outcome: "Outcome", format_: str | None) -> None:
    """Print the verdicts, then what is wrong; inside GitHub Actions annotations too, unless a format was asked for."""
    from dsconv_cost.cli.screen import is_utf8, screen

    columns, color = screen()
    text = render(outcome, format_ or "table", columns, color, is_utf8())
    try:
        click.echo(text, nl=False, color=True)
        sys.stdout.flush()
    except BrokenPipeError:
        # The verdict does not depend on who reads it: a budget that is exceeded stays exceeded.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _say_faults(outcome.faults)
    if format_ is None and os.environ.get("GITHUB_ACTIONS") == "true":
        from dsconv_cost.formats import github

        click.echo(github.render(outcome), nl=False, err=True)
        _summarize(outcome)


def _say_faults(faults: "list[InputFault]") -> None:
    from dsconv_cost.errors import InputError
    from dsconv_cost.text import inert

    for _, error in faults:
        click.echo(str(error) if isinstance(error, InputError) else f"error: {inert(str(error))}", err=True)


def _summarize(outcome: "Outcome") -> None:
    """Add what the annotations have no room for to the job's summary."""
    from dsconv_cost.formats import github, verdict_markdown

    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path or len(github.annotations(outcome)) <= github.MOST:
        return
    try:
        with open(path, "a", encoding="utf-8") as handle:
            handle.write(verdict_markdown.render(outcome))
    except OSError as error:
        click.echo(f"the job's summary cannot be written: {error.strerror}", err=True)


def _update(request: "Request", shown: bool) -> None:
    from dsconv_cost.budget import lock
    from dsconv_cost.budget.lock_update import update
    from dsconv_cost.errors import UsageError
    from dsconv_cost.formats.outputs import write_all

    if shown:
        raise UsageError("--update-lock writes the lock: it takes no --format and no --output")
    made = update(request)
    _say_faults(made.faults)
    if made.faults:
        click.echo(f"{lock.PATH} is left as it is", err=True)
        click.get_current_context().exit(2)
    write_all([(lock.PATH, made.text)])
    click.echo(made.headline, err=True)
