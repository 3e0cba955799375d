"""A brute force that says which positions of an input one output reads: what every type of layer does, with no window's formula.

Along one side, positions as far as they go in both directions; only what sees a whole side at once ends where the side ends.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from math import ceil, floor
from typing import Any

from dsconv_cost.network.graph import INPUT, Network

Reads = Callable[[Any, int, list[int], int], list[Iterable[int]]]
"""A layer, a position of its output, the sizes of its inputs and its output's -> what it reads of each input."""


def _kernel(value: int | tuple[int, ...]) -> int:
    return value if isinstance(value, int) else value[0]


def _steps(layer: Any, i: int, sizes: list[int], out: int) -> list[Iterable[int]]:
    k, s, d = _kernel(layer.kernel), _kernel(layer.stride), _kernel(getattr(layer, "dilation", 1))
    if layer.padding == "same":
        last = (out - 1) * s + d * (k - 1)  # where the last window ends, were there no padding before
        before = max(0, last - (sizes[0] - 1)) // 2
    else:
        before = _kernel(layer.padding)
    return [{i * s - before + d * j for j in range(k)}]


def _spread(layer: Any, i: int, sizes: list[int], out: int) -> list[Iterable[int]]:
    k, s, d = _kernel(layer.kernel), _kernel(layer.stride), _kernel(layer.dilation)
    before = max(0, d * (k - 1) + 1 - s) // 2 if layer.padding == "same" else _kernel(layer.padding)
    # Input x puts a product at x*s - before + d*j.
    near = range(floor((i - d * k) / s) - 2, ceil((i + before) / s) + 3)
    return [{x for x in near if any(x * s - before + d * j == i for j in range(k))}]


def _between(layer: Any, i: int, sizes: list[int], out: int) -> list[Iterable[int]]:
    n = sizes[0]
    if layer.mode == "nearest":
        return [{i * n // out}]
    twice = (2 * i + 1) * n - out  # (i + 1/2) * n / out - 1/2, in units of 1 / (2 out)
    at = twice // (2 * out)
    return [{at} if twice % (2 * out) == 0 else {at, at + 1}]


def _adaptive(layer: Any, i: int, sizes: list[int], out: int) -> list[Iterable[int]]:
    n = sizes[0]
    return [range(i * n // out, -(-(i + 1) * n // out))]


def _all(layer: Any, i: int, sizes: list[int], out: int) -> list[Iterable[int]]:
    return [range(n) for n in sizes]


def _own(layer: Any, i: int, sizes: list[int], out: int) -> list[Iterable[int]]:
    return [{i} if n == out else {0} for n in sizes]


def _attention(layer: Any, i: int, sizes: list[int], out: int) -> list[Iterable[int]]:
    n = sizes[-1]
    if layer.window is None and layer.grid is None:
        return [*[{i}] * (len(sizes) - 1), range(n)]
    tile = _kernel(layer.window) if layer.window is not None else -(-n // _kernel(layer.grid))
    first = i // tile * tile
    return [range(first, first + tile)]


def _concat(layer: Any, i: int, sizes: list[int], out: int) -> list[Iterable[int]]:
    if layer.along == "channels":
        return _own(layer, i, sizes, out)
    starts = [sum(sizes[:branch]) for branch in range(len(sizes))]
    mine = max(branch for branch, start in enumerate(starts) if start <= max(i, 0))
    return [{i - start} if branch == mine else () for branch, start in enumerate(starts)]


def _reduced(layer: Any, i: int, sizes: list[int], out: int) -> list[Iterable[int]]:
    return _own(layer, i, sizes, out) if layer.over == ("channels",) else _all(layer, i, sizes, out)


READS: Mapping[str, Reads] = {
    **dict.fromkeys(("conv", "dwconv", "maxpool", "avgpool", "blur_pool"), _steps),
    "conv_transpose": _spread,
    **dict.fromkeys(("upsample", "resize"), _between),
    "adaptive_avgpool": _adaptive,
    **dict.fromkeys(("global_avgpool", "global_maxpool", "gru", "lstm", "rnn", "matmul", "flatten"), _all),
    "reduce": _reduced,
    "conv_at": lambda layer, i, sizes, out: [range(sizes[0]), *[{i}] * (len(sizes) - 1)],
    "correlate": lambda layer, i, sizes, out: [range(i, i + sizes[1]), range(sizes[1])],
    "attention": _attention,
    "concat": _concat,
    "pad": lambda layer, i, sizes, out: [{i - layer.sides}],
    "crop": lambda layer, i, sizes, out: [{i + (sizes[0] - out) // 2}],
    "slice": lambda layer, i, sizes, out: [{layer.length[0] + i * layer.length[2]} if layer.length else {i}],
    "space_to_depth": lambda layer, i, sizes, out: [range(i * layer.factor, (i + 1) * layer.factor)],
    "depth_to_space": lambda layer, i, sizes, out: [{i // layer.factor}],
}  # fmt: skip
"""Layer type -> what it reads."""

OWN_POSITION = {
    "linear", "embedding", "batchnorm", "layernorm", "groupnorm", "instancenorm", "rmsnorm", "grn", "lrn", "channel_scale",
    "relu", "relu6", "leaky_relu", "prelu", "elu", "selu", "celu", "softplus", "softsign", "gelu", "silu", "mish", "hardswish", "sigmoid",
    "hardsigmoid", "tanh", "hardtanh", "log_sigmoid", "softmax", "log_softmax", "glu", "exponential", "log", "sqrt", "square", "abs",
    "negate", "reciprocal", "sin", "cos", "clip", "threshold", "add", "subtract", "maximum", "minimum", "multiply", "divide", "identity",
    "dropout", "channel_shuffle", "expand", "parameter",
}  # fmt: skip
"""Types that read their own position, or the only one of a branch without others. The statistics of norms are set aside."""

OTHER_AXES = {"reshape", "permute"}
"""Types after which a position steps along another axis: not for the brute force."""


def positions_seen(network: Network) -> Callable[[int, int], frozenset[int]]:
    """Return the function that says which positions of the input a position of a node's output sees."""

    @cache
    def seen(node: int, i: int) -> frozenset[int]:
        if node == INPUT:
            return frozenset({i})
        own = network.nodes[node]
        sizes = [network.shape(source)[1] for source in own.inputs]
        reads = READS.get(own.layer.type, _own)(own.layer, i, sizes, own.output[1])
        return frozenset().union(
            *[seen(source, j) for source, one in zip(own.inputs, reads, strict=True) for j in one]
        )  # fmt: skip

    return seen
