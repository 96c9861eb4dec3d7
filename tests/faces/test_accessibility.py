"""Every page in every state, held against what others say of pages: axe, the Nu HTML checker, a screen reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces import tools
from tests.faces.browser import PHONE, chromium, needs_chromium, watched
from tests.faces.tools import needs_axe, needs_checker, needs_reader
from tests.faces.tour import Tour, toured
from tests.testing import Databases

pytestmark = pytest.mark.interop


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
@needs_axe
@pytest.mark.timeout(900)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(tour: Tour, scheme: str) -> None:
    wrong: dict[str, list[str]] = {}
    with chromium() as browser, watched(browser, scheme=scheme, reduced_motion="reduce", bypass_csp=True) as seen:
        for stop in tour.stops:
            tour.show(seen.page, stop)
            wrong[stop.name] = tools.findings(seen.page)
        seen.page.evaluate("document.querySelector('main').innerHTML = '<img src=x><i style=\"color: #999\">faint</i>'")
        found = tools.findings(seen.page)
    assert {name: found for name, found in wrong.items() if found} == {}
    assert {each.partition(":")[0] for each in found} >= {"image-alt", "color-contrast"}, "what is wrong is found"


@needs_chromium
@needs_reader
@pytest.mark.timeout(900)
def test_what_a_screen_reader_says_has_names_and_is_said_once(tour: Tour) -> None:
    wrong: dict[str, list[str]] = {}
    with chromium() as browser, watched(browser, PHONE, reduced_motion="reduce", bypass_csp=True) as seen:
        for stop in tour.stops:
            tour.show(seen.page, stop)
            wrong[stop.name] = sorted({*_misheard(tools.spoken(seen.page))})
    assert {name: found for name, found in wrong.items() if found} == {}


ROLES = {"link", "button", "searchbox", "textbox", "combobox", "checkbox", "radio", "image", "dialog", "spinbutton"}
_STATES = ("value", "required", "placeholder", "current", "not checked", "not expanded", "key shortcuts")


def _misheard(said: list[str]) -> Iterator[str]:
    """What has no name, or says one thing twice."""
    assert said[-1] == "end of document", said[-3:]
    for phrase in said:
        role, _, name = phrase.partition(", ")
        if role in ROLES and (not name or name.startswith(_STATES)):
            yield f"heard: {phrase!r} has no name"
        words = name.split(", ")[0].split()
        half = len(words) // 2
        if half > 1 and words[:half] == words[-half:]:
            yield f"heard: {phrase!r} says it twice"
