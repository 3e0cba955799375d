"""YAML's own signs, and values that YAML cuts off or reads otherwise than a person."""

from tests.language.wrong_input.case import Case, item

CASES: tuple[Case, ...] = (
    # YAML's own signs
    item(
        "alias",
        "- {conv: *width, kernel: 3}",
        (3, 10, "aliases (*width) are not supported: write the value out, name it in let, or make it a block"),
    ),
    item(
        "anchor",
        "- {conv: &width 8, kernel: 3}",
        (3, 10, "anchors (&width) are not supported: name the value in let, or make it a block"),
    ),
    item(
        "tag",
        "- {conv: !!int 8, kernel: 3}",
        (3, 10, "tags (!!int) are not supported: remove it; for negation write not"),
    ),
    item(
        "tag of one's own",
        "- {relu, when: !wide true}",
        (3, 16, "tags (!wide) are not supported: remove it; for negation write not"),
    ),
    item("star with a space", "- {conv: * 2, kernel: 3}", (3, 10, "a value cannot start with * here: quote it")),
    item("percent sign", "- {conv: %x, kernel: 3}", (3, 10, "a value cannot start with '%' here: quote it")),
    item("at sign", "- {conv: @x, kernel: 3}", (3, 10, "a value cannot start with '@' here: quote it")),
    item("backtick", "- {conv: `x`, kernel: 3}", (3, 10, "a value cannot start with '`' here: quote it")),
    item("greater sign in flow style", "- {relu, when: > 3}", (3, 16, "a value cannot start with '>' here: quote it")),
    item("nul in double quotes", '- {conv: "\\0", kernel: 3}', (3, 10, "received the character \\x00: remove it")),
    item(
        "unknown escape",
        '- {conv: "\\q", kernel: 3}',
        (3, 11, "unknown escape in double quotes: double the backslash, or use single quotes"),
    ),
    item("unclosed brace", "- {conv: 8, kernel: 3", (3, 3, "this { is never closed: close it, or remove it")),
    item(
        "unclosed bracket",
        "- {conv: 8, kernel: [3, 3}",
        (3, 26, "missing comma or closing bracket before ... that starts at line 3, column 21"),
    ),
    item("unclosed quote", '- {conv: "8, kernel: 3}', (3, 10, 'this " is never closed: close it, or remove it')),
    item("brace that closes nothing", "- {conv: 8, kernel: 3}}", (3, 23, "this } closes nothing: remove it")),
    item(
        "missing comma",
        "- {conv: 8 kernel: 3}",
        (3, 18, "missing comma or closing bracket before ... that starts at line 3, column 3"),
    ),
    item(
        "deeper line",
        "- conv: 8\n     kernel: 3",
        (4, 6, "this line is indented deeper than the key above it: start it in column 3"),
    ),
    item(
        "less deep line",
        "  - relu\n - relu",
        (
            4,
            2,
            "this line's indentation matches no line above it: align the keys of a mapping, and the dashes of a list",
        ),
    ),
    item(
        "two keys on a line",
        "- conv: 8 kernel: 3",
        (3, 17, "a second 'key: value' in one value: put ... or use { }; quote a text with ': '"),
    ),
    # values cut off by YAML
    item(
        "comma inside max",
        "- {conv: max(8, 16), kernel: 3}",
        (3, 10, "this max(...) was cut off. Inside { } or [ ... or write the item in block style"),
    ),
    item(
        "comma inside make_divisible",
        "- {conv: make_divisible(8, 16), kernel: 3}",
        (3, 24, "this ( is never closed. Inside { } or [ ] ... or write the item in block style"),
    ),
    item(
        "comma inside a field",
        "- {conv: 8, kernel: min(3, 5), stride: 2}",
        (3, 21, "this min(...) was cut off. Inside { } or [ ... or write the item in block style"),
    ),
    item(
        "bracket after a name",
        "- {conv: widths[0], kernel: 3}",
        (3, 16, "YAML ends a plain value before [ inside { } ... ('\"depths[0]\"'), or use block style"),
    ),
    item(
        "open parenthesis",
        "- {conv: (8, kernel: 3}",
        (3, 10, "this ( is never closed. Inside { } or [ ] ... or write the item in block style"),
    ),
    item(
        "closing parenthesis",
        "- {conv: 8), kernel: 3}",
        (3, 11, "this ) closes nothing. Inside { } or [ ] ... or write the item in block style"),
    ),
    # numbers that YAML 1.1 or a person reads otherwise
    item("no for a flag", "- {conv: 8, kernel: 3, bias: no}", (3, 30, "no is not a value here: write false")),
    item("off for a flag", "- {conv: 8, kernel: 3, bias: off}", (3, 30, "off is not a value here: write false")),
    item("False for a flag", "- {conv: 8, kernel: 3, bias: False}", (3, 30, "False is not a value here: write false")),
    item("no for a word", "- {conv: 8, kernel: 3, norm: no}", (3, 30, "no is not a value here: write none")),
    item(
        "null for a number",
        "- {conv: 8, kernel: 3, stride: null}",
        (3, 32, "null is not a value here: leave the field out"),
    ),
    item(
        "tilde for a number", "- {conv: 8, kernel: 3, stride: ~}", (3, 32, "~ is not a value here: leave the field out")
    ),
    item(
        "nothing for a number",
        "- {conv: 8, kernel: 3, stride: }",
        (3, 32, "received nothing, expected a value: a number, a word or an expression"),
    ),
    item("0 for a flag", "- {conv: 8, kernel: 3, bias: 0}", (3, 30, "conv bias: received 0, expected true or false")),
    item("octal", "- {conv: 017, kernel: 3}", (3, 10, "017 could be octal or decimal: write 17")),
    item("exponent", "- {conv: 1e3, kernel: 3}", (3, 10, "1e3 is not a number here: write 1000")),
    item(
        "base 60",
        "- {conv: 8, kernel: 3:4}",
        (3, 22, "3:4 is not a number here: YAML 1.1 reads it ... write the number, or a list [a, b]"),
    ),
    item(
        "hexadecimal",
        "- {conv: 0x10, kernel: 3}",
        (3, 10, "0x10 is not a number here: write it with plain decimal digits"),
    ),
    item("underscore", "- {conv: 1_000, kernel: 3}", (3, 10, "1_000 is not a number here: write 1000")),
    item("unit", "- {conv: 4K, kernel: 3}", (3, 10, "4K is not a number here: write all of its digits")),
    item("infinity", "- {conv: .inf, kernel: 3}", (3, 10, ".inf is not a number here: write a number with digits")),
    item("not a number", "- {conv: .nan, kernel: 3}", (3, 10, ".nan is not a number here: write a number with digits")),
    item(
        "size with an x",
        "- {conv: 8, kernel: 3x3}",
        (3, 21, "3x3 is not a number here: write it with plain decimal digits"),
    ),
)
