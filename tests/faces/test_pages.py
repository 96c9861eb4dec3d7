"""What stands on the pages, without a browser: tickets and customers, figures, forms that were refused."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, QUESTION, STAFF, Office, staffed
from tests.testing import Databases
from tocsin.cases.paths import hours
from tocsin.cases.queries import board
from tocsin.core import ids, instants
from tocsin.ledger import erasing
from tocsin.web import words
from tocsin.web.pages import now
from tocsin.web.pages.case import telling


@pytest.fixture
def office(tmp_path: Any) -> Iterator[Office]:
    with staffed(Databases("sqlite", tmp_path).new()) as office:
        give_passwords(office.installation, "carl", "bo", "lea")
        yield office


def signed_in(office: Office, name: str = "carl") -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    return browser


def text(office: Office, path: str, name: str = "carl") -> str:
    answer = signed_in(office, name).get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def read(office: Office, path: str, name: str = "carl") -> str:
    """A page's words, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text(office, path, name)).split())


def test_lists_show_the_number_of_the_ticket_and_the_customer(office: Office) -> None:
    office.open(OUTAGE, external_id="T-4711")
    office.open(OUTAGE, external_id=None)
    for path in ("/", "/cases", "/parts/cases"):
        page = text(office, path)
        assert '<span class="number">T-4711</span> <bdi>API is down</bdi>' in page, path
        assert '<span class="number">#2</span> <bdi>API is down</bdi>' in page, path
        assert '<span class="customer"><bdi>Acme</bdi></span> · <bdi>api</bdi> · #1' in page, path


def test_a_history_is_read_in_the_language_that_a_browser_asks_for(office: Office) -> None:
    case = office.open(OUTAGE)
    office.do("bo", case["id"], "notes", text="they called")
    for language, says in (("en", "note: they called"), ("de-AT, de", "Notiz: they called")):
        page = str(signed_in(office).get(f"/cases/{case['number']}", **{"accept-language": language}).text)
        assert f'<ol class="timeline" reversed lang="{language[:2]}">' in page
        assert says in page


def test_a_ticket_is_found_by_its_number(office: Office) -> None:
    office.open(OUTAGE, external_id="T-4711")
    office.open(OUTAGE, external_id="T-4712", subject="Another one")
    page = text(office, "/cases?q=T-4711")
    assert "T-4711" in page.partition("rows")[2]
    assert "Another one" not in page


def test_the_others_are_all_the_rest_by_urgency(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(now, "SHOWN", 1)
    monkeypatch.setattr(board, "MOST_SORTED", 2)
    for name in ("one", "two", "three"):
        office.open(OUTAGE, external_id=name)
    office.open(QUESTION, external_id="calm")
    office.do("lea", "2", "escalation", level="executive", reason="the press asks")
    page = text(office, "/")
    assert 'href="/cases?only=escalated&amp;sort=urgency"' in page
    assert "of more than 2, the newest that somebody has are not looked at" in page
    rest = text(office, "/cases?only=escalated&sort=urgency")
    assert sorted(("one", "two", "three"), key=lambda name: rest.index(f">{name}<")) == ["two", "three", "one"]
    assert "calm" not in rest


def test_a_list_of_cases_is_live(office: Office) -> None:
    office.open(OUTAGE)
    page = text(office, "/cases?state=open&q=API")
    assert 'hx-get="/parts/cases?state=open&amp;sort=newest&amp;q=API"' in page
    assert 'hx-sse:connect="/events"' in page
    assert "data-now=" in page


def test_a_new_installation_says_how_a_first_ticket_comes_in(office: Office) -> None:
    for path in ("/", "/cases"):
        page = text(office, path)
        for way in ("tocsin case open", "/api/v1/cases", "tocsin import"):
            assert way in page, (path, way)
    office.open(QUESTION)
    assert "No case is like that." in text(office, "/cases?state=closed")


LONG = "The first line.\n\n  indented\n" + "and so it goes on. " * 100 + "The last word."


def test_a_case_shows_what_the_customer_wrote(office: Office) -> None:
    case = office.open(
        OUTAGE | {"body": "502 <b>since</b>\n\n  nine."}, external_id="T-4711", source="desk", tags=["press"]
    )
    page = text(office, f"/cases/{case['number']}")
    assert '<h1 dir="auto"><span class="number">T-4711</span> <bdi>API is down</bdi></h1>' in page
    assert "<bdi>desk T-4711</bdi> · case #1" in page
    assert '<p class="text" dir="auto">502 &lt;b&gt;since&lt;/b&gt;\n\n  nine.</p>' in page
    assert "5,000 users affected" in page
    assert '<span class="badge tag"><bdi>press</bdi></span>' in page
    assert "<title>T-4711 · Tocsin</title>" in page


def test_a_long_text_is_folded_and_whole(office: Office) -> None:
    case = office.open(OUTAGE | {"body": LONG})
    page = text(office, f"/cases/{case['number']}")
    shown, _, rest = page.partition('<details class="text">')
    assert "The first line.\n\n  indented" in shown
    assert "The last word." not in shown
    assert "The last word." in rest
    assert "".join("".join(telling.folded(LONG)).split()) == "".join(LONG.split())


def test_a_text_that_was_erased_is_on_no_page(office: Office) -> None:
    case = office.open(OUTAGE | {"body": "my name is Ada"}, tags=["ada"])
    number, here = ids.from_text(case["id"]), office.installation
    erase = partial(erasing.erase, journal=here.desk.journal, chain=number, by="user:lea", reason="asked")
    here.writer.write(lambda tx: erase(tx, seqs=[1, 2, 3, 4]), cases=[number])
    page = text(office, f"/cases/{case['number']}")
    assert "The text was erased." in page
    assert "Ada" not in page
    assert "ada" not in page.partition('id="ticket-title"')[2]


def test_a_missed_target_says_by_how_much_and_a_page_when_it_was_answered(office: Office) -> None:
    case = office.open(OUTAGE)
    paged = office.get("lea", f"/cases/{case['id']}")["pages"][0]["user"]  # who is on call this week
    office.do(paged, case["id"], "acknowledgement")
    page = text(office, f"/cases/{case['number']}")
    [answer] = [page for page in office.get("lea", f"/cases/{case['id']}")["pages"] if page["acknowledged_at"]][-1:]
    said = words.utc_time(instants.from_text(answer["acknowledged_at"]))
    assert re.search(rf'class="outcome">acknowledged\s+<time [^>]*title="{said}"', page)
    assert page.count('<span class="outcome">acknowledged') == 1


def test_a_case_that_is_over_counts_no_further(office: Office) -> None:
    case = office.open(QUESTION)
    assert re.search(r"open\s+<time", text(office, f"/cases/{case['number']}"))
    office.do("lea", case["id"], "resolution")
    said = read(office, f"/cases/{case['number']}")
    assert re.search(r"was open \d+ s, resolved \d+ \w+ \d\d:\d\d:\d\d E[SD]T", said)
    assert not re.search(r"open\s+<time", text(office, f"/cases/{case['number']}"))


def test_a_form_offers_the_levels_alone_that_its_viewer_may_set(office: Office) -> None:
    case = office.open(OUTAGE)
    office.do("lea", case["id"], "escalation", level="executive", reason="the board asks")
    offered = {name: levels(office, case, name) for name in ("bo", "lea")}
    assert offered == {"bo": ["", "executive"], "lea": ["", "standard", "senior", "executive"]}


def levels(office: Office, case: dict[str, Any], name: str) -> list[str]:
    form = text(office, f"/cases/{case['number']}", name).partition('id="act-override"')[2].partition("</details>")[0]
    return re.findall(r'<option value="([^"]*)"', form.partition('name="level"')[2].partition("</select>")[0])


def test_a_form_that_was_refused_keeps_what_was_typed_and_says_why(office: Office) -> None:
    case = office.open(QUESTION)
    browser = signed_in(office)
    browser.get(f"/cases/{case['number']}")
    answer = browser.post(f"/cases/{case['number']}/link", kind="parent", case="T-none", reason="the <same>")
    assert answer.status_code == 404
    form = answer.text.partition('id="act-link"')[2].partition("</details>")[0]
    assert form.startswith(" open hx-morph-skip>")
    assert "There is no case T-none; expected the number of a case, as in" in form
    assert "its id, or its ticket&#39;s own number" in form
    assert 'value="T-none"' in form
    assert '<option value="parent" selected>' in form
    assert "the &lt;same&gt;</textarea>" in form
    assert "hx-morph-skip" not in answer.text.partition('id="act-note"')[2].partition("</details>")[0]


@pytest.mark.parametrize("typed", ["#2", "2", "T-2"])
def test_a_case_is_linked_by_its_number_or_its_ticket(office: Office, typed: str) -> None:
    case, other = office.open(QUESTION), office.open(QUESTION, external_id="T-2")
    browser = signed_in(office)
    browser.get(f"/cases/{case['number']}")
    answer = browser.post(f"/cases/{case['number']}/link", kind="parent", case=typed)
    assert answer.status_code == 303, answer.text
    assert office.get("carl", f"/cases/{case['id']}")["parent"] == other["number"]


def test_a_number_of_two_cases_is_not_guessed(office: Office) -> None:
    case = office.open(QUESTION)
    office.open(QUESTION)
    office.open(QUESTION, external_id="2")
    browser = signed_in(office)
    browser.get(f"/cases/{case['number']}")
    assert browser.post(f"/cases/{case['number']}/link", kind="parent", case="2").status_code == 422
    assert browser.post(f"/cases/{case['number']}/link", kind="parent", case="#2").status_code == 303


def test_a_confidential_case_is_no_end_of_a_link(office: Office) -> None:
    case, other = office.open(QUESTION), office.open(QUESTION, external_id="T-2")
    office.do("lea", other["id"], "assignment", owner="lea")
    office.do("lea", other["id"], "confidentiality", names=["lea"], reason="legal")
    browser = signed_in(office, "bo")
    browser.get(f"/cases/{case['number']}")
    assert browser.post(f"/cases/{case['number']}/link", kind="related", case="T-2").status_code == 404
    assert "T-2" not in text(office, "/cases", "bo")


def test_figures_are_for_people(office: Office) -> None:
    account = {"external_id": "big", "name": "Big", "segment": "strategic", "arr": 1_900_000}
    case = office.open(OUTAGE, account=account, users_affected=1234)
    page = text(office, f"/cases/{case['number']}", "lea")
    assert "<dd>1,900,000</dd>" in page
    assert "case.users_affected is 1,234" in page
    assert not re.search(r"(?<![\d.:])\d+\.\d\d+(?!\.)", re.sub(r"<svg.*?</svg>|<[^>]*>", "", page))
    assert not re.search(r'class="name">[^<]*_', page)


def test_an_address_that_leads_nowhere_is_a_page_in_a_browser_and_a_problem_elsewhere(office: Office) -> None:
    browser = Browser(office.url)
    page = browser.get("/nope", accept="text/html,*/*;q=0.8")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Not found" in page.text
    for path, accept in (("/nope", "*/*"), ("/api/v1/nope", "text/html")):
        answer = browser.get(path, accept=accept)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_path_that_waits_for_working_hours_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case = office.open(OUTAGE)
    monkeypatch.setattr(hours, "opens_at", lambda policies, state, now: instants.from_text("2027-01-04T08:00:00Z"))
    for path in ("/", f"/cases/{case['number']}"):
        assert "waits for working hours, until 4 Jan 03:00:00 EST" in read(office, path)


def unreachable(office: Office) -> None:
    for name in STAFF:
        for place in office.get("robot", f"/users/{name}/destinations")["destinations"]:
            assert office.clients["robot"].delete(f"/users/{name}/destinations/{place['id']}").is_success


def test_where_nobody_can_be_reached_nobody_is_said_to_have_been_asked(office: Office) -> None:
    unreachable(office)
    office.open()
    for path in ("/", "/cases/1"):
        page = read(office, path)
        assert "nobody was paged: the path reached nobody ; tocsin user reach NAME adds a destination" in page
        assert "nobody answered" not in page


def test_where_a_path_ends_without_an_answer_it_is_said_who_was_asked(office: Office) -> None:
    office.open()
    ended = re.compile(r"everybody on the path was paged, and nobody answered : \w+")

    def shown(path: str) -> str:
        office.installation.writer.write(
            lambda tx: tx.run("UPDATE escalations SET state = 'exhausted', next_at = NULL")
        )
        return read(office, path)

    for path in ("/", "/cases/1"):
        # The auditor watches here as everywhere, and may put such a row right before the page is read: then once more.
        assert any(ended.search(shown(path)) for _ in range(5)), path


def test_reasons_why_not_stand_once_and_the_watch_for_silence_stands_aside(office: Office) -> None:
    office.open(QUESTION)
    office.do("carl", "1", "notes", text="Looking.")
    office.do("carl", "1", "resolution", note="Answered.")
    page = read(office, "/cases/1")
    assert page.count("the case is resolved already") == 1
    assert "note: Looking." in page
    assert "clocks.restarted" in office.kinds("1")
    assert "restarted" not in page
    assert re.search(r"\d more events?", page)
    assert "restarted: owner activity" in read(office, "/cases/1?all=1")


def test_imported_history_says_so_and_stands_in_no_count(office: Office) -> None:
    rows = [
        {"line": 2, "ticket": OUTAGE | {"external_id": "O-1"}},
        {"line": 3, "ticket": OUTAGE | {"external_id": "O-2"}, "state": "closed", "closed_at": "2024-03-12T09:41:00Z"},
    ]
    office.post("robot", "/imports", {"name": "old", "rows": rows})
    for label in ("need somebody", "unanswered", "target missed", "owned by nobody", "in triage", "open"):
        assert f"0 {label}" in read(office, "/"), label
    page = read(office, "/cases/O-1", "lea")
    assert "Imported history: no clock runs and nobody is notified." in page
    assert "None runs." in page
    assert "closed 2024-03-12" in read(office, "/cases/O-2", "lea")
    assert "was open" not in read(office, "/cases/O-2", "lea")
    assert "open, imported" in read(office, "/cases?only=imported")
    assert "No case is like that." in read(office, "/cases?only=somebody")
    office.do("lea", "O-1", "assignment", owner="bo")
    assert "1 need somebody" in read(office, "/")
    assert "Imported history" not in read(office, "/cases/O-1", "lea")


def test_a_page_names_the_other_case_that_its_address_could_mean(office: Office) -> None:
    office.open(OUTAGE, external_id="T-1")
    office.open(QUESTION, external_id="1")
    assert "#2 has a ticket of this number." in read(office, "/cases/1")
    assert "of this number" not in read(office, "/cases/T-1")
