"""What the items of a body see: the names of values, and the names given to tensors."""

import re
from collections.abc import Collection

from dsconv_cost.language.architecture import Use
from dsconv_cost.language.expressions.expression import IN_CHANNELS
from dsconv_cost.language.nodes import ScalarNode, YamlNode

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
"""What an item, a tensor or a block may be called."""
RESERVED_TENSORS = ("previous", "input", "all")


class Scope:
    """What a body sees, and what has been read in it so far."""

    def __init__(self, names: Collection[str], varying: Collection[str], tensors: dict[str, ScalarNode]) -> None:
        self.names = frozenset(names) | {IN_CHANNELS}
        self.varying = frozenset(varying) | {IN_CHANNELS}
        """Those whose value can differ between two uses in one network."""
        self.tensors = tensors
        self.uses: dict[object, Use] = {}
        """What items say -> what was made of it, for those that say the same."""
        self.labels: dict[str, YamlNode] = {}
        self._ordinals: dict[str, int] = {}

    def ordinal(self, type_name: str) -> int:
        """Return how many items of the type there are, with this one."""
        number = self._ordinals[type_name] = self._ordinals.get(type_name, 0) + 1
        return number

    def names_tensor(self, node: ScalarNode) -> bool:
        text = node.text
        return text not in self.names and (text in self.tensors or text in ("previous", "input"))

    def may_name_tensor(self, node: ScalarNode) -> bool:
        return node.text not in self.names and NAME.fullmatch(node.text) is not None
