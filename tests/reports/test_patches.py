"""What is said of running the first operations patch by patch."""

from dsconv_cost import load
from dsconv_cost.memory.measure import Memory
from dsconv_cost.network.build import elaborate
from dsconv_cost.reports.patches import patches_document, patches_text
from tests.networks import of


def test_an_eighth_of_the_memory() -> None:
    memory = Memory(elaborate(load("mobilenet_v2")))
    # Behind the patches 192 channels are filtered in place with one beside, and the residual of 32 is there, at 28 x 28. With the
    # image of 3 x 224 x 224 in memory the patches themselves make the peak.
    assert patches_text(memory) == (
        "the first 13 operations, up to inverted_residual3[1]/project, in 4 x 4 patches: a peak of 176,400 B in place of 1,404,928 B by "
        "tinyengine 1, for 9.3% more MACs; 312,816 B with the whole input in memory"
    )
    document = patches_document(memory)
    assert document is not None
    assert document["convention"] == {"name": "tinyengine", "version": "1"}
    assert document["until"]["layer"] == "inverted_residual3[1]/project"
    assert (document["operations"], document["grid"]) == (13, [4, 4])
    assert (document["peak"], document["peak_without"]) == ((192 + 1 + 32) * 28 * 28, (16 + 96) * 112 * 112)
    assert max(document["peak_in_patches"], document["peak_behind"]) == document["peak"] < document["peak_with_input"]


def test_nothing_where_less_than_half_is_saved() -> None:
    # Both convolutions take 2 * 2048 bytes, and of the second the output alone is half of that.
    memory = Memory(of("- {conv: 8, kernel: 3}\n- {conv: 8, kernel: 3}\n- global_avgpool"))
    assert patches_text(memory) == ""
    assert patches_document(memory) is None


def test_no_more_macs_where_nothing_overlaps_and_names_are_inert() -> None:
    net = of("- {conv: 64, kernel: 1}\n- {maxpool: 4, name: pooled}\n- global_avgpool\n- {linear: 2}", "2, 16, 16")
    # 64 channels and 2 of the input at 4 x 4, beside the whole output: 16 * (64 + 2) + 1024. Windows of 4 do not overlap.
    assert patches_text(Memory(net)).startswith(
        "the first 2 operations, up to pooled, in 4 x 4 patches: a peak of 2,080 B in place of 17,408 B by tinyengine 1, for 0.0% more MACs"
    )
