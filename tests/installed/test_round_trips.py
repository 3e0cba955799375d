"""The first and the last variant of every bundled family as YAML, as ONNX and as YAML again; quick tests take every fifth family."""

import pytest

from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import load
from tests.importers.round_trip import bundled_arguments, there_and_back, written_again

pytestmark = pytest.mark.installed


@pytest.mark.parametrize(
    "argument", [argument for family in bundled_arguments() for argument in dict.fromkeys([family[0], family[-1]])]
)
def test_every_family_comes_back(argument: str) -> None:
    net = elaborate(load(argument))
    written_again(net)
    there_and_back(net)
