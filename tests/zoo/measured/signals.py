"""Networks on signals and video, measured in PyTorch (tests/facts/README.md)."""

from tests.zoo.measured.case import Case, Row


def without_silu(rows: list[Row]) -> list[Row]:
    """X3D's Swish is a class of PyTorchVideo's own, which is not told."""
    return [row for row in rows if row.family != "silu"]


PROJECTION_FIRST = "the reference computes the shortcut's convolution before the body"
SMALL_WAVE_UNET: dict[str, object] = {"levels": 5, "batch_norm": True, "sources": 1}

CASES = [
    Case("other__tcresnet8", "tc_resnet:8", {}),
    Case("other__wave_unet", "wave_unet", SMALL_WAVE_UNET),
    Case("paper__wave_unet", "wave_unet", {}),
    Case("pytorchcv__quartznet5x5", "quartznet:5x5", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__r3d_18", "video_resnet:r3d_18", {}),
    Case("torchvision__mc3_18", "video_resnet:mc3_18", {}),
    Case("torchvision__r2plus1d_18", "video_resnet:r2plus1d_18", {}),
    Case("torchvision__s3d", "s3d", {}),
    Case("pytorchvideo__x3d_s", "x3d:s", {}, adapt=without_silu, reordered=PROJECTION_FIRST),
]
LARGER = [
    Case("pytorchvideo__x3d_xs", "x3d:xs", {}, adapt=without_silu),
    Case("pytorchvideo__x3d_m", "x3d:m", {}, adapt=without_silu),
    Case("pytorchvideo__x3d_l", "x3d:l", {}, adapt=without_silu),
    Case("pytorchcv__quartznet15x5", "quartznet:15x5", {}),
]
