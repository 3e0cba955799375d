"""`analyze` on a screen: the answer first, equal repetitions in one row, marks and bars."""

from pathlib import Path

import pytest

from dsconv_cost import analyze, load
from dsconv_cost.cli.analyze import analysis_content
from dsconv_cost.costs.breakdown import View
from dsconv_cost.formats import marks
from dsconv_cost.formats.format import Screen, text_of
from dsconv_cost.layers import all_kinds
from dsconv_cost.reports.answer import in_short
from tests.command import run


def screen_of(network: str, columns: int = 100, color: bool = False, utf8: bool = True, **shown: bool) -> str:
    return text_of(analysis_content(analyze(load(network)), View(), **shown), "table", Screen(columns, color, utf8))


ANSWERS = {
    # 4,867,293,184 / 568,740,352 = 8.558 and 29,294,088 / 4,231,976 = 6.922
    "separable as written": (
        "mobilenet",
        "With standard convolutions: 4,867M MACs, 29.3M params: 8.56x and 6.92x as many.",
    ),
    # 1,814,073,344 / 336,804,096 = 5.386 and 11,689,512 / 1,961,960 = 5.958
    "standard as written": (
        "resnet:18",
        "With separable convolutions: 336.8M MACs, 1.96M params: 5.39x and 5.96x fewer.",
    ),
}


@pytest.mark.parametrize(("network", "sentence"), ANSWERS.values(), ids=ANSWERS)
def test_the_answer_is_the_second_line(network: str, sentence: str) -> None:
    assert run("analyze", network).out.splitlines()[1] == sentence
    assert sentence in run("analyze", network, "--format", "markdown").out


def test_a_lone_convolution_names_convert(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: [64, 56, 56]\nlayers: [{conv: 128, kernel: 3}]\n")
    said = "conv1 reads the network's input and stays as it is; convert: true makes it separable."
    assert run("analyze", "net.yaml", cwd=tmp_path).out.splitlines()[1] == said
    (tmp_path / "net.yaml").write_text("input: [64, 56, 56]\nlayers: [{conv: 128, kernel: 3, convert: true}]\n")
    assert run("analyze", "net.yaml", cwd=tmp_path).out.splitlines()[1].startswith("With separable convolutions: ")


def names(text: str) -> list[str]:
    """Return the names of the rows of the first table."""
    table = text.split("\n\n")[1].splitlines()[1:]
    return [line.split("  ")[0] for line in table if line.strip("\u2500")]


def test_equal_repetitions_share_a_row() -> None:
    found = names(run("analyze", "mobilenet").out)
    assert "dsconv7 x5" in found
    # 5 * 268,800 params and 5 * 52,283,392 MACs, 46.0% of 568,740,352
    assert "5 x 268,800  261.4M  46.0%" in run("analyze", "mobilenet").out
    assert "global_avgpool1" not in found
    assert names(run("analyze", "mobilenet", "--all").out) == [
        "conv1", *(f"dsconv{n}" for n in range(1, 7)), *(f"dsconv7[{n}]" for n in range(1, 6)), "dsconv8", "dsconv9",
        "global_avgpool1", "linear1",
    ]  # fmt: skip


def test_some_repetitions_are_numbered() -> None:
    found = names(run("analyze", "mobilenet_v2").out)
    assert found[4:8] == [
        "inverted_residual3[1]", "inverted_residual3[2-3]", "inverted_residual4[1]", "inverted_residual4[2-4]",
    ]  # fmt: skip


def test_folded_parts_are_shown_on_request() -> None:
    plain = run("analyze", "mobilenet").out
    for option, said in (
        ("--kinds", "539,492,352   94.86%"),
        ("--notes", "standard     13 converted"),
        ("--published", "MACs 575M differs from 568,740,352"),
        ("--exact", "10,838,016"),
    ):
        assert said not in plain
        assert said in run("analyze", "mobilenet", option).out
    assert "published figures: 6 agree, 3 differ (--published)" in plain


@pytest.mark.parametrize("option", ["--all", "--exact", "--kinds", "--notes", "--published", "--no-legend"])
@pytest.mark.parametrize("name", ["json", "csv"])
def test_programs_get_everything_and_no_such_option(option: str, name: str) -> None:
    result = run("analyze", "mobilenet", option, "--format", name)
    assert (result.code, result.out) == (2, "")
    assert "are for tables: JSON and CSV hold all of it" in result.err


def test_kinds_have_marks_and_shares_have_bars() -> None:
    text = screen_of("mobilenet", 80)
    assert "dsconv7 x5  \u25cf dsconv" in text
    assert "\u25a0 standard \u25cf pointwise \u25c6 linear (most MACs of a row)" in text
    assert text.count("\u2588" * 12) == 1  # the costliest row has the longest bar
    assert "most MACs" not in screen_of("mobilenet", 80, legend=False)
    ascii_text = screen_of("mobilenet", 80, utf8=False)
    assert ascii_text.isascii()
    assert "# standard o pointwise * linear" in ascii_text
    assert "############ 46.0%" in ascii_text


def test_off_a_terminal_there_are_neither() -> None:
    text = run("analyze", "mobilenet").out
    assert "\u25a0" not in text
    assert "\u2588" not in text


def test_costly_rows_stand_out() -> None:
    lines = screen_of("mobilenet", 80, color=True).splitlines()
    bold = [line for line in lines[5:16] if "\x1b[1m" in line]
    assert [line.split("\x1b[1m")[1].split("\x1b")[0] for line in bold] == ["dsconv7 x5"]


def test_kinds_differ_in_mark_and_colour() -> None:
    weighted = [str(kind) for kind in all_kinds() if kind.weighted]
    some = weighted[: len(marks.GLYPHS)]
    for look in (lambda kind: marks.glyph(kind, True), lambda kind: marks.glyph(kind, False), marks.color):
        assert len({look(kind) for kind in some}) == len(some)
    assert (marks.glyph("norm", True), marks.color("norm")) == (" ", "")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (928, "928"), (9152, "9,152"), (10_000, "10.0K"), (999_949, "999.9K"), (4_231_976, "4.23M"),
        (568_740_352, "568.7M"), (4_867_293_184, "4,867M"), (150_428_424_448, "150.4G"),
    ],
)  # fmt: skip
def test_a_count_in_a_sentence(value: int, text: str) -> None:
    assert in_short(value) == text
