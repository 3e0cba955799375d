"""A small network for each layer type, to be written as a file of another tool and read back."""

from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.fields import REQUIRED
from dsconv_cost.network.graph import Network
from tests.networks import body, network

ITEMS: dict[str, tuple[str, ...]] = {
    "conv": ("{conv: 8, kernel: 3}", "{conv: 8, kernel: [3, 5], stride: [2, 1], padding: [0, 1, 2, 0], dilation: 2, groups: 4}",
             "{conv: 8, kernel: 4, stride: 3, bias: false}", "{conv: 6, kernel: 2, stride: 4}"),
    "dwconv": ("{dwconv: 3, stride: 2}", "{dwconv: [3, 1], depth_multiplier: 2, padding: 1, bias: false}"),
    "conv_transpose": ("{conv_transpose: 6, kernel: 3, stride: 2, padding: 1, output_padding: 1}",
                       "{conv_transpose: 4, kernel: 2, stride: 2, groups: 2, bias: false}", "{conv_transpose: 4, kernel: 1, stride: 3}"),
    "linear": ("[global_avgpool, {linear: 10}]", "[flatten, {linear: 7, bias: false}, relu, {linear: 3}]"),
    "batchnorm": ("batchnorm", "{batchnorm, scale: false}"),
    "layernorm": ("layernorm",),
    "groupnorm": ("{groupnorm: 2}",),
    "instancenorm": ("instancenorm", "{instancenorm, scale: false, shift: false}"),
    "rmsnorm": ("rmsnorm",),
    "grn": ("grn",),
    "lrn": ("lrn",),
    "channel_scale": ("channel_scale", "{channel_scale, shift: true}", "{channel_scale, shared: true}"),
    "prelu": ("prelu", "{prelu, slopes: per_layer}", "{prelu, slopes: per_element}"),
    "maxpool": ("{maxpool: 2}", "{maxpool: 3, stride: 2, padding: 1}", "{maxpool: 3, stride: 2, ceil_mode: true}",
                "{maxpool: 3, stride: 2, padding: same}", "{maxpool: [2, 1], stride: [3, 2], ceil_mode: true, padding: [1, 0]}"),
    "avgpool": ("{avgpool: 2}", "{avgpool: 3, stride: 2, padding: 1, count_padding: false}"),
    "blur_pool": ("{blur_pool: 3}",),
    "adaptive_avgpool": ("{adaptive_avgpool: [2, 4]}",),
    "reduce": ("{reduce: mean}", "{reduce: max, over: channels}", "{reduce: sum, over: [channels, width]}"),
    "add": ("{add: [previous, relu]}", "{add: [previous, relu, global_avgpool]}"),
    "subtract": ("{subtract: [previous, relu]}",),
    "maximum": ("{maximum: [previous, relu, abs]}",),
    "minimum": ("{minimum: [previous, relu]}",),
    "multiply": ("{multiply: [previous, relu, tanh]}",),
    "divide": ("{divide: [previous, global_maxpool]}",),
    "concat": ("{concat: [previous, relu]}", "{concat: [previous, {conv: 8, kernel: 3, stride: [2, 1]}], along: height}"),
    "flatten": ("flatten", "[flatten, batchnorm]"),
    "reshape": ("{reshape: [-1, 2, 12]}",),
    "permute": ("{permute: [width, channels, height]}",),
    "channel_shuffle": ("{channel_shuffle: 4}",),
    "space_to_depth": ("{space_to_depth: 2}",),
    "depth_to_space": ("{depth_to_space: 2}",),
    "slice": ("{slice: [2, 6]}", "{slice, height: [0, 8], width: [3, 5]}"),
    "pad": ("{pad: 1}", "{pad: [0, 1, 2, 3]}", "{pad, channels: [0, 4]}"),
    "crop": ("{crop: [4, 6]}",),
    "upsample": ("{upsample: 2}", "{upsample: [2, 3], mode: bilinear}"),
    "resize": ("{resize: [5, 31]}", "{resize: [16, 24], mode: nearest}"),
    "dropout": ("{dropout: 0.2}",),
    "attention": ("[{conv: 12, kernel: 1}, {attention, heads: 2}]", "{attention: [{conv: 4, kernel: 1}, {conv: 6, kernel: 1}], heads: 2}",
                  "{attention: [{conv: 4, kernel: 1}, [{maxpool: 2}, {conv: 4, kernel: 1}], {avgpool: 2}]}"),
    "matmul": ("{matmul: [previous, relu], transposed: second}",),
    "parameter": ("{add: [previous, {parameter: [8, 8, 12]}]}", "{multiply: [{parameter: [8, 1, 1]}, tanh]}"),
    "expand": ("[global_avgpool, {expand: [-1, 4, 4]}]",),
    "glu": ("glu", "{glu: tanh}"),
    "gru": ("[{reshape: [8, 96]}, {gru: 4}]", "[{reshape: [8, 96]}, {gru: 6, directions: 2, biases: 0, returns: last}]"),
    "lstm": ("[{reshape: [8, 96]}, {lstm: 4}]", "[{reshape: [8, 96]}, {lstm: 5, directions: 2, peepholes: true, biases: 0}]"),
    "rnn": ("[{reshape: [8, 96]}, {rnn: 4, directions: 2}]",),
    "embedding": ("[{reduce: max, over: channels}, {embedding: 8, vocabulary: 100}]",),
}  # fmt: skip
"""Type -> items on 8 channels of 8 x 12. A type that is not here is an item of its word alone."""


def samples(type_: str) -> list[Network]:
    """Return small networks that each have a layer of the type."""
    layers = [
        f"- {item}" if not item.startswith("[") else _several(item) for item in ITEMS.get(type_, (_example(type_),))
    ]
    return [network(body(f"{items}\n- relu", "8, 8, 12")) for items in layers]


def _example(type_: str) -> str:
    """Return an item of a type with the values that the reference shows for what it requires."""
    layer = LAYERS[type_]
    fields = [field for field in layer.fields if field.default is REQUIRED]
    main = f": {layer.main.kind.example}" if layer.main is not None and layer.main.default is REQUIRED else ""
    return "{" + ", ".join([type_ + main, *(f"{field.name}: {field.kind.example}" for field in fields)]) + "}"


def _several(items: str) -> str:
    return f"- sequential: {items}"
