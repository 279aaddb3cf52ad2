"""A real Chromium at our pages, with eyes for what goes wrong in it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
LONGEST_WAIT_SECONDS = 20
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class BrowserMissingError(RuntimeError):
    """Chromium is not installed."""


@dataclass
class Window:
    """One window: its page, and every fault and foreign request seen in it."""

    page: Page
    origin: str
    folder: Path
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Take note of errors on the console and of requests that leave for elsewhere."""
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._hear)
        self.page.on("request", self._see)

    def _hear(self, message: Any) -> None:
        # A form sent back with a fault has status 422, which Chromium calls an error.
        if message.type == "error" and "422" not in message.text:
            self.faults.append(message.text)

    def _see(self, request: Any) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.origin).netloc:
            self.faults.append(f"asked elsewhere: {request.url}")

    def open(self, path: str) -> None:
        """Open a page of ours."""
        self.page.goto(self.origin + path)

    def press(self, name: str, *, exact: bool = True) -> None:
        """Press the first button or link of that name, and wait for the page it leads to."""
        button = self.page.get_by_role("button", name=name, exact=exact)
        link = self.page.get_by_role("link", name=name, exact=exact)
        self.follow(button.or_(link).first)

    def follow(self, leading: Locator) -> None:
        """Click what leads to another page, and wait for that page."""
        # A click alone returns while the old page still stands there.
        with self.page.expect_navigation():
            leading.click()

    def fill(self, values: dict[str, str]) -> None:
        """Type into boxes, by their names."""
        for name, value in values.items():
            self.page.locator(f'main [name="{name}"]').first.fill(value)

    def choose(self, name: str, value: str) -> None:
        """Choose from a list, by the list's name."""
        self.page.locator(f'main [name="{name}"]').first.select_option(value)

    def words(self) -> str:
        """Return what the page says."""
        return " ".join(self.page.locator("body").inner_text().split())

    def comes_to(self, seen: Callable[[], bool]) -> bool:
        """Return whether *seen* is so, now or soon, when somebody looks again.

        A text leaves when a request or the clock gets to it, whichever is first.
        """
        ends = time.monotonic() + LONGEST_WAIT_SECONDS
        while not seen():
            if time.monotonic() > ends:
                return False
            time.sleep(0.2)
            self.page.reload()
        return True

    def comes_to_say(self, words: str) -> bool:
        """Return whether the page says *words*, now or soon."""
        return self.comes_to(lambda: words in self.words())

    def look(self, name: str) -> None:
        """Hold the page against the accessibility rules at both widths, and keep pictures."""
        for size, suffix in ((PHONE, "-phone"), (DESKTOP, "")):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict will do
            self.page.screenshot(path=self.folder / f"{name}{suffix}.png", full_page=True)
            self.faults += [f"{name}{suffix}: {fault}" for fault in self._break_of_rules()]

    def _break_of_rules(self) -> list[str]:
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        options = {"runOnly": {"type": "tag", "values": STANDARDS}}
        found = self.page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{rule['id']}: {node['html'][:200]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    if not CHROMIUM.exists():
        raise BrowserMissingError("Chromium is missing: run make test, or apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def window(browser: Browser, origin: str, folder: Path, *, scripts: bool = True) -> Window:
    """Open a fresh window at *origin*, with nobody signed in."""
    context = browser.new_context(java_script_enabled=scripts, locale="en-GB")
    context.set_default_timeout(15_000)
    opened = Window(context.new_page(), origin, folder)
    opened.watch()
    return opened


def pictures_folder(otherwise: Path) -> Path:
    """Return where screenshots go: ``COMPANION_SCREENSHOTS``, or a folder of the test's."""
    folder = Path(os.environ.get("COMPANION_SCREENSHOTS", otherwise))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
