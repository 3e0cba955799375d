"""The language's reference, made from the classes of its types."""

import inspect
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dsconv_cost.errors import UsageError
from dsconv_cost.language.expressions.functions import SIGNATURES
from dsconv_cost.language.reader.definitions import BLOCK_KEYS
from dsconv_cost.language.reader.file import FILE_KEYS
from dsconv_cost.language.vocabulary import COMMON_KEYS, FOREIGN, TYPES, WORDS, is_foreign, suggest_type
from dsconv_cost.layers import LAYERS, Layer
from dsconv_cost.layers.composites import COMPOSITES, Composite
from dsconv_cost.layers.fields import DERIVED, REQUIRED, Field
from dsconv_cost.text import indented, inert, wrap


class FieldRows(NamedTuple):
    """A table of texts under a heading, or paragraphs when it has no columns."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    paragraphs: list[str]


_LIMITS = (
    "Shapes have channels and 0 to 3 sides: [channels], [channels, length], [channels, height, width], [channels, time, height, width].",
    "Formulas are for two sides. On one side k_h * k_w is k, and H_out * W_out is L_out; on three sides k_t and T_out come before them.",
    "A network has any number of outputs, and one input or several with names: input: {left: [3, 64, 64], right: [3, 64, 64]}; it starts "
    "at the first.",
    "Counts are exact integers for one sample.",
)


def reference(name: str | None) -> list[FieldRows]:
    """Return the whole reference, or that of one type. Raises UsageError for a type there is none of."""
    if name is not None:
        if name not in TYPES:
            meant = suggest_type(name, [])
            foreign = f"{FOREIGN}; " if is_foreign(name) else ""
            hint = f": did you mean '{meant}'?" if meant else f": {foreign}the types are {', '.join(TYPES)}"
            raise UsageError(f"no type named '{inert(name)}'{hint}")
        return _type(name)
    sections = [
        FieldRows("Keys of a file", ("key", "holds"), list(FILE_KEYS.items()), list(_LIMITS)),
        FieldRows("Keys of every item", ("key", "meaning"), list(COMMON_KEYS.items()), []),
        FieldRows("Keys of a block", ("key", "holds"), list(zip(BLOCK_KEYS, _BLOCK_DOCS, strict=True)), []),
    ]
    for family in dict.fromkeys(layer.family for layer in LAYERS.values()):
        members = [layer for layer in LAYERS.values() if layer.family == family]
        sections.append(_summary(family, members))
    sections.append(_summary("Composites", list(COMPOSITES.values())))
    functions = [text.partition(": ")[::2] for text in SIGNATURES.values()]
    values = [
        "Values are numbers, words, true, false, lists and expressions: + - * / // % ** == != < <= > >= and or not, "
        "a if c else b, list[i]. in_channels, in_height and in_width (or in_length, in_time) are sizes of what arrives, index the number "
        "of a repetition from 0.",
        f"Words, which mean themselves everywhere: {', '.join(sorted(WORDS))}.",
    ]
    sections.append(FieldRows("Values", ("function", "gives"), functions, values))
    return sections


_BLOCK_DOCS = (
    "names of its inputs, where it has several; it starts at the first, and from: [a, b] at its use gives them",
    "name -> default, or required; if the first is required, it is written as the value of the block's name",
    "values computed from them, in order",
    "what the block is made of",
    "names of items inside it that are its outputs; several are named at its use, as name: [a, b]",
)


def _summary(title: str, types: Sequence[type[Layer] | type[Composite]]) -> FieldRows:
    rows = []
    for type_ in types:
        main = f"{type_.type}: {type_.main.name}" if type_.main else type_.type
        fields = ", ".join(
            field.name if field.default is REQUIRED else f"{field.name} = {field.default_text}"
            for field in type_.fields
        )
        rows.append((main, fields, _doc(type_)[0]))
    return FieldRows(title, ("type", "fields", "what it does"), rows, [])


def _doc(type_: type[Layer] | type[Composite]) -> list[str]:
    return inspect.cleandoc(type_.__doc__ or "").split("\n\n")


def _type(name: str) -> list[FieldRows]:
    type_ = TYPES[name]
    fields = [(*_field(f, main=True),) for f in [type_.main] if f is not None] + [_field(f) for f in type_.fields]
    paragraphs = [" ".join(p.split()) for p in _doc(type_)]
    paragraphs.append(f"Example: {_example(type_)}")
    derived = [f.name for f in type_.fields if f.default is DERIVED]
    inner = ", ".join(type_.inner) if issubclass(type_, Composite) else ""
    if derived and inner:
        paragraphs.append(
            f"A derived default ({', '.join(derived)}) is that of the layers inside: of {inner}, with the file's defaults for them."
        )
    elif derived:
        paragraphs.append(
            f"A derived default ({', '.join(derived)}) is worked out from the other fields and the input."
        )
    facts: list[tuple[str, str]] = []
    if issubclass(type_, Layer):
        facts += list(type_.formulas.items())
        facts.append(("counted", type_.counted))
    else:
        facts.append(("made of", type_.made_of))
        if type_.inner:
            facts.append(("takes the defaults of", ", ".join(type_.inner)))
    if type_.source:
        facts.append(("source", type_.source))
    if type_.also:
        facts.append(("elsewhere called", ", ".join(type_.also)))
    return [
        FieldRows(name, ("field", "takes", "default", "meaning"), fields, paragraphs),
        FieldRows("Formulas and counting" if issubclass(type_, Layer) else "Made of", ("what", "how"), facts, []),
    ]


def _example(type_: type[Layer] | type[Composite]) -> str:
    """Return an item of a type as a file has it, with its main field and those that it needs."""
    main = [type_.main] if type_.main is not None and type_.main.kind.example else []
    needed = [*main, *(field for field in type_.fields if field.default is REQUIRED)]
    if not needed:
        return f"- {type_.type}"
    written = [("64" if field.name.startswith("out_") else field.kind.example) for field in needed]
    names = [type_.type if field is type_.main else field.name for field in needed]
    item = f"{{{', '.join(f'{name}: {value}' for name, value in zip(names, written, strict=True))}}}"
    alone = not issubclass(type_, Layer) or type_.takes_input
    return f"- {item}" if alone else f"- {{add: [previous, {item}]}}"


def _field(field: Field, main: bool = False) -> tuple[str, str, str, str]:
    return (f"{field.name} (main)" if main else field.name, field.kind.wants, field.default_text, field.doc)


NARROWEST = 24
"""How narrow the last column may get; below that each row is a list."""


def as_text(sections: list[FieldRows], columns: int) -> str:
    """Return sections as plain text; no line is wider than `columns`."""
    blocks: list[str] = []
    for section in sections:
        lines = [*wrap(section.title, columns), "=" * min(len(section.title), columns)]
        for paragraph in section.paragraphs:
            lines += wrap(paragraph, columns)
        if section.paragraphs and section.rows:
            lines.append("")
        if section.rows:
            lines += _rows_as_text(section, columns)
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _rows_as_text(section: FieldRows, columns: int) -> Iterator[str]:
    rows = [section.columns, *section.rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(section.columns) - 1)]
    # A long middle column is wrapped too, or nothing would be left for the last.
    widths = [min(own, max(12, columns // (len(section.columns)))) for own in widths]
    last = columns - sum(widths) - 2 * len(widths)
    if last < NARROWEST:
        yield from _rows_as_list(section, columns)
        return
    for row in rows:
        cells = [wrap(text, own) for text, own in zip(row, [*widths, last], strict=True)]
        for at in range(max(map(len, cells))):
            parts = [cell[at] if at < len(cell) else "" for cell in cells]
            yield "  ".join(f"{p:<{own}}" for p, own in zip(parts, [*widths, 0], strict=True)).rstrip()


def _rows_as_list(section: FieldRows, columns: int) -> Iterator[str]:
    for row in section.rows:
        yield from wrap(row[0], columns)
        for title, text in zip(section.columns[1:], row[1:], strict=True):
            if text:
                yield from indented(f"  {title}: {text}", columns)


def as_markdown(sections: list[FieldRows], level: int = 2) -> str:
    """Return sections as Markdown."""
    blocks: list[str] = []
    for section in sections:
        blocks.append(f"{'#' * level} {section.title}")
        blocks += [_escaped(p) for p in section.paragraphs]
        if section.rows:
            table = [f"| {' | '.join(section.columns)} |", "|" + " --- |" * len(section.columns)]
            table += [f"| {' | '.join([f'`{row[0]}`', *map(_escaped, row[1:])])} |" for row in section.rows]
            blocks.append("\n".join(table))
    return "\n\n".join(blocks) + "\n"


def _escaped(text: str) -> str:
    for character in "\\`*_[]<>|":
        text = text.replace(character, f"\\{character}")
    return text


def whole_page() -> str:
    """Return the reference of everything as one Markdown page; docs/reference.md is this text."""
    head = (
        "# Reference of the language\n\n"
        "Made from the classes of the types by `dsconv-cost reference --format markdown`; do not edit.\n"
    )
    parts = [head, as_markdown(reference(None))]
    parts += [as_markdown(_type(name), 3).replace("### ", "## `", 1).replace("\n", "`\n", 1) for name in TYPES]
    return "\n".join(parts)
