"""What the items of a body see: the names of values, and the names given to tensors."""

import re
from collections.abc import Collection

from dsconv_cost.language.architecture import Use
from dsconv_cost.language.expressions.expression import ARRIVING, INDEX
from dsconv_cost.language.nodes import ScalarNode, YamlNode

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
"""What an item, a tensor or a block may be called."""
REFERENCE = re.compile(rf"({NAME.pattern})(?:\[(.*)\])?", re.DOTALL)
"""How a tensor is referred to: by its name, and a repetition by its number too."""
RESERVED_TENSORS = ("previous", "input", "all")


class Scope:
    """What a body sees, and what has been read in it so far."""

    def __init__(self, names: Collection[str], varying: Collection[str], tensors: dict[str, ScalarNode]) -> None:
        self.names = frozenset(names).union(ARRIVING)
        self.varying = frozenset(varying).union(ARRIVING)
        """Those whose value can differ between two uses in one network."""
        self.tensors = tensors
        self.uses: dict[object, Use] = {}
        """What items say -> what was made of it, for those that say the same."""
        self.labels: dict[str, YamlNode] = {}
        self.mentioned: set[str] = set()
        """The names of tensors that something refers to."""
        self._ordinals: dict[str, int] = {}
        self._repeated: Scope | None = None

    def repeated(self) -> "Scope":
        """Return what the inside of a repeated item sees: the same, and the number of the repetition."""
        if INDEX in self.names:
            return self
        if self._repeated is None:
            inner = self._repeated = Scope(self.names | {INDEX}, self.varying | {INDEX}, self.tensors)
            inner.labels, inner.mentioned, inner._ordinals = self.labels, self.mentioned, self._ordinals
        return self._repeated

    def ordinal(self, type_name: str) -> int:
        """Return how many items of the type there are, with this one."""
        number = self._ordinals[type_name] = self._ordinals.get(type_name, 0) + 1
        return number

    def names_tensor(self, node: ScalarNode) -> bool:
        text = node.text
        return text not in self.names and (text in self.tensors or text in ("previous", "input"))

    def may_name_tensor(self, node: ScalarNode) -> bool:
        """Return whether a scalar where a value or a tensor is right is the latter."""
        match = REFERENCE.fullmatch(node.text)
        return match is not None and match[1] not in self.names
