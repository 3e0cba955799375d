"""The whole networks that are measured: bundled ones with their settings."""

TORCHVISION = {
    "resnet:18": "resnet18", "densenet:121": "densenet121", "convnext:tiny": "convnext_tiny",
    "efficientnet:b0": "efficientnet_b0", "mobilenet_v3_large": "mobilenet_v3_large",
}  # fmt: skip
"""Bundled networks -> torchvision's own, coded as they are there."""

NETWORKS: list[tuple[str, dict[str, int | float]]] = [
    ("unet", {"resolution": 188}),
    ("convnext:tiny", {}),
    ("densenet:121", {}),
    ("resnet:18", {}),
    ("resnet:50", {}),
    ("mobilefacenet", {"embedding": 512}),
    ("efficientnet:b0", {}),
    ("mobilenet_v3_large", {}),
    ("mobilenet", {}),
    ("mobilenet_v2", {}),
    ("mobilenet_v2", {"alpha": 1.4}),
    ("vgg:16", {}),
    ("video_resnet", {}),
    ("wave_unet", {}),
    ("tc_resnet", {}),
    ("kws_gru:s", {"biases": 2}),
    ("kws_lstm:basic_m", {"biases": 2}),
    ("crnn", {}),
    ("quartznet", {}),
]
