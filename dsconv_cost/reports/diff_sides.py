"""The two networks of a difference: as they are named, or a file and what it was at a commit."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.deferred_memory import DeferredMemory
from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.limits import MEMORY_BITS
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import inputs_document
from dsconv_cost.reports.answer import title_of
from dsconv_cost.sources.arguments import SpecReader
from dsconv_cost.sources.git import SHORT
from dsconv_cost.sources.history import Base
from dsconv_cost.sources.load import architecture_of, spec_of
from dsconv_cost.sources.read import STDIN_NAME
from dsconv_cost.sources.settings import Settings, split_settings
from dsconv_cost.text import inert, shown


class DiffSide(NamedTuple):
    """One of the two networks."""

    label: str
    """As it was named."""
    description: str
    """Its name, source and hyperparameters in words."""
    form: Form | None
    """None where there was no network yet."""
    facts: Mapping[str, object]
    """Its keys in JSON."""
    memory: DeferredMemory | None = None
    """None where there was no network yet."""


def diff_side(
    label: str, architecture: Architecture, convention: Convention, layer_bound: int, bits: int = MEMORY_BITS
) -> DiffSide:
    """Return a network as a side of a difference, with its memory at so many bits an element."""
    network = elaborate(architecture, layer_bound)
    facts = {
        "name": architecture.name,
        "variant": architecture.variant,
        "source": architecture.source,
        "input": inputs_document(network),
        "hyperparameters": architecture.hyperparameters,
    }
    description = f"{title_of(architecture)}, {network.inputs_text}"
    return DiffSide(label, description, Form(network, convention), facts, DeferredMemory(lambda: network, bits))


def sides_since(
    ref: str, argument: str, common: Settings, convention: Convention, layer_bound: int,
    tell: Callable[[str], None] = lambda text: None, bits: int = MEMORY_BITS,
) -> tuple[DiffSide, DiffSide]:  # fmt: skip
    """Return a file as it was where HEAD and a reference parted, and as it is.

    Where what it was makes no network, `tell` gets a line that says so before the InputError with the problems.
    Raises UsageError for what is no file of the repository.
    """
    name, own = split_settings(argument)
    source, spec = SpecReader().read(name)
    if source.bundled or source.path == STDIN_NAME:
        raise UsageError(
            f"{inert(name)} is no file: only a file of a git repository has an earlier version to compare with"
        )
    settings = {**common, **own}
    new = diff_side(argument, architecture_of(source, spec, settings), convention, layer_bound, bits)
    base = Base(ref)
    commit = base.files().commit
    was = base.past(source.path, source.variant)
    if was is None:
        about = f"{inert(source.path)} at {commit[:SHORT]} was not there: it is new"
        return DiffSide(f"nothing at {commit[:SHORT]}", about, None, {"commit": commit}), new
    before = was.source
    label = f"{inert(was.path)} at {commit[:SHORT]}"
    try:
        old = diff_side(label, architecture_of(before, spec_of(before), settings), convention, layer_bound, bits)
    except InputError:
        tell(f"not comparable: {label}, where HEAD and {shown(ref)} part, makes no network:")
        raise
    except UsageError as error:
        raise UsageError(f"not comparable: {label}, where HEAD and {shown(ref)} part: {error}") from None
    return old._replace(facts={"commit": commit, **old.facts}), new
