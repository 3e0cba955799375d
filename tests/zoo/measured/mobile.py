"""Networks that classify images, measured in pytorchcv (tests/facts/README.md)."""

from tests.zoo.measured.case import Case

SHORTCUT_FIRST = "the reference computes the shortcut's convolution before the body"

CASES = [
    Case("pytorchcv__peleenet", "peleenet", {}),
    Case("pytorchcv__sqnxt23_w1", "squeezenext:1.0-23", {}, reordered=SHORTCUT_FIRST),
    Case("pytorchcv__proxylessnas_mobile", "proxylessnas:mobile", {}),
    Case("pytorchcv__wrn28_10_cifar10", "resnet_cifar:wrn_28_10", {}),
    Case("pytorchcv__seresnet50", "se_resnet:50", {}, reordered=SHORTCUT_FIRST),
    Case("pytorchcv__seresnext50_32x4d", "se_resnet:resnext50_32x4d", {}, reordered=SHORTCUT_FIRST),
]
LARGER = [
    Case("pytorchcv__sqnxt23_w3d2", "squeezenext:1.5-23", {}),
    Case("pytorchcv__sqnxt23_w2", "squeezenext:2.0-23", {}),
    Case("pytorchcv__proxylessnas_cpu", "proxylessnas:cpu", {}),
    Case("pytorchcv__proxylessnas_gpu", "proxylessnas:gpu", {}),
    Case("pytorchcv__proxylessnas_mobile14", "proxylessnas:mobile_1_4", {}),
    Case("pytorchcv__wrn16_10_cifar10", "resnet_cifar:wrn_16_8", {"width": 10}),
    Case("pytorchcv__seresnet101", "se_resnet:101", {}),
    Case("pytorchcv__seresnext101_32x4d", "se_resnet:resnext101_32x4d", {}),
]
