"""The letters of formulas, for shapes of any number of sides.

The classes write their formulas for two sides, `k_h * k_w * C_in` and `H_out * W_out`, as the literature does.
"""

import re

from dsconv_cost.layers.shapes import LETTERS, Shape, Sides

_KERNELS = ("1", "k", "k_h * k_w", "k_t * k_h * k_w")
"""The product of a kernel's sides, by the number of sides."""


def kernel_symbols(kernel: Sides) -> dict[str, int]:
    """Return the letters of a kernel's sides and their values."""
    if len(kernel) == 1:
        return {"k": kernel[0]}
    return {f"k_{letter.lower()}": k for letter, k in zip(LETTERS[len(kernel)], kernel, strict=True)}


def shape_symbols(x: Shape, end: str) -> dict[str, int]:
    """Return the letters of a shape, `C_in, H_in, W_in` where `end` is `in`, and their values."""
    return {f"{letter}_{end}": size for letter, size in zip("C" + LETTERS[len(x) - 1], x, strict=True)}


def for_sides(formula: str, sides: int) -> str:
    """Return a formula that is written for two sides as it is for another number of them."""
    if sides == 2:
        return formula
    letters = LETTERS[sides]
    formula = formula.replace("k_h * k_w", _KERNELS[sides]).replace(" x 1 x 1", " x 1" * sides)
    for end in ("in", "out"):
        positions = " * ".join(f"{letter}_{end}" for letter in letters) or "1"
        formula = formula.replace(f"H_{end} * W_{end}", positions)
    if sides == 0:
        return formula.removeprefix("1 * ")
    first, others = letters[0], " and ".join(letters[1:])
    formula = formula.replace("; W alike", f"; {others} alike" if others else "")
    kernel = "k" if sides == 1 else f"k_{first.lower()}"
    return (
        re.sub(r"\bk_h\b", kernel, re.sub(r"\bH_(in|out)\b", rf"{first}_\1", formula))
        if "H_out =" in formula
        else formula
    )
