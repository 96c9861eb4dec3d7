"""How much travels for a page: a first page with everything in it, and the page at night."""

import gzip
import re
from pathlib import Path

import httpx2

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, staffed
from tests.testing import Databases
from tocsin.notify.links import LIFE, Claim
from tocsin.web import assets

FIRST, NIGHT = 50_000, 25_000  # bytes


def travels(http: httpx2.Client, page: str) -> int:
    """The page, compressed, and the files that it names, as they are sent."""
    files = {path.replace("..", "") for path in re.findall(r'(?:href|src)="((?:\.\.)?/static/[^"#]*)', page)}
    sent = 0
    for path in files:
        with http.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
            assert answer.status_code == 200, path
            sent += sum(map(len, answer.iter_raw()))
    return len(gzip.compress(page.encode())) + sent


def test_pages_travel_light(tmp_path: Path) -> None:
    with staffed(Databases("sqlite", tmp_path).new()) as office:
        give_passwords(office.installation, "carl")
        for number in range(5):
            office.open(OUTAGE, external_id=f"T-{number}")
        browser = Browser(office.url)
        browser.sign_in("carl")
        for path in ("/", "/cases/1", "/cases"):
            assert travels(browser.http, browser.get(path).text) < FIRST, path
        with office.installation.database.reading() as tx:
            [(page, user), *_] = tx.rows("SELECT id, user_id FROM notifications WHERE kind = 'page' ORDER BY id")
        here = office.installation
        token = here.entrance.links.token(Claim(page, user, here.clock.now() + LIFE))
        night = browser.http.get(f"/acknowledge/{token}")
        assert night.status_code == 200
        assert travels(browser.http, night.text) < NIGHT


def test_a_script_travels_without_its_comments() -> None:
    assert assets.bare("// why\nif (a) {\n  go(); // now\n\n}\n") == "if (a) {\ngo(); // now\n}\n"
    for path in (Path(assets.__file__).parent / "static" / "js").glob("*.js"):
        assert all(line.count("`") % 2 == 0 for line in path.read_text().splitlines()), f"{path}: a text of two lines"
