"""What pages say can be read by weak eyes and in bright light: the contrast of every text, by WCAG 2.2 at level AA."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.faces.browser import Watched, chromium, needs_chromium, watched
from tests.faces.browsing import give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases

pytestmark = needs_chromium

MEASURE = (Path(__file__).parent / "contrast.js").read_text()

# What pages seldom show, on every ground that they have.
SELDOM = """() => {
  const classes = ["meta", "sub", "quiet", "t-danger", "t-risk", "t-good", "no", "ok", "bad", "bad t-risk", "due over",
    "n", "n hot", "n warn", "lvl standard", "lvl senior", "lvl executive", "sev", "sev first", "tag", "promise", "says",
    "who none", "account", "key"];
  for (const ground of ["", "panel", "panel sunk", "note", "note risk", "note danger", "next", "next hot", "menu"]) {
    const box = document.createElement("div");
    box.className = ground;
    for (const each of classes) {
      const word = document.createElement("span");
      word.className = each;
      word.textContent = `${each} on ${ground || "the page"}`;
      box.append(word);
    }
    document.querySelector("main").append(box);
  }
  document.getElementById("keymap").show();
}"""


class Scene(NamedTuple):
    office: Office
    browser: Any
    pages: dict[str, str]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """An outage that was answered, held and claimed, one that pages, a question that nobody owns."""
    databases = Databases("sqlite", tmp_path_factory.mktemp("contrast"))
    with staffed(databases.new()) as office, chromium() as browser:
        give_passwords(office.installation)
        case = office.open(OUTAGE)
        office.do("carl", case["id"], "acknowledgement")
        office.do("carl", case["id"], "hold", reason="Asked for a log.")
        office.do("anna", case["id"], "containment")
        paging, _ = office.open(OUTAGE), office.open(QUESTION)
        pages = {
            "now": "/",
            "board": "/?show=board",
            "wall": "/wall",
            "mine": "/mine",
            "on call": "/on-call",
            "month": "/on-call?span=month",
            "accounts": "/accounts",
            "account": "/accounts/acme",
            "cases": "/cases",
            "found": "/search?q=API",
            "components": "/settings/components",
            "you": "/settings/profile",
            "held": f"/cases/{case['number']}",
            "paging": f"/cases/{paging['number']}",
        }
        yield Scene(office, browser, pages)


def faint(page: Watched) -> list[str]:
    """What cannot be read well enough, in light and in dark, and how much of the contrast there is."""
    found = set()
    for scheme in ("light", "dark"):
        page.page.emulate_media(color_scheme=scheme)
        texts = page.page.evaluate(MEASURE)
        assert len(texts) > 3, "nothing was measured"
        found |= {
            f"{scheme}: {text['where']} {text['text']!r}: {text['ratio']:.2f} of {text['least']}"
            for text in texts
            if text["ratio"] < text["least"]
        }
    return sorted(found)


def test_what_is_printed_is_dark_on_light(scene: Scene) -> None:
    with watched(scene.browser) as page:
        page.enter(scene.office.url, "lea")
        page.page.evaluate("document.documentElement.dataset.theme = 'dark'")
        scheme = "getComputedStyle(document.documentElement).colorScheme"
        assert page.page.evaluate(scheme) == "dark"
        page.page.emulate_media(media="print")
        assert page.page.evaluate(scheme) == "light"


def test_every_text_can_be_read(scene: Scene) -> None:
    found: dict[str, list[str]] = {}
    with watched(scene.browser, reduced_motion="reduce") as page:
        page.page.goto(scene.office.url + "/sign-in")
        found["sign-in"] = faint(page)
        page.carry(scene.office.url, "carl")
        for name, path in scene.pages.items():
            page.page.goto(scene.office.url + path)
            found[name] = faint(page)
        page.page.evaluate(SELDOM)
        found["seldom"] = faint(page)
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_what_is_faint_is_found(scene: Scene) -> None:
    with watched(scene.browser, reduced_motion="reduce") as page:
        page.page.goto(scene.office.url + "/sign-in")
        page.page.evaluate(
            "document.querySelector('button').style.cssText = 'color: #888; background: #fff; opacity: 0.9'"
        )
        page.page.evaluate("document.querySelector('label').style.color = 'rgba(0, 0, 0, 0.4)'")
        found = " ".join(faint(page))
        assert "button" in found
        assert "label" in found
