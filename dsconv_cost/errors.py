"""Every way to fail, and the exit code of each. Nothing here prints."""

from typing import TYPE_CHECKING, Literal

from dsconv_cost.named_tuple import NamedTuple

if TYPE_CHECKING:
    from dsconv_cost.network.graph import Network

EXIT_OVER_BUDGET = 1
EXIT_WRONG_INPUT = 2

SHOWN_PROBLEMS = 200
MOST_PROBLEMS = 500
"""Where the search for more of them ends: a message costs time, and a file may hold a million."""

Code = Literal[
    "not-text", "bad-character", "yaml-syntax", "yaml-feature", "empty-file", "duplicate-key", "not-a-key", "too-large", "too-deep",
    "missing-colon", "run-together", "cut-off-value", "unknown-key", "unknown-type", "unknown-field", "unknown-argument", "unknown-name",
    "unknown-tensor", "unknown-function", "unknown-hyperparameter", "unknown-variant", "unknown-metric", "unknown-unit",
    "unknown-word", "missing-key", "missing-field", "missing-argument", "missing-type", "missing-value", "misplaced-key",
    "misplaced-value", "two-types", "invalid-name", "duplicate-name", "used-before-definition", "recursive-block", "wrong-type",
    "wrong-value", "ambiguous-value", "not-a-literal", "expression-syntax", "no-result", "shape-mismatch", "not-divisible",
    "empty-output", "unused-output", "empty-network", "no-match", "impossible-limit", "merge-conflict", "edited-lock",
    "broken-model", "unknown-operator", "uncounted-operator",
]  # fmt: skip

CODES: dict[Code, str] = {
    "not-text": "the file is not text in UTF-8",
    "bad-character": "a character that YAML does not allow",
    "yaml-syntax": "the text is not YAML",
    "yaml-feature": "an alias, anchor, tag, merge key, directive or second document: YAML has them, the language does not",
    "empty-file": "the file holds nothing",
    "duplicate-key": "a key that its mapping already has",
    "not-a-key": "a list or a mapping in place of a key",
    "too-large": "more, or longer, than the language or a bound allows",
    "too-deep": "nested deeper than the language allows",
    "missing-colon": "a key without a colon",
    "run-together": "a key and its value, or a dash and its item, without the space between them",
    "cut-off-value": "a value that YAML ended early, at a comma or bracket",
    "unknown-key": "a key that this part of the file does not have",
    "unknown-type": "an item of no built-in type and no block of the file",
    "unknown-field": "a field that the type does not have",
    "unknown-argument": "an argument that the block does not have",
    "unknown-name": "a name without a value",
    "unknown-tensor": "a name that no item has, or none before this one",
    "unknown-function": "a function that the language does not have",
    "unknown-hyperparameter": "a hyperparameter that the file does not have",
    "unknown-variant": "a variant that the file does not have",
    "unknown-metric": "a metric that the tool does not have",
    "unknown-unit": "a unit that the metric does not have",
    "unknown-word": "a word that is not among those allowed here",
    "missing-key": "a key that must be given",
    "missing-field": "a field that must be given",
    "missing-argument": "an argument that must be given",
    "missing-type": "an item that does not say what it is",
    "missing-value": "nothing in place of a value",
    "misplaced-key": "a known key where it has no meaning",
    "misplaced-value": "a known value where it has no meaning",
    "two-types": "an item with two types",
    "invalid-name": "a name that the language does not allow",
    "duplicate-name": "a name that is given twice",
    "used-before-definition": "a name that gets its value further down",
    "recursive-block": "a block that uses itself",
    "wrong-type": "a value of another kind than expected",
    "wrong-value": "a value that is not allowed here",
    "ambiguous-value": "a value that YAML readers understand differently",
    "not-a-literal": "an expression in place of a literal",
    "expression-syntax": "the value is not an expression",
    "no-result": "an expression without a result, e.g. a division by zero",
    "shape-mismatch": "tensors whose shapes do not suit the layer",
    "not-divisible": "channels that cannot be divided as the layer says",
    "empty-output": "a layer that leaves nothing of its input",
    "unused-output": "an item whose output nothing uses",
    "empty-network": "a network, or a part of one, in which every item is left out",
    "no-match": "a pattern or path of a budget that matches nothing",
    "impossible-limit": "limits that no network can keep to, or that limit nothing",
    "merge-conflict": "a lock with the marks of a merge conflict",
    "edited-lock": "a lock that this tool did not write",
    "broken-model": "the bytes of a model are cut off or contradict each other",
    "unknown-operator": "an operator of a model that the tool does not know",
    "uncounted-operator": "an operator of a model that cannot be counted as it is used",
}
"""Code -> what it means. Codes are stable: a released one keeps its meaning."""


class Problem(NamedTuple):
    """One thing wrong with a file: where it is, and what would be right. Lines and columns count from 1; a model has none: 0."""

    line: int
    column: int
    message: str
    code: Code
    suggestion: str | None = None
    """The name that was probably meant; it is in the message too."""
    end_line: int = 0
    """Where it ends; 0 where only the start is known."""
    end_column: int = 0
    """The column after its last character."""

    def inside(self, lines: list[str]) -> "Problem":
        """Return the problem with its places inside the text: a value over several lines is counted as if it were one."""
        line, column = _inside(self.line, self.column, lines)
        end_line, end_column = _inside(self.end_line, self.end_column, lines) if self.end_line else (0, 0)
        return self._replace(line=line, column=column, end_line=end_line, end_column=end_column)


def _inside(line: int, column: int, lines: list[str]) -> tuple[int, int]:
    if line > len(lines):
        return len(lines), len(lines[-1]) + 1
    return line, min(column, len(lines[line - 1]) + 1)


class DsconvCostError(Exception):
    """Base of every error a user can cause."""

    exit_code = EXIT_WRONG_INPUT


class UsageError(DsconvCostError):
    """A wrong argument: an unknown architecture, layer or hyperparameter, an option that does not apply."""


class OutputError(DsconvCostError):
    """An output that cannot be written."""


class InputError(DsconvCostError):
    """A file that is not a valid architecture: all of its problems, in the order of the file."""

    def __init__(self, path: str, problems: list[Problem], text: str = "", partial: "Network | None" = None) -> None:
        super().__init__(path, problems)
        self.path = path
        if text:
            from dsconv_cost.text import lines_of

            lines = lines_of(text)
            problems = [problem.inside(lines) for problem in problems]
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems), key=lambda p: p[:3]))
        self.text = text
        self.partial = partial
        """The layers that could be made, where an analysis came that far."""

    def __str__(self) -> str:
        """Return one `path:line:column: error: ...` block a problem, with the source line and a caret."""
        from dsconv_cost.text import caret_line, inert, lines_of

        lines = lines_of(self.text) if self.text else []
        shown = self.problems[:SHOWN_PROBLEMS]
        blocks: list[str] = []
        for p in shown:
            place = f"{p.line}:{p.column}:" if p.line else ""
            blocks.append(f"{inert(self.path)}:{place} error: {inert(p.message)}")
            if 0 < p.line <= len(lines):
                end = p.end_column if p.end_line == p.line else 0
                blocks.append(caret_line(p.line, p.column, lines[p.line - 1], end))
        if len(shown) < len(self.problems):
            most = len(self.problems) >= MOST_PROBLEMS
            blocks.append(f"... and {len(self.problems) - len(shown):,} {'or more' if most else 'more'} problems")
        return "\n".join(blocks)


class LayerError(Exception):
    """A layer that cannot be: raised by layers, which do not know where they are in a file.

    `field` names the field at fault, when there is one.
    """

    def __init__(self, message: str, field: str | None = None, code: Code = "shape-mismatch") -> None:
        super().__init__(message)
        self.field = field
        self.code: Code = code
