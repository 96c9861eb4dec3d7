"""A real browser at the pages of a real server: Debian's Chromium, by Playwright. Skipped with a message without it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.faces.browsing import PASSWORD

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


class Watched:
    """A page, and what its browser complains of: whatever the console says, and whatever the security policy stops."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', (e) =>"
            " console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`))"
        )

    def _heard(self, said: Any) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(said.text)

    def sign_in(self, url: str, name: str) -> None:
        self.page.goto(url + "/")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(url + "/")

    def live(self) -> None:
        """Wait until the page hears of changes."""
        self.page.locator("#live[data-live]").wait_for(state="attached")

    def overflows(self) -> bool:
        """Whether one has to scroll to the side."""
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        return wide


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser that keeps nothing."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched(browser: Any, size: dict[str, int] = DESKTOP, scheme: str = "light", **options: Any) -> Iterator[Watched]:
    context = browser.new_context(viewport=size, color_scheme=scheme, **options)
    context.set_default_timeout(20_000)
    try:
        yield Watched(context.new_page())
    finally:
        context.close()
