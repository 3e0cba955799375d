"""The distribution's Chromium, driven by Playwright: pages of ours from files, in both schemes, and what axe-core finds in them."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import pytest

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-quic",
)  # fmt: skip
WIDE, PHONE = (1280, 900), (390, 844)


def chromium_path() -> str | None:
    """Return the browser's path, or None where it is not installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def started() -> Iterator[Any]:
    """Start the browser with a fresh profile and give a context of it. Skips where Playwright or Chromium is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install -e '.[browser]'")
    path = chromium_path()
    if path is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with tempfile.TemporaryDirectory() as profile, sync_api.sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=path, headless=True, args=list(ARGUMENTS), viewport={"width": WIDE[0], "height": WIDE[1]},
        )  # fmt: skip
        yield context
        context.close()


class OpenPage:
    """A page of ours in the browser, and what it asked for and complained of."""

    def __init__(self, page: Any, file: Path) -> None:
        self.page = page
        self.url = file.as_uri()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.url)

    def run(self, script: str) -> Any:
        """Return what a script of the browser's own gives; the page's policy does not bind it."""
        return self.page.evaluate(script)

    def settle(self) -> None:
        """Wait until what was scrolled is drawn."""
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def count(self, selector: str) -> int:
        return int(self.page.locator(selector).count())

    def resize(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def scheme(self, name: str) -> None:
        """Make the system light or dark."""
        self.page.emulate_media(color_scheme=name)

    def violations(self) -> list[str]:
        """Return what axe-core finds, a line each: rule, what it asks for, and the first element that does not have it."""
        if not self.run("typeof axe === 'object'"):
            package = pytest.importorskip("axe_playwright_python", reason="needs axe-core: pip install -e '.[browser]'")
            self.run(resources.files(package).joinpath("axe.min.js").read_text(encoding="utf-8"))
        # Of marks and rows, which are alike, axe looks at the first few: each costs it milliseconds.
        scope = "{exclude: [['.m:nth-of-type(n+4)'], ['tbody tr:nth-of-type(n+4)'], ['option']]}"
        found = self.run(f"axe.run({scope}, {{resultTypes: ['violations']}})")["violations"]
        return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]
