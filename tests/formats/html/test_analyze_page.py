"""The page of `analyze`: its numbers are those of the JSON, its parts add up, and very large networks stay light."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from dsconv_cost.formats.html.analyze_page import MEASURES
from dsconv_cost.network.build import elaborate
from dsconv_cost.reports.page_layers import MOST_DRAWN
from dsconv_cost.reports.page_tables import MOST_ROWS
from dsconv_cost.sources.load import load
from tests.command import run
from tests.formats.html.reading import PageReader, read_page
from tests.importers.onnx_writer import onnx_bytes

NETWORKS = ["mobilenet", "resnet:18", "densenet:121", "mobilenet_v3_small", "unet", "kwt", "model.onnx"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page")
    (path / "model.onnx").write_bytes(onnx_bytes(elaborate(load("mobilenet_v2"))))
    return path


@cache
def page_of(network: str, folder: Path, *options: str) -> tuple[str, PageReader]:
    """Return the page of a network as text and as it is read."""
    result = run("analyze", network, *options, "--format", "html", cwd=folder)
    assert result.code == 0, result.err
    return result.out, read_page(result.out)


def values_in(page: PageReader, figure: str, what: str) -> list[int]:
    """Return the counts that the marks of a figure say, one a mark: `51,380,224 MACs`."""
    start = next(i for i, one in enumerate(page.elements) if one.attributes.get("id") == f"{figure}-name")
    end = next((i for i, one in enumerate(page.elements) if i > start and one.name == "figure"), len(page.elements))
    labels = [one.attributes.get("aria-label", "") for one in page.elements[start:end]]
    found = [re.search(rf"^([\d,]+) {what}\b", label, re.MULTILINE) for label in labels]
    return [int(match[1].replace(",", "")) for match in found if match]


@pytest.mark.parametrize("network", NETWORKS)
def test_the_numbers_are_those_of_the_json(network: str, folder: Path) -> None:
    _, page = page_of(network, folder)
    options = ("--depth", "100", "--format", "json")
    document = json.loads(run("analyze", network, *options, cwd=folder).out)
    rows = page.layer_rows()
    assert [row["layer"] for row in rows] == [layer["name"] for layer in document["layers"]]
    for row, layer in zip(rows, document["layers"], strict=True):
        assert (int(row["params"]), int(row["MACs"])) == (layer["params"], layer["macs"])
        assert row["standard"] == ("merged" if layer["standard"] is None else str(layer["standard"]))
        assert int(row["separable"]) == layer["separable"]
        assert row["factor"] == ("" if layer["factor"] is None else str(layer["factor"]))
        assert row["type"] == layer["type"]
        for head, key in (("bytes read", "bytes_read"), ("bytes written", "bytes_written"), ("weight bytes", "weight_bytes"),
                          ("MACs/byte", "macs_per_byte"), ("live bytes", "live")):  # fmt: skip
            assert row[head] == ("" if layer[key] is None else str(layer[key]))
        assert float(row["share"]) == layer["macs"] / document["totals"]["as_written"]["macs"]
    totals = document["totals"]["as_written"]
    for head, metric in (("params", "params"), ("MACs", "macs")):
        assert sum(int(row[head]) for row in rows) == totals[metric]
    tiles = dict(zip([one.text[0] for one in page.elements if one.name == "dt"],
                     [one.attributes["data-v"] for one in page.with_class("value")], strict=False))  # fmt: skip
    assert {name: int(tiles[name]) for name in ("params", "MACs", "FLOPs", "peak memory", "flash")} == {
        "params": totals["params"], "MACs": totals["macs"], "FLOPs": totals["flops"],
        "peak memory": document["memory"]["peak"], "flash": document["memory"]["flash"],
    }  # fmt: skip


@pytest.mark.parametrize("network", NETWORKS)
def test_the_marks_of_figures_add_up(network: str, folder: Path) -> None:
    _, page = page_of(network, folder)
    rows = page.layer_rows()
    for head, what in (("MACs", "MACs"), ("params", "params"), ("bytes written", "bytes written")):
        whole = sum(int(row[head] or 0) for row in rows)
        assert sum(values_in(page, "bars", what)) == whole
        if head != "bytes written":
            assert sum(values_in(page, "icicle", what)) == whole
    moved = sum(int(row[head] or 0) for row in rows for head in ("bytes read", "weight bytes", "bytes written"))
    assert sum(values_in(page, "icicle", "bytes moved")) == moved


def test_a_page_on_a_device(folder: Path) -> None:
    options = ("--device", "ethos-u55-128")
    text, page = page_of("mobilenet", folder, *options)
    document = json.loads(run("analyze", "mobilenet", *options, "--depth", "100", "--format", "json", cwd=folder).out)
    for row, layer in zip(page.layer_rows(), document["layers"], strict=True):
        assert row["bound"] == (layer["bound"] or "")
        assert float(row["at least"]) == layer["at_least_ms"]
    assert f'data-v="{document["device"]["at_least_ms"]}"' in text
    labels = [
        one.attributes["aria-label"]
        for one in page.elements
        if "MACs a byte, bound by" in one.attributes.get("aria-label", "")
    ]
    assert len(labels) == 28  # convolutions and the linear layer: its pooling makes no MACs
    # 112*112 positions of 27*32 MACs; 3*224*224 bytes in, 27*32 weights, 32 biases of 4 bytes, 32*112*112 bytes out
    conv1 = 112 * 112 * 27 * 32 / (3 * 224 * 224 + 27 * 32 + 32 * 4 + 32 * 112 * 112)
    assert f"conv1, standard\n{conv1:.1f} MACs a byte, bound by compute" in labels[0]


@pytest.mark.parametrize(("device", "sections"), [("edge-tpu", 0), ("board.yaml", 1)])
def test_a_device_without_a_bandwidth_has_no_roof(device: str, sections: int, tmp_path: Path) -> None:
    board = "name: Board\npeak: 1.28 GMAC/s\nbandwidth: 640 MB/s\ndtype: int8\nsource: data sheet\n"
    (tmp_path / "board.yaml").write_text(board)
    text, _ = page_of("mobilenet", tmp_path, "--device", device)
    assert text.count('id="roofline-name"') == sections
    assert 'id="device"' in text


def test_bytes_of_a_small_network(tmp_path: Path) -> None:
    """At 8 bits: the convolution reads 3*8*8, 27*4 weights and 4 biases of 32 bits, and writes 4*8*8; relu and norm are within it."""
    text = "input: [3, 8, 8]\nlayers:\n- {conv: 4, kernel: 3, norm: batch, activation: relu, name: c}\n- {add: [c, c], name: sum}\n"
    (tmp_path / "net.yaml").write_text(text)
    _, page = page_of("net.yaml", tmp_path)
    rows = {row["layer"]: row for row in page.layer_rows()}
    heads = ("bytes read", "weight bytes", "bytes written")
    assert [int(rows["c"][head]) for head in heads] == [192, 108 + 16, 256]
    assert [int(rows["sum"][head]) for head in heads] == [256, 0, 256]
    assert values_in(page, "bars", "bytes written") == [256, 256]
    assert sum(values_in(page, "icicle", "bytes moved")) == 192 + 108 + 16 + 256 + 256 + 256
    tiles = {one.text[0] for one in page.with_class("value")}
    assert "512 B" in tiles  # the sum's input and output


def test_the_top_of_the_page_says_where_to_start(folder: Path) -> None:
    _, page = page_of("mobilenet", folder)
    answer = next(one for one in page.elements if one.attributes.get("class") == "answer")
    text = "".join(answer.text)
    # 8 pointwise layers of 51,380,224 MACs: Table 1 of the paper has 128x56x56, 256x28x28, 5 of 512x14x14, and 1024x7x7
    assert "Most MACs: item dsconv7, 46.0%; layer dsconv3/pw and 7 more, each 9.0% (51.4M of 568.7M)." in text
    # 5 * 268,800 in the item that repeats 5 times; 1024 * 1024 weights and 2 * 1024 of its norm in the layer
    assert "Most params: item dsconv7, 31.8%; layer dsconv9/pw, 24.8% (1.05M of 4.23M)." in text
    # 32*112*112 + 64*112*112 = 1,204,224 bytes; the next is dsconv2/dw's 64*112*112 + 64*56*56 = 1,003,520
    assert "Most memory: dsconv1/pw, 1,176 KiB of activations at 8 bits (32x112x112, 64x112x112 at once)" in text
    assert "without it the peak is 980 KiB." in text
    _, page = page_of("resnet:18", folder)
    text = "".join(next(one for one in page.elements if one.attributes.get("class") == "answer").text)
    # 16 of its convolutions are 3 x 3; the stem reads the input and stays. 64*64*9*56*56 = 115,605,504
    assert re.search(r"Most to save: .* made separable: 115.6M MACs become \d+\.\dM each", text)
    assert "All 16 that can be separable" in text


@pytest.mark.parametrize("convention", ["folded", "deployed", "fvcore", "complete"])
def test_a_page_under_every_kind_of_convention(convention: str, folder: Path) -> None:
    _, page = page_of("repvgg:a0", folder, "--convention", convention)
    document = json.loads(run("analyze", "repvgg:a0", "--convention", convention, "--format", "json", cwd=folder).out)
    rows = page.layer_rows()
    assert sum(int(row["MACs"]) for row in rows) == document["totals"]["as_written"]["macs"]
    assert sum(int(row["params"]) for row in rows) == document["totals"]["as_written"]["params"]


def test_every_layer_can_be_chosen_and_is_worked(folder: Path) -> None:
    text, page = page_of("mobilenet", folder)
    data = json.loads(re.findall(r'<script type="application/json" id="formulas">(.*?)</script>', text)[0])
    names = {row["layer"] for row in page.layer_rows() if row["MACs"] != "0"}
    assert set(data["layers"]) == names
    assert {one.attributes["data-l"] for one in page.elements if "data-l" in one.attributes} >= names
    lines = {
        name: [data["lines"][n] for _, numbers in parts for n in numbers] for name, parts in data["layers"].items()
    }
    shown = run("explain", "mobilenet", "dsconv3/pw").out
    assert [line for line in lines["dsconv3/pw"] if line.strip() not in shown] == []
    assert any("1/C_out + 1/(k_h*k_w) = 1/128 + 1/9 = 0.1189" in line for line in lines["dsconv3/pw"])
    # Layers that are alike have one explanation, under the name of the first.
    assert data["layers"]["dsconv7[2]/pw"][0] == ["dsconv7[2]/pw is like dsconv7[1]/pw", []]
    assert lines["dsconv7[2]/pw"] == lines["dsconv7[1]/pw"]


def chain(count: int, repeat: bool) -> str:
    """Return a network of many convolutions: items of their own, or repetitions of blocks."""
    if not repeat:
        return "input: [8, 16, 16]\nlayers:\n" + "- {conv: 8, kernel: 3, norm: batch}\n" * count
    return (
        "input: [8, 16, 16]\nblocks:\n  pair:\n    layers:\n    - {conv: 16, kernel: 3}\n    - {conv: 8, kernel: 1}\n"
        f"layers:\n- {{pair: , repeat: {count // 2}}}\n"
    )


@pytest.mark.parametrize("repeat", [False, True], ids=["items", "blocks"])
def test_a_very_large_network(repeat: bool, tmp_path: Path) -> None:
    count = 2000 if repeat else 3000
    (tmp_path / "net.yaml").write_text(chain(count, repeat))
    text, page = page_of("net.yaml", tmp_path)
    assert len(text) < 2_000_000
    assert len(page.elements) < 40_000
    document = json.loads(run("analyze", "net.yaml", "--format", "json", cwd=tmp_path).out)
    drawn = values_in(page, "bars", "MACs")
    assert MOST_DRAWN / 2 <= len(drawn) <= MOST_DRAWN
    assert sum(drawn) == document["totals"]["as_written"]["macs"]
    assert len(page.layer_rows()) == MOST_ROWS
    assert f"The first {MOST_ROWS:,} of {count:,}" in text


@pytest.mark.parametrize(
    "text",
    [
        "input: [3, 8, 8]\nlayers: [relu]\n",
        "input: [3, 8, 8]\nlayers: [flatten]\n",
        "input: [4]\nlayers: [{linear: 2}]\n",
    ],
    ids=["no cost", "no operation", "a vector"],
)
def test_a_very_small_network(text: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(text)
    _, page = page_of("net.yaml", tmp_path)
    assert page.layer_rows()


def test_measures_have_names_of_their_own() -> None:
    assert len({measure.title for measure in MEASURES}) == len(MEASURES)


ROWS = ("--top 3", "--sort macs", "--expand", "--ops", "--depth 2", "--all", "--no-legend")


@pytest.mark.parametrize("options", ROWS)
def test_a_page_takes_no_option_for_rows(options: str) -> None:
    result = run("analyze", "mobilenet", *options.split(), "--format", "html")
    assert (result.code, result.out) == (2, "")
    assert "--format html has every layer" in result.err


def test_a_page_beside_a_table_has_every_layer(folder: Path) -> None:
    result = run("analyze", "mobilenet", "--top", "3", "--output", "report.html", cwd=folder)
    assert result.code == 0
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert text == page_of("mobilenet", folder)[0]
