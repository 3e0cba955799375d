"""A budget file: one list of limits for the architectures of a repository."""

import os
from typing import NamedTuple

from dsconv_cost import patterns
from dsconv_cost.budget.networks import InputFault
from dsconv_cost.errors import InputError, Problem, UsageError
from dsconv_cost.language.limits import OFF, Limit
from dsconv_cost.language.nodes import REFUSED, ListNode, MappingNode, YamlNode, kind_of_node, read_nodes
from dsconv_cost.language.problems import Problems, TooManyProblems
from dsconv_cost.language.reader.budget import BudgetReader, Home
from dsconv_cost.language.reader.values import ValueReader
from dsconv_cost.sources import bundled, near_paths
from dsconv_cost.sources.folders import FolderContents, contents_of
from dsconv_cost.sources.read import STANDARD_INPUT, read_text
from dsconv_cost.text import few_suggestions, inert, nearest_words, shown

DEFAULT_PATH = "dsconv-cost.yaml"
BUDGET_FILE_KEYS = {
    "format": "version of budget files: 1",
    "budget": "the list of limits",
    "allow_gone": "the networks that may be gone",
    "free": "the operators of models that may count as 0",
}


class BudgetFile(NamedTuple):
    """The content of a budget file, and its problems."""

    path: str
    text: str
    entries: list[Limit]
    problems: list[Problem]
    allow_gone: tuple[str, ...] = ()
    """Networks that may be gone since the base or from the lock, seen from the file's folder."""
    free: tuple[str, ...] = ()
    """Operators of models that count as 0, although they are not known."""

    @property
    def folder(self) -> str:
        return os.path.dirname(self.path)

    @property
    def allowed_gone(self) -> list[str]:
        """The networks that may be gone, seen from the working directory."""
        return [os.path.join(self.folder, name) for name in self.allow_gone]

    def error(self, problems: list[Problem]) -> InputError:
        return InputError(self.path, problems, self.text)


def find_budget_file(path: str | None, option: str = "--budget") -> BudgetFile | None:
    """Return the budget file of a path, or that of the working directory if it has one. Raises DsconvCostError."""
    if path is None:
        if not os.path.lexists(DEFAULT_PATH):
            return None
        return read_budget_file(read_text(DEFAULT_PATH, regular=True), DEFAULT_PATH)
    if path == STANDARD_INPUT or not path or "\0" in path or not os.path.lexists(path):
        raise UsageError(f"{option} {inert(path)}: no such file")
    return read_budget_file(read_text(path), path)


@few_suggestions
def read_budget_file(text: str, path: str) -> BudgetFile:
    """Return the entries of a budget file's text and everything that is wrong with it."""
    problems: list[Problem] = []
    file = BudgetFile(path, text, [], [])
    root, cut = read_nodes(text, problems)
    reported = Problems(cut is not None)
    try:
        if isinstance(root, MappingNode):
            file = _sections(root, ValueReader(reported), file, cut is None)
        elif root is not None:
            reported.report(
                root,
                "wrong-type",
                f"received {kind_of_node(root)}, expected a budget file: budget: and a list of limits",
            )
        elif cut is None:
            problems.append(
                Problem(1, 1, "the file is empty: a budget file needs budget: and a list of limits", "empty-file")
            )
    except TooManyProblems:
        pass
    reader_problems = reported.all
    if cut is not None:
        reader_problems = [problem for problem in reader_problems if not cut.covers(problem)]
        file = file._replace(entries=[])
    return file._replace(problems=problems + reader_problems)


def _sections(root: MappingNode, values: ValueReader, file: BudgetFile, whole: bool) -> BudgetFile:
    unknown = False
    for key, value in root.pairs:
        if key.text == "budget":
            file = file._replace(entries=BudgetReader(values, Home(file.path, None)).budget(value))
        elif key.text == "allow_gone":
            file = file._replace(
                allow_gone=_texts(
                    value, values, "allow_gone", "names: [models/old.yaml]", "a file, or a file and its variant"
                )
            )
        elif key.text == "free":
            file = file._replace(
                free=_texts(value, values, "free", "operators: [NonMaxSuppression]", "the name of an operator")
            )
        elif key.text == "format":
            text = values.scalar_text(value, BUDGET_FILE_KEYS["format"])
            if text is not None and text != "1":
                values.problems.report(
                    value,
                    "wrong-value",
                    f"format: received {kind_of_node(value)}, expected 1, the only version of budget files so far",
                )
        elif not key.text.startswith(REFUSED):
            unknown = True
            meant = nearest_words(key.text, BUDGET_FILE_KEYS)
            there = f"the keys of a budget file are {', '.join(BUDGET_FILE_KEYS)}"
            if key.text == "layers":
                there = "this is an architecture, not a budget file"
            values.problems.suggest(key, "unknown-key", f"unknown key '{shown(key.text)}'", meant, there)
    if whole and not unknown and root.get("budget") is None:
        values.problems.report(root, "missing-key", "budget is missing: the list of limits")
    return file


def _texts(node: YamlNode, values: ValueReader, key: str, wanted: str, one: str) -> tuple[str, ...]:
    """Return the texts of a list; `wanted` says what the list holds, and `one` what each of them is."""
    if not isinstance(node, ListNode):
        if not values.problems.refused(node):
            message = f"{key}: received {kind_of_node(node)}, expected a list of {wanted}"
            values.problems.report(node, "wrong-type", message)
        return ()
    names = [values.scalar_text(item, f"{key}: {one}") for item in node.items]
    return tuple(name for name in names if name is not None)


class BudgetTargets:
    """Which architectures the entries of a budget file mean."""

    def __init__(self, file: BudgetFile) -> None:
        self.file = file
        self._matches: dict[str, list[str]] = {}
        self._contents: dict[tuple[str, int | None], FolderContents] = {}

    def applies(self, entry: Limit, path: str, is_bundled: bool) -> bool:
        """Return whether an entry is about an architecture: a bundled name, or a path as the user gave it."""
        pattern = _normal(entry.architecture or "")
        if is_bundled:
            # A file of that name, if there is one, is what the entry means.
            return patterns.matches(pattern, path) and (patterns.is_glob(pattern) or not self._exists(pattern))
        return patterns.matches(pattern, self.name(path))

    def name(self, path: str) -> str:
        """Return a path as entries name it: relative to the budget file's folder."""
        return os.path.relpath(os.path.abspath(path), os.path.abspath(self.file.folder or ".")).replace(os.sep, "/")

    def _exists(self, pattern: str) -> bool:
        return os.path.isfile(os.path.join(self.file.folder, pattern))

    def on_disk(self, entry: Limit) -> list[str]:
        """Return the paths and bundled names that an entry means, in order."""
        pattern = _normal(entry.architecture or "")
        paths = self._matches.get(pattern)
        if paths is None:
            paths = self._matches[pattern] = self._find(pattern)
        return paths

    def _find(self, pattern: str) -> list[str]:
        if not patterns.is_glob(pattern):
            path = os.path.join(self.file.folder, pattern)
            if os.path.isfile(path):
                return [os.path.normpath(path)]
            return [pattern] if "." not in pattern and bundled.find(pattern) else []
        return [path for path in self._around(pattern).architectures if patterns.matches(pattern, self.name(path))]

    def _around(self, pattern: str) -> FolderContents:
        """Return what is in the folders that a pattern looks into."""
        segments = pattern.split("/")
        fixed = next(i for i, segment in enumerate(segments) if patterns.is_glob(segment))
        root = os.path.join(self.file.folder, *segments[:fixed]) or "."
        depth = None if "**" in segments else len(segments) - fixed
        if (root, depth) not in self._contents:
            self._contents[root, depth] = contents_of(root, depth)
        return self._contents[root, depth]

    def faults(self) -> list[InputFault]:
        """Return the folders that were looked into and cannot be read."""
        unreadable = dict(pair for around in self._contents.values() for pair in around.unreadable)
        return [InputFault(path, UsageError(message)) for path, message in unreadable.items()]

    def left_out(self) -> list[tuple[str, str]]:
        """Return what is in the folders that the patterns look into and no entry means, not even one that is off, and why."""
        globs = [_normal(e.architecture) for e in self.file.entries if e.architecture and e.level != OFF]
        reasons: dict[str, str] = {}
        for around in (self._around(pattern) for pattern in globs if patterns.is_glob(pattern)):
            others = [(path, "no entry of the budget file is for it") for path in around.architectures]
            for path, why in [*others, *around.skipped]:
                if not any(self.applies(entry, path, False) for entry in self.file.entries):
                    reasons.setdefault(path, why)
        return list(reasons.items())

    def problem(self, entry: Limit, named: list[str]) -> Problem | None:
        """Return what is wrong with an entry that means no architecture, on the disk or among those in the call."""
        if entry.architecture is None or named or self.on_disk(entry):
            return None
        line, column = entry.places["architecture"]
        text = shown(entry.architecture)
        meant: str | None = None
        name, colon, variant = entry.architecture.rpartition(":")
        if colon and (os.path.isfile(os.path.join(self.file.folder, name)) or bundled.find(name)):
            hint = f"write architecture: {shown(name)} and variant: {shown(variant)}"
        elif patterns.is_glob(entry.architecture):
            meant = self._deeper(entry.architecture)
            hint = "no architecture has such a path, seen from this file's folder"
            hint = f'write "{shown(meant)}" for those in the folders below' if meant else hint
        elif os.path.isdir(os.path.join(self.file.folder, entry.architecture)):
            inside = shown(entry.architecture.rstrip("/"))
            hint = f'it is a folder: write "{inside}/*.yaml", or "{inside}/**/*.yaml" for the folders in it too'
        else:
            meant = near_paths.likely(entry.architecture, True, self.file.folder)
            meant = meant or nearest_words(entry.architecture, bundled.names())
            hint = "no such file, seen from this file's folder, and no bundled architecture"
            hint = f"did you mean '{shown(meant)}'?" if meant else hint
        return Problem(line, column, f"the architecture '{text}' matches nothing: {hint}", "no-match", meant)

    def _deeper(self, pattern: str) -> str | None:
        """Return the pattern for the folders below too, where there it matches something."""
        head, slash, last = pattern.rpartition("/")
        deeper = f"{head}{slash}**/{last}"
        return deeper if not patterns.wrong(deeper) and self._find(_normal(deeper)) else None


class NamedArchitectures(NamedTuple):
    """The architectures that the entries of a file mean."""

    paths: list[str]
    faults: list[InputFault]
    """The folders that their patterns look into and that cannot be read."""


def named_architectures(file: BudgetFile) -> NamedArchitectures:
    """Return the architectures that the entries of a file mean, for a call that names none."""
    targets = BudgetTargets(file)
    paths = dict.fromkeys(path for entry in file.entries if entry.level != OFF for path in targets.on_disk(entry))
    return NamedArchitectures(list(paths), targets.faults())


def _normal(pattern: str) -> str:
    while pattern.startswith("./"):
        pattern = pattern[2:]
    return pattern
