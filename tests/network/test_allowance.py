"""The work of a call is bounded, over all of its networks, and a message names what spent it."""

import time
from pathlib import Path

import pytest

from dsconv_cost import analyze, load
from dsconv_cost.errors import InputError
from dsconv_cost.network.allowance import Allowance, current_allowance, one_allowance
from dsconv_cost.network.build import elaborate
from tests.command import run

EIGHT = "hyperparameters: {{n: {n}}}\nvariants: {{{variants}}}\ninput: [1, 1, 1]\nlayers: [{{relu: , repeat: n}}]\n"


def eight(n: int) -> str:
    """Return a file with eight variants of as many layers as its plain network, less one, two, ..."""
    return EIGHT.format(n=n, variants=", ".join(f"v{i}: {{n: {n - i}}}" for i in range(1, 9)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_variants_of_a_file_share_an_allowance(folder: Path) -> None:
    """1000 + 999 + 998 layers are allowed where a network may have 1,000; the fourth is refused, and 3 remain."""
    (folder / "net.yaml").write_text(eight(1000))
    result = run("check", "net.yaml", "--update-lock", "--layer-bound", "1000")
    assert result.code == 2
    faults = [line for line in result.err.splitlines() if line.startswith("error: ")]
    assert [fault.split(": ")[1] for fault in faults] == [f"net.yaml:v{i}" for i in range(3, 9)]
    assert "take more work than 3,000 layers together, of which net.yaml alone took 1,000: " in faults[0]
    assert "raise the bound with --layer-bound" in faults[0]
    assert not (folder / "dsconv-cost.lock").exists()


def test_the_option_raises_it(folder: Path) -> None:
    (folder / "net.yaml").write_text(eight(1000))
    # 1000 + 999 + ... + 992 = 8,964 layers, at most three times 2,988.
    assert run("check", "net.yaml", "--update-lock", "--layer-bound", "2988").code == 0
    assert run("check", "net.yaml", "--update-lock", "--layer-bound", "2987").code == 2


def test_without_the_option_a_hostile_file_ends_soon(folder: Path) -> None:
    (folder / "net.yaml").write_text(eight(199_999))
    start = time.process_time()
    result = run("check", "net.yaml", "--update-lock")
    assert result.code == 2
    assert "net.yaml:v3: the networks of this call take more work than 600,000 layers together" in result.err
    assert time.process_time() - start < 30  # 3 s on a quiet machine, and 7 for all nine


def test_networks_of_several_files_share_it(folder: Path) -> None:
    """Three of 1,000 layers are made, of the fourth none."""
    for name in "abcd":
        (folder / f"{name}.yaml").write_text("input: [1, 1, 1]\nlayers: [{relu: , repeat: 1000}]\n")
    result = run("check", ".", "--max-macs", "1G", "--layer-bound", "1000")
    assert result.code == 2
    assert "error: d.yaml: the networks of this call take more work than 3,000 layers together" in result.err
    assert result.err.count("error: ") == 1
    assert all(f"{name}.yaml" in result.out for name in "abc")


def test_each_point_of_fit_has_its_own(folder: Path) -> None:
    (folder / "net.yaml").write_text(
        "hyperparameters: {a: 1}\ninput: [3, 8, 8]\nlayers: [{relu: , repeat: 250000 * a}]\n"
    )
    result = run("fit", "net.yaml", "--max-macs", "1G", "--vary", "a=1..100:1")
    assert (result.code, result.out) == (2, "")
    assert "at most 200,000 are made" in result.err


def test_points_that_do_not_differ_are_counted_once(folder: Path) -> None:
    (folder / "net.yaml").write_text(
        "hyperparameters: {a: 1, b: 1}\ninput: [3, 8, 8]\nlayers: [{relu: , repeat: 1000}]\n"
    )
    start = time.process_time()
    result = run("fit", "net.yaml", "--max-macs", "1G", "--vary", "a=1..100:1", "--vary", "b=1..100:1")
    assert time.process_time() - start < 30  # 0.3 s on a quiet machine; one by one they took 29
    assert (result.code, result.err) == (0, "")
    assert "10,000 of 10,000 points" in result.out


def test_each_call_has_its_own(folder: Path) -> None:
    (folder / "net.yaml").write_text(eight(1000))
    for _ in range(2):
        assert run("check", "net.yaml", "--update-lock", "--layer-bound", "3000").code == 0
    assert current_allowance() is None
    for _ in range(5):  # in Python there is no call
        assert len(analyze(load("net.yaml")).layers) == 1000


def test_what_is_left() -> None:
    allowance = Allowance(10)
    assert allowance.left(10) == 10
    allowance.spend("a", 10, 0)
    allowance.spend("b", 1, 12 * 11)  # 12 steps are a layer
    assert allowance.left(10) == 9
    allowance.spend("a", 9, 0)
    assert allowance.left(10) == 0
    assert "of which a alone took 19" in allowance.exceeded(10)


def test_a_network_without_a_bound_of_its_own_takes_that_of_the_call(folder: Path) -> None:
    (folder / "net.yaml").write_text("input: [1, 1, 1]\nlayers: [{relu: , repeat: 10}]\n")
    with one_allowance(4), pytest.raises(InputError, match="at most 4 are made"):
        elaborate(load("net.yaml"))
    with one_allowance(10):
        assert len(elaborate(load("net.yaml")).nodes) == 10


READ_IN = {
    "a folder": ["check", "many", "--max-macs", "1M"],
    "a pattern": ["check", "--budget", "many.yaml"],
    "a lock": ["check", "many", "--update-lock"],
    "named files": ["check", *(f"many/{i}.yaml" for i in range(3)), "--max-macs", "1M"],
}


@pytest.mark.parametrize("arguments", READ_IN.values(), ids=READ_IN)
def test_the_files_of_a_call_share_what_may_be_read(arguments: list[str], folder: Path) -> None:
    """A file of 200 layers in three values each is more than 600 values, and 10 layers allow 450 of them."""
    (folder / "many").mkdir()
    for i in range(3):
        (folder / "many" / f"{i}.yaml").write_text(
            "input: [1, 1, 1]\nlayers: [" + "{conv: 1, kernel: 1}, " * 200 + "]\n"
        )
    (folder / "many.yaml").write_text('budget: [{architecture: "many/*.yaml", metric: macs, max: 1M}]\n')
    result = run(*arguments, "--layer-bound", "10")
    assert result.code == 2
    assert ".yaml is not read: the files of this call hold more than 450 values: name fewer files" in result.err
    bounded = [*arguments, "--layer-bound", "1000"]
    assert "is not read" not in run(*bounded).err  # 3 files of 602 values, twice where a folder is searched


NOTHING = {
    "repeats in repeats": (
        "- relu\n- sequential: [{sequential: [{relu: , when: false}], repeat: 1000}]\n  repeat: 1000\n",
        1,
    ),
    "something after nothing": ("- relu\n- sequential: [{relu: , when: false}, relu]\n  repeat: 1000\n", 1001),
}


@pytest.mark.parametrize("case", NOTHING)
def test_repeats_of_nothing_take_no_time(case: str, folder: Path) -> None:
    items, layers = NOTHING[case]
    (folder / "net.yaml").write_text(f"input: [3, 8, 8]\nlayers:\n{items}")
    start = time.process_time()
    assert len(analyze(load("net.yaml")).layers) == layers
    assert time.process_time() - start < 1.5  # a million repetitions took 2.9 s


@pytest.mark.parametrize(
    "values",
    [
        "1" + "." * 160 + "x",
        "1.." + "1" * 5000,
        "1" * 5000 + "-",
        " " * 3000 + "x..",
        "1..2:" + "." * 3000,
        "1to" * 2000,
    ],
    ids=["dots", "digits", "digits and a dash", "spaces", "dots in the step", "words"],
)
def test_a_range_is_read_in_one_way(values: str) -> None:
    start = time.process_time()
    assert run("fit", "mobilenet", "--max-macs", "1G", "--vary", f"alpha={values}").code == 2
    assert time.process_time() - start < 2  # it was 29 s for the dots
