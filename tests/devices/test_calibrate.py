"""Rates of measured times: held to published ones, found again where they are exact, refused where they cannot be told."""

import json
from pathlib import Path

import pytest

import dsconv_cost
from dsconv_cost.devices.calibrate import RATE_MODELS, Calibration, calibration_of
from dsconv_cost.devices.device import DATA_TYPES
from dsconv_cost.devices.known import KNOWN
from dsconv_cost.devices.measured import MeasuredTimes, TimedNetwork, read_times
from dsconv_cost.devices.read import read_device
from dsconv_cost.devices.times import DeviceTimes
from dsconv_cost.devices.work import TERMS, total_work, work_of
from dsconv_cost.errors import UsageError
from dsconv_cost.formats.device_file import device_yaml
from dsconv_cost.memory.graph import memory_graph
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.sources.load import load
from tests.command import run
from tests.networks import of

STM32H747 = Path(__file__).parents[1] / "facts" / "latency" / "stm32h747.csv"
SOME = (
    "mobilenet",
    "mobilenet_v2",
    "resnet:18",
    "squeezenet:1.1",
    "shufflenet_v2",
    "vgg:11",
    "mobilenet_v4",
    "densenet:121",
)


@pytest.fixture(scope="module")
def published() -> Calibration:
    return calibration_of(read_times(str(STM32H747)))


def test_published_times_are_estimated_within_a_few_per_cent(published: Calibration) -> None:
    # Worked out apart from this with numpy's least squares: MACs alone 19.6 % (median) and 43.6 % (worst), four terms 2.5 and 11.4 %,
    # of other definitions of what is written. A MAC of a depthwise convolution takes many times what another takes.
    error = published.device.leave_one_out
    assert error is not None
    assert (error.networks, error.least, error.most) == (14, 0.02994, 2.01066)
    assert 0.02 < error.median < 0.045
    assert error.worst < 0.12
    alone = published.models[0]
    assert alone.terms == ("macs",)
    assert alone.median is not None
    assert alone.worst is not None
    assert 0.15 < alone.median < 0.25
    assert 0.35 < alone.worst < 0.5
    assert published.device.rates["depthwise_macs"] > 4 * published.device.rates["other_macs"]
    assert [round(100 * one.error, 1) for one in published.networks][:3] == [1.9, 1.0, 9.4]


def test_what_was_measured_is_below_a_mac_in_a_cycle(published: Calibration) -> None:
    """Docs/device.md says so: at 400 MHz."""
    rates = [one.work.macs / (one.measured * 400e6) for one in published.networks]
    assert (round(min(rates), 2), round(max(rates), 2)) == (0.44, 0.95)


EDGE_TPU = [("mobilenet", 2.4), ("mobilenet_v2", 2.6), ("vgg:16", 343), ("vgg:19", 357), ("inception_v4", 102)]
"""Milliseconds of the Dev Board with Edge TPU: coral.ai/docs/edgetpu/benchmarks, table 1."""


@pytest.mark.parametrize(("name", "ms"), EDGE_TPU, ids=[name for name, _ in EDGE_TPU])
def test_published_times_are_above_the_bound(name: str, ms: float) -> None:
    least = DeviceTimes(elaborate(load(name)), KNOWN["edge-tpu"]).whole.at_least
    assert least is not None
    assert 1000 * least < ms


VELA = [("mobilenet", {"alpha": 0.25, "resolution": 96, "classes": 2}, 0.44174), ("resnet8", {}, 0.403494)]
"""Milliseconds that ethos-u-vela 5.2.0 estimates (`inference_time` of its summary; --accelerator-config ethos-u55-128 --system-config
Ethos_U55_High_End_Embedded --memory-mode Shared_Sram) for vww_96_int8.tflite and pretrainedResnet_quant.tflite of
github.com/mlcommons/tiny, SHA-256 597a384c... and 3c002613...: it schedules blocks, and reads weights from flash."""


@pytest.mark.parametrize(("name", "settings", "ms"), VELA, ids=[name for name, _, _ in VELA])
def test_what_arms_compiler_estimates_is_above_the_bound_and_near(
    name: str, settings: dict[str, float], ms: float
) -> None:
    least = DeviceTimes(elaborate(load(name, **settings)), KNOWN["ethos-u55-128"]).whole.at_least
    assert least is not None
    assert ms / 3 < 1000 * least < ms


def timed(networks: dict[str, Network], seconds: list[float]) -> MeasuredTimes:
    pairs = zip(networks.items(), seconds, strict=True)
    return MeasuredTimes(
        "times.yaml", "board", "x", [TimedNetwork(name, network, time) for (name, network), time in pairs]
    )


@pytest.fixture(scope="module")
def networks() -> dict[str, Network]:
    return {name: elaborate(load(name)) for name in SOME}


@pytest.mark.parametrize(
    "rates",
    [{"macs": 2e-9}, {"macs": 1e-9, "operations": 5e-5}, {"depthwise_macs": 9e-9, "other_macs": 1e-9, "moved": 3e-9}],
    ids=str,
)
def test_exact_rates_are_found_again(rates: dict[str, float], networks: dict[str, Network]) -> None:
    works = [total_work(work_of(memory_graph(network))) for network in networks.values()]
    seconds = [sum(rate * TERMS[name].of(work) for name, rate in rates.items()) for work in works]
    found = calibration_of(timed(networks, seconds))
    assert found.device.leave_one_out is not None
    assert found.device.leave_one_out.worst < 1e-6
    for name, network in networks.items():
        about = DeviceTimes(network, found.device).whole.about
        assert about == pytest.approx(seconds[list(networks).index(name)], rel=1e-6)


def test_each_network_is_estimated_without_its_own_time(networks: dict[str, Network]) -> None:
    """A time that is wrong by much changes the estimates of the others, and not its own."""
    works = [total_work(work_of(memory_graph(network))) for network in networks.values()]
    seconds = [1e-9 * work.macs for work in works]
    found = calibration_of(timed(networks, [10 * seconds[0], *seconds[1:]]))
    assert found.networks[0].estimated == pytest.approx(seconds[0])
    assert found.networks[0].error == pytest.approx(-0.9)
    assert max(abs(one.error) for one in found.networks[1:]) > 0.01


def test_networks_in_proportion_tell_one_rate() -> None:
    # n convolutions one after the other: all terms grow with n, but for the moved elements and operations of none.
    layers = "- {conv: 8, kernel: 3, bias: false}\n"
    found = calibration_of(timed({str(n): of(layers * n) for n in range(1, 7)}, [n / 1000 for n in range(1, 7)]))
    assert found.chosen == ("macs",)
    assert found.device.leave_one_out is not None
    assert found.device.leave_one_out.worst < 1e-9
    tried = {model.terms: (model.median is None, model.reason) for model in found.models}
    in_proportion = "the amounts are 0 or in proportion, perhaps without one network"
    assert tried["macs", "moved"] == (True, in_proportion)
    assert tried["depthwise_macs", "other_macs"] == (True, in_proportion)
    assert set(tried) == set(RATE_MODELS)


def test_five_networks_tell_at_most_three_terms(networks: dict[str, Network]) -> None:
    five = dict(list(networks.items())[:5])
    works = [total_work(work_of(memory_graph(network))) for network in five.values()]
    found = calibration_of(timed(five, [1e-9 * work.macs for work in works]))
    assert [model.reason for model in found.models if len(model.terms) == 4] == [
        "more terms than the networks can tell apart"
    ] * 2


def test_networks_without_macs_are_refused() -> None:
    pools = {str(n): of("- {maxpool: 2}\n" * n, "8, 64, 64") for n in range(1, 6)}
    with pytest.raises(UsageError, match=r"times.yaml: no model can be fitted to these times: the amounts are 0"):
        calibration_of(timed(pools, [1, 2, 3, 4, 5]))


def test_the_file_of_a_device_is_read_back(published: Calibration) -> None:
    text = device_yaml(published)
    device, made = read_device(text, "board.yaml"), published.device
    assert device.rates == pytest.approx(made.rates, rel=1e-5)
    assert device.leave_one_out is not None
    assert tuple(device.leave_one_out) == pytest.approx(tuple(made.leave_one_out or ()), abs=1e-6)
    both = read_device(text + "dtype: int8\npeak: 800 MMAC/s\n", "board.yaml")
    assert (both.dtype, both.peak) == (DATA_TYPES["int8"], 800_000_000)
    evil = published._replace(device=made._replace(name='a"b: \u202e\n- #', source="\x1b[31m"))
    assert read_device(device_yaml(evil), "board.yaml").name == 'a"b: \\u202e\\x0a- #'


def test_the_command_writes_a_device_that_analyze_takes(tmp_path: Path) -> None:
    (tmp_path / "times.csv").write_text(STM32H747.read_text(encoding="utf-8"), encoding="utf-8")
    result = run("calibrate", "times.csv", "--output", "board.yaml", "--output", "times.json", cwd=tmp_path)
    assert result.code == 0
    assert result.out.startswith(
        "times: 14 networks, each estimated by the times of the others: off by 2.3% (median), 9.4% (worst)\n"
    )
    assert "depthwise_macs + other_macs + moved                    2.3%   9.3%  chosen\n" in result.out
    document = json.loads((tmp_path / "times.json").read_text(encoding="utf-8"))
    assert document["networks"][0]["measured_ms"] == 163.78
    assert document["device"]["leave_one_out"]["networks"] == 14
    assert document["models"][0]["median"] == pytest.approx(0.194, abs=1e-3)
    out = run("analyze", "mobilenet", "--alpha", "0.25", "--device", "board.yaml", cwd=tmp_path).out
    # 166.75 ms were measured of it.
    assert (
        "On times: about 170 ms. Each of 14 measured networks, estimated by the times of the others: off by 2.3%" in out
    )


WRONG = [
    (["nowhere.csv"], "error: no file 'nowhere.csv'\n"),
    (["-"], "error: no file '-'\n"),
    (["few.csv"], "few.csv:1:1: error: received 1 measured network, expected at least 5"),
    (["few.csv", "--output", "few.csv"], "few.csv:1:1: error: "),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_calls(arguments: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("network,ms\nmobilenet,5\n", encoding="utf-8")
    result = run("calibrate", *arguments, cwd=tmp_path)
    assert result.code == 2
    assert result.err.startswith(message)
    assert result.out == ""


def test_python_has_the_same(tmp_path: Path, published: Calibration) -> None:
    result = dsconv_cost.calibrate(STM32H747)
    assert (result.terms, len(result)) == (published.chosen, 14)
    assert [one.error for one in result] == [one.error for one in published.networks]
    assert repr(result) == "<14 networks, left out off by 2.3% (median), 9.4% (worst)>"
    assert result.to_dict()["models"][7]["verdict"] == "chosen"
    (tmp_path / "board.yaml").write_text(result.device_file(), encoding="utf-8")
    for device in (result.device, tmp_path / "board.yaml"):
        times = dsconv_cost.analyze("mobilenet", settings={"alpha": 0.25}, device=device).times
        assert times is not None
        assert times.whole.about == pytest.approx(0.1697, abs=1e-4)
    with pytest.raises(TypeError, match="times: received int, expected the path of a file"):
        dsconv_cost.calibrate(5)  # type: ignore[arg-type]
