"""`fit` by the tables of the engine and the ordinary way: the same answer."""

from importlib.util import find_spec as really_find
from pathlib import Path
from typing import Any

import pytest

from dsconv_cost import UsageError, analyze, fit, sweep
from dsconv_cost.spaces import fit as by_tables
from dsconv_cost.spaces import points

CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "macs": ("mobilenet", {"alpha": "0.25..1.0:0.05", "resolution": "96..224:16"}, {"max_macs": "200M"}),
    "two": ("mobilenet_v2", {"alpha": "0.35..1.4:0.15", "resolution": [96, 160, 224]}, {"max_macs": "300M", "max_peak": "600KiB"}),
    "saving": ("ds_cnn", {"channels": "16..276:20", "blocks": "1..6"}, {"min_saving": "85%", "max_size": "64KiB", "bits": 8}),
    "published": (
        "mobilenet", {"alpha": [0.25, 0.5, 0.75, 1.0], "resolution": [128, 160, 192, 224], "classes": "1000..1004"},
        {"max_macs": "300M", "objective": "top1"},
    ),
    "none fits": ("mobilenet", {"alpha": "0.25..1.0:0.05", "resolution": "96..224:16"}, {"max_macs": "1M", "max_params": "10M"}),
    "impossible": ("vgg:11", {"resolution": "1..90"}, {"max_macs": "1G"}),
    "another counter": ("mobilenet_v2", {"alpha": "0.5..1.4:0.1", "resolution": "96..224:16"}, {"max_flops": "1G", "convention": "thop"}),
    "unmeasured": ("vit:tiny", {"depth": "1..12", "heads": [3], "classes": "10..20"}, {"max_macs": "1G", "convention": "thop"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_both_ways_answer_alike(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network, vary, limits = CASES[case]
    monkeypatch.setattr(points, "_FEW_POINTS", 0)
    found = fit(network, vary, **limits).to_dict()
    with monkeypatch.context() as patch:
        patch.setattr(points, "find_spec", lambda name: None if name == "numpy" else really_find(name))
        patch.setattr(by_tables, "count_by_tables", None)
        assert fit(network, vary, **limits).to_dict() == found


def test_only_the_best_are_kept() -> None:
    found = fit("mobilenet", {"alpha": "0.2..1.2:0.001", "resolution": "96..224:8"}, max_macs="100M")
    # Both widths are floors of a multiple of alpha, so the points are many and distinct.
    assert found.to_dict()["points"] == 1001 * 17
    assert len(found) == found.to_dict()["fit_count"]
    assert [point.macs for point in found] == sorted([point.macs for point in found], reverse=True)


def test_sweep_from_python(tmp_path: Path) -> None:
    found = sweep(
        "mobilenet",
        {"alpha": [0.5, 1.0], "resolution": [160, 224]},
        where="macs <= 300M",
        most="macs",
        output=tmp_path / "a.csv",
    )
    assert [(point["alpha"], point["resolution"]) for point in found] == [(1.0, 160), (0.5, 224), (0.5, 160)]
    assert [point["macs"] for point in found] == [
        analyze(f"mobilenet@alpha={point['alpha']},resolution={point['resolution']}").macs for point in found
    ]
    assert (found.kept, len(found), found.exact_kept) == (3, 3, None)
    assert found.best == found.points[0]
    assert found.to_dict()["kept"] == 3
    assert "3 of 4 points" in repr(found)
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 4
    with pytest.raises(UsageError, match=r"expected a path that ends in .parquet, .csv or /"):
        sweep("mobilenet", {"alpha": [0.5, 1.0]}, output=tmp_path / "a.txt")
    with pytest.raises(TypeError, match="expected names"):
        sweep("mobilenet", {"alpha": [0.5, 1.0]}, most=[1])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="nothing to vary"):
        sweep("mobilenet")
