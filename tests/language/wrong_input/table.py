"""All rows."""

from tests.language.wrong_input import (
    blocks,
    files,
    graphs,
    kinds,
    products,
    sections,
    sequences,
    spelling,
    tensors,
    values,
    yaml_signs,
)

ITEMS = (*spelling.CASES, *yaml_signs.CASES, *values.CASES, *tensors.CASES, *sequences.CASES, *products.CASES)
"""Wrong items, the first in line 3."""
FILES = (*files.CASES, *sections.CASES, *blocks.CASES, *kinds.CASES, *graphs.CASES, *sequences.FILES)
"""Wrong files as a whole."""
CASES = ITEMS + FILES
