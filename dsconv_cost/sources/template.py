"""The file that a network of one's own starts from."""

import os

from dsconv_cost.errors import UsageError
from dsconv_cost.sources.near_paths import YAML_ENDINGS
from dsconv_cost.text import inert

TEMPLATE = """\
# A network for dsconv-cost. Change what is here, then see
#   dsconv-cost analyze FILE     what it costs, layer by layer
#   dsconv-cost check FILE       whether it keeps its budget
#   dsconv-cost validate FILE    whether it can be read
#   dsconv-cost reference        every type of layer, with its fields and formulas
name: My network

hyperparameters:         # values that --set and variants change: analyze FILE --set alpha=0.5
  alpha: 1.0             # width multiplier
  resolution: 64         # input height and width
  classes: 10

input: [3, resolution, resolution]       # channels, height, width

defaults:                                # fields of every convolution of the file
  conv: {norm: batch, activation: relu}

layers:                                                 # in order, from the input to the output
  - {conv: int(16 * alpha), kernel: 3, stride: 2}       # its value is the number of output channels
  - {dsconv: int(32 * alpha), stride: 2}                # depthwise 3 x 3, then pointwise 1 x 1
  - {inverted_residual: 32, expand: 4, repeat: 3}       # expand, depthwise, project; three of them
  - {conv: 128, kernel: 1, name: head}                  # a name of your own, in place of conv2
  - global_avgpool
  - {linear: classes}

variants:                                # analyze FILE:small
  small: {alpha: 0.5, resolution: 48}

budget:                                  # `check` exits with 1 when the network costs more
  params: 50K
  macs: 20M
"""


def refuse_start(path: str, reserved: str) -> None:
    """Raise UsageError for a path where no new network can be put; `reserved` is a name with a meaning of its own."""
    shown = inert(path)
    if "\0" in path or not path.lower().endswith(YAML_ENDINGS):
        raise UsageError(f"'{shown}' does not end in .yaml: name a file such as net.yaml, or - for standard output")
    if os.path.isdir(path):
        raise UsageError(f"{shown} is a folder: name a file in it, e.g. {inert(os.path.join(path, 'net.yaml'))}")
    if os.path.lexists(path):
        raise UsageError(f"{shown} exists, and is left as it is: name a new file")
    if os.path.basename(path) == reserved:
        raise UsageError(f"{shown} is the name of the budget file: name the network's file otherwise, e.g. net.yaml")
    folder = os.path.dirname(path)
    if folder and not os.path.isdir(folder):
        raise UsageError(f"{shown}: there is no folder {inert(folder)}: make it first")
