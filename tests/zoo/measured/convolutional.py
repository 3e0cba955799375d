"""Convolutional networks of timm, measured by tests/facts/measure_timm.py: one of each family layer by layer."""

from tests.zoo.measured.case import Case, Row, with_linear_layers_on_maps, with_relu6


def without_average_pools(rows: list[Row]) -> list[Row]:
    """The average pools of GhostNetV2's gates are called as functions, which no hook sees."""
    return [row for row in rows if row.family != "avgpool"]


def without_relus(rows: list[Row]) -> list[Row]:
    """MobileViTv2's attention calls its ReLU as a function, which no hook sees."""
    return [row for row in rows if row.family != "relu"]


def patches_first(rows: list[Row]) -> list[Row]:
    """In timm the channels of MLP-Mixer's patches stand behind the patches, and a mean over these leaves a vector."""

    def turned(shape: str) -> str:
        channels, _, patches = shape.partition("x")
        return channels if patches in ("", "1") else shape if "x" in patches else f"{patches}x{channels}"

    return [row._replace(input=turned(row.input), output=turned(row.output)) for row in rows]


def channels_last(rows: list[Row]) -> list[Row]:
    """All but MambaOut's convolutions and its first GELU see maps in timm whose channels stand behind height and width."""
    first = next(i for i, row in enumerate(rows) if row.family == "gelu")

    def turned(shape: str) -> str:
        channels, _, positions = shape.partition("x")
        return f"{positions}x{channels}" if positions.strip("1x") else channels

    return [
        row if row.family == "conv" or i == first else row._replace(input=turned(row.input), output=turned(row.output))
        for i, row in enumerate(rows)
    ]


PRODUCT_FIRST = "timm computes both factors of StarNet's product before the activation of the first"
GATE_LAST = "timm takes the sigmoid of GhostNetV2's gate after the module that it multiplies"
OWN_PARAMETERS_FIRST = "the parameters of a module of timm are told before the layers inside it"
ACTIVATION_LAST = "timm takes the activation of MambaOut's gate after the convolution of the other half"
POOL_LAST = "timm computes the pool in the stem of PP-HGNetV2, the first branch of its join, last"
PROJECTION_FIRST = "timm's TResNet computes the projection of a shortcut before the body"

CASES = [
    Case("timm__starnet_s1", "starnet:s1", {}, reordered=PRODUCT_FIRST),
    Case("timm__ese_vovnet19b_dw", "vovnet:v2_19_dw", {}),
    Case("timm__poolformer_s12", "poolformer:s12", {}),
    Case("timm__fasternet_t0", "fasternet:t0", {}),
    Case("timm__hgnetv2_b0", "hgnet_v2:b0", {}, reordered=POOL_LAST),
    Case("timm__rexnet_100", "rexnet:1.0x", {}),
    Case("timm__repvit_m1", "repvit:m1", {}),
    Case("timm__mobileone_s0", "mobileone:s0", {}),
    Case("timm__mobileone_s1", "mobileone:s1", {}),
    Case("timm__dpn68", "dpn:68", {}),
    Case("timm__ghostnetv2_100", "ghostnet_v2:1.0x", {}, adapt=without_average_pools, reordered=GATE_LAST),
    Case("timm__cspdarknet53", "cspnet:darknet53", {}),
    Case("timm__fastvit_t8", "fastvit:t8", {}),
    Case("timm__tresnet_m", "tresnet:m", {}, reordered=PROJECTION_FIRST),
    Case("timm__convnextv2_atto", "convnext_v2:atto", {}),
    Case("timm__res2net50_26w_4s", "res2net:50_26w_4s", {}),
    Case("timm__ecaresnet26t", "ecaresnet:26t", {}),
    Case("timm__fbnetc_100", "fbnet", {}),
    Case("timm__spnasnet_100", "spnasnet", {}),
    Case("timm__tinynet_a", "tinynet:a", {}),
    Case("timm__tinynet_e", "tinynet:e", {}),
    Case("timm__lcnet_050", "lcnet:0.5x", {}),
    Case("timm__lcnet_100", "lcnet:1.0x", {}),
    Case("timm__hardcorenas_a", "hardcorenas:a", {}),
    Case("timm__repvgg_a0", "repvgg:a0", {}),
    Case("timm__xception41", "xception_aligned:41", {}),
    Case("timm__mobilenetv2_110d", "mobilenet_v2:110d", {}),
    Case("timm__mobilenetv2_120d", "mobilenet_v2:120d", {}),
    Case("timm__mixer_s32_224", "mixer:s32", {}, adapt=patches_first),
    Case("timm__mobilevitv2_050", "mobilevit_v2:0.5", {}, adapt=without_relus),
    Case("timm__convmixer_768_32", "convmixer:768_32", {}),
    Case("timm__inception_next_atto", "inception_next:atto", {}, reordered=OWN_PARAMETERS_FIRST),
    Case("timm__repghostnet_100", "repghost:1.0x", {}),
    Case("timm__hgnet_tiny", "hgnet:tiny", {}),
    Case("timm__poolformerv2_s12", "metaformer:poolformer_v2_s12", {}, reordered=OWN_PARAMETERS_FIRST),
    Case("timm__convformer_s18", "metaformer:convformer_s18", {}, reordered=OWN_PARAMETERS_FIRST),
    Case("timm__resnet50d", "resnet_d:50d", {}),
    Case("timm__seresnet50", "resnet_d:se_50", {}),
    Case("timm__gernet_s", "genet:small", {}),
    Case("timm__efficientnet_es", "efficientnet_edge:s", {}),
    Case("timm__mambaout_femto", "mambaout:femto", {}, adapt=channels_last, reordered=ACTIVATION_LAST),
    Case("timm__inception_v4", "inception_v4", {}),
    Case("timm__mobilenetv1_100h", "mobilenet", {"head": 1024}, adapt=with_relu6),
]
LARGER = [
    Case("timm__starnet_s2", "starnet:s2", {}),
    Case("timm__starnet_s3", "starnet:s3", {}),
    Case("timm__starnet_s4", "starnet:s4", {}),
    Case("timm__starnet_s050", "starnet:s050", {}),
    Case("timm__starnet_s100", "starnet:s100", {}),
    Case("timm__starnet_s150", "starnet:s150", {}),
    Case("timm__vovnet39a", "vovnet:39", {}),
    Case("timm__vovnet57a", "vovnet:57", {}),
    Case("timm__ese_vovnet19b_slim_dw", "vovnet:v2_19_slim_dw", {}),
    Case("timm__ese_vovnet19b_slim", "vovnet:v2_19_slim", {}),
    Case("timm__ese_vovnet39b", "vovnet:v2_39", {}),
    Case("timm__ese_vovnet57b", "vovnet:v2_57", {"resolution": 256}),
    Case("timm__ese_vovnet99b", "vovnet:v2_99", {}),
    Case("timm__poolformer_s24", "poolformer:s24", {}),
    Case("timm__poolformer_s36", "poolformer:s36", {}),
    Case("timm__poolformer_m36", "poolformer:m36", {}),
    Case("timm__poolformer_m48", "poolformer:m48", {}),
    Case("timm__fasternet_t1", "fasternet:t1", {}),
    Case("timm__fasternet_t2", "fasternet:t2", {}),
    Case("timm__fasternet_s", "fasternet:s", {}),
    Case("timm__fasternet_m", "fasternet:m", {}),
    Case("timm__fasternet_l", "fasternet:l", {}),
    Case("timm__hgnetv2_b1", "hgnet_v2:b1", {}),
    Case("timm__hgnetv2_b2", "hgnet_v2:b2", {}),
    Case("timm__hgnetv2_b3", "hgnet_v2:b3", {}),
    Case("timm__hgnetv2_b4", "hgnet_v2:b4", {}),
    Case("timm__hgnetv2_b5", "hgnet_v2:b5", {}),
    Case("timm__hgnetv2_b6", "hgnet_v2:b6", {}),
    Case("timm__rexnet_130", "rexnet:1.3x", {}),
    Case("timm__rexnet_150", "rexnet:1.5x", {}),
    Case("timm__rexnet_200", "rexnet:2.0x", {}),
    Case("timm__rexnet_300", "rexnet:3.0x", {}),
    Case("timm__rexnetr_100", "rexnet:r_1.0x", {}),
    Case("timm__rexnetr_130", "rexnet:r_1.3x", {}),
    Case("timm__rexnetr_150", "rexnet:r_1.5x", {}),
    Case("timm__rexnetr_200", "rexnet:r_2.0x", {}),
    Case("timm__rexnetr_300", "rexnet:r_3.0x", {}),
    Case("timm__repvit_m0_9", "repvit:m0.9", {}),
    Case("timm__repvit_m1_0", "repvit:m1.0", {}),
    Case("timm__repvit_m1_1", "repvit:m1.1", {}),
    Case("timm__repvit_m1_5", "repvit:m1.5", {}),
    Case("timm__repvit_m2_3", "repvit:m2.3", {}),
    Case("timm__repvit_m2", "repvit:m2", {}),
    Case("timm__repvit_m3", "repvit:m3", {}),
    Case("timm__mobileone_s2", "mobileone:s2", {}),
    Case("timm__mobileone_s3", "mobileone:s3", {}),
    Case("timm__mobileone_s4", "mobileone:s4", {}),
    Case("timm__dpn48b", "dpn:48b", {}),
    Case("timm__dpn68b", "dpn:68b", {}),
    Case("timm__dpn92", "dpn:92", {}),
    Case("timm__dpn98", "dpn:98", {}),
    Case("timm__dpn107", "dpn:107", {}),
    Case("timm__dpn131", "dpn:131", {}),
    Case("timm__ghostnetv2_130", "ghostnet_v2:1.3x", {}, adapt=without_average_pools),
    Case("timm__ghostnetv2_160", "ghostnet_v2:1.6x", {}, adapt=without_average_pools),
    Case("timm__cspresnet50", "cspnet:resnet50", {}),
    Case("timm__cspresnext50", "cspnet:resnext50", {}),
    Case("timm__fastvit_t12", "fastvit:t12", {}),
    Case("timm__fastvit_s12", "fastvit:s12", {}),
    Case("timm__tresnet_l", "tresnet:l", {}),
    Case("timm__tresnet_xl", "tresnet:xl", {}),
    Case("timm__tresnet_v2_l", "tresnet:v2_l", {}),
    Case("timm__convnextv2_femto", "convnext_v2:femto", {}),
    Case("timm__convnextv2_pico", "convnext_v2:pico", {}),
    Case("timm__convnextv2_nano", "convnext_v2:nano", {}),
    Case("timm__convnextv2_tiny", "convnext_v2:tiny", {}, adapt=with_linear_layers_on_maps),
    Case("timm__convnextv2_base", "convnext_v2:base", {}, adapt=with_linear_layers_on_maps),
    Case("timm__convnextv2_large", "convnext_v2:large", {}, adapt=with_linear_layers_on_maps),
    Case("timm__res2net50_48w_2s", "res2net:50_48w_2s", {}),
    Case("timm__res2net50_14w_8s", "res2net:50_14w_8s", {}),
    Case("timm__res2net50_26w_6s", "res2net:50_26w_6s", {}),
    Case("timm__res2net50_26w_8s", "res2net:50_26w_8s", {}),
    Case("timm__res2net101_26w_4s", "res2net:101_26w_4s", {}),
    Case("timm__res2next50", "res2net:next_50", {}),
    Case("timm__ecaresnet50t", "ecaresnet:50t", {}),
    Case("timm__ecaresnet50d", "ecaresnet:50d", {}),
    Case("timm__ecaresnet101d", "ecaresnet:101d", {}),
    Case("timm__ecaresnetlight", "ecaresnet:light", {}),
    Case("timm__tinynet_b", "tinynet:b", {}),
    Case("timm__tinynet_c", "tinynet:c", {}),
    Case("timm__tinynet_d", "tinynet:d", {}),
    Case("timm__lcnet_035", "lcnet:0.35x", {}),
    Case("timm__lcnet_075", "lcnet:0.75x", {}),
    Case("timm__lcnet_150", "lcnet:1.5x", {}),
    Case("timm__hardcorenas_b", "hardcorenas:b", {}),
    Case("timm__hardcorenas_c", "hardcorenas:c", {}),
    Case("timm__hardcorenas_d", "hardcorenas:d", {}),
    Case("timm__hardcorenas_e", "hardcorenas:e", {}),
    Case("timm__hardcorenas_f", "hardcorenas:f", {}),
    Case("timm__repvgg_a1", "repvgg:a1", {}),
    Case("timm__repvgg_a2", "repvgg:a2", {}),
    Case("timm__repvgg_b0", "repvgg:b0", {}),
    Case("timm__repvgg_b1", "repvgg:b1", {}),
    Case("timm__repvgg_b1g4", "repvgg:b1g4", {}),
    Case("timm__repvgg_b2", "repvgg:b2", {}),
    Case("timm__repvgg_b2g4", "repvgg:b2g4", {}),
    Case("timm__repvgg_b3", "repvgg:b3", {}),
    Case("timm__repvgg_b3g4", "repvgg:b3g4", {}),
    Case("timm__xception65", "xception_aligned:65", {}),
    Case("timm__xception71", "xception_aligned:71", {}),
    Case("timm__mixer_s16_224", "mixer:s16", {}, adapt=patches_first),
    Case("timm__mixer_b32_224", "mixer:b32", {}, adapt=patches_first),
    Case("timm__mixer_b16_224", "mixer:b16", {}, adapt=patches_first),
    Case("timm__mixer_l32_224", "mixer:l32", {}, adapt=patches_first),
    Case("timm__mixer_l16_224", "mixer:l16", {}, adapt=patches_first),
    Case("timm__mobilevitv2_075", "mobilevit_v2:0.75", {}, adapt=without_relus),
    Case("timm__mobilevitv2_100", "mobilevit_v2:1.0", {}, adapt=without_relus),
    Case("timm__mobilevitv2_125", "mobilevit_v2:1.25", {}, adapt=without_relus),
    Case("timm__mobilevitv2_150", "mobilevit_v2:1.5", {}, adapt=without_relus),
    Case("timm__mobilevitv2_175", "mobilevit_v2:1.75", {}, adapt=without_relus),
    Case("timm__mobilevitv2_200", "mobilevit_v2:2.0", {}, adapt=without_relus),
    Case("timm__convmixer_1536_20", "convmixer:1536_20", {}),
    Case("timm__convmixer_1024_20_ks9_p14", "convmixer:1024_20_p14", {}),
    Case("timm__inception_next_tiny", "inception_next:tiny", {}),
    Case("timm__inception_next_small", "inception_next:small", {}),
    Case("timm__inception_next_base", "inception_next:base", {}),
    Case("timm__repghostnet_050", "repghost:0.5x", {}),
    Case("timm__repghostnet_058", "repghost:0.58x", {}),
    Case("timm__repghostnet_080", "repghost:0.8x", {}),
    Case("timm__repghostnet_111", "repghost:1.11x", {}),
    Case("timm__repghostnet_130", "repghost:1.3x", {}),
    Case("timm__repghostnet_150", "repghost:1.5x", {}),
    Case("timm__repghostnet_200", "repghost:2.0x", {}),
    Case("timm__hgnet_small", "hgnet:small", {}),
    Case("timm__hgnet_base", "hgnet:base", {}),
    Case("timm__poolformerv2_s24", "metaformer:poolformer_v2_s24", {}),
    Case("timm__poolformerv2_s36", "metaformer:poolformer_v2_s36", {}),
    Case("timm__poolformerv2_m36", "metaformer:poolformer_v2_m36", {}),
    Case("timm__poolformerv2_m48", "metaformer:poolformer_v2_m48", {}),
    Case("timm__convformer_s36", "metaformer:convformer_s36", {}),
    Case("timm__convformer_m36", "metaformer:convformer_m36", {}),
    Case("timm__convformer_b36", "metaformer:convformer_b36", {}),
    Case("timm__resnet18d", "resnet_d:18d", {}),
    Case("timm__resnet26d", "resnet_d:26d", {}),
    Case("timm__resnet34d", "resnet_d:34d", {}),
    Case("timm__resnet101d", "resnet_d:101d", {}),
    Case("timm__resnet152d", "resnet_d:152d", {}),
    Case("timm__resnet200d", "resnet_d:200d", {}),
    Case("timm__seresnext50_32x4d", "resnet_d:se_next_50_32x4d", {}),
    Case("timm__seresnext101_32x8d", "resnet_d:se_next_101_32x8d", {}),
    Case("timm__gernet_m", "genet:medium", {}),
    Case("timm__gernet_l", "genet:large", {}),
    Case("timm__efficientnet_em", "efficientnet_edge:m", {}),
    Case("timm__efficientnet_el", "efficientnet_edge:l", {}),
    Case("timm__mambaout_kobe", "mambaout:kobe", {}, adapt=channels_last),
    Case("timm__mambaout_tiny", "mambaout:tiny", {}, adapt=channels_last),
    Case("timm__mambaout_small", "mambaout:small", {}, adapt=channels_last),
    Case("timm__mambaout_base", "mambaout:base", {}, adapt=channels_last),
]
