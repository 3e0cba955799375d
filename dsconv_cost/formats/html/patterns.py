"""How the kinds of operation are told apart in figures: by colour, and by a pattern for those who see no colours."""

from dsconv_cost.formats.html.escape import escaped

_OTHER = "other"
_LINES = {
    "standard": "M-1 1L1 -1M0 6L6 0M5 7L7 5",
    "depthwise": "M0 1.5H6M0 4.5H6",
    "pointwise": "",
    "grouped": "M0 3H6M3 0V6",
    "linear": "M2 3H4",
    "product": "M-1 5L1 7M0 0L6 6M5 -1L7 1",
    _OTHER: "M3 0V6",
}
"""Kind with a colour of its own -> the lines of its pattern in a square of 6; the sheet of styles has the colours."""

PATTERNS = "".join(
    f'<pattern id="p-{kind}" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 0H6V6H0Z" class="f-{kind}"/>'
    f'{f"""<path d="{lines}" class="hatch"/>""" if lines else ""}</pattern>'
    for kind, lines in _LINES.items()
)
"""The definitions that every document with figures holds once."""


def kind_class(kind: str) -> str:
    """Return the class of a kind's marks: its own, or that of all other kinds."""
    return f"k-{kind if kind in _LINES else _OTHER}"


def known_kinds(kinds: "list[str]") -> list[tuple[str, str]]:
    """Return the (class, words) of a legend of kinds: those without a colour of their own together, in the order of the patterns."""
    own = [kind for kind in _LINES if kind in kinds and kind != _OTHER]
    others = [kind for kind in kinds if kind not in own]
    entries = [(kind_class(kind), kind) for kind in own]
    return [*entries, (kind_class(_OTHER), ", ".join(others))] if others else entries


def kind_legend(kinds: "list[str]") -> str:
    """Return the legend of the kinds."""
    return legend(known_kinds(kinds))


def legend(entries: "list[tuple[str, str]]", *, dots: bool = False) -> str:
    """Return (class, words) pairs as a legend, of squares or of dots."""
    shape = 'x="1" y="1" width="14" height="14" rx="3"' if not dots else 'x="2" y="2" width="12" height="12" rx="6"'
    items = "".join(
        f'<li><svg viewBox="0 0 16 16" aria-hidden="true"><rect {shape} class="{css}"/></svg>{escaped(words)}</li>'
        for css, words in entries
    )
    return f'<ul class="legend">{items}</ul>'
