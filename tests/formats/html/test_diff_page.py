"""The page of `diff`: its numbers are those of the JSON, and the steps of its figure lead from the old total to the new one."""

import json
import re
from pathlib import Path

import pytest

from tests.command import run
from tests.formats.html.reading import PageReader, read_page

PAIRS = {
    "another network": ("mobilenet", "mobilenet_v2"),
    "another depth": ("resnet:18", "resnet:34"),
    "another size": ("mobilenet", "mobilenet@resolution=192"),
    "shares that cancel": ("densenet:121", "densenet:169"),
    "the same": ("mobilenet", "mobilenet"),
}


def page_of(*arguments: str, cwd: Path | None = None) -> PageReader:
    result = run("diff", *arguments, "--format", "html", cwd=cwd)
    assert result.code == 0, result.err
    return read_page(result.out)


def document_of(*arguments: str) -> dict[str, list[dict[str, object]]]:
    document: dict[str, list[dict[str, object]]] = json.loads(run("diff", *arguments, "--format", "json").out)
    return document


def told_by(page: PageReader) -> list[str]:
    """Return what the marks of the figure say."""
    return [one.attributes["aria-label"] for one in page.with_class("m")]


def figure(words: str, what: str) -> int:
    """Return the figure of a mark: a total, a step, or 0 for none."""
    found = re.search(rf"^([+-]?[\d,]+) {what}$", words, re.MULTILINE)
    return int(found[1].replace(",", "")) if found else 0


@pytest.mark.parametrize("case", PAIRS)
def test_the_numbers_are_those_of_the_json(case: str) -> None:
    page, document = page_of(*PAIRS[case], "--all"), document_of(*PAIRS[case])
    for name, caption in (
        ("totals", "Totals of both"), ("items", "The change by item"), ("types", "The change by type"), ("layers", ""),
    ):  # fmt: skip
        tables = [table for table in page.tables if table.caption.startswith(caption)]
        if not document[name]:
            continue
        table = tables[0] if caption else tables[-1]
        keys = list(document[name][0])
        rows = [list(row.values()) for row in document[name]]
        if name in ("items", "types"):  # columns without a value are left out
            kept = [at for at in range(len(keys)) if any(row[at] is not None for row in rows)]
            rows = [[row[at] for at in kept] for row in rows]
        shown = [[value.lstrip("+") for value in values] for values in table.values]
        assert shown == [["" if x is None else str(x).replace(",", "") for x in row] for row in rows[: len(shown)]]
        assert len(shown) == min(len(rows), 1000)


@pytest.mark.parametrize("case", [case for case in PAIRS if case != "the same"])
def test_steps_lead_from_the_old_total_to_the_new_one(case: str) -> None:
    page, document = page_of(*PAIRS[case]), document_of(*PAIRS[case])
    first, *steps, last = told_by(page)
    for what, total in (("MACs", document["totals"][1]), ("params", document["totals"][0])):
        if total["change"] or what == "MACs":
            assert figure(first, what) == total["old"]
            assert figure(last, what) == total["new"]
            assert sum(figure(step, what) for step in steps) == total["change"]


def test_many_items_share_the_last_step(tmp_path: Path) -> None:
    layers = "- {conv: 8, kernel: 3}\n" * 40
    text = f"hyperparameters: {{resolution: 8}}\ninput: [8, resolution, resolution]\nlayers:\n{layers}"
    (tmp_path / "net.yaml").write_text(text)
    page = page_of("net.yaml", "net.yaml@resolution=16", cwd=tmp_path)
    _, *steps, _ = told_by(page)
    each = (16 * 16 - 8 * 8) * 9 * 8 * 8
    assert [figure(step, "MACs") for step in steps] == [each] * 23 + [17 * each]
    assert steps[-1].startswith("17 more\n")


def test_bars_lead_too() -> None:
    """Each bar begins where the one before ended: growth to the right, less to the left."""
    text = run("diff", "mobilenet", "mobilenet_v2", "--format", "html").out
    bars = [
        (float(x), float(x) + float(width), css)
        for x, width, css in re.findall(
            r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="13" class="(f-\w+)"', text
        )
    ]
    first, second = bars[0::2], bars[1::2]  # a bar of MACs and one of params in each row
    for column in (first, second):
        level = column[0][1]
        for left, right, css in column[1:-1]:
            assert (right if css == "f-good" else left) == pytest.approx(
                level, abs=0.8
            )  # the thinnest bar is 0.75 wide
            level = left if css == "f-good" else right
        assert column[-1][1] == pytest.approx(level, abs=0.8)


def test_a_small_change_is_seen_and_said_to_be_cut() -> None:
    text = run("diff", "mobilenet", "mobilenet@classes=1001", "--format", "html").out
    assert re.search(r">MACs, bars from 568\.7M<", text)


def test_no_difference_has_no_figure() -> None:
    page = page_of("mobilenet", "mobilenet")
    assert told_by(page) == []
    assert [table.caption for table in page.tables] == ["Totals of both networks"]


def test_rows_without_repetitions_of_what_is_the_same() -> None:
    page = page_of("resnet:18", "resnet:34")
    table = page.tables[-1]
    assert table.caption == "11 added"
    assert {row[1] for row in table.rows} == {"added"}
    assert len(page_of("resnet:18", "resnet:34", "--top", "3").tables[-1].rows) == 3


def test_hostile_names(tmp_path: Path) -> None:
    for number, name in enumerate(("<script>alert(1)<b>'.yaml", '"&<img src=x onerror=y>.yaml')):
        (tmp_path / name).write_text(
            f"name: '<i>x</i>'\nsource: '</title><b>'\ninput: [3, 8, 8]\nlayers: [{{conv: {8 + number}, kernel: 3}}]\n"
        )
    page = read_page(
        run("diff", *sorted(path.name for path in tmp_path.iterdir()), "--format", "html", cwd=tmp_path).out
    )
    assert not {one.name for one in page.elements} & {"img", "b", "i"}
    assert sum(one.name == "script" for one in page.elements) == 1
