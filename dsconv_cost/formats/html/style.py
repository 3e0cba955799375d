"""Colours of pages in a light and a dark scheme, and the sheets of styles made with them."""

import os
import re
from functools import cache

SCHEMES = {
    # name: light, dark
    "bg": ("#fbfaf7", "#161615"),
    "card": ("#ffffff", "#1f1f1d"),
    "band": ("#efede6", "#2a2a27"),
    "ink": ("#1a1a18", "#f2f0ea"),
    "soft": ("#5c5a53", "#b4b1a7"),
    "line": ("#dedbd2", "#3a3935"),
    "edge": ("#827f76", "#85827a"),
    "accent": ("#1f5fae", "#82b6ff"),
    "good": ("#0a6b48", "#56c795"),
    "bad": ("#a8281c", "#ff9384"),
    "on": ("#ffffff", "#131312"),
    "standard": ("#0b7350", "#3fc391"),
    "depthwise": ("#b3470f", "#f19052"),
    "pointwise": ("#2062b5", "#74adf8"),
    "grouped": ("#a32f69", "#ee94c2"),
    "linear": ("#5a40b0", "#b0a3f8"),
    "product": ("#0d6a78", "#56c6d2"),
    "other": ("#67655d", "#a9a69c"),
}
"""What the sheets call `var(--name)`. `on` is text on the colour of a kind, `edge` the thinnest line that must be seen."""
_LIGHT, _DARK = 0, 1


@cache
def asset(name: str) -> str:
    """Return the text of a file beside this module."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as handle:
        return handle.read()


def _scheme(scheme: int) -> str:
    colors = "".join(f"--{name}:{pair[scheme]};" for name, pair in SCHEMES.items())
    return f"{{{colors}color-scheme:{('light', 'dark')[scheme]}}}\n"


@cache
def page_style() -> str:
    """Return the styles of a page: the system's scheme unless the reader chose one; light on paper."""
    return (
        f":root{_scheme(_LIGHT)}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){_scheme(_DARK)}}}\n"
        f":root[data-theme=dark]{_scheme(_DARK)}{asset('page.css')}{asset('figure.css')}"
        f"@media print{{:root:root{_scheme(_LIGHT)}:root:root{{--bg:#fff}}}}\n"
    )


@cache
def figure_style() -> str:
    """Return the styles of a figure in a file of its own, in the scheme of the system; light on paper.

    Colours are written out: many programs that draw SVG know no `var()`, and those that know no schemes skip the dark rules.
    """
    light, dark = (_written_out(asset("figure.css"), scheme) for scheme in (_LIGHT, _DARK))
    return f"{light}@media screen and (prefers-color-scheme:dark){{{dark}}}\n"


def _written_out(sheet: str, scheme: int) -> str:
    return re.sub(r"var\(--(\w+)\)", lambda name: SCHEMES[name[1]][scheme], sheet)
