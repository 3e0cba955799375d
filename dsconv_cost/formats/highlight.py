"""What stands out in texts that are no tables: in explanations, the reference and the list of conventions."""

from dsconv_cost.formats import marks
from dsconv_cost.layers import all_kinds

Highlight = tuple[str, str]
"""A regular expression for some of a text's lines, and the style of what it finds."""

TITLE_STYLE = "bold"
LABEL_STYLE = "cyan"


def explanation_rules() -> list[Highlight]:
    """Return what stands out in an explanation: titles and steps, labels, results, and whether the prediction holds."""
    weighted = [str(kind) for kind in all_kinds() if kind.weighted]
    return [
        (r"^\S.*$|^  \d\. .*$", TITLE_STYLE),
        (r"^ +\S+(?= {2,}\S| += )|^ +\S+(?: form)?:(?= )|^  (?:per output position|for the whole map)\b", LABEL_STYLE),
        (r"(?<== )-?[\d,.]+(?:x\d+)*(?=$|:)|^ {8,}-?[\d,.]+$", TITLE_STYLE),
        (r"\bthe\s+same\s+as\s+the\s+prediction\b", "green"),
        (r"\bnot\s+the\s+same\s+as\s+the\s+prediction\b", "yellow"),
        *[(rf"(?<=, ){kind}(?= in line \d)", f"bold {marks.color(kind)}") for kind in weighted],
    ]


REFERENCE_RULES: list[Highlight] = [
    (r"^(?:field|key|what|type|function|convention) {2,}\S.*$|^.+\n=+$", TITLE_STYLE),
    (r"^(?!(?:field|key|what|type|function|convention)  )\S+(?: \(main\)|: \S+| called)?(?= {2,}\S)", LABEL_STYLE),
    (r"^Example:|^\S.*(?=\n  [a-z][a-z ]*: )", LABEL_STYLE),
]
