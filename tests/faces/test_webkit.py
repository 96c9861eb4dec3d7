"""The main paths in WebKit, with a script, on a desk and as narrow as its window goes: signing in, Now that changes by
itself, a case and its acts, finding, Settings."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import PASSWORD, give_passwords
from tests.faces.office import OUTAGE, Office, staffed
from tests.faces.webkit import WIDTHS, Seen, needs_webkit, webkit
from tests.testing import Databases

pytestmark = [needs_webkit, pytest.mark.interop]

# What the pages build on, and what each leaves out where a browser does not know it: fields that grow with their text.
KNOWS = """
  return [CSS.supports("color", "light-dark(red, blue)"), CSS.supports("selector(:has(a))"),
    "popover" in HTMLElement.prototype, "showModal" in HTMLDialogElement.prototype,
    CSS.supports("color", "color-mix(in srgb, red, blue)")]"""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Any]]:
    databases = Databases("sqlite", tmp_path_factory.mktemp("webkit"))
    with staffed(databases.new()) as office, webkit() as browser:
        give_passwords(office.installation)
        yield office, browser


@pytest.mark.parametrize("width", WIDTHS)
def test_the_main_paths(scene: tuple[Office, Any], width: int) -> None:
    office, browser = scene
    page = Seen(browser, office.url, width)
    page.sign_in("lea", PASSWORD)
    assert all(page.script(KNOWS))
    page.until(lambda: page.script("return document.querySelector('#live')?.dataset.live") is not None)
    page.script("window.same = true")
    case = office.open(OUTAGE, subject=f"API is down, seen at {width}")
    page.says(f"API is down, seen at {width}")
    assert page.script("return window.same"), "the page was loaded again"
    due = page.one(f"#case-{case['id']} .due").text
    page.until(lambda: page.one(f"#case-{case['id']} .due").text != due)

    page.one(f"#case-{case['id']} form.acknowledge button").click()
    page.says("Acknowledged. You are not paged")
    page.one(f"#open-{case['id']}").click()
    page.until(lambda: page.path == f"/cases/{case['number']}")

    page.one("#act-note summary").click()
    note = page.one("#act-note textarea")
    note.send_keys("Drained by hand")
    office.do("anna", case["id"], "notes", text="Somebody else writes, too.")
    page.says("Somebody else writes, too.")
    assert note.get_property("value") == "Drained by hand", "what was typed stays when the page changes"
    assert page.script("return document.activeElement === arguments[0]", note), "and is written on in"
    page.one("#act-note button.primary").click()
    page.says("Note added.")

    page.one("[popovertarget=more]").click()
    page.one("#act-raise summary").click()
    page.one("#act-raise textarea").send_keys("The board asks.")
    page.script("document.querySelector('#act-raise select').value = 'executive'")
    page.one("#act-raise textarea").submit()
    page.says("Raised.")
    undo = page.one("form[action$='/undo'] button")
    assert office.get("lea", f"/cases/{case['id']}")["level"] == "executive"
    undo.click()
    page.says("Undone.")
    assert office.get("lea", f"/cases/{case['id']}")["level"] == "senior"

    page.script("document.activeElement.blur()")
    page.one("body").send_keys("?")
    page.one("#keymap[open]")
    page.one("#keymap").send_keys("\ue00c")
    page.until(lambda: not page.script("return document.querySelector('#keymap').open"))
    page.go(f"/search?q=seen+at+{width}")
    page.says(f"API is down, seen at {width}")
    assert [path for path in PATHS if not fits(page, path)] == []


PATHS = ("/", "/?show=board", "/mine", "/cases", "/on-call", "/accounts", "/policy", "/settings", "/settings/profile")


def fits(page: Seen, path: str) -> bool:
    page.go(path)
    page.one("h1")
    return not page.overflows()


def test_an_administrator_changes_a_user(scene: tuple[Office, Any]) -> None:
    office, browser = scene
    page = Seen(browser, office.url, WIDTHS[0])
    page.sign_in("admin", PASSWORD)
    page.go("/settings/users/anna")
    name = page.one("[name=display]")
    name.clear()
    name.send_keys("Anna of Accounts")
    page.one("form[action$='/anna'] button.primary").click()
    page.says("Saved.")
    assert "Anna of Accounts" in page.one("h1").text
    page.go("/settings/profile")
    page.script("document.querySelector('[name=theme]').value = 'dark'")
    page.one("form[action$='/preferences'] button").click()
    page.says("Saved.")
    assert page.script("return getComputedStyle(document.documentElement).colorScheme") == "dark"
    dark, light = page.script(_GROUNDS)
    assert dark != light


_GROUNDS = """
  const ground = () => getComputedStyle(document.body).backgroundColor;
  const html = document.documentElement, dark = ground();
  html.dataset.theme = "light";
  return [dark, ground()];"""
