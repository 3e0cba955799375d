"""Attention: every position of a query meets the keys it sees, and sums up their values."""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.attention_roles import POSITIONS, Roles, Tiles, check_positions
from dsconv_cost.layers.base import Inputs
from dsconv_cost.layers.counts import Counts
from dsconv_cost.layers.fields import COUNT, DERIVED, FLAG, SIDES_FROM_0, Field, Values, Whole
from dsconv_cost.layers.join import SPLIT_FIELD, Join
from dsconv_cost.layers.kinds import OptionalSides, OwnChoice, RolesKind
from dsconv_cost.layers.product import FAMILY, PRODUCT
from dsconv_cost.layers.shapes import CHANNELS, PerSide, Shape, ceil_div, sides_of
from dsconv_cost.layers.windows import ONE, SideWindows, entire, tiled


class Attention(Join):
    """Softmax attention: for each position of the query a mean of the values, weighted by how the keys suit it.

    Three branches are query, key and value; two are the query, and the key and value one after the other; one, or none
    written, holds all three. The projections that make them are layers of their own. The output has a value's channels
    for each head, at the query's positions. A fourth branch is added to the scores: what it costs to make is a layer's.

    MACs = windows N_q N_k (C_q + heads d_v): the scores take N_q N_k C_q, the sums of values N_q N_k d_v a head.
    With over: channels, the channels of a head see one another: MACs = C_q N (d_k + d_v), at the value's positions.
    With linear: true, without a softmax, keys meet values first: MACs = windows d_k d_v (kv_heads N_k + heads N_q).
    """

    __slots__ = (
        "divisor", "grid", "heads", "kv_heads", "linear", "over", "position_bias", "shift", "temperature", "window",
    )  # fmt: skip
    divisor: bool
    grid: PerSide | None
    heads: int
    kv_heads: int
    linear: bool
    over: str
    position_bias: int
    shift: PerSide
    temperature: int
    window: PerSide | None

    type = "attention"
    family = FAMILY
    kinds = (PRODUCT,)
    passes_one = False
    takes_every_branch = True
    unobserved = ("heads", "kv_heads", "window", "grid", "shift")
    main = Field(
        "branches",
        RolesKind(3),
        "query, key and value; query and key with value; or one tensor that holds all three; a fourth branch is added to the scores",
        ("previous",),
    )
    fields = (
        Field("heads", COUNT, "how many attend side by side, each with a part of the channels", 1, ("num_heads", "n_heads", "nhead")),
        Field("kv_heads", COUNT, "heads of key and value, each shared by several of the query (1: multi-query); divides heads",
              DERIVED, ("num_kv_heads", "groups")),
        Field("window", OptionalSides(), "sides of the windows that the map falls into, whose positions see one another; the map is "
              "padded to whole windows", None, ("window_size", "ws")),
        Field("grid", OptionalSides(), "instead of window, how many windows there are along each side", None, ("grid_size", "patch_size")),
        Field("shift", SIDES_FROM_0, "by how much windows are moved, around the edges: it changes no count", 0, ("shift_size",)),
        Field("over", OwnChoice(POSITIONS, CHANNELS), "what sees one another: the positions, or the channels of each head",
              POSITIONS, ("dim", "axis")),
        Field("linear", FLAG, "whether keys meet values first, without a softmax: its cost grows with the positions, not their square",
              False),
        Field("divisor", FLAG, "with linear, whether each head carries a value of ones along, whose sum divides the others", False),
        Field("position_bias", Whole(0), "learned summands of the scores, e.g. a table of relative positions", 0,
              ("relative_position_bias", "rel_pos_bias")),
        Field("temperature", Whole(0), "learned factors of the scores", 0, ("logit_scale",)),
        SPLIT_FIELD,
    )  # fmt: skip
    also = (
        "multiheadattention", "multi_head_attention", "multihead_attention", "self_attention", "selfattention", "mhsa", "mha", "mqa",
        "sdpa", "scaled_dot_product_attention", "cross_attention", "window_attention", "xca",
    )  # fmt: skip
    formulas = {
        "output": "heads * d_v channels at the query's positions",
        "weights": "temperature",
        "biases": "position_bias",
        "macs": "windows * N_q * N_k * (C_q + heads * d_v)",
    }
    letters = {
        "windows": "parts of the map, each by itself", "N_q": "positions of the query in each", "N_k": "positions of the key in each",
        "C_q": "channels of the query", "d_k": "channels of a key of one head", "d_v": "channels of a value of one head",
        "heads": "heads of the query", "kv_heads": "heads of key and value", "divisor": "1 for the value of ones",
    }  # fmt: skip
    counted = (
        "one MAC for each product of two elements; softmax, scale and learned summands of the scores are free on purpose: "
        "0 MACs (their elements are counted for other conventions)"
    )
    source = "Vaswani et al. 2017, arXiv:1706.03762, section 3.2"

    def derived(self, field: str, values: Values) -> Any:
        return values.get("heads", 1) if field == "kv_heads" else super().derived(field, values)

    @property
    def case(self) -> str:
        if self.linear:
            return "attention linear"
        if self.position_bias or self.temperature:
            return "attention learned"  # a counter sees such parameters, or does not
        return "attention channels" if self.over == CHANNELS else "attention"

    # -- what meets -----------------------------------------------------------------------------

    def roles(self, inputs: Inputs) -> Roles:
        """Return query, key and value. Raises LayerError where they do not suit one another."""
        self._check_fields()
        if not 1 <= len(inputs) <= 4:
            raise LayerError(
                f"attention takes query, key and value, received {len(inputs)} branches: give three, or two (the second key and "
                "value), or one that holds all three; a fourth is added to the scores",
                "branches", "shape-mismatch",
            )  # fmt: skip
        roles = self._three(inputs)
        if len(inputs) == 4:
            self._check_summands(inputs[3])
        self._check_channels(roles)
        check_positions(roles, self.over)
        return roles

    def _three(self, inputs: Inputs) -> Roles:
        query, heads, shared = inputs[0], self.heads, self.kv_heads
        if len(inputs) == 1:
            parts = heads + 2 * shared
            if query.channels % parts:
                raise LayerError(
                    f"{query} holds query, key and value in one, but {parts} (heads {heads} + twice kv_heads {shared}) does not divide "
                    f"its {query.channels} channels: give another heads, split with a list of three sizes, or three branches",
                    "heads", "not-divisible",
                )  # fmt: skip
            size = query.channels // parts
            both = query.with_channels(size * shared)
            return Roles(query.with_channels(size * heads), both, both)
        self._check_query(query)
        if len(inputs) >= 3:
            return Roles(*inputs[:3])
        keys = query.channels // heads * shared
        values = inputs[1].channels - keys
        if values < 1:
            raise LayerError(
                f"the second of two branches, {inputs[1]}, holds key and value in one: the key takes {keys} channels (the query's "
                f"{query.channels} / heads {heads} * kv_heads {shared}) and leaves {values} for the value: give it more channels, "
                "or three branches",
                "branches", "shape-mismatch",
            )  # fmt: skip
        return Roles(query, inputs[1].with_channels(keys), inputs[1].with_channels(values))

    def _check_query(self, query: Shape) -> None:
        if query.channels % self.heads:
            raise LayerError(
                f"heads {self.heads} does not divide the query's {query.channels} channels: take a divisor of {query.channels}",
                "heads", "not-divisible",
            )  # fmt: skip

    def _check_summands(self, summands: Shape) -> None:
        """Refuse what cannot be added to scores: positions are looked up in it, so that any number of them suits."""
        if self.over == CHANNELS or self.linear:
            raise LayerError(
                "the fourth branch is added to scores between positions, received "
                f"{'linear: true' if self.linear else 'over: channels'}: leave one of the two out",
                "branches", "shape-mismatch",
            )  # fmt: skip
        if summands.channels not in (1, self.heads):
            raise LayerError(
                f"the fourth branch needs a channel for each of the {self.heads} heads, or one for all, received {summands}",
                "branches", "shape-mismatch",
            )  # fmt: skip

    def _check_fields(self) -> None:
        if self.heads % self.kv_heads:
            raise LayerError(
                f"kv_heads {self.kv_heads} does not divide heads {self.heads}: each serves as many heads of the query",
                "kv_heads", "not-divisible",
            )  # fmt: skip
        for field, why in self._at_odds():
            if getattr(self, field) != self._defaults[field] and (field != "kv_heads" or self.kv_heads != self.heads):
                raise LayerError(why, field, "misplaced-key")

    def _at_odds(self) -> Iterator[tuple[str, str]]:
        """Yield the fields that may not be given beside the others, and why."""
        if self.window is not None:
            yield "grid", "grid says how many windows there are, window how large they are: give one of them"
        elif self.grid is None:
            yield "shift", "shift moves windows, and there are none: give window or grid, or leave shift out"
        if not self.linear:
            yield (
                "divisor",
                "divisor is for linear attention, a softmax divides by itself: add linear: true, or leave it out",
            )
        else:
            for field in ("position_bias", "temperature"):
                yield field, f"linear attention makes no scores that {field} could change: leave it out"
        if self.over == CHANNELS:
            for field in ("window", "grid"):
                yield field, f"over: channels sums up over all positions, received {field}: leave one of the two out"
            yield (
                "linear",
                "over: channels is linear in the positions already, received linear: true: leave one of the two out",
            )
            yield (
                "kv_heads",
                f"over: channels has as many heads of key and value as of the query, received kv_heads {self.kv_heads}: leave it out",
            )
            yield (
                "position_bias",
                "position_bias is added to scores between positions, received over: channels: leave one of the two out",
            )

    def _check_channels(self, roles: Roles) -> None:
        query, key, value = roles
        self._check_query(query)
        wanted = query.channels // self.heads * self.kv_heads
        if key.channels != wanted:
            remedy = f"give it {wanted}"
            per_head = query.channels // self.heads
            if key.channels % per_head == 0 and self.heads % (key.channels // per_head) == 0 and self.over == POSITIONS:
                remedy += f", or write kv_heads: {key.channels // per_head}"
            raise LayerError(
                f"the key needs {wanted} channels (the query's {query.channels} / heads {self.heads} * kv_heads {self.kv_heads}), "
                f"received {key}: {remedy}",
                "branches", "shape-mismatch",
            )  # fmt: skip
        if value.channels % self.kv_heads:
            raise LayerError(
                f"kv_heads {self.kv_heads} does not divide the value's {value.channels} channels: take a divisor of {value.channels}",
                "kv_heads" if self.kv_heads != self.heads else "heads", "not-divisible",
            )  # fmt: skip
        if self.over == CHANNELS and key.channels != value.channels:
            raise LayerError(
                f"over: channels needs key and value of equal channels, received {key} and {value}: give them the same",
                "branches", "shape-mismatch",
            )  # fmt: skip

    def _tiles(self, roles: Roles) -> Tiles:
        query, key, _ = roles
        given, field = (self.window, "window") if self.grid is None else (self.grid, "grid")
        if given is None:
            return Tiles(1, query.positions, key.positions)
        if len(query) == 1:
            raise LayerError(
                f"{field} divides a map, received a query of {query} without sides: leave it out",
                field,
                "shape-mismatch",
            )
        sides = sides_of(given, query, field)
        if field == "window":
            if query.sides != key.sides:
                raise LayerError(
                    f"window needs query and key of equal sides, received {query} and {key}: give grid, the number of windows",
                    field, "shape-mismatch",
                )  # fmt: skip
            return Tiles(prod(map(ceil_div, query.sides, sides)), prod(sides), prod(sides))
        if len(query) != len(key):
            raise LayerError(
                f"grid needs query and key with as many sides, received {query} and {key}: reshape one",
                field,
                "shape-mismatch",
            )
        return Tiles(prod(sides), prod(map(ceil_div, query.sides, sides)), prod(map(ceil_div, key.sides, sides)))

    # -- what it makes --------------------------------------------------------------------------

    def output(self, inputs: Inputs) -> Shape:
        roles = self.roles(inputs)
        self._tiles(roles)
        sides_of(self.shift, roles.query, "shift")
        if self.over == CHANNELS:
            return roles.query
        return roles.query.with_channels(roles.value.channels // self.kv_heads * self.heads)

    def counts(self, inputs: Inputs, output: Shape) -> Counts:
        at = self.symbols(inputs, output)
        windows, n_q, n_k, c_q, heads, d_k, d_v = (
            at[s] for s in ("windows", "N_q", "N_k", "C_q", "heads", "d_k", "d_v")
        )
        if self.linear:
            # What softmax attention has of scores, the products of keys and values are here; they stay as they are.
            macs = windows * d_k * (d_v + self.divisor) * (self.kv_heads * n_k + heads * n_q)
            scores, divided = 0, windows * heads * n_q * d_v * self.divisor
        elif self.over == CHANNELS:
            macs, scores = c_q * n_k * (d_k + d_v), c_q * d_k
            divided = scores
        else:
            macs, scores = windows * n_q * n_k * (c_q + heads * d_v), windows * heads * n_q * n_k
            divided = scores
        return super().counts(inputs, output)._replace(
            macs=macs, weights=self.temperature, biases=self.position_bias,
            bias_adds=scores * (bool(self.position_bias) + (len(inputs) == 4)),
            activated=scores, positions=(c_q if self.over == CHANNELS else windows * heads * n_q) if scores else 0,
            multiplied=divided,
        )  # fmt: skip

    def windows(self, inputs: Inputs, output: Shape) -> Sequence[SideWindows]:
        query, key, _ = self.roles(inputs)
        everything = [tuple(map(entire, x.sides)) for x in inputs]
        if self.over == CHANNELS:
            return everything
        seen = tuple(map(entire, key.sides))
        if self.window is not None:
            seen = tuple(tiled(tile, tile) for tile in sides_of(self.window, query, "window"))
        elif self.grid is not None:
            parts = sides_of(self.grid, query, "grid")
            seen = tuple(map(tiled, map(ceil_div, query.sides, parts), map(ceil_div, key.sides, parts)))
        if len(inputs) == 1:
            return [seen]
        return [(ONE,) * len(query.sides), *[seen] * len(inputs[1:3]), *everything[3:]]

    def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
        roles = self.roles(inputs)
        windows, queries, keys = self._tiles(roles)
        return {
            "windows": windows, "N_q": queries, "N_k": keys, "C_q": roles.query.channels, "heads": self.heads,
            "kv_heads": self.kv_heads, "d_k": roles.query.channels // self.heads, "d_v": roles.value.channels // self.kv_heads,
            "divisor": int(self.divisor), "temperature": self.temperature, "position_bias": self.position_bias,
        }  # fmt: skip

    def formulas_on(self, inputs: Inputs) -> Mapping[str, str]:
        by_windows = "" if self.window is None and self.grid is None else "windows * "
        if self.linear:
            values = "(d_v + divisor)" if self.divisor else "d_v"
            return {**self.formulas, "macs": f"{by_windows}d_k * {values} * (kv_heads * N_k + heads * N_q)"}
        if self.over == CHANNELS:
            return {**self.formulas, "output": "the query's channels and positions", "macs": "C_q * N_k * (d_k + d_v)"}
        return {**self.formulas, "macs": f"{by_windows}N_q * N_k * (C_q + heads * d_v)"}
