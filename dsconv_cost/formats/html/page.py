"""The frame of a page: its head with the policy that nothing loads, tiles, sections, and the styles and script inside it."""

import base64
from collections.abc import Iterable, Sequence
from hashlib import sha256

from dsconv_cost.formats.html.escape import escaped
from dsconv_cost.formats.html.patterns import PATTERNS
from dsconv_cost.formats.html.style import asset, page_style
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.version import __version__

_ONE_ROW = 6
"""How many tiles have room beside one another."""


class Tile(NamedTuple):
    """One figure at the top of a page."""

    label: str
    value: str
    """The figure, rounded."""
    more: str = ""
    """The exact figure, or what it is measured against."""
    exact: int | float | None = None
    """The raw value, for programs that read the page."""


def _hash(text: str) -> str:
    """Return how a content security policy names an inline style or script: by its hash, so that no other one is taken."""
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


class PageSection(NamedTuple):
    """A part of a page under a heading."""

    anchor: str
    title: str
    lead: str
    """A sentence or two below the heading."""
    body: Sequence[str]
    """Pieces of HTML."""

    def html(self) -> str:
        lead = f'<p class="lead">{escaped(self.lead)}</p>\n' if self.lead else ""
        content = "\n".join(part for part in self.body if part)
        head = f'<h2 id="{self.anchor}-title">{escaped(self.title)}</h2>'
        return (
            f'<section id="{self.anchor}" aria-labelledby="{self.anchor}-title">\n{head}\n{lead}{content}\n</section>'
        )


def page(
    title: str, sections: Sequence[PageSection], *, facts: str = "", answer: Iterable[str] = (), top: str = ""
) -> str:
    """Return a whole page. The title and the sentences of the answer are text; the facts below it and the top are HTML.

    It loads nothing and sends nothing: its policy takes the one style and the one script that are in it. No element may
    have a `style` attribute.
    """
    style, script = page_style(), asset("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    sentences = "".join(f"<li>{_told(sentence)}</li>" for sentence in answer)
    links = "".join(f'<li><a href="#{one.anchor}">{escaped(one.title)}</a></li>' for one in sections)
    return f"""<!DOCTYPE html>
<html lang="en" class="no-script">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="dsconv-cost {__version__}">
<title>{escaped(title)}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the figures</a>
<svg width="0" height="0" aria-hidden="true" class="defs"><defs>{PATTERNS}</defs></svg>
<header>
<h1>{escaped(title)}</h1>
<button type="button" id="theme" class="needs-script">Colours</button>
{f'<p class="facts">{facts}</p>' if facts else ""}
</header>
<main id="main" tabindex="-1">
{f'<ul class="answer" aria-label="Where to start">{sentences}</ul>' if sentences else ""}
{top}
{f'<nav aria-label="Sections"><ul>{links}</ul></nav>' if len(sections) > 2 else ""}
{chr(10).join(one.html() for one in sections)}
</main>
<footer>
<p>Made by dsconv-cost {__version__}. This file is complete: it loads nothing and sends nothing.</p>
</footer>
<div id="tip" aria-hidden="true" hidden></div>
<script>{script}</script>
</body>
</html>
"""


def _told(sentence: str) -> str:
    """Return a sentence, what is before its colon in bold."""
    head, colon, rest = sentence.partition(": ")
    return f"<strong>{escaped(head)}</strong>{escaped(colon + rest)}" if colon else escaped(sentence)


def tile_list(tiles: Iterable[Tile]) -> str:
    """Return the tiles at the top of a page."""
    shown = [
        f'<div class="tile"><dt>{escaped(tile.label)}</dt><dd class="value"{_raw(tile.exact)}>{escaped(tile.value)}</dd>'
        f"{f'<dd>{escaped(tile.more)}</dd>' if tile.more else ''}</div>"
        for tile in tiles
    ]
    return f'<dl class="tiles{" many" * (len(shown) > _ONE_ROW)}">{"".join(shown)}</dl>'


def _raw(value: int | float | None) -> str:
    return "" if value is None else f' data-v="{value}"'


def note_list(notes: Iterable[tuple[str, str]]) -> str:
    """Return (label, text) pairs as a list of terms."""
    shown = "".join(f"<dt>{escaped(label)}</dt><dd>{escaped(text)}</dd>" for label, text in notes)
    return f'<dl class="notes">{shown}</dl>' if shown else ""
