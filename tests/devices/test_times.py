"""Bounds of small networks on a device by hand."""

import pytest

from dsconv_cost import analyze
from dsconv_cost.costs.breakdown import ITEMS, OPS, Breakdown, View
from dsconv_cost.devices.device import COMPUTE, DATA_TYPES, MEMORY, Device
from dsconv_cost.devices.known import KNOWN, known_device
from dsconv_cost.devices.times import DeviceTimes, PartTime
from dsconv_cost.devices.work import TERMS, Work, total_work, work_of
from dsconv_cost.errors import UsageError
from dsconv_cost.memory.graph import memory_graph
from tests.networks import costs, of

# 100 MACs and 10 bytes a microsecond: the ridge is at 10 MACs a byte.
DEVICE = Device("board", "made up", DATA_TYPES["int8"], 100 * 10**6, 10 * 10**6)

PAIR = """
- {dwconv: 3, norm: batch, activation: relu, name: dw}
- {conv: 32, kernel: 1, bias: false, name: pw}
- {maxpool: 2, name: pool}
- flatten
"""


def test_an_operation_takes_what_takes_longer() -> None:
    # dw: 9 x 8 x 256 = 18,432 MACs; 2,048 in, 72 weights and 32 bytes of biases, 2,048 out: 4,200 bytes.
    # pw: 8 x 32 x 256 = 65,536 MACs; 2,048 + 256 + 8,192 = 10,496 bytes. pool: 8,192 + 2,048 = 10,240 bytes.
    times = DeviceTimes(of(PAIR), DEVICE)
    assert [(one.operation.name, one.macs, one.moved, one.bound, one.at_least) for one in times.steps] == [
        ("dw", 18432, 4200, MEMORY, 420.0e-6),
        ("pw", 65536, 10496, MEMORY, 1049.6e-6),
        ("pool", 0, 10240, MEMORY, 1024e-6),
    ]
    assert times.whole.at_least == pytest.approx((420 + 1049.6 + 1024) * 1e-6, rel=1e-12)
    assert times.by_compute == pytest.approx((184.32 + 655.36) * 1e-6, rel=1e-12)
    assert times.steps[0].intensity == 18432 / 4200
    assert DEVICE.ridge == 10


def test_at_the_ridge_an_operation_is_bound_by_compute() -> None:
    # 1 x 1, 20 to 20 channels at 16 positions: 6,400 MACs; 320 + 400 + 320 = 1,040 bytes. At 104 bytes a us both take 10 us.
    network = of("- {conv: 20, kernel: 1, bias: false}", "20, 4, 4")
    device = Device("x", "x", DATA_TYPES["int8"], 640 * 10**6, 104 * 10**6)
    assert [(one.bound, one.at_least) for one in DeviceTimes(network, device).steps] == [(COMPUTE, 10e-6)]
    assert [one.bound for one in DeviceTimes(network, device._replace(bandwidth=104 * 10**6 - 1)).steps] == [MEMORY]


def test_without_a_bandwidth_only_macs_take_time() -> None:
    times = DeviceTimes(of(PAIR), DEVICE._replace(bandwidth=None))
    assert [(one.bound, one.at_least) for one in times.steps] == [
        (COMPUTE, 184.32e-6),
        (COMPUTE, 655.36e-6),
        (None, 0.0),
    ]
    assert DEVICE._replace(bandwidth=None).ridge is None


@pytest.mark.parametrize(
    ("dtype", "moved"),
    [("int4", 1024 + 36 + 32 + 1024), ("fp16", 4096 + 144 + 16 + 4096), ("fp32", 8192 + 288 + 32 + 8192)],
)
def test_bytes_are_those_of_the_data_type(dtype: str, moved: int) -> None:
    device = DEVICE._replace(dtype=DATA_TYPES[dtype])
    assert DeviceTimes(of(PAIR), device).steps[0].moved == moved


def test_rates_are_added_up() -> None:
    device = Device("board", "x", rates={"depthwise_macs": 2e-9, "other_macs": 1e-9, "operations": 1e-6})
    times = DeviceTimes(of(PAIR), device)
    assert [one.about for one in times.steps] == pytest.approx([36.864e-6 + 1e-6, 65.536e-6 + 1e-6, 1e-6])
    assert [(one.bound, one.at_least, one.moved) for one in times.steps] == [(None, None, None)] * 3
    assert (times.whole.at_least, times.by_compute) == (None, None)
    assert times.whole.about == pytest.approx((36.864 + 65.536 + 3) * 1e-6)


def test_work_in_the_terms_of_rates() -> None:
    # weights: 72 + 8 biases, 256; written by convolutions: 2,048 and 8,192; moved in elements, biases as one each.
    works = work_of(memory_graph(of(PAIR)))
    assert works == [
        Work(18432, 0, 80, 2048, 4176, 1), Work(0, 65536, 256, 8192, 10496, 1), Work(0, 0, 0, 0, 10240, 1),
    ]  # fmt: skip
    whole = total_work(works)
    assert {name: term.of(whole) for name, term in TERMS.items()} == {
        "macs": 83968, "depthwise_macs": 18432, "other_macs": 65536, "weights": 336, "activations": 10240,
        "moved": 24912, "operations": 3,
    }  # fmt: skip
    assert total_work([]) == Work()


def test_rows_have_the_time_of_the_operations_that_begin_in_them() -> None:
    analysis = costs(
        "input: [8, 16, 16]\nlayers:\n  - {dsconv: 32, kernel: 3, norm: batch}\n  - global_avgpool\n  - {linear: 10}\n"
    )
    times = DeviceTimes(analysis.network, DEVICE)
    for level in (ITEMS, OPS):
        rows = [times.of(row.nodes) for row in Breakdown(analysis, View(level)).rows()]
        assert sum(row.at_least or 0 for row in rows) == pytest.approx(times.whole.at_least)
    by_name = {row.name: times.of(row.nodes) for row in Breakdown(analysis, View(OPS)).rows()}
    assert by_name["dsconv1/dw.norm"] == PartTime(None, None, None)
    # The pool reads 8,192 bytes and writes 32.
    assert by_name["global_avgpool1"] == PartTime(MEMORY, (8192 + 32) / 10**7, None)


@pytest.mark.parametrize("name", ["mobilenet", "mobilenet_v2", "mobileone:s0", "densenet:121"])
def test_every_operation_is_in_a_row(name: str) -> None:
    analysis = analyze(name)
    times = DeviceTimes(analysis.network, DEVICE)
    rows = [times.of(row.nodes).at_least or 0 for row in analysis.rows("ops")]
    assert sum(rows) == pytest.approx(times.whole.at_least)


def test_known_devices_are_whole() -> None:
    assert len(KNOWN) >= 19
    for name, device in KNOWN.items():
        assert (device.name, device.dtype) == (name, DATA_TYPES["int8"])
        assert device.peak
        assert device.source
    # ethos-u-vela 5.2.0, config_files/Arm/vela.ini: "Ethos-U55 High-End Embedded: SRAM (4 GB/s)", core_clock=500e6; "Deep Embedded:
    # SRAM (1.6 GB/s)", 200e6; "Ethos-U65 High-End: SRAM (16 GB/s)", 1e9; Ethos_U85_SYS_DRAM_Mid "SRAMx2 (32 GB/s)", 1e9.
    assert KNOWN["ethos-u55-128"][3:5] == (128 * 500_000_000, 4_000_000_000)
    assert KNOWN["ethos-u55-256-deep"][3:5] == (256 * 200_000_000, 1_600_000_000)
    assert KNOWN["ethos-u65-512"][3:5] == (512 * 1_000_000_000, 16_000_000_000)
    assert KNOWN["ethos-u85-2048"][3:5] == (2048 * 1_000_000_000, 32_000_000_000)
    # coral.ai/docs/edgetpu/faq: "4 trillion (fixed-point) operations per second"; a MAC is two.
    assert KNOWN["edge-tpu"][3:5] == (4_000_000_000_000 // 2, None)


def test_an_unknown_device_names_what_was_meant() -> None:
    with pytest.raises(UsageError, match="no device or file 'ethos-u55-182': did you mean 'ethos-u55-128'"):
        known_device("ethos-u55-182")
    with pytest.raises(UsageError, match="no device or file 'abacus': known are ethos-u55-32, "):
        known_device("abacus")
