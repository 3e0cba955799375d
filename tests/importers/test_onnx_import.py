"""Models in ONNX to networks: the layers, MACs and params of what they were written from, in every operator set."""

from pathlib import Path

import pytest

from dsconv_cost.errors import InputError, UsageError
from dsconv_cost.importers.choices import ModelChoices
from dsconv_cost.layers.counts import total
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.graph import Network
from dsconv_cost.sources import bundled
from dsconv_cost.sources.load import load
from tests.command import run
from tests.importers import onnx_file, protobuf
from tests.importers.imports import imported
from tests.importers.onnx_operators import OPERATORS
from tests.importers.onnx_writer import Unsayable, Weights, onnx_bytes
from tests.importers.samples import samples
from tests.networks import bundled_spec, of

CONSTANT_FILTER = {"blur_pool"}
"""A filter that is no weight cannot be told from one where a file has no other weights."""


def weighted(network: Network) -> list[tuple[int, int]]:
    """Return weights and MACs of what multiplies and accumulates, in order."""
    return [(node.counts.weights, node.counts.macs) for node in network.nodes if node.counts.macs]


@pytest.mark.parametrize("opset", [7, 11, 13, 18, 21])
@pytest.mark.parametrize("type_", sorted(set(OPERATORS) - CONSTANT_FILTER))
def test_every_type_in_every_operator_set(type_: str, opset: int) -> None:
    kinds: list[tuple[Weights, int | str]] = [("inside", 1), ("beside", 1), ("inputs", 1), ("inputs", "batch")]
    for network in samples(type_):
        for weights, batch in kinds:
            try:
                data = onnx_bytes(network, opset, weights, batch)
            except Unsayable:
                continue
            made = imported(data).network
            assert weighted(made) == weighted(network), (weights, batch)
            assert total([n.counts for n in made.nodes]).params == total([n.counts for n in network.nodes]).params, (
                weights,
                batch,
            )
            assert made.shape(made.outputs[0]).elements == network.shape(network.outputs[0]).elements


@pytest.mark.parametrize("name", bundled.names())
def test_bundled_networks_come_back_layer_by_layer(name: str) -> None:
    variant = next(iter(bundled_spec(name).variants), "")
    network = elaborate(load(f"{name}:{variant}" if variant else name))
    if network.shared or len(network.inputs) > 1:
        return  # the writer has one input, and weights of its own for every layer
    try:
        data = onnx_bytes(network)
    except Unsayable:
        return
    made = imported(data)
    assert weighted(made.network) == weighted(network)
    ours, theirs = total([n.counts for n in made.network.nodes]), total([n.counts for n in network.nodes])
    assert (ours.params, ours.macs) == (theirs.params, theirs.macs)


def test_the_forms_of_an_imported_network_are_those_of_the_bundled_one(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_bytes(elaborate(load("mobilenet"))))
    result = run("analyze", str(path), "--format", "csv")
    assert result.code == 0
    told = run("analyze", str(path)).out
    # Howard et al. 2017, Tables 4 and 5: 569M and 4.2M; with standard convolutions 4866M and 29.3M.
    assert "568,740,352" in told
    assert "4,231,976" in told
    assert "4,867,293,184" in told
    assert "29,294,088" in told


# -- what a file says of itself -------------------------------------------------------------------


def test_names_are_the_paths_of_modules() -> None:
    made = imported(
        onnx_bytes(
            of("- {conv: 8, kernel: 3, norm: batch, activation: relu, name: stem}\n- {conv: 4, kernel: 1}"),
            weights="inside",
        )
    )
    assert [node.name for node in made.network.nodes] == ["stem", "stem.norm", "stem.act", "conv2"]


def test_a_weight_that_two_layers_use_counts_once_and_multiplies_twice() -> None:
    weight = onnx_file.tensor("shared.weight", [3, 3, 3, 3], bytes(4 * 81))
    nodes = [
        onnx_file.node("Conv", ["x", "shared.weight"], ["a"], "", {"pads": [1, 1, 1, 1]}),
        onnx_file.node("Conv", ["a", "shared.weight"], ["y"], "", {"pads": [1, 1, 1, 1]}),
    ]
    made = imported(_model(nodes, [weight], [("x", [1, 3, 8, 8])], [("y", [1, 3, 8, 8])]))
    counts = total([node.counts for node in made.network.nodes])
    assert counts.params == 3 * 3 * 3 * 3
    assert counts.macs == 2 * 81 * 64
    assert ("shared", "1 tensor (shared.weight) is used by several layers: counted once") in made.notes


def test_shapes_that_a_file_states_wrongly_are_said_and_not_believed() -> None:
    weight = onnx_file.tensor("w", [4, 1, 5], bytes(4 * 20))
    nodes = [onnx_file.node("Conv", ["x", "w"], ["y"], "", {"strides": [2]})]
    made = imported(_model(nodes, [weight], [("x", [1, 1, 21])], [("y", [1, 4, 1])]))
    assert total([node.counts for node in made.network.nodes]).macs == 20 * 9  # (21 - 5) / 2 + 1 = 9 positions
    assert ("shapes", "the file states 1x4x1 for y, its operations give 1x4x9") in made.notes


def test_stored_floats_that_no_layer_counts_are_listed() -> None:
    unused = onnx_file.tensor("left.over", [5, 2], bytes(40))
    made = imported(_model([onnx_file.node("Relu", ["x"], ["y"], "", {})], [unused], [("x", [1, 4])], [("y", [1, 4])]))
    assert ("not counted", "10 stored floats that no layer counts: left.over") in made.notes


def _model(
    nodes: list[bytes], stored: list[bytes], inputs: list[tuple[str, list[int | str]]], outputs: list[tuple[str, list[int | str]]],
    opset: int = 17,
) -> bytes:  # fmt: skip
    """Return a model: field 7 is the graph, 8 the operator set; of a graph 1 are nodes, 5 stored tensors, 11 and 12 its ends."""
    graph = b"".join([
        *(protobuf.data(1, node) for node in nodes), *(protobuf.data(5, tensor) for tensor in stored),
        *(protobuf.data(11, onnx_file.value_info(name, dims)) for name, dims in inputs),
        *(protobuf.data(12, onnx_file.value_info(name, dims)) for name, dims in outputs),
    ])  # fmt: skip
    return protobuf.number(1, 8) + protobuf.data(7, graph) + protobuf.data(8, protobuf.number(2, opset))


# -- what cannot be counted -----------------------------------------------------------------------


def _unknown(*free: str) -> tuple[bytes, ModelChoices]:
    nodes = [
        onnx_file.node("NonMaxSuppression", ["x", "x"], ["a"], "/post/NonMaxSuppression", {}),
        onnx_file.node("Fancy", ["x"], ["b"], "n1", {}),
        onnx_file.node("Fancy", ["b"], ["c"], "n2", {}),
        onnx_file.node("Relu", ["c"], ["y"], "", {}),
    ]
    return _model(nodes, [], [("x", [1, 4])], [("a", [1, 4]), ("y", [1, 4])]), ModelChoices(free=free)


def test_all_unknown_operators_are_reported_at_once() -> None:
    data, choices = _unknown()
    with pytest.raises(InputError) as caught:
        imported(data, choices)
    assert str(caught.value).splitlines() == [
        "net.onnx: error: operator Fancy is not known here (node n1 and 1 more): give --free Fancy to count it as 0",
        "net.onnx: error: operator NonMaxSuppression is not known here (node post.NonMaxSuppression): "
        "give --free NonMaxSuppression to count it as 0",
    ]
    assert {problem.code for problem in caught.value.problems} == {"unknown-operator"}


def test_a_free_operator_makes_the_result_incomplete() -> None:
    data, choices = _unknown("Fancy", "NonMaxSuppression")
    made = imported(data, choices)
    assert made.incomplete == "1 NonMaxSuppression, 2 Fancy counted as 0"


def test_sizes_that_a_file_leaves_open_are_asked_for_and_taken() -> None:
    weight = onnx_file.tensor("w", [4, 3, 3, 3], bytes(4 * 108))
    nodes = [onnx_file.node("Conv", ["x", "w"], ["y"], "", {"pads": [1, 1, 1, 1]})]
    data = _model(nodes, [weight], [("x", ["batch", 3, "height", "width"])], [("y", ["batch", 4, "height", "width"])])
    with pytest.raises(
        UsageError, match=r"leaves sizes of its input open: x \[batch, 3, height, width\]: give --input"
    ):
        imported(data)
    for choices in (
        ModelChoices(inputs={"": (1, 3, 8, 6)}), ModelChoices(inputs={"x": (1, 3, 8, 6)}), ModelChoices(dims={"height": 8, "width": 6}),
    ):  # fmt: skip
        made = imported(data, choices)
        assert total([node.counts for node in made.network.nodes]).macs == 108 * 48
    with pytest.raises(UsageError, match="--input z: the model has no input of this name: it has x"):
        imported(data, ModelChoices(inputs={"z": (1, 3, 8, 6)}))
    with pytest.raises(UsageError, match="--dim depth: no axis of an input has this name: it has batch, height, width"):
        imported(data, ModelChoices(inputs={"x": (1, 3, 8, 6)}, dims={"depth": 8}))
    with pytest.raises(UsageError, match="--input x: received 1x3x8, expected 4 sizes"):
        imported(data, ModelChoices(inputs={"x": (1, 3, 8)}))


def test_a_model_has_no_hyperparameters(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_bytes(of("- relu")))
    for arguments in (("--set", "alpha=0.5"), ("--alpha", "0.5")):
        result = run("analyze", str(path), *arguments)
        assert result.code == 2
        assert "is a model, and has no hyperparameter 'alpha'" in result.err
        assert "dsconv-cost import" in result.err
    assert "has no variant 'small'" in run("analyze", f"{path}:small").err


# -- broken files ---------------------------------------------------------------------------------


def test_a_file_cut_off_at_any_byte_is_an_error_of_ours() -> None:
    data = onnx_bytes(
        of("- {conv: 4, kernel: 3, norm: batch, activation: relu6}\n- global_avgpool\n- {linear: 3}"), weights="inside"
    )
    for length in range(2, len(data)):
        try:
            imported(data[:length])
        except (InputError, UsageError):
            continue
        except Exception as error:
            if type(error).__name__ != "BrokenModel":
                raise


def test_flipped_bits_are_errors_of_ours_or_another_model() -> None:
    data = onnx_bytes(
        of("- {conv: 4, kernel: 3, norm: batch}\n- {maxpool: 2}\n- flatten\n- {linear: 3}"), weights="inputs"
    )
    for at in range(len(data)):
        for bit in (1, 16, 128):
            flipped = bytearray(data)
            flipped[at] ^= bit
            try:
                imported(bytes(flipped))
            except (InputError, UsageError):
                continue
            except Exception as error:
                if type(error).__name__ != "BrokenModel":
                    raise


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\x08\x08\x3a\x7f", "a broken ONNX file: 127 bytes are announced at byte 4, and 0 are there"),
        (b"\x08\x08\x3b", "a broken ONNX file: a field of wire type 3 at byte 2"),
        (b"\x08\x08", "a broken ONNX file: no graph is in it"),
        (b"\x08\x08" + b"\x3a" + b"\xff" * 12, "a broken ONNX file: a number is cut off at byte"),
    ],
)
def test_broken_files_say_what_is_wrong(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(data)
    result = run("analyze", str(path))
    assert result.code == 2
    assert f"net.onnx: error: {problem}" in result.err


def test_graphs_inside_graphs_are_bounded() -> None:
    graph = b""
    for _ in range(200):
        attribute = protobuf.data(1, "then_branch") + protobuf.data(6, graph) + protobuf.number(20, 5)
        node = protobuf.data(1, "x") + protobuf.data(2, "y") + protobuf.data(4, "If") + protobuf.data(5, attribute)
        graph = protobuf.data(1, node)
    with pytest.raises(Exception, match="graphs are nested deeper than 24"):
        imported(protobuf.number(1, 8) + protobuf.data(7, graph))


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "a pointer of Git LFS"),
        (b"\x80\x02}q\x00.", "received a pickle, which runs code when it is read, and is never loaded"),
    ],
)
def test_files_that_are_no_models_say_what_they_are(tmp_path: Path, start: bytes, message: str) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(start)
    result = run("analyze", str(path))
    assert result.code == 2
    assert message in result.err


def test_a_file_for_a_batch_is_counted_for_one_sample() -> None:
    weight = onnx_file.tensor("w", [4, 3, 1, 1], bytes(4 * 12))
    nodes = [onnx_file.node("Conv", ["x", "w"], ["y"], "", {})]
    made = imported(_model(nodes, [weight], [("x", [16, 3, 8, 8])], [("y", [16, 4, 8, 8])]))
    assert total([node.counts for node in made.network.nodes]).macs == 12 * 64
    assert ("batch", "the file is written for a batch of 16: counted for one sample") in made.notes
    nodes.append(onnx_file.node("Reshape", ["y", "s"], ["z"], "flat", {}))
    stored = [weight, onnx_file.integers([16, 256], "s")]
    with pytest.raises(InputError, match="cannot reshape 1x4x8x8 to 16x256") as caught:
        imported(_model(nodes, stored, [("x", [16, 3, 8, 8])], [("z", [16, 256])]))
    assert "written for a batch of 16, and counted for 1" in str(caught.value)


def test_an_axis_with_the_name_of_the_batch_is_one() -> None:
    nodes = [onnx_file.node("Mul", ["x", "state"], ["y"], "", {})]
    inputs: list[tuple[str, list[int | str]]] = [("x", ["batch", 4]), ("state", [2, "batch", 4])]
    made = imported(_model(nodes, [], inputs, [("y", [2, "batch", 4])]))
    assert [tensor.dims for tensor in made.graph.inputs] == [(1, 4), (2, 1, 4)]


# -- operators that the writer does not write -----------------------------------------------------


def _macs(
    nodes: list[bytes], stored: list[bytes], inputs: list[tuple[str, list[int | str]]], *outputs: str
) -> tuple[int, int]:
    """Return params and MACs."""
    counts = total(
        [n.counts for n in imported(_model(nodes, stored, inputs, [(name, []) for name in outputs])).network.nodes]
    )
    return counts.params, counts.macs


def test_an_einsum_is_a_product_of_data() -> None:
    nodes = [onnx_file.node("Einsum", ["q", "k"], ["y"], "", {"equation": "bhqd,bkhd->bhqk"})]
    assert _macs(nodes, [], [("q", [1, 8, 10, 4]), ("k", [1, 12, 8, 4])], "y") == (0, 8 * 10 * 12 * 4)


def test_a_branch_is_chosen_by_the_value_of_an_input() -> None:
    def body(weight: str) -> bytes:
        graph = protobuf.data(1, onnx_file.node("MatMul", ["x", weight], ["r"], "", {}))
        return graph + protobuf.data(12, onnx_file.value_info("r", []))

    attributes = b"".join(
        protobuf.data(5, protobuf.data(1, name) + protobuf.data(6, body(weight)) + protobuf.number(20, 5))
        for name, weight in (("then_branch", "small"), ("else_branch", "large"))
    )
    choose = protobuf.data(1, "is") + protobuf.data(2, "y") + protobuf.data(4, "If") + attributes
    nodes = [onnx_file.node("Equal", ["rate", "eight"], ["is"], "", {}), choose]
    stored = [
        onnx_file.integers([8000], "eight"), onnx_file.tensor("small", [4, 2], bytes(32)), onnx_file.tensor("large", [4, 6], bytes(96)),
    ]  # fmt: skip
    data = _model(nodes, stored, [("x", [1, 4]), ("rate", [1])], [("y", [])])
    for rate, weights in ((8000, 8), (16000, 24)):
        made = imported(data, ModelChoices(inputs={"rate": rate}))
        assert total([node.counts for node in made.network.nodes]).macs == weights
    with pytest.raises(
        InputError, match="its condition is computed from data: fix the input that it depends on with --input"
    ):
        imported(data)


def test_a_loop_runs_as_often_as_it_says() -> None:
    body = b"".join([
        protobuf.data(1, onnx_file.node("MatMul", ["state", "w"], ["next"], "", {})),
        protobuf.data(1, onnx_file.node("Identity", ["going"], ["goes_on"], "", {})),
        *(protobuf.data(11, onnx_file.value_info(name, [])) for name in ("round", "going", "state")),
        *(protobuf.data(12, onnx_file.value_info(name, [])) for name in ("goes_on", "next", "next")),
    ])  # fmt: skip
    attribute = protobuf.data(1, "body") + protobuf.data(6, body) + protobuf.number(20, 5)
    inputs = b"".join(protobuf.data(1, name) for name in ("times", "", "x"))
    outputs = protobuf.data(2, "last") + protobuf.data(2, "all")
    loop = inputs + outputs + protobuf.data(4, "Loop") + protobuf.data(5, attribute)
    stored = [onnx_file.integers([5], "times"), onnx_file.tensor("w", [4, 4], bytes(64))]
    made = imported(_model([loop], stored, [("x", [1, 4])], [("last", []), ("all", [])]))
    counts = total([node.counts for node in made.network.nodes])
    assert (counts.params, counts.macs) == (16, 5 * 16)
    assert made.graph.outputs[1].dims == (5, 1, 4)


def test_a_function_of_the_file_is_taken_apart() -> None:
    function = b"".join([
        protobuf.data(1, "Twice"), protobuf.data(4, "a"), protobuf.data(4, "w"), protobuf.data(5, "b"),
        protobuf.data(7, onnx_file.node("MatMul", ["a", "w"], ["t"], "", {})),
        protobuf.data(7, onnx_file.node("MatMul", ["t", "w"], ["b"], "", {})),
        protobuf.data(10, "local"),
    ])  # fmt: skip
    call = (
        protobuf.data(1, "x")
        + protobuf.data(1, "m")
        + protobuf.data(2, "y")
        + protobuf.data(4, "Twice")
        + protobuf.data(7, "local")
    )
    data = _model([call], [onnx_file.tensor("m", [4, 4], bytes(64))], [("x", [1, 4])], [("y", [])]) + protobuf.data(
        25, function
    )
    counts = total([node.counts for node in imported(data).network.nodes])
    assert (counts.params, counts.macs) == (16, 32)


def test_weights_in_integers_are_as_many_as_in_floats() -> None:
    nodes = [
        onnx_file.node("DequantizeLinear", ["q", "s"], ["w"], "", {}), onnx_file.node("QuantizeLinear", ["x", "s"], ["xq"], "", {}),
        onnx_file.node("DequantizeLinear", ["xq", "s"], ["xf"], "", {}), onnx_file.node("Conv", ["xf", "w"], ["y"], "", {}),
    ]  # fmt: skip
    stored = [onnx_file.tensor("q", [4, 3, 1, 1], bytes(12), 3), onnx_file.tensor("s", [], bytes(4))]
    assert _macs(nodes, stored, [("x", [1, 3, 8, 8])], "y") == (12, 12 * 64)


def test_weights_in_constant_nodes_count_where_a_file_stores_none_otherwise() -> None:
    value = onnx_file.tensor("", [4, 3, 1, 1], bytes(range(48)))
    constant = (
        protobuf.data(2, "w") + protobuf.data(4, "Constant")
        + protobuf.data(5, protobuf.data(1, "value") + protobuf.data(5, value) + protobuf.number(20, 4))
    )  # fmt: skip
    nodes = [constant, onnx_file.node("Conv", ["x", "w"], ["y"], "", {})]
    assert _macs(nodes, [], [("x", [1, 3, 8, 8])], "y") == (12, 12 * 64)
    assert _macs(nodes, [onnx_file.tensor("other", [5], bytes(20))], [("x", [1, 3, 8, 8])], "y") == (0, 12 * 64)
