"""Pages in a real browser: nothing loads, nothing fails, and mouse, keyboard, phone, paper and screen readers are served."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsconv_cost.network.build import elaborate
from dsconv_cost.sources.load import load
from tests.browser.chromium import PHONE, SCHEMES, WIDE, OpenPage, started
from tests.command import run
from tests.importers.onnx_writer import onnx_bytes

pytestmark = pytest.mark.browser

ARGUMENTS = {
    "mobilenet": ("analyze", "mobilenet"),
    "resnet": ("analyze", "resnet:50"),
    "densenet": ("analyze", "densenet:121"),
    "onnx": ("analyze", "model.onnx"),
    "compare": ("compare", "mobilenet", "mobilenet_v2", "resnet:18", "--pareto"),
    "diff": ("diff", "mobilenet", "mobilenet@alpha=0.5"),
    "check": ("check", "mobilenet", "--max-macs", "500M", "--max-params", "5M"),
    "list": ("list", "mobilenet", "--published"),
}
ANALYSES = ("mobilenet", "resnet", "densenet", "onnx")
LIGHT = [name for name in ARGUMENTS if name not in ("resnet", "densenet")]
"""Those that axe-core and the printer are quick with."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "model.onnx").write_bytes(onnx_bytes(elaborate(load("mobilenet_v2"))))
    for name, arguments in ARGUMENTS.items():
        result = run(*arguments, "--output", f"{name}.html", cwd=folder)
        assert result.code in (0, 1), result.err
    return {name: folder / f"{name}.html" for name in ARGUMENTS}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with started() as context:
        yield context


@pytest.fixture
def opened(browser: Any, files: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Yield the page that a test names, of `analyze mobilenet` where it names none."""
    page = browser.new_page()
    opened = OpenPage(page, files[getattr(request, "param", "mobilenet")])
    opened.resize(WIDE)
    yield opened
    assert opened.complaints == []
    assert opened.requests == [opened.url]
    page.close()


every = pytest.mark.parametrize("opened", LIGHT, indirect=True)
analyses = pytest.mark.parametrize("opened", ANALYSES, indirect=True)


@every
def test_axe_finds_nothing_in_either_scheme(opened: OpenPage) -> None:
    for scheme in SCHEMES:
        opened.scheme(scheme)
        assert opened.violations() == []


@every
def test_a_phone_shows_all_of_it(opened: OpenPage) -> None:
    """Nothing but a wide table or figure scrolls sideways, and that by itself."""
    opened.resize(PHONE)
    assert opened.run("document.documentElement.scrollWidth") == PHONE[0]
    outside = """[...document.querySelectorAll('h1, h2, h3, p, li, dt, dd, pre, button, label')]
        .filter(one => one.getClientRects().length && !one.closest('.table, .scroll, .skip'))
        .filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.textContent)"""
    assert opened.run(outside) == []
    assert opened.violations() == []


@every
def test_the_schemes_are_the_systems_and_then_the_readers(opened: OpenPage) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    grounds = {}
    for scheme in SCHEMES:
        opened.scheme(scheme)
        grounds[scheme] = opened.run(ground)
    assert grounds["light"] != grounds["dark"]
    opened.page.get_by_role("button", name="Light colours").click()
    assert opened.run(ground) == grounds["light"]
    opened.page.get_by_role("button", name="Dark colours").click()
    assert opened.run(ground) == grounds["dark"]


@every
def test_paper_is_a4_and_light(opened: OpenPage) -> None:
    opened.scheme("dark")
    data = opened.page.pdf(prefer_css_page_size=True)
    assert data.startswith(b"%PDF")
    assert 1 <= data.count(b"/Type /Page\n") <= 20
    sizes = {
        tuple(round(float(side)) for side in sides.split()) for sides in re.findall(rb"/MediaBox \[([\d. ]+)\]", data)
    }
    assert (0, 0, 595, 842) in sizes
    assert sizes <= {(0, 0, 595, 842), (0, 0, 842, 595)}  # wide tables are across the paper
    opened.page.emulate_media(media="print", color_scheme="dark")
    assert opened.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert opened.run("getComputedStyle(document.getElementById('theme')).display") == "none"


A_MARK = """figure => {
    const marks = [...figure.querySelectorAll('.m')]
    for (const [number, mark] of marks.entries()) {
        const box = mark.getBoundingClientRect(), x = box.left + box.width / 2, y = box.top + box.height / 2
        if (document.elementFromPoint(x, y)?.closest('.m') === mark) return {number, x, y}
    }
}"""
"""Finds a mark of a figure that is under the middle of its box: an arc is not."""


@analyses
def test_a_mark_answers_to_the_pointer(opened: OpenPage) -> None:
    figures = opened.page.locator("main svg[role=group]")
    assert figures.count() >= 4
    for number in range(figures.count()):
        figures.nth(number).scroll_into_view_if_needed()
        opened.settle()
        place = figures.nth(number).evaluate(A_MARK)
        mark = figures.nth(number).locator(".m").nth(place["number"])
        opened.page.mouse.move(place["x"], place["y"])
        tip = opened.page.locator("#tip")
        assert tip.is_visible()
        assert tip.text_content() == mark.get_attribute("aria-label")
        box = tip.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= WIDE[0]
    opened.page.mouse.move(1, 1)
    assert not tip.is_visible()


def test_a_figure_is_walked_by_keys(opened: OpenPage) -> None:
    figure = opened.page.locator("svg:has(#bars-name)")
    marks = figure.locator(".m")
    figure.locator("[tabindex='0']").focus()
    opened.settle()
    tip = opened.page.locator("#tip")
    assert tip.text_content() == marks.nth(0).get_attribute("aria-label")
    for key, number in (("ArrowRight", 1), ("ArrowDown", 2), ("ArrowLeft", 1), ("End", marks.count() - 1), ("Home", 0)):
        opened.page.keyboard.press(key)
        assert tip.text_content() == marks.nth(number).get_attribute("aria-label")
    assert figure.locator("[tabindex='0']").count() == 1  # one stop of the Tab key
    opened.page.keyboard.press("Escape")
    assert not tip.is_visible()
    opened.page.keyboard.press("Tab")
    assert opened.run("document.activeElement.closest('svg')?.querySelector('title').id") != "bars-name"


def test_the_first_stop_of_the_tab_key_skips_to_the_figures(opened: OpenPage) -> None:
    opened.page.keyboard.press("Tab")
    skip = opened.page.locator(".skip")
    assert skip.evaluate("one => one === document.activeElement && one.getBoundingClientRect().top >= 0")
    opened.page.keyboard.press("Enter")
    assert opened.run("document.activeElement.id") == "main"


def test_a_layer_is_chosen_by_pointer_key_row_and_list(opened: OpenPage) -> None:
    worked, chosen = opened.page.locator("#worked"), opened.page.locator("#chosen")
    assert "dsconv3/pw" in (worked.text_content() or "")  # the costliest, before anything is chosen
    assert not chosen.is_visible()
    opened.page.locator("svg:has(#bars-name) .m[data-l='conv1']").click()
    assert "weights = k_h * k_w * C_in * C_out = 3 * 3 * 3 * 32 = 864" in (worked.text_content() or "")
    assert opened.page.locator("#chosen b").text_content() == "conv1"
    assert opened.count("svg:has(#icicle-name) .m.chosen") == 3
    assert opened.count("tr.chosen") == 1
    opened.page.locator("svg:has(#bars-name) [tabindex='0']").focus()
    opened.page.keyboard.press("End")
    opened.page.keyboard.press("Enter")
    assert "1024 * 1000 = 1,024,000" in (worked.text_content() or "")
    opened.page.locator("tr[data-l='dsconv1/dw'] th").click()
    assert "dsconv1/dw" in (worked.text_content() or "")
    opened.page.locator("#layer").select_option("dsconv2/pw")
    assert "1/C_out + 1/(k_h*k_w) = 1/128 + 1/9 = 0.1189" in (worked.text_content() or "")
    opened.page.get_by_role("button", name="Clear").click()
    assert opened.count(".chosen") == 0
    assert not chosen.is_visible()


def column(opened: OpenPage, number: int) -> list[str]:
    """Return the cells of a column of the table of layers that are shown."""
    cells: list[str] = opened.run(
        f"[...document.querySelectorAll('#table tbody tr:not([hidden])')].map(row => row.cells[{number}].textContent)"
    )
    return cells


def test_the_table_sorts_by_value_and_says_so(opened: OpenPage) -> None:
    heads = opened.page.locator("#table thead th")
    titles = [str(heads.nth(n).text_content()) for n in range(heads.count())]
    macs, name, factor = titles.index("MACs"), titles.index("layer"), titles.index("factor")
    heads.nth(macs).get_by_role("button").click()
    values = [int(text.replace(",", "")) for text in column(opened, macs)]
    assert values == sorted(values, reverse=True)
    assert values[0] == 51380224
    assert heads.nth(macs).get_attribute("aria-sort") == "descending"
    heads.nth(macs).get_by_role("button").press("Enter")
    assert column(opened, macs) == [f"{value:,}" for value in sorted(values)]
    assert heads.nth(macs).get_attribute("aria-sort") == "ascending"
    heads.nth(name).get_by_role("button").click()
    assert heads.nth(name).get_attribute("aria-sort") == "ascending"
    assert heads.nth(macs).get_attribute("aria-sort") is None
    assert column(opened, name)[0] == "conv1"
    for _ in range(2):  # cells without a value stay at the end
        heads.nth(factor).get_by_role("button").click()
        assert column(opened, factor)[-1] == "-"
        assert column(opened, factor)[0] != "-"
    heads.nth(0).get_by_role("button").click()
    assert column(opened, 0) == [str(n) for n in range(1, 30)]


def test_the_table_is_filtered_by_words_and_kind(opened: OpenPage) -> None:
    field, told = opened.page.get_by_label("Find layers"), opened.page.locator("#table output")
    assert told.text_content() == "29 of 29 shown"
    field.fill("DSCONV7 dw")
    assert column(opened, 1) == [f"dsconv7[{n}]/dw" for n in range(1, 6)]
    assert told.text_content() == "5 of 29 shown"
    field.fill("")
    opened.page.locator("#layer-tools select").select_option("linear")
    assert column(opened, 1) == ["linear1"]
    field.fill("nothing like it")
    assert told.text_content() == "0 of 29 shown"


def test_a_large_network_loads_in_a_second(browser: Any, tmp_path: Path) -> None:
    layers = "- {conv: 8, kernel: 3, norm: batch}\n" * 3000
    (tmp_path / "net.yaml").write_text(f"input: [8, 16, 16]\nlayers:\n{layers}")
    assert run("analyze", "net.yaml", "--output", "large.html", cwd=tmp_path).code == 0
    assert (tmp_path / "large.html").stat().st_size < 2_000_000
    page = browser.new_page()
    times = []
    for _ in range(5):  # the quickest, since other work may be going on
        opened = OpenPage(page, tmp_path / "large.html")
        times.append(opened.run("performance.timing.loadEventEnd - performance.timing.navigationStart"))
    page.close()
    assert 0 < min(times) < 1000


def test_without_its_script_everything_is_there_to_read(browser: Any, files: dict[str, Path]) -> None:
    context = browser.browser.new_context(java_script_enabled=False) if browser.browser else None
    if context is None:
        pytest.skip("this browser gives no second context")
    page = context.new_page()
    page.goto(files["mobilenet"].as_uri())
    assert page.locator("#worked pre").count() >= 2
    assert page.locator("#table tbody tr").count() == 29
    assert not page.locator("#theme").is_visible()
    assert not page.locator("#layer").is_visible()
    context.close()
