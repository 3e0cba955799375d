"""A transformer block against the layers that it stands for, written out."""

import pytest

from tests.networks import of

WRITTEN_OUT = {
    "plain": ("{transformer: 4}", """[
        residual: [layernorm, {linear: 96}, {attention, heads: 4}, {linear: 32}]},
        {residual: [layernorm, {linear: 128, activation: gelu}, {linear: 32}]}]"""),
    "windows, layer scale, a wide perceptron": (
        "{transformer: 4, mlp: 6, activation: silu, window: 3, position_bias: 100, layer_scale: true}", """[
        residual: [layernorm, {linear: 96}, {attention, heads: 4, window: 3, position_bias: 100}, {linear: 32}, channel_scale]},
        {residual: [layernorm, {linear: 192, activation: silu}, {linear: 32}, channel_scale]}]"""),
    "norms after, no bias, shared keys": (
        "{transformer: 4, post_norm: true, qkv_bias: false, kv_heads: 2, head_channels: 16}", """[
        residual: [{linear: 64 + 64, bias: false}, {attention, heads: 4, kv_heads: 2}, {linear: 32}]}, layernorm,
        {residual: [{linear: 128, activation: gelu}, {linear: 32}]}, layernorm]"""),
    "fewer keys": ("{transformer: 2, reduction: 4}", """[
        residual: [layernorm, {attention: [{linear: 32}, [{conv: 32, kernel: 4, stride: 4, padding: 0}, layernorm, {linear: 64}]],
                               heads: 2}, {linear: 32}]},
        {residual: [layernorm, {linear: 128, activation: gelu}, {linear: 32}]}]"""),
}  # fmt: skip


@pytest.mark.parametrize(("composite", "layers"), WRITTEN_OUT.values(), ids=WRITTEN_OUT)
def test_it_is_the_layers_it_stands_for(composite: str, layers: str) -> None:
    written_out = of(layers.replace("[\n        residual", "[\n        {residual", 1), "32, 12, 12")
    block = of(f"[{composite}]", "32, 12, 12")
    assert sorted((node.layer.type, node.output, node.counts) for node in block.nodes) == sorted(
        (node.layer.type, node.output, node.counts) for node in written_out.nodes
    )
    assert block.nodes[-1].output == (32, 12, 12)


def test_on_a_signal_and_in_a_row() -> None:
    net = of("[{transformer: 4, repeat: 2}]", "32, 50")
    assert [node.name for node in net.nodes][:3] == [
        "transformer1[1]/norm1",
        "transformer1[1]/qkv",
        "transformer1[1]/attention",
    ]
    assert len(net.nodes) == 2 * 10
    # norms, projections to three and back, and a perceptron of 4 x 32
    assert sum(node.counts.params for node in net.nodes) == 2 * (
        2 * 64 + 32 * 96 + 96 + 32 * 32 + 32 + 2 * 32 * 128 + 128 + 32
    )
