"""The devices that the package knows: each with a source that was read, dense peaks at the clock that the source states.

Peaks of the Ethos NPUs are MACs a cycle times the clock of a system configuration of Arm's compiler Vela, and bandwidths those of
its SRAM: bytes a cycle of a port (8 for the U55, 16 for U65 and U85) times ports times clock. A TOPS or GOPS counts two operations a MAC.
"""

from dsconv_cost.devices.device import DATA_TYPES, Device
from dsconv_cost.errors import UsageError
from dsconv_cost.text import nearest_words, shown

_INT8 = DATA_TYPES["int8"]


def _ethos(name: str, macs: int, clock: int, bytes_a_cycle: int, configuration: str) -> Device:
    source = f"ethos-u-vela 5.2.0: {macs:,} MACs a cycle, {configuration} of config_files/Arm/vela.ini at {clock} MHz"
    return Device(name, source, _INT8, macs * clock * 10**6, bytes_a_cycle * clock * 10**6)


KNOWN = {
    device.name: device
    for device in (
        *[_ethos(f"ethos-u55-{macs}", macs, 500, 8, "Ethos_U55_High_End_Embedded") for macs in (32, 64, 128, 256)],
        *[_ethos(f"ethos-u55-{macs}-deep", macs, 200, 8, "Ethos_U55_Deep_Embedded") for macs in (32, 64, 128, 256)],
        *[_ethos(f"ethos-u65-{macs}", macs, 1000, 16, "Ethos_U65_High_End") for macs in (256, 512)],
        *[_ethos(f"ethos-u85-{macs}", macs, 1000, 32, "Ethos_U85_SYS_DRAM_Mid") for macs in (128, 256, 512, 1024, 2048)],
        Device("edge-tpu", "coral.ai/docs/edgetpu/faq: 4 TOPS; no bandwidth is published", _INT8, 2 * 10**12),
        Device(
            "stm32h7p-npu", "stedgeai-dc.st.com, Neural-ART support for STM32H7P vs STM32N6, r1.0: 90 GOPS at 550 MHz; no bandwidth "
            "is published", _INT8, 45 * 10**9,
        ),
        Device(
            "stm32mp23-npu", "wiki.st.com, STM32MP2 NPU description: 0.6 TOPS at 400 MHz; no bandwidth is published", _INT8,
            300 * 10**9,
        ),
        Device(
            "stm32mp25-npu", "wiki.st.com, STM32MP2 NPU description: 1.2 TOPS at 800 MHz; no bandwidth is published", _INT8,
            600 * 10**9,
        ),
    )
}  # fmt: skip
"""Name -> device."""


def known_device(name: str) -> Device:
    """Return the device of a name. Raises UsageError for one that the package does not know."""
    device = KNOWN.get(name)
    if device is None:
        meant = nearest_words(name, KNOWN)
        hint = f"did you mean '{meant}'?" if meant else f"known are {', '.join(KNOWN)}"
        raise UsageError(f"no device or file '{shown(name)}': {hint}")
    return device
