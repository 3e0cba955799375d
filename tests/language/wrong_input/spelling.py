"""Names of other frameworks, types, items and their keys."""

from tests.language.wrong_input.case import Case, item

CASES: tuple[Case, ...] = (
    # names of other frameworks
    item(
        "Conv2d, a type of PyTorch", "- {Conv2d: 8, kernel: 3}", (3, 4, "unknown type 'Conv2d': did you mean 'conv'?")
    ),
    item("BatchNorm2d", "- BatchNorm2d", (3, 3, "unknown type 'BatchNorm2d': did you mean 'batchnorm'?")),
    item(
        "BatchNormalization, a type of Keras",
        "- BatchNormalization",
        (3, 3, "unknown type 'BatchNormalization': did you mean 'batchnorm'?"),
    ),
    item("Dense", "- {Dense: 8}", (3, 4, "unknown type 'Dense': did you mean 'linear'?")),
    item("ReLU in PyTorch's letters", "- ReLU", (3, 3, "unknown type 'ReLU': did you mean 'relu'?")),
    item("MaxPool2d", "- {MaxPool2d: 2}", (3, 4, "unknown type 'MaxPool2d': did you mean 'maxpool'?")),
    item(
        "AveragePooling2D",
        "- {AveragePooling2D: 2}",
        (3, 4, "unknown type 'AveragePooling2D': did you mean 'avgpool'?"),
    ),
    item(
        "AdaptiveAvgPool2d",
        "- {AdaptiveAvgPool2d: 1}",
        (3, 4, "unknown type 'AdaptiveAvgPool2d': did you mean 'adaptive_avgpool'?"),
    ),
    item(
        "GlobalAveragePooling2D",
        "- GlobalAveragePooling2D",
        (3, 3, "unknown type 'GlobalAveragePooling2D': did you mean 'global_avgpool'?"),
    ),
    item("SeparableConv2D", "- {SeparableConv2D: 8}", (3, 4, "unknown type 'SeparableConv2D': did you mean 'dsconv'?")),
    item("DepthwiseConv2D", "- {DepthwiseConv2D: 3}", (3, 4, "unknown type 'DepthwiseConv2D': did you mean 'dwconv'?")),
    item(
        "ConvTranspose2d",
        "- {ConvTranspose2d: 8, kernel: 2}",
        (3, 4, "unknown type 'ConvTranspose2d': did you mean 'conv_transpose'?"),
    ),
    item(
        "Concatenate",
        "- {Concatenate: [previous, previous]}",
        (3, 4, "unknown type 'Concatenate': did you mean 'concat'?"),
    ),
    item("MBConv", "- {MBConv: 8}", (3, 4, "unknown type 'MBConv': did you mean 'inverted_residual'?")),
    item(
        "swish as an activation",
        "- {conv: 8, kernel: 3, activation: swish}",
        (3, 36, "unknown name 'swish': did you mean 'silu'?"),
    ),
    item(
        "ReLU6 as an activation",
        "- {conv: 8, kernel: 3, activation: ReLU6}",
        (3, 36, "unknown name 'ReLU6': did you mean 'relu6'?"),
    ),
    item(
        "hswish as an activation",
        "- {conv: 8, kernel: 3, activation: hswish}",
        (3, 36, "unknown name 'hswish': did you mean 'hardswish'?"),
    ),
    item("bn as a norm", "- {conv: 8, kernel: 3, norm: bn}", (3, 30, "unknown name 'bn': did you mean 'batch'?")),
    item(
        "BatchNorm2d as a norm",
        "- {conv: 8, kernel: 3, norm: BatchNorm2d}",
        (3, 30, "unknown name 'BatchNorm2d': did you mean 'batch'?"),
    ),
    item(
        "kernel_size and strides",
        "- {conv: 8, kernel_size: 3, strides: 2}",
        (3, 13, "unknown field 'kernel_size' of conv: did you mean 'kernel'?"),
        (3, 29, "unknown field 'strides' of conv: did you mean 'stride'?"),
    ),
    item(
        "filters with an empty main field",
        "- {conv: , filters: 8, kernel: 3}",
        (3, 12, "unknown field 'filters' of conv: write out_channels as conv's value: {conv: 8, ...}"),
    ),
    item(
        "filters beside the main field",
        "- {conv: 8, filters: 8, kernel: 3}",
        (3, 13, "unknown field 'filters' of conv: write out_channels as conv's value: {conv: 8, ...}"),
    ),
    item(
        "use_bias",
        "- {conv: 8, kernel: 3, use_bias: true}",
        (3, 24, "unknown field 'use_bias' of conv: did you mean 'bias'?"),
    ),
    item(
        "dilation_rate",
        "- {conv: 8, kernel: 3, dilation_rate: 2}",
        (3, 24, "unknown field 'dilation_rate' of conv: did you mean 'dilation'?"),
    ),
    item(
        "pool_size",
        "- {maxpool: , pool_size: 2}",
        (3, 15, "unknown field 'pool_size' of maxpool: write kernel as maxpool's value: {maxpool: 2, ...}"),
    ),
    item(
        "units",
        "- {linear: , units: 2}",
        (3, 14, "unknown field 'units' of linear: write out_features as linear's value: {linear: 2, ...}"),
    ),
    item(
        "the type in a field of its own",
        "- {type: conv, out_channels: 8, kernel: 3}",
        (3, 4, "write the type of an item as its key: {conv: ..., field: ...}"),
    ),
    # types and items
    item("near miss of a type", "- {con: 8, kernel: 3}", (3, 4, "unknown type 'con': did you mean 'conv'?")),
    item(
        "unknown type", "- {warp: 8}", (3, 4, "unknown type 'warp': `dsconv-cost reference` lists the built-in types")
    ),
    item(
        "two types in one item",
        "- {conv: 8, kernel: 3, relu: }",
        (3, 24, "two types in one item, 'conv' and 'relu': write two items, each after its own dash"),
    ),
    item(
        "empty mapping", "- {}", (3, 3, "received an empty mapping, expected an ... its fields ({conv: 64, kernel: 3})")
    ),
    item(
        "empty item", "-", (3, 2, "received nothing, expected an item: a type ... its fields ({conv: 64, kernel: 3})")
    ),
    item(
        "list inside a body",
        "- [relu]",
        (3, 3, "received a list inside a body, expected an item: write a group of items as sequential"),
    ),
    item(
        "null as an item",
        "- null",
        (3, 3, "received 'null', expected an item: a type ... its fields ({conv: 64, kernel: 3})"),
    ),
    item(
        "tilde as an item",
        "- ~",
        (3, 3, "received '~', expected an item: a type ... its fields ({conv: 64, kernel: 3})"),
    ),
    item(
        "number as an item",
        "- 8",
        (3, 3, "received '8', expected an item: a type ... its fields ({conv: 64, kernel: 3})"),
    ),
    item(
        "true as an item",
        "- true",
        (3, 3, "received 'true', expected an item: a type ... its fields ({conv: 64, kernel: 3})"),
    ),
    item(
        "text as an item",
        '- "a b"',
        (3, 3, "received 'a b', expected an item: a type ... its fields ({conv: 64, kernel: 3})"),
    ),
    item(
        "fields without a type",
        "- {kernel: 3, stride: 2}",
        (3, 3, "received fields without a type (kernel, ... its fields ({conv: 64, kernel: 3})"),
    ),
    item("if as a type", "- {if: true}", (3, 4, "unknown type 'if': leave an item out with when: condition")),
    item(
        "relu with a value",
        "- {relu: 6}",
        (3, 10, "relu takes no value after its colon: write relu alone, or {relu, when: ...}"),
    ),
    item(
        "dropout with a rate beyond 1",
        "- {dropout: 20}",
        (3, 13, "dropout rate: received 20, expected a number from 0 to 1"),
    ),
    item(
        "dropout with a key of Keras",
        "- {dropout, rate: 0.2}",
        (3, 13, "write rate as dropout's value: {dropout: 0.2, ...}"),
    ),
    item(
        "identity with a value",
        "- {identity: 3}",
        (3, 14, "identity takes no value after its colon: ... alone, or {identity, when: ...}"),
    ),
    item(
        "conv without anything",
        "- conv",
        (3, 3, "conv needs out_channels (as its value: ... of at least 1, or one for each side: [height, width])"),
    ),
    item(
        "conv without a value",
        "- {conv: , kernel: 3}",
        (3, 4, "conv needs out_channels (as its value: a whole number of at least 1)"),
    ),
    item(
        "conv without a kernel",
        "- {conv: 8}",
        (3, 4, "conv needs kernel (a whole number of at least 1, or one for each side: [height, width])"),
    ),
    item(
        "dwconv without a kernel",
        "- dwconv",
        (3, 3, "dwconv needs kernel (as its value: a ... of at least 1, or one for each side: [height, width])"),
    ),
    item(
        "a type without the space after its colon",
        "- {conv:8, kernel: 3}",
        (3, 4, "'conv:8' needs a space after its colon: write conv: 8"),
    ),
    item("a type without its colon", "- {conv 8, kernel: 3}", (3, 4, "'conv 8' needs a colon: write conv: 8")),
    item("no space after the dash", "-relu", (3, 1, "this dash needs a space after it: write - relu")),
    item(
        "previous as an item",
        "- previous",
        (3, 3, "'previous' is a tensor, not an item: write it as a branch of a join"),
    ),
    item("input as an item", "- input", (3, 3, "'input' is a tensor, not an item: write it as a branch of a join")),
    item("all x as an item", "- all x", (3, 3, "'all x' is a tensor, not an item: write it as a branch of a join")),
    item(
        "a tensor's name as an item",
        "- {relu, name: stem}\n- stem",
        (4, 3, "'stem' is a tensor, not an item: to start there, write from: stem"),
    ),
    # keys
    item(
        "unknown field",
        "- {conv: 8, kernel: 3, colour: red}",
        (3, 24, "unknown field 'colour' of conv: its fields ... bias, norm, activation, convert, separable"),
    ),
    item(
        "near miss of a field",
        "- {conv: 8, kernel: 3, strid: 2}",
        (3, 24, "unknown field 'strid' of conv: did you mean 'stride'?"),
    ),
    item(
        "near miss of the field that is needed",
        "- {conv: 8, kernle: 3}",
        (3, 13, "unknown field 'kernle' of conv: did you mean 'kernel'?"),
    ),
    item("if instead of when", "- {relu, if: true}", (3, 10, "unknown field 'if' of relu: did you mean 'when'?")),
    item(
        "a field that dsconv does not have",
        "- {dsconv: 8, groups: 2}",
        (
            3,
            15,
            "unknown field 'groups' of dsconv: its ... padding, dilation, depth_multiplier, bias, dw_bias, norm, activation",
        ),
    ),
    item(
        "the main field by its name",
        "- {dwconv: 3, kernel: 3}",
        (3, 15, "write kernel as dwconv's value: {dwconv: 3, ...}"),
    ),
    item(
        "no space after a field's colon",
        "- {conv: 8, kernel:3}",
        (3, 13, "'kernel:3' needs a space after its colon: write kernel: 3"),
    ),
    item("no colon after a field", "- {conv: 8, kernel 3}", (3, 13, "'kernel 3' needs a colon: write kernel: 3")),
    item(
        "a field twice",
        "- {conv: 8, kernel: 3, kernel: 5}",
        (3, 24, "duplicate key 'kernel' (first on line 3): remove one"),
    ),
    item("a list as a key", "- {conv: 8, kernel: 3, [a]: 1}", (3, 24, "a list cannot be a key: keys are words")),
    item("a template's braces", "- {conv: {{width}}, kernel: 3}", (3, 11, "a mapping cannot be a key: keys are words")),
    item(
        "merge key",
        "- {<<: {kernel: 3}, conv: 8}",
        (3, 4, "merge keys (<<) are not supported: use defaults or a block"),
    ),
)
