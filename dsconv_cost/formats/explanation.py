"""Explanations as text for a terminal, as JSON and as Markdown."""

from typing import Any

from dsconv_cost.formats.format import Screen
from dsconv_cost.reports.sections import Section, sections_text
from dsconv_cost.text import indented


def explanation_text(layer: str, sections: list[Section], screen: Screen) -> str:
    """Return an explanation for people; no line is wider than the screen."""
    lines = [part for line in sections_text(sections).split("\n") for part in indented(line, screen.columns)]
    text = "\n".join([*lines, ""])
    if not screen.color:
        return text
    from dsconv_cost.formats.highlight import explanation_rules
    from dsconv_cost.formats.terminal import colored_text

    return colored_text(text, explanation_rules())


def explanation_document(layer: str, sections: list[Section]) -> dict[str, Any]:
    """Return an explanation as plain values: titles and lines."""
    from dsconv_cost.formats.records import SCHEMA_VERSION
    from dsconv_cost.version import __version__

    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "dsconv-cost", "version": __version__},
        "layer": layer,
        "sections": [{"title": one.title, "lines": list(one.lines)} for one in sections],
    }


def explanation_json(layer: str, sections: list[Section]) -> str:
    """Return an explanation as a JSON document."""
    import json

    return json.dumps(explanation_document(layer, sections), indent=2).replace("##[", "#\\u0023[") + "\n"


def explanation_markdown(layer: str, sections: list[Section]) -> str:
    """Return an explanation as Markdown: a heading for each part, its lines as they are in a fence."""
    from dsconv_cost.formats.markdown import plain

    blocks = [f"### {plain(one.title)}\n\n{_fenced(one.lines)}" for one in sections]
    return "\n\n".join(blocks) + "\n"


def _fenced(lines: list[str]) -> str:
    """Return lines as a block of code; none of them can end it."""
    fence = "```"
    while any(fence in line for line in lines):
        fence += "`"
    return "\n".join([f"{fence}text", *lines, fence])
