"""`dsconv-cost validate`."""

import sys

import click

from dsconv_cost.cli.completion import offer_files
from dsconv_cost.cli.emit import Output, output_options
from dsconv_cost.cli.options import Command, call_bound_option
from dsconv_cost.formats.format import REPORT, Content


@click.command(cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=offer_files)
@call_bound_option
@output_options(REPORT)
def command(paths: tuple[str, ...], out: Output) -> None:
    """Check that architectures and budget files can be read, and report all of their problems with place and remedy.

    PATH is a YAML file, a folder of them, or - for standard input. Every variant of an architecture is made, no limit is
    held against it. The exit code is 0 if all files are valid, else 2.
    """
    from dsconv_cost.budget.validation import validate
    from dsconv_cost.errors import EXIT_WRONG_INPUT
    from dsconv_cost.reports.validate import validation_report
    from dsconv_cost.reports.verdict_text import fault_text
    from dsconv_cost.text import told_on

    validation = validate(paths)
    full = Content(REPORT, lambda program: validation_report(validation, True))
    # In a table the problems would be without the line they are in; they are told below it.
    short = Content(REPORT, lambda program: validation_report(validation, False))
    out.write(full, [file.path for file in validation.files])
    out.print(short if out.format == "table" else full)
    for fault in validation.faults:
        click.echo(told_on(sys.stderr, fault_text(fault.error)), err=True, color=True)
    if validation.faults:
        raise click.exceptions.Exit(EXIT_WRONG_INPUT)
