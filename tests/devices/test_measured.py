"""Files of measured times, in YAML and CSV: what is right, and what is wrong with its place."""

from pathlib import Path

import pytest

from dsconv_cost.devices.measured import times_of
from dsconv_cost.errors import InputError
from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import load
from tests.importers.onnx_writer import onnx_bytes

FOUR = """\
  - {network: mobilenet, settings: {alpha: 0.25}, ms: 2}
  - {network: mobilenet, settings: "alpha=0.5 resolution=96", ms: 3.5}
  - {network: "mobilenet@alpha=0.75", ms: 4e0}
  - {network: resnet:18, ms: 5, note: warm}
"""
RIGHT = f"name: bench\nsource: by hand\ntimes:\n{FOUR}  - {{network: mobilenet_v2, settings: '', ms: 6}}\n"
CSV = '''\
# by hand
network,settings,ms,board
mobilenet,alpha=0.25,2,x

"mobilenet", "alpha=0.5 resolution=96" ,3.5,"a, ""b"""
mobilenet@alpha=0.75,,4e0,
resnet:18,,5,
mobilenet_v2,,6,
'''
EXPECTED = [
    ("mobilenet@alpha=0.25", 0.002), ("mobilenet@alpha=0.5,resolution=96", 0.0035), ("mobilenet@alpha=0.75", 0.004),
    ("resnet:18", 0.005), ("mobilenet_v2", 0.006),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "path", "name"), [(RIGHT, "times.yaml", "bench"), (CSV, "a/board.csv", "board")], ids=["YAML", "CSV"]
)
def test_networks_settings_and_times(text: str, path: str, name: str) -> None:
    times = times_of(text, path)
    assert [(one.label, one.seconds) for one in times.networks] == EXPECTED
    assert times.name == name
    assert times.source == ("by hand" if name == "bench" else "5 measured times of board.csv")
    assert sum(node.counts.macs for node in times.networks[4].network.nodes) == 300_774_272  # Sandler et al. 2018: 300M


def test_networks_are_files_beside_the_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "bench"
    folder.mkdir()
    (folder / "net.yaml").write_text("input: [3, 8, 8]\nlayers:\n  - {conv: 4, kernel: 3}\n", encoding="utf-8")
    (folder / "net.onnx").write_bytes(onnx_bytes(elaborate(load("squeezenet:1.1"))))
    monkeypatch.chdir(tmp_path)
    text = f"times:\n{FOUR}  - {{network: net.yaml, ms: 1}}\n  - {{network: net.onnx, ms: 7}}\n"
    times = times_of(text, "bench/times.yaml")
    assert [one.label for one in times.networks][4:] == ["bench/net.yaml", "bench/net.onnx"]
    with pytest.raises(InputError, match=r"times.yaml:6:15: error: no file 'net.yaml'"):
        times_of(text, "times.yaml")


ROW = "network: mobilenet_v2, ms: 6"
WRONG_ROWS = [
    ("network: mobilenet_v2, ms: 0", "6:33 ms: received '0', expected more than 0"),
    ("network: mobilenet_v2, ms: -3", "6:33 ms: received '-3', which is below 0, expected milliseconds"),
    ("network: mobilenet_v2, ms: .nan", "6:33 ms: received '.nan', expected milliseconds, a number without a unit, e.g. 29.94"),
    ("network: mobilenet_v2, ms: .inf", "6:33 ms: received '.inf', expected milliseconds"),
    ("network: mobilenet_v2, ms: 5 ms", "6:33 ms: received '5 ms', expected milliseconds, a number without a unit"),
    ("network: mobilenet_v2, ms: [5]", "6:33 ms: received a list, expected milliseconds"),
    ("network: mobilenet_v2, ms: ", "6:33 ms: received nothing, expected milliseconds"),
    ("network: mobilenet_v2", "6:5 ms is missing: the milliseconds that it takes"),
    ("ms: 5", "6:5 network is missing: a bundled name or a file"),
    ("network: mobilenet_v2, milliseconds: 5", "6:29 unknown key 'milliseconds': a time has network, settings, ms, "),
    ("network: mobilenet_v2, setings: {alpha: 1}, ms: 5", "6:29 unknown key 'setings': did you mean 'settings'?"),
    ("network: mobilnet_v2, ms: 5", "6:15 no file or bundled architecture 'mobilnet_v2': did you mean 'mobilenet_v2'?"),
    ("network: nets/x.yaml, ms: 5", "6:15 no file 'nets/x.yaml'"),
    ("network: '-', ms: 5", "6:15 standard input is no file that a list can name"),
    ("network: resnet:19, ms: 5", "6:15 ResNet, ResNeXt and Wide ResNet has no variant '19': it has 18, 34, 50"),
    ("network: mobilenet_v2, settings: {alfa: 1}, ms: 5", "6:15 MobileNet V2 has no hyperparameter 'alfa': it has alpha = 1.0"),
    ("network: mobilenet_v2, settings: alpha, ms: 5", "6:39 settings: received 'alpha', expected its hyperparameters"),
    ("network: mobilenet_v2, settings: alpha=1 alpha=1, ms: 5", "6:39 settings: received alpha twice, expected its hyperparameters"),
    ("network: mobilenet_v2@alpha=1, settings: {alpha: 1}, ms: 5", "6:15 the hyperparameter alpha is set twice"),
    ("network: mobilenet_v2, settings: [1], ms: 5", "6:39 received a list, expected settings: its hyperparameters"),
    ("network: mobilenet, settings: {alpha: 0.25}, ms: 9", "6:5 duplicate network mobilenet@alpha=0.25 (first on line 2): give it one"),
    ("network: resnet:18, ms: 9", "6:5 duplicate network resnet:18 (first on line 5)"),
    ("network: torch:mod:net, ms: 9", "6:15 torch:mod:net runs code, which "),
]  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), WRONG_ROWS, ids=[expected for _, expected in WRONG_ROWS])
def test_wrong_rows(row: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        times_of(f"times:\n{FOUR}  - {{{row}}}\n", "times.yaml")
    found = [f"{p.line}:{p.column} {p.message}" for p in caught.value.problems]
    assert len(found) == 1, found
    assert found[0].startswith(expected), found


def test_a_network_that_cannot_be_made_is_told_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(
        "input: [3, 8, 8]\nlayers:\n  - {conv: 4, kernel: 9, padding: 0}\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        times_of(f"times:\n{FOUR}  - {{network: net.yaml, ms: 1}}\n", str(tmp_path / "times.yaml"))
    assert len(caught.value.problems) == 1
    problem = caught.value.problems[0]
    assert (problem.line, problem.column) == (6, 15)
    assert problem.message.endswith("net.yaml:3:23)")


WRONG_FILES = [
    ("", "times.yaml", "1:1 the file is empty"),
    ("[]", "times.yaml", "1:1 received an empty list, expected times: and a list of networks"),
    ("name: x", "times.yaml", "1:1 times is missing: the list of networks"),
    ("times: 5", "times.yaml", "1:8 times: received '5', expected the list of networks"),
    (f"times:\n{FOUR}", "times.yaml", "2:3 received 4 measured networks, expected at least 5: with fewer, the error"),
    ("tims: []", "times.yaml", "1:1 unknown key 'tims': did you mean 'times'?"),
    ("times: [a]", "times.yaml", "1:8 received 1 measured network, expected at least 5"),
    ("times: [", "times.yaml", "1:8 this [ is never closed"),
    ("", "times.csv", "1:1 no rows: the first line names the columns network, settings and ms"),
    ("network,time\nmobilenet,3\n", "times.csv", "1:9 unknown column 'time': the columns are network, settings, ms"),
    ("network,settings\nmobilenet,\n", "times.csv", "1:1 no column ms: the milliseconds that it takes"),
    ("network,ms,ms\nmobilenet,1,1\n", "times.csv", "1:12 duplicate column 'ms'"),
    ('network,ms\n"mobilenet"x,1\n', "times.csv", "2:1 quotes that do not end with the cell"),
]


@pytest.mark.parametrize(("text", "path", "expected"), WRONG_FILES, ids=[expected for _, _, expected in WRONG_FILES])
def test_wrong_files(text: str, path: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        times_of(text, path)
    assert f"{caught.value.problems[0].line}:{caught.value.problems[0].column} {caught.value.problems[0].message}".startswith(
        expected
    )


def test_cells_of_a_table_have_their_places() -> None:
    text = CSV.replace("resnet:18,,5", "resnet:18,,0").replace("mobilenet_v2,,6,", "mobilenet_v2,,6")
    with pytest.raises(InputError) as caught:
        times_of(text, "times.csv")
    assert [f"{p.line}:{p.column} {p.message}" for p in caught.value.problems] == [
        "7:12 ms: received '0', expected more than 0", "8:15 3 cells, expected 4, one for each column",
    ]  # fmt: skip
