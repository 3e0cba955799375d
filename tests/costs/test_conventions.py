"""Conventions: each gives the integer its counter printed for six networks, and differences are visible arithmetic.

The printed figures were measured on one machine: torch 2.13.0, torchvision 0.28.0, timm 1.0.31 (mobilenet is timm's
mobilenetv1_100, the others torchvision's). Where a counter's number depends on how one implementation was coded, the
convention takes layers for modules and the difference is written out here.
"""

import json

import pytest

from dsconv_cost import analyze, load
from dsconv_cost.costs.candidates import figures, nearest_conventions
from dsconv_cost.costs.conventions import all_conventions, convention_named
from dsconv_cost.costs.waterfall import waterfall
from dsconv_cost.errors import UsageError
from dsconv_cost.language.published import quantity
from dsconv_cost.layers import LAYERS
from dsconv_cost.layers.counts import Counts
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.reports.reconcile import printed
from tests.command import run
from tests.networks import architecture

NETWORKS = ("mobilenet", "mobilenet_v2", "mobilenet_v3_large", "resnet:50", "efficientnet:b0", "vgg:16")

# timm's BatchNormAct2d is a batch norm and an activation in one module that these counters' hooks do not know.
V1_NORM_ELEMENTS = 5_042_688  # the outputs of MobileNet V1's 27 convolutions, also the elements of its relus
V1_NORM_PARAMS = 2 * 10_944
# torchvision's VGG has an adaptive average pool to 7 x 7 before its classifier, which changes nothing at 224 x 224.
VGG_POOL = 512 * 7 * 7

PRINTED: dict[str, tuple[str, dict[str, int]]] = {
    # convention -> the figure it prints as, and network -> printed - ours
    "macs": ("macs", dict.fromkeys(NETWORKS, 0)),
    "fvcore": ("macs", {"vgg:16": VGG_POOL}),
    "torchinfo": ("macs", {"mobilenet": -V1_NORM_PARAMS}),
    "ptflops": (
        "macs",
        {
            # the norms are missed (2 an element), and what follows them is counted once, not twice
            "mobilenet": -3 * V1_NORM_ELEMENTS,
            "mobilenet_v2": -1280 * 7 * 7,  # its pool is a function call: counted once, not twice
            "vgg:16": 2 * VGG_POOL,
        },
    ),
    "ptflops-aten": ("macs", dict.fromkeys(NETWORKS, 0)),
    "thop": (
        "macs",
        {
            "mobilenet": -4 * V1_NORM_ELEMENTS,
            "mobilenet_v2": -(1280 * 7 * 7 + 1280),  # its pool is a function call, which hooks do not see
            "vgg:16": VGG_POOL + VGG_POOL,  # inputs and outputs
        },
    ),
    "torchprofile": ("macs", {"vgg:16": VGG_POOL}),
    "calflops": ("flops", {"mobilenet": -V1_NORM_ELEMENTS, "vgg:16": VGG_POOL}),
    "keras": ("params", {}),
}
FIGURES: dict[str, tuple[int, int, int, int, int, int]] = {
    "macs": (568_740_352, 300_774_272, 216_589_760, 4_089_184_256, 385_814_752, 15_470_264_320),
    "fvcore": (578_875_904, 314_193_216, 226_033_824, 4_111_512_576, 401_659_392, 15_470_289_408),
    "torchinfo": (568_741_352, 300_809_384, 216_621_520, 4_089_238_376, 385_867_108, 15_483_821_032),
    "ptflops": (573_884_392, 320_300_008, 231_316_416, 4_132_436_968, 410_196_896, 15_523_225_576),
    "ptflops-aten": (568_741_352, 300_775_272, 216_597_120, 4_089_185_256, 385_825_092, 15_483_821_032),
    "thop": (568_791_552, 327_486_720, 234_838_456, 4_133_742_592, 415_145_024, 15_470_314_496),
    "torchprofile": (573_784_064, 307_453_664, 221_591_992, 4_100_300_288, 394_869_216, 15_470_289_408),
    "calflops": (1_147_616_256, 614_967_488, 444_944_056, 8_211_108_352, 793_641_400, 30_973_778_432),
}
# Keras' own definitions of V2 and later differ from torchvision's; V1, ResNet-50 (biased convolutions) apart, VGG agrees.
KERAS_PARAMS = {
    "mobilenet": 4_253_864,
    "mobilenet_v2": 3_538_984,
    "mobilenet_v3_large": 5_507_432,
    "vgg:16": 138_357_544,
}


@pytest.fixture(scope="module")
def networks() -> dict[str, Network]:
    return {name: elaborate(load(name)) for name in NETWORKS}


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", FIGURES)
def test_each_convention_gives_the_integer_its_counter_printed(
    name: str, network: str, networks: dict[str, Network]
) -> None:
    metric, differences = PRINTED[name]
    ours = getattr(figures(networks[network], convention_named(name)), metric)
    assert ours + differences.get(network, 0) == FIGURES[name][NETWORKS.index(network)]


@pytest.mark.parametrize("network", KERAS_PARAMS)
def test_keras_counts_running_statistics(network: str, networks: dict[str, Network]) -> None:
    assert figures(networks[network], convention_named("keras")).params == KERAS_PARAMS[network]


def test_every_convention_is_held_to_something() -> None:
    assert set(all_conventions()) == {*PRINTED, "complete", "folded", "deployed"}


# -- complete -------------------------------------------------------------------------------------

ONE = Counts(
    weights=0, biases=0, norm=0, macs=0, bias_adds=3, normalised=5, activated=7, pooled=11, added=13, multiplied=17,
    resampled=19, read=23, written=2,
)  # fmt: skip

COMPLETE: dict[str, int] = {
    # what each operation costs, added up by hand from the counts above
    "conv": 3 + 13 + 17 + 7 * 19,
    "batchnorm": 3 + 2 * 5 + 13 + 17 + 7 * 19,
    "layernorm": 3 + 7 * 5 + 13 + 17 + 7 * 19,
    "relu": 3 + 7 + 13 + 17 + 7 * 19,
    "relu6": 3 + 2 * 7 + 13 + 17 + 7 * 19,
    "silu": 3 + 5 * 7 + 13 + 17 + 7 * 19,
    "hardswish": 3 + 5 * 7 + 13 + 17 + 7 * 19,
    "sigmoid": 3 + 4 * 7 + 13 + 17 + 7 * 19,
    "global_avgpool": 3 + 11 + 13 + 17 + 7 * 19,
    "maxpool": 3 + (11 - 2) + 13 + 17 + 7 * 19,
    "reduce mean": 3 + 11 + 13 + 17 + 7 * 19,
    "reduce sum": 3 + (11 - 2) + 13 + 17 + 7 * 19,
    "log_softmax": 3 + 5 * 7 + 13 + 17 + 7 * 19,
    "square": 3 + 7 + 13 + 17 + 7 * 19,
    "rmsnorm": 3 + 4 * 5 + 13 + 17 + 7 * 19,
    "instancenorm": 3 + 7 * 5 + 13 + 17 + 7 * 19,
}


@pytest.mark.parametrize("type_", COMPLETE)
def test_complete_charges_every_operation(type_: str) -> None:
    assert convention_named("complete").figures(type_, ONE).flops == COMPLETE[type_]


def test_complete_leaves_no_operation_out() -> None:
    """Every layer type that computes something has a charge."""
    moves = {
        "flatten",
        "identity",
        "reshape",
        "permute",
        "dropout",
        "space_to_depth",
        "depth_to_space",
        "channel_shuffle",
        "slice",
        "pad",
        "crop",
        "concat",
        "expand",
        "parameter",
        "embedding",
    }
    for type_ in set(LAYERS) - moves:
        charges = [
            charge
            for charge in convention_named("complete").flops
            if not charge.cases or type_ in {case.partition(" ")[0] for case in charge.cases}
        ]
        specific = [charge for charge in charges if charge.cases]
        counted = {
            "conv",
            "dwconv",
            "conv_transpose",
            "linear",
            "blur_pool",
            "add",
            "subtract",
            "maximum",
            "minimum",
            "multiply",
            "divide",
            "channel_scale",
            "upsample",
            "resize",
            "matmul",
            "correlate",
            "conv_at",
        }
        assert specific or type_ in counted, type_


def test_complete_on_a_small_network() -> None:
    """2 x 2 input of 1 channel: conv 1 x 1 to 2 channels with bias, relu, global pool."""
    text = "input: [1, 2, 2]\nlayers: [{conv: 2, kernel: 1, activation: relu}, global_avgpool]"
    analysis = analyze(architecture(text), convention="complete")
    # 8 MACs at 2, 8 bias additions, 8 comparisons, 8 sums and quotients
    assert analysis.total.flops == 8 * 2 + 8 + 8 + 8


def test_complete_of_attention() -> None:
    """9 positions of 12 channels in 3 heads: softmax and scale of each score beside the MACs, and a bias of each."""
    text = "input: [36, 3, 3]\nlayers: [{attention, heads: 3, position_bias: 7}]"
    scores = 3 * 9 * 9
    assert analyze(architecture(text), convention="complete").total.flops == 2 * (2 * 9 * 9 * 12) + scores * (5 + 1 + 1)
    linear = "input: [36, 3, 3]\nlayers: [{attention, heads: 3, linear: true, divisor: true}]"
    # 18 positions meet 4 channels of a key and 4 + 1 of a value in each head; then a quotient of each value
    assert analyze(architecture(linear), convention="complete").total.flops == 2 * (3 * 18 * 4 * 5) + 9 * 12


def test_complete_of_a_gate() -> None:
    """6 channels at 4 positions: 5 operations of silu on half of them, and the product."""
    text = "input: [6, 2, 2]\nlayers: [{glu: silu}]"
    assert analyze(architecture(text), convention="complete").total.flops == 12 * (5 + 1)


# -- folded ---------------------------------------------------------------------------------------


def test_folded_has_a_bias_for_each_norm() -> None:
    folded = analyze(load("mobilenet"), convention="folded")
    # 4,209,088 weights, 10,944 channels with a bias in place of a norm, 1,000 biases of the classifier
    assert folded.total.params == 4_209_088 + 10_944 + 1_000
    assert folded.total.macs == 568_740_352
    assert not any(layer.type == "batchnorm" for layer in folded.layers)


def test_norms_before_convolutions_stay() -> None:
    """DenseNet-121: 120 convolutions, of which 59 are directly followed by a norm of their own."""
    plain, folded = (analyze(load("densenet:121"), convention=name) for name in ("macs", "folded"))
    count = [sum(layer.type == "batchnorm" for layer in costs.layers) for costs in (plain, folded)]
    assert count[0] == 121
    assert count[1] == 121 - 1 - 58  # the stem's, and that between the two convolutions of each of the 58 layers


# -- choosing one ---------------------------------------------------------------------------------


def test_the_convention_is_in_every_output() -> None:
    document = json.loads(run("analyze", "mobilenet_v2", "--convention", "ptflops", "--format", "json").out)
    assert document["convention"] == {"name": "ptflops", "version": "0.7.5"}
    assert document["totals"]["as_written"]["macs"] == 320_300_008 + 1280 * 7 * 7
    assert sum(layer["macs"] for layer in document["layers"]) == 320_300_008 + 1280 * 7 * 7
    assert "convention ptflops 0.7.5" in run("analyze", "mobilenet_v2", "--convention", "ptflops").out


@pytest.mark.parametrize("name", all_conventions())
def test_every_table_adds_up_under_every_convention(name: str) -> None:
    from dsconv_cost.costs.breakdown import OPS, Breakdown, View
    from dsconv_cost.reports.analyze import kind_table

    analysis = analyze(load("mobilenet_v3_small"), convention=name)
    for view in (View(), View(depth=3), View(OPS)):
        shown = list(Breakdown(analysis, view).rows())
        for form in ("macs", "standard", "separable"):
            whole = {"macs": analysis.total, "standard": analysis.standard.total, "separable": analysis.separable.total}
            assert sum(getattr(row, form) for row in shown) == whole[form].macs
        assert sum(row.params for row in shown) == analysis.total.params
    *kinds, last = kind_table(analysis).rows
    assert sum(row[2] for row in kinds if isinstance(row[2], int)) == last[2] == analysis.total.macs
    assert sum(row[8] for row in kinds if isinstance(row[8], int)) == last[8] == analysis.total.params


def test_unknown_conventions_get_a_suggestion() -> None:
    with pytest.raises(UsageError, match="did you mean 'fvcore'"):
        convention_named("fv-core")
    result = run("analyze", "mobilenet", "--convention", "mac")
    assert (result.code, result.out) == (2, "")
    assert "did you mean 'macs'?" in result.err


@pytest.mark.parametrize("name", [None, *all_conventions()])
@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown"])
def test_conventions_are_listed_and_explained(name: str | None, format_: str) -> None:
    result = run("conventions", *([name] if name else []), "--format", format_)
    assert result.code == 0
    for expected in [name] if name and format_ in ("table", "markdown") else [] if name else all_conventions():
        assert expected is not None
        assert expected in result.out


def test_conventions_of_memory_are_listed_with_their_versions() -> None:
    rows = json.loads(run("conventions", "--format", "json").out)["memory"]
    assert [(row["name"], row["version"]) for row in rows] == [
        ("in+out", "1"), ("liveness", "1"), ("liveness+inplace", "1"), ("tinyengine", "1"), ("arena-tflm", "1"), ("int8+int32", "1"),
    ]  # fmt: skip
    assert "peak is by liveness, arena by arena-tflm, flash by int8+int32, at 8 bits" in run("conventions").out


# -- reconcile ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def v2_140() -> Network:
    return elaborate(load("mobilenet_v2", alpha=1.4))


def test_the_documented_case(v2_140: Network) -> None:
    """One user reported 610.1 M (ptflops), 603.1 M (thop) and 585 M (paper) for MobileNetV2-1.4."""
    number = quantity("610.1M")
    assert number is not None
    candidates = nearest_conventions(v2_140, number)
    reached = [(c.convention.name, c.value, c.coding) for c in candidates if c.agrees]
    assert reached == [
        ("ptflops", 610_098_600, "global average pools as means"),  # torchvision once wrote x.mean([2, 3])
        ("ptflops", 610_186_408, "pools as functions"),
    ]
    values = {(c.convention.name, c.coding): c.value for c in candidates if c.metric == "macs"}
    assert values["ptflops", ""] == 610_186_408 + 1792 * 7 * 7
    assert values["thop", ""] == 620_489_520 + 1792 * 7 * 7 + 1792
    assert values["macs", ""] == 582_195_824
    other = quantity("603.1M")
    assert other is not None
    assert not any(c.agrees for c in nearest_conventions(v2_140, other))
    paper = quantity("585M")
    assert paper is not None
    (figure,) = [p for p in printed(load("mobilenet_v2", alpha=1.4), paper) if p.metric == "macs"]
    assert figure.reason
    assert "1801.04381" in figure.source or "Sandler" in figure.source


def test_the_documented_case_is_told() -> None:
    out = run("reconcile", "mobilenet_v2", "--alpha", "1.4", "--number", "610.1M").out
    assert "ptflops 0.7.5 where the network has pools as functions gives 610,186,408" in out
    assert "gives 610,098,600" in out
    out = run("reconcile", "mobilenet_v2", "--alpha", "1.4", "--number", "603.1M").out
    assert "no measured rule gives 603.1M" in out
    out = run("reconcile", "mobilenet_v2", "--alpha", "1.4", "--number", "585M").out
    assert "no measured rule gives 585M" in out
    assert "printed" in out


def test_the_waterfall_of_ptflops(v2_140: Network) -> None:
    way = waterfall(v2_140, convention_named("ptflops"), convention_named("macs"), "macs")
    assert (way.start, way.end) == (610_186_408 + 1792 * 7 * 7, 582_195_824)
    changes = [(step.what, step.change) for step in way.steps]
    assert changes == [
        ("batchnorm", -2 * 9_573_424),
        ("relu6", -8_754_928),
        ("global_avgpool", -2 * 1792 * 7 * 7),
        ("adding biases of linear", -1_000),
    ]


@pytest.mark.parametrize("metric", ["params", "macs", "flops"])
@pytest.mark.parametrize("end", all_conventions())
@pytest.mark.parametrize("start", all_conventions())
def test_every_waterfall_adds_up(start: str, end: str, metric: str, networks: dict[str, Network]) -> None:
    network = networks["mobilenet_v2"]
    way = waterfall(network, convention_named(start), convention_named(end), metric)
    assert way.start == getattr(figures(network, convention_named(start)), metric)
    assert way.end == getattr(figures(network, convention_named(end)), metric)
    assert way.start + sum(step.change for step in way.steps) == way.end
    for step in way.steps:
        assert sum(change for _, change in step.layers) == step.change


PRINTED_ELSEWHERE = {
    # what counters are reported to print of well-known networks, beside our own count
    "mobilefacenet, 512 values": ("mobilefacenet:wide", "233.09M", "ptflops", 233_093_376),
    "resnet:50": ("resnet:50", "4132.44M", "ptflops", 4_132_436_968),
    "vgg:16": ("vgg:16", "15.52G", "ptflops", 15_523_225_576 - 2 * VGG_POOL),
    "mobilenet_v3_large": ("mobilenet_v3_large", "231.32M", "ptflops", 231_316_416),
}


@pytest.mark.parametrize(("argument", "text", "counter", "value"), PRINTED_ELSEWHERE.values(), ids=PRINTED_ELSEWHERE)
def test_numbers_seen_elsewhere_are_reached(argument: str, text: str, counter: str, value: int) -> None:
    number = quantity(text)
    assert number is not None
    found = [c for c in nearest_conventions(elaborate(load(argument)), number) if c.agrees]
    assert (counter, value, "") in [(c.convention.name, c.value, c.coding) for c in found]
    assert run("reconcile", argument, "--number", text).out.count("reached") >= 1


WRONG = {
    "nothing asked": ((), "give --from NAME [--to NAME], or --number N"),
    "both asked": (("--from", "thop", "--number", "1M"), "give --from NAME [--to NAME], or --number N"),
    "not a number": (("--number", "many"), "expected a count with its digits"),
    "unknown convention": (("--from", "torch"), "no convention named 'torch'"),
    "a goal for a number": (("--number", "1M", "--to", "macs"), "--to goes with --from"),
}


@pytest.mark.parametrize(("options", "fragment"), WRONG.values(), ids=WRONG)
def test_wrong_use_of_reconcile(options: tuple[str, ...], fragment: str) -> None:
    result = run("reconcile", "mobilenet", *options)
    assert (result.code, result.out) == (2, "")
    assert fragment in result.err


@pytest.mark.parametrize("format_", ["table", "json", "csv", "markdown"])
def test_reconcile_in_every_format(format_: str) -> None:
    for options in (("--from", "thop"), ("--number", "4253864")):
        result = run("reconcile", "mobilenet", *options, "--format", format_)
        assert result.code == 0
        assert result.out


# -- networks that people asked about in public ----------------------------------------------------

CONV = "{conv: 8, kernel: 3, bias: false}"
REPORTED = {
    # layers on 8 x 16 x 16 -> what each counter prints; the convolution alone has 147,456 MACs
    "average pool": (f"[{CONV}, {{avgpool: 2}}]", {"fvcore": 147_456, "thop": 147_968, "ptflops": 151_552}),
    "layer norm": (
        f"[{CONV}, layernorm]",
        {"ptflops": 149_504, "thop": 155_648, "torchprofile": 149_504, "fvcore": 157_696},
    ),
    "prelu": (
        f"[{CONV}, prelu]",
        {"ptflops": 151_552, "thop": 149_504, "torchinfo": 147_464, "fvcore": 147_456, "torchprofile": 147_456},
    ),
    "transposed convolution": (
        "[{conv_transpose: 4, kernel: 4, stride: 2, padding: 1, bias: false}]",
        {"thop": 524_288, "torchprofile": 524_288, "torchinfo": 524_288, "ptflops": 131_072, "fvcore": 131_072,
         "calflops": 131_072},
    ),
    "nearest upsampling": (f"[{CONV}, {{upsample: 2}}]", {"ptflops": 163_840, "thop": 155_648, "fvcore": 155_648}),
}  # fmt: skip
REPORTED_FLOPS = {"average pool": 296_960, "layer norm": 305_152, "prelu": 296_960, "nearest upsampling": 296_960}
"""By calflops; the average pool's is 2 * 147,456 and its 2,048 inputs."""


@pytest.mark.parametrize("name", REPORTED)
def test_layers_that_people_asked_about(name: str) -> None:
    layers, printed = REPORTED[name]
    network = elaborate(architecture(f"input: [8, 16, 16]\nlayers: {layers}"))
    assert {c: figures(network, convention_named(c)).macs for c in printed} == printed
    if name in REPORTED_FLOPS:
        assert figures(network, convention_named("calflops")).flops == REPORTED_FLOPS[name]


YAMNET = """\
input: [1, 96, 64]
defaults:
  conv: {norm: batch, activation: relu}
  batchnorm: {scale: false}
layers:
  - {conv: 32, kernel: 3, stride: 2}
  - {dsconv: 64}
  - {dsconv: 128, stride: 2}
  - {dsconv: 128}
  - {dsconv: 256, stride: 2}
  - {dsconv: 256}
  - {dsconv: 512, stride: 2}
  - {dsconv: 512, repeat: 5}
  - {dsconv: 1024, stride: 2}
  - {dsconv: 1024}
  - global_avgpool
  - {linear: 521}
  - sigmoid
"""


def test_keras_norms_without_a_scale() -> None:
    """Keras prints 3,751,369 params of YAMNet, 3,729,481 of them trainable, and 23,851,784 of Inception V3."""
    yamnet = elaborate(architecture(YAMNET))
    assert figures(yamnet, convention_named("keras")).params == 3_751_369
    assert figures(yamnet, convention_named("macs")).params == 3_729_481
    assert figures(elaborate(load("inception_v3:keras")), convention_named("keras")).params == 23_851_784


def test_keras_prelu_has_a_slope_for_each_element() -> None:
    """5 * 5 * 32 weights and 32 biases, and a slope for each of 24 * 24 * 32 elements: Keras prints 19,264."""
    text = "input: [1, 28, 28]\nlayers: [{conv: 32, kernel: 5, padding: valid}, {prelu, slopes: per_element}]"
    found = elaborate(architecture(text))
    assert figures(found, convention_named("keras")).params == 5 * 5 * 32 + 32 + 24 * 24 * 32 == 19_264
