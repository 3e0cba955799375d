"""Where what a command shows goes: standard output in the format asked for, and files."""

import functools
import sys
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dsconv_cost.cli.completion import offer_files
from dsconv_cost.cli.options import is_given
from dsconv_cost.formats.format import POINTS, REPORT, Content, Screen, formats_of, pieces, text_of
from dsconv_cost.named_tuple import NamedTuple

if TYPE_CHECKING:
    from dsconv_cost.formats.outputs import Target
    from dsconv_cost.reports.table import Report

_F = TypeVar("_F", bound=Callable[..., Any])


class Output(NamedTuple):
    """What --format and --output ask for."""

    format: str
    files: "list[Target]"

    def emit(self, content: "Content | Report", read: Collection[str] = ()) -> None:
        """Write the files, none of those that were read, and print."""
        content = content if isinstance(content, Content) else report_content(content)
        self.write(content, read)
        self.print(content)

    def write(self, content: Content, read: Collection[str] = ()) -> None:
        """Write the files, all of them or none."""
        if "dsconv_cost.importers.choices" in sys.modules:  # else no option for models was given
            from dsconv_cost.importers.choices import refuse_unused_choices

            refuse_unused_choices()
        if self.files:
            from dsconv_cost.formats.outputs import write_all

            write_all([(file.path, text_of(content, file.format, Screen())) for file in self.files], read)

    def print(self, content: Content) -> None:
        """Print in the format asked for."""
        for piece in pieces(content, self.format, screen()):
            click.echo(piece, nl=False, color=True)


def report_content(report: "Report") -> Content:
    """Return a report that is the same for people and programs as content."""
    return Content(REPORT, lambda read_in: report)


def points_content(report: "Report") -> Content:
    """Return a report on points of a space of settings as content: some formats draw them."""
    return Content(POINTS, lambda read_in: report, report)


def output_options(kind: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add --format and --output for the formats that show a kind of content; the command gets `out`, an Output."""
    offered = formats_of(kind)
    words = ", ".join(f"{name} ({entry.words})" for name, entry in offered.items())
    endings = " ".join(ending for entry in offered.values() for ending in entry.endings[:1])

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def with_output(*arguments: Any, format_: str, outputs: tuple[str, ...], **others: Any) -> None:
            files: list[Target] = []
            if outputs:
                from dsconv_cost.formats.outputs import target

                files = [target(text, offered) for text in outputs]
            function(*arguments, out=Output(format_, files), **others)

        with_output = files_option(endings)(with_output)
        return click.option(
            "--format", "-f", "format_", type=click.Choice(list(offered)), default="table", show_default=True,
            help=f"Format of standard output: {words}.",
        )(with_output)  # fmt: skip

    return decorate


def files_option(endings: str) -> Callable[[_F], _F]:
    """Add --output; the command gets `outputs`, the texts."""
    return click.option(
        "--output", "-o", "outputs", multiple=True, metavar="[FORMAT=]PATH", shell_complete=offer_files,
        help=f"Also write a file, completely or not at all. Repeatable. The ending chooses the format ({endings}).",
    )  # fmt: skip


def format_is_given() -> bool:
    """Return whether --format is on the command line."""
    return is_given("format_")


def screen() -> Screen:
    """Return what standard output takes: off a terminal every column and no colour."""
    utf8 = "utf" in (getattr(sys.stdout, "encoding", "") or "").lower()
    if not sys.stdout.isatty():
        return Screen(None, False, utf8)
    import shutil

    from dsconv_cost.text import takes_color

    return Screen(shutil.get_terminal_size().columns, takes_color(sys.stdout), utf8)
