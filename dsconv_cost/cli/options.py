"""Options that several commands share; each decorator hands its command the value that the options mean."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dsconv_cost.cli.completion import offer_conventions, offer_devices, offer_networks
from dsconv_cost.cli.printing import HelpContext, with_help

if TYPE_CHECKING:
    from dsconv_cost.costs.charges import Convention
    from dsconv_cost.devices.device import Device
    from dsconv_cost.language.architecture import Architecture
    from dsconv_cost.language.limits import Limit
    from dsconv_cost.layers.values import Value

F = TypeVar("F", bound=Callable[..., Any])


ALLOWANCE = "dsconv_cost.allowance"
"""Where a context keeps what the allowance of its call is made with."""


class Command(click.Command):
    """A command that refuses an option given twice, and whose networks share one allowance of work.

    Of two limits click would keep the last, and ignore the other in silence.
    """

    context_class = HelpContext

    def __init__(self, *arguments: Any, **others: Any) -> None:
        super().__init__(*arguments, **others)
        with_help(self)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing and sum(word.startswith("-") for word in args) > 1:
            _, _, order = self.make_parser(ctx).parse_args(args=list(args))
            seen: set[str] = set()
            for parameter in order:
                if isinstance(parameter, click.Option) and not parameter.multiple and not parameter.is_flag:
                    if str(parameter.name) in seen:
                        raise click.UsageError(f"{parameter.opts[0]} is given twice: give it once", ctx)
                    seen.add(str(parameter.name))
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        from dsconv_cost.network.allowance import one_allowance

        with one_allowance(**ctx.meta.get(ALLOWANCE, {})):
            return super().invoke(ctx)


def is_given(parameter: str) -> bool:
    """Return whether a parameter of the running command is on the command line, and not its default."""
    source = click.get_current_context().get_parameter_source(parameter)
    return source is not click.core.ParameterSource.DEFAULT


def architecture_argument(function: F) -> F:
    """Add the ARCHITECTURE argument."""
    return click.argument("architecture", metavar="ARCHITECTURE", shell_complete=offer_networks)(function)


# -- hyperparameters ------------------------------------------------------------------------------

HYPERPARAMETERS = (
    click.option(
        "--set", "-s", "assignments", metavar="NAME=VALUE", multiple=True,
        help="Set a hyperparameter to a number, a word, true, false or [a, b]. Repeatable.",
    ),
    click.option("--alpha", metavar="X", help="Set the hyperparameter alpha, the width multiplier."),
    click.option("--resolution", metavar="N", help="Set the hyperparameter resolution."),
)  # fmt: skip


def hyperparameter_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add --set, --alpha and --resolution; the command gets `settings`, a dictionary."""

    @functools.wraps(function)
    def with_settings(
        *arguments: Any, assignments: tuple[str, ...], alpha: str | None, resolution: str | None, **others: Any
    ) -> None:
        function(*arguments, settings=_settings(assignments, alpha, resolution), **others)

    for option in reversed(HYPERPARAMETERS):
        with_settings = option(with_settings)
    return with_settings


def _settings(assignments: tuple[str, ...], alpha: str | None, resolution: str | None) -> "dict[str, Value]":
    """Return the hyperparameters set on the command line. Raises UsageError where one is wrong or set twice."""
    pairs: list[tuple[str, str, str]] = []
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or not name.strip() or not text.strip():
            from dsconv_cost.errors import UsageError
            from dsconv_cost.text import inert

            raise UsageError(f"--set {inert(assignment)}: expected NAME=VALUE, e.g. --set alpha=0.5")
        pairs.append((name.strip(), text.strip(), "--set"))
    if alpha is not None:
        pairs.append(("alpha", alpha, "--alpha"))
    if resolution is not None:
        pairs.append(("resolution", resolution, "--resolution"))
    return _parsed(pairs) if pairs else {}


def _parsed(pairs: list[tuple[str, str, str]]) -> "dict[str, Value]":
    from dsconv_cost.errors import UsageError
    from dsconv_cost.sources.settings import parse_literal
    from dsconv_cost.text import inert

    values: dict[str, Value] = {}
    for name, text, option in pairs:
        if name in values:
            raise UsageError(f"the hyperparameter {inert(name)} is set twice: set it once")
        value = values[name] = parse_literal(text, f"{option} {inert(name)}" if option == "--set" else option)
        if option != "--set" and (not isinstance(value, int | float) or isinstance(value, bool) or value <= 0):
            raise UsageError(f"{option}: received {inert(text)}, expected a number above 0")
    return values


class NumberType(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.2
    """A number within bounds. click's own types would add them to the help in a way of their own."""

    name = "number"

    def __init__(self, least: int, most: int | None = None, *, whole: bool = True) -> None:
        self.least, self.most, self.whole = least, most, whole

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | float:
        try:
            number = int(value) if self.whole else float(value)
        except ValueError:
            number = None
        if number is None or not self.least <= number <= (number if self.most is None else self.most):
            from dsconv_cost.text import shown

            bounds = f"of at least {self.least:,}" if self.most is None else f"from {self.least:,} to {self.most:,}"
            what = "a whole number" if self.whole else "a number"
            self.fail(f"received '{shown(str(value))}', expected {what} {bounds}", param, ctx)
        return number


def top_option(words: str, first: int = 1, **others: Any) -> Callable[[F], F]:
    """Add --top, which shows at least `first` rows."""
    return click.option("--top", "-n", type=NumberType(first), metavar="N", help=words, **others)


# -- what is counted, and how much at most --------------------------------------------------------


class ConventionType(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.2
    """The name of a convention."""

    name = "convention"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Convention":
        if ctx is not None and ctx.resilient_parsing:
            return value  # type: ignore[no-any-return]  # for completion its name is enough, and quicker
        from dsconv_cost.costs.conventions import convention_named

        return convention_named(value)


def convention_option(function: F) -> F:
    """Add --convention; the command gets the Convention."""
    return click.option(
        "--convention", "-c", type=ConventionType(), default="macs", show_default=True, metavar="NAME",
        shell_complete=offer_conventions,
        help="Count by this convention; see `dsconv-cost conventions`.",
    )(function)  # fmt: skip


class DeviceType(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.2
    """The name of a device or the file of one."""

    name = "device"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Device":
        if ctx is not None and ctx.resilient_parsing:
            return value  # type: ignore[no-any-return]  # for completion its name is enough, and quicker
        from dsconv_cost.devices.read import device_named

        return device_named(value)


def device_option(function: F) -> F:
    """Add --device; the command gets the Device, or None."""
    return click.option(
        "--device", type=DeviceType(), metavar="NAME|FILE", shell_complete=offer_devices,
        help="Also show what it takes at least on a device, and what bounds it; see `dsconv-cost devices`.",
    )(function)  # fmt: skip


def _bound_option(also: str = ", and more than three times as many in all", **others: Any) -> Callable[[F], F]:
    return click.option(
        "--layer-bound", type=NumberType(1, 10_000_000), default=200_000, show_default=True, metavar="N",
        help=f"Refuse networks with more primitive layers{also}.", **others,
    )  # fmt: skip


def call_bound_option(function: F) -> F:
    """Add --layer-bound for a call whose networks are made without being told their bound."""

    def keep(ctx: click.Context, param: click.Parameter, value: int) -> None:
        ctx.meta[ALLOWANCE] = {"max_layers": value}

    return _bound_option(callback=keep, expose_value=False)(function)


def layer_bound_option(function: F) -> F:
    """Add --layer-bound; the command gets `layer_bound`."""
    return _bound_option()(renamed_option("--max-layers", "--layer-bound")(function))


def vary_option(help_: str) -> Callable[[F], F]:
    """Add --vary; the command gets `varied`."""
    return click.option(
        "--vary", "varied", multiple=True, metavar="NAME=FIRST..LAST[:STEP]", help=help_,
    )  # fmt: skip


def point_bound_option(function: F) -> F:
    """Add --layer-bound for a call that counts as many networks as it is asked to; the command gets `layer_bound`."""
    return _bound_option("")(renamed_option("--max-layers", "--layer-bound")(function))


def renamed_option(old: str, new: str) -> Callable[[F], F]:
    """Add an option under its old name, hidden, that is an error which names the new one."""

    def refuse(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
        if value is not None:
            raise click.UsageError(f"{old} of {ctx.info_name} is now called {new}", ctx)

    return click.option(old, hidden=True, expose_value=False, callback=refuse)


class LimitType(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.2
    """A limit: a count, a size in bytes or per cent, written as in a budget file."""

    name = "limit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Limit":
        from dsconv_cost.language.limits import option, parse_limits

        assert param is not None
        return parse_limits({str(param.name): value}, option)[0]


LIMITS = {
    "max_params": ("N", "Maximum number of parameters, e.g. 4.3M."),
    "max_macs": ("N", "Maximum number of multiply-accumulates (MACs), e.g. 600M."),
    "max_flops": ("N", "Maximum number of FLOPs, e.g. 1.2G."),
    "max_activations": ("N", "Maximum number of elements written by convolutions and linear layers."),
    "max_layers": ("N", "Maximum number of convolutions and linear layers."),
    "max_largest_share": ("P", "Maximum share of the MACs in a single layer, e.g. 40%."),
    "max_size": ("BYTES", "Maximum size of the parameters at --bits each, e.g. 16 MB or 512 KiB."),
    "max_peak": ("BYTES", "Maximum of activations alive at once, e.g. 256 KiB."),
    "max_arena": ("BYTES", "Maximum of the arena of TensorFlow Lite Micro that tensors take."),
    "max_flash": ("BYTES", "Maximum of the flash that weights and biases take, e.g. 1 MiB."),
    "min_saving": ("P", "Minimum share of MACs saved against the standard form, e.g. 80%."),
}
"""Name of a limit -> how its value is written, and its help."""


def limit_options(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add options for limits; the command gets `limits`, a list of those that are given."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def with_limits(*arguments: Any, **others: Any) -> None:
            given = [others.pop(name) for name in names]
            function(*arguments, limits=[limit for limit in given if limit is not None], **others)

        for name in reversed(names):
            metavar, words = LIMITS[name]
            option = click.option(f"--{name.replace('_', '-')}", type=LimitType(), metavar=metavar, help=words)
            with_limits = option(with_limits)
        return with_limits

    return decorate


def bits_option(of: str) -> Callable[[F], F]:
    """Add --bits, of what the help says; the command gets a number, or None where each metric has its own."""
    return click.option(
        "--bits", type=click.Choice(("4", "8", "16", "32")), callback=_number, help=f"Bits of an element, for {of}."
    )  # fmt: skip


LIMITS_IN_BYTES = "limits in bytes; without it 32 for size, 8 for peak, arena and flash"
"""What --bits is of, where it is of limits."""


def _number(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    return None if value is None else int(value)


def load_chosen(architecture: str, settings: "dict[str, Value]") -> "Architecture":
    """Return the architecture a command line means; say on stderr when a file's name fell back to a bundled one."""
    from dsconv_cost.sources.load import load_source, read_source
    from dsconv_cost.sources.settings import split_and_merge
    from dsconv_cost.text import inert

    name, settings = split_and_merge(architecture, settings)
    source = read_source(name)
    if source.bundled and ".yaml" in name:
        click.echo(f"no file {inert(source.path)} here: using the bundled architecture", err=True)
    return load_source(source, settings)
