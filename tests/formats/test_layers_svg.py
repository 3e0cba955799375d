"""The picture of a network's layers: its bars are its figures, its words have room, and nothing in it runs or loads."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from dsconv_cost.formats.html.lettering import text_width, wrapped
from tests.command import run
from tests.formats.svg_texts import Picture, Shape, Words, read_svg


def picture(*arguments: str, cwd: Path | None = None) -> Picture:
    result = run("analyze", *arguments, "--format", "svg", cwd=cwd)
    assert result.code == 0, result.err
    return read_svg(result.out)


def rows_of(drawn: Picture) -> list[tuple[str, list[Words], list[Shape]]]:
    """Return for each row its name, its words and its bars."""
    head = next(words.baseline for words in drawn.words if words.text.startswith("MACs, of"))
    names = [
        w
        for w in drawn.words
        if w.left == 16 and w.baseline > head and not w.text.startswith(("convention", "The first"))
    ]
    return [
        (
            name.text,
            [words for words in drawn.words if abs(words.baseline - name.baseline) < 4],
            [shape for shape in drawn.shapes if shape.top < name.baseline < shape.bottom + 2 and shape.css[:2] == "k-"],
        )
        for name in names
    ]


@pytest.mark.parametrize("name", ["mobilenet", "yolov8", "densenet:121", "swin"])
def test_bars_are_the_figures(name: str) -> None:
    drawn = picture(name, "--depth", "1")
    document = json.loads(run("analyze", name, "--depth", "1", "--format", "json").out)
    layers = {layer["name"]: layer for layer in document["layers"] if layer["macs"] or layer["params"]}
    rows = rows_of(drawn)
    assert len(rows) > 4
    heads = {words.text.split(",")[0]: words for words in drawn.words if ", of " in words.text}
    for metric, title in (("macs", "MACs"), ("params", "params")):
        whole = document["totals"]["as_written"][metric]
        assert heads[title].text == f"{title}, of {whole:,}"
        start = heads[title].left
        stop = heads["params"].left if metric == "macs" else 720
        most, longest = 0, 0.0
        lengths: dict[str, tuple[int, float]] = {}
        for row, _, bars in rows:
            value = layers[row][metric] if row in layers else None
            if value is None:  # repetitions that are one row have the stem's name
                continue
            mine = [bar for bar in bars if start - 0.1 <= bar.left < stop - 20]
            length = max((bar.right for bar in mine), default=start) - start
            lengths[row] = value, length
            most, longest = max(most, value), max(longest, length)
        assert len(lengths) > 3
        for row, (value, length) in lengths.items():
            assert length / longest == pytest.approx(value / most, abs=0.02), (row, metric)


@pytest.mark.parametrize(
    "arguments",
    [["mobilenet"], ["yolov8"], ["densenet:121", "--depth", "2"], ["nasnet", "--expand", "--top", "20"], ["unet", "--ops"]],
    ids=" ".join,
)  # fmt: skip
def test_words_have_room(arguments: list[str]) -> None:
    drawn = picture(*arguments)
    assert drawn.width == 720
    assert max(words.right for words in drawn.words) <= 720
    assert max(words.baseline for words in drawn.words) < drawn.height
    for name, words, bars in rows_of(drawn):
        ordered = sorted(words, key=lambda each: each.left)
        assert all(a.right <= b.left for a, b in pairwise(ordered)), name
        assert all(shape.right <= word.left or shape.left >= word.right for shape in bars for word in words), name


def test_a_long_name_takes_more_lines(tmp_path: Path) -> None:
    name = "encoder_stage.with-a_long.name_" * 3
    (tmp_path / "net.yaml").write_text(
        f"name: {'Long ' * 30}\ninput: [3, 8, 8]\nlayers:\n  - {{conv: 8, kernel: 3, name: {name}}}\n  - {{linear: 4, name: x}}\n"
    )
    drawn = picture("net.yaml", cwd=tmp_path)
    texts = [words.text for words in drawn.words]
    assert name in "".join(texts)
    assert "Long Long" in texts[0]
    assert max(words.right for words in drawn.words) <= 720


def test_a_large_network_is_drawn_in_part_and_says_so(tmp_path: Path) -> None:
    """Names differ, so that no rows are folded."""
    layers = "".join(f"- {{conv: 8, kernel: 3, name: layer{number}}}\n" for number in range(900))
    (tmp_path / "net.yaml").write_text(f"input: [8, 8, 8]\nlayers:\n{layers}")
    drawn = picture("net.yaml", cwd=tmp_path)
    assert len(rows_of(drawn)) == 400
    assert "The first 400 of 900 rows; --top has the costliest, --depth fewer." in [words.text for words in drawn.words]
    assert len(rows_of(picture("net.yaml", "--top", "5", cwd=tmp_path))) == 5


def test_a_network_without_cost_has_its_rows(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: [3, 8, 8]\nlayers: [relu, {maxpool: 2}]\n")
    drawn = picture("net.yaml", cwd=tmp_path)
    assert {"relu1", "maxpool1"} <= {words.text for words in drawn.words}
    assert [shape for shape in drawn.shapes if shape.css.startswith("k-")] == []


def test_hostile_text(tmp_path: Path) -> None:
    name = "<script>alert(1)</script> \"q\" 'q' &amp; \\u202e ]]> ##[x]"
    (tmp_path / "net.yaml").write_text(
        f"name: {json.dumps(name)}\ninput: [3, 8, 8]\nlayers: [{{conv: 8, kernel: 3}}]\n"
    )
    drawn = picture("net.yaml", cwd=tmp_path)
    assert drawn.title.startswith("<script>alert(1)</script> \"q\" 'q' &amp; \\u202e ]]> #\\x23[x] (net.yaml)")
    assert drawn.words[0].text == drawn.title.partition(":")[0]


def test_kinds_share_a_bar_and_repetitions_a_row() -> None:
    rows = {name: bars for name, _, bars in rows_of(picture("mobilenet"))}
    assert [bar.css for bar in rows["dsconv7 x5"]] == ["k-depthwise", "k-pointwise"] * 2
    assert [bar.css for bar in rows["linear1"]] == ["k-linear"] * 2
    wide, narrow = (bar.right - bar.left for bar in (rows["dsconv7 x5"][1], rows["dsconv7 x5"][0]))
    # 512 pointwise and 9 depthwise multiplications for each of 512 channels
    assert wide / narrow == pytest.approx(512 / 9, rel=0.02)


def test_what_is_shown_is_chosen() -> None:
    assert [name for name, _, _ in rows_of(picture("mobilenet", "--top", "2"))] == ["dsconv3", "dsconv5"]
    assert len(rows_of(picture("mobilenet", "--expand"))) == 28
    result = run("analyze", "mobilenet", "--kinds", "--format", "svg")
    assert (result.code, result.out) == (2, "")


def test_the_picture_says_what_it_shows() -> None:
    drawn = picture("mobilenet")
    assert drawn.title == "MobileNet V1 (bundled): 568.7M MACs, 4.23M params, input 3x224x224"
    assert "Most MACs: dsconv7 x5, dsconv3, dsconv5" in drawn.desc


def test_words_are_broken_where_they_may_be() -> None:
    assert wrapped("one two", 1000) == ["one two"]
    assert wrapped("one two", text_width("one two") - 1) == ["one", "two"]
    assert wrapped("abc/def_ghi", text_width("abc/def_")) == ["abc/def_", "ghi"]
    assert wrapped("m" * 10, text_width("m" * 4)) == ["mmmm", "mmmm", "mm"]
    assert wrapped("", 10) == [""]
    assert text_width("网") > text_width("m")
