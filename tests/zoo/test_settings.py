"""Settings of bundled networks that no variant or published figure has, against the same networks measured in PyTorch."""

import pytest

from dsconv_cost import analyze, load

MEASURED: dict[tuple[str, str], tuple[dict[str, float | bool], int, int]] = {
    # (network, how it was built) -> settings, params, MACs: PyTorch 2.14.1, FlopCounterMode halved
    ("mobilenet_v4:conv_small", "timm 1.0.31, mobilenetv4_conv_small_050"): ({"alpha": 0.5}, 2_238_952, 64_741_408),
    ("mobilenet_v4:conv_small", "timm 1.0.31, mobilenetv4_conv_small_035"): ({"alpha": 0.35}, 1_905_384, 47_723_040),
    ("mobilenet_v4:conv_small", "timm 1.0.31, multiplier 0.75"): ({"alpha": 0.75}, 2_933_912, 116_793_392),
    ("mobilenet_v4:conv_medium", "timm 1.0.31, multiplier 0.5"): ({"alpha": 0.5}, 3_803_488, 410_279_936),
    ("mobilenet_v4:conv_medium", "timm 1.0.31, multiplier 1.25"): ({"alpha": 1.25}, 14_000_408, 1_695_235_072),
    ("mobilenet_v4:conv_large", "timm 1.0.31, multiplier 0.75"): ({"alpha": 0.75}, 19_267_880, 3_737_464_832),
    ("googlenet:torchvision", "torchvision 0.29.1, aux_logits, training"): ({"aux": True}, 13_004_888, 1_506_748_416),
    ("inception_v3", "torchvision 0.29.1, aux_logits, training"): ({"aux": True}, 27_161_264, 5_718_899_296),
    ("deeplabv3", "torchvision 0.29.1, aux_loss=False"): ({"aux": False}, 11_025_477, 10_436_350_688),
    ("deeplabv3_resnet50:deeplabv3", "torchvision 0.29.1, aux_loss=False"): (
        {"aux": False},
        39_638_869,
        168_731_205_888,
    ),
    ("deeplabv3_resnet50:fcn", "torchvision 0.29.1, aux_loss=False"): ({"aux": False}, 32_957_013, 142_725_772_800),
    ("metaformer:caformer_s18", "timm 1.0.31, caformer_s18"): ({}, 26_341_656, 4_106_941_440),
    ("metaformer:caformer_s36", "timm 1.0.31, caformer_s36"): ({}, 39_297_102, 7_971_597_312),
    ("metaformer:caformer_m36", "timm 1.0.31, caformer_m36"): ({}, 56_204_878, 13_240_630_656),
    ("metaformer:caformer_b36", "timm 1.0.31, caformer_b36"): ({}, 98_753_614, 23_160_476_160),
    ("fastvit:sa12", "timm 1.0.31, fastvit_sa12"): ({}, 11_580_968, 1_943_937_024),
    ("fastvit:sa24", "timm 1.0.31, fastvit_sa24"): ({}, 21_554_216, 3_769_966_592),
    ("fastvit:sa36", "timm 1.0.31, fastvit_sa36"): ({}, 31_527_464, 5_595_996_160),
    ("fastvit:ma36", "timm 1.0.31, fastvit_ma36"): ({}, 44_068_004, 7_825_709_056),
}


@pytest.mark.parametrize(("network", "source"), MEASURED, ids=" / ".join)
def test_settings_against_measured_networks(network: str, source: str) -> None:
    settings, params, macs = MEASURED[network, source]
    total = analyze(load(network, **settings)).total
    assert (total.params, total.macs) == (params, macs)


def test_mobilenet_v1_without_batch_norm() -> None:
    """Biases in place of the 10,944 scales and 10,944 shifts of its 27 batch norms."""
    plain, normed = (analyze(load("mobilenet", batch_norm=on)).total for on in (False, True))
    assert normed.params - plain.params == 10_944
    assert plain.macs == normed.macs


def test_mobilenet_v2_scaled_by_depth() -> None:
    """Tan and Le 2019, arXiv:1905.11946, Table 3: 1.2 B for MobileNetV2 at d = 4. Each stage repeats its last layer."""
    once, twice, four = (analyze(load("mobilenet_v2", depth=depth)).total.macs for depth in (1, 2, 4))
    assert 1_150_000_000 <= four < 1_250_000_000
    assert four - twice == 2 * (twice - once)  # 17 layers more each time, with the same shapes


@pytest.mark.parametrize(("network", "added"), [("mobilenet_v3_large", 15), ("mobilenet_v3_small", 11)])
def test_mobilenet_v3_twice_as_deep(network: str, added: int) -> None:
    blocks = [sum(layer.kind == "depthwise" for layer in analyze(load(network, depth=d)).layers) for d in (1, 2)]
    assert blocks == [added, 2 * added]
