"""Memory of imported models: that of the network they were written from."""

from dsconv_cost.memory.conventions import MEMORY_CONVENTIONS
from dsconv_cost.memory.measure import Memory
from dsconv_cost.network.graph import Network
from tests.importers import imports, tflite_models
from tests.importers.onnx_writer import onnx_bytes
from tests.memory.random_networks import random_text
from tests.memory.tflite_of_network import tflite_file
from tests.networks import network


def _peaks(net: Network) -> dict[str, int]:
    memory = Memory(net)
    return {name: memory.peak(convention) for name, convention in MEMORY_CONVENTIONS.items()} | {"flash": memory.flash}


def test_onnx_files_of_random_networks() -> None:
    for seed in range(3000, 3040):
        net = network(random_text(seed))
        assert _peaks(imports.imported(onnx_bytes(net, weights="beside")).network) == _peaks(net), seed


def test_tensorflow_lite_files_of_random_networks() -> None:
    """Their arena is that of the file's own tensors, all other figures those of its layers."""
    for seed in range(4000, 4030):
        net = network(random_text(seed))
        model = tflite_models.imported(tflite_file(net, seed % 2 == 0)).network
        assert model.stated
        assert _peaks(model) == _peaks(net), seed
        assert max(Memory(model).timeline(MEMORY_CONVENTIONS["arena-tflm"])) == Memory(net).arena, seed
