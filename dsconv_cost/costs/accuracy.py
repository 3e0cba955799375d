"""The published accuracy of a network: that of its own file, where the network is still the one that was published."""

from dsconv_cost.costs.analysis import Form
from dsconv_cost.costs.conventions import DEFAULT, convention_named
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.language.published import Published


def published_top1(architecture: Architecture, as_written: Form) -> Published | None:
    """Return the first entry of the file whose top-1 is that of the network as written, or None."""
    for entry in architecture.published:
        if entry.top1 and entry.form == "as_written" and is_of(entry, architecture, as_written):
            return entry
    return None


def is_of(entry: Published, architecture: Architecture, form: Form) -> bool:
    """Return whether an entry's accuracy is that of a network; `form` is the form that the entry is about.

    A file that somebody copied and changed still has the entries of the original. So its params and MACs must agree with
    those of the entry, as far as the entry prints them; tests compare the bundled files with their sources.
    """
    if architecture.bundled:
        return True
    exact = form.under(convention_named(entry.convention or DEFAULT.name))
    return all(figure.agrees(getattr(exact, metric)) for metric, figure in entry.figures().items() if metric != "flops")
