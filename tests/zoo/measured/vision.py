"""Networks that segment, find faces and poses, enlarge and clean images, or hear (tests/facts/README.md)."""

from tests.zoo.measured.case import Case

SHORTCUT_FIRST = "the reference computes the shortcut's convolution before the body"
OTHER_ORDER = "the reference computes the branches of a join in another order"
ENET: dict[str, object] = {
    "slopes": "per_layer",
    "by_input": True,
    "last_kernel": 3,
    "height": 512,
    "width": 1024,
    "classes": 19,
}
BRAIN: dict[str, object] = {
    "features": 32, "padded": True, "batch_norm": True, "channels": 3, "classes": 1, "resolution": 256,
}  # fmt: skip

CASES = [
    Case("pytorchcv__fastscnn", "fast_scnn", {}),
    Case("pytorchcv__enet", "enet", ENET, reordered=OTHER_ORDER),
    Case("pytorchcv__lwopenpose2d_mobilenet", "lightweight_openpose", {}),
    Case("pytorchcv__simplepose_resnet50b", "simple_baselines:50", {}, reordered=SHORTCUT_FIRST),
    Case("pytorchcv__erfnet", "erfnet", {"classes": 19}, reordered=OTHER_ORDER),
    Case("pytorchcv__nin_cifar10", "nin", {}),
    Case("facenet_pytorch__pnet", "mtcnn:p_net", {}),
    Case("facenet_pytorch__rnet", "mtcnn:r_net", {}),
    Case("facenet_pytorch__onet", "mtcnn:o_net", {}),
    Case("paper__cyclegan_resnet_9", "cyclegan", {}),
    Case("paper__pix2pix_unet_256", "pix2pix", {}),
    Case("paper__anomaly_autoencoder", "anomaly_autoencoder", {}),
    Case("paper__dncnn", "dncnn:s", {}),
    Case("paper__edsr_baseline_x4", "edsr:baseline", {}),
    Case("paper__eegnet_8_2", "eegnet:8_2", {}),
    Case("paper__espcn_x3", "espcn", {}),
    Case("paper__fsrcnn_x2", "fsrcnn:fsrcnn", {}),
    Case("paper__pilotnet", "pilotnet", {}),
    Case("paper__srcnn_9-5-5", "srcnn:9-5-5", {}),
    Case("paper__unet_brain", "unet", BRAIN),
    Case("paper__vdsr", "vdsr", {}),
    Case("paper__vggish", "vggish", {}),
]
LARGER = [
    Case("torchvision__ssd300_vgg16", "ssd300:coco", {}),  # its scale is a parameter of the whole backbone there
    Case("hollance__blazeface", "blazeface:front", {}),  # its padding is computed apart, as DS-CNN's
    Case("hollance__blazeface_back", "blazeface:back", {}),
    Case("pytorchcv__simplepose_resnet101b", "simple_baselines:101", {}),
]
