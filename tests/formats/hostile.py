"""A diagram whose names mean something in every language that draws it."""

from dsconv_cost.layers.shapes import Shape
from dsconv_cost.reports.diagram import Arrow, Box, Cluster, Diagram

NAMES = (
    "end", 'a"]; click x \\N \\ [', "<b>b</b> &amp; <img src=x onerror=alert(1)>", "`md` **x** _y_ 1. z - q", "1. one", "- two",
    "# three", "style x:#a;b;", '%%{init: {"theme": "forest"}}%%', "%% comment", "www.example.com http://x.y",
    "网络 é {x} |y| $$x^2$$", "#quot; #35; &#35;", "a\nb", "\\", "\u202egnp", "--> x", "subgraph", "}", "##[error]",
)  # fmt: skip
EXPECTED = tuple(name.replace("\n", "\\x0a").replace("\u202e", "\\u202e").replace("##[", "#\\x23[") for name in NAMES)
"""How they are shown: as they are, but for what would move or turn text."""
TITLE = '<script>alert(1)</script> %%{init: {}}%% " --- # \\'


def hostile_diagram() -> Diagram:
    """Return a box for each name, the first three in a cluster."""
    boxes: list[Box | Cluster] = [
        Box(f"n{at}", name, name, "standard", ("conv",), kernel=(3, 3), macs=5) for at, name in enumerate(NAMES)
    ]
    inside: list[Box | Cluster] = [Cluster("c1", NAMES[1], NAMES[1], boxes[:3]), *boxes[3:]]
    return Diagram(TITLE, inside, [Arrow("n0", "n1", Shape(3, 4, 4))])
