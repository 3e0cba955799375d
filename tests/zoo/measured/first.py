"""The measured models of torchvision, timm and ultralytics that the first bundled networks are held to."""

from tests.zoo.measured.case import Case, Row, with_linear_layers_on_maps, with_relu6


def without_norms(rows: list[Row]) -> list[Row]:
    """The measured network has no batch norm; the standard form of MobileNet V1 has."""
    return [row for row in rows if row.family != "batchnorm"]


def with_convolution_after_pooling(rows: list[Row]) -> list[Row]:
    """In timm the layer before the classifier is a convolution of a 1 x 1 map, as in the paper; in torchvision linear."""
    index = next(i for i, row in enumerate(rows) if row.family == "linear")
    head = rows[index]._replace(family="conv", kernel="1x1", stride="1x1", groups="1")
    return [*rows[:index], head, *rows[index + 1 :]]


def without_last_relu(rows: list[Row]) -> list[Row]:
    """The DenseNet of torchvision calls the ReLU before its pooling as a function, which no hook sees."""
    index = max(i for i, row in enumerate(rows) if row.family == "relu")
    return [*rows[:index], *rows[index + 1 :]]


def without_functions(rows: list[Row]) -> list[Row]:
    """Of Inception's activations and pools only the first two pools are modules in torchvision."""
    pools = [i for i, row in enumerate(rows) if row.family == "maxpool"][2:]
    return [row for i, row in enumerate(rows) if row.family not in ("relu", "avgpool") and i not in pools]


def without_relus(rows: list[Row]) -> list[Row]:
    """The GoogLeNet of torchvision calls every ReLU as a function, which no hook sees."""
    return [row for row in rows if row.family != "relu"]


PROJECTION_FIRST = "torchvision's RegNet computes the projection of a shortcut before the body"
OFFSETS_FIRST = "the reference computes the box offsets of all heads before the scores of all heads"
BLOCK_FIRST = "the parameter of a ConvNeXt block, its scale, is told before the layers of the block"
MINIMAL: dict[str, object] = {"minimalistic": True}

CASES = [
    Case("paper__mobilenet_v1_1.0_224", "mobilenet", {}),
    Case("paper__mobilenet_v1_0.75_192", "mobilenet", {"alpha": 0.75, "resolution": 192}),
    Case("paper__mobilenet_v1_0.5_160", "mobilenet", {"alpha": 0.5, "resolution": 160}),
    Case("paper__mobilenet_v1_0.25_128", "mobilenet", {"alpha": 0.25, "resolution": 128}),
    Case("paper__shallow_mobilenet_1.0_224", "mobilenet:shallow", {}),
    Case("paper__conv_mobilenet_bn_1.0_224", "mobilenet", {}, "standard"),
    Case("paper__conv_mobilenet_1.0_224", "mobilenet", {}, "standard", without_norms),
    Case("timm__mobilenetv1_100", "mobilenet", {}, adapt=with_relu6),
    Case("torchvision__mobilenet_v2", "mobilenet_v2", {}),
    Case("timm__mobilenetv2_050", "mobilenet_v2", {"alpha": 0.5}),
    Case("timm__mobilenetv2_140", "mobilenet_v2", {"alpha": 1.4}),
    Case("torchvision__mobilenet_v3_large", "mobilenet_v3_large", {}),
    Case("timm__mobilenetv3_large_075", "mobilenet_v3_large", {"alpha": 0.75}, adapt=with_convolution_after_pooling),
    Case("torchvision__mobilenet_v3_small", "mobilenet_v3_small", {}),
    Case("timm__mobilenetv3_small_075", "mobilenet_v3_small", {"alpha": 0.75}, adapt=with_convolution_after_pooling),
    Case("timm__tf_mobilenetv3_large_minimal_100", "mobilenet_v3_large", MINIMAL, adapt=with_convolution_after_pooling),
    Case("timm__tf_mobilenetv3_small_minimal_100", "mobilenet_v3_small", MINIMAL, adapt=with_convolution_after_pooling),
    Case("torchvision__vgg11", "vgg:11", {}),
    Case("torchvision__vgg16", "vgg:16", {}),
    Case("torchvision__vgg16_bn", "vgg:16_bn", {}),
    Case("torchvision__resnet18", "resnet:18", {}),
    Case("torchvision__resnet50", "resnet:50", {}),
    Case("torchvision__resnext50_32x4d", "resnet:resnext50_32x4d", {}),
    Case("torchvision__wide_resnet50_2", "resnet:wide50_2", {}),
    Case("torchvision__densenet121", "densenet:121", {}, adapt=without_last_relu),
    Case("torchvision__shufflenet_v2_x1_0", "shufflenet_v2", {}),
    Case("torchvision__shufflenet_v2_x0_5", "shufflenet_v2:0.5x", {}),
    Case("torchvision__shufflenet_v2_x2_0", "shufflenet_v2:2.0x", {}),
    Case("paper__shufflenet_v1_1.0x_g1", "shufflenet_v1:1.0x_g1", {}),
    Case("paper__shufflenet_v1_1.0x_g3", "shufflenet_v1:1.0x_g3", {}),
    Case("paper__shufflenet_v1_0.5x_g8", "shufflenet_v1:0.5x_g8", {}),
    Case("torchvision__efficientnet_b0", "efficientnet:b0", {}),
    Case("torchvision__efficientnet_b3", "efficientnet:b3", {}),
    Case("torchvision__efficientnet_v2_s", "efficientnet_v2:s", {}),
    Case("torchvision__efficientnet_v2_m", "efficientnet_v2:m", {}),
    Case("timm__efficientnet_lite0", "efficientnet_lite:lite0", {}),
    Case("timm__efficientnet_lite4", "efficientnet_lite:lite4", {}),
    Case("torchvision__mnasnet0_5", "mnasnet", {"alpha": 0.5}),
    Case("torchvision__mnasnet1_0", "mnasnet", {}),
    Case("timm__semnasnet_100", "mnasnet:a1", {}),
    Case("timm__semnasnet_050", "mnasnet:a1", {"alpha": 0.5}),
    Case("timm__mnasnet_small", "mnasnet:small", {}),
    Case("timm__mobilenetv4_conv_small", "mobilenet_v4:conv_small", {}),
    Case("timm__mobilenetv4_conv_medium", "mobilenet_v4:conv_medium", {}),
    Case("timm__mobilenetv4_conv_large", "mobilenet_v4:conv_large", {}),
    Case("timm__ghostnet_100", "ghostnet", {}),
    Case("timm__ghostnet_050", "ghostnet:0.5x", {}),
    Case("timm__ghostnet_130", "ghostnet:1.3x", {}),
    Case("timm__mixnet_s", "mixnet:s", {}),
    Case("timm__mixnet_m", "mixnet:m", {}),
    Case("timm__mixnet_l", "mixnet:l", {}),
    Case("timm__legacy_xception", "xception", {}),
    Case("torchvision__lraspp_mobilenet_v3_large", "lraspp", {}),
    Case("torchvision__alexnet", "alexnet", {}),
    Case("torchvision__squeezenet1_0", "squeezenet:1.0", {}),
    Case("torchvision__squeezenet1_1", "squeezenet:1.1", {}),
    Case("torchvision__inception_v3", "inception_v3", {}, adapt=without_functions),
    Case("torchvision__regnet_x_400mf", "regnet:x_400mf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_y_400mf", "regnet:y_400mf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_x_800mf", "regnet:x_800mf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_x_1_6gf", "regnet:x_1.6gf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_x_3_2gf", "regnet:x_3.2gf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_x_8gf", "regnet:x_8gf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_y_800mf", "regnet:y_800mf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_y_1_6gf", "regnet:y_1.6gf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_y_3_2gf", "regnet:y_3.2gf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__regnet_y_8gf", "regnet:y_8gf", {}, reordered=PROJECTION_FIRST),
    Case("torchvision__googlenet", "googlenet:torchvision", {}, adapt=without_relus),
    Case("torchvision__deeplabv3_mobilenet_v3_large_aux", "deeplabv3", {}),
    Case("torchvision__deeplabv3_resnet50_aux", "deeplabv3_resnet50:deeplabv3", {}),
    Case("torchvision__fcn_resnet50_aux", "deeplabv3_resnet50:fcn", {}),
    Case("torchvision__ssdlite320_mobilenet_v3_large", "ssdlite", {}, reordered=OFFSETS_FIRST),
    Case("ultralytics__yolov8n", "yolov8:n", {}, reordered=OFFSETS_FIRST),
    Case("ultralytics__yolov8s", "yolov8:s", {}, reordered=OFFSETS_FIRST),
    Case("torchvision__convnext_tiny", "convnext", {}, adapt=with_linear_layers_on_maps, reordered=BLOCK_FIRST),
]
# Compared by their totals alone: the same layers as above, more of them or wider ones; of DS-CNN, convolutions whose
# asymmetric padding PyTorch computes apart, so that they see another input.
LARGER = [
    Case("paper__mobilenet_v1_0.25_96_vww", "mobilenet:vww", {}),
    Case("timm__mobilenetv1_125", "mobilenet", {"alpha": 1.25}),
    Case("timm__mobilenetv2_035", "mobilenet_v2", {"alpha": 0.35}),
    Case("timm__mobilenetv2_075", "mobilenet_v2", {"alpha": 0.75}),
    Case("torchvision__vgg13", "vgg:13", {}),
    Case("torchvision__vgg19", "vgg:19", {}),
    Case("torchvision__vgg11_bn", "vgg:11_bn", {}),
    Case("torchvision__vgg13_bn", "vgg:13_bn", {}),
    Case("torchvision__vgg19_bn", "vgg:19_bn", {}),
    Case("torchvision__resnet34", "resnet:34", {}),
    Case("torchvision__resnet101", "resnet:101", {}),
    Case("torchvision__resnet152", "resnet:152", {}),
    Case("torchvision__resnext101_32x8d", "resnet:resnext101_32x8d", {}),
    Case("torchvision__resnext101_64x4d", "resnet:resnext101_64x4d", {}),
    Case("torchvision__wide_resnet101_2", "resnet:wide101_2", {}),
    Case("torchvision__densenet161", "densenet:161", {}),
    Case("torchvision__densenet169", "densenet:169", {}),
    Case("torchvision__densenet201", "densenet:201", {}),
    Case("torchvision__shufflenet_v2_x1_5", "shufflenet_v2:1.5x", {}),
    Case("paper__shufflenet_v1_1.0x_g2", "shufflenet_v1:1.0x_g2", {}),
    Case("paper__shufflenet_v1_1.0x_g4", "shufflenet_v1:1.0x_g4", {}),
    Case("paper__shufflenet_v1_0.5x_g3", "shufflenet_v1:0.5x_g3", {}),
    Case("paper__shufflenet_v1_1.5x_g3", "shufflenet_v1:1.5x_g3", {}),
    Case("paper__shufflenet_v1_2.0x_g3", "shufflenet_v1:2.0x_g3", {}),
    Case("paper__shufflenet_v1_1.0x_g8", "shufflenet_v1:1.0x_g8", {}),
    Case("paper__shufflenet_v1_1.5x_g8", "shufflenet_v1:1.5x_g8", {}),
    Case("paper__shufflenet_v1_2.0x_g8", "shufflenet_v1:2.0x_g8", {}),
    Case("paper__ds_cnn_s", "ds_cnn:s", {}),
    Case("paper__ds_cnn_m", "ds_cnn:m", {}),
    Case("paper__ds_cnn_l", "ds_cnn:l", {}),
    Case("torchvision__efficientnet_b1", "efficientnet:b1", {}),
    Case("torchvision__efficientnet_b2", "efficientnet:b2", {}),
    Case("torchvision__efficientnet_b4", "efficientnet:b4", {}),
    Case("torchvision__efficientnet_b5", "efficientnet:b5", {}),
    Case("torchvision__efficientnet_b6", "efficientnet:b6", {}),
    Case("torchvision__efficientnet_b7", "efficientnet:b7", {}),
    Case("torchvision__efficientnet_v2_l", "efficientnet_v2:l", {}),
    Case("timm__efficientnet_lite1", "efficientnet_lite:lite1", {}),
    Case("timm__efficientnet_lite2", "efficientnet_lite:lite2", {}),
    Case("timm__efficientnet_lite3", "efficientnet_lite:lite3", {}),
    Case("torchvision__mnasnet0_75", "mnasnet:b1_0.75", {}),
    Case("torchvision__mnasnet1_3", "mnasnet:b1_1.3", {}),
    Case("timm__mnasnet_140", "mnasnet:b1", {"alpha": 1.4}),
    Case("timm__semnasnet_075", "mnasnet:a1", {"alpha": 0.75}),
    Case("timm__semnasnet_140", "mnasnet:a1", {"alpha": 1.4}),
    Case("torchvision__regnet_x_16gf", "regnet:x_16gf", {}),
    Case("torchvision__regnet_x_32gf", "regnet:x_32gf", {}),
    Case("torchvision__regnet_y_16gf", "regnet:y_16gf", {}),
    Case("torchvision__regnet_y_32gf", "regnet:y_32gf", {}),
    Case("torchvision__regnet_y_128gf", "regnet:y_128gf", {}),
    Case("torchvision__convnext_small", "convnext:small", {}, adapt=with_linear_layers_on_maps),
    Case("torchvision__convnext_base", "convnext:base", {}, adapt=with_linear_layers_on_maps),
    Case("torchvision__convnext_large", "convnext:large", {}, adapt=with_linear_layers_on_maps),
]
