"""From YAML to a text of our own, to ONNX, and back: the same network each time."""

from dsconv_cost.errors import UsageError
from dsconv_cost.importers.writing.rewording import reworded
from dsconv_cost.importers.writing.write import write_architecture
from dsconv_cost.network.graph import Network
from dsconv_cost.sources import bundled
from tests.importers.imports import imported
from tests.importers.onnx_writer import Unsayable, onnx_bytes
from tests.importers.same_counts import assert_same, multiplied
from tests.networks import bundled_spec, network


def bundled_arguments() -> list[list[str]]:
    """Return for each bundled family its networks by their names, one for each variant."""
    return [
        [f"{name}:{variant}" if variant else name for variant in bundled_spec(name).variants or [""]]
        for name in bundled.names()
    ]


def written_again(net: Network) -> None:
    """Assert that what is written of a network is the network."""
    assert_same(reworded(net), network(write_architecture(net, "net")))


def there_and_back(net: Network) -> None:
    """Assert that a network is the same from YAML to ONNX to YAML, as far as ONNX and the language have words for it."""
    try:
        data = onnx_bytes(net, weights="beside")
    except Unsayable:
        return
    if not any(node.counts.macs or node.counts.params for node in net.nodes):
        return  # to a reader of ONNX it may do nothing
    made = imported(data).network
    # Shared vectors are taken for equal ones that an exporter stored once: there the params are more.
    start = 2 if net.shared else 0
    assert sorted(layer[start:] for layer in multiplied(made)) == sorted(layer[start:] for layer in multiplied(net))
    try:
        text = write_architecture(made, "net")
    except UsageError as error:
        assert "the language has no word for" in str(error)  # noqa: PT017  # what it has no word for is told elsewhere
        return
    assert_same(reworded(made), network(text))
