"""Large networks, written out: each function returns the text of a file with about `n` layers."""

CHANNELS = (16, 24, 32, 48, 64, 96, 128, 160)
KERNELS = (3, 5, 1, 3, 7)
ACTIVATIONS = ("relu", "relu6", "hardswish")


def _file(lines: list[str]) -> str:
    return "\n".join(["input: [16, 32, 32]", "layers:", *lines, ""])


def written(n: int) -> str:
    """A convolution a line, as `- {conv: 64, kernel: 3}`."""
    return _file([f"  - {{conv: {_pick(CHANNELS, i)}, kernel: {_pick(KERNELS, i)}}}" for i in range(n)])


def folded(n: int) -> str:
    """A convolution with norm and activation a line: three layers each."""
    return _file(
        [
            f"  - {{conv: {_pick(CHANNELS, i)}, kernel: {_pick(KERNELS, i)}, norm: batch, "
            f"activation: {_pick(ACTIVATIONS, i)}}}"
            for i in range(n)
        ]
    )


def repeated(n: int) -> str:
    """One convolution, repeated."""
    return _file([f"  - {{conv: 16, kernel: 3, repeat: {n}}}"])


def residual(n: int) -> str:
    """All in the body of one residual."""
    return _file(["  - residual:", *["    - {conv: 16, kernel: 3}"] * n])


def branches(n: int) -> str:
    """One concat of that many branches."""
    return _file(["  - concat:", *[f"    - {{conv: 1, kernel: {_pick(KERNELS, i)}}}" for i in range(n)]])


def every(n: int) -> str:
    """One concat of the outputs of a repeated item."""
    return _file([f"  - {{conv: 1, kernel: 3, repeat: {n}, name: unit}}", "  - concat: [all unit]"])


def blocks(n: int) -> str:
    """A block for every hundred layers, each used once."""
    names = [f"stage_{i}" for i in range(max(1, n // 100))]
    lines = ["input: [16, 32, 32]", "blocks:"]
    for name in names:
        lines += [
            f"  {name}:",
            "    arguments: {channels: required, size: 3}",
            "    let: {wide: channels * 2}",
            "    layers:",
            "      - {conv: wide, kernel: size, repeat: 99}",
            "      - {conv: channels, kernel: 1}",
        ]
    return "\n".join([*lines, "layers:", *[f"  - {{{name}: 16}}" for name in names], ""])


def dense(n: int) -> str:
    """Dense blocks of sixteen units, each of which reads all before it in its block."""
    lines = ["input: [16, 32, 32]", "blocks:", "  unit:", "    arguments: {growth: required}", "    layers:"]
    lines += ["    - concat:", "      - previous", "      - - {conv: growth * 4, kernel: 1}"]
    lines += ["        - {conv: growth, kernel: 3}"]
    stage = ["  - {unit: 8, repeat: 16}", "  - {conv: 16, kernel: 1}"]
    return "\n".join([*lines, "layers:", *stage * max(1, n // 49), ""])


def nested(n: int) -> str:
    """Stacks of groups and residuals, twenty deep."""
    lines: list[str] = []
    for _ in range(max(1, n // 21)):
        for depth in range(10):
            lines += [f"{'    ' * depth}  - sequential:", f"{'    ' * depth}    - residual:"]
            lines += [f"{'    ' * depth}      - {{conv: 16, kernel: 3}}"]
    return _file(lines)


def _pick(choices: tuple[object, ...], i: int) -> object:
    return choices[i * 7 % len(choices)]
