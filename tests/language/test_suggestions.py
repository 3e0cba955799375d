"""Suggestions never change the meaning: a layer of other frameworks that this language lacks is not its nearest word."""

import pytest

from tests.networks import body, problems

TYPES = {
    "conv2d": "did you mean 'conv'?",
    "Conv1d": "did you mean 'conv'? It works on as many sides as its input has",
    "conv3d": "did you mean 'conv'? It works on as many sides as its input has",
    "MaxPooling2D": "did you mean 'maxpool'?",
    "covn": "did you mean 'conv'?",
    "swish": "did you mean 'silu'?",
    **dict.fromkeys(("pixel_shuffle", "PixelShuffle", "depth2space"), "did you mean 'depth_to_space'?"),
    **dict.fromkeys(("pixel_unshuffle", "PixelUnshuffle", "SpaceToDepth"), "did you mean 'space_to_depth'?"),
    **dict.fromkeys(("globalmaxpool", "global_max_pool", "GlobalMaxPooling2D"), "did you mean 'global_maxpool'?"),
    **dict.fromkeys(("instance_norm", "InstanceNormalization", "InstanceNorm2d"), "did you mean 'instancenorm'?"),
    **dict.fromkeys(("GRU", "GRUCell", "BiGRU"), "did you mean 'gru'?"),
    **dict.fromkeys(("LSTM", "BiLSTM", "lstm_cell"), "did you mean 'lstm'?"),
    **dict.fromkeys(("SimpleRNN", "RNN"), "did you mean 'rnn'?"),
    **dict.fromkeys(("Embedding", "embed", "lookup_table"), "did you mean 'embedding'?"),
    **dict.fromkeys(("DeformConv2d", "deformable_conv", "DCNv2"), "did you mean 'deform_conv'?"),
    "BlurPool": "did you mean 'blur_pool'?",
    **dict.fromkeys(("MultiheadAttention", "self_attention", "XCA"), "did you mean 'attention'?"),
    **dict.fromkeys(("bmm", "einsum", "mat_mul"), "did you mean 'matmul'?"),
    **dict.fromkeys(("gluu", "SwiGLU", "geglu"), "did you mean 'glu'?"),
    "cls_token": "did you mean 'parameter'?",
    "transpose": "did you mean 'permute'?",
    "view": "did you mean 'reshape'?",
    "LocalResponseNorm": "did you mean 'lrn'?",
    "LogSoftmax": "did you mean 'log_softmax'?",
    "exp": "did you mean 'exponential'?",
    "clamp": "did you mean 'clip'?",
    "sub": "did you mean 'subtract'?",
    **dict.fromkeys(
        ("maxpool3d", "batchnorm3d", "adaptive_maxpool", "rrelu", "weight_norm",
         "UnitNormalization", "roi_align", "bilinear", "bottleneck", "unpool"),
        "other frameworks have it, this language does not; `dsconv-cost reference` lists the built-in types",
    ),
    **dict.fromkeys(
        ("adaptive_max_pol", "weight_nrm", "trilinearr"), "`dsconv-cost reference` lists"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
def test_a_type(name: str) -> None:
    (found,) = problems(body(f"- {{{name}: 8}}"))
    assert found.startswith(f"3:6 unknown type '{name}': {TYPES[name]}")


ACTIVATIONS = {
    "swish": "did you mean 'silu'?",
    "rleu": "did you mean 'relu'?",
    "SELU": "did you mean 'selu'?",
    "logsigmoid": "did you mean 'log_sigmoid'?",
    **dict.fromkeys(
        ("rrelu", "hardshrink"),
        "other frameworks have it, this language does not; the words allowed here",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_word(name: str) -> None:
    (found,) = problems(body(f"- {{conv: 8, kernel: 1, activation: {name}}}"))
    assert f"unknown name '{name}': {ACTIVATIONS[name]}" in found


def test_a_word_in_capitals_is_meant_all_the_same() -> None:
    (found,) = problems(body("- {resize: [4, 4], mode: Bilinear}"))
    assert "did you mean 'bilinear'?" in found


def test_a_block_is_suggested_before_another_framework_is_named() -> None:
    text = "input: [8, 4, 4]\nblocks:\n  selu_block:\n    layers: [relu]\nlayers: [selu_blok]\n"
    assert problems(text) == ["5:10 unknown type 'selu_blok': did you mean 'selu_block'?"]


def test_memory_is_not_the_size_of_parameters() -> None:
    (found,) = problems("budget: [{metric: memory, max: 4 MB}]\n" + body("- relu"))
    assert "unknown metric 'memory': did you mean 'peak'?" in found
