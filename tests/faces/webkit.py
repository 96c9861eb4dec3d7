"""WebKit at the pages of a real server: Debian's WebKitGTK by WebDriver, on a screen that nobody sees. `make
interop-setup` installs it; without it tests are skipped with a message."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

DRIVER, SCREEN = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
BROWSER = next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), reverse=True)), None)
needs_webkit = pytest.mark.skipif(
    None in (DRIVER, SCREEN, BROWSER), reason="there is no WebKit: `make interop-setup`, or its packages by hand"
)
# As narrow as the window goes, and a desk.
WIDTHS = (390, 1280)
_SECONDS = 20


@contextmanager
def webkit() -> Iterator[Any]:
    """A browser that keeps nothing."""
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    assert DRIVER is not None
    options = Options()
    options.binary_location = str(BROWSER)
    options.add_argument("--automation")
    with _screen() as display:
        browser = webdriver.WebKitGTK(options=options, service=Service(DRIVER, env=os.environ | {"DISPLAY": display}))
        try:
            yield browser
        finally:
            browser.quit()


@contextmanager
def _screen() -> Iterator[str]:
    """A screen without a device; its name."""
    assert SCREEN is not None
    reading, writing = os.pipe()
    command = [SCREEN, "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        screen.terminate()
        screen.wait(10)


class Seen:
    """A page of it. `one`: the first element of a selector that one sees, waited for."""

    def __init__(self, browser: Any, url: str, width: int) -> None:
        self.browser, self.url = browser, url
        browser.set_window_size(width, 900)
        browser.delete_all_cookies()

    def go(self, path: str) -> None:
        self.browser.get(self.url + path)

    def sign_in(self, name: str, password: str) -> None:
        self.go("/sign-in")
        self.one("[name=name]").send_keys(name)
        self.one("[name=password]").send_keys(password)
        self.one("form button.primary").click()
        self.until(lambda: self.path == "/")

    @property
    def path(self) -> str:
        return str(self.browser.current_url).removeprefix(self.url)

    def says(self, text: str) -> None:
        """Wait until one reads this on the page."""
        self.until(lambda: text in self.script("return document.body.innerText"), text)

    def one(self, selector: str) -> Any:
        found: list[Any] = []

        def look() -> bool:
            found[:] = [each for each in self.browser.find_elements("css selector", selector) if each.is_displayed()]
            return bool(found)

        self.until(look, selector)
        return found[0]

    def press(self, keys: str) -> None:
        self.browser.switch_to.active_element.send_keys(keys)

    def script(self, source: str, *values: Any) -> Any:
        return self.browser.execute_script(source, *values)

    def until(self, holds: Callable[[], Any], what: str = "") -> None:
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.wait import WebDriverWait

        wait = WebDriverWait(self.browser, _SECONDS, 0.1, [StaleElementReferenceException])
        wait.until(lambda _: holds(), f"{what or 'it'} at {self.path}")

    def overflows(self) -> bool:
        """Whether one has to scroll to the side."""
        return bool(self.script("const e = document.documentElement; return e.scrollWidth > e.clientWidth"))
