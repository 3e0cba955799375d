"""`check`: which networks are meant, which limits apply, and exit codes."""

import json
import sys
from pathlib import Path

import pytest

from dsconv_cost.sources import bundled
from tests.budget.small import FAMILY, MACS, NET, PARAMS, VARIANTS, document, notes, statuses
from tests.command import run, run_process
from tests.networks import bundled_spec


@pytest.fixture(autouse=True)
def _outside_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    return tmp_path


# -- exit codes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--max-macs", str(MACS)], 0),
        (["--max-macs", str(MACS - 1)], 1),
        (["--max-macs", str(MACS), "--max-params", str(PARAMS - 1)], 1),
        (["--max-layers", "2", "--max-activations", "768", "--max-flops", str(2 * MACS)], 0),
        (["--max-layers", "1"], 1),
        (["--max-size", f"{4 * PARAMS} B"], 0),
        (["--max-size", f"{PARAMS} B", "--bits", "8"], 0),
        (["--max-size", f"{PARAMS} B", "--bits", "16"], 1),
        (["--max-largest-share", "77.2%"], 0),  # 108 / 140 = 77.142...%
        (["--max-largest-share", "77.1%"], 1),
        (["--min-saving", "0%"], 0),
        (["--min-saving", "0.1%"], 1),
        ([], 2),
    ],
    ids=str,
)
def test_exit_code(options: list[str], code: int, folder: Path) -> None:
    assert run("check", "net.yaml", *options, cwd=folder).code == code


def test_warnings_fail_only_with_strict(folder: Path) -> None:
    budget = "budget: [{metric: macs, max: 1, level: warn, message: too slow for us}]\n"
    (folder / "net.yaml").write_text(NET + budget, encoding="utf-8")
    result = run("check", "net.yaml", cwd=folder)
    assert result.code == 0
    assert "too slow for us" in result.out
    assert run("check", "net.yaml", "--strict", cwd=folder).code == 1


def test_what_is_off_is_not_checked(folder: Path) -> None:
    (folder / "net.yaml").write_text(NET + "budget: [{metric: macs, max: 1, level: off}]\n", encoding="utf-8")
    result = run("check", "net.yaml", "--max-params", "1K", cwd=folder)
    assert result.code == 0
    assert "off         net.yaml:5" in result.out
    alone = run("check", "net.yaml", cwd=folder)
    assert alone.code == 2
    assert "nothing to check: no limit applies to net.yaml; off: net.yaml:5" in alone.err


def test_the_verdict_does_not_depend_on_who_reads_it(folder: Path) -> None:
    import subprocess

    for limit, code in (("1", 1), ("1M", 0)):
        script = (
            f'"{sys.executable}" -m dsconv_cost check net.yaml --max-macs {limit} | true; exit "${{PIPESTATUS[0]}}"'
        )
        done = subprocess.run(["bash", "-c", script], cwd=folder, check=False, capture_output=True, timeout=60)
        assert (done.returncode, done.stderr) == (code, b"")


# -- several sources ------------------------------------------------------------------------------


def test_every_source_is_checked_and_named(folder: Path) -> None:
    (folder / "net.yaml").write_text(NET + "budget: {macs: 8K}\n", encoding="utf-8")
    (folder / "dsconv-cost.yaml").write_text(
        "budget:\n  - {architecture: '*.yaml', metric: macs, max: 9K}\n  - {architecture: net.yaml, metric: params, max: 1}\n",
        encoding="utf-8",
    )
    assert statuses("net.yaml", "--max-macs", "1M", cwd=folder) == {
        "net.yaml macs --max-macs": "pass",
        "net.yaml macs net.yaml:5": "fail",
        "net.yaml macs dsconv-cost.yaml:2": "pass",
        "net.yaml params dsconv-cost.yaml:3": "fail",
    }


def test_a_budget_file_by_name(folder: Path) -> None:
    (folder / "dsconv-cost.yaml").write_text("nonsense", encoding="utf-8")
    (folder / "ci").mkdir()
    (folder / "ci" / "limits.yaml").write_text(
        "budget: [{architecture: ../net.yaml, metric: macs, max: 1M}]\n", encoding="utf-8"
    )
    assert statuses("--budget", "ci/limits.yaml", cwd=folder) == {"net.yaml macs ci/limits.yaml:1": "pass"}
    assert run("check", "net.yaml", cwd=folder).code == 2


def test_an_entry_for_another_architecture_is_no_error(folder: Path) -> None:
    (folder / "other.yaml").write_text(NET, encoding="utf-8")
    (folder / "dsconv-cost.yaml").write_text(
        "budget:\n  - {architecture: other.yaml, metric: macs, max: 1}\n  - {architecture: mobilenet, metric: macs, max: 1}\n",
        encoding="utf-8",
    )
    assert list(statuses("net.yaml", "--max-macs", "1M", cwd=folder)) == ["net.yaml macs --max-macs"]
    assert list(statuses(cwd=folder)) == [
        "other.yaml macs dsconv-cost.yaml:2", "mobilenet macs dsconv-cost.yaml:3",
        *(f"mobilenet:{variant} macs dsconv-cost.yaml:3" for variant in bundled_spec("mobilenet").variants),
    ]  # fmt: skip


def test_bundled_networks_go_by_their_bare_name(tmp_path: Path) -> None:
    # Howard et al. 2017: 569 M MACs, 4.2 M parameters
    assert run("check", "mobilenet", "--max-macs", "568740352", cwd=tmp_path).code == 0
    assert run("check", "mobilenet", "--max-macs", "568740351", cwd=tmp_path).code == 1
    wrong = run("check", "mobilenet.yaml", "--max-macs", "600M", cwd=tmp_path)
    assert wrong.code == 2
    assert "no file 'mobilenet.yaml' here; the bundled architecture is named mobilenet" in wrong.err
    assert run("check", "models/mobilenet", "--max-macs", "600M", cwd=tmp_path).code == 2


def test_standard_input_can_be_checked() -> None:
    result = run_process("check", "-", "--max-macs", str(MACS - 1), "--format", "json", stdin=NET)
    assert result.code == 1
    assert json.loads(result.out)["verdicts"][0]["architecture"] == "<stdin>"


# -- variants -------------------------------------------------------------------------------------


def test_a_limit_without_a_variant_holds_for_every_variant(tmp_path: Path) -> None:
    budget = "budget:\n  - {metric: params, max: 1K}\n  - {metric: params, variant: large, max: 63}\n"
    (tmp_path / "net.yaml").write_text(VARIANTS + budget, encoding="utf-8")
    assert statuses("net.yaml", cwd=tmp_path) == {
        "net.yaml params net.yaml:6": "pass",
        "net.yaml:small params net.yaml:6": "pass",
        "net.yaml:large params net.yaml:6": "pass",
        "net.yaml:large params net.yaml:7": "fail",  # 3*16 + 16 = 64
    }
    assert statuses("net.yaml:small", cwd=tmp_path) == {"net.yaml:small params net.yaml:6": "pass"}


def test_a_family_without_a_default_stands_for_all_of_its_variants(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(FAMILY, encoding="utf-8")
    assert statuses("net.yaml", "--max-params", "40", cwd=tmp_path) == {
        "net.yaml:small params --max-params": "pass",
        "net.yaml:large params --max-params": "fail",
    }
    assert list(statuses("net.yaml", "--max-params", "40", "--set", "width=1", cwd=tmp_path)) == [
        "net.yaml params --max-params"
    ]


def test_entries_with_a_variant_hold_for_it_alone(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(VARIANTS, encoding="utf-8")
    (tmp_path / "dsconv-cost.yaml").write_text(
        "budget: [{architecture: net.yaml, variant: small, metric: params, max: 16}]\n", encoding="utf-8"
    )
    assert statuses(cwd=tmp_path) == {"net.yaml:small params dsconv-cost.yaml:1": "pass"}


TWO_VARIANTS = VARIANTS + "budget: [{metric: params, max: 50, variant: default}]\n"
"""3*8 + 8 = 32 by default, 16 for small, 64 for large."""


def test_variants_that_no_limit_names_are_named(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(TWO_VARIANTS, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(VARIANTS, encoding="utf-8")
    assert notes("net.yaml", "other.yaml", cwd=tmp_path)["not checked"] == (
        "net.yaml:small, net.yaml:large: no limit names these variants"
    )
    assert (
        notes("net.yaml", "net.yaml:large", cwd=tmp_path)["not checked"]
        == "net.yaml:small: no limit names this variant"
    )
    assert "not checked" not in notes("net.yaml:small", "--max-params", "1K", cwd=tmp_path)
    assert "not checked" not in notes("mobilenet", "--max-macs", "600M", cwd=tmp_path)


def test_a_pattern_names_variants(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(
        VARIANTS + "budget: [{metric: params, max: 50, variant: '*'}, {metric: macs, max: 1M, variant: 'l?rge'}]\n",
        encoding="utf-8",
    )
    assert statuses("net.yaml", cwd=tmp_path) == {
        "net.yaml:small params net.yaml:5": "pass",
        "net.yaml:large params net.yaml:5": "fail",
        "net.yaml:large macs net.yaml:5": "pass",
    }


def test_a_pattern_for_networks_and_one_for_variants_need_one_match(folder: Path) -> None:
    (folder / "family.yaml").write_text(VARIANTS, encoding="utf-8")
    entry = "budget: [{architecture: '*.yaml', variant: 'l*', metric: params, max: 64}]\n"
    (folder / "dsconv-cost.yaml").write_text(entry, encoding="utf-8")
    assert statuses(cwd=folder) == {"family.yaml:large params dsconv-cost.yaml:1": "pass"}
    # The one that has such a variant is not of this call.
    assert statuses("net.yaml", "--max-macs", "1M", cwd=folder) == {"net.yaml macs --max-macs": "pass"}
    (folder / "family.yaml").unlink()
    result = run("check", cwd=folder)
    assert result.code == 2
    assert "dsconv-cost.yaml:1:44: error: the pattern 'l*' matches no variant of net.yaml: there are none" in result.err


def test_every_variant_is_locked_and_compared(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(TWO_VARIANTS, encoding="utf-8")
    run("check", "--update-lock", "net.yaml", cwd=tmp_path)
    text = (tmp_path / "dsconv-cost.lock").read_text(encoding="utf-8")
    assert list(json.loads(text)["architectures"]) == ["net.yaml", "net.yaml:large", "net.yaml:small"]
    assert run("check", "--locked", "net.yaml", cwd=tmp_path).code == 0
    (tmp_path / "net.yaml").write_text(TWO_VARIANTS.replace("width: 16", "width: 17"), encoding="utf-8")
    for arguments in (["net.yaml"], []):
        # It is compared only: 68 params are above the 50 of the limit, which names no variant.
        assert {k: v for k, v in statuses("--locked", *arguments, cwd=tmp_path).items() if v == "fail"} == {
            f"net.yaml:large {metric} dsconv-cost.lock": "fail"
            for metric in ("params", "macs", "peak", "arena", "flash")
        }
    assert set(statuses("--locked", "net.yaml:small", cwd=tmp_path).values()) == {"pass"}
    assert notes("--locked", "net.yaml", cwd=tmp_path)["only compared"] == (
        "net.yaml:small, net.yaml:large: no limit names these variants"
    )
    run("check", "--update-lock", "net.yaml:small", cwd=tmp_path)
    assert run("check", "--locked", "net.yaml", cwd=tmp_path).code == 1


def test_a_wider_variant_does_not_go_unguarded(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(VARIANTS + "budget: {params: 50}\n", encoding="utf-8")
    (tmp_path / "other.yaml").write_text(VARIANTS, encoding="utf-8")
    (tmp_path / "dsconv-cost.yaml").write_text(
        "budget: [{architecture: other.yaml, metric: params, max: 63}]\n", encoding="utf-8"
    )
    assert statuses("net.yaml", "other.yaml", cwd=tmp_path) == {
        "net.yaml params net.yaml:5": "pass",
        "net.yaml:small params net.yaml:5": "pass",
        "net.yaml:large params net.yaml:5": "fail",
        "other.yaml params dsconv-cost.yaml:1": "pass",
        "other.yaml:small params dsconv-cost.yaml:1": "pass",
        "other.yaml:large params dsconv-cost.yaml:1": "fail",
    }


def test_an_option_holds_for_what_was_named_with_it(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(VARIANTS + "budget: {params: 1K}\n", encoding="utf-8")
    # 32 params by default, 64 for large, which is not named.
    found = statuses("net.yaml", "net.yaml:small", "--max-params", "40", cwd=tmp_path)
    assert {key: status for key, status in found.items() if "--max" in key} == {
        "net.yaml params --max-params": "pass", "net.yaml:small params --max-params": "pass",
    }  # fmt: skip


def test_default_is_the_network_of_the_defaults(tmp_path: Path) -> None:
    entries = "  - {architecture: net.yaml, variant: default, metric: params, max: 31}\n"
    (tmp_path / "net.yaml").write_text(VARIANTS, encoding="utf-8")
    (tmp_path / "dsconv-cost.yaml").write_text(f"budget:\n{entries}", encoding="utf-8")
    assert statuses(cwd=tmp_path) == {"net.yaml params dsconv-cost.yaml:2": "fail"}
    # A variant of that name is meant too: none of the two goes unguarded.
    (tmp_path / "net.yaml").write_text(VARIANTS.replace("large", "default"), encoding="utf-8")
    assert statuses(cwd=tmp_path) == {
        "net.yaml params dsconv-cost.yaml:2": "fail", "net.yaml:default params dsconv-cost.yaml:2": "fail",
    }  # fmt: skip


def test_a_network_of_defaults_that_there_is_not(tmp_path: Path) -> None:
    own = "budget: [{variant: default, metric: params, max: 1K}, {metric: macs, max: 1M}]\n"
    (tmp_path / "net.yaml").write_text(FAMILY + own, encoding="utf-8")
    result = run("check", "net.yaml", cwd=tmp_path)
    assert result.code == 2
    assert "net.yaml:5:20: error: net.yaml has no network of its defaults: width must be set" in result.err
    (tmp_path / "net.yaml").write_text(FAMILY, encoding="utf-8")
    entry = "budget: [{architecture: net.yaml, variant: default, metric: params, max: 1K}]\n"
    (tmp_path / "dsconv-cost.yaml").write_text(entry, encoding="utf-8")
    result = run("check", cwd=tmp_path)
    assert result.code == 2
    assert "dsconv-cost.yaml:1:44: error: net.yaml has no variant 'default': it has small, large" in result.err


def test_a_layer_needs_to_be_in_one_variant_of_a_file(tmp_path: Path) -> None:
    text = VARIANTS.replace("]\nvariants", ", {conv: 8, kernel: 1, name: extra, when: width > 8}]\nvariants")
    entry = "budget: [{metric: macs, max: 1M, layer: NAME}]\n"
    (tmp_path / "net.yaml").write_text(text + entry.replace("NAME", "extra"), encoding="utf-8")
    assert list(statuses("net.yaml", cwd=tmp_path)) == ["net.yaml:large macs net.yaml:5"]
    # Where the call is about a variant without it, the limit guards nothing.
    assert run("check", "net.yaml:small", cwd=tmp_path).code == 2
    (tmp_path / "net.yaml").write_text(text + entry.replace("NAME", "extras"), encoding="utf-8")
    result = run("check", "net.yaml", cwd=tmp_path)
    assert result.code == 2
    assert result.err.count("the pattern 'extras' matches no layer: did you mean 'extra'?") == 1


# -- precedence -----------------------------------------------------------------------------------

GENERAL = "{architecture: '*.yaml', metric: params, max: 20}"
REPLACING: dict[str, tuple[str, dict[str, str]]] = {
    # Without the word both hold, whichever is the more special.
    "all hold": ("{architecture: net.yaml, metric: params, max: 40}", {"net.yaml:small": "pass pass", "net.yaml": "fail pass"}),
    "a file": (
        "{architecture: net.yaml, metric: params, max: 40, replaces: true}", {"net.yaml:small": "pass", "net.yaml": "pass"},
    ),
    "a variant": (
        "{architecture: '*.yaml', variant: default, metric: params, max: 40, replaces: true}",
        {"net.yaml:small": "pass", "net.yaml": "pass"},
    ),
    "switched off": (
        "{architecture: net.yaml, variant: default, metric: params, max: 40, replaces: true, level: off}",
        {"net.yaml:small": "pass", "net.yaml": ""},
    ),
    "one bound of two": (
        "{architecture: net.yaml, metric: params, min: 33, replaces: false}",
        {"net.yaml:small": "pass fail", "net.yaml": "fail fail"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("entry", "expected"), REPLACING.values(), ids=REPLACING)
def test_a_more_special_limit_replaces_where_it_says_so(entry: str, expected: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(VARIANTS.replace(", large: {width: 16}", ""), encoding="utf-8")
    for order in ((GENERAL, entry), (entry, GENERAL)):
        (tmp_path / "dsconv-cost.yaml").write_text(f"budget: [{', '.join(order)}]\n", encoding="utf-8")
        found: dict[str, list[str]] = {name: [] for name in expected}
        for verdict in document("net.yaml", cwd=tmp_path)["verdicts"]:
            found[verdict["architecture"]].append(verdict["status"])
        assert {name: sorted(statuses) for name, statuses in found.items()} == {
            name: sorted(statuses.split()) for name, statuses in expected.items()
        }


def test_a_replacing_limit_leaves_the_other_bound(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(VARIANTS, encoding="utf-8")
    (tmp_path / "dsconv-cost.yaml").write_text(
        "budget: [{architecture: '*.yaml', variant: default, metric: params, min: 33, max: 35},"
        " {architecture: net.yaml, variant: default, metric: params, max: 40, replaces: true}]\n",
        encoding="utf-8",
    )
    found = document("net.yaml", cwd=tmp_path)["verdicts"]
    assert [(v["bound"], v["limit"], v["status"]) for v in found] == [("min", 33, "fail"), ("max", 40, "pass")]


REPLACES_NOTHING = {
    "another metric": "{architecture: net.yaml, metric: macs, max: 1M, replaces: true}",
    "another part": "{architecture: net.yaml, metric: params, layer: conv1, max: 1M, replaces: true}",
    "the same networks": "{architecture: '*.yaml', metric: params, max: 40, replaces: true}",
    "more networks": "{architecture: '**/*.yaml', metric: params, max: 40, replaces: true}",
}


@pytest.mark.parametrize("entry", REPLACES_NOTHING.values(), ids=REPLACES_NOTHING)
def test_a_limit_that_replaces_nothing_is_an_error(entry: str, folder: Path) -> None:
    (folder / "dsconv-cost.yaml").write_text(f"budget:\n  - {GENERAL}\n  - {entry}\n", encoding="utf-8")
    result = run("check", "net.yaml", cwd=folder)
    assert result.code == 2
    column = entry.index("true") + 5
    assert f"dsconv-cost.yaml:3:{column}: error: replaces nothing: no limit for " in result.err


def test_a_network_s_own_limits_replace_none_of_the_budget_file(tmp_path: Path) -> None:
    own = "budget: [{metric: params, variant: default, max: 1M, replaces: true}]\n"
    (tmp_path / "net.yaml").write_text(VARIANTS + own, encoding="utf-8")
    (tmp_path / "dsconv-cost.yaml").write_text(f"budget: [{GENERAL}]\n", encoding="utf-8")
    result = run("check", "net.yaml", cwd=tmp_path)
    assert result.code == 2
    assert "net.yaml:5:64: error: replaces nothing" in result.err
    assert "fail     net.yaml" in result.out


PLACED = {
    "required": (("net.yaml",), "net.yaml:2:3: error: Family needs width, depth: name a variant, e.g. net:small"),
    "a variant": (("net.yaml:smal",), "net.yaml:7:1: error: Family has no variant 'smal': did you mean 'small'?"),
    "a setting": (("net.yaml:small", "--set", "x=1"), "net.yaml:1:1: error: Family has no hyperparameter 'x': it has width"),
    "a setting of let": (("net.yaml:small", "--set", "twice=1"), "net.yaml:4:14: error: 'twice' is computed in let"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), PLACED.values(), ids=PLACED)
def test_wrong_choices_have_a_place_in_the_file(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(
        "hyperparameters:\n  width: required\n  depth: required\nlet: {twice: 2 * width}\nname: Family\ninput: [3, 8, 8]\n"
        "variants: {small: {width: 4, depth: 1}}\nlayers: [{conv: twice, kernel: 1, repeat: depth}]\n",
        encoding="utf-8",
    )
    assert run("analyze", *arguments, cwd=tmp_path).err.startswith(message)
    if arguments[0] != "net.yaml":  # a family stands for its variants
        assert message in run("check", *arguments, "--max-macs", "1M", cwd=tmp_path).err


# -- several architectures ------------------------------------------------------------------------


def test_wrong_input_hides_no_verdict(folder: Path) -> None:
    (folder / "wrong.yaml").write_text("input: [3, 8, 8]\nlayers: [{conv: 3.5, kernel: 1}]\n", encoding="utf-8")
    (folder / "shapes.yaml").write_text(
        "input: [3, 8, 8]\nlayers: [{conv: 4, kernel: 99, padding: 0}]\n", encoding="utf-8"
    )
    result = run("check", "wrong.yaml", "shapes.yaml", "nope.yaml", "net.yaml", "--max-macs", "1", cwd=folder)
    assert result.code == 2
    assert "fail     net.yaml" in result.out
    assert "1 of 1 limit exceeded, 3 inputs invalid" in result.out
    for fragment in ("wrong.yaml:2:", "shapes.yaml:2:", "no file 'nope.yaml'"):
        assert fragment in result.err


def test_a_folder_stands_for_the_architectures_in_it(folder: Path) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "b.yml").write_text(NET, encoding="utf-8")
    (folder / "workflow.yaml").write_text("jobs: {}\n", encoding="utf-8")
    assert list(statuses(".", "net.yaml", "--max-macs", "1M", cwd=folder)) == [
        "net.yaml macs --max-macs", "deep/er/b.yml macs --max-macs",
    ]  # fmt: skip
    (folder / "empty").mkdir()
    empty = run("check", "empty", "--max-macs", "1M", cwd=folder)
    assert empty.code == 2
    assert "empty holds no architecture" in empty.err


def test_networks_without_a_limit_are_named(folder: Path) -> None:
    (folder / "other.yaml").write_text(NET + "budget: {macs: 1M}\n", encoding="utf-8")
    result = run("check", ".", cwd=folder)
    assert result.code == 0
    assert "no limit    net.yaml" in result.out


def test_100_bundled_networks_in_one_call(tmp_path: Path) -> None:
    names = bundled.names()
    arguments = [
        name for family in names for name in (family, *(f"{family}:{v}" for v in bundled_spec(family).variants))
    ]
    verdicts = document(*arguments, "--max-macs", "100T", cwd=tmp_path)["verdicts"]
    assert len(verdicts) > 100
    assert {v["architecture"].partition(":")[0] for v in verdicts} == set(names)
    assert {v["status"] for v in verdicts} == {"pass"}


# -- wrong usage ----------------------------------------------------------------------------------

WRONG: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing at all": ((), "nothing to check: name an architecture or a folder, or write a budget file"),
    "no limit": (("net.yaml",), "nothing to check: no limit applies to net.yaml"),
    "a limit that is none": (("net.yaml", "--max-macs", "few"), "--max-macs: received 'few', expected a count"),
    "a limit of the wrong unit": (("net.yaml", "--max-macs", "600MB"), "--max-macs: received '600MB', but macs is a count"),
    "an infinite limit": (("net.yaml", "--max-params", "inf"), "which limits nothing"),
    "a share without per cent": (("net.yaml", "--min-saving", "80"), "--min-saving: received '80' without a unit"),
    "no such file": (("nope.yaml", "--max-macs", "1"), "no file 'nope.yaml'\n"),
    "a file that is misspelled": (("nett.yaml", "--max-macs", "1"), "no file 'nett.yaml': did you mean 'net.yaml'?"),
    "a file in a folder": (("models/camra.yaml", "--max-macs", "1"), "did you mean 'models/camera.yaml'?"),
    "a file by another ending": (("models/camera.yml", "--max-macs", "1"), "did you mean 'models/camera.yaml'?"),
    "an ending that is misspelled": (("net.yamll", "--max-macs", "1"), "did you mean 'net.yaml'?"),
    "a file without its ending": (("models/camera", "--max-macs", "1"), "no file 'models/camera': did you mean 'models/camera.yaml'?"),
    "a file and its variant": (("nett.yaml:a", "--max-macs", "1"), "no file 'nett.yaml:a': did you mean 'net.yaml:a'?"),
    "a file in a misspelled folder": (("./modles/camera.yaml", "--max-macs", "1"), "did you mean './models/camera.yaml'?"),
    "a folder that is misspelled": (("modles", "--max-macs", "1"), "no file or bundled architecture 'modles': did you mean 'models'?"),
    "nothing near": (("xyzzy", "--max-macs", "1"), "and others, see dsconv-cost list\n"),
    "a pattern": (("models/*.yaml", "--max-macs", "1"), "no file 'models/*.yaml': patterns are matched by the shell"),
    "a base that is empty": (("net.yaml", "--max-macs", "1", "--base", ""), "--base: '' names no commit: the text is empty"),
    "a tolerance that is none": (("net.yaml", "--locked", "--tolerance", "few"), "--tolerance: received 'few', expected a percentage"),
    "no such variant": (("net.yaml:big", "--max-macs", "1"), "has no variant 'big'"),
    "a hyperparameter it does not have": (("net.yaml", "--max-macs", "1", "--alpha", "2"), "no hyperparameter 'alpha'"),
    "no such budget file": (("net.yaml", "--budget", "nope.yaml"), "--budget nope.yaml: no such file"),
    "a folder as budget file": (("net.yaml", "--budget", "."), ". is a directory"),
    "a bundled name as budget file": (("net.yaml", "--budget", "mobilenet"), "--budget mobilenet: no such file"),
    "standard input as budget file": (("net.yaml", "--budget", "-"), "--budget -: no such file"),
    "a tolerance without per cent": (("net.yaml", "--locked", "--tolerance", "1"), "--tolerance: received '1' without a unit"),
    "a tolerance below 0": (("net.yaml", "--locked", "--tolerance", "-1%"), "--tolerance: received '-1%'"),
    "no lock": (("net.yaml", "--locked"), "there is no dsconv-cost.lock here: write it with check --update-lock"),
    "lock with settings": (("net.yaml", "--locked", "--set", "a=1"), "make a variant of what --set sets"),
    "lock written with limits": (("net.yaml", "--update-lock", "--max-macs", "1"), "--update-lock writes the lock and checks"),
    "lock written with a format": (("net.yaml", "--update-lock", "--format", "json"), "takes no --format"),
    "nothing to lock": (("--update-lock",), "nothing to lock"),
    "a tolerance of nothing": (("net.yaml", "--max-macs", "1", "--tolerance", "1%"), "--tolerance needs --base or --locked"),
    "no repository": (("net.yaml", "--base", "main"), "is not in a git repository"),
    "an unknown convention": (("net.yaml", "--max-macs", "1", "--convention", "mac"), "no convention named 'mac'"),
    "an unknown format": (("net.yaml", "--max-macs", "1", "--format", "xml"), "xml"),
    "other bits": (("net.yaml", "--max-size", "1 B", "--bits", "12"), "'12' is not one of '4', '8', '16', '32'"),
    "a share of nothing": (("relu.yaml", "--max-largest-share", "50%"), "largest_share is a share of MACs, and this network has none"),
    "a saving of nothing": (("relu.yaml", "--min-saving", "50%"), "saving is a share of MACs, and this network has none"),
    "output of no known ending": (("net.yaml", "--max-macs", "1", "--output", "x.bin"), "the ending names no format"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "fragment"), WRONG.values(), ids=WRONG)
def test_wrong_usage(arguments: tuple[str, ...], fragment: str, folder: Path) -> None:
    (folder / "relu.yaml").write_text("input: [3, 8, 8]\nlayers: [relu]\n", encoding="utf-8")
    (folder / "models").mkdir()
    (folder / "models" / "camera.yaml").write_text(NET, encoding="utf-8")
    result = run("check", *arguments, cwd=folder)
    assert result.code == 2
    assert fragment in result.err
    assert "Traceback" not in result.err
    assert sorted(path.name for path in folder.iterdir()) == ["models", "net.yaml", "relu.yaml"]


def test_a_budget_file_that_means_nothing_gives_each_entry_s_error(folder: Path) -> None:
    (folder / "dsconv-cost.yaml").write_text(
        "budget:\n  - {architecture: nett.yaml, metric: macs, max: 1}\n  - {architecture: 'a/*', metric: macs, max: 1}\n",
        encoding="utf-8",
    )
    for arguments in ([], ["--update-lock"]):
        result = run("check", *arguments, cwd=folder)
        assert result.code == 2
        assert "dsconv-cost.yaml:2:20: error: the architecture 'nett.yaml' matches nothing" in result.err
        assert "dsconv-cost.yaml:3:20: error: the architecture 'a/*' matches nothing" in result.err


def test_limits_that_are_all_off_are_nothing_to_check(folder: Path) -> None:
    (folder / "dsconv-cost.yaml").write_text(
        "budget: [{architecture: net.yaml, metric: macs, max: 1, level: off}]\n", encoding="utf-8"
    )
    result = run("check", cwd=folder)
    assert (result.code, result.err) == (2, "error: nothing to check: every limit of the budget file is off\n")


@pytest.mark.parametrize("levels", [1, 2, 5, 6])
@pytest.mark.parametrize("is_repository", [True, False], ids=["repository", "folder"])
def test_a_budget_file_above_is_not_read_and_named(levels: int, is_repository: bool, folder: Path) -> None:
    (folder / "dsconv-cost.yaml").write_text(
        "budget: [{architecture: '**/*.yaml', metric: macs, max: 1}]\n", encoding="utf-8"
    )
    if is_repository:
        (folder / ".git").mkdir()
    at = folder.joinpath(*"abcdef"[:levels])
    at.mkdir(parents=True)
    (at / "net.yaml").write_text(NET, encoding="utf-8")
    path = "../" * levels + "dsconv-cost.yaml"
    said = f"{path} is not read here: give --budget {path}, or run check in its folder"
    is_seen = is_repository or levels < 6
    assert notes(".", "--max-macs", "1M", cwd=at).get("budget") == (said if is_seen else None)
    for arguments in ([], ["net.yaml"], ["--update-lock"]):
        result = run("check", *arguments, cwd=at)
        assert result.code == 2
        assert (said in result.err) is is_seen
    assert "budget" not in notes(".", "--budget", path, cwd=at)
    (at / ".git").mkdir()
    assert "budget" not in notes(".", "--max-macs", "1M", cwd=at)


def test_a_lock_above_is_not_read_and_named(folder: Path) -> None:
    run("check", "--update-lock", "net.yaml", cwd=folder)
    (folder / "a").mkdir()
    (folder / "a" / "net.yaml").write_text(NET, encoding="utf-8")
    result = run("check", "--locked", "net.yaml", cwd=folder / "a")
    assert result.code == 2
    assert "there is no dsconv-cost.lock here, but ../dsconv-cost.lock: run check in that folder" in result.err
    written = run("check", "--update-lock", "net.yaml", cwd=folder / "a")
    assert written.err.endswith("0 dropped; ../dsconv-cost.lock is another one, for calls in its folder\n")


def test_settings_of_a_name_are_of_that_network(folder: Path) -> None:
    (folder / "wide.yaml").write_text(
        "hyperparameters: {c: 4}\ninput: [2, 3, 3]\nlayers: [{conv: c, kernel: 1, bias: false}]\nvariants: {big: {c: 8}}\n",
        encoding="utf-8",
    )
    # 2 * c params
    names = ["wide.yaml", "wide.yaml@c=5", "wide.yaml:big", "wide.yaml:big@c=6"]
    document = json.loads(run("check", *names, "--max-params", "11", "--format", "json", cwd=folder).out)
    assert [(v["architecture"], v["actual"], v["status"]) for v in document["verdicts"]] == [
        ("wide.yaml", 8, "pass"), ("wide.yaml:big", 16, "fail"), ("wide.yaml@c=5", 10, "pass"), ("wide.yaml:big@c=6", 12, "fail"),
    ]  # fmt: skip


@pytest.mark.parametrize("option", ["--locked", "--update-lock"])
def test_the_lock_takes_no_settings_of_a_name(option: str, folder: Path) -> None:
    (folder / "dsconv-cost.lock").unlink(missing_ok=True)
    run("check", "mobilenet", "--update-lock", cwd=folder)
    result = run("check", "mobilenet@alpha=0.5", option, cwd=folder)
    assert result.code == 2
    assert "the lock holds networks as their files give them: make a variant of what @alpha=0.5 sets" in result.err
