"""The data of an architecture: what one YAML file holds, and the values a user chose for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dsconv_cost.language.expressions.expression import SIDES_ARRIVING, Expression
from dsconv_cost.language.nodes import ListNode, MappingNode, ScalarNode, YamlNode
from dsconv_cost.language.published import Published
from dsconv_cost.layers import Layer
from dsconv_cost.layers.composites import Composite
from dsconv_cost.layers.fields import Field
from dsconv_cost.layers.values import Value
from dsconv_cost.named_tuple import NamedTuple
from dsconv_cost.text import listing

if TYPE_CHECKING:
    from dsconv_cost.importers.imported import ImportedModel
    from dsconv_cost.language.limits import Limit


_MAX_UNUSED = 6
"""How many unused names a note gives."""


class Setting:
    """One field of an item: where its value comes from, compiled; a constant is in its normal form already."""

    __slots__ = ("constant", "expression", "field", "node")

    def __init__(self, field: Field, expression: Expression | None, constant: object, node: YamlNode | None) -> None:
        self.field = field
        self.expression = expression
        """None when the value is constant."""
        self.constant = constant
        self.node = node
        """Where it is when that is not in the item itself (in `defaults`)."""


class Control(NamedTuple):
    """Whether an item is made, and how often."""

    when: Expression | None = None
    repeat: Expression | None = None
    copies: Expression | None = None
    counted: bool = False
    """Whether something of a repeated item uses the number of the repetition."""


class Given(NamedTuple):
    """What an item gives to its type or block."""

    settings: list[Setting] = []
    """Every field of a built-in type."""
    inner: dict[str, list[Setting]] = {}
    """For a composite, what the defaults of the types inside it say."""
    arguments: dict[str, Expression] = {}
    """The arguments written at the use of a block."""
    varies: bool = False
    """Whether a field's value can differ from one use to another in the same network."""
    first: "Use | None" = None
    """What the first repetition gives instead."""


_ALWAYS = Control()
_NOTHING = Given()


class Use:
    """What an item says, without its name and place. Items that say the same share one."""

    __slots__ = (
        "arguments", "block", "broken", "copies", "counted", "first", "inner", "layer_type", "repeat", "settings", "type", "varies",
        "when",
    )  # fmt: skip

    def __init__(
        self, type_name: str, layer_type: type[Layer] | type[Composite] | None = None, block: "Block | None" = None,
        control: Control = _ALWAYS, given: Given = _NOTHING, broken: bool = False,
    ) -> None:  # fmt: skip
        self.type = type_name
        self.layer_type = layer_type
        self.block = block
        self.when, self.repeat, self.copies, self.counted = control
        self.settings, self.inner, self.arguments, self.varies, self.first = given
        self.broken = broken
        """Whether a problem of it has been reported."""

    def mark_broken(self) -> None:
        self.broken = True

    def mark_counted(self) -> None:
        self.counted = True


class Reference(NamedTuple):
    """A tensor or an item by its name, and for one repetition of a repeated item its number: `enc[1]`."""

    name: str
    number: Expression | None
    node: ScalarNode


OWN, ONCE = "own", "once"
"""Words of `weights`: new ones in every use of the block, and those of the first repetition in all of them."""


class Wiring(NamedTuple):
    """What an item starts at, what its outputs are called, and whose weights it has."""

    names: tuple[str, ...] = ()
    """One for each of its outputs."""
    start: tuple[Reference, ...] = ()
    """The tensors named by `from`."""
    weights: Reference | str | None = None
    """The item that has them, OWN or ONCE."""


class Inside(NamedTuple):
    """The items inside an item."""

    body: "list[Item] | None" = None
    branches: "list[Branch]" = []
    shortcut: "list[Item] | str | None" = None


_EMPTY = Inside()
_UNWIRED = Wiring()


class Item:
    """One item as written."""

    __slots__ = ("body", "branches", "label", "names", "node", "shortcut", "start", "use", "weights")

    def __init__(
        self, node: MappingNode | ScalarNode, use: Use, label: str, wiring: Wiring = _UNWIRED, content: Inside = _EMPTY
    ) -> None:
        self.node = node
        self.use = use
        self.label = label
        self.names, self.start, self.weights = wiring
        self.body, self.branches, self.shortcut = content


class Branch:
    """One branch of a join: a body, or tensors by name."""

    __slots__ = ("every", "items", "node", "tensor")

    def __init__(self, node: YamlNode, items: "list[Item] | None", tensor: Reference | None, every: bool) -> None:
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
    """A type of the file's own: known by its name first, so that items can be told from mistakes."""

    __slots__ = (
        "arguments", "body", "incomplete", "inputs", "lets", "name", "node", "outputs", "takes_shape", "tensors",
    )  # fmt: skip

    def __init__(self, name: str, node: ScalarNode) -> None:
        self.name = name
        self.node = node
        self.arguments: list[Argument] = []
        self.lets: list[Binding] = []
        self.body: list[Item] = []
        self.tensors: dict[str, ScalarNode] = {}
        """Every name given inside it, those of its inputs too."""
        self.inputs: list[str] = []
        """The names of its inputs; none for a block that has one, called `input` alone."""
        self.outputs: list[Reference] = []
        """Its outputs; none where its last item gives the only one."""
        self.incomplete = False
        """Whether some of its arguments could not be read."""
        self.takes_shape = False
        """Whether a default or a `let` uses more of the shape that arrives than its channels."""

    def declare(self, arguments: list[Argument], incomplete: bool) -> None:
        """Set what it takes."""
        self.arguments, self.incomplete = arguments, incomplete

    def wire(self, inputs: list[ScalarNode], outputs: list[Reference]) -> None:
        """Set its inputs and outputs, where they have names."""
        self.inputs, self.outputs = [node.text for node in inputs], outputs

    def define(self, lets: list[Binding], body: list[Item]) -> None:
        """Set what it is made of."""
        self.lets, self.body = lets, body
        expressions = [*(a.default for a in self.arguments), *(let.expression for let in lets)]
        self.takes_shape = any(e is not None and e.names & SIDES_ARRIVING for e in expressions)

    @property
    def main(self) -> str | None:
        """The argument that is written as the block's value: the first, if it is required."""
        first = self.arguments[0] if self.arguments else None
        return first.name if first and first.default is None else None


class Hyperparameter(NamedTuple):
    name: str
    default: Value | None
    """None when it is required."""
    node: YamlNode


class Unused(NamedTuple):
    """What a file says and nothing comes from: a name that is in no expression, a shortcut that is never taken."""

    what: str
    line: int


class InputSection(NamedTuple):
    """One input of the network."""

    name: str
    sizes: list[Expression]
    """The channels, then the sides."""
    node: ListNode


class TailDefaults(NamedTuple):
    """What `defaults` say of a type that a field `norm` or `activation` names."""

    settings: list[Setting]
    """Every field of the type."""
    idle: list[Unused]
    """The defaults that no item takes, so that they hold for such fields alone."""


class Spec(NamedTuple):
    """One file, read: what it says before any hyperparameter has a value."""

    path: str
    text: str
    name: str
    source: str
    hyperparameters: dict[str, Hyperparameter]
    lets: list[Binding]
    inputs: list[InputSection]
    input_node: YamlNode | None
    blocks: dict[str, Block]
    layers: list[Item]
    tails: dict[str, TailDefaults]
    tensors: dict[str, ScalarNode]
    lost_tensors: bool
    """Whether a name of an item could not be read, so that it would be unknown wherever it is used."""
    outputs: list[Reference]
    variants: dict[str, dict[str, Value]]
    published: list[Published]
    budget: "list[Limit]"
    unused: list[Unused]
    separable: Sequence[ScalarNode] = ()
    """Names and patterns of convolutions that are made separable."""
    search: "dict[str, tuple[Value, ...]]" = {}
    """Hyperparameter -> the values that a sweep of the file tries."""
    imported: "ImportedModel | None" = None
    """The model of another tool that it stands for: its network is there, and there is no text."""


def unused_note(unused: Sequence[Unused]) -> str:
    """Return what of a file changes nothing."""
    names = listing([f"{what} (line {line})" for what, line in unused], _MAX_UNUSED)
    return f"{names}: {'has' if len(unused) == 1 else 'have'} no effect"


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
