"""The bundled files against the figures that their sources print."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

import dsconv_cost
from dsconv_cost.language.architecture import Spec
from dsconv_cost.language.published import Published, quantity
from dsconv_cost.language.reader.file import read_spec
from dsconv_cost.sources import bundled
from dsconv_cost.sources.load import read_source

ASKED_FOR = {
    "densenet", "efficientnet", "mobilenet", "mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small", "resnet",
    "shufflenet_v2", "unet", "vgg",
}  # fmt: skip

# Who, in which year, and where it stands: the list of architectures takes the year from here.
SOURCE = re.compile(
    r"[A-Z][A-Za-z ]+(?: et al\.)? (?:19|20)[0-9]{2}, (?:arXiv:[0-9]{4}\.[0-9]{4,5}|doi:10\.|github\.com/)"
)


def spec_of(argument: str) -> Spec:
    source = read_source(argument)
    spec, problems = read_spec(source.text, source.path, argument)
    assert problems == []
    return spec


class Entry(NamedTuple):
    """A published row and the file that has it."""

    argument: str
    row: Published


NAMES = bundled.names()
SPECS = {name: spec_of(name) for name in NAMES}
ENTRIES = [Entry(name, row) for name, spec in SPECS.items() for row in spec.published]
NETWORKS = [f"{name}:{variant}" for name, spec in SPECS.items() for variant in spec.variants]


def disagreements(entry: Entry) -> list[str]:
    """Return what is wrong with a row: a figure that neither agrees nor has a reason, or that has both."""
    argument, row = entry
    architecture = dsconv_cost.load(f"{argument}:{row.variant}" if row.variant else argument, **row.set)
    analysis = dsconv_cost.analyze(architecture, convention=row.convention or "macs")
    form = {"as_written": analysis.as_written, "standard": analysis.standard, "separable": analysis.separable}[row.form]
    wrong = []
    for metric, figure in row.figures().items():
        exact = {"params": form.params, "macs": form.macs, "flops": form.flops}[metric]
        agrees, reason = figure.agrees(exact), row.differs.get(metric)
        if not agrees and reason is None:
            wrong.append(f"line {row.line}: {metric} {figure.text} is not {exact:,}, and differs gives no reason")
        if agrees and reason is not None:
            wrong.append(f"line {row.line}: {metric} {figure.text} is {exact:,}, but differs says: {reason}")
    return wrong


def test_bundled_files() -> None:
    assert set(NAMES) >= ASKED_FOR


@pytest.mark.parametrize("name", NAMES)
def test_every_file_names_its_source_and_has_published_rows(name: str) -> None:
    spec = SPECS[name]
    assert SOURCE.match(spec.source), spec.source
    assert any(row.figures() for row in spec.published)


@pytest.mark.parametrize("entry", ENTRIES, ids=[f"{argument}-{row.line}" for argument, row in ENTRIES])
def test_figures_agree_or_have_a_reason(entry: Entry) -> None:
    assert disagreements(entry) == []


@pytest.mark.parametrize("name", NAMES)
def test_default_or_first_variant(name: str) -> None:
    spec = SPECS[name]
    required = any(h.default is None for h in spec.hyperparameters.values())
    argument = f"{name}:{next(iter(spec.variants))}" if required else name
    total = dsconv_cost.analyze(dsconv_cost.load(argument)).total
    assert total.params > 0
    assert total.macs > 0


@pytest.mark.parametrize("argument", NETWORKS)
def test_every_variant(argument: str) -> None:
    assert dsconv_cost.analyze(dsconv_cost.load(argument)).total.macs > 0


# 4 -> 8 channels, 3 x 3, on 10 x 10: 288 weights and 28,800 MACs.
NETWORK = "input: [4, 10, 10]\nlayers: [{conv: 8, kernel: 3, bias: false}]\npublished:\n  - {source: s, %s}\n"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("params: 288, macs: 28800", []),
        ("params: 0.28K, macs: 28K", []),
        ("params: 0.29K, macs: 29K", []),
        ("params: 0.3K, macs: 0.02M", []),
        ("flops: 57.6K", []),
        ("params: 287", ["line 4: params 287 is not 288, and differs gives no reason"]),
        ("macs: 30K", ["line 4: macs 30K is not 28,800, and differs gives no reason"]),
        ("params: 300, differs: {params: with batch norm}", []),
        (
            "params: 0.3K, differs: {params: with batch norm}",
            ["line 4: params 0.3K is 288, but differs says: with batch norm"],
        ),
    ],
    ids=[
        "exact", "floored", "ceiled", "coarse", "flops", "wrong exact", "wrong rounded", "explained",
        "explained for nothing",
    ],
)  # fmt: skip
def test_the_check_itself(tmp_path: Path, row: str, said: list[str]) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(NETWORK % row, encoding="utf-8")
    (published,) = spec_of(str(path)).published
    assert disagreements(Entry(str(path), published)) == said


@pytest.mark.parametrize(
    ("text", "exact", "agrees"),
    [
        ("569M", 568_740_352, True),  # rounds
        ("290M", 290_675_200, True),  # floors
        ("138M", 137_460_672, True),  # ceils
        ("569M", 569_000_000, True),
        ("569M", 567_999_999, False),
        ("569M", 570_000_000, False),
        ("0.70B", 686_802_832, False),
        ("4.2M", 4_231_976, True),
        ("4.20M", 4_231_976, False),  # the digits written are the precision
        ("4231976", 4_231_976, True),
        ("4231976", 4_231_977, False),
    ],
)
def test_agreement(text: str, exact: int, agrees: bool) -> None:
    figure = quantity(text)
    assert figure is not None
    assert figure.agrees(exact) is agrees
