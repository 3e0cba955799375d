"""The page of `compare`: its numbers are those of the JSON, in the table and in every figure."""

import json
import re
from pathlib import Path

import pytest

from tests.command import run
from tests.formats.html.reading import PageReader, read_page

MANY = ("mobilenet*", "resnet:*", "ds_cnn", "efficientnet:b0")


def page_of(*arguments: str, cwd: Path | None = None) -> PageReader:
    result = run("compare", *arguments, "--format", "html", cwd=cwd)
    assert result.code == 0, result.err
    return read_page(result.out)


def marks(page: PageReader, figure: str) -> list[str]:
    """Return what the marks of a figure say."""
    start = next(i for i, one in enumerate(page.elements) if one.attributes.get("id") == f"{figure}-name")
    end = next((i for i, one in enumerate(page.elements) if i > start and one.name == "section"), len(page.elements))
    return [
        one.attributes["aria-label"]
        for one in page.elements[start:end]
        if "m" in one.attributes.get("class", "").split()
    ]


@pytest.mark.parametrize("options", [(), ("--sort", "params"), ("--pareto-by", "peak,top1")], ids=" ".join)
def test_the_numbers_are_those_of_the_json(options: tuple[str, ...]) -> None:
    networks = ("mobilenet*", "resnet:18") if options and "top1" in options[1] else MANY
    page = page_of(*networks, *options)
    document = json.loads(run("compare", *networks, *options, "--format", "json").out)
    table = page.tables[0]
    keys = list(document["networks"][0])
    assert len(table.heads) == len(keys) + ("pareto" not in keys)
    for values, row in zip(table.values, document["networks"], strict=True):
        for value, key in zip(values, keys, strict=False):
            assert value == ("" if row[key] is None else str(row[key]).replace(",", "")), key
    rows = {row["network"]: row for row in document["networks"]}
    for figure in ("plot-params", "plot-peak", "bars"):
        told = marks(page, figure)
        assert len(told) == len(rows)
        for words in told:
            row = rows[words.split("\n")[0]]
            macs, params = (re.search(rf"^([\d,]+) {what}$", words, re.MULTILINE) for what in ("MACs", "params"))
            assert macs is not None
            assert params is not None
            assert (macs[1], params[1]) == (f"{row['macs']:,}", f"{row['params']:,}")
            if figure == "bars":
                assert f"{row['peak']:,} bytes at the peak, {row['flash']:,} of flash" in words
    accurate = [row for row in rows.values() if row["top1"] is not None]
    assert len(marks(page, "plot-top-1")) == len(accurate)


def test_the_answer_comes_first() -> None:
    page = page_of("mobilenet", "mobilenet_v2", "resnet:18")
    answer = next(one for one in page.elements if one.attributes.get("class") == "answer")
    text = "".join(answer.text)
    # 1,814,073,344 / 300,774,272 = 6.03; 11,689,512 / 3,504,872 = 3.34
    assert "Fewest MACs: mobilenet_v2, 300.8M; most: resnet:18, 1,814M, 6.0x as many." in text
    assert "Fewest params: mobilenet_v2, 3.50M; most: resnet:18, 11.7M, 3.3x as many." in text
    assert "Highest published top-1: mobilenet_v2, 72 % with 300.8M MACs." in text
    assert "On the Pareto front of params, MACs and top-1: mobilenet_v2." in text


def test_one_network_and_equal_ones(tmp_path: Path) -> None:
    assert len(page_of("mobilenet").tables[0].rows) == 1
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("input: [3, 8, 8]\nlayers: [relu]\n")
    page = page_of("a.yaml", "b.yaml", cwd=tmp_path)
    assert "MACs: 0 in all of them." in "".join(page.with_class("answer")[0].text)


def test_hostile_names(tmp_path: Path) -> None:
    name = "<script>alert(1)<b>&\"' \u202e.yaml".replace("/", "")
    (tmp_path / name).write_text("name: '<img src=x onerror=y>'\ninput: [3, 8, 8]\nlayers: [{conv: 8, kernel: 3}]\n")
    text = run("compare", name, "mobilenet", "--format", "html", cwd=tmp_path).out
    page = read_page(text)
    assert {one.name for one in page.elements} & {"img", "b"} == set()
    assert sum(one.name == "script" for one in page.elements) == 1
    assert "\u202e" not in text
    assert page.tables[0].row_heads[0] == name.replace("\u202e", "\\u202e")
