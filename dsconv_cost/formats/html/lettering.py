"""How wide words are in a figure, so that nothing is cut or drawn over: the widths of DejaVu Sans, wider than most."""

from functools import cache

from dsconv_cost.text import width

SIZE = 12.5
"""Of the letters in figures, in the units of the figure."""
_CLASSES = {
    30: "'ijlIJ", 36: " ,./:;\\|f-", 42: "()[]t!r", 48: '"', 53: "*_`sz?", 58: "cLFkvxy", 64: "PTYaoeESbdghnpqu$0123456789{}",
    70: "KAVBRXZC", 76: "UHN", 80: "DGOQ&", 85: "w#+<=>^~M", 100: "%mW@",
}  # fmt: skip
"""Hundredths of the size -> the characters that are at most so wide."""
_WIDTHS = {character: share / 100 for share, characters in _CLASSES.items() for character in characters}
_BOLD = 1.13


def text_width(words: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Return how wide words are at most."""
    return _ems(words) * size * (_BOLD if bold else 1)


@cache
def _ems(words: str) -> float:
    return sum(_WIDTHS.get(character, 0.7 if width(character) < 2 else 1.05) for character in words)


def wrapped(words: str, room: float, size: float = SIZE, *, bold: bool = False) -> list[str]:
    """Return words as lines that have room: broken at spaces, else behind `/`, `.`, `-` and `_`, else anywhere."""
    lines: list[str] = []
    current = ""
    for piece in _pieces(words):
        if current and text_width((current + piece).rstrip(), size, bold=bold) > room:
            lines.append(current.rstrip())
            current = ""
        for character in piece if text_width(piece.rstrip(), size, bold=bold) > room else (piece,):
            if current and text_width((current + character).rstrip(), size, bold=bold) > room:
                lines.append(current.rstrip())
                current = ""
            current += character
    return [*lines, current.rstrip()]


def _pieces(words: str) -> list[str]:
    pieces = [""]
    for character in words:
        pieces[-1] += character
        if character in " /.-_":
            pieces.append("")
    return pieces
