"""What is wrong with one file, collected while it is read."""

from typing import Literal

from dsconv_cost.errors import MOST_PROBLEMS, Code, Problem
from dsconv_cost.language.nodes import REFUSED, ScalarNode, YamlNode, problem_at
from dsconv_cost.text import shown

Lost = Literal["sections", "names", "tensors"]
"""Something of a file that could not be read, so that what it defines would be unknown wherever it is used."""


class TooManyProblems(Exception):
    """The file has so many problems that more of them would help nobody."""


class Watch:
    """True once something was wrong since it began, whether reported then or before."""

    __slots__ = ("_after", "_before", "_problems")

    def __init__(self, problems: "Problems") -> None:
        self._problems = problems
        self._before = problems.wrong
        self._after: int | None = None

    def __enter__(self) -> "Watch":
        return self

    def __exit__(self, *error: object) -> None:
        self._after = self._problems.wrong

    def __bool__(self) -> bool:
        return (self._problems.wrong if self._after is None else self._after) > self._before


class Problems:
    """Collects the problems of one file, and remembers what of it was lost to them."""

    def __init__(self, partial: bool = False) -> None:
        self.all: list[Problem] = []
        self.partial = partial
        """Whether only part of the file was read, so that what is missing or unknown may be in the rest of it."""
        self.wrong = 0
        """How often something was wrong so far, reported here or before."""
        self._lost: set[Lost] = set()
        self._hidden = 0

    def watch(self) -> Watch:
        """Return what tells whether anything goes wrong from here on."""
        return Watch(self)

    def lose(self, *what: Lost) -> None:
        self._lost.update(what)

    def lost(self, what: Lost) -> bool:
        return what in self._lost

    def already_reported(self) -> None:
        """Count something wrong that needs no report, as another problem explains it."""
        self.wrong += 1

    def refused(self, node: YamlNode) -> bool:
        """Return whether a problem of this node was reported when the file was parsed."""
        if isinstance(node, ScalarNode) and node.text.startswith(REFUSED):
            self.wrong += 1
            return True
        return False

    def report(
        self, node: YamlNode, code: Code, message: str, suggestion: str | None = None, span: tuple[int, int] = (0, 0)
    ) -> None:
        """Add a problem of a node, or of the characters from one offset to another of a scalar on one line."""
        problem = problem_at(node, code, message, suggestion)
        start, end = span
        if isinstance(node, ScalarNode) and 0 < end - start < len(node.text) and "\n" not in node.text:
            first = node.column + (0 if node.plain else 1)
            if start:
                problem = problem._replace(column=first + start)
            problem = problem._replace(end_line=node.line, end_column=first + end)
        self.wrong += 1
        self.all.append(problem)
        if len(self.all) >= MOST_PROBLEMS:
            raise TooManyProblems

    def suggest(
        self, node: YamlNode, code: Code, what: str, meant: str | None, otherwise: str, span: tuple[int, int] = (0, 0)
    ) -> None:
        """Report something unknown: the name that was meant, or `otherwise` what there is."""
        hint = f"did you mean '{shown(meant)}'?" if meant else otherwise
        self.report(node, code, f"{what}: {hint}", meant, span)

    def unknown(
        self, node: YamlNode, code: Code, what: str, meant: str | None, otherwise: str, lost: bool = False,
        span: tuple[int, int] = (0, 0),
    ) -> None:  # fmt: skip
        """Report something unknown, unless it may be in a part of the file that was lost."""
        if lost or ((self.partial or self.lost("sections")) and not meant):
            self.wrong += 1
            self._hidden += 1
            if self._hidden >= MOST_PROBLEMS:
                raise TooManyProblems
        else:
            self.suggest(node, code, what, meant, otherwise, span)
