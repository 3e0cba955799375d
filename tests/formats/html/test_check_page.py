"""The page of `check`: its numbers are those of the JSON, its bars are as long as the figures, and every verdict has its place."""

import json
import re
from pathlib import Path

import pytest

from tests.command import run
from tests.formats.html.reading import PageReader, read_page

NET = """
name: Net
input: [3, 64, 64]
layers:
  - {conv: 32, kernel: 3, stride: 2, norm: batch, activation: relu}
  - {dsconv: 64}
  - {conv: 128, kernel: 3, name: head}
  - global_avgpool
  - {linear: 10}
budget:
  - {metric: macs, max: 50M}
  - {metric: params, max: 200K, message: keep it small}
  - {metric: peak, max: 100KiB, level: warn}
  - {metric: flash, max: 64KiB}
  - {metric: params, layer: head, max: 100K}
  - {metric: saving, min: 50%}
  - {metric: activations, max: 300K}
"""
ARGUMENTS = ("check", "net.yaml", "mobilenet", "--max-macs", "600M")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(NET)
    return tmp_path


def page_of(folder: Path, *arguments: str, code: int = 1) -> PageReader:
    result = run(*arguments, "--format", "html", cwd=folder)
    assert result.code == code, result.err
    return read_page(result.out)


def told_by(page: PageReader) -> list[list[str]]:
    """Return the lines that each row of the figure says."""
    return [one.attributes["aria-label"].split("\n") for one in page.with_class("m")]


def test_the_numbers_are_those_of_the_json(folder: Path) -> None:
    page = page_of(folder, *ARGUMENTS)
    verdicts = json.loads(run(*ARGUMENTS, "--format", "json", cwd=folder).out)["verdicts"]
    left = [(v["status"], v["architecture"], v["unit"], v["actual"], v["limit"], v["source"]) for v in verdicts]
    rows = told_by(page)
    assert len(rows) == len(verdicts) == 9
    for head, actual, limit, *_ in rows:
        status, _, architecture = head.partition(": ")
        figures = [re.search(r"(?:: |at (?:most|least) |was )([\d,.]+)( B|%)?", text) for text in (actual, limit)]
        source = re.search(r"\((.*)\)$", limit)
        assert source is not None
        values = []
        for found in figures:
            assert found is not None
            number = float(found[1].replace(",", ""))
            values.append(number / 100 if found[2] == "%" else number)
        known = next(
            entry
            for entry in left
            if entry[:2] == (status, architecture)
            and entry[5] == source[1]
            and entry[3:5] == pytest.approx(values, rel=1e-12)
        )
        left.remove(known)
    assert left == []
    tiles = [one.attributes["data-v"] for one in page.with_class("value")]
    assert tiles == [str(sum(v["status"] == status for v in verdicts)) for status in ("fail", "warn", "pass")]


def test_bars_are_as_long_as_the_figures(folder: Path) -> None:
    text = run(*ARGUMENTS, "--format", "html", cwd=folder).out
    verdicts = json.loads(run(*ARGUMENTS, "--format", "json", cwd=folder).out)["verdicts"]
    shares = sorted(v["actual"] / v["limit"] for v in verdicts)
    tracks = [float(width) for width in re.findall(r'width="([\d.]+)" height="15" class="block"', text)]
    bars = [float(width) for width in re.findall(r'width="([\d.]+)" height="7.5" class="f-', text)]
    assert len(set(tracks)) == 1
    # The limit is at seven tenths of the track, which cuts what is longer.
    assert sorted(bars) == pytest.approx([min(share * 0.7, 1) * tracks[0] for share in shares], abs=0.02)
    assert text.count("\u25b8") == sum(share * 0.7 > 1 for share in shares) > 0


def test_every_verdict_has_its_place(folder: Path) -> None:
    page = page_of(folder, *ARGUMENTS)
    verdicts = json.loads(run(*ARGUMENTS, "--format", "json", cwd=folder).out)["verdicts"]
    expected = {f"{v['path']}:{v['line']}:{v['column']}" if v["path"] else "" for v in verdicts}
    table = page.tables[0]
    assert table.heads[-1][0] == "place"
    assert {row[-1] for row in table.rows} == expected
    assert expected == {"", "net.yaml:7:5"}  # the costliest layer's, and none of a bundled network
    statuses = [row[0] for row in table.rows]
    assert statuses == sorted(statuses, key=["fail", "warn", "pass"].index)  # those that matter first


def test_growth_has_a_mark_of_what_was(folder: Path) -> None:
    assert run("check", "net.yaml", "--update-lock", cwd=folder).code == 0
    (folder / "net.yaml").write_text(NET.replace("{linear: 10}", "{linear: 20}"))
    text = run("check", "net.yaml", "--locked", "--format", "html", cwd=folder).out
    page = read_page(text)
    grown = [row for row in told_by(page) if "params: " in row[1] and "lock" in row[2]]
    # ten more outputs of 128 weights and a bias
    before = 3 * 32 * 9 + 64 + 32 * 9 + 32 + 32 * 64 + 64 + 64 * 128 * 9 + 128 + 128 * 10 + 10
    assert [row[1:3] for row in grown] == [[f"params: {before + 1290:,}", f"was {before:,} (dsconv-cost.lock)"]]
    assert 'class="link"' in text
    assert "Changed layers" in text


def test_all_kept_and_nothing_checked(folder: Path) -> None:
    page = page_of(folder, "check", "mobilenet", "--max-macs", "600M", code=0)
    assert "Every limit is kept." in "".join(page.with_class("answer")[0].text)
    assert len(page.tables) == 1


def test_invalid_inputs_are_there_with_their_places(folder: Path) -> None:
    (folder / "wrong.yaml").write_text("input: [3, 8, 8]\nlayers: [rleu]\n")
    page = page_of(folder, "check", "wrong.yaml", "mobilenet", "--max-macs", "600M", code=2)
    table = page.tables[-1]
    assert table.rows == [["wrong.yaml:2:10", "unknown type 'rleu': did you mean 'relu'?"]]
    assert "Every limit is kept." not in "".join("".join(one.text) for one in page.with_class("answer"))


def test_hostile_text(tmp_path: Path) -> None:
    words = "<script>alert(1)</script><img src=x onerror=y> \\u202e \\\" ' &amp;"
    name = "<b>'&.yaml"
    (tmp_path / name).write_text(
        f'input: [3, 8, 8]\nlayers: [{{conv: 8, kernel: 3}}]\nbudget: [{{metric: macs, max: 1, message: "{words}"}}]\n'
    )
    text = run("check", name, "--format", "html", cwd=tmp_path).out
    page = read_page(text)
    assert not {one.name for one in page.elements} & {"img", "b"}
    assert sum(one.name == "script" for one in page.elements) == 1
    assert "\u202e" not in text
    assert told_by(page)[0][-1].startswith("<script>alert(1)</script><img src=x onerror=y> \\u202e \" ' &amp;")
