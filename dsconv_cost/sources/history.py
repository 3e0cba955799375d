"""The files of an earlier commit, in the repository of the working directory.

A path is looked up as it is written, from the top of that repository: neither a link among its folders nor a repository inside
the repository may put another file, or another history, in its place.
"""

import os
from collections.abc import Iterable
from typing import NamedTuple

from dsconv_cost.errors import UsageError
from dsconv_cost.importers.formats import ENDINGS
from dsconv_cost.sources.folders import describes_one
from dsconv_cost.sources.git import SHORT, Git, history_hint, is_commit, line_of, merge_base, renames
from dsconv_cost.sources.load import Source, source_of_bytes
from dsconv_cost.sources.read import LARGEST_FILE
from dsconv_cost.text import inert, shown

LARGEST_MODEL = 512 * 1024 * 1024
"""Of a model at a commit, which git gives as a whole."""


def _most_bytes(place: str) -> int:
    return LARGEST_MODEL if place.endswith(ENDINGS) else LARGEST_FILE


class NotInRepository(UsageError):
    """A path that does not lead to a file of the repository of the working directory."""


class PastFile(NamedTuple):
    """A file as it was at a commit, where it may have had another name."""

    source: Source
    path: str
    """As it was, seen from the working directory."""


class _Entry(NamedTuple):
    mode: str
    kind: str
    blob: str


class CommitFiles:
    """The files of a commit. Paths are seen from the working directory, places from the top of its repository."""

    def __init__(self, git: Git, commit: str) -> None:
        if not is_commit(commit):
            raise UsageError(f"'{shown(commit)}' is not a commit")
        self.git = git
        self.commit = commit
        self._top: tuple[str, str] | None = None
        self._entries: dict[str, _Entry] | None = None
        self._sizes: dict[str, int] = {}
        self._held: dict[str, bytes] = {}

    def place(self, path: str, is_folder: bool = False) -> str:
        """Return the place of a path. Raises NotInRepository where it leads out of the repository, or through a link."""
        if not path or "\0" in path:
            raise NotInRepository(f"'{inert(path)}' is not a file")
        if self._top is None:
            self._top = line_of(self.git, ".", "--show-toplevel"), line_of(self.git, ".", "--show-prefix")
        top, prefix = self._top
        rest = _below(top, path) if os.path.isabs(path) else os.path.join(prefix, path)
        names: list[str] = []
        steps = [".."] if rest is None else [s for s in rest.replace(os.sep, "/").split("/") if s not in ("", ".")]
        for index, step in enumerate(steps):
            if step == ".." and not names:
                raise NotInRepository(
                    f"{inert(path)} is outside of the git repository of the working directory: run this in its own one"
                )
            if step == "..":
                names.pop()
                continue
            names.append(step)
            if is_folder or index < len(steps) - 1:
                _refuse_detour(path, top, names)
        return "/".join(names)

    def path(self, place: str) -> str:
        """Return the path of a place."""
        top = self._top[0] if self._top is not None else line_of(self.git, ".", "--show-toplevel")
        return os.path.relpath(os.path.join(top, place))

    def places(self, folder: str) -> list[str]:
        """Return the places of the files in a folder and those below it; no links."""
        within = self.place(folder, is_folder=True)
        return [
            place
            for place, entry in self._all(folder).items()
            if entry.mode.startswith("100") and (not within or place.startswith(f"{within}/"))
        ]

    def load(self, places: Iterable[str]) -> None:
        """Read several files at once: two calls of git, however many there are."""
        wanted: dict[str, int] = {}
        for place in places:
            if (entry := self._all(place).get(place)) and entry.kind == "blob":
                wanted[entry.blob] = max(wanted.get(entry.blob, 0), _most_bytes(place))
        unknown = sorted(wanted - self._sizes.keys())
        for blob, size, _ in self._batch("--batch-check", unknown):
            self._sizes[blob] = size
        small = [blob for blob in unknown if 0 <= self._sizes.get(blob, -1) <= wanted[blob]]
        for blob, _, data in self._batch("--batch", small):
            self._held[blob] = data

    def read(self, path: str) -> bytes | None:
        """Return what a file held, or None where it was not there."""
        return self.read_place(self.place(path), path)

    def read_place(self, place: str, path: str) -> bytes | None:
        """Return what the file of a place held; `path` names it in messages."""
        entry = self._all(path).get(place)
        if entry is None or entry.kind != "blob":
            return None
        if entry.mode == "120000":
            raise UsageError(
                f"{inert(path)} was a symbolic link at {self.commit[:SHORT]}: name the file that it leads to"
            )
        if entry.blob not in self._held:
            self.load([place])
        if entry.blob in self._held:
            return self._held[entry.blob]
        if self._sizes.get(entry.blob, -1) > _most_bytes(place):
            kind = "a model of an earlier commit" if place.endswith(ENDINGS) else "an architecture"
            most = f"{_most_bytes(place) >> 20} MiB, the maximum for {kind}"
            raise UsageError(f"{inert(path)} at {self.commit[:SHORT]} is larger than {most}")
        raise UsageError(
            f"git cannot read {inert(path)} at {self.commit[:SHORT]}: it lacks what the file held{history_hint(self.git, '.')}"
        )

    def _all(self, path: str) -> dict[str, _Entry]:
        if self._entries is None:
            answer = self.git(".", "ls-tree", "-r", "-z", "--full-tree", self.commit)
            if answer.code:
                hint = history_hint(self.git, ".")
                raise UsageError(f"git cannot read {inert(path)} at {self.commit[:SHORT]}: {answer.last_line}{hint}")
            entries: dict[str, _Entry] = {}
            for line in answer.out.split(b"\0"):
                stamp, _, name = line.partition(b"\t")
                if name:
                    entries[os.fsdecode(name)] = _Entry(*stamp.decode("ascii", "replace").split())
            self._entries = entries
        return self._entries

    def _batch(self, option: str, blobs: list[str]) -> Iterable[tuple[str, int, bytes]]:
        """Yield blobs with their sizes, and with `--batch` what they hold; those that the clone lacks are left out."""
        if not blobs:
            return
        answer = self.git(".", "cat-file", option, stdin="".join(f"{blob}\n" for blob in blobs).encode("ascii"))
        out, at = answer.out, 0
        while (end := out.find(b"\n", at)) >= 0:
            words = out[at:end].decode("ascii", "replace").split()
            at = end + 1
            if len(words) != 3:
                continue  # missing
            size = int(words[2])
            yield words[0], size, out[at : at + size] if option == "--batch" else b""
            if option == "--batch":
                at += size + 1


def _below(top: str, path: str) -> str | None:
    """Return an absolute path from the top of the repository on, as it is written; None where it does not lead there."""
    head, rest = path, ""
    while True:
        if os.path.isdir(head) and os.path.samefile(head, top):
            return rest
        above = os.path.dirname(head)
        if above == head:
            return None
        head, rest = above, os.path.join(os.path.basename(head), rest) if rest else os.path.basename(head)


def _refuse_detour(path: str, top: str, names: list[str]) -> None:
    """Refuse a folder below the top that is a link, or has a repository of its own."""
    folder = os.path.join(top, *names)
    if os.path.islink(folder):
        raise NotInRepository(
            f"{inert(path)} is reached through the link {inert(os.path.relpath(folder))}, "
            "which may lead to another file than before: name the file where it is"
        )
    if os.path.lexists(os.path.join(folder, ".git")):
        raise NotInRepository(
            f"{inert(path)} is in a repository of its own, {inert(os.path.relpath(folder))}: run this there"
        )


class Base:
    """The repository of the working directory where HEAD and a reference parted."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        self.git = Git()
        self._files: CommitFiles | UsageError | None = None
        self._renames: dict[str, str] | None = None

    def files(self) -> CommitFiles:
        """Return the files of the commit. Raises UsageError as `merge_base` does."""
        if self._files is None:
            try:
                self._files = CommitFiles(self.git, merge_base(self.git, self.ref))
            except UsageError as error:
                self._files = error
        if isinstance(self._files, UsageError):
            raise self._files
        return self._files

    def past(self, path: str, variant: str | None = None) -> PastFile | None:
        """Return a file as it was, under another name if it was renamed; None where it is new. Raises InputError for no text."""
        files = self.files()
        data = files.read(path)
        if data is not None:
            name = f"{files.commit[:SHORT]}:{path.removeprefix(os.path.join('.', ''))}"
            return PastFile(source_of_bytes(data, name, variant), path)
        was = self.renamed(path, variant)
        if was is None:
            return None
        return was if was.source.model is not None or describes_one(was.source.text, was.path) else None

    def renamed(self, path: str, variant: str | None = None) -> PastFile | None:
        """Return what a file was that had another name there and was renamed by HEAD; None where it was not."""
        files = self.files()
        old = self._renamed_from().get(files.place(path))
        if old is None:
            return None
        data = files.read_place(old, files.path(old))
        if data is None:
            return None
        name = f"{files.commit[:SHORT]}:{old}"
        return PastFile(source_of_bytes(data, name, variant), files.path(old))

    def _renamed_from(self) -> dict[str, str]:
        if self._renames is None:
            self._renames = renames(self.git, ".", self.files().commit)
        return self._renames
