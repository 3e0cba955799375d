"""The graph of a network in Mermaid and Graphviz: what is drawn, in valid text whatever things are called."""

from pathlib import Path

import pytest

from dsconv_cost import analyze, load
from dsconv_cost.costs.breakdown import EXPAND, ITEMS, OPS, View
from dsconv_cost.formats.dot import analysis_dot, diagram_dot
from dsconv_cost.formats.mermaid import analysis_mermaid, diagram_mermaid
from dsconv_cost.reports.diagram import boxes_of, diagram
from tests.command import run
from tests.formats.diagram_texts import Drawing, read_dot, read_mermaid
from tests.formats.hostile import EXPECTED, TITLE, hostile_diagram
from tests.networks import costs

BLOCKS = """
    name: Blocks
    input: [3, 8, 8]
    blocks:
      unit:
        arguments: {c: required}
        layers:
          - concat:
              - [{conv: c, kernel: 3, norm: batch, activation: relu}, {conv: c, kernel: 1}]
              - {conv: c, kernel: 1}
          - relu
    layers:
      - {conv: 8, kernel: 3, stride: 2, activation: relu}
      - {unit: 8}
      - {dsconv: 16}
      - global_avgpool
      - {linear: 10}
"""


def drawings(text: str, view: View | None = None) -> list[Drawing]:
    analysis, view = costs(text), view or View()
    return [read_mermaid(analysis_mermaid(analysis, view)), read_dot("".join(analysis_dot(analysis, view)))]


def test_layers_with_norm_and_activation_in_clusters() -> None:
    for drawing in drawings(BLOCKS):
        assert drawing.nodes == {
            "in1": ["input"],
            # 4 * 4 * 9 * 3 * 8 = 3456 MACs and 9 * 3 * 8 + 8 params
            "n1": ["conv1", "conv 3x3 stride 2, relu", "3,456 MACs, 224 params"],
            # 4 * 4 * 9 * 8 * 8 = 9216 MACs and 9 * 8 * 8 + 2 * 8 params, the norm's two in place of a bias
            "n2": ["conv1", "conv 3x3, batchnorm, relu", "9,216 MACs, 592 params"],
            "n3": ["conv2", "conv 1x1", "1,024 MACs, 72 params"],
            "n4": ["conv3", "conv 1x1", "1,024 MACs, 72 params"],
            "n5": ["concat1", "concat"],
            "n6": ["relu1", "relu"],
            "n7": ["dw", "dwconv 3x3", "2,304 MACs, 160 params"],
            "n8": ["pw", "conv 1x1", "4,096 MACs, 272 params"],
            "n9": ["global_avgpool1", "global_avgpool"],
            "n10": ["linear1", "linear", "160 MACs, 170 params"],
            "out1": ["output"],
        }
        assert drawing.edges == [
            ("in1", "n1", "3x8x8"), ("n1", "n2", "8x4x4"), ("n2", "n3", "8x4x4"), ("n1", "n4", "8x4x4"),
            ("n3", "n5", "8x4x4"), ("n4", "n5", "8x4x4"), ("n5", "n6", "16x4x4"), ("n6", "n7", "16x4x4"),
            ("n7", "n8", "16x4x4"), ("n8", "n9", "16x4x4"), ("n9", "n10", "16x1x1"), ("n10", "out1", "10x1x1"),
        ]  # fmt: skip
        assert list(drawing.clusters.values()) == [
            "unit1: 11.3K MACs, 736 params", "concat1: 11.3K MACs, 736 params", "dsconv1: 6,400 MACs, 432 params",
        ]  # fmt: skip
        assert {node: around for node, around in drawing.around.items() if around} == {
            "n2": ["c1", "c2"], "n3": ["c1", "c2"], "n4": ["c1", "c2"], "n5": ["c1", "c2"], "n6": ["c1"],
            "n7": ["c3"], "n8": ["c3"],
        }  # fmt: skip
        assert drawing.classes["n7"] == "k-depthwise"
        assert drawing.classes["n9"] == "k-other"
        assert drawing.title == "Blocks (net.yaml): 21.3K MACs, 1,562 params, input 3x8x8"


def test_items_and_every_primitive() -> None:
    for drawing in drawings(BLOCKS, View(ITEMS)):
        assert [lines[:2] for node, lines in drawing.nodes.items() if node[0] == "n"] == [
            ["conv1", "conv 3x3 stride 2, relu"], ["unit1", "unit, 7 layers"], ["dsconv1", "dsconv, 2 layers"],
            ["global_avgpool1", "global_avgpool"], ["linear1", "linear"],
        ]  # fmt: skip
        assert drawing.clusters == {}
        assert [edge[:2] for edge in drawing.edges].count(("n1", "n2")) == 1  # two of its layers take it
    for drawing in drawings(BLOCKS, View(OPS)):
        assert [lines[0] for lines in drawing.nodes.values()] == [
            "input", "conv1", "conv1.act", "conv1", "conv1.norm", "conv1.act", "conv2", "conv3", "concat1", "relu1", "dw",
            "pw", "global_avgpool1", "linear1", "output",
        ]  # fmt: skip


def test_several_inputs_outputs_and_shared_weights() -> None:
    text = """
    input: {left: [8, 4, 4], right: [8, 4, 4]}
    layers:
      - {conv: 8, kernel: 3, from: left, name: tower}
      - {conv: 8, kernel: 3, from: right, name: twin, weights: tower}
      - {add: [tower, twin], name: both}
    outputs: [both, tower]
    """
    for drawing in drawings(text):
        assert drawing.nodes == {
            "in1": ["left"], "in2": ["right"],
            "n1": ["tower", "conv 3x3", "9,216 MACs, 584 params"],
            "n2": ["twin", "conv 3x3", "weights of tower", "9,216 MACs"],
            "n3": ["both", "add"],
            "out1": ["output both"], "out2": ["output tower"],
        }  # fmt: skip
        assert {edge[:2] for edge in drawing.edges} == {
            ("in1", "n1"), ("in2", "n2"), ("n1", "n3"), ("n2", "n3"), ("n3", "out1"), ("n1", "out2"),
        }  # fmt: skip


@pytest.mark.parametrize("name", ["mobilenet", "densenet:121", "yolov8", "swin", "unet", "deeplabv3"])
@pytest.mark.parametrize("level", [None, ITEMS, OPS])
def test_bundled_networks(name: str, level: str | None) -> None:
    analysis = analyze(load(name))
    graph = diagram(analysis, View(level))
    boxes = list(boxes_of(graph.inside))
    assert (sum(box.macs for box in boxes), sum(box.params for box in boxes)) == (analysis.macs, analysis.params)
    drawings = [read_mermaid(diagram_mermaid(graph)), read_dot("".join(diagram_dot(graph)))]
    assert drawings[0] == drawings[1]
    assert list(drawings[0].nodes) == [box.id for box in boxes]
    ends = {end for source, target, _ in drawings[0].edges for end in (source, target)}
    assert ends == set(drawings[0].nodes)
    if level == OPS:
        names = {box.id: box.path for box in boxes}
        taken = [(layer.name, source) for layer in analysis.layers for source in dict.fromkeys(layer.input_names)]
        assert [(names[arrow.target], names[arrow.source]) for arrow in graph.arrows if arrow.target[0] == "n"] == taken


def test_a_large_network_has_fewer_boxes_unless_told() -> None:
    """DenseNet-121 has 69 items, 78 with those of its transitions, and 426 layers."""
    analysis = analyze(load("densenet:121"))
    counts = [len(list(boxes_of(diagram(analysis, view).inside))) for view in (View(), View(EXPAND), View(ITEMS))]
    assert counts == [78 + 2, 426 + 2, 69 + 2]


def test_mermaid_says_what_it_does_not_draw_by_itself() -> None:
    analysis = analyze(load("densenet:201"))
    assert "%% " not in analysis_mermaid(analysis, View())
    text = analysis_mermaid(analysis, View(OPS))
    # 7 layers in each of 98 dense layers, 4 in each of 3 transitions, 4 before and 4 behind them: each takes the one before,
    # each of the 98 concatenations another one, and the output is taken
    assert f"%% {98 * 7 + 3 * 4 + 8 + 98 + 1} arrows" in text
    assert "maxTextSize" in text


def test_hostile_names() -> None:
    dot, mermaid = read_dot("".join(diagram_dot(hostile_diagram()))), read_mermaid(diagram_mermaid(hostile_diagram()))
    assert [lines[0] for lines in dot.nodes.values()] == list(EXPECTED)
    assert [lines[0] for lines in mermaid.nodes.values()] == [name.replace("$", "\uff04") for name in EXPECTED]
    assert dot.title == TITLE
    assert not {"<", "%"} & set(mermaid.title)


def test_files_and_wrong_options(tmp_path: Path) -> None:
    done = run(
        "analyze",
        "mobilenet",
        "--top",
        "3",
        "-o",
        "a.dot",
        "-o",
        "b.gv",
        "-o",
        "c.mmd",
        "-o",
        "mermaid=d.txt",
        cwd=tmp_path,
    )
    assert done.code == 0
    texts = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert texts["a.dot"] == texts["b.gv"] == run("analyze", "mobilenet", "--format", "dot").out
    assert texts["c.mmd"] == texts["d.txt"] == run("analyze", "mobilenet", "--format", "mermaid").out
    for options, said in (
        (["--top", "3"], "draws every layer in its place: leave out --top and --sort"),
        (["--sort", "macs"], "draws every layer in its place"),
        (["--kinds"], "are for tables"),
    ):
        result = run("analyze", "mobilenet", "--format", "mermaid", *options)
        assert (result.code, result.out) == (2, "")
        assert said in result.err
    assert run("compare", "mobilenet", "--format", "dot").code == 2
