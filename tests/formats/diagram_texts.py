"""Strict readers of the two languages of diagrams: whatever is not in the part of the grammar that is written is an error."""

import html
import re
from typing import NamedTuple


class Drawing(NamedTuple):
    """What a text draws."""

    nodes: dict[str, list[str]]
    """Id -> the lines of its label."""
    classes: dict[str, str]
    """Id -> its class."""
    clusters: dict[str, str]
    """Id -> its label."""
    around: dict[str, list[str]]
    """Id of a node -> the clusters around it, from the outside inwards."""
    edges: list[tuple[str, str, str]]
    """(source, target, label)."""
    title: str


# -- Mermaid ----------------------------------------------------------------------------------------

_LABEL = r'"((?:[A-Za-z0-9 ,/().:]|#[0-9]+;|<br/>|[^\x00-\x7f])+)"'
_MERMAID = {
    "node": re.compile(rf"(n\d+)\[{_LABEL}\]:::([a-z-]+)"),
    "end": re.compile(rf"((?:in|out)\d+)\(\[{_LABEL}\]\)"),
    "cluster": re.compile(rf"subgraph (c\d+) \[{_LABEL}\]"),
    "close": re.compile("end"),
    "edge": re.compile(rf"(\w+) -->\|{_LABEL}\| (\w+)"),
    "class": re.compile(r"class (c\d+(?:,c\d+)*) block"),
    "define": re.compile(r"classDef ([a-z-]+) fill:(?:#[0-9a-f]{6}|transparent),stroke:#[0-9a-f]{6}(?:,color:#[0-9a-f]{6})?"),
}  # fmt: skip


def mermaid_label(text: str) -> list[str]:
    """Return the lines that Mermaid shows: entities become characters behind everything that reads the text."""
    # Its preprocessor takes the last semicolon of a line that looks like a style, and this may be the one of an entity.
    assert not re.search(r"(?:style|classDef).*:\S*#.*;", text)
    return [re.sub(r"#(\d+);", lambda entity: chr(int(entity[1])), line) for line in text.split("<br/>")]


def read_mermaid(text: str) -> Drawing:
    """Return what a flowchart draws."""
    title, body = re.fullmatch(
        r'---\ntitle: "(.*)"\nconfig: \{[^\n%]*\}\n---\n((?:%% .*\n)?flowchart TB\n.*)', text, re.S
    ).groups()  # type: ignore[union-attr]
    assert "%" not in title
    drawing = Drawing({}, {}, {}, {}, [], title)
    open_clusters: list[str] = []
    defined: set[str] = set()
    for line in body[body.index("flowchart") :].splitlines()[1:]:
        kind, match = next(
            (kind, match) for kind, pattern in _MERMAID.items() if (match := pattern.fullmatch(line.strip()))
        )
        assert "%%{" not in line
        if kind in ("node", "end"):
            assert match[1] not in drawing.nodes
            drawing.nodes[match[1]] = mermaid_label(match[2])
            drawing.around[match[1]] = list(open_clusters)
            if kind == "node":
                drawing.classes[match[1]] = match[3]
        elif kind == "cluster":
            assert match[1] not in drawing.clusters
            drawing.clusters[match[1]] = "\n".join(mermaid_label(match[2]))
            open_clusters.append(match[1])
        elif kind == "close":
            open_clusters.pop()
        elif kind == "edge":
            drawing.edges.append((match[1], match[3], "\n".join(mermaid_label(match[2]))))
        elif kind == "class":
            assert match[1].split(",") == list(drawing.clusters)
        else:
            defined.add(match[1])
    assert not open_clusters
    assert defined == set(drawing.classes.values()) | ({"block"} if drawing.clusters else set())
    return drawing


# -- Graphviz ---------------------------------------------------------------------------------------

_STRING = r'"(?:[^"\\\n]|\\["\\n])*"'
_ATTRIBUTES = rf"\[((?:\w+=(?:{_STRING}|[A-Za-z0-9.]+)(?:, )?)+)\]"
_ATTRIBUTE = re.compile(rf"(\w+)=({_STRING}|[A-Za-z0-9.]+)")
_DOT = {
    "default": re.compile(rf"(graph|node|edge) {_ATTRIBUTES}"),
    "node": re.compile(rf"(n\d+|in\d+|out\d+) {_ATTRIBUTES}"),
    "edge": re.compile(rf"(\w+) -> (\w+) {_ATTRIBUTES}"),
    "cluster": re.compile(r"subgraph cluster_(c\d+) \{"),
    "label": re.compile(rf"label=({_STRING})(?:; \w+=(?:{_STRING}|[a-z0-9]+))*"),
    "close": re.compile(r"\}"),
}


def dot_label(text: str) -> list[str]:
    """Return the lines that Graphviz shows for a string, quotes included in what is given."""
    whole = html.unescape(re.sub(r'\\(["\\])', lambda escape: f"&#{ord(escape[1])};", text[1:-1]))
    assert not re.search(r"&(?!amp;)", text)
    return whole.split("\\n")


def read_dot(text: str) -> Drawing:
    """Return what a digraph draws."""
    first, *lines, last = text.splitlines()
    assert (first, last) == ("digraph network {", "}")
    drawing = Drawing({}, {}, {}, {}, [], "")
    open_clusters: list[str] = []
    for line in lines:
        kind, match = next(
            (kind, match) for kind, pattern in _DOT.items() if (match := pattern.fullmatch(line.strip()))
        )
        attributes = dict(_ATTRIBUTE.findall(match[match.lastindex])) if kind in ("default", "node", "edge") else {}  # type: ignore[index]
        if kind == "default" and match[1] == "graph":
            drawing = drawing._replace(title=dot_label(attributes["label"])[0])
        elif kind == "node":
            assert match[1] not in drawing.nodes
            drawing.nodes[match[1]] = dot_label(attributes["label"])
            drawing.around[match[1]] = list(open_clusters)
            if match[1][0] == "n":
                drawing.classes[match[1]] = attributes["class"].strip('"')
        elif kind == "cluster":
            open_clusters.append(match[1])
        elif kind == "label":
            drawing.clusters[open_clusters[-1]] = "\n".join(dot_label(match[1]))
        elif kind == "close":
            open_clusters.pop()
        elif kind == "edge":
            drawing.edges.append((match[1], match[2], dot_label(attributes["label"])[0]))
    assert not open_clusters
    return drawing
