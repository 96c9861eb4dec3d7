"""What pages read does not grow with the number of cases: no statement of SQLite takes more steps of its machine than
the rows that are shown ask for. No clock sways that, nor a busy machine."""

import re
from collections.abc import Iterator
from functools import wraps
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords, signed
from tests.faces.office import CALM, Office, staffed
from tests.testing import Databases
from tocsin.cases.queries import board, counting, lasting, listing
from tocsin.cli.bench import filling
from tocsin.storage.transaction import Tx

OPEN, CLOSED = 2000, 2000  # to look at all of either takes twice as many steps as MOST, or more
MOST, MANY = 9000, 120_000  # steps of one statement; of one that reads by ids what is shown
TICK = 500  # steps
_NEEDS = [
    "needs=unowned&sort=unanswered",
    "needs=escalated&sort=unanswered",
    "needs=triage",
    "needs=breached&sort=unanswered",
    "needs=breached&sort=urgency",
]
_LISTS = [
    *(f"{state}sort={sort}" for state in ("", "state=open&") for sort in listing.SORTS),
    *_NEEDS,
    "state=open&owner=me&sort=due",
]
_SHARED = [
    *(f"/cases?needs={need}&sort={sort}" for need in ("now", "breached") for sort in ("unanswered", "urgency")),
    "/cases?needs=breached&sort=due",
]
# Cases are not compared meanwhile: what a loop reads is no page's.
ALONE = re.sub(r"same_problem: .*\n", "", CALM)
PAGES = ["/", "/?team=support", "/?level=executive", "/mine", *(f"/cases?{asked}" for asked in _LISTS)]


@pytest.fixture(params=[(OPEN, CLOSED)])
def office(request: pytest.FixtureRequest, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(filling, "CUSTOMERS", 60)
    monkeypatch.setattr(lasting, "LARGE", 100)
    monkeypatch.setattr(lasting, "LOOKED", 100)
    monkeypatch.setattr(counting, "MOST", 120)
    with staffed(Databases("sqlite", tmp_path).new(), policy=ALONE) as office:
        give_passwords(office.installation, "lea")
        filling.fill(office.installation, *request.param)
        yield office


@pytest.mark.long
def test_no_statement_of_a_page_looks_at_all_cases(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert slow(office, PAGES, monkeypatch) == {}


@pytest.mark.long
@pytest.mark.parametrize("office", [(40, 6000)], indirect=True)
def test_what_needs_somebody_is_not_looked_for_among_what_is_over(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert slow(office, _SHARED, monkeypatch) == {}


@pytest.mark.long
def test_a_quiet_board_does_not_look_at_all_cases_for_what_comes_next(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if none of them needed anybody, which is when Now says what is due next, and what became of the day."""
    real = board.look

    def quiet(*given: Any, **named: Any) -> Any:
        found = real(*given, **named)
        return found._replace(counts=found.counts | {"now": 0}, escalated=[], unowned=[], owing=[])

    monkeypatch.setattr(board, "look", quiet)
    assert "First to fall due" in signed(office.url, "lea").get("/").text
    assert slow(office, ["/"], monkeypatch) == {}


def slow(office: Office, pages: list[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The statements of these pages that take too many steps, by page."""
    browser, seen, found = Browser(office.url), list[str](), dict[str, list[str]]()
    assert browser.sign_in("lea").status_code == 303
    for path in PAGES[:2]:
        browser.get(path)  # large groups are remembered from now on
    for name in ("rows", "row"):
        monkeypatch.setattr(Tx, name, watched(getattr(Tx, name), seen))
    for path in pages:
        assert browser.get(path).status_code == 200, path
        found[path] = seen.copy()
        seen.clear()
    browser.http.close()
    return {path: statements for path, statements in found.items() if statements}


def watched(reading: Any, seen: list[str]) -> Any:
    """The same, which tells of each statement that takes too many steps; but for those that read what is shown by its
    ids."""

    @wraps(reading)
    def read(self: Tx, statement: str, parameters: Any = ()) -> Any:
        driver: Any = self.connection.connection.dbapi_connection
        ticks = list[None]()
        driver.set_progress_handler(lambda: ticks.append(None), TICK)
        try:
            return reading(self, statement, parameters)
        finally:
            driver.set_progress_handler(None, 0)
            if len(ticks) * TICK > (MANY if " IN (?" in statement else MOST):
                seen.append(statement)

    return read
