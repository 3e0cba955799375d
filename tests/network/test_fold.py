"""Batch norms folded into the layers before them: which take one, and the bias that is left of it."""

import pytest

from dsconv_cost.network.transforms.fold_norms import fold_norms, norms_left
from tests.networks import of, types

FOLDS = {
    # layer, the norm behind it, weights, biases: one for each channel that the norm passed
    "a convolution": ("{conv: 4, kernel: 3, bias: false}", 9 * 8 * 4, 4),
    "a convolution with a bias already": ("{conv: 4, kernel: 3, bias: true}", 9 * 8 * 4, 4),
    "a depthwise convolution": ("{dwconv: 3, depth_multiplier: 2, bias: false}", 9 * 16, 16),
    "a transposed convolution": ("{conv_transpose: 6, kernel: 2, stride: 2, bias: false}", 4 * 8 * 6, 6),
    "a transposed convolution in groups": ("{conv_transpose: 6, kernel: 2, groups: 2, bias: false}", 4 * 4 * 6, 6),
}


@pytest.mark.parametrize(("layer", "weights", "biases"), FOLDS.values(), ids=FOLDS)
def test_a_norm_folds_into(layer: str, weights: int, biases: int) -> None:
    net = of(f"[{layer}, batchnorm, relu]")
    folded = fold_norms(net)
    assert types(folded) == [types(net)[0], "relu"]
    assert (folded.nodes[0].counts.weights, folded.nodes[0].counts.biases) == (weights, biases)
    assert folded.nodes[0].counts.macs == net.nodes[0].counts.macs
    assert folded.nodes[-1].output == net.nodes[-1].output
    assert norms_left(folded) == []


def test_a_norm_folds_into_a_linear_layer() -> None:
    folded = fold_norms(of("[global_avgpool, {linear: 5, bias: false}, batchnorm]"))
    assert types(folded) == ["global_avgpool", "linear"]
    assert (folded.nodes[-1].counts.weights, folded.nodes[-1].counts.biases) == (8 * 5, 5)
    assert folded.outputs == (1,)


STAYS = {
    "the input": "[batchnorm, relu]",
    "another layer": "[{conv: 4, kernel: 1}, relu, batchnorm]",
    "a layer that is used elsewhere too": "[{conv: 8, kernel: 1, name: c}, {add: [batchnorm, c]}]",
    "a pair of norms, of which one folds": "[{conv: 8, kernel: 1, bias: false}, batchnorm, batchnorm]",
}


@pytest.mark.parametrize("layers", STAYS.values(), ids=STAYS)
def test_a_norm_stays_behind(layers: str) -> None:
    folded = fold_norms(of(layers))
    assert types(folded).count("batchnorm") == 1
    assert len(norms_left(folded)) == 1


def test_a_learned_tensor_has_no_input_and_stays() -> None:
    net = fold_norms(of("- {conv: 8, kernel: 1, norm: batch}\n- add: [previous, {parameter: [8, 16, 16]}]"))
    assert [node.layer.type for node in net.nodes] == ["conv", "parameter", "add"]
