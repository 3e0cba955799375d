"""The data of an architecture: what one YAML file holds, and the values a user chose for it."""

from typing import TYPE_CHECKING, NamedTuple

from dsconv_cost.language.expressions.expression import Expression
from dsconv_cost.language.nodes import MappingNode, ScalarNode, YamlNode
from dsconv_cost.language.published import Published
from dsconv_cost.layers import Layer
from dsconv_cost.layers.composites import Composite
from dsconv_cost.layers.fields import Field
from dsconv_cost.layers.values import Value
from dsconv_cost.text import listing

if TYPE_CHECKING:
    from dsconv_cost.language.limits import Limit


MOST_UNUSED = 6
"""How many of them a note names."""


class Setting:
    """One field of an item: where its value comes from, compiled; a constant is in its normal form already."""

    __slots__ = ("constant", "expression", "field", "node")

    def __init__(self, field: Field, expression: Expression | None, constant: object, node: YamlNode | None) -> None:
        self.field = field
        self.expression = expression
        """None when the value is constant."""
        self.constant = constant
        self.node = node
        """Where it stands when that is not in the item itself (in `defaults`)."""


class Use:
    """What an item says, without its name and place. Items that say the same share one."""

    __slots__ = (
        "arguments", "block", "broken", "copies", "first", "inner", "layer_type", "repeat", "settings", "type", "varies",
        "when",
    )  # fmt: skip

    def __init__(self, type_name: str) -> None:
        self.type = type_name
        self.layer_type: type[Layer] | type[Composite] | None = None
        self.block: Block | None = None
        self.settings: list[Setting] = []
        """Every field of a built-in type."""
        self.arguments: dict[str, Expression] = {}
        """The arguments written at the use of a block."""
        self.inner: dict[str, list[Setting]] = {}
        """For a composite, what the defaults of the types inside it say."""
        self.when: Expression | None = None
        self.repeat: Expression | None = None
        self.copies: Expression | None = None
        self.first: Use | None = None
        self.varies = False
        """Whether a field's value can differ from one use to another in the same network."""
        self.broken = False
        """Whether a problem of it has been reported."""


class Item:
    """One item as written."""

    __slots__ = ("body", "branches", "label", "name", "node", "shortcut", "start", "use")

    def __init__(self, node: MappingNode | ScalarNode, use: Use, label: str) -> None:
        self.node = node
        self.use = use
        self.label = label
        self.name: str | None = None
        self.start: ScalarNode | None = None
        """The tensor named by `from`."""
        self.body: list[Item] | None = None
        self.branches: list[Branch] = []
        self.shortcut: list[Item] | str | None = None


class Branch:
    """One branch of a join: a body, or tensors by name."""

    __slots__ = ("every", "items", "node", "tensor")

    def __init__(self, node: YamlNode, items: "list[Item] | None", tensor: str | None, every: bool) -> None:
        self.node = node
        self.items = items
        self.tensor = tensor
        self.every = every
        """Whether `all x` was written."""


class Argument(NamedTuple):
    name: str
    default: Expression | None
    """None when it is required."""
    node: YamlNode


class Binding(NamedTuple):
    """One `let`."""

    name: str
    expression: Expression
    node: YamlNode


class Block:
    """A type of the file's own."""

    __slots__ = ("arguments", "body", "incomplete", "lets", "name", "node", "tensors")

    def __init__(self, name: str, node: ScalarNode) -> None:
        self.name = name
        self.node = node
        self.arguments: list[Argument] = []
        self.lets: list[Binding] = []
        self.body: list[Item] = []
        self.tensors: dict[str, ScalarNode] = {}
        """Every name given inside it."""
        self.incomplete = False
        """Whether some of its arguments could not be read."""

    @property
    def main(self) -> str | None:
        """The argument that stands behind the block's name: the first, if it is required."""
        first = self.arguments[0] if self.arguments else None
        return first.name if first and first.default is None else None


class Hyperparameter(NamedTuple):
    name: str
    default: Value | None
    """None when it is required."""
    node: YamlNode


class Unused(NamedTuple):
    """A name that has a value and stands in no expression, so that the value changes nothing."""

    what: str
    line: int


class Spec:
    """One file, read: what it says before any hyperparameter has a value."""

    __slots__ = (
        "blocks", "budget", "hyperparameters", "input", "input_node", "layers", "lets", "lost_tensors", "name", "norms",
        "outputs", "path", "published", "source", "tensors", "text", "unused", "variants",
    )  # fmt: skip

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.name = ""
        self.source = ""
        self.hyperparameters: dict[str, Hyperparameter] = {}
        self.lets: list[Binding] = []
        self.input: list[Expression] = []
        self.input_node: YamlNode | None = None
        self.blocks: dict[str, Block] = {}
        self.layers: list[Item] = []
        self.norms: dict[str, list[Setting]] = {}
        """What `defaults` say of the norms that a field `norm` names: type -> its fields."""
        self.tensors: dict[str, ScalarNode] = {}
        self.lost_tensors = False
        """Whether an item has a name that cannot be one, so that it would be unknown wherever it is used."""
        self.outputs: list[ScalarNode] = []
        self.variants: dict[str, dict[str, Value]] = {}
        self.published: list[Published] = []
        self.budget: list[Limit] = []
        self.unused: list[Unused] = []


def unused_note(spec: Spec) -> str:
    """Return which names of a file change nothing."""
    names = listing([f"{name} (line {line})" for name, line in spec.unused], MOST_UNUSED)
    return f"{names}: in no expression, so what {'it is' if len(spec.unused) == 1 else 'they are'} changes nothing"


class Architecture:
    """A network description with all of its hyperparameters chosen. Made by `dsconv_cost.load`."""

    __slots__ = ("bundled", "hyperparameters", "path", "spec", "variant")

    def __init__(
        self, spec: Spec, path: str, bundled: bool, variant: str | None, hyperparameters: dict[str, Value]
    ) -> None:
        self.spec = spec
        self.path = path
        """The file as the user named it; for a bundled one its file name."""
        self.bundled = bundled
        self.variant = variant
        self.hyperparameters = hyperparameters

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def source(self) -> str:
        """`bundled`, or the path."""
        return "bundled" if self.bundled else self.path

    @property
    def published(self) -> list[Published]:
        """The figures that sources print for exactly these hyperparameters."""
        return [p for p in self.spec.published if self._means(p)]

    def _means(self, entry: Published) -> bool:
        chosen: dict[str, Value] = {
            h.name: h.default for h in self.spec.hyperparameters.values() if h.default is not None
        }
        if entry.variant is not None:
            chosen.update(self.spec.variants.get(entry.variant, {}))
        chosen.update(entry.set)
        return chosen == self.hyperparameters

    def __repr__(self) -> str:
        variant = f":{self.variant}" if self.variant else ""
        return f"<Architecture {self.name}{variant} from {self.source}>"
