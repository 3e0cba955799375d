"""What pages of compare, diff and check draw, and pictures that are files of their own, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import WIDE, OpenPage, started
from tests.command import run
from tests.formats.svg_texts import read_svg

pytestmark = pytest.mark.browser

NET = """
input: [3, 64, 64]
layers:
  - {conv: 32, kernel: 3}
  - {dsconv: 64}
  - {linear: 10}
budget:
  - {metric: macs, max: 5M}
  - {metric: params, max: 900K, level: warn}
  - {metric: peak, max: 1MiB}
"""
FIT = (
    "fit", "mobilenet", "--max-macs", "300M", "--max-params", "4M", "--vary", "alpha=0.25..1.0:0.05", "--vary", "resolution=128..224:32",
)  # fmt: skip
PAGES = {
    "compare": ("compare", "mobilenet*", "resnet:18", "ds_cnn"),
    "fit": FIT,
    "diff": ("diff", "mobilenet", "mobilenet_v2"),
    "check": ("check", "net.yaml", "mobilenet", "--max-macs", "600M"),
}
PICTURES = {
    "layers": ("analyze", "yolov8"),
    "points": FIT,
    "networks": ("compare", "mobilenet*", "resnet:*", "efficientnet:b0"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    (folder / "net.yaml").write_text(NET)
    for name, arguments in PAGES.items():
        assert run(*arguments, "--output", f"{name}.html", cwd=folder).code in (0, 1)
    for name, arguments in PICTURES.items():
        assert run(*arguments, "--output", f"{name}.svg", cwd=folder).code == 0
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with started() as context:
        yield context


@pytest.fixture
def opened(browser: Any, folder: Path, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    page = browser.new_page()
    opened = OpenPage(page, folder / request.param)
    opened.resize(WIDE)
    yield opened
    assert opened.complaints == []
    assert opened.requests == [opened.url]
    page.close()


@pytest.mark.parametrize("opened", [f"{name}.html" for name in PAGES], indirect=True)
def test_figures_answer_to_keys_and_tables_sort(opened: OpenPage) -> None:
    figures = opened.page.locator("main svg[role=group]")
    tip = opened.page.locator("#tip")
    assert figures.count() >= 1
    for number in range(figures.count()):
        marks = figures.nth(number).locator(".m")
        figures.nth(number).locator("[tabindex='0']").focus()
        opened.settle()
        assert tip.text_content() == marks.nth(0).get_attribute("aria-label")
        opened.page.keyboard.press("End")
        assert tip.text_content() == marks.nth(marks.count() - 1).get_attribute("aria-label")
        opened.page.keyboard.press("Escape")
        assert not tip.is_visible()
    table = opened.page.locator("table[data-sort]").last
    head = table.locator("thead th").first
    names = "rows => rows.map(row => row.cells[0].textContent)"
    before = table.locator("tbody tr").evaluate_all(names)
    head.get_by_role("button").click()
    head.get_by_role("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    after = table.locator("tbody tr").evaluate_all(names)
    assert sorted(after) == sorted(before)
    assert after[0] == max(after, key=str.lower)


COVERED = """() => {
    const boxes = [...document.querySelectorAll('main svg[role=group]')].flatMap((figure, number) =>
        [...figure.querySelectorAll('text')].map(text => [number, text.textContent, text.getBoundingClientRect()]))
    return boxes.flatMap(([a, one, p], i) => boxes.slice(i + 1)
        .filter(([b, , q]) => a === b && p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 5 && q.top < p.bottom - 5)
        .map(([, other]) => one + ' | ' + other))
}"""


@pytest.mark.parametrize("opened", [f"{name}.html" for name in PAGES], indirect=True)
def test_no_words_of_a_figure_cover_others(opened: OpenPage) -> None:
    assert opened.page.evaluate(COVERED) == []


@pytest.mark.parametrize("opened", [f"{name}.svg" for name in PICTURES], indirect=True)
def test_words_of_pictures_are_no_wider_than_thought(opened: OpenPage) -> None:
    picture = read_svg(Path(opened.url.removeprefix("file://")).read_text(encoding="utf-8"))
    boxes = opened.run("[...document.querySelectorAll('text')].map(one => [one.textContent, one.getBBox().width])")
    assert [text for text, _ in boxes] == [words.text for words in picture.words]
    assert [
        (text, width) for (text, width), words in zip(boxes, picture.words, strict=True)
        if width > (words.right - words.left) * 1.02 + 1
    ] == []  # fmt: skip


@pytest.mark.parametrize("opened", [f"{name}.svg" for name in PICTURES], indirect=True)
def test_pictures_are_light_or_dark_as_the_system_is(opened: OpenPage) -> None:
    grounds = []
    for scheme, ground, ink in (
        ("light", "rgb(255, 255, 255)", "rgb(26, 26, 24)"),
        ("dark", "rgb(31, 31, 29)", "rgb(242, 240, 234)"),
    ):
        opened.scheme(scheme)
        grounds.append(opened.run("getComputedStyle(document.querySelector('.ground')).fill"))
        assert grounds[-1] == ground
        assert opened.run("getComputedStyle(document.querySelector('.title')).fill") == ink
    opened.page.emulate_media(media="print", color_scheme="dark")
    assert opened.run("getComputedStyle(document.querySelector('.ground')).fill") == grounds[0]
