"""Files of devices: what is right, and what is wrong with its place."""

from pathlib import Path
from textwrap import dedent

import pytest

from dsconv_cost.devices.device import DATA_TYPES, Device, LeaveOneOut
from dsconv_cost.devices.read import device_named, read_device
from dsconv_cost.errors import InputError, UsageError

RIGHT = """
name: my board
source: data sheet, page 12
dtype: int8
peak: 64 GMAC/s
bandwidth: 4 GB/s
"""

MEASURED = """
name: my board
source: measured here
rates: {depthwise_macs: 12.5 ns, moved: 0.3us}
leave_one_out: {networks: 14, median: 2.5%, worst: 110%, times: [29.94 ms, 2 s]}
"""


def test_a_device_with_peaks() -> None:
    assert read_device(RIGHT, "board.yaml") == Device(
        "my board", "data sheet, page 12", DATA_TYPES["int8"], 64_000_000_000, 4_000_000_000, path="board.yaml"
    )


def test_a_device_with_rates_and_a_peak() -> None:
    device = read_device(MEASURED + "dtype: fp16\npeak: 1.5e3 MMAC/s\n", "board.yaml")
    assert device.rates == pytest.approx({"depthwise_macs": 12.5e-9, "moved": 0.3e-6})
    assert device.leave_one_out == LeaveOneOut(14, 0.025, 1.1, 0.02994, 2.0)
    assert (device.dtype, device.peak, device.bandwidth) == (DATA_TYPES["fp16"], 1_500_000_000, None)


AMOUNTS = [
    ("peak", "64 GMAC/s", 64_000_000_000),
    ("peak", "64GMAC/s", 64_000_000_000),
    ("peak", "0.4 TMAC/s", 400_000_000_000),
    ("peak", "96e6 MAC/s", 96_000_000),
    ("peak", "80 MMAC/s", 80_000_000),
    ("bandwidth", "25.6 GB/s", 25_600_000_000),
    ("bandwidth", "640 MB/s", 640_000_000),
    ("bandwidth", "100 kB/s", 100_000),
    ("bandwidth", "1 B/s", 1),
]


@pytest.mark.parametrize(("key", "text", "expected"), AMOUNTS, ids=[text for _, text, _ in AMOUNTS])
def test_amounts_have_units(key: str, text: str, expected: int) -> None:
    whole = RIGHT.replace(f"{key}: {'64 GMAC/s' if key == 'peak' else '4 GB/s'}", f"{key}: {text}")
    assert getattr(read_device(whole, "board.yaml"), key) == expected


WRONG_AMOUNTS = [
    ("peak", "64e9", "peak: received '64e9' without a unit, expected MACs a second, e.g. 64 GMAC/s"),
    ("peak", "-64 GMAC/s", "peak: received '-64 GMAC/s', which is below 0, expected MACs a second"),
    ("peak", "0 GMAC/s", "peak: received '0 GMAC/s', expected more than 0"),
    ("peak", "0.5 MAC/s", "peak: received '0.5 MAC/s', expected a whole number of MACs a second"),
    ("peak", ".nan", "peak: received '.nan', expected MACs a second"),
    ("peak", ".inf", "peak: received '.inf', expected MACs a second"),
    ("peak", "1e99 GMAC/s", "peak: received '1e99 GMAC/s': the maximum is 10**18"),
    ("peak", "4 TOPS", "peak: received '4 TOPS': it counts a MAC as two operations; write 2 TMAC/s where it is dense"),
    ("peak", "472 GFLOPS", "peak: received '472 GFLOPS': it counts a MAC as two operations; write 236 GMAC/s"),
    ("peak", "64 gmac/s", "with the unknown unit 'gmac/s': did you mean GMAC/s?"),
    ("peak", "4 GB/s", "with the unknown unit 'GB/s': expected MACs a second, e.g. 64 GMAC/s"),
    ("peak", "[1, 2]", "peak: received a list, expected MACs a second, e.g. 64 GMAC/s"),
    ("peak", "1,000 MAC/s", "peak: received '1,000 MAC/s', expected MACs a second"),
    ("peak", "", "peak: received nothing, expected MACs a second"),
    ("bandwidth", "32 Gbit/s", "bandwidth: received '32 Gbit/s': a byte is 8 bits; write bytes a second, e.g. 4 GB/s"),
    ("bandwidth", "32 Gb/s", "a byte is 8 bits"),
    ("bandwidth", "0 GB/s", "bandwidth: received '0 GB/s', expected more than 0"),
    ("bandwidth", "none", "bandwidth: received 'none', expected bytes a second, e.g. 4 GB/s"),
]


@pytest.mark.parametrize(("key", "text", "message"), WRONG_AMOUNTS, ids=[text for _, text, _ in WRONG_AMOUNTS])
def test_wrong_amounts(key: str, text: str, message: str) -> None:
    before = "64 GMAC/s" if key == "peak" else "4 GB/s"
    line = 5 if key == "peak" else 6
    with pytest.raises(InputError) as caught:
        read_device(RIGHT.replace(f"{key}: {before}", f"{key}: {text}"), "board.yaml")
    assert f"board.yaml:{line}:{len(key) + 3 if text else len(key) + 2}: error: " in str(caught.value)
    assert message in str(caught.value)
    assert len(caught.value.problems) == 1


WRONG = [
    ("", ["1:1 the file is empty"]),
    ("- name", ["1:1 received a list, expected a device"]),
    ("name: x", ["1:1 peak is missing; a device has a peak or measured rates: ", "1:1 source is missing"]),
    ("name: x\nsource: y\npeak: 1 GMAC/s", ["1:1 dtype is missing, beside peak"]),
    ("name: x\nsource: y\ndtype: int8\npeek: 1 GMAC/s", ["4:1 unknown key 'peek': did you mean 'peak'?"]),
    ("name: x\nsource: y\ndtype: int8\npeak: 1 GMAC/s\ncolour: red", ["5:1 unknown key 'colour': the keys of a device are name, "]),
    ("name: x\nsource: y\ndtype: uint8\npeak: 1 GMAC/s", ["3:8 unknown data type 'uint8': did you mean 'int8'?"]),
    ("name: x\nsource: y\ndtype: q\npeak: 1 GMAC/s", ["3:8 unknown data type 'q': the data types are int4, int8, "]),
    ("name: x\nname: y\nsource: y\ndtype: int8\npeak: 1 GMAC/s", ["2:1 duplicate key 'name'"]),
    ("name: [x]\nsource: y\ndtype: int8\npeak: 1 GMAC/s", ["1:7 received a list, expected text for name"]),
    ("name: &a x\nsource: y\ndtype: int8\npeak: 1 GMAC/s", ["1:7 anchors (&a) are not supported"]),
    ("name: x\nsource: y\nrates: {macs: 1 ns}", ["1:1 leave_one_out is missing, beside rates"]),
    ("name: x\nsource: y\nbandwidth: 1 GB/s\nrates: {macs: 1 ns}\nleave_one_out: {networks: 5, median: 1%, worst: 2%, times: [1 ms, 2 ms]}",
     ["1:1 peak is missing, beside bandwidth"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WRONG, ids=[expected[0] for _, expected in WRONG])
def test_wrong_files(text: str, expected: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read_device(text, "board.yaml")
    found = [f"{p.line}:{p.column} {p.message}" for p in caught.value.problems]
    assert len(found) == len(expected), found
    assert [known.startswith(wanted) for known, wanted in zip(found, expected, strict=True)] == [True] * len(found), (
        found
    )


WRONG_RATES = [
    ("{}", "{networks: 5, median: 1%, worst: 2%, times: [1 ms, 2 ms]}", "3:8 rates: received an empty mapping"),
    (
        "5",
        "{networks: 5, median: 1%, worst: 2%, times: [1 ms, 2 ms]}",
        "3:8 received '5', expected the time of each unit",
    ),
    (
        "{mac: 1 ns}",
        "{networks: 5, median: 1%, worst: 2%, times: [1 ms, 2 ms]}",
        "3:9 unknown key 'mac': did you mean 'macs'?",
    ),
    (
        "{macs: 1}",
        "{networks: 5, median: 1%, worst: 2%, times: [1 ms, 2 ms]}",
        "3:15 rates: macs: received '1' without a unit",
    ),
    (
        "{macs: -1 ns}",
        "{networks: 5, median: 1%, worst: 2%, times: [1 ms, 2 ms]}",
        "3:15 rates: macs: received '-1 ns', which is below 0",
    ),
    (
        "{macs: 1 ns}",
        "{networks: 4, median: 1%, worst: 2%, times: [1 ms, 2 ms]}",
        "4:27 networks: received '4', expected a whole number of",
    ),
    (
        "{macs: 1 ns}",
        "{networks: 5, median: 1, worst: 2%, times: [1 ms, 2 ms]}",
        "4:38 median: received '1' without a unit",
    ),
    (
        "{macs: 1 ns}",
        "{networks: 5, median: 1%, worst: 2%, times: [3 ms, 2 ms]}",
        "4:60 times: expected the shortest first",
    ),
    (
        "{macs: 1 ns}",
        "{networks: 5, median: 1%, worst: 2%, times: 3 ms}",
        "4:60 times: received '3 ms', expected the shortest and",
    ),
    ("{macs: 1 ns}", "{networks: 5, median: 1%, worst: 2%}", "4:16 times is missing in leave_one_out"),
]


@pytest.mark.parametrize(("rates", "error", "expected"), WRONG_RATES, ids=[expected for _, _, expected in WRONG_RATES])
def test_wrong_rates(rates: str, error: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        read_device(f"name: x\nsource: y\nrates: {rates}\nleave_one_out: {error}\n", "board.yaml")
    found = [f"{p.line}:{p.column} {p.message}" for p in caught.value.problems]
    assert len(found) == 1, found
    assert found[0].startswith(expected), found


def test_a_file_wins_over_a_known_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert device_named("edge-tpu").path == ""
    (tmp_path / "edge-tpu").write_text(dedent(RIGHT), encoding="utf-8")
    assert device_named("edge-tpu").name == "my board"


@pytest.mark.parametrize("argument", ["board.yaml", "boards/mine", ""])
def test_a_device_that_is_not_there(argument: str) -> None:
    with pytest.raises(UsageError, match=r"no (device or )?file"):
        device_named(argument)
