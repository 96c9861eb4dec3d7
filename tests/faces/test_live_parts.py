"""What open pages are pushed: drawn once for all who see and may do the same, never with what somebody may not see."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import pytest
from sqlalchemy import event

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, QUESTION, STAFF, Office, staffed
from tests.testing import Databases
from tocsin import languages
from tocsin.core.clock import MINUTE, SECOND, VirtualClock
from tocsin.people import directory, sessions
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.web import rows
from tocsin.web.looking import Listener, Looker, News
from tocsin.web.messages import StreamMessage
from tocsin.web.pages.case.page import LiveCase
from tocsin.web.pages.now import look
from tocsin.web.pages.now.asked import NowForm
from tocsin.web.pages.now.live import LiveNow
from tocsin.web.snapshot import Snapshot

SECRETS = {"API is down, and the regulator asks": ["dora"], "API is down, and so is the bank": ["dora", "bo"]}
NOW, WALL = "parts/now.html", "parts/wall.html"
SHOWN = (
    *(LiveNow(NOW, wanted) for wanted in (NowForm(), NowForm(group="team"), NowForm(show="board"))),
    LiveNow(WALL, NowForm()),
    LiveNow(NOW, NowForm(level="senior")),
)


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new(), still=True) as office:
        for subject, names in SECRETS.items():
            case = office.open(OUTAGE, subject=subject)
            office.do("lea", case["id"], "links", kind="parent", case=office.open(OUTAGE)["id"])
            office.do("lea", case["id"], "confidentiality", names=names, reason="a regulator")
        office.do("carl", office.open(OUTAGE)["id"], "acknowledgement")
        asked = office.open(QUESTION)["id"]
        office.do("anna", asked, "escalation", level="executive", reason="the board asks", request=True)
        office.open(QUESTION)
        yield office


def still(office: Office, later: int = 0) -> Installation:
    """The same at one instant."""
    return replace(office.installation, clock=VirtualClock(office.installation.clock.now() + later))


def listener(office: Office, name: str, showing: Any = SHOWN[0], language: str = "en") -> Listener:
    user, token = office.installation.writer.write(partial(_signed_in, name))
    return Listener(token, user, language, showing, 0)


def _signed_in(name: str, tx: Any) -> tuple[int, str]:
    user = directory.load(tx).by_name[name].id
    return user, sessions.begin(tx, user)


def told(looker: Looker, listeners: Iterable[Listener]) -> dict[Listener, News]:
    return dict(looker.look(list(listeners)).news)


def text(news: News) -> str:
    assert isinstance(news, StreamMessage)
    return news.plain.decode()


def seen(office: Office) -> dict[str, set[str]]:
    """Which of the secret cases each person sees, as the API has it."""
    return {name: {case["subject"] for case in office.get(name, "/now")["escalated"]} & set(SECRETS) for name in STAFF}


def test_everybody_is_pushed_what_they_would_be_pushed_alone(office: Office) -> None:
    """Whoever shares a part with others gets neither a case that only these see, nor an act that only these may do."""
    spoken = product(sorted(STAFF), SHOWN, languages.known())
    everybody = {listener(office, name, shown, language): name for name, shown, language in spoken}
    here = still(office)
    alone = {one: text(*told(Looker(here), [replace(one)]).values()) for one in everybody}
    together = {one: text(news) for one, news in told(Looker(here), everybody).items()}
    for one, name in everybody.items():
        assert together[one] == alone[one], (name, one.showing)
    sees = seen(office)
    assert {frozenset(subjects) for subjects in sees.values()} >= {frozenset(), frozenset(SECRETS)}
    for one, name in everybody.items():
        if one.showing != SHOWN[-1]:  # which shows seniors' cases alone
            assert {subject for subject in SECRETS if subject in together[one]} == sees[name], (name, one.showing)


def test_a_part_is_drawn_once_for_all_who_see_and_may_do_the_same(office: Office) -> None:
    """The very same message."""
    here = office.installation
    here.writer.write(lambda tx: directory.add_user(tx, here.mint, here.journal, "cleo", by="test", role="committee"))
    vera, cleo, olga, bo, mia, german = (
        listener(office, name, language=language)
        for name, language in [(name, "en") for name in ("vera", "cleo", "olga", "bo", "mia")] + [("vera", "de")]
    )
    said = told(Looker(still(office)), [vera, cleo, olga, bo, mia, german])
    assert said[vera] is said[cleo]
    told_apart = (vera, olga, bo, mia, german)  # by times to the second, a secret, an act, a language
    assert len({id(said[one]) for one in told_apart}) == len(told_apart)


def test_whoever_may_not_see_a_case_any_more_is_shown_a_page_without_it_at_once(office: Office) -> None:
    subject = "API is down for the ministry"
    case = office.open(OUTAGE, subject=subject)
    looker = Looker(office.installation)
    readers = {name: listener(office, name) for name in ("dora", "bo", "vera")}
    first = told(looker, readers.values())
    assert all(subject in text(news) for news in first.values())
    assert told(looker, readers.values()) == {}
    office.do("lea", case["id"], "confidentiality", names=["dora"], reason="legal")
    second = told(looker, readers.values())
    assert {name: subject in text(second[one]) for name, one in readers.items()} == {
        "dora": True,
        "bo": False,
        "vera": False,
    }
    office.do("lea", case["id"], "notes", text="seen by few")
    assert set(told(looker, readers.values())) == {readers["dora"]}, "nobody else hears that it changed"


def test_the_acts_of_many_are_those_of_each(office: Office) -> None:
    here = still(office)
    with here.database.reading(here.clock.now()) as tx:
        snapshot = Snapshot(here, tx)
        for name in STAFF:
            user = office.installation.people().by_name[name]
            viewer = Viewer(f"user:{name}", user.role, user=user.id)  # type: ignore[arg-type]
            found = look.look(snapshot, viewer, "en", NowForm(), past=False)
            every = [*found.board.escalated, *found.board.unowned, *found.board.owing]
            made = rows.gathered(tx, here, viewer, every, rows.severities(here, tx), "en")
            assert [one.act for one in found.to(viewer, every)] == [made.of(row).act for row in every], name


def test_a_confidential_case_that_asks_something_asks_those_who_are_named_for_it(office: Office) -> None:
    subject = "API is down for the court"
    case = office.open(OUTAGE, subject=subject)["id"]
    office.do("carl", case, "acknowledgement")
    office.do("anna", case, "resolution")
    office.do("lea", case, "confidentiality", names=["anna", "carl", "dora"], reason="legal")
    readers = {name: listener(office, name) for name in STAFF}
    news = told(Looker(still(office)), readers.values())
    said = {name: text(news[one]) for name, one in readers.items()}
    assert {name for name, part in said.items() if subject in part} == {"anna", "carl", "dora", "lea"}
    assert {name for name, part in said.items() if "Confirm…" in part} == {"carl", "dora", "lea"}
    test_the_acts_of_many_are_those_of_each(office)


class Broken(NamedTuple):
    """A page that cannot be drawn."""

    def noticed(self, seen: Snapshot, reader: Any) -> int:
        return 1

    def sight(self, seen: Snapshot, reader: Any, language: str) -> int:
        return 1

    def draw(self, seen: Snapshot, reader: Any, language: str) -> str:
        raise ValueError("no such thing")


def test_a_page_that_cannot_be_drawn_takes_none_of_the_others_with_it(office: Office) -> None:
    broken, anna, bo = listener(office, "carl", Broken()), listener(office, "anna"), listener(office, "bo")
    said = told(Looker(still(office)), [anna, broken, bo])
    assert said[broken] == "lost"
    assert "API is down" in text(said[anna])
    assert "API is down" in text(said[bo])


def test_each_role_is_shown_its_own_way_to_the_first_case(databases: Databases) -> None:
    with staffed(databases.new(), still=True) as office:
        readers = {name: listener(office, name) for name in ("admin", "otto", "lea")}
        said = told(Looker(still(office)), readers.values())
        shown = {
            name: re.findall('href="(/start|/settings/sources)"', text(said[one])) for name, one in readers.items()
        }
    assert shown == {"admin": ["/start", "/settings/sources"], "otto": ["/settings/sources"], "lea": []}


def test_how_much_is_asked_of_the_database_does_not_grow_with_the_pages_that_are_open(office: Office) -> None:
    def asked(amount: int) -> int:
        readers = [listener(office, "anna", LiveNow(NOW, NowForm())) for _ in range(amount)]
        case = office.get("anna", "/now")["escalated"][0]["number"]
        readers += [listener(office, "anna", LiveCase(case)) for _ in range(amount)]
        looker, statements = Looker(still(office)), []
        count = lambda *args: statements.append(args[2])  # noqa: E731
        event.listen(office.installation.database.reader, "before_cursor_execute", count)
        try:
            looker.look(readers)
        finally:
            event.remove(office.installation.database.reader, "before_cursor_execute", count)
        return len(statements)

    assert asked(12) == asked(1)


def test_a_page_that_nothing_changes_is_drawn_anew_after_a_minute(office: Office) -> None:
    one = listener(office, "anna")
    looker = Looker(still(office))
    assert set(told(looker, [one])) == {one}
    looker.here = still(office, 59 * SECOND)
    assert told(looker, [one]) == {}
    looker.here = still(office, 2 * MINUTE)
    assert set(told(looker, [one])) == {one}


def test_everybody_is_told_how_much_waits_for_them_once_it_is_another_amount(office: Office) -> None:
    looker = Looker(office.installation)
    dora, again, vera = listener(office, "dora"), listener(office, "dora", SHOWN[3]), listener(office, "vera")

    def counted() -> dict[Listener, dict[str, int]]:
        found = dict(looker.look([dora, again, vera]).counts)
        return {one: json.loads(text(said).partition("data: ")[2]) for one, said in found.items()}

    before = counted()
    assert before[dora] == before[again] == {**before[dora], "mine": 0}
    assert before[dora].keys() == {"now", "mine", "triage"}
    assert counted() == {}
    case = office.open(OUTAGE)
    assert counted() == {one: amounts | {"now": amounts["now"] + 1} for one, amounts in before.items()}
    office.do("lea", case["id"], "confidentiality", names=["dora"], reason="legal")
    assert counted() == {vera: before[vera]}, "of a secret case only those hear who see it"
    browser = Browser(office.url)
    give_passwords(office.installation, "vera")
    browser.sign_in("vera")
    assert browser.get("/parts/counts").json() == before[vera]
