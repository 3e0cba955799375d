"""Every bundled network and variant as YAML, as ONNX and as YAML again: minutes, so that the quick tests take one of each family."""

import pytest

from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import load
from tests.importers.round_trip import bundled_arguments, there_and_back, written_again

pytestmark = pytest.mark.installed


@pytest.mark.parametrize("argument", [argument for family in bundled_arguments() for argument in family])
def test_every_variant_comes_back(argument: str) -> None:
    net = elaborate(load(argument))
    written_again(net)
    there_and_back(net)
