"""Text from files made harmless inside HTML and SVG."""

from html import escape

from dsconv_cost.text import inert


def escaped(text: object) -> str:
    """Return text that a page shows as it is, in elements and in quoted attributes: no markup, no invisible characters."""
    return escape(inert(str(text)))
