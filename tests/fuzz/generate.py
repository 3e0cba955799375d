"""Makes files of the language, and all else that is read, at random: mostly right, so that rewriting and summing have something to do.

Names say what they name, and no two things of a file share one: t1 is a tensor, p1 a hyperparameter, v1 a let, a1 an argument,
unit1 a block, w1 a variant. So names can be changed, and blocks written out, by looking at the text alone.
"""

import json
from random import Random
from typing import Any

from dsconv_cost.budget.growth import MEMORY_COMPARED
from dsconv_cost.budget.lock import stamp_of_memory
from dsconv_cost.language.limits import BITS, LEVELS, METRICS
from dsconv_cost.language.vocabulary import TYPES
from dsconv_cost.layers import KIND_ORDER, Layer
from dsconv_cost.layers.composites import Composite
from dsconv_cost.layers.fields import (
    REQUIRED,
    BodyKind,
    BranchesKind,
    Kind,
    PaddingKind,
    ShortcutKind,
    SidesKind,
    SizeOf,
    Whole,
)
from dsconv_cost.layers.kinds import RolesKind
from tests.fuzz.write import Tree

CHANNELS = (1, 2, 4, 4, 8, 8, 8, 16, 16, 12, 3)
SIDES = (1, 1, 2, 3, 3, 3, 5)
SIZES = (1, 4, 7, 8, 12, 16, 16, 32)
UNITS = ("", "", "", "K", "k", "M", "G", "T", "Ki", "Mi", "Gi", "B", "KB", "MB", "KiB", "MiB", "%", "%", "m", "kb", "x")


class NetworkMaker:
    """Makes one file as a tree."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._names = 0
        self._left = random.choice((2, 3, 4, 6, 9))
        """How many items may still be made, so that files stay small and many are tried."""
        self._numbers: list[str] = []
        """What may stand in an expression here: hyperparameters, lets, arguments that are numbers."""
        self._blocks: dict[str, list[str]] = {}
        self._tensors: list[str] = []
        """Names in this body of tensors of the size that is here."""

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def _name(self, letter: str) -> str:
        self._names += 1
        return f"{letter}{self._names}"

    def file(self) -> dict[str, Tree]:
        """Return a whole file."""
        random = self.random
        root: dict[str, Tree] = {}
        if self.chance(0.1):
            root["name"] = random.choice(("Net", "A net: of sorts", "Сеть", "'q'", "x, y"))
        if self.chance(0.4):
            values = {self._name("p"): random.choice((1, 2, 4, 8, 0.5, 1.5)) for _ in range(random.randint(1, 2))}
            root["hyperparameters"] = dict(values)
            self._numbers += [name for name, value in values.items() if isinstance(value, int)]
            if self.chance(0.5):
                root["variants"] = {
                    self._name("w"): {name: value if self.chance(0.5) else 2 for name, value in values.items()}
                }
        if self.chance(0.3):
            lets: dict[str, Tree] = {}
            for _ in range(random.randint(1, 2)):
                value: Tree = self.random.choice(CHANNELS)
                if self._numbers and self.chance(0.5):
                    value = f"{random.choice(self._numbers)} * 2"
                name = self._name("v")
                lets[name] = value
                self._numbers.append(name)
            root["let"] = lets
        height = random.choice(SIZES)
        root["input"] = [
            random.choice((1, 3, 4, 8, 8, 16)),
            height,
            height if self.chance(0.7) else random.choice(SIZES),
        ]
        ends: list[Tree] = []
        if self.chance(0.12):
            first, second = self._name("t"), self._name("t")
            root["input"] = {first: root["input"], second: [random.choice((3, 8)), *root["input"][1:]]}
            ends.append({"concat": [second, random.choice((first, "input", "previous"))]})
        if self.chance(0.35):
            root["defaults"] = self.defaults()
        if self.chance(0.3):
            root["blocks"] = dict([self.block() for _ in range(random.randint(1, 2))])
        body = self.body(0, False)
        if self.chance(0.15):
            ends += self.shared()
        if self.chance(0.12):
            root["blocks"] = {**root.get("blocks", {}), **self.exchange(ends)}
        root["layers"] = [*ends, *(body if isinstance(body, list) else [body])] if ends else body
        if self.chance(0.1):
            root["separable"] = random.choice(("**", ["**"], ["**", "*/**"]))  # rewriting changes names
        if self.chance(0.1):
            root["budget"] = self.budget()
        if self.chance(0.05):
            root["published"] = [{random.choice(("params", "macs", "flops")): quantity(random), "source": "Table 1"}]
        return root

    def defaults(self) -> dict[str, Tree]:
        random = self.random
        found: dict[str, Tree] = {}
        for name in random.sample(sorted(TYPES), 1) + ["conv"] * self.chance(0.6):
            fields = [
                f
                for f in TYPES[name].fields
                if f.in_defaults and f.default is not REQUIRED and not isinstance(f.kind, BodyKind)
            ]
            chosen = random.sample(fields, min(len(fields), random.randint(1, 2)))
            if chosen:
                found[name] = {field.name: self.value(field.kind, field.name, 9) for field in chosen}
        return found or {"conv": {"activation": "relu"}}

    def block(self) -> tuple[str, Tree]:
        """Return a block's name and what it is; it knows the file's names, and not those of other files' bodies."""
        outside, self._tensors = (list(self._numbers), self._tensors), []
        block: dict[str, Tree] = {}
        arguments: dict[str, Tree] = {}
        for index in range(self.random.randint(0, 2)):
            name = self._name("a")
            arguments[name] = "required" if index == 0 else self.random.choice(CHANNELS)
            self._numbers.append(name)
        if arguments:
            block["arguments"] = arguments
        if self.chance(0.3):
            value, name = self.number(CHANNELS), self._name("v")
            block["let"] = {name: value}
            self._numbers.append(name)
        self._left = max(self._left, 3)
        block["layers"] = self.body(1, self.chance(0.5))
        name = self._name("unit")
        self._numbers, self._tensors = outside
        self._blocks[name] = list(arguments)
        return name, block

    # -- values ---------------------------------------------------------------------------------

    def number(self, among: tuple[int, ...]) -> Tree:
        """Return a whole number as a literal, or as an expression of the names in sight."""
        random = self.random
        if self.chance(0.75):
            return random.choice(among)
        name = random.choice([*self._numbers, "in_channels", "in_channels", "in_height", "in_width"])
        return random.choice((
            name, name, f"{name} * 2", f"max(4, {name})", f"int({name} * 1.5)", f"make_divisible({name}, 4)",
            f"{name} + {random.choice(among)}", f"{name} if {name} > 2 else 4", f"2 ** 2 * {name}", f"{random.choice(among)} * 2",
        ))  # fmt: skip

    def value(self, kind: Kind, field: str, depth: int, keep: bool = False) -> Tree:
        """Return a value that a field takes."""
        random = self.random
        match kind:
            case RolesKind():
                return self.roles(kind.roles)
            case BranchesKind():
                return self.branches(depth)
            case ShortcutKind():
                return random.choice(("none", "none", "identity", {"conv": "in_channels", "kernel": 1}))
            case BodyKind():
                return self.body(depth + 1, True)
            case SizeOf():
                size = [random.choice((1, 4, 8)), random.choice((4, 8))]
                return random.choice([*self._tensors, size]) if self._tensors else size
            case SidesKind():
                among = (1, 1, 2, 2, 3) if field in ("stride", "dilation", "factor", "output_padding") else SIDES
                if field == "output_padding":
                    return 0
                return self.number(among) if self.chance(0.8) else [random.choice(among), random.choice(among)]
            case PaddingKind():
                numbers: list[Tree] = [0, 1, 1, [0, 1], [1, 0, 1, 1]]
                return random.choice([*kind.words(), *kind.words(), *numbers])
            case Whole() if field in ("groups", "heads", "kv_heads"):
                return self.number((1, 2, 4))
        return self.value_by(kind.schema())

    def value_by(self, schema: Any) -> Tree:
        """Return a value by the schema of its kind, so that kinds which nobody thought of here are tried too."""
        random = self.random
        match schema:
            case {"anyOf": list(options)}:
                return self.value_by(random.choice([option for option in options if "string" not in str(option)]))
            case {"enum": list(words)}:
                return random.choice(words)
            case {"type": "array", "items": dict(items)}:
                low = int(str(schema.get("minItems", 1)))
                values = [
                    self.value_by(items) for _ in range(random.randint(low, int(str(schema.get("maxItems", low + 1)))))
                ]
                if schema.get("uniqueItems"):
                    return random.sample(unique, len(unique)) if (unique := list(dict.fromkeys(values))) else values
                numbers = [value for value in values if isinstance(value, int)]
                return sorted(numbers) if len(numbers) == len(values) and self.chance(0.6) else values
            case {"type": "boolean"}:
                return self.chance(0.5)
            case {"type": "number"}:
                bottom, top = float(str(schema.get("minimum", 0))), float(str(schema.get("maximum", 9)))
                return random.choice([value for value in (0.5, 1, 1.5, 2, 3, 0.2) if bottom <= value <= top])
            case {"type": "integer", "minimum": int(least)}:
                return self.number(tuple(value for value in (least, *CHANNELS, 1, 2) if value >= least))
        return self.number(CHANNELS)

    # -- graphs ---------------------------------------------------------------------------------

    def shared(self) -> list[Tree]:
        """Return items that share weights."""
        random = self.random
        name = self._name("t")
        said: dict[str, Tree] = random.choice((
            {"conv": "in_channels", "kernel": random.choice((1, 3)), "norm": random.choice(("none", "batch", "layer"))},
            {"dwconv": random.choice((3, 5)), "bias": True}, {"dsconv": "in_channels", "norm": "batch"}, {"squeeze_excite": 2},
            {"residual": [{"conv": "in_channels", "kernel": 3}, "prelu"]}, {"batchnorm": None},
        ))  # fmt: skip
        if self.chance(0.3):
            return [{**said, "repeat": random.choice((1, 2, 3)), "weights": "once"}]
        times: dict[str, Tree] = {"repeat": 2} if self.chance(0.3) else {}
        owner = {**said, **times, "name": name}
        if times and self.chance(0.5):
            return [owner, {**said, "weights": f"{name}[{random.choice((1, 2, 'index + 1'))}]", "repeat": 2}]
        return [owner, *([{"relu": None}] if self.chance(0.3) else []), {**said, **times, "weights": name}]

    def exchange(self, body: list[Tree]) -> dict[str, Tree]:
        """Return a block with two inputs and two outputs, and add uses of it to a body."""
        a, b, c, d = (self._name("t") for _ in range(4))
        name = self._name("unit")
        block: dict[str, Tree] = {
            "inputs": [a, b],
            "layers": [{"add": [a, [{"conv": "in_channels", "kernel": 3, "from": b}]], "name": c},
                       {"conv": "in_channels", "kernel": 1, "from": a, "name": d}],
            "outputs": [c, d],
        }  # fmt: skip
        first, second, third = self._name("t"), self._name("t"), self._name("t")
        body += [
            {"identity": None, "name": third},
            {
                name: None,
                "from": [self.random.choice((third, "previous")), third],
                "repeat": self.random.choice((1, 2)),
            },
            {name: None, "name": [first, second], **({"weights": "once", "repeat": 2} if self.chance(0.4) else {})},
            {"add": [first, second]},
        ]
        return {name: block}

    # -- items ----------------------------------------------------------------------------------

    def body(self, depth: int, keep: bool) -> Tree:
        """Return a list of items, or one item; with `keep` mostly those that leave height and width as they are."""
        random = self.random
        outside, self._tensors = self._tensors, []
        items = [self.item(depth, keep)]
        while self._left > 0 and len(items) < 5 and self.chance(0.75 if depth == 0 else 0.5):
            items.append(self.item(depth, keep))
        self._tensors = outside
        return items[0] if len(items) == 1 and random.random() < 0.3 else items

    def item(self, depth: int, keep: bool) -> Tree:
        self._left -= 1
        random = self.random
        if self._blocks and self.chance(0.35):
            return self.use(random.choice(sorted(self._blocks)))
        name = random.choice(sorted(TYPES)) if self.chance(0.5) else random.choice(("conv", "conv", "dwconv", "dsconv"))
        type_ = TYPES[name]
        if depth > 2 and type_.main is not None and isinstance(type_.main.kind, (BodyKind, BranchesKind)):
            name, type_ = "conv", TYPES["conv"]
        item: dict[str, Tree] = {
            name: self.value(type_.main.kind, type_.main.name, depth, keep) if type_.main else None
        }
        changes = self._add_fields(item, type_, depth, keep)
        self._add_common(item, depth)
        if changes:
            self._tensors.clear()
        if "name" in item:
            self._tensors.append(str(item["name"]))
        return name if len(item) == 1 and type_.main is None else item

    def _add_fields(self, item: dict[str, Tree], type_: type[Layer | Composite], depth: int, keep: bool) -> bool:
        """Add the fields that are needed and some of the others; return whether height and width may change."""
        changes = type_.type not in ("conv", "dwconv", "dsconv", "relu", "batchnorm")
        for field in type_.fields:
            sizing = field.name in ("stride", "padding", "split", "output_padding", "ceil_mode")
            if field.default is REQUIRED or self.chance(0.03 if keep and sizing else 0.15):
                item[field.name] = self.value(field.kind, field.name, depth)
                changes = changes or sizing
        return changes

    def _add_common(self, item: dict[str, Tree], depth: int) -> None:
        random = self.random
        if self.chance(0.15):
            item["repeat"] = random.choice((0, 1, 2, 2, 3))
            numbers = [key for key, value in item.items() if type(value) is int and key not in ("groups", "repeat")]
            if numbers and self.chance(0.4):
                key = random.choice(numbers)
                item[key] = random.choice(
                    (f"{item[key]} + index", f"{item[key]} * (index + 1)", f"{item[key]} * 2 ** index")
                )
            fields = [key for key in item if key in ("stride", "kernel", "activation", "norm", "bias")]
            if fields and self.chance(0.5):
                item["first"] = {
                    fields[0]: {"stride": 2, "kernel": 1, "activation": "relu", "norm": "batch"}.get(fields[0], True)
                }
        if self.chance(0.08):
            condition: tuple[Tree, ...] = (True, True, "in_channels > 2", "in_channels < 2", False, "not 1 > 2")
            item["when"] = random.choice(condition)
        if self.chance(0.12):
            item["name"] = self._name("t")
        if depth == 0 and self.chance(0.03):
            item["from"] = random.choice([*self._tensors, "input"])

    def use(self, name: str) -> Tree:
        """Return an item that uses a block."""
        main, *others = self._blocks[name] or [""]
        item: dict[str, Tree] = {name: self.number(CHANNELS) if main else None}
        for argument in others:
            if self.chance(0.5):
                item[argument] = self.number(CHANNELS)
        self._add_common(item, 1)
        self._tensors.clear()
        return name if len(item) == 1 and not main else item

    def branches(self, depth: int) -> Tree:
        """Return branches that mostly end in the same shape."""
        random = self.random
        width: Tree = random.choice((4, 8, "in_channels"))
        found: list[Tree] = []
        for _ in range(random.randint(1, 3)):
            if self.chance(0.05):
                found.append({"parameter": [random.choice((1, width)), 1, 1]})
                continue
            if self.chance(0.2):
                found.append(random.choice(["previous", *self._tensors[-1:]]))
                continue
            last: dict[str, Tree] = {"conv": width, "kernel": random.choice((1, 3))}
            if self.chance(0.1):
                last["copies"] = random.choice((1, 2))
                found.append(last)
            elif self.chance(0.4) and depth < 2:
                before = self.body(depth + 1, True)
                found.append([*(before if isinstance(before, list) else [before]), last])
            else:
                found.append(last)
        return found

    def roles(self, count: int) -> Tree:
        """Return branches with a role each, which mostly suit one another."""
        random = self.random
        if self.chance(0.3):
            return ["previous"] * count
        width = random.choice((4, 8, 12))
        branches: list[Tree] = [{random.choice(("linear", "conv")): width} for _ in range(count)]
        for branch in branches:
            if isinstance(branch, dict) and "conv" in branch:
                branch["kernel"] = 1
        if count == 3 and self.chance(0.3):  # key and value in one
            branches[1:] = [{"linear": 2 * width}]
        return branches

    # -- limits ---------------------------------------------------------------------------------

    def budget(self) -> Tree:
        random = self.random
        if self.chance(0.5):
            metrics = random.sample(sorted(METRICS), random.randint(1, 3))
            return {name: right_quantity(random, METRICS[name].measure) for name in metrics}
        return [self.limit() for _ in range(random.randint(1, 2))]

    def limit(self) -> dict[str, Tree]:
        """Return an entry of a budget."""
        random = self.random
        metric = METRICS[random.choice(sorted(METRICS))]
        bound = "max" if metric.less_is_better else "min"
        entry: dict[str, Tree] = {"metric": metric.name, bound: right_quantity(random, metric.measure)}
        if metric.of_parts and self.chance(0.3):
            entry["kind"] = random.choice(sorted(KIND_ORDER))
        elif metric.of_parts and self.chance(0.3):
            entry["layer"] = random.choice(("*", "conv*", "conv1", "**/dw", "t1"))
        if metric.bits is not None and self.chance(0.3):
            entry["bits"] = random.choice(BITS)
        if self.chance(0.2):
            entry["level"] = random.choice(LEVELS)
        if self.chance(0.2):
            entry["variant"] = random.choice(("default", "w*", "w1", "*"))
        if self.chance(0.1):
            entry["message"] = random.choice(("a reason", "::error::x", "a\tb", "é"))
        if self.chance(0.1):
            entry["replaces"] = self.chance(0.5)
        return entry


def network(random: Random) -> dict[str, Tree]:
    """Return a file of the language."""
    return NetworkMaker(random).file()


def budget_file(random: Random) -> dict[str, Tree]:
    """Return a budget file for networks called net.yaml and other.yaml."""
    maker = NetworkMaker(random)
    names = ("net.yaml", "net.yaml", "*.yaml", "other.yaml", "mobilenet", "**/*.yaml", "gone.yaml", "net.yml")
    entries = [{"architecture": random.choice(names), **maker.limit()} for _ in range(random.randint(1, 4))]
    root: dict[str, Tree] = {"budget": entries}
    if random.random() < 0.2:
        root["allow_gone"] = random.sample(["other.yaml", "gone.yaml", "net.yaml:w1"], random.randint(1, 2))
    if random.random() < 0.2:
        root["format"] = random.choice((1, 1, 2, "x"))
    return root


def lock(random: Random, names: tuple[str, ...] = ("net.yaml", "net.yaml:w1", "other.yaml")) -> str:
    """Return the text of a lock, mostly with the sums that it has to have."""
    architectures: dict[str, object] = {}
    for name in random.sample(names, random.randint(0, len(names))):
        rows: list[list[Any]] = [
            [f"conv{n}", random.choice((0, 8, 10**6)), random.choice((0, 64, 10**24))]
            for n in range(random.randint(0, 3))
        ]
        params, macs = (sum(row[column] for row in rows) for column in (1, 2))
        figures: dict[str, object] = {"params": params, "macs": macs + (random.random() < 0.1)}
        if random.random() < 0.5:
            figures |= {metric: random.choice((0, 8, 10**6, 10**24)) for metric in MEMORY_COMPARED}
        architectures[name] = {**figures, "layers": rows}
    convention = {"name": random.choice(("macs", "macs", "flops", "é")), "version": random.choice(("1", "2"))}
    memory = stamp_of_memory()
    if random.random() < 0.2:
        memory["peak"] = random.choice(("liveness 9", "é", ""))
    version = random.choice((1, 1, 2, 2, 2, 3, 1.0))
    root = {
        "schema_version": version,
        "convention": convention,
        **({"memory": memory} if (version == 2) != (random.random() < 0.1) else {}),
        "architectures": architectures,
    }
    return json.dumps(root, indent=random.choice((None, 2)), ensure_ascii=random.random() < 0.5)


def decimal(random: Random) -> str:
    whole = str(random.choice((0, 1, 3, 17, 1000, 4231976, random.randrange(10 ** random.randint(1, 19)))))
    return whole + (f".{random.randrange(10 ** random.randint(1, 4))}" if random.random() < 0.4 else "")


def quantity(random: Random) -> str:
    """Return a limit as a person might write it, with any unit or a wrong one."""
    exponent = random.choice(("e3", "E-2", "e+40", "e99", "e-99")) if random.random() < 0.15 else ""
    space = random.choice(("", "", " ", "\t"))
    return f"{random.choice(('', '', '', '', '-', '+'))}{decimal(random)}{exponent}{space}{random.choice(UNITS)}"


def right_quantity(random: Random, measure: str) -> str:
    """Return a limit with a unit of its measure."""
    if measure == "share":
        return f"{random.randrange(100)}%"
    units = ("K", "M", "", "Ki") if measure == "count" else ("KB", "B", "MiB")
    return f"{random.choice((0, 1, 10, 500, 3000))}{random.choice(units)}"


def axis(random: Random) -> str:
    """Return what --vary takes, or something like it."""
    name = random.choice(("p1", "p1", "alpha", "depth", "", "é"))
    if random.random() < 0.1:
        return f"{name}={random.choice(('1..4', '2..2', '0.5..2', '4..1', '-2..3', '0..10000'))}"
    first, last, step = (random.choice(("1", "2", "4", "0.25", "0.5", "1.0", "-1", "0", "10", "+3")) for _ in range(3))
    if random.random() < 0.7:
        dots = random.choice(("..", "..", "..", "...", "-", ":", " to "))
        return f"{name}={first}{dots}{last}{random.choice((':', ':', ' : ', '..', '/'))}{step}"
    return (
        f"{name}={','.join(random.choice((first, last, step, 'relu', 'true', '[1, 2]', '[]', '[')) for _ in range(3))}"
    )


def expression(random: Random, depth: int = 0) -> str:
    """Return an expression with the name x, in full brackets or without any."""
    if depth > 3 or random.random() < 0.25:
        return random.choice(
            ("0", "1", "2", "3", "7", "0.5", "1.5", "2.25", "100", "x", "x", "9007199254740991", "true", "false")
        )

    def part() -> str:
        inner = expression(random, depth + 1)
        return f"({inner})" if random.random() < 0.5 else inner

    match random.randrange(12):
        case 0:
            return f"{part()} if {part()} {random.choice(('<', '<=', '>', '>=', '==', '!='))} {part()} else {part()}"
        case 1:
            return f"{random.choice(('int', 'round', 'ceil', 'floor'))}({part()})"
        case 2:
            return f"{random.choice(('min', 'max'))}({part()}, {part()})"
        case 3:
            return f"-{part()}"
        case 4:
            return f"{part()} {random.choice(('and', 'or'))} not {part()}"
        case 5:
            return f"{part()} {random.choice(('<', '==', '!=', '>='))} {part()}"
        case 6:
            return f"{part()} ** {random.choice(('0', '1', '2', '0.5', '-1', part()))}"
    return f"{part()} {random.choice(('+', '-', '*', '/', '//', '%'))} {part()}"
