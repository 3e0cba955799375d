"""Files of models, as large as asked for: their weights are a hole in the file, which takes no room and would be read as zeros."""

from pathlib import Path

from tests.importers import onnx_file
from tests.importers.protobuf import data, number, varint

FLOAT = 1


def with_weights(path: Path, megabytes: int, nodes: int = 1) -> str:
    """Write an ONNX file of convolutions, one of which has weights of that many megabytes; return its path."""
    channels = 8
    heavy = megabytes * 2**20 // (4 * channels)
    size = 4 * heavy * channels
    small = onnx_file.tensor("small.weight", [channels, channels, 3, 3], bytes(4 * 9 * channels * channels))
    chain = ["x", *[f"t{i}" for i in range(nodes)]]
    steps = [
        onnx_file.node("Conv", [chain[i], "small.weight"], [chain[i + 1]], f"/conv{i}/Conv", {"pads": [1, 1, 1, 1]})
        for i in range(nodes)
    ]
    steps.append(onnx_file.node("Conv", [chain[-1], "large.weight"], ["y"], "/large/Conv", {}))
    # The raw data, field 9, is last in its tensor, which is last in the graph, which is last in the file.
    tensor = (
        number(1, heavy)
        + number(1, channels)
        + number(1, 1)
        + number(1, 1)
        + number(2, FLOAT)
        + data(8, "large.weight")
    )
    tensor += varint(9 << 3 | 2) + varint(size)
    graph = b"".join([
        *(data(1, step) for step in steps), data(5, small), data(11, onnx_file.value_info("x", [1, channels, 8, 8])),
        data(12, onnx_file.value_info("y", [1, heavy, 8, 8])), varint(5 << 3 | 2), varint(len(tensor) + size), tensor,
    ])  # fmt: skip
    head = number(1, 8) + data(8, number(2, 17)) + varint(7 << 3 | 2) + varint(len(graph) + size) + graph
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + size)
    return str(path)
