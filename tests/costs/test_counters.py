"""Each counter's convention gives what the counter prints: for each case of each layer type, and for whole networks.

`tests/facts/counters` holds what they print, and how it was measured.
"""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from dsconv_cost.costs.cases import in_words, on_all_sides
from dsconv_cost.costs.charges import Convention
from dsconv_cost.costs.conventions import all_conventions, convention_named
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.sources.load import load
from tests.networks import network

FACTS = Path(__file__).parent.parent / "facts" / "counters"
MODULE = "module"
PYTORCH_SAME = "padding='same'"
LEFT_OUT: dict[tuple[str, ...], str] = {
    # counters and a case that no charge of whole numbers gives -> why; the conventions call it unmeasured
    ("ptflops", "calflops", "lrn"): "4.5 for each element",
    ("ptflops", "calflops", "lstm projected"): "without the projection's matrix",
    ("thop", "lstm projected"): "as if there were no projection",
    ("torchprofile", "lstm projected"): "as if the cell were as wide as the projection",
    ("ptflops-aten", "lstm projected"): "one of two biases, in some layers",
    ("ptflops", "conv_at"): "neither of its MACs nor of its biases a whole multiple",
    ("macs", "conv_at"): "PyTorch's FlopCounterMode does not know torchvision's function",
    ("ptflops-aten", "linear map"): "a bias where the input is contiguous, else none",
    ("ptflops-aten", "gru"): "one of two biases, in layers whose input is not contiguous",
    ("ptflops-aten", "rnn"): "one of two biases, in layers whose input is not contiguous",
}
OURS = {"macs", "complete", "folded", "deployed"}

Row = dict[str, str]


def _rows(name: str) -> list[Row]:
    with (FACTS / name).open(newline="") as file:
        return list(csv.DictReader(file))


CELLS = _rows("cells.csv")
NETWORKS = _rows("networks.csv")
FIGURES = [head for head in CELLS[0] if head.count(" ") == 1]
"""`thop macs`, ...: a counter, and what it prints."""


def _counted(row: Row, found: Network) -> dict[str, str]:
    """Return what our conventions count, for those cells of a row in which the counter printed a number."""
    by_case = defaultdict(list)
    for node in found.nodes:
        by_case[node.case].append(node.counts)
    pairs = [(case, counts) for case, several in by_case.items() for counts in several]
    counted = {}
    for figure in FIGURES:
        name, metric = figure.split()
        if row[figure].isdigit():
            rule = convention_named(name)
            rule = rule.coded([coding for coding in rule.codings if coding.name == row.get("coding", MODULE)])
            counted[figure] = str(getattr(rule.total(pairs), metric))
    return counted


def _is_left_out(counter: str, found: Network) -> bool:
    cases = {node.case.removesuffix(" 1d").removesuffix(" 3d") for node in found.nodes}
    return any(counter in counters and case in cases for *counters, case in LEFT_OUT)


def _printed(row: Row) -> dict[str, str]:
    return {figure: row[figure] for figure in FIGURES if row[figure].isdigit()}


def _example(row: Row) -> Network:
    return network(f"input: [{row['input']}]\nlayers: {row['layers']}\n")


@pytest.mark.parametrize(
    "row",
    [row for row in CELLS if row["coding"] != PYTORCH_SAME],
    ids=lambda row: f"{row['type']}-{row['coding']}-{row['layers'].rpartition('{')[2].strip('}]')}-{row['input']}",
)
def test_every_cell_is_what_the_counter_printed(row: Row) -> None:
    printed, found = _printed(row), _example(row)
    assert printed
    compared = {figure for figure in printed if not _is_left_out(figure.split()[0], found)}
    counted = _counted(row, found)
    assert {figure: counted[figure] for figure in compared} == {figure: printed[figure] for figure in compared}


@pytest.mark.parametrize("row", [row for row in CELLS if row["coding"] == PYTORCH_SAME], ids=lambda row: row["layers"])
def test_what_pytorchs_own_same_padding_hides(row: Row) -> None:
    """Fvcore and torchprofile see no convolution with padding='same'; calflops takes even kernels to lose a position."""
    found = _example(row)
    printed, counted = _printed(row), _counted(row, found)
    (node,) = found.nodes
    assert (printed.pop("fvcore macs"), printed.pop("torchprofile macs")) == ("0", "0")
    (height, width), output = node.layer.settings(found.input_shapes(node))["kernel"], node.output
    positions = (output.height - (height + 1) % 2) * (output.width - (width + 1) % 2)
    assert int(printed.pop("calflops macs")) * output.positions == node.counts.macs * positions
    assert (
        int(printed.pop("calflops flops")) * output.positions
        == (2 * node.counts.macs + node.counts.bias_adds) * positions
    )
    assert printed == {figure: counted[figure] for figure in printed}


@pytest.mark.parametrize("name", [name for name in all_conventions() if name not in OURS])
def test_a_convention_knows_what_was_measured_and_nothing_else(name: str) -> None:
    """Each case that a convention charges for, or says is free, is in the table; each that is there, it knows."""
    figure = next(figure for figure in FIGURES if figure.split()[0] == name)
    about: dict[str, set[bool]] = {}
    for row in CELLS:
        if row["coding"] == MODULE:
            (case,) = {node.case for node in _example(row).nodes if node.layer.type == row["type"]}
            about.setdefault(case, set()).add(row[figure].isdigit())
    measured = {case for case, printed in about.items() if True in printed}
    left_out = {on_sides for *counters, case in LEFT_OUT if name in counters for on_sides in on_all_sides(case)}
    measured -= left_out
    assert set(convention_named(name).measured or ()) == measured
    charged = {case for charge in _charges(convention_named(name)) for case in charge}
    assert charged <= measured


def _charges(convention: Convention) -> list[tuple[str, ...]]:
    own = [charge.cases for charge in (*convention.macs, *convention.flops, *convention.params)]
    coded = [(*coding.cases, *(case for charge in coding.macs + coding.flops + coding.params for case in charge.cases))
             for coding in convention.codings]  # fmt: skip
    return own + coded


def test_what_macs_says_of_pytorch() -> None:
    """PyTorch's FlopCounterMode is among the counters measured: `macs macs` is half of what it prints."""
    assert all(row["macs macs"].isdigit() or row["macs macs"] == "" for row in CELLS)
    assert len({row["type"] for row in CELLS if row["macs macs"].isdigit()}) >= 30


@pytest.mark.parametrize("row", NETWORKS, ids=lambda row: f"{row['network']}-{row['settings']}")
def test_whole_networks_are_what_the_counters_print(row: Row) -> None:
    settings = {key: float(value) if "." in value else int(value) for key, value in
                (pair.split("=") for pair in row["settings"].split())}  # fmt: skip
    printed = _printed(row)
    assert {figure.split()[0] for figure in printed} >= {"macs", "fvcore", "ptflops", "thop", "calflops"}
    found = elaborate(load(row["network"], **settings))
    compared = {figure for figure in printed if not _is_left_out(figure.split()[0], found)}
    counted = _counted(row, found)
    assert {figure: counted[figure] for figure in compared} == {figure: printed[figure] for figure in compared}


# torchvision's networks as they are coded there, where that is not as modules.
_LAYER_NORM_2D = 2 * 96 * 56 * 56 + 192 * 28 * 28 + 384 * 14 * 14 + 768
"""Elements of ConvNeXt-T's norms that are of a class of torchvision's own, which hooks do not know."""
_LAST_POOL = 1024 * 7 * 7
"""Inputs of DenseNet-121's last relu and last pool, which are functions."""
_STAGES = [(3, 96, 56 * 56), (3, 192, 28 * 28), (9, 384, 14 * 14), (3, 768, 7 * 7)]
"""Blocks, channels and positions of ConvNeXt-T's stages. A block's two 1 x 1 convolutions are linear layers there."""
CODED = {
    ("densenet:121", "ptflops macs"): -2 * _LAST_POOL,  # once each, not twice
    ("densenet:121", "thop macs"): -(_LAST_POOL + 1024),
    ("convnext:tiny", "ptflops macs"): -_LAYER_NORM_2D,
    ("convnext:tiny", "thop macs"): -4 * _LAYER_NORM_2D,
    ("convnext:tiny", "thop params"): -2 * (2 * 96 + 192 + 384 + 768),
    # torchinfo counts a linear layer once, not at each position; calflops does not count its bias
    ("convnext:tiny", "torchinfo macs"): -sum(n * (2 * 4 * c * c + 5 * c) * (at - 1) for n, c, at in _STAGES),
    ("convnext:tiny", "calflops flops"): -sum(n * 5 * c * at for n, c, at in _STAGES),
}


@pytest.mark.parametrize("row", _rows("torchvision.csv"), ids=lambda row: row["network"])
def test_networks_of_torchvision_differ_by_their_coding_alone(row: Row) -> None:
    name, printed = row["network"], _printed(row)
    assert len(printed) == len(FIGURES) - 1  # all but Keras's
    counted = _counted(row, elaborate(load(name)))
    assert {figure: int(value) + CODED.get((name, figure), 0) for figure, value in counted.items()} == {
        figure: int(value) for figure, value in printed.items()
    }


def test_cases_in_words() -> None:
    assert in_words(("conv", "conv 1d", "conv 3d", "gru", "gru 1d", "crop 3d")) == "conv, gru (1d, 2d), crop (3d)"
