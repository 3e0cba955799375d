"""The recipes of CONTRIBUTING: each adds a made-up thing in one place of a copy and uses it everywhere."""

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from dsconv_cost.costs.conventions import all_conventions
from dsconv_cost.formats.format import ANALYSIS, VERDICTS, formats_of
from tests.command import Result
from tests.repository import copy_project


class Copy:
    """A copy of the project that a recipe is carried out in."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        copy_project(root)
        self.networks = root / "networks"
        self.networks.mkdir()

    def add(self, name: str, text: str) -> None:
        """Add a file to the package."""
        path = self.root / "dsconv_cost" / name
        assert not path.exists()
        path.write_text(dedent(text).lstrip(), encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the one place of a text in a file of the package."""
        path = self.root / "dsconv_cost" / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """Write a file beside the networks."""
        (self.networks / name).write_text(dedent(text).lstrip(), encoding="utf-8")

    def run(self, *arguments: str, code: int = 0) -> Result:
        """Run `dsconv-cost` of the copy in the folder of the networks."""
        done = subprocess.run(
            [sys.executable, "-m", "dsconv_cost", *arguments], cwd=self.networks, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(self.root)}, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return Result(done.returncode, done.stdout, done.stderr)


def row(text: str, name: str) -> list[str]:
    """Return the words of the first line that starts with a name."""
    return next(words for line in text.splitlines() if (words := line.split())[:1] == [name])


# -- a family of layers ---------------------------------------------------------------------------

FAMILY = '''
    """Mixing: every position of a channel becomes a weighted sum of all its positions."""

    from dsconv_cost.layers.base import Inputs, Layer, OperationKind
    from dsconv_cost.layers.counts import Counts
    from dsconv_cost.layers.fields import COUNT, Field
    from dsconv_cost.layers.norm_and_activation import NORM_FIELD
    from dsconv_cost.layers.shapes import Shape


    class Mix(Layer):
        """Weighted sums of positions, with a matrix for each group of channels."""

        __slots__ = ("matrices",)
        matrices: int
        type = "mix"
        family = "Mixing"
        kinds = (OperationKind("mixing", weighted=True),)
        main = Field("matrices", COUNT, "matrices; divides the channels")
        fields = (NORM_FIELD,)
        also = ("token_mixing",)
        formulas = {"weights": "m * H_in * W_in * H_in * W_in", "macs": "C_in * H_in * W_in * H_in * W_in"}
        counted = "one MAC for each weight in each channel of its group"
        source = "Tolstikhin et al. 2021, arXiv:2105.01601"

        def counts(self, inputs: Inputs, output: Shape) -> Counts:
            x = inputs[0]
            each = x.positions * x.positions
            return Counts(
                weights=self.matrices * each, macs=x.channels * each, read=x.elements, written=output.elements
            )

        def symbols(self, inputs: Inputs, output: Shape) -> dict[str, int]:
            return {**super().symbols(inputs, output), "m": self.matrices}
'''

MIXED = """
    input: [4, 6, 6]
    layers:
      - {conv: 8, kernel: 3, stride: 2}
      - {mix: 2, name: mixed}
      - global_avgpool
      - {linear: 5}
"""
WEIGHTS, MACS = 2 * 9 * 9, 8 * 9 * 9
"""Of `mixed`: 8 channels of 3 x 3 positions."""


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    copy = Copy(tmp_path_factory.mktemp("family") / "copy")
    copy.add("layers/mixing.py", FAMILY)
    copy.edit("layers/__init__.py", '    "norm": (', '    "mixing": ("mix", "mixing", ""),\n    "norm": (')
    copy.write("net.yaml", MIXED)
    copy.write("other.yaml", MIXED.replace("mix: 2", "mix: 4, norm: batch"))
    return copy


def test_a_family_is_analyzed(family: Copy) -> None:
    shown = family.run("analyze", "net.yaml", "--kinds", "--notes").out
    assert row(shown, "mixed")[:4] == ["mixed", "mix", "8x3x3", "8x3x3"]
    assert row(shown, "mixing")[:3] == ["mixing", "1", f"{MACS:,}"]
    for kept in ("standard", "separable"):
        note = next(line for line in shown.splitlines() if line.startswith(f"{kept} ") and "kept" in line)
        assert "mixed (a mixing layer)" in note
    assert row(family.run("analyze", "net.yaml", "--ops").out, "mixed")[:2] == ["mixed", "mix"]
    assert row(family.run("analyze", "net.yaml", "--expand").out, "mixed")[:2] == ["mixed", "mix"]
    layers = json.loads(family.run("analyze", "net.yaml", "--format", "json").out)["layers"]
    mixed = next(layer for layer in layers if layer["name"] == "mixed")
    assert (mixed["type"], mixed["kind"], mixed["params"], mixed["macs"]) == ("mix", "mixing", WEIGHTS, MACS)
    assert (mixed["kernel"], mixed["groups"]) == (None, None)


def test_a_family_on_a_signal_of_one_side(family: Copy) -> None:
    family.write("signal.yaml", MIXED.replace("[4, 6, 6]", "[4, 1, 6]"))
    shown = family.run("analyze", "signal.yaml").out
    assert row(shown, "mixed")[2] == "8x1x3"
    assert "1-D" in shown  # the conv's kernel is 3 x 3
    assert "mixed: the kernel" not in shown


@pytest.mark.parametrize("name", formats_of(ANALYSIS))
def test_a_family_in_every_format(family: Copy, name: str) -> None:
    assert "mixed" in family.run("analyze", "net.yaml", "--format", name).out


def test_a_family_is_explained(family: Copy) -> None:
    shown = family.run("explain", "net.yaml", "mixed").out
    assert f"MACs    = C_in * H_in * W_in * H_in * W_in = 8 * 3 * 3 * 3 * 3 = {MACS}" in shown
    assert f"weights = m * H_in * W_in * H_in * W_in = 2 * 3 * 3 * 3 * 3 = {WEIGHTS}" in shown
    assert "standard form: kept: a mixing layer" in shown
    assert "counted: one MAC for each weight in each channel of its group" in shown


def test_a_family_is_in_the_reference_and_the_schema(family: Copy) -> None:
    whole = family.run("reference").out
    assert whole.index("Mixing\n======") < whole.index("Composites\n==========")
    own = family.run("reference", "mix").out
    assert "matrices (main)" in own
    assert "arXiv:2105.01601" in own
    schema = json.loads(family.run("schema").out)
    conditions = schema["$defs"]["item_with_fields"]["allOf"]
    mix = next(c["then"] for c in conditions if c["if"].get("required") == ["mix"])
    assert (
        mix["properties"]["mix"]["description"]
        == "Weighted sums of positions, with a matrix for each group of channels."
    )
    assert "mix" in schema["properties"]["defaults"]["properties"]


WRONG = {
    "a near miss": ("mixx: 2", "did you mean 'mix'?"),
    "another framework's word": ("token_mixing: 2", "did you mean 'mix'?"),
    "a wrong value": ("mix: 0", "mix matrices: received 0, expected a whole number of at least 1"),
}


@pytest.mark.parametrize(("written", "said"), WRONG.values(), ids=WRONG)
def test_a_family_written_wrongly(family: Copy, written: str, said: str) -> None:
    family.write("wrong.yaml", MIXED.replace("mix: 2", written))
    error = family.run("analyze", "wrong.yaml", code=2).err
    assert "wrong.yaml:4:" in error
    assert said in error


def test_a_family_has_limits_by_kind(family: Copy) -> None:
    for limit, code in ((MACS, 0), (MACS - 1, 1)):
        limits = f"budget: [{{architecture: net.yaml, metric: macs, kind: mixing, max: {limit}}}]\n"
        family.write("limits.yaml", limits)
        family.run("check", "--budget", "limits.yaml", code=code)
    for name in formats_of(VERDICTS):
        assert "mixing" in family.run("check", "--budget", "limits.yaml", "--format", name, code=1).out
    family.write("limits.yaml", limits.replace("mixing", "mixin"))
    assert "mixing" in family.run("check", "--budget", "limits.yaml", code=2).err


@pytest.mark.parametrize("convention", all_conventions())
def test_a_family_under_every_convention(family: Copy, convention: str) -> None:
    shown = family.run("analyze", "net.yaml", "--convention", convention, "--format", "json").out
    mixed = next(layer for layer in json.loads(shown)["layers"] if layer["name"] == "mixed")
    assert mixed["params"] == WEIGHTS


def test_a_family_on_the_way_between_two_conventions(family: Copy) -> None:
    family.run("reconcile", "net.yaml", "--from", "macs", "--to", "complete")


def test_a_family_is_compared(family: Copy) -> None:
    family.run("compare", "net.yaml", "other.yaml")
    said = family.run("diff", "net.yaml", "other.yaml", "--format", "markdown").out
    assert "matrices 2 -> 4" in said.replace("\\", "")
    assert "norm none -> batchnorm" in said.replace("\\", "")


# -- a composite ----------------------------------------------------------------------------------

COMPOSITE = '''
    """spread: a convolution down and one up again."""

    from collections.abc import Mapping

    from dsconv_cost.layers.composites.base import Build, Composite
    from dsconv_cost.layers.fields import COUNT, SIDES, Field, Values


    class Spread(Composite):
        """A 1 x 1 convolution to a few channels, then a wide one to many."""

        type = "spread"
        main = Field("out_channels", COUNT, "channels of the output")
        fields = (Field("few", COUNT, "channels between"), Field("kernel", SIDES, "of the wide one", (3, 3)))
        inner = ("conv",)
        made_of = "down: conv 1 x 1; up: conv"

        @classmethod
        def expand(cls, values: Values, inner: Mapping[str, Values], build: Build, x: int) -> int:
            x = build.layer("down", "conv", (x,), {**inner["conv"], "out_channels": values["few"], "kernel": (1, 1)})
            up = {**inner["conv"], "out_channels": values["out_channels"], "kernel": values["kernel"]}
            return build.layer("up", "conv", (x,), up)
'''

SPREAD = """
    input: [4, 6, 6]
    defaults: {conv: {bias: false, activation: relu}}
    layers:
      - {spread: 8, few: 2, name: wide}
"""
DOWN, UP = 4 * 2, 9 * 2 * 8
"""Weights of the two convolutions of `wide`, on 36 positions."""


@pytest.fixture(scope="module")
def composite(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    copy = Copy(tmp_path_factory.mktemp("composite") / "copy")
    copy.add("layers/composites/spread.py", COMPOSITE)
    init = "layers/composites/__init__.py"
    copy.edit(init, '    "inverted_residual"', '    "spread": ("spread", ""),\n    "inverted_residual"')
    copy.write("net.yaml", SPREAD)
    return copy


def test_a_composite_is_analyzed(composite: Copy) -> None:
    shown = composite.run("analyze", "net.yaml").out
    assert row(shown, "wide")[:4] == ["wide", "spread", "4x6x6", "8x6x6"]
    ops = composite.run("analyze", "net.yaml", "--ops").out
    assert [row(ops, name)[1] for name in ("wide/down", "wide/down.act", "wide/up", "wide/up.act")] == [
        "conv", "relu", "conv", "relu",
    ]  # fmt: skip
    document = json.loads(composite.run("analyze", "net.yaml", "--format", "json").out)
    assert document["totals"]["as_written"] == {
        "params": DOWN + UP, "macs": 36 * (DOWN + UP), "flops": 2 * 36 * (DOWN + UP),
    }  # fmt: skip
    # Only the wide one has a window to separate: 2 channels filtered, then mixed to 8.
    assert document["totals"]["separable"]["params"] == DOWN + 9 * 2 + 2 * 8


@pytest.mark.parametrize("name", formats_of(ANALYSIS))
def test_a_composite_in_every_format(composite: Copy, name: str) -> None:
    assert "wide" in composite.run("analyze", "net.yaml", "--format", name).out


def test_a_composite_is_explained(composite: Copy) -> None:
    shown = composite.run("explain", "net.yaml", "wide").out
    assert "wide: spread in line 4, 4 layers" in shown
    assert f"params = {DOWN + UP:,}; MACs = {36 * (DOWN + UP):,}" in shown


def test_a_composite_is_in_the_reference_and_the_schema(composite: Copy) -> None:
    own = composite.run("reference", "spread").out
    assert "down: conv 1 x 1; up: conv" in own
    assert "A 1 x 1 convolution to a few channels" in composite.run("reference").out
    conditions = json.loads(composite.run("schema").out)["$defs"]["item_with_fields"]["allOf"]
    spread = next(c["then"] for c in conditions if c["if"].get("required") == ["spread"])
    assert set(spread["properties"]) >= {"spread", "few", "kernel", "repeat"}


def test_a_composite_written_wrongly(composite: Copy) -> None:
    composite.write("wrong.yaml", SPREAD.replace("few: 2", "fews: 2"))
    error = composite.run("analyze", "wrong.yaml", code=2).err
    assert "wrong.yaml:4:" in error
    assert "did you mean 'few'?" in error


def test_a_composite_has_limits_by_name(composite: Copy) -> None:
    for limit, code in ((DOWN + UP, 0), (DOWN + UP - 1, 1)):
        limits = f"budget: [{{architecture: net.yaml, metric: params, layer: wide, max: {limit}}}]\n"
        composite.write("limits.yaml", limits)
        composite.run("check", "--budget", "limits.yaml", code=code)
    for name in formats_of(VERDICTS):
        assert "wide" in composite.run("check", "--budget", "limits.yaml", "--format", name, code=1).out


@pytest.mark.parametrize("convention", ["macs", "deployed"])
def test_a_composite_under_every_convention(composite: Copy, convention: str) -> None:
    shown = composite.run("analyze", "net.yaml", "--convention", convention, "--format", "json").out
    assert json.loads(shown)["totals"]["as_written"]["params"] == DOWN + UP


# -- a format -------------------------------------------------------------------------------------

OUTLINE = '''
    """Reports as an outline, for a talk."""

    from dsconv_cost.reports.table import Report


    def report_outline(report: Report) -> str:
        """Return the report as an outline."""
        lines = [f"* {report.headline}"]
        lines += [f"** {table.name}: {len(table.rows)} rows, {table.columns[0].key}" for table in report.tables]
        return "\\n".join([*lines, ""])
'''
OUTLINE_LINE = (
    'Format("outline", "for a talk", DOCUMENT, (".org",), {REPORT: "outline.report_outline"}),\n        Format("github"'
)

SHOWING = {
    "analyze": (["analyze", "mobilenet"], "** layers: 16 rows, layer"),
    "check": (["check", "mobilenet", "--max-macs", "1G"], "** verdicts: 1 rows, status"),
    "compare": (["compare", "mobilenet", "mobilenet_v2"], "** networks: 2 rows, network"),
    "conventions": (["conventions"], "** conventions: "),
    "diff": (["diff", "mobilenet", "mobilenet@alpha=0.5"], "** totals: "),
    "fit": (["fit", "mobilenet", "--vary", "alpha=0.5,1", "--max-macs", "1G"], "rows, "),
    "list": (["list", "mobilenet"], "** architectures: "),
    "reconcile": (["reconcile", "mobilenet", "--from", "thop"], "rows, "),
}


@pytest.fixture(scope="module")
def outline(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    copy = Copy(tmp_path_factory.mktemp("format") / "copy")
    copy.add("formats/outline.py", OUTLINE)
    copy.edit("formats/format.py", 'Format("github"', OUTLINE_LINE)
    return copy


@pytest.mark.parametrize("command", SHOWING)
def test_a_format_is_known_to_every_command(outline: Copy, command: str) -> None:
    arguments, said = SHOWING[command]
    shown = outline.run(*arguments, "--format", "outline", "--output", "a.org", "--output", "outline=b").out
    assert shown.startswith("* ")
    assert said in shown
    assert [(outline.networks / name).read_text(encoding="utf-8") for name in ("a.org", "b")] == [shown] * 2
    help_ = " ".join(outline.run(command, "--help").out.split())
    assert "|outline" in help_
    assert "outline (for a talk)" in help_
    assert ".org" in help_


WRONG_OUTLINES = {
    "a format that is none": (["--format", "outlin"], "'outline'"),
    "a near miss": (["--output", "outlin=x"], "did you mean outline=x?"),
    "no ending": (["--output", "x.bin"], "write FORMAT=PATH, with table, json, csv, markdown, html, outline"),
}


@pytest.mark.parametrize("case", WRONG_OUTLINES)
def test_a_format_is_in_the_errors(outline: Copy, case: str) -> None:
    options, said = WRONG_OUTLINES[case]
    for command in ("analyze", "compare"):
        assert said in outline.run(command, "mobilenet", *options, code=2).err


# -- a command ------------------------------------------------------------------------------------

COMMAND = '''
    """`dsconv-cost count`."""

    import click

    from dsconv_cost.cli.options import Command, architecture_argument


    @click.command(cls=Command)
    @architecture_argument
    @click.option("--times", type=click.IntRange(1), default=1, show_default=True, help="Count N times.")
    def command(architecture: str, times: int) -> None:
        """Count the layers of a network."""
        from dsconv_cost import analyze, load

        click.echo(f"{times * len(analyze(load(architecture)).layers)} layers")
'''


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    copy = Copy(tmp_path_factory.mktemp("command") / "copy")
    copy.add("cli/count.py", COMMAND)
    copy.edit("cli/group.py", '    "diff":', '    "count": "Count layers.",\n    "diff":')
    return copy


def test_a_command_runs_and_is_in_the_help(command: Copy) -> None:
    assert "  count        Count layers.\n  devices " in command.run("--help").out
    help_ = command.run("count", "--help").out
    assert "count [OPTIONS] ARCHITECTURE" in help_
    assert "[default: 1; x>=1]" in help_
    # 27 convolutions with a norm and an activation each, one pooling and one linear layer
    assert command.run("count", "mobilenet", "--times", "2").out == f"{2 * (27 * 3 + 2)} layers\n"


WRONG_COUNTS = {
    "an option that is none": (["mobilenet", "--time", "2"], "--time"),
    "an option given twice": (["mobilenet", "--times", "2", "--times", "3"], "--times is given twice"),
    "a value out of its range": (["mobilenet", "--times", "0"], "--times"),
    "no argument": ([], "ARCHITECTURE"),
    "a network that is none": (["mobilnet"], "did you mean"),
}


@pytest.mark.parametrize("case", WRONG_COUNTS)
def test_errors_of_a_command(command: Copy, case: str) -> None:
    arguments, said = WRONG_COUNTS[case]
    result = command.run("count", *arguments, code=2)
    assert said in result.err
    assert result.out == ""


# -- an architecture ------------------------------------------------------------------------------

ARCHITECTURE = """
    name: Twig
    source: "a made-up paper, Table 1"
    hyperparameters: {alpha: 1.0, resolution: 32}
    input: [3, resolution, resolution]
    defaults:
      conv: {norm: batch, activation: relu}
    layers:
      - {conv: int(8 * alpha), kernel: 3, stride: 2}
      - {dsconv: int(16 * alpha)}
      - global_avgpool
      - {linear: 10}
    variants:
      wide: {alpha: 2.0}
    published:
      - {params: 0.6K, macs: 107K, source: Table 1}
      - {variant: wide, macs: 9M, source: Table 2, differs: {macs: a made-up reason}}
"""
TWIG_PARAMS = (9 * 3 * 8 + 2 * 8) + (9 * 8 + 2 * 8) + (8 * 16 + 2 * 16) + (16 * 10 + 10)
TWIG_MACS = 16 * 16 * (9 * 3 * 8 + 9 * 8 + 8 * 16) + 16 * 10
WIDE_MACS = 16 * 16 * (9 * 3 * 16 + 9 * 16 + 16 * 32) + 32 * 10


@pytest.fixture(scope="module")
def twig(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    copy = Copy(tmp_path_factory.mktemp("architecture") / "copy")
    (copy.root / "architectures" / "twig.yaml").write_text(dedent(ARCHITECTURE).lstrip(), encoding="utf-8")
    return copy


@pytest.mark.parametrize(("name", "macs"), [("twig", TWIG_MACS), ("twig:wide", WIDE_MACS), ("twig@alpha=2", WIDE_MACS)])
def test_an_architecture_is_analyzed(twig: Copy, name: str, macs: int) -> None:
    for form in formats_of(ANALYSIS):
        shown = twig.run("analyze", name, "--format", form).out
        assert "dsconv1" in shown
        if form == "json":
            assert json.loads(shown)["totals"]["as_written"]["macs"] == macs


def test_an_architecture_is_known_to_every_command(twig: Copy) -> None:
    assert f"{TWIG_PARAMS:,}" in twig.run("compare", "twig", "twig:wide", "mobilenet").out
    assert "  name: Twig" in f"  {twig.run('show', 'twig').out}"
    assert "dsconv1/dw" in twig.run("explain", "twig").out
    assert "twig:wide" in twig.run("diff", "twig", "twig:wide").out
    assert "alpha" in twig.run("fit", "twig", "--vary", "alpha=0.5,1", "--max-macs", "1M").out
    assert f"{TWIG_MACS:,}" in twig.run("reconcile", "twig", "--from", "thop").out
    assert "did you mean 'twig'?" in twig.run("analyze", "twigg", code=2).err
    for limit, code in ((TWIG_MACS, 0), (TWIG_MACS - 1, 1)):
        twig.run("check", "twig", "--max-macs", str(limit), code=code)


def test_an_architecture_is_listed_with_its_published_figures(twig: Copy) -> None:
    listed = twig.run("list", "twig", "--format", "csv").out.splitlines()
    assert [line.split(",")[:2] for line in listed[1:]] == [["twig", ""], ["twig", "wide"]]
    published = twig.run("list", "twig", "--published", "--format", "csv").out.splitlines()
    assert sum(",agrees," in line for line in published) == 2
    assert [line for line in published if ",differs," in line and "a made-up reason" in line]
