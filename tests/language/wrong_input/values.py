"""Values of the wrong kind, and expressions."""

from tests.language.wrong_input.case import Case, item

CASES: tuple[Case, ...] = (
    # values of the wrong kind
    item(
        "fractional channels",
        "- {conv: 33.6, kernel: 3}",
        (3, 10, "conv out_channels: received 33.6, expected ... ceil, floor or make_divisible"),
    ),
    item(
        "zero channels",
        "- {conv: 0, kernel: 3}",
        (3, 10, "conv out_channels: received 0, expected a whole number of at least 1"),
    ),
    item(
        "negative channels",
        "- {conv: -8, kernel: 3}",
        (3, 10, "conv out_channels: received -8, expected a whole number of at least 1"),
    ),
    item(
        "huge channels",
        "- {conv: 99999999999, kernel: 3}",
        (3, 10, "conv out_channels: received 99999999999, ... at least 1, at most 1,000,000,000"),
    ),
    item(
        "channels beyond 2**53",
        "- {conv: 999999999999999999999999999, kernel: 3}",
        (3, 10, "99999999999999999... exceeds 2**53, the maximum"),
    ),
    item(
        "a word for channels",
        "- {conv: same, kernel: 3}",
        (3, 10, "conv out_channels: received the word same, expected a whole number of at least 1"),
    ),
    item(
        "a list for channels",
        "- {conv: [8, 8], kernel: 3}",
        (3, 10, "conv out_channels: received the list [8, 8], expected a whole number of at least 1"),
    ),
    item(
        "true for channels",
        "- {conv: true, kernel: 3}",
        (3, 10, "conv out_channels: received true, expected a whole number of at least 1"),
    ),
    item(
        "a mapping for a kernel",
        "- {conv: 8, kernel: {h: 3}}",
        (3, 21, "received a mapping, expected a value: a number, a word or an expression, or a list of these"),
    ),
    item(
        "three sides of a kernel",
        "- {conv: 8, kernel: [3, 3, 3]}",
        (
            3,
            21,
            "conv: kernel [3, 3, 3] is for 3 sides, but the input 3x32x32 has 2 (height, width): give ... [height, width]",
        ),
    ),
    item(
        "list in a list",
        "- {conv: 8, kernel: [[3], 3]}",
        (3, 22, "received a list inside a list, expected a number, a word or an expression"),
    ),
    item(
        "zero kernel",
        "- {dwconv: 0}",
        (
            3,
            12,
            "dwconv kernel: received 0, expected a whole number of at least 1, or one for each side: [height, width]",
        ),
    ),
    item(
        "zero stride",
        "- {conv: 8, kernel: 3, stride: 0}",
        (
            3,
            32,
            "conv stride: received 0, expected a whole number of at least 1, or one for each side: [height, width]",
        ),
    ),
    item(
        "negative padding",
        "- {conv: 8, kernel: 3, padding: -1}",
        (3, 33, "conv padding: received -1, expected same, ... w] or [top, bottom, left, right]"),
    ),
    item(
        "three sides of padding",
        "- {conv: 8, kernel: 3, padding: [1, 2, 3]}",
        (3, 33, "conv: padding [1, 2, 3] does not suit the input 3x32x32: give one number, 2 or 4 (before ... width)"),
    ),
    item(
        "unknown word for padding",
        "- {conv: 8, kernel: 3, padding: full}",
        (3, 33, "unknown name 'full': the words allowed here are same, valid"),
    ),
    item(
        "a number for a norm",
        "- {conv: 8, kernel: 3, norm: 1}",
        (3, 30, "conv norm: received 1, expected one of none, batch, layer, group, instance, rms, grn"),
    ),
    item(
        "true for a norm",
        "- {conv: 8, kernel: 3, norm: true}",
        (3, 30, "conv norm: received true, expected one of none, batch, layer, group, instance, rms, grn"),
    ),
    item(
        "a norm for an activation",
        "- {conv: 8, kernel: 3, activation: batch}",
        (3, 36, "conv activation: received the word batch, ... log_sigmoid, softmax, log_softmax"),
    ),
    item(
        "maybe for convert",
        "- {conv: 8, kernel: 3, convert: maybe}",
        (3, 33, "unknown name 'maybe': the words allowed here are auto"),
    ),
    item("yes for convert", "- {conv: 8, kernel: 3, convert: yes}", (3, 33, "yes is not a value here: write true")),
    item(
        "fraction for a factor",
        "- {upsample: 0.5}",
        (
            3,
            14,
            "upsample factor: received 0.5, expected a whole number of at least 1, or one for each side: [height, width]",
        ),
    ),
    item(
        "fields in a mapping of their own",
        "- conv: {out_channels: 16, kernel: 3}",
        (3, 9, "received a mapping after conv:, expected its out_channels there ... {conv: out_channels, kernel: ...}"),
    ),
    item(
        "a 1-D type of another framework",
        "- {Conv1d: 16, kernel: 9}",
        (3, 4, "unknown type 'Conv1d': did you mean 'conv'? It works on as many sides as its input has"),
    ),
    item(
        "unknown mode",
        "- {upsample: 2, mode: cubic}",
        (3, 23, "unknown name 'cubic': the words allowed here are nearest, bilinear"),
    ),
    item(
        "zero output size",
        "- {adaptive_avgpool: 0}",
        (3, 22, "adaptive_avgpool size: received 0, expected ... of at least 1, or one for each side: [height, width]"),
    ),
    item(
        "zero expand",
        "- {inverted_residual: 16, expand: 0}",
        (3, 35, "inverted_residual expand: received 0, expected a number above 0"),
    ),
    item(
        "expand that makes a fraction",
        "- {inverted_residual: 16, expand: 1.1}",
        (3, 35, "inverted_residual: expand 1.1 makes ... a whole number: take another expand"),
    ),
    item(
        "zero squeeze",
        "- {inverted_residual: 16, squeeze: 0}",
        (3, 36, "inverted_residual squeeze: received 0, ... whole number of at least 1, or none"),
    ),
    item(
        "empty range",
        "- {slice: [2, 1]}",
        (3, 11, "slice channels: received the list [2, 1], ... start up to stop-1, counted from 0"),
    ),
    item(
        "a number for a range",
        "- {slice: 3}",
        (3, 11, "slice channels: received 3, expected ... start up to stop-1, counted from 0"),
    ),
    # expressions
    item(
        "unknown name",
        "- {conv: widht, kernel: 3}",
        (3, 10, "unknown name 'widht': the names defined here are in_channels"),
    ),
    item(
        "unknown name in a list",
        "- {conv: 8, kernel: [3, x]}",
        (3, 25, "unknown name 'x': the names defined here are in_channels"),
    ),
    item(
        "index outside a repetition",
        "- {conv: index, kernel: 3}",
        (3, 10, "index is not defined here: it is the number ... an item with repeat or copies"),
    ),
    item(
        "index in the number of repetitions",
        "- {conv: 8, kernel: 3, repeat: index + 1}",
        (3, 32, "index is not defined here: it is the number ... an item with repeat or copies"),
    ),
    item(
        "index in whether an item is repeated",
        "- {conv: 8, kernel: 3, when: index > 0, repeat: 2}",
        (3, 30, "index is not defined here: it is the number ... an item with repeat or copies"),
    ),
    item(
        "index in the number of copies",
        "- add: [{conv: 8, kernel: 3, copies: 1 + index}]",
        (3, 42, "index is not defined here: it is the number ... an item with repeat or copies"),
    ),
    item(
        "a value that index does not suit",
        "- {conv: 8, kernel: 3, dilation: index, repeat: 2}",
        (
            3,
            34,
            "conv dilation: received 0, expected a whole number of at least 1, or one for each side: [height, width]",
        ),
    ),
    item(
        "index with an index",
        "- {conv: 8, kernel: 3, dilation: 'index[0]', repeat: 2}",
        (3, 34, "conv dilation: index is 0, not a list: only a list has elements"),
    ),
    item(
        "a side of what arrives in the number of repetitions of nothing",
        "- {conv: 8, kernel: in_hieght}",
        (3, 21, "unknown name 'in_hieght': did you mean 'in_height'?"),
    ),
    item("division by zero", "- {conv: 8 / 0, kernel: 3}", (3, 10, "conv out_channels: division by zero: 8 / 0")),
    item(
        "floor division by zero",
        "- {conv: 8 // (in_channels - 3), kernel: 3}",
        (3, 10, "conv out_channels: division by zero: 8 // 0"),
    ),
    item("remainder by zero", "- {conv: 8 % 0, kernel: 3}", (3, 10, "conv out_channels: division by zero: 8 % 0")),
    item(
        "power tower",
        "- {conv: 9**9**9, kernel: 3}",
        (3, 10, "conv out_channels: the value exceeds 2**53, the maximum that is counted exactly"),
    ),
    item(
        "product beyond 2**53",
        "- {conv: 2**53 + 1, kernel: 3}",
        (3, 10, "conv out_channels: the value exceeds 2**53, the maximum that is counted exactly"),
    ),
    item(
        "root of a negative number",
        "- {conv: (-8)**0.5, kernel: 3}",
        (3, 10, "conv out_channels: a negative number has no fractional power"),
    ),
    item(
        "forty parentheses",
        "- {conv: ((((((((((((((((((((((((((((((((((((((((8)))))))))))))))))))))))))))))))))))))))), kernel: 3}",
        (3, 40, "nested more than 30 levels deep: name parts of it in let"),
    ),
    item(
        "forty minus signs",
        "- {conv: ----------------------------------------8, kernel: 3}",
        (3, 40, "nested more than 30 levels deep: name parts of it in let"),
    ),
    item(
        "two values", "- {conv: 8 8, kernel: 3}", (3, 12, "expected an operator or the end of the value, received '8'")
    ),
    item(
        "operator at the end",
        "- {conv: 8 *, kernel: 3}",
        (3, 12, "the value ends early: a number or a name is missing"),
    ),
    item("if without else", "- {conv: 8 if true, kernel: 3}", (3, 18, "`if` needs `else`: a if condition else b")),
    item(
        "if of a number",
        "- {conv: 8 if 1 else 3, kernel: 3}",
        (3, 10, "conv out_channels: if needs true or false, received 1: compare it, e.g. x > 0"),
    ),
    item(
        "not of a number",
        "- {relu, when: not 1}",
        (3, 16, "when: not needs true or false, received 1: compare it, e.g. x > 0"),
    ),
    item(
        "and of a number",
        "- {relu, when: true and 1}",
        (3, 16, "when: and needs true or false, received 1: compare it, e.g. x > 0"),
    ),
    item(
        "sum with a word",
        "- {conv: same + 1, kernel: 3}",
        (3, 10, "conv out_channels: + needs numbers, received the word same"),
    ),
    item(
        "chained comparison",
        "- {relu, when: 1 < 2 < 3}",
        (3, 22, "comparisons cannot be chained: write a < b and b < c"),
    ),
    item(
        "single equals sign",
        "- {relu, when: in_channels = 3}",
        (3, 28, "= is not an operator: compare with =="),
    ),
    item(
        "two ampersands",
        "- {relu, when: in_channels == 3 && true}",
        (3, 33, "& is not an operator: write and, or, not"),
    ),
    item("two bars", "- {relu, when: true || false}", (3, 21, "| is not an operator: write and, or, not")),
    item("caret", "- {conv: 2^3, kernel: 3}", (3, 11, "^ is not an operator: write ** for a power")),
    item(
        "unknown function",
        "- {conv: sqrt(9), kernel: 3}",
        (3, 10, "unknown function 'sqrt': the functions are int, ... floor, min, max, make_divisible"),
    ),
    item(
        "near miss of a function",
        "- {conv: rond(9.3), kernel: 3}",
        (3, 10, "unknown function 'rond': did you mean 'round'?"),
    ),
    item(
        "function without parentheses",
        "- {conv: int, kernel: 3}",
        (3, 10, "int is a function: write int(x): towards zero"),
    ),
    item(
        "too few arguments",
        "- {conv: min(3), kernel: 3}",
        (3, 10, "min received 1 arguments: write min(a, b, ...): the smallest"),
    ),
    item(
        "zero divisor",
        "- conv: make_divisible(3, 0)\n  kernel: 3",
        (3, 9, "conv out_channels: make_divisible needs a whole divisor of at least 1, received 0"),
    ),
    item(
        "attribute",
        "- {conv: os.system, kernel: 3}",
        (3, 12, "'.' is not allowed in a value: write numbers, names, words and + - * / // % ** ( )"),
    ),
    item(
        "call of Python's",
        "- {conv: \"__import__('os')\", kernel: 3}",
        (3, 22, '"\'" is not allowed in a value: write numbers, names, words and + - * / // % ** ( )'),
    ),
    item(
        "lambda",
        '- {conv: "lambda: 1", kernel: 3}',
        (3, 17, ": is not an operator: to end a field's name, put a space after the colon"),
    ),
    item(
        "quoted text",
        '- {conv: "thirty two", kernel: 3}',
        (3, 18, "expected an operator or the end of the value, received 'two'"),
    ),
    item(
        "empty text",
        '- {conv: "", kernel: 3}',
        (3, 10, "received nothing, expected a value: a number, a word or an expression"),
    ),
    # separable
    item(
        "a separable 1 x 1 convolution",
        "- {conv: 8, kernel: 1, separable: true}",
        (3, 35, "conv: a 1 x 1 convolution has no window to separate: leave separable out"),
    ),
    item(
        "a separable grouped convolution",
        "- {conv: 9, kernel: 3, groups: 3, separable: true}",
        (3, 46, "conv: a convolution with 3 groups has no separable form: leave separable out"),
    ),
    item(
        "a number for separable",
        "- {conv: 8, kernel: 3, separable: 2}",
        (3, 35, "conv separable: received 2, expected true or false"),
    ),
    item(
        "a separable transposed convolution",
        "- {conv_transpose: 8, kernel: 3, separable: true}",
        (3, 34, "unknown field 'separable' of conv_transpose: its fields are ... bias, norm, activation"),
    ),
    item(
        "a separable layer with the weights of one that is not",
        "- {conv: 3, kernel: 3, name: a}\n- {conv: 3, kernel: 3, weights: a, separable: true}",
        (4, 33, "weights: separable is true, and a (line 3) has false: items that share weights say the same of them"),
    ),
)
