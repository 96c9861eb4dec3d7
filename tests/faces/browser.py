"""A real browser at the pages of a real server: Debian's Chromium, by Playwright. Skipped with a message without it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.faces.browsing import PASSWORD, Browser

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
MOST = 20_000  # milliseconds that a browser may take for anything
_PRESSED = """(keys) => {
  const pressed = keys.map((key) => new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  for (const one of pressed) document.activeElement.dispatchEvent(one);
}"""


def expect(one: Any) -> Any:
    """What is said of a page or a part of it is waited for, as long as for anything else."""
    from playwright import sync_api

    sync_api.expect.set_options(timeout=MOST)
    return sync_api.expect(one)


class Watched:
    """A page, and what its browser complains of: whatever the console says, and whatever the security policy stops."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._refusal = ""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', (e) =>"
            " console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`))"
        )

    def _heard(self, said: Any) -> None:
        if said.type in ("error", "warning") and not (self._refusal and self._refusal in said.text):
            self.complaints.append(said.text)

    def is_refused(self, status: int) -> None:
        """From now on the page is answered so, of which the console tells at a time of its own."""
        self._refusal = f"the server responded with a status of {status} "

    def without_worker(self) -> None:
        """From now on pages are what the server answers, whether or not the worker of another page is there by now."""
        self.page.add_init_script("delete Navigator.prototype.serviceWorker")

    def enter(self, url: str, name: str) -> None:
        """At the first page, as somebody who has signed in."""
        self.carry(url, name)
        self.page.goto(url + "/")

    def carry(self, url: str, name: str) -> None:
        """The session of somebody who has signed in, for whatever page is looked at next."""
        browser = Browser(url)
        assert browser.sign_in(name).status_code == 303
        show_as(self.page, url, browser)

    def sign_in(self, url: str, name: str) -> None:
        """By its form."""
        self.page.goto(url + "/")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(url + "/")

    def live(self) -> None:
        """Wait until the page hears of changes."""
        self.page.locator("#live[data-live]").wait_for(state="attached")

    def says(self, text: str, within: str = "[role=status]") -> None:
        """Wait for what a form has led to, and until the page that says it is there as a whole and listens to keys."""
        self.page.locator(within).get_by_text(text).first.wait_for()
        self.page.wait_for_load_state()

    def presses(self, *keys: str) -> None:
        """Keys that belong together, at one instant: the second counts for a while only, which is not for a machine to
        keep."""
        self.page.evaluate(_PRESSED, keys)

    def resize(self, width: int, height: int = 900) -> None:
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.wait_for_function("width => innerWidth === width", arg=width)

    def overflows(self) -> bool:
        """Whether one has to scroll to the side."""
        self.page.wait_for_load_state()
        wide: bool = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        return wide


def show_as(page: Any, url: str, browser: Browser) -> None:
    """From now on the page has the cookies of this browser, and those alone."""
    cookies = [{"name": one.name, "value": one.value or "", "url": url} for one in browser.http.cookies.jar]
    had = {(one["name"], one["value"]) for one in page.context.cookies()}
    if had == {(one["name"], one["value"]) for one in cookies}:
        return
    if had:
        page.goto(url + "/static/icon.svg")  # a page that is live would find that its session is gone
    page.context.clear_cookies()
    page.context.add_cookies(cookies)


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
    context.set_default_timeout(MOST)
    try:
        yield Watched(context.new_page())
    finally:
        context.close()
