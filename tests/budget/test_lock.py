"""The lock of `check`: written, held to, read back, and damaged."""

import json
import sys
from pathlib import Path

import pytest

from dsconv_cost.budget import lock
from dsconv_cost.errors import InputError
from tests.budget.small import MACS, NET, PARAMS, VARIANTS, document, notes, statuses
from tests.command import run, run_process


@pytest.fixture(autouse=True)
def _outside_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    return tmp_path


# 4 and 8 channels of 64 positions while the second convolution runs; all tensors are multiples of 16 bytes.
PEAK = (4 + 8) * 64
FLASH = 108 + 32 + 4 * 12
LOCK = f"""\
{{
  "schema_version": 2,
  "convention": {{"name": "macs", "version": "1"}},
  "memory": {{"peak": "liveness 1, fused by rule 1", "arena": "arena-tflm 1, fused by rule 1", "flash": "int8+int32 1"}},
  "architectures": {{
    "net.yaml": {{
      "params": {PARAMS},
      "macs": {MACS},
      "peak": {PEAK},
      "arena": {PEAK},
      "flash": {FLASH},
      "layers": [
        ["conv1", 112, 6912],
        ["conv2", 40, 2048]
      ]
    }}
  }}
}}
"""

ROWS = LOCK[LOCK.index('"layers"') : LOCK.index("]\n    }") + 1]


def test_the_lock_is_written_to_be_read(folder: Path) -> None:
    result = run("check", "--update-lock", "net.yaml", cwd=folder)
    assert (result.code, result.out) == (0, "")
    assert result.err == "dsconv-cost.lock: 1 written, 0 kept, 0 dropped\n"
    assert (folder / "dsconv-cost.lock").read_text(encoding="utf-8") == LOCK


def test_a_lock_is_kept(folder: Path) -> None:
    run("check", "--update-lock", "net.yaml", cwd=folder)
    assert set(statuses("--locked", cwd=folder).values()) == {"pass"}
    (folder / "net.yaml").write_text(NET.replace("conv: 8", "conv: 9"), encoding="utf-8")
    # One more output channel: 4 weights and a bias, at 64 positions.
    found = document("--locked", "net.yaml", cwd=folder)["verdicts"]
    assert [(v["metric"], v["limit"], v["actual"], v["status"], v["line"]) for v in found] == [
        ("params", PARAMS, PARAMS + 5, "fail", 4), ("macs", MACS, MACS + 256, "fail", 4), ("peak", PEAK, PEAK + 64, "fail", 4),
        ("arena", PEAK, PEAK + 64, "fail", 4), ("flash", FLASH, FLASH + 8, "fail", 4),
    ]  # fmt: skip
    assert found[0]["layers"] == [
        {"name": "conv2", "line": 4, "use_line": None, "value": 45, "before": 40, "share": None}
    ]
    assert set(statuses("--locked", "--tolerance", "1%", cwd=folder).values()) == {"pass"}


def test_growth_up_to_the_floor_passes_with_any_tolerance(folder: Path) -> None:
    run("check", "--update-lock", "net.yaml", cwd=folder)
    said = notes("--locked", "--tolerance", "1 %", cwd=folder)["tolerance"]
    assert said == "1 %, and at least 100 params, 10,000 MACs and 1 KiB of memory"
    assert "tolerance" not in notes("--locked", "--tolerance", "0%", cwd=folder)
    limits = [v["limit"] for v in document("--locked", "--tolerance", "1%", cwd=folder)["verdicts"]]
    assert limits == [PARAMS + 100, MACS + 10_000, PEAK + 1024, PEAK + 1024, FLASH + 1024]
    limits = [v["limit"] for v in document("--locked", "--tolerance", "100%", cwd=folder)["verdicts"]]
    assert limits == [2 * PARAMS, MACS + 10_000, PEAK + 1024, PEAK + 1024, FLASH + 1024]


def test_a_network_that_is_not_in_the_lock_is_new(folder: Path) -> None:
    run("check", "--update-lock", "net.yaml", cwd=folder)
    (folder / "other.yaml").write_text(NET, encoding="utf-8")
    found = document("--locked", ".", cwd=folder)
    assert {(v["architecture"], v["status"]) for v in found["verdicts"]} == {
        ("net.yaml", "pass"),
        ("other.yaml", "new"),
    }
    assert found["exit_code"] == 0


def test_an_update_keeps_the_others_and_drops_what_is_gone(folder: Path) -> None:
    for name in ("a", "b", "c"):
        (folder / f"{name}.yaml").write_text(NET, encoding="utf-8")
    run("check", "--update-lock", ".", cwd=folder)
    (folder / "c.yaml").unlink()
    result = run("check", "--update-lock", "net.yaml", cwd=folder)
    assert result.err == "dsconv-cost.lock: 1 written, 2 kept, 1 dropped\n"
    again = run("check", "--update-lock", cwd=folder)
    assert again.err == "dsconv-cost.lock: 3 written, 0 kept, 0 dropped\n"


def test_a_lock_is_not_written_when_an_input_is_wrong(folder: Path) -> None:
    run("check", "--update-lock", "net.yaml", cwd=folder)
    (folder / "net.yaml").write_text(NET.replace("conv: 8", "conv: 8.5"), encoding="utf-8")
    result = run("check", "--update-lock", "net.yaml", cwd=folder)
    assert result.code == 2
    assert result.err.endswith("dsconv-cost.lock is left as it is\n")
    assert (folder / "dsconv-cost.lock").read_text(encoding="utf-8") == LOCK


def test_a_lock_of_another_convention_is_not_comparable(folder: Path) -> None:
    run("check", "--update-lock", "net.yaml", "--convention", "fvcore", cwd=folder)
    found = document("--locked", "net.yaml", "--max-macs", "1M", cwd=folder)
    assert found["exit_code"] == 2
    assert [v["status"] for v in found["verdicts"]] == ["pass", *["not comparable"] * 5]
    assert "counts by the convention fvcore 0.1.5" in found["verdicts"][1]["message"]
    assert statuses("--locked", "--convention", "fvcore", cwd=folder)
    replaced = run("check", "--update-lock", "net.yaml", cwd=folder)
    assert "the one by the convention fvcore 0.1.5.post20221221 is replaced" in replaced.err


UNLOCKED: dict[str, tuple[str | None, str]] = {
    "gone": (None, "models/b.yaml is in dsconv-cost.lock, and there is no such file any more: check --update-lock drops it; "
             "if that is intended, allow it with --allow-gone models/b.yaml"),
    "another file": ("jobs: {}\n", "models/b.yaml is in dsconv-cost.lock, and it is not an architecture any more"),
    "broken": (NET.replace("layers", "layer"), "models/b.yaml:2:1: error: unknown key 'layer': did you mean 'layers'?"),
}  # fmt: skip


@pytest.mark.parametrize("arguments", [["models"], ["."], []], ids=["folder", "above", "none"])
@pytest.mark.parametrize(("text", "message"), UNLOCKED.values(), ids=UNLOCKED)
def test_what_the_lock_has_and_is_no_network_any_more(
    text: str | None, message: str, arguments: list[str], folder: Path
) -> None:
    (folder / "models").mkdir()
    for name in ("a", "b"):
        (folder / "models" / f"{name}.yaml").write_text(NET, encoding="utf-8")
    run("check", "--update-lock", ".", cwd=folder)
    (folder / "models" / "b.yaml").unlink()
    if text is not None:
        (folder / "models" / "b.yaml").write_text(text, encoding="utf-8")
    result = run("check", "--locked", *arguments, cwd=folder)
    assert result.code == 2
    assert message in result.err
    assert "models/a.yaml" in result.out
    # A file that is named is one that is meant.
    assert run("check", "--locked", "net.yaml", cwd=folder).code == 0
    updated = run("check", "--update-lock", *arguments, cwd=folder)
    if "error" in message:
        assert updated.err.endswith("dsconv-cost.lock is left as it is\n")
        return
    assert updated.code == 0
    assert updated.err.endswith("1 dropped\n")
    assert run("check", "--locked", *arguments, cwd=folder).code == 0


@pytest.mark.parametrize("arguments", [["net.yaml"], ["."], []], ids=["file", "folder", "none"])
def test_a_variant_that_the_lock_has_and_the_file_does_not(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(VARIANTS, encoding="utf-8")
    run("check", "--update-lock", ".", cwd=tmp_path)
    (tmp_path / "net.yaml").write_text(VARIANTS.replace("large", "wide"), encoding="utf-8")
    result = run("check", "--locked", *arguments, cwd=tmp_path)
    assert result.code == 2
    assert "net.yaml:large is in dsconv-cost.lock, and there is no such variant any more" in result.err
    updated = run("check", "--update-lock", *arguments, cwd=tmp_path)
    assert updated.err == "dsconv-cost.lock: 3 written, 0 kept, 1 dropped\n"


LOCKS: dict[str, tuple[str, str, str]] = {
    "empty": (LOCK, "", "1:1: not JSON"),
    "cut off": ("    }\n  }\n}\n", "", "16:1: not JSON"),
    # From 3.13 on, Python's reader points at the comma; before, at what it meets in place of a key.
    "a comma too many": ("      ]\n", "      ],\n", f"{'15:8' if sys.version_info >= (3, 13) else '16:5'}: not JSON"),
    "a merge conflict": (
        f'      "macs": {MACS},\n',
        f'<<<<<<< ours\n      "macs": {MACS},\n=======\n      "macs": 1,\n>>>>>>> theirs\n',
        "8:1: a merge conflict: take either side, then write it anew with check --update-lock",
    ),
    "a list": (LOCK, "[]", "1:1: expected an object with schema_version"),
    "another schema": ('"schema_version": 2', '"schema_version": 3', "2:3: schema_version is 3, and this version of"),
    "a schema in words": ('"schema_version": 2', '"schema_version": "1"', "2:3: schema_version is"),
    "no schema": ('  "schema_version": 2,\n', "", "1:1: schema_version is missing"),
    "no conventions of memory": (LOCK[LOCK.index('  "memory"') : LOCK.index('  "archi')], "", "1:1: memory is missing"),
    "a convention of memory that is none": ('"flash": "int8+int32 1"', '"flash": 8', "4:95: the convention of the flash is not text"),
    "another convention of memory": ('"flash": "int8', '"rom": "x", "flash": "int8', "4:95: unknown key 'rom'"),
    "no peak": (f'      "peak": {PEAK},\n', "", "6:5: peak is missing"),
    "a peak below 0": (f'"peak": {PEAK}', '"peak": -1', "9:7: expected a whole number of at least 0"),
    "no convention": ('  "convention": {"name": "macs", "version": "1"},\n', "", "1:1: convention is missing"),
    "a convention that is none": ('{"name": "macs", "version": "1"}', "3", "3:3: expected an object with name and version"),
    "a convention without version": (', "version": "1"}', "}", "3:3: the convention's version is not text"),
    "an unknown key": ('  "convention"', '  "extra": 1,\n  "convention"', "3:3: unknown key 'extra'"),
    "no totals": (f'      "macs": {MACS},\n', "", "6:5: macs is missing"),
    "an unknown key of an architecture": ('      "macs"', '      "flops": 1,\n      "macs"', "8:7: unknown key 'flops'"),
    "a total edited by hand": (f'"macs": {MACS}', '"macs": 99999', "8:7: macs is 99,999, but its layers have 8,960 together: it was"),
    "a layer edited by hand": ('["conv2", 40, 2048]', '["conv2", 41, 2048]', "7:7: params is 152, but its layers have 153 together"),
    "a fraction": (f'"params": {PARAMS}', '"params": 1.5', "7:7: expected a whole number of at least 0"),
    "below 0": ('"conv2", 40', '"conv2", -40', "14:19: expected a whole number of at least 0"),
    "true for a number": ('"conv2", 40', '"conv2", true', "14:19: expected a whole number"),
    "infinite": ('"conv2", 40', '"conv2", Infinity', "14:19: expected a whole number"),
    "a number of many digits": ('"conv2", 40', '"conv2", 1' + "0" * 30, "14:19: expected a whole number"),
    "a number of too many digits": ('"conv2", 40', '"conv2", 1' + "0" * 5000, "1:1: a number of too many digits"),
    "a row that is too short": ('["conv2", 40, 2048]', '["conv2", 40]', "14:9: expected [name, params, macs]"),
    "a row that is none": ('["conv2", 40, 2048]', '"conv2"', "14:9: expected [name, params, macs]"),
    "a layer twice": ('["conv2", 40', '["conv1", 40', "14:9: duplicate layer 'conv1'"),
    "a key twice": ('      "params"', '      "macs": 1,\n      "params"', "7:7: duplicate key 'macs'"),
    "layers that are none": (ROWS, '"layers": {}', "12:7: expected a list of"),
    "too deep": (LOCK, "[" * 100_000, "1:1: nested too deep"),
    "binary": (LOCK, "\0", "1:1: not text"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), LOCKS.values(), ids=LOCKS)
def test_a_damaged_lock(old: str, new: str, message: str, folder: Path) -> None:
    assert LOCK.count(old) == 1
    (folder / "dsconv-cost.lock").write_text(LOCK.replace(old, new), encoding="utf-8")
    result = run("check", "net.yaml", "--locked", "--max-macs", "1M", cwd=folder)
    assert result.code == 2
    place, _, said = message.partition(": ")
    assert f"dsconv-cost.lock:{place}: error: {said}" in result.err
    assert "pass     net.yaml" in result.out
    repaired = run("check", "net.yaml", "--update-lock", cwd=folder)
    assert (repaired.code, repaired.err) == (
        0,
        "dsconv-cost.lock: 1 written, 0 kept, 0 dropped; the damaged one is replaced\n",
    )
    assert (folder / "dsconv-cost.lock").read_text(encoding="utf-8") == LOCK


def test_a_lock_is_read_back_as_it_was_written() -> None:
    found = lock.read_lock(LOCK)
    assert found.convention == ("macs", "1")
    assert found.architectures["net.yaml"].memory == {"peak": PEAK, "arena": PEAK, "flash": FLASH}
    assert [(layer.name, layer.params, layer.macs) for layer in found.architectures["net.yaml"].layers] == [
        ("conv1", 112, 6912),
        ("conv2", 40, 2048),
    ]
    with pytest.raises(InputError):
        lock.read_lock(LOCK.replace("152", "151"))


# As versions before memory wrote it.
OLD_LOCK = f"""\
{{
  "schema_version": 1,
  "convention": {{"name": "macs", "version": "1"}},
  "architectures": {{
    "net.yaml": {{
      "params": {PARAMS},
      "macs": {MACS},
      {ROWS}
    }}
  }}
}}
"""


def test_a_lock_from_before_memory_is_held_to_in_params_and_macs(folder: Path) -> None:
    (folder / "dsconv-cost.lock").write_text(OLD_LOCK, encoding="utf-8")
    found = document("--locked", cwd=folder)
    assert [(v["metric"], v["status"], v["limit"]) for v in found["verdicts"]] == [
        ("params", "pass", PARAMS), ("macs", "pass", MACS), ("peak", "new", None), ("arena", "new", None), ("flash", "new", None),
    ]  # fmt: skip
    assert found["exit_code"] == 0
    said = run("check", "--locked", cwd=folder).out
    assert "peak at 8 bits: the lock was written before it had the peak: check --update-lock adds it" in said
    (folder / "net.yaml").write_text(NET.replace("conv: 8", "conv: 9"), encoding="utf-8")
    assert run("check", "--locked", cwd=folder).code == 1


def test_an_update_of_a_lock_from_before_memory_keeps_the_rest_as_it_is(folder: Path) -> None:
    (folder / "dsconv-cost.lock").write_text(OLD_LOCK, encoding="utf-8")
    (folder / "other.yaml").write_text(NET, encoding="utf-8")
    updated = run("check", "--update-lock", "other.yaml", cwd=folder)
    assert updated.err == "dsconv-cost.lock: 1 written, 1 kept, 0 dropped\n"
    status = statuses("--locked", cwd=folder)
    assert {status[f"net.yaml {metric} dsconv-cost.lock"] for metric in ("peak", "arena", "flash")} == {"new"}
    assert {status[f"other.yaml {metric} dsconv-cost.lock"] for metric in ("peak", "arena", "flash")} == {"pass"}
    assert run("check", "--update-lock", cwd=folder).err == "dsconv-cost.lock: 2 written, 0 kept, 0 dropped\n"
    assert set(statuses("--locked", cwd=folder).values()) == {"pass"}


def test_memory_of_another_convention_is_not_comparable(folder: Path) -> None:
    (folder / "dsconv-cost.lock").write_text(LOCK.replace("liveness 1", "liveness 9"), encoding="utf-8")
    found = document("--locked", "net.yaml", cwd=folder)
    assert [(v["metric"], v["status"]) for v in found["verdicts"]] == [
        ("params", "pass"), ("macs", "pass"), ("arena", "pass"), ("flash", "pass"), ("peak", "not comparable"),
    ]  # fmt: skip
    assert (
        "the lock's peak is by liveness 9, fused by rule 1, this call's by liveness 1"
        in found["verdicts"][4]["message"]
    )
    (folder / "other.yaml").write_text(NET, encoding="utf-8")
    run("check", "--update-lock", "other.yaml", cwd=folder)
    assert set(statuses("--locked", "net.yaml", cwd=folder).values()) == {"pass", "new"}


def test_a_bundled_network_in_the_lock_is_checked_by_its_name(tmp_path: Path) -> None:
    assert run("check", "--update-lock", "mobilenet:thin", "vgg:11", cwd=tmp_path).code == 0
    assert set(statuses("--locked", cwd=tmp_path).values()) == {"pass"}
    text = (tmp_path / "dsconv-cost.lock").read_text(encoding="utf-8")
    again = run("check", "--update-lock", cwd=tmp_path)
    assert again.err == "dsconv-cost.lock: 2 written, 0 kept, 0 dropped\n"
    one = run("check", "--update-lock", "vgg:11", cwd=tmp_path)
    assert one.err == "dsconv-cost.lock: 1 written, 1 kept, 0 dropped\n"
    assert (tmp_path / "dsconv-cost.lock").read_text(encoding="utf-8") == text


def test_standard_input_is_not_in_the_lock(folder: Path) -> None:
    run("check", "--update-lock", "net.yaml", cwd=folder)
    result = run_process("check", "-", "--locked", "--max-macs", "1M", "--format", "json", stdin=NET, cwd=folder)
    assert result.code == 0
    assert [verdict["bound"] for verdict in json.loads(result.out)["verdicts"]] == ["max"]
