"""Items as lines of YAML."""

from typing import Any

from dsconv_cost.importers.writing.defaults import BlockDefaults, FileDefaults, implied_main, said_fields
from dsconv_cost.importers.writing.tree import PREVIOUS, TensorRef, Term, TreeItem, every_item
from dsconv_cost.language.vocabulary import TYPES
from dsconv_cost.layers.fields import REQUIRED
from dsconv_cost.named_tuple import NamedTuple

WIDTH = 110
"""The longest line, but for one that cannot be broken."""
MOST_ON_A_LINE = 5
"""How many items one line holds."""

_TERM_SIGNS = frozenset(",[]{}#&*!|>'\"%@`:?")


class YamlLine(NamedTuple):
    """A line of the file, and the item that begins there."""

    text: str
    item: TreeItem | None = None


class ItemText:
    """Writes the items of one scope, in which tensors have these names."""

    def __init__(self, defaults: FileDefaults, blocks: BlockDefaults, names: dict[int, str]) -> None:
        self.defaults = defaults
        self.blocks = blocks
        self.names = names
        """The layer that makes a tensor -> its name."""

    def lines(self, items: list[TreeItem], indent: int) -> list[YamlLine]:
        """Return a list of items, one below the other."""
        lines: list[YamlLine] = []
        for item in items:
            lines += self._item(item, indent)
        return lines

    def _item(self, item: TreeItem, indent: int) -> list[YamlLine]:
        margin = " " * indent
        flow = self._flow_at_line(item)
        if len(margin) + 2 + len(flow) <= WIDTH and not self._wants_lines(item):
            return [YamlLine(f"{margin}- {flow}", item)]
        if not item.bodies():
            return [YamlLine(f"{margin}- {flow}", item)]
        lines = [YamlLine(f"{margin}- {item.type}:", item)]
        if item.body is not None:
            alone = self._flow_branch(item.body)
            if (
                len(item.body) == 1
                and len(margin) + len(item.type) + 4 + len(alone) <= WIDTH
                and not item.body[0].bodies()
            ):
                lines = [YamlLine(f"{margin}- {item.type}: {alone}", item)]
            else:
                lines += self.lines(item.body, indent + 4)
        for branch in item.branches or ():
            lines += self._branch(branch, indent + 4)
        for key, value in self._fields(item).items():
            lines += self._field(key, value, item, indent + 2)
        return lines

    def _wants_lines(self, item: TreeItem) -> bool:
        inside = [one for body in item.bodies() for one in body]
        if item.body is not None and (len(item.body) > 1 or item.shortcut is not None):
            return True
        return len(every_item(inside)) > MOST_ON_A_LINE or any(one.bodies() for one in inside)

    def _branch(self, branch: list[TreeItem] | TensorRef, indent: int) -> list[YamlLine]:
        margin = " " * indent
        flow = self._flow_branch(branch)
        if isinstance(branch, TensorRef):
            return [YamlLine(f"{margin}- {flow}")]
        if len(branch) == 1:
            return self.lines(branch, indent)
        fits = len(margin) + 2 + len(flow) <= WIDTH and len(every_item(branch)) <= MOST_ON_A_LINE
        if fits and not any(self._wants_lines(item) for item in branch):
            return [YamlLine(f"{margin}- {flow}", branch[0])]
        first, *others = self.lines(branch, indent + 2)
        return [first._replace(text=f"{margin}- {first.text.lstrip()}"), *others]

    def _field(self, key: str, value: Any, item: TreeItem, indent: int) -> list[YamlLine]:
        margin = " " * indent
        if value is item.shortcut and item.shortcut is not None:
            flow = self._flow_branch(item.shortcut)
            if len(margin) + len(key) + 2 + len(flow) > WIDTH or any(map(self._wants_lines, item.shortcut)):
                return [YamlLine(f"{margin}{key}:"), *self.lines(item.shortcut, indent + 2)]
            return [YamlLine(f"{margin}{key}: {flow}")]
        return [YamlLine(f"{margin}{key}: {_block_scalar(value)}")]

    # -- on one line ----------------------------------------------------------------------------

    def _flow_at_line(self, item: TreeItem) -> str:
        """Return an item as it stands after its dash: a mapping of one key needs no braces where it holds a list."""
        flow = self._flow(item)
        plain = item.branches is not None or item.body is not None
        return flow[1:-1] if plain and flow[0] == "{" and not self._fields(item) else flow

    def _flow(self, item: TreeItem) -> str:
        fields = self._fields(item)
        if item.branches == [PREVIOUS] and not _needs_branches(item):
            head = item.type
        elif item.branches is not None:
            head = f"{item.type}: [{', '.join(map(self._flow_branch, item.branches))}]"
        elif item.body is not None:
            head = f"{item.type}: {self._flow_branch(item.body)}"
        elif implied_main(item, self.defaults):
            head = item.type
        else:
            head = f"{item.type}: {flow_value(item.main)}"
        if head == item.type and not fields:
            return head
        held = [f"{key}: {self._flow_field(value, item)}" for key, value in fields.items()]
        return "{" + ", ".join([head, *held]) + "}"

    def _flow_field(self, value: Any, item: TreeItem) -> str:
        return (
            self._flow_branch(item.shortcut)
            if item.shortcut is not None and value is item.shortcut
            else flow_value(value)
        )

    def _flow_branch(self, branch: list[TreeItem] | TensorRef) -> str:
        if isinstance(branch, TensorRef):
            return self.name_of(branch)
        flows = list(map(self._flow, branch))
        return flows[0] if len(flows) == 1 else f"[{', '.join(flows)}]"

    def name_of(self, tensor: TensorRef) -> str:
        """Return what a tensor is called here."""
        return "previous" if tensor == PREVIOUS else self.names[tensor.node]

    def _fields(self, item: TreeItem) -> dict[str, Any]:
        """Return all keys of an item but its type."""
        fields = said_fields(item, self.defaults, self.blocks)
        if item.shortcut is not None:
            fields = {"shortcut": item.shortcut, **fields}
        if item.copies > 1:
            fields["copies"] = item.copies
        if item.repeat > 1:
            fields["repeat"] = item.repeat
        if item.first:
            fields["first"] = item.first
        if item.out >= 0 and item.out in self.names:
            fields["name"] = self.names[item.out]
        if item.weights is not None:
            fields["weights"] = self.name_of(item.weights)
        if item.start is not None:
            fields["from"] = self.name_of(item.start)
        return fields


def _needs_branches(item: TreeItem) -> bool:
    """Return whether a join says what it joins even where that is what arrives."""
    main = TYPES[item.type].main
    return main is None or main.default is REQUIRED


def flow_value(value: Any) -> str:
    """Return a value as it stands inside braces or brackets."""
    if isinstance(value, Term):
        return f'"{value}"' if _TERM_SIGNS & set(value) and not _is_safe(value) else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(flow_value, value))}]"
    return "none" if value is None else str(value)


def _is_safe(term: str) -> bool:
    """Return whether the only sign of an expression is a multiplication or a remainder inside it."""
    return not (_TERM_SIGNS - set("*%")) & set(term) and term[0] not in "*%"


def _block_scalar(value: Any) -> str:
    return (
        str(value)
        if isinstance(value, Term) and ("," in value or "[" in value) and ":" not in value
        else flow_value(value)
    )
