"""Every page in every state, held against what we promise of pages: it fits every width, it can be read in light and
dark, keys reach all of it, and its console is silent. What others say of pages: `test_accessibility.py`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces.browser import DESKTOP, PHONE, Watched, chromium, needs_chromium, watched
from tests.faces.tour import Stop, Tour, toured
from tests.testing import Databases

pytestmark = needs_chromium

CONTRAST = (Path(__file__).parent / "contrast.js").read_text()
REACH = (Path(__file__).parent / "reach.js").read_text()
WIDTHS = (320, 360, 768, 1024, 1920)


@pytest.mark.long
def test_every_page_fits_and_can_be_read_and_reached(tmp_path: Path) -> None:
    with (
        toured(Databases("sqlite", tmp_path)) as tour,
        chromium() as browser,
        watched(browser, reduced_motion="reduce") as seen,
    ):
        wrong = {stop.name: sorted({*_wrong(tour, stop, seen)}) for stop in tour.stops}
    assert {name: found for name, found in wrong.items() if found} == {}


def _wrong(tour: Tour, stop: Stop, seen: Watched) -> Iterator[str]:
    page = seen.page
    tour.show(page, stop)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if seen.overflows():
            yield f"it is wider than {width}"
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        reached = page.evaluate(REACH)
        assert reached["count"], "nothing was reached"
        yield from (f"{size['width']}: {fault}" for fault in reached["wrong"])
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for text in page.evaluate(CONTRAST):
            if text["ratio"] < text["least"]:
                yield f"{scheme}: {text['where']} {text['text']!r} has {text['ratio']:.2f} of {text['least']}"
    yield from (said for said in seen.complaints if "Failed to load resource" not in said)
    seen.complaints.clear()
