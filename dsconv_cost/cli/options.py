"""Options that several commands share, and the way from them to an architecture."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from dsconv_cost.language.architecture import Architecture

F = TypeVar("F", bound=Callable[..., Any])


def architecture_argument(function: F) -> F:
    """Add the ARCHITECTURE argument."""
    return click.argument("architecture", metavar="ARCHITECTURE")(function)


def hyperparameter_options(function: F) -> F:
    """Add --set, --alpha and --resolution."""
    function = click.option("--resolution", metavar="N", help="Set the hyperparameter resolution.")(function)
    function = click.option("--alpha", metavar="X", help="Set the hyperparameter alpha, the width multiplier.")(
        function
    )
    return click.option(
        "--set", "settings", metavar="NAME=VALUE", multiple=True,
        help="Set a hyperparameter: a number, a word, true, false or [a, b]. Repeatable.",
    )(function)  # fmt: skip


def max_layers_option(function: F) -> F:
    """Add --max-layers."""
    return click.option(
        "--max-layers", type=click.IntRange(1, 10_000_000), default=200_000, show_default=True, metavar="N",
        help="Refuse networks with more primitive layers.",
    )(function)  # fmt: skip


def chosen(settings: tuple[str, ...], alpha: str | None, resolution: str | None) -> dict[str, Any]:
    """Return the hyperparameters set on the command line. Raises UsageError where one is wrong or set twice."""
    from dsconv_cost.errors import UsageError
    from dsconv_cost.sources.settings import parse_literal
    from dsconv_cost.text import inert

    pairs: list[tuple[str, str, str]] = []
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip() or not text.strip():
            raise UsageError(f"--set {inert(setting)}: expected NAME=VALUE, as --set alpha=0.5")
        pairs.append((name.strip(), text.strip(), "--set"))
    if alpha is not None:
        pairs.append(("alpha", alpha, "--alpha"))
    if resolution is not None:
        pairs.append(("resolution", resolution, "--resolution"))
    values: dict[str, Any] = {}
    for name, text, option in pairs:
        if name in values:
            raise UsageError(f"the hyperparameter {inert(name)} is set twice: set it once")
        value = values[name] = parse_literal(text, f"{option} {inert(name)}" if option == "--set" else option)
        if option != "--set" and (not isinstance(value, int | float) or isinstance(value, bool) or value <= 0):
            raise UsageError(f"{option}: received {inert(text)}, expected a number above 0")
    return values


def load_chosen(
    architecture: str, settings: tuple[str, ...], alpha: str | None, resolution: str | None
) -> "Architecture":
    """Return the architecture a command line means; say on stderr when a file's name fell back to a bundled one."""
    from dsconv_cost.sources.load import load_source, read_source
    from dsconv_cost.text import inert

    source = read_source(architecture)
    if source.bundled and ".yaml" in architecture:
        click.echo(f"no file {inert(source.path)} here: using the bundled architecture", err=True)
    return load_source(source, chosen(settings, alpha, resolution))
