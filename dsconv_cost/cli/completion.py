"""The words that a shell offers: networks, variants, conventions and layers. A wrong word gets no offer, and no message."""

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dsconv_cost.language.architecture import Spec

Offers = list[Any]
"""Words, or items of click's."""
Completer = Callable[[click.Context, click.Parameter, str], Offers]


def _or_nothing(function: Completer) -> Completer:
    @functools.wraps(function)
    def offers(ctx: click.Context, param: click.Parameter, incomplete: str) -> Offers:
        from dsconv_cost.errors import DsconvCostError

        try:
            return function(ctx, param, incomplete)
        except (DsconvCostError, OSError, ValueError):
            return []

    return offers


def offer_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> Offers:
    """Leave it to the shell to offer files."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


@_or_nothing
def offer_devices(ctx: click.Context, param: click.Parameter, incomplete: str) -> Offers:
    """Offer the devices that the package knows, and where no name fits what the shell finds."""
    from dsconv_cost.devices.known import KNOWN

    return [name for name in KNOWN if name.startswith(incomplete)] or offer_files(ctx, param, incomplete)


def offer_columns(ctx: click.Context, param: click.Parameter, incomplete: str) -> Offers:
    """Offer the columns of `analyze` that the list before the last comma does not have."""
    from dsconv_cost.reports.layer_columns import ALL, COLUMN_NAMES

    head, comma, start = incomplete.rpartition(",")
    chosen = head.split(",") if comma else []
    names = COLUMN_NAMES if comma else (ALL, *COLUMN_NAMES)
    return [f"{head}{comma}{name}" for name in names if name.startswith(start) and name not in chosen]


@_or_nothing
def offer_memory_conventions(ctx: click.Context, param: click.Parameter, incomplete: str) -> Offers:
    """Offer the conventions of memory."""
    from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS

    return [name for name in MEMORY_CONVENTIONS if name.startswith(incomplete)]


@_or_nothing
def offer_bundled(ctx: click.Context, param: click.Parameter, incomplete: str) -> Offers:
    """Offer the bundled networks, behind a colon the variants of one."""
    from dsconv_cost.sources import bundled

    head, colon, start = incomplete.rpartition(":")
    if colon:
        variants = _spec(head).variants if bundled.find(head) else {}
        return [f"{head}:{variant}" for variant in variants if variant.startswith(start)]
    return [name for name in bundled.names() if name.startswith(incomplete)]


@_or_nothing
def offer_networks(ctx: click.Context, param: click.Parameter, incomplete: str) -> Offers:
    """Offer bundled networks and YAML files, behind a colon variants, and where no name fits what the shell finds."""
    head, colon, start = incomplete.rpartition(":")
    if colon:
        return [f"{head}:{variant}" for variant in _spec(head).variants if variant.startswith(start)]
    names = offer_bundled(ctx, param, incomplete)
    if not names:
        return offer_files(ctx, param, incomplete)
    from dsconv_cost.sources.near_paths import YAML_ENDINGS

    files = sorted(name for name in os.listdir() if name.startswith(incomplete) and name.endswith(YAML_ENDINGS))
    return names + files


@_or_nothing
def offer_conventions(ctx: click.Context, param: click.Parameter, incomplete: str) -> Offers:
    """Offer the conventions."""
    from dsconv_cost.costs.conventions import all_conventions

    return [name for name in all_conventions() if name.startswith(incomplete)]


@_or_nothing
def offer_layers(ctx: click.Context, param: click.Parameter, incomplete: str) -> Offers:
    """Offer the items of the network named before, and once a letter is there the layers inside them too."""
    from dsconv_cost.network.build import elaborate
    from dsconv_cost.sources.load import load

    name = str(ctx.params.get("architecture") or "")
    network = elaborate(load(_readable(name)))
    places = [place for node in network.nodes for place in node.place.chain()]
    names = dict.fromkeys(place.name for place in places if incomplete or "/" not in place.name)
    return [name for name in names if name.startswith(incomplete)]


def _readable(name: str) -> str:
    """Return the name of a network that can be read without waiting: standard input and pipes may never end."""
    path = name.partition("@")[0].rpartition(":")[0] or name
    if path == "-" or (os.path.exists(path) and not os.path.isfile(path)):
        raise ValueError(path)
    return name


def _spec(name: str) -> "Spec":
    from dsconv_cost.sources.load import read_source, spec_of

    return spec_of(read_source(_readable(name), regular=True))
