"""transformer: the block of vision transformers, attention and a perceptron at every position."""

from collections.abc import Mapping
from typing import Any

from dsconv_cost.errors import LayerError
from dsconv_cost.layers.attention import Attention
from dsconv_cost.layers.composites.base import Build, Composite, given
from dsconv_cost.layers.fields import COUNT, DERIVED, FLAG, Field, Values
from dsconv_cost.layers.kinds import RATIO
from dsconv_cost.layers.norm_and_activation import ACTIVATION_KIND
from dsconv_cost.layers.values import whole_part

_HELD = ("kv_heads", "window", "grid", "shift", "position_bias")
"""The fields of attention that it has too."""


class Transformer(Composite):
    """A transformer block: to the input is added attention over its positions, and to that a perceptron of two linear layers.

    A layer norm comes before each of the two, or after each sum. With reduction: r, a convolution r x r of stride r and a norm
    make fewer keys and values (PVT).
    """

    type = "transformer"
    main = Field("heads", COUNT, "heads of the attention", also=("num_heads", "nhead"))
    fields = (
        Field("mlp", RATIO, "hidden values of the perceptron for each channel", 4, ("mlp_ratio", "ffn", "feedforward")),
        Field("activation", ACTIVATION_KIND, "the activation of the perceptron", "gelu", ("act",)),
        Field("head_channels", COUNT, "channels of a query, key and value of one head; the channels arriving / heads unless given",
              DERIVED, ("head_dim", "dim_head", "key_dim")),
        Field("qkv_bias", FLAG, "whether query, key and value have an offset", True),
        Field("reduction", COUNT, "kernel and stride of the convolution that makes fewer keys and values; 1 has none", 1, ("sr_ratio",)),
        Field("layer_scale", FLAG, "whether a factor is learned for each channel that is added", False),
        Field("post_norm", FLAG, "whether the norms come after the sums, not before attention and perceptron", False),
        *(field for field in Attention.fields if field.name in _HELD),
    )  # fmt: skip
    also = (
        "transformer_block",
        "transformerencoderlayer",
        "transformer_encoder",
        "encoder_block",
        "vit_block",
        "swin_block",
    )
    fewest_layers = 9
    made_of = (
        "norm1: layernorm; qkv: linear; attention; proj: linear; scale1: channel_scale; add1; norm2; fc1: linear with activation; "
        "fc2: linear; scale2; add2. With reduction: q: linear; reduce: conv; norm: layernorm; kv: linear"
    )
    source = "Vaswani et al. 2017, arXiv:1706.03762; Dosovitskiy et al. 2021, arXiv:2010.11929, Figure 1"

    @classmethod
    def expand(cls, values: Values, inner: Mapping[str, Values], build: Build, x: int) -> int:
        channels = build.channels(x)
        hidden = channels * values["mlp"]
        if hidden != whole_part(hidden):
            raise LayerError(
                f"mlp {values['mlp']} makes {hidden} of the {channels} channels arriving, expected a whole number: take another mlp",
                "mlp", "not-divisible",
            )  # fmt: skip
        block = _Block(values, build, channels)
        y = block.added(1, x, lambda y: block.attention(y))
        return block.added(2, y, lambda y: block.perceptron(y, whole_part(hidden)))


class _Block:
    """The layers of one block."""

    def __init__(self, values: Values, build: Build, channels: int) -> None:
        self.values, self.build, self.channels = values, build, channels

    def added(self, number: int, x: int, part: Any) -> int:
        """Add a part to its input, with the norm before it or behind the sum."""
        after = self.values["post_norm"]
        y = part(x if after else self.norm(f"norm{number}", x))
        if self.values["layer_scale"]:
            y = self.build.layer(f"scale{number}", "channel_scale", (y,), {})
        y = self.build.layer(f"add{number}", "add", (y, x), {})
        return self.norm(f"norm{number}", y) if after else y

    def norm(self, label: str, x: int) -> int:
        return self.build.layer(label, "layernorm", (x,), {})

    def linear(self, label: str, x: int, out: int, **fields: Any) -> int:
        return self.build.layer(label, "linear", (x,), {"out_features": out, **fields})

    def attention(self, x: int) -> int:
        values, heads = self.values, self.values["heads"]
        size = values["head_channels"]
        if size is DERIVED:
            if self.channels % heads:
                raise LayerError(
                    f"heads {heads} does not divide the {self.channels} channels arriving: take a divisor of {self.channels}, or give "
                    "head_channels",
                    "heads", "not-divisible",
                )  # fmt: skip
            size = self.channels // heads
        shared = heads if values["kv_heads"] is DERIVED else values["kv_heads"]
        queries, keys, bias = heads * size, shared * size, values["qkv_bias"]
        if values["reduction"] == 1:
            inputs: tuple[int, ...] = (self.linear("qkv", x, queries + 2 * keys, bias=bias),)
        else:
            window = {"kernel": values["reduction"], "stride": values["reduction"], "padding": 0}
            try:
                y = self.build.layer("reduce", "conv", (x,), {"out_channels": self.channels, **window})
            except LayerError as error:
                raise LayerError(f"reduction: {error}", "reduction", error.code) from None
            fewer = self.norm("norm", y)
            inputs = (self.linear("q", x, queries, bias=bias), self.linear("kv", fewer, 2 * keys, bias=bias))
        fields = {"heads": heads, **given(values, *_HELD)}
        return self.linear("proj", self.build.layer("attention", "attention", inputs, fields), self.channels)

    def perceptron(self, x: int, hidden: int) -> int:
        return self.linear(
            "fc2", self.linear("fc1", x, hidden, activation=self.values["activation"]), self.channels
        )  # fmt: skip
