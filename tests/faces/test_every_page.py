"""Every page in every state on a phone, in a language whose words are longer by two fifths: nothing is wider than the
screen, words stay whole and are no keys of programs, and the console is silent. What else pages are held against:
`test_accessibility.py`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import pseudo
from tests.faces.browser import Watched, chromium, needs_chromium, watched
from tests.faces.keys import keys
from tests.faces.tour import Stop, Tour, toured, unseen
from tests.testing import Databases

WORDS = (Path(__file__).parent / "words.js").read_text()
SMALL = {"width": 360, "height": 780}


@needs_chromium
@pytest.mark.long
@pytest.mark.timeout(900)
def test_longer_words_fit_a_phone_and_stay_whole(tmp_path: Path) -> None:
    with (
        pseudo.spoken(tmp_path, pseudo.stretched),
        toured(Databases("sqlite", tmp_path), pseudo.PSEUDO) as tour,
        chromium() as browser,
        watched(browser, SMALL, reduced_motion="reduce") as seen,
    ):
        seen.without_worker()
        wrong = {stop.name: sorted({*_wrong(tour, stop, seen)}) for stop in tour.stops}
        seen.page.evaluate(BAD)
        found = seen.page.evaluate(WORDS)
    assert unseen(tour) == [], "every page has a stop"
    raw = {stop.name: {*keys(stop.text)} - {"tickets.csv"} for stop in tour.stops if not stop.path.startswith("/api")}
    assert {name: found for name, found in raw.items() if found} == {}, "people read no keys of programs"
    assert {name: found for name, found in wrong.items() if found} == {}
    assert [each.partition(",")[0] for each in found] == ["Broken is broken", "Hidden is cut"], "what is wrong is found"


def test_keys_of_programs_are_found_among_words() -> None:
    said = "<body><p>The role account_owner waits 5bd for cases.lower, at 10.30 and e.g. by a@example.com.</p>"
    assert keys(f"{said}<code>a_b</code><p dir='auto'>of_others, cases.raise</p><input name='a_b'>") == sorted(
        ["account_owner", "5bd", "cases.lower", "cases.raise"]
    )


BAD = """() => {
  const put = (text, style) => {
    const one = document.createElement("p");
    one.textContent = text;
    one.style.cssText = style;
    return one;
  };
  const broken = put("Broken", "width: 3ch; overflow-wrap: anywhere");
  document.body.replaceChildren(broken, put("Hidden", "width: 3ch; overflow: hidden; overflow-wrap: normal"));
}"""


def _wrong(tour: Tour, stop: Stop, seen: Watched) -> Iterator[str]:
    tour.show(seen.page, stop)
    if seen.overflows():
        yield "it is wider than the screen"
    yield from seen.page.evaluate(WORDS)
    yield from (said for said in seen.complaints if "Failed to load resource" not in said)
    seen.complaints.clear()
