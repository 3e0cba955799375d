"""`bundled`: what `list` shows, with names that every function takes."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dsconv_cost import UsageError, analyze, bundled
from dsconv_cost.sources import bundled as files
from tests.command import run


def test_every_name_means_the_network_that_it_is_of() -> None:
    for network in bundled("mobilenet", "resnet:1*", "lenet5"):
        costs = analyze(network.name)
        assert (costs.params, costs.macs, costs.flops) == (network.params, network.macs, network.flops)
        assert costs.input == network.input


def test_every_family_is_there() -> None:
    networks = bundled()
    assert {network.family for network in networks} == set(files.names())
    assert len({network.name for network in networks}) == len(networks) > 200
    # Howard et al. 2017, Table 6; params and MACs as the paper's 4.2M and 569M
    found = networks["mobilenet"]
    assert (found.params, found.macs, found.top1, found.year) == (4_231_976, 568_740_352, 70.6, 2017)
    assert ("mobilenet" in networks, "mobilenot" in networks) == (True, False)
    with pytest.raises(KeyError, match="no network 'mobilenot'"):
        networks["mobilenot"]


NAMES: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "a variant": (("mobilenet:thin",), {"mobilenet:thin"}),
    "variants": (("resnet:1?",), {"resnet:18"}),
    "a family and a variant of it": (("lenet5:1998", "lenet5"), {"lenet5:1998", "lenet5:modern"}),
    "the other way round": (("lenet5", "lenet5:1998"), {"lenet5:1998", "lenet5:modern"}),
    "two variants": (("resnet:18", "resnet:34"), {"resnet:18", "resnet:34"}),
    "families": (("lenet?", "vdsr"), {"lenet5:1998", "lenet5:modern", "vdsr"}),
}


@pytest.mark.parametrize("case", NAMES)
def test_names_and_patterns(case: str) -> None:
    names, expected = NAMES[case]
    assert {network.name for network in bundled(*names)} == expected
    assert run("list", *names, "--format", "csv").out.count("\n") == 1 + len(expected)


def test_limits_and_order() -> None:
    every = bundled()
    chosen = bundled(max_macs="300M", max_params="4M", max_size=4 * 2**20, bits=8, min_top1=65, sort="top1")
    assert [network.top1 for network in chosen] == sorted((n.top1 for n in chosen if n.top1), reverse=True)
    assert {network.name for network in chosen} == {
        n.name for n in every if n.macs <= 300e6 and n.params <= min(4e6, 4 * 2**20) and n.top1 and n.top1 >= 65
    }
    assert len(chosen) > 5
    assert [n.name for n in bundled(sort="macs", top=2)] == [n.name for n in sorted(every, key=lambda n: n.macs)][:2]
    listed = run(
        "list", "--max-size", "4 MiB", "--bits", "8", "--max-flops", "600M", "--min-top1", "65", "--format", "csv"
    ).out
    assert listed.count("\n") - 1 == len(bundled(max_size="4 MiB", bits=8, max_flops="600M", min_top1=65)) > 5  # fmt: skip


def test_memory_of_bundled_networks() -> None:
    # Arena: TensorFlow Lite Micro's own, measured with mlcommons/tiny's kws_ref_model.tflite, a DS-CNN-S. Flash: STM32Cube.AI 10.0.0 prints
    # 4157.09 KiB for MobileNet, 467.33 for alpha 0.25.
    networks = bundled("mobilenet", "ds_cnn")
    assert networks["ds_cnn:s"].arena == 16_000
    assert [round(networks[name].flash / 1024, 2) for name in ("mobilenet", "mobilenet@alpha=0.25")] == [
        4157.09,
        467.33,
    ]
    small = bundled("mobilenet", "ds_cnn", max_peak="54 KiB", max_macs="10M", sort="peak")
    assert [one.peak for one in small] == sorted(
        one.peak for one in networks if one.peak <= 54 * 1024 and one.macs <= 10e6
    )
    assert len(small) > 1
    assert bundled("ds_cnn:s", max_arena=8_000, bits=4).networks
    assert not bundled("ds_cnn:s", max_arena=7_999, bits=4).networks
    listed = run("list", "ds_cnn", "--max-flash", "64 KiB", "--sort", "peak", "--format", "json")
    document = json.loads(listed.out)
    assert (document["memory_bits"], [rule["metric"] for rule in document["memory_conventions"]]) == (
        8,
        ["peak", "flash"],
    )
    assert [row["peak"] for row in document["architectures"]] == sorted(
        row["peak"] for row in document["architectures"]
    )
    assert "arena" not in document["architectures"][0]
    plain = run("list", "ds_cnn", "--format", "csv").out
    assert "peak" not in plain.splitlines()[0]


def test_a_convention() -> None:
    # what thop prints for AlexNet is in tests/facts; here it is enough that it is not our own number
    assert bundled("mobilenet", convention="thop")["mobilenet"].macs == analyze("mobilenet", convention="thop").macs
    unmeasured = [network for network in bundled(convention="thop") if network.unmeasured]
    assert "inception_v3:keras" in [network.name for network in unmeasured]
    listed = run("list", "inception_v3", "--convention", "thop", "--format", "json").out
    assert "with layers that thop was not measured with" in listed
    assert '"name": "thop"' in listed


WRONG: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "a name": (lambda: bundled("vggg"), UsageError, "no bundled architecture named 'vggg': did you mean 'vgg'"),
    "a pattern": (lambda: bundled("zz*"), UsageError, r"no bundled architecture named 'zz\*'"),
    "a variant": (lambda: bundled("resnet:19"), UsageError, "resnet has no variant '19': did you mean|it has 18, 34"),
    "a list": (lambda: bundled(["resnet"]), TypeError, "received list, expected names"),  # type: ignore[arg-type]
    "a sort": (lambda: bundled(sort="mac"), UsageError, "sort: received 'mac', expected name, params"),
    "a top": (lambda: bundled(top=0), UsageError, "top: received 0, expected a whole number"),
    "a top-1": (lambda: bundled(min_top1="70"), TypeError, "min_top1: received str, expected per cent"),  # type: ignore[arg-type]
    "a limit": (lambda: bundled(max_mac=1), TypeError, "did you mean 'max_macs'"),  # type: ignore[call-arg]
    "a limit's value": (lambda: bundled(max_macs="1 MB"), UsageError, "max_macs: received '1 MB'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_values(case: str) -> None:
    call, error, message = WRONG[case]
    with pytest.raises(error, match=message):
        call()


def test_results() -> None:
    networks = bundled("lenet5:modern")
    # 6 * 25 * 28**2 + 16 * 150 * 10**2 + 400 * 120 + 120 * 84 + 84 * 10 MACs
    assert repr(networks) == "<1 bundled network: <lenet5:modern: 61,706 params, 416,520 MACs>>"
    assert [row["macs"] for row in networks.to_dict()["architectures"]] == [117_600 + 240_000 + 48_000 + 10_080 + 840]
    assert "<td" in networks._repr_html_()
