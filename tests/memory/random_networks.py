"""Networks from chance, as text: what TensorFlow Lite has an operator for, and what makes tensors live long."""

import json
from random import Random
from typing import Any

Item = dict[str, Any] | str
CHANNELS = (1, 3, 4, 5, 7, 8, 8, 12, 16, 16, 17, 24, 31)


class NetworkText:
    """Makes the text of one file, keeping the sizes in mind."""

    def __init__(self, random: Random, items: int) -> None:
        self.random = random
        self.channels = random.choice((1, 3, 3, 4, 8))
        self.sides = (random.choice((8, 9, 16, 20, 31)), random.choice((8, 12, 15, 16, 24)))
        self.names = 0
        self.named: list[tuple[str, int, tuple[int, int]]] = []
        """Outputs that later items may read: name, channels, sides."""
        self.unread: set[str] = set()
        root: dict[str, Any] = {"input": [self.channels, *self.sides]}
        layers: list[Item] = []
        if random.random() < 0.15:
            more = random.choice(CHANNELS)
            root["input"] = {"left": root["input"], "right": [more, *self.sides]}
            layers.append({"concat": ["right", "left"]})
            self.channels += more
        layers += self.body(items, 0)
        outputs = sorted(self.unread)
        if random.random() < 0.6:
            layers.append("global_avgpool")
            if random.random() < 0.5:
                layers.append("flatten")
            layers.append({"linear": random.choice((2, 10, 33))})
            if random.random() < 0.5:
                layers.append("softmax")
        if outputs:
            layers.append({"dropout": 0.1, "name": "last"})
            root["outputs"] = [*outputs, "last"]
        root["layers"] = layers
        self.text = _text(root)

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def body(self, items: int, depth: int) -> list[Item]:
        made: list[Item] = []
        while items > 0:
            kinds = [self.conv, self.conv, self.depthwise, self.separable, self.pool, self.moved]
            if depth < 2:
                kinds += [self.residual, self.branches, self.branches, self.gate, self.inverted]
            if depth == 0:
                kinds += [self.tap, self.tap, self.read]
            new = self.random.choice(kinds)(depth)
            made += new
            items -= max(len(new), 1)
        return made

    def act(self) -> dict[str, str]:
        return {"activation": self.random.choice(("relu", "relu6"))} if self.chance(0.6) else {}

    def norm(self) -> dict[str, str]:
        return {"norm": "batch"} if self.chance(0.5) else {}

    def window(self, strides: bool) -> dict[str, Any]:
        """Return kernel, stride and padding, and count the sides."""
        kernel = self.random.choice([k for k in (1, 2, 3, 3, 3, 5) if k <= min(self.sides)])
        stride = self.random.choice((1, 1, 1, 2)) if strides and min(self.sides) > 3 else 1
        window: dict[str, Any] = {"kernel": kernel, "stride": stride}
        if strides and self.chance(0.2) and min(self.sides) > 4:
            window["padding"] = "valid"
            self.sides = (_valid(self.sides[0], kernel, stride), _valid(self.sides[1], kernel, stride))
        else:
            window["padding"] = "same"
            self.sides = (-(-self.sides[0] // stride), -(-self.sides[1] // stride))
        return window

    # -- items ----------------------------------------------------------------------------------

    def conv(self, depth: int, channels: int = 0, strides: bool = True) -> list[Item]:
        item = {
            "conv": channels or self.random.choice(CHANNELS),
            **self.window(strides and depth == 0),
            **self.norm(),
            **self.act(),
        }
        self.channels = item["conv"]
        return [item]

    def depthwise(self, depth: int) -> list[Item]:
        window = self.window(depth == 0)
        item = {"dwconv": window.pop("kernel"), **window, **self.norm(), **self.act()}
        if self.chance(0.2) and self.channels < 20:
            item["depth_multiplier"] = 2
            self.channels *= 2
        return [item]

    def separable(self, depth: int) -> list[Item]:
        item = {"dsconv": self.random.choice(CHANNELS), **self.window(depth == 0), **self.norm(), **self.act()}
        self.channels = item["dsconv"]
        return [item]

    def inverted(self, depth: int) -> list[Item]:
        channels = self.channels if self.chance(0.6) else self.random.choice(CHANNELS)
        item = {"inverted_residual": channels, "expand": self.random.choice((1, 2, 3)), **self.norm(), **self.act()}
        self.channels = channels
        return [item]

    def pool(self, depth: int) -> list[Item]:
        window = self.window(depth == 0)
        return [{self.random.choice(("maxpool", "avgpool")): window.pop("kernel"), **window}]

    def moved(self, depth: int) -> list[Item]:
        if self.chance(0.4) and self.channels > 2:
            start = self.random.randint(0, self.channels // 2)
            stop = self.random.randint(start + 1, self.channels)
            self.channels = stop - start
            return [{"slice": [start, stop]}]
        if self.chance(0.3) and depth == 0 and max(self.sides) < 16:
            self.sides = (2 * self.sides[0], 2 * self.sides[1])
            return [{"upsample": 2}]
        return [{"dropout": 0.2}]

    def residual(self, depth: int) -> list[Item]:
        channels, sides = self.channels, self.sides
        body = self.body(self.random.randint(1, 3), depth + 1)
        self.sides = sides
        body += self.conv(depth + 1, channels)
        item: Item = {"residual": body}
        return [item, self.random.choice(("relu", "relu6"))] if self.chance(0.4) else [item]

    def branches(self, depth: int) -> list[Item]:
        """An addition, a product or a concatenation of branches."""
        start, sides = self.channels, self.sides
        kind = self.random.choice(("add", "add", "concat", "concat", "concat", "multiply"))
        # A sum of more is ADD_N, whose kernel asks for memory of its own beside the tensors.
        count = self.random.randint(2, 4) if kind == "concat" else 2
        joined = self.random.choice(CHANNELS)
        ends: list[Any] = []
        total = 0
        for _ in range(count):
            self.channels = start
            if kind == "concat" and self.chance(0.25) and "previous" not in ends:
                ends.append("previous")
            elif kind == "concat":
                ends.append(self.body(self.random.randint(1, 3), depth + 1))
            else:
                ends.append([*self.body(self.random.randint(0, 2), depth + 1), *self.conv(depth + 1, joined)])
            total += self.channels
        self.channels = total if kind == "concat" else joined
        self.sides = sides
        item: Item = {kind: ends}
        return [item, "relu"] if kind != "concat" and self.chance(0.3) else [item]

    def gate(self, depth: int) -> list[Item]:
        return [{"squeeze_excite": max(1, self.channels // 4), "gate": "relu6"}]

    def tap(self, depth: int) -> list[Item]:
        """A layer with a name, whose output is read again later or is one of the network's, often with an activation after it."""
        self.names += 1
        name = f"tap{self.names}"
        made = self.random.choice((self.conv, self.depthwise, self.separable))(depth)
        assert isinstance(made[-1], dict)
        made[-1]["name"] = name
        self.named.append((name, self.channels, self.sides))
        self.unread.add(name)
        if self.chance(0.5):
            made.append(self.random.choice(("relu", "relu6")))
        return made

    def read(self, depth: int) -> list[Item]:
        """A join with an earlier output of the same sides."""
        fitting = [one for one in self.named if one[2] == self.sides]
        if not fitting:
            return self.conv(depth)
        name, channels, _ = self.random.choice(fitting)
        self.unread.discard(name)
        if channels == self.channels and self.chance(0.6):
            return [{"add": [name, "previous"]}]
        self.channels += channels
        return [{"concat": ["previous", name]}]


def _valid(side: int, kernel: int, stride: int) -> int:
    return (side - kernel) // stride + 1


def _text(root: dict[str, Any]) -> str:
    lines = [f"{key}: {json.dumps(root[key])}" for key in ("input", "outputs") if key in root]
    return "\n".join([*lines, "layers:", *[f"  - {json.dumps(item)}" for item in root["layers"]], ""])


def random_text(seed: int) -> str:
    """Return a file of 2 to about 240 operations."""
    random = Random(seed)
    return NetworkText(random, random.choice((2, 4, 6, 10, 15, 25, 40, 60))).text
