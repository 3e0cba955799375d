"""What an example is: a small network, and how it is coded."""

from typing import NamedTuple

MODULE = "module"
CODINGS = {
    MODULE: "layers are modules of torch.nn, joins operators",
    "function": "functions of torch.nn.functional; torch.add and torch.mul for joins",
    "mean": "global average pools are x.mean((2, 3))",
    "own class": "norms are of a class derived from PyTorch's",
    "in place": "leaky_relu changes its input",
    "padding='same'": "convolutions take PyTorch's padding='same'",
}


class Example(NamedTuple):
    """One network, and how it is coded."""

    type: str
    """The layer type it is about."""
    input: str
    layers: str
    codings: tuple[str, ...] = (MODULE,)


BOTH = (MODULE, "function")
NORM = (MODULE, "own class")
START = "{conv: 8, kernel: 3, bias: false}"
