"""Every page in every state, held against what we promise of pages, and against what others say of them: axe, the Nu
HTML checker, a screen reader."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces import tools
from tests.faces.browser import DESKTOP, PHONE, Watched, chromium, needs_chromium, watched
from tests.faces.tools import needs_axe, needs_checker, needs_reader
from tests.faces.tour import Stop, Tour, toured
from tests.testing import Databases

pytestmark = [pytest.mark.interop, pytest.mark.timeout(1800)]

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
REACH = (Path(__file__).parent / "reach.js").read_text()
WIDTHS = (320, 360, 768, 1024, 1920)
_FAULTY = '<img src=x><i style="color: #999; background: #fff">faint</i>'


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    with toured(Databases("sqlite", tmp_path_factory.mktemp("tour"))) as tour:
        yield tour


@needs_checker
def test_the_html_is_valid(tour: Tour, tmp_path: Path) -> None:
    for stop in tour.stops:
        (tmp_path / f"{stop.name}.html").write_text(stop.text)
    (tmp_path / "wrong.html").write_text("<!doctype html><html lang=en><title>x</title><p><b>not closed</p>")
    found = tools.invalid(tmp_path)
    assert [wrong for wrong in found if wrong.file != "wrong.html"] == []
    assert found, "what is wrong is found"


@needs_chromium
def test_every_page_fits_and_can_be_read_and_reached(tour: Tour) -> None:
    with chromium() as browser, watched(browser, reduced_motion="reduce") as seen:
        seen.without_worker()
        wrong = {stop.name: sorted({*_wrong(tour, stop, seen)}) for stop in tour.stops}
    assert {name: found for name, found in wrong.items() if found} == {}


def _wrong(tour: Tour, stop: Stop, seen: Watched) -> Iterator[str]:
    page = seen.page
    tour.show(page, stop)
    for width in WIDTHS:
        seen.resize(width)
        if seen.overflows():
            yield f"it is wider than {width}"
    for size in (DESKTOP, PHONE):
        seen.resize(**size)
        yield from (f"{size['width']}: {fault}" for fault in page.evaluate(REACH)["wrong"])
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for text in page.evaluate(CONTRAST):
            if text["ratio"] < text["least"]:
                yield f"{scheme}: {text['where']} {text['text']!r} has {text['ratio']:.2f} of {text['least']}"
    yield from (said for said in seen.complaints if "Failed to load resource" not in said)
    seen.complaints.clear()


@needs_chromium
@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(tour: Tour, scheme: str) -> None:
    wrong: dict[str, list[str]] = {}
    with chromium() as browser, watched(browser, scheme=scheme, reduced_motion="reduce", bypass_csp=True) as seen:
        seen.without_worker()
        for stop in tour.stops:
            tour.show(seen.page, stop)
            wrong[stop.name] = tools.findings(seen.page)
        seen.page.evaluate(f"document.querySelector('main').innerHTML = '{_FAULTY}'")
        found = tools.findings(seen.page)
    assert {name: found for name, found in wrong.items() if found} == {}
    assert {each.partition(":")[0] for each in found} >= {"image-alt", "color-contrast"}, "what is wrong is found"


@needs_chromium
@needs_reader
def test_what_a_screen_reader_says_has_names_and_is_said_once(tour: Tour) -> None:
    wrong: dict[str, list[str]] = {}
    with chromium() as browser, watched(browser, PHONE, reduced_motion="reduce", bypass_csp=True) as seen:
        seen.without_worker()
        for stop in tour.stops:
            tour.show(seen.page, stop)
            wrong[stop.name] = sorted({*_misheard(tools.spoken(seen.page), _texts(stop))})
    assert {name: found for name, found in wrong.items() if found} == {}


ROLES = {"link", "button", "searchbox", "textbox", "combobox", "checkbox", "radio", "image", "dialog", "spinbutton"}
_STATES = ("value", "required", "placeholder", "current", "not checked", "not expanded", "key shortcuts")


def _texts(stop: Stop) -> set[str]:
    """What stands on a page as a text of its own, as `link` does, which is a verb."""
    return {each.strip() for each in re.findall(r">([^<>]+)<", stop.text)}


def _misheard(said: list[str], texts: set[str]) -> Iterator[str]:
    """What has no name and is no text of its own, or says one thing twice."""
    assert said[-1] == "end of document", said[-3:]
    for phrase in said:
        role, _, name = phrase.partition(", ")
        if role in ROLES and phrase not in texts and (not name or name.startswith(_STATES)):
            yield f"heard: {phrase!r} has no name"
        words = name.split(", ")[0].split()
        half = len(words) // 2
        if half > 1 and words[:half] == words[-half:]:
            yield f"heard: {phrase!r} says it twice"
