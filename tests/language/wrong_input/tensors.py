"""Common keys, names of tensors, joins, residuals and shapes."""

from tests.language.wrong_input.case import Case, item

CASES: tuple[Case, ...] = (
    # common keys
    item("a number for when", "- {relu, when: 1}", (3, 16, "when: received 1, expected true or false")),
    item("yes for when", "- {relu, when: yes}", (3, 16, "yes is not a value here: write true")),
    item(
        "nothing for when",
        "- {relu, when: }",
        (3, 16, "received nothing, expected a value: a number, a word or an expression"),
    ),
    item("a word for when", "- {relu, when: same}", (3, 16, "when: received the word same, expected true or false")),
    item(
        "every item left out",
        "- {relu, when: false}",
        (3, 3, "every item is left out: a network has at least one layer"),
    ),
    item(
        "repeat 0 of the only item",
        "- {relu, repeat: 0}",
        (3, 3, "every item is left out: a network has at least one layer"),
    ),
    item(
        "negative repeat", "- {relu, repeat: -1}", (3, 18, "repeat: received -1, expected a whole number of at least 0")
    ),
    item(
        "fractional repeat",
        "- {relu, repeat: 1.5}",
        (3, 18, "repeat: received 1.5, expected a whole ... ceil, floor or make_divisible"),
    ),
    item(
        "a word for repeat",
        "- {relu, repeat: same}",
        (3, 18, "repeat: received the word same, expected a whole number of at least 0"),
    ),
    item(
        "a list for repeat",
        "- {relu, repeat: [1, 2]}",
        (3, 18, "repeat: received the list [1, 2], expected a whole number of at least 0"),
    ),
    item(
        "repeat of 10**9",
        "- {relu, repeat: 10**9}",
        (3, 18, "the network would have at least ... raise the bound with --layer-bound"),
    ),
    item(
        "repeat of 10**9 that makes nothing",
        "- {sequential: [{relu, when: false}], repeat: 1000000000}\n- relu",
        (3, 47, "more than ... items and joined tensors by here: lower repeat or copies"),
    ),
    item(
        "repeats in repeats",
        "- {sequential: [{sequential: [{relu, repeat: 1000}], repeat: 1000}], repeat: 1000}",
        (3, 78, "the network would have at least ... raise the bound with --layer-bound"),
    ),
    item(
        "first without repeat",
        "- {conv: 8, kernel: 3, first: {stride: 2}}",
        (3, 31, "`first` needs `repeat`: add it, or write the field itself"),
    ),
    item(
        "unknown field in first",
        "- {conv: 8, kernel: 3, repeat: 2, first: {strid: 2}}",
        (3, 43, "unknown field 'strid' of conv: did you mean 'stride'?"),
    ),
    item(
        "wrong value in first",
        "- {conv: 8, kernel: 3, repeat: 2, first: {stride: 0}}",
        (
            3,
            51,
            "conv stride: received 0, expected a whole number of at least 1, or one for each side: [height, width]",
        ),
    ),
    item(
        "a number for first",
        "- {conv: 8, kernel: 3, repeat: 2, first: 2}",
        (3, 42, "received '2', expected a mapping of fields to their values in the first repetition"),
    ),
    item(
        "name in first",
        "- {conv: 8, kernel: 3, repeat: 2, first: {name: a}}",
        (3, 43, "'name' cannot differ in the first repetition: first changes other fields"),
    ),
    item(
        "copies outside a join",
        "- {relu, copies: 2}",
        (3, 10, "`copies` is for a branch written as one item: to repeat an item, use `repeat`"),
    ),
    item(
        "copies inside a branch's list",
        "- add: [[{relu, copies: 2}], previous]",
        (3, 17, "`copies` is for a branch written as one item: to repeat an item, use `repeat`"),
    ),
    item(
        "negative copies",
        "- concat: [{relu, copies: -1}, previous]",
        (3, 27, "copies: received -1, expected a whole number of at least 0"),
    ),
    item(
        "copies of 10**9",
        "- concat: [{relu, copies: 1000000000}]",
        (3, 3, "the network would have at least ... raise the bound with --layer-bound"),
    ),
    # names of tensors
    item(
        "name that starts with a digit",
        "- {relu, name: 1a}",
        (3, 16, "received '1a', expected a name of at most 100 letters, digits, _ . -, starting with a letter or _"),
    ),
    item(
        "name with an escape sequence",
        '- {relu, name: "a\\e[31m"}',
        (
            3,
            16,
            "received 'a\\x1b[31m', expected a name of at most 100 letters, digits, _ . -, starting with a letter or _",
        ),
    ),
    item(
        "empty name",
        "- {relu, name: }",
        (3, 16, "received nothing, expected a name of at most 100 letters, digits, _ . -, starting with a letter or _"),
    ),
    item(
        "list as a name",
        "- {relu, name: [a, b]}",
        (3, 16, "relu has one output: give it one name: received 2 names"),
    ),
    item(
        "list in a list of names",
        "- {relu, name: [[a]]}",
        (3, 17, "received a list, expected a name of at most 100 letters, digits, _ . -, starting with a letter or _"),
    ),
    item(
        "a type as a name",
        "- {relu, name: conv}",
        (3, 16, "'conv' cannot be the name of an item: it is a type"),
    ),
    item(
        "reserved word as a name",
        "- {relu, name: previous}",
        (3, 16, "'previous' cannot be the name of an item: it is reserved"),
    ),
    item(
        "name that ends like a part",
        "- {relu, name: a.act}",
        (3, 16, "'a.act' cannot be the name of an item: parts of items end in .norm and .act"),
    ),
    item(
        "name twice",
        "- {relu, name: a}\n- {relu, name: a}",
        (4, 16, "duplicate name 'a' (first on line 3): rename one"),
    ),
    item(
        "name of another item's label",
        "- relu\n- {relu, name: relu1}",
        (4, 16, "the item on line 3 is also named 'relu1': rename one"),
    ),
    item(
        "from an unknown name",
        "- {relu, name: stem}\n- {relu, from: stm}",
        (4, 16, "no item named 'stm': did you mean 'stem'?"),
    ),
    item(
        "from a later name",
        "- {relu, from: late}\n- {relu, name: late}",
        (3, 16, "'late' is not made before this item (see ... or left-out item only inside it"),
    ),
    item("from previous", "- {relu, from: previous}", (3, 16, "'previous' is for branches of joins only")),
    item(
        "from a list",
        "- {relu, from: [a, b]}",
        (3, 16, "relu has one input: from names 2"),
    ),
    item(
        "from an item that was left out",
        "- {relu, name: a, when: false}\n- {relu, from: a}",
        (4, 16, "'a' was left out here: its item has when: false or repeat: 0"),
    ),
    item(
        "resize to an unknown name",
        "- {resize: p3}",
        (3, 12, "no item named 'p3': give the intended item this name"),
    ),
    item(
        "crop to a larger map",
        "- {crop: [64, 64]}",
        (3, 10, "crop: cannot crop 3x32x32 to 64 x 64: a crop only takes away; use resize or pad"),
    ),
    item(
        "output that nothing uses",
        "- {relu, name: p3}\n- {conv: 8, kernel: 3, from: input}",
        (3, 3, "nothing uses p3: join it, name it in outputs, or take it out"),
    ),
    item(
        "output of a repeated item that nothing uses",
        "- {conv: 8, kernel: 3, repeat: 3}\n- {conv: 8, kernel: 3, from: input}",
        (3, 3, "nothing uses conv1[3]: join it, name it in outputs, or take it out"),
    ),
    # joins
    item(
        "add of unequal channels",
        "- add: [previous, {conv: 8, kernel: 3}]",
        (3, 3, "add needs branches of equal shape (or 1 ... channels and strides, or use concat"),
    ),
    item(
        "concat of unequal maps",
        "- concat: [previous, {conv: 3, kernel: 3, stride: 2}]",
        (3, 3, "concat needs branches of equal height and ... and padding, or crop or resize one"),
    ),
    item(
        "multiply of unequal channels",
        "- multiply: [previous, {conv: 2, kernel: 1}]",
        (3, 3, "multiply needs branches of equal shape (or ... channels and strides, or use concat"),
    ),
    item(
        "a mapping for branches",
        "- add: {conv: 8, kernel: 3}",
        (3, 8, "received a mapping, expected a list of branches for add: [previous, [conv ...]]"),
    ),
    item(
        "a name for branches",
        "- add: previous",
        (3, 8, "received 'previous', expected a list of branches for add: [previous, [conv ...]]"),
    ),
    item("no branches", "- add: []", (3, 8, "add has no branches: list what it joins")),
    item("add alone", "- add", (3, 3, "add needs branches (as its value: a ... a body or the name of a tensor)")),
    item(
        "add without a value",
        "- {add: }",
        (3, 4, "add needs branches (as its value: a ... a body or the name of a tensor)"),
    ),
    item("unknown branch", "- add: [previous, p3]", (3, 19, "no item named 'p3': give the intended item this name")),
    item(
        "tilde as a branch",
        "- add: [previous, ~]",
        (3, 19, "received '~', expected a branch: a body, or the name of a tensor"),
    ),
    item(
        "number as a branch",
        "- add: [previous, 3]",
        (3, 19, "received '3', expected a branch: a body, or the name of a tensor"),
    ),
    item(
        "empty list as a branch",
        "- add: [previous, []]",
        (3, 19, "received an empty list, expected the items of a branch"),
    ),
    item(
        "all of an unknown name",
        "- concat: [all y, previous]",
        (3, 12, "no item named 'y': give the intended item this name"),
    ),
    item(
        "all of the input",
        "- concat: [all input]",
        (3, 12, "all input: input is one tensor; write all before the name of a repeated item"),
    ),
    item(
        "split that does not divide",
        "- {concat: [relu, relu], split: 2}",
        (3, 33, "split 2 does not divide the 3 channels ... a divisor of 3, or a list of sizes"),
    ),
    item(
        "split sizes that do not add up",
        "- {concat: [relu, relu], split: [1, 1]}",
        (3, 33, "split: the parts of the list [1, 1] add up to 2, not to the 3 channels arriving"),
    ),
    item(
        "more parts than branches",
        "- {concat: [relu], split: [1, 2]}",
        (3, 27, "split makes 2 parts, and the branches are 1: make one for each branch"),
    ),
    item(
        "more branches than parts",
        "- {concat: [relu, relu, relu], split: [1, 2]}",
        (3, 39, "split makes 2 parts, and there are more branches: make one for each branch"),
    ),
    item(
        "split of zero parts",
        "- {concat: [relu, relu], split: 0}",
        (3, 33, "concat split: received 0, expected a number ... parts, or the list of their sizes"),
    ),
    item(
        "split of sequential",
        "- {sequential: [relu], split: 3}",
        (3, 24, "unknown field 'split' of sequential: it has no other fields"),
    ),
    item(
        "only branch left is the input",
        "- add: [previous, {relu, when: false}]",
        (3, 3, "every item is left out: a network has at least one layer"),
    ),
    # residuals
    item(
        "body that changes channels",
        "- residual: [{conv: 8, kernel: 3}]",
        (3, 3, "residual: the body turns 3x32x32 into ... (a body), or none to add nothing"),
    ),
    item(
        "body that strides",
        "- residual: [{conv: 3, kernel: 3, stride: 2}]",
        (3, 3, "residual: the body turns 3x32x32 into ... (a body), or none to add nothing"),
    ),
    item(
        "shortcut of another shape",
        "- {residual: [{conv: 8, kernel: 3}], shortcut: {conv: 4, kernel: 1}}",
        (3, 48, "residual: add needs branches of equal shape ... channels and strides, or use concat"),
    ),
    item(
        "number as a shortcut",
        "- {residual: [{conv: 8, kernel: 3}], shortcut: 3}",
        (3, 48, "received '3', expected an item: a type ... its fields ({conv: 64, kernel: 3})"),
    ),
    item(
        "previous as a shortcut",
        "- {residual: [{conv: 8, kernel: 3}], shortcut: previous}",
        (3, 48, "'previous' is a tensor, not an item: write it as a branch of a join"),
    ),
    item(
        "shortcut left out",
        "- {residual: [{conv: 8, kernel: 3}], shortcut: [{conv: 8, kernel: 3, when: false}]}",
        (3, 48, "residual: every item of the shortcut is ... write shortcut: none to add nothing"),
    ),
    item("empty body", "- residual: []", (3, 13, "received an empty list, expected a list of items, or one item")),
    item("no body", "- residual:", (3, 3, "residual needs body (as its value: a list of items, or one item)")),
    item("residual alone", "- residual", (3, 3, "residual needs body (as its value: a list of items, or one item)")),
    # shapes
    item(
        "groups that do not divide what arrives",
        "- {conv: 8, kernel: 3, groups: 2}",
        (3, 32, "conv: groups 2 does not divide the 3 ... another number of channels before"),
    ),
    item(
        "groups that do not divide what leaves",
        "- {conv: 8, kernel: 3, groups: 3}",
        (3, 32, "conv: groups 3 does not divide the 8 output channels: take one of 1, 2, 4, 8"),
    ),
    item(
        "groups of groupnorm",
        "- {groupnorm: 2}",
        (3, 15, "groupnorm: groups 2 does not divide the 3 channels arriving: take a divisor of 3"),
    ),
    item(
        "groups of a shuffle",
        "- {channel_shuffle: 2}",
        (3, 21, "channel_shuffle: groups 2 does not divide ... arriving: take a divisor of 3"),
    ),
    item(
        "kernel larger than its input",
        "- {conv: 8, kernel: 64, padding: 0}",
        (3, 21, "conv: a kernel of 64 does not fit the input ... a smaller kernel, or more padding"),
    ),
    item(
        "dilated kernel larger than its input",
        "- {conv: 8, kernel: 3, dilation: 40, padding: 0}",
        (3, 21, "conv: a kernel of 3 with dilation 40 (it ... a smaller kernel, or more padding"),
    ),
    item(
        "pool larger than its input",
        "- {maxpool: 64}",
        (3, 13, "maxpool: a kernel of 64 does not fit the ... a smaller kernel, or more padding"),
    ),
    item(
        "slice beyond the channels", "- {slice: [0, 10]}", (3, 11, "slice: stop 10 is beyond the 3 channels arriving")
    ),
    item(
        "subtract of one branch",
        "- subtract: [relu]",
        (3, 3, "subtract takes the second branch from the first, received 1: give two branches"),
    ),
    item(
        "divide of three branches",
        "- divide: [relu, relu, relu]",
        (3, 3, "divide divides the first branch by the second, received 3: give two branches"),
    ),
    item(
        "pixels that no channels are left for",
        "- {conv: 10, kernel: 3}\n- {depth_to_space: 2}",
        (
            4,
            20,
            "depth_to_space: factor 2 needs a multiple of 4 channels, received 10: make 4 channels for each that is wanted",
        ),
    ),
    item(
        "a map that does not divide into squares",
        "- {crop: [31, 32]}\n- {space_to_depth: 2}",
        (4, 20, "space_to_depth: factor 2 does not divide the height and width of 3x31x32: pad or crop it before"),
    ),
    item(
        "a group norm after channels that 32 does not divide",
        "- {conv: 48, kernel: 3, norm: group}",
        (
            3,
            31,
            "conv: norm: groups 32 does not divide the 48 channels arriving: ... {groupnorm: {groups: ...}}, or take another norm",
        ),
    ),
    item(
        "a group norm in a composite",
        "- {dsconv: 48, norm: group}",
        (
            3,
            22,
            "dsconv: norm: groups 32 does not divide the 3 channels arriving: ... {groupnorm: {groups: ...}}, or take another norm",
        ),
    ),
    item(
        "a word as the window of lrn",
        "- {lrn: wide}",
        (3, 9, "unknown name 'wide': the names defined here are in_channels"),
    ),
    item(
        "a slice of everything",
        "- slice",
        (3, 3, "slice: slice takes everything: write the channels as its value, or give a side, e.g. height"),
    ),
    item(
        "a slice beyond the height",
        "- {slice, height: [0, 40, 2]}",
        (3, 19, "slice: stop 40 is beyond the 32 rows arriving"),
    ),
    item(
        "a slice without a step",
        "- {slice: [0, 3, 0]}",
        (3, 11, "slice channels: received 0, expected ... counted from 0"),
    ),
    item("a pad of nothing", "- pad", (3, 3, "pad: pad adds nothing: write the sides as its value, or give channels")),
    item(
        "three ends of the channels",
        "- {pad, channels: [0, 1, 2]}",
        (3, 19, "pad channels: received the list [0, 1, 2], ... [before, after]"),
    ),
    item(
        "parts put together along an axis that there is none of",
        "- {concat: [relu, relu], along: depth}",
        (3, 33, "concat along: received the word depth, expected one of channels, length, time, height, width"),
    ),
    item(
        "a misspelt axis",
        "- {concat: [relu, relu], along: heigth}",
        (3, 33, "concat along: received the word heigth, expected one of channels, length, time, height, width"),
    ),
    item(
        "an axis by number, as other frameworks have it",
        "- {concat: [relu, relu], axis: 1}",
        (3, 26, "unknown field 'axis' of concat: did you mean 'along'?"),
    ),
    item(
        "strips of unequal width",
        "- {concat: [relu, {slice, width: [0, 3]}], along: height}",
        (
            3,
            3,
            "concat along height needs branches of equal channels and width, received 3x32x32, 3x32x3: ... resize one",
        ),
    ),
    item(
        "a sum over no axis",
        "- {reduce: sum, over: []}",
        (3, 23, "reduce over: received the list [], expected one of ... them"),
    ),
    item(
        "a mean over an axis twice",
        "- {reduce: mean, over: [width, width]}",
        (3, 24, "reduce over: received the list [width, width], expected one of ... list of some of them"),
    ),
    item(
        "a reduction of no kind",
        "- {reduce: median}",
        (3, 12, "reduce how: received the word median, expected ... sum"),
    ),
    item(
        "a word of a list over several lines",
        "- {permute: [channe\n\n\n    ls, height]}",
        (
            3,
            13,
            "permute order: received the list [channe ls, height], expected all axes of the input ... width, height]",
        ),
    ),
    item(
        "an order of two axes",
        "- {permute: [height, width]}",
        (
            3,
            13,
            "permute order: received the list [height, width], expected all axes of the input ... width, height]",
        ),
    ),
    item(
        "a shape of other elements",
        "- {reshape: [3, 32, 31]}",
        (3, 13, "reshape: [3, 32, 31] cannot hold the 3,072 elements of 3x32x32: a reshape keeps their number"),
    ),
    item(
        "a shape with two rests",
        "- {reshape: [-1, 3, -1]}",
        (3, 13, "reshape size: received the list [-1, 3, -1], ... rest"),
    ),
    item(
        "a blur of no size", "- {blur_pool: 0}", (3, 15, "blur_pool kernel: received 0, expected ... [height, width]")
    ),
    item(
        "a blur wider than the map",
        "- {crop: [2, 2]}\n- {blur_pool: 3, padding: 0}",
        (4, 15, "blur_pool: a kernel of 3 does not fit the input of 2: take a smaller kernel, or more padding"),
    ),
)
