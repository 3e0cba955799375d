"""A layer written on the command line: conv 128, kernel 3, on 64x56x56."""

import re

from dsconv_cost.language.architecture import Architecture
from dsconv_cost.sources.load import load_text

_DESCRIBED = re.compile(r"(?P<item>[a-z_]+\b.*?),?\s+on\s+(?P<input>[0-9]+(?:x[0-9]+)*)")
_SIDES = re.compile(r"[0-9]+(?:x[0-9]+)+")
_COMMA = re.compile(r",\s*(?![^\[]*\])")
"""A comma that is not inside brackets."""


def is_described(text: str) -> bool:
    """Return whether a text describes a layer, and names no network."""
    return _DESCRIBED.fullmatch(text.strip()) is not None


def described_layer(text: str) -> Architecture:
    """Return a network of one layer. Raises InputError with the place in the file that the text stands for."""
    match = _DESCRIBED.fullmatch(text.strip())
    assert match is not None
    parts = [part.strip().partition(" ") for part in _COMMA.split(match["item"])]
    fields = [f"{name}: {_value(value.strip())}" if value else name for name, _, value in parts]
    if parts[0][0] == "conv" and "convert" not in {name for name, _, _ in parts}:
        fields.append("convert: true")  # it reads the input, and is to be converted all the same
    shape = match["input"].replace("x", ", ")
    item = f"{{{', '.join(fields)}}}" if ":" in " ".join(fields) else fields[0]
    return load_text(f"input: [{shape}]\nlayers:\n  - {item}\n", "<layer>", None, {})


def _value(text: str) -> str:
    """Return a value as the language writes it: sides are a list."""
    return f"[{text.replace('x', ', ')}]" if _SIDES.fullmatch(text) else text
