"""Cases as a table: views, filters and orders in the address, many at once with a preview and one undo, CSV; and the
search."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases
from tocsin.core import canonical


@pytest.fixture
def office(tmp_path: Any) -> Iterator[Office]:
    with staffed(Databases("sqlite", tmp_path).new()) as office:
        give_passwords(office.installation, "bo", "lea", "vera")
        yield office


def browser(office: Office, name: str = "lea") -> Browser:
    found = Browser(office.url)
    assert found.sign_in(name).status_code == 303
    return found


def text(office: Office, path: str, name: str = "lea") -> str:
    answer = browser(office, name).get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def subjects(page: str) -> list[str]:
    return re.findall(r'<td class="t-case"><a href="[^"]*"><span class="no">[^<]*</span> <bdi>(.*?)</bdi>', page)


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0]).split())


def furnished(office: Office) -> None:
    office.open(OUTAGE, external_id="T-1")
    office.open(
        QUESTION,
        subject="How do we rename a report?",
        external_id="T-2",
        account={"name": "Beta", "external_id": "beta"},
    )
    office.open(QUESTION, subject="It is solved", external_id="T-3")
    office.do("lea", "3", "resolution", note="Answered.")


def test_without_a_wish_the_open_ones_stand_there_with_the_most_urgent_first(office: Office) -> None:
    furnished(office)
    page = text(office, "/cases")
    assert subjects(page) == ["API is down", "How do we rename a report?"]
    tab = '<a href="/cases?state=open&amp;sort=unanswered" data-key="1" aria-current="page"><bdi>All open</bdi>'
    assert f'{tab} <span class="num" id="amount-1">2</span>' in page
    assert subjects(text(office, "/cases?sort=oldest")) == ["API is down", "How do we rename a report?", "It is solved"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=resolved", ["It is solved"]),
        ("level=senior", ["API is down"]),
        ("account=beta", ["How do we rename a report?"]),
        ("needs=unanswered", ["API is down"]),
        ("q=rename+rep", ["How do we rename a report?"]),
        ("q=T-1", ["API is down"]),
        ("external_id=T-3", ["It is solved"]),
        ("state=closed", []),
    ],
)
def test_the_address_says_which(office: Office, asked: str, found: list[str]) -> None:
    furnished(office)
    page = text(office, f"/cases?{asked}&sort=oldest")
    assert subjects(page) == found
    assert found or "No case is like that." in page


def test_what_narrows_the_list_can_be_taken_away(office: Office) -> None:
    furnished(office)
    page = text(office, "/cases?level=senior&state=open&sort=urgency")
    chips = re.findall(r'<a class="btn chip" href="([^"]*)">(.*?)<bdi>.*?aria-label="([^"]*)"', page)
    assert chips == [
        ("/cases?level=senior&amp;sort=urgency", "State ", "leave out"),
        ("/cases?state=open&amp;sort=urgency", "Level ", "leave out"),
    ]
    assert "Needs <bdi>work on a missed target</bdi>" in text(office, "/cases?needs=breached&sort=urgency")


def test_what_there_is_not_is_said_and_no_empty_list(office: Office) -> None:
    furnished(office)
    assert "There is no team &#39;none&#39;" in text(office, "/cases?team=none")
    answer = browser(office).get("/cases?colour=red")
    assert answer.status_code == 422
    assert "This field is not known" in answer.text
    answer = browser(office).get("/cases?state=ajar")
    assert "&#39;ajar&#39; is not one of the choices; expected one of open, resolved, closed, merged" in answer.text
    assert '<nav class="side"' in answer.text


def test_a_long_list_goes_on(office: Office) -> None:
    for number in range(52):
        office.open(QUESTION, subject=f"Question {number}")
    page = text(office, "/cases?sort=oldest")
    assert len(subjects(page)) == 50
    further = re.search(r'<a class="btn" href="([^"]*)" rel="next">', page)
    assert further is not None
    second = text(office, further[1].replace("&amp;", "&"))
    assert subjects(second) == ["Question 50", "Question 51"]
    assert 'href="/cases?sort=oldest"' in second, "the way back to the beginning"
    again = re.search(r'hx-get="([^"]*)"', second)
    assert again is not None
    assert subjects(text(office, again[1].replace("&amp;", "&"))) == ["Question 50", "Question 51"], (
        "live, it stays itself"
    )


def test_a_list_is_exported_as_it_is_narrowed(office: Office) -> None:
    furnished(office)
    page = text(office, "/cases?state=open&sort=oldest")
    address = re.search(r'href="(/cases\.csv\?[^"]*)"', page)
    assert address is not None
    answer = browser(office).get(address[1].replace("&amp;", "&"))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert [row["external_id"] for row in csv.DictReader(io.StringIO(answer.text))] == ["T-1", "T-2"]


def test_who_may_own_a_case_is_offered_and_who_leads_another_s_case_is_named(office: Office) -> None:
    case = office.open(OUTAGE)["id"]
    office.do("carl", case, "acknowledgement")
    office.do("lea", case, "assignment", owner="anna")
    page = text(office, "/cases")
    offered = re.search(r'<select name="owner".*?</select>', page, re.S)
    assert offered is not None
    assert re.findall(r'<option value="(\w+)"', offered[0]) == [
        "me",
        "admin",
        "anna",
        "bo",
        "carl",
        "dora",
        "lea",
        "mia",
        "olga",
    ]
    owner = re.search(r'<td class="t-own">(.*?)</td>', page, re.S)
    assert owner is not None
    assert "anna" in owner[1]
    assert re.search(r'aria-label="technical lead".*carl', owner[1])


def test_a_list_is_live_as_it_is_narrowed(office: Office) -> None:
    furnished(office)
    assert 'hx-get="/parts/cases?state=open&amp;sort=unanswered"' in text(office, "/cases")
    assert 'hx-sse:connect="/events?since=' in text(office, "/cases")
    assert subjects(text(office, "/parts/cases?state=resolved&sort=urgency")) == ["It is solved"]


def test_a_list_is_saved_under_a_name_shared_and_ended(office: Office) -> None:
    furnished(office)
    lea = browser(office)
    page = lea.get("/cases?level=senior&sort=due").text
    assert 'popovertarget="save-view"' in page
    answer = lea.post("/views", page="cases", filter="level=senior&sort=due", name="Seniors", shared="everybody")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases?level=senior&sort=due")
    saved = lea.get("/cases?level=senior&sort=due").text
    assert 'aria-current="page"><bdi>Seniors</bdi> <span class="num" id="amount-8">1</span>' in saved
    assert "<bdi>Seniors</bdi>" in text(office, "/cases", "bo")
    assert "Delete this view" not in text(office, "/cases?level=senior&sort=due", "bo")
    [view] = office.get("lea", "/views")["views"]
    address = f"/views/{view['id']}"
    assert f'href="{address}"' in saved
    assert browser_post(office, "vera", f"{address}/delete") == 403
    asked = lea.get(address).text
    assert "everybody sees it" in asked
    version = shown_version(asked)
    assert lea.post(f"{address}/delete", version=version).headers["location"] == "/cases"
    assert "<bdi>Seniors</bdi>" not in lea.get("/cases").text


def shown_version(page: str) -> str:
    return str(re.findall(r'name="version" value="(\d+)"', page)[0])


def test_who_changes_a_view_that_changed_meanwhile_is_told_and_both_texts_are_shown(office: Office) -> None:
    lea, again = browser(office), browser(office)
    lea.get("/cases")
    lea.post("/views", page="cases", filter="level=senior", name="Seniors", shared="everybody")
    [view] = office.get("lea", "/views")["views"]
    address = f"/views/{view['id']}"
    version = shown_version(lea.get(address).text)
    again.get(address)
    assert again.post(address, name="Ours", shared="everybody", version=version).status_code == 303
    late = lea.post(address, name="Mine", shared="everybody", version=version)
    assert late.status_code == 412
    assert all(text in late.text for text in ("Ours", "Mine", "yours, kept"))
    instead = lea.post(address, filter="state=closed&owner=lea&q=disk&sort=due", version=version)
    assert instead.status_code == 412
    assert "State: closed, Owner: lea, Find: disk, Order: next target first" in words(instead.text)
    assert "Level: senior, Order: newest first" in words(instead.text)
    private = lea.post(address, name="Ours", version=version)
    assert "For whom there now everybody yours, kept me alone" in words(private.text)
    deleted = lea.post(f"{address}/delete", version=version)
    assert deleted.status_code == 412
    assert "lea has changed this meanwhile. Nothing was done; look at what it is now." in deleted.text
    assert "kept below" not in deleted.text
    [now] = office.get("lea", "/views")["views"]
    assert (now["name"], now["filter"]) == ("Ours", {"level": "senior"})


def test_a_view_that_is_refused_stands_as_it_was_typed(office: Office) -> None:
    lea = browser(office)
    lea.get("/cases")
    saved: dict[str, Any] = {"page": "cases", "filter": "level=senior", "name": "Seniors"}
    assert lea.post("/views", **saved).status_code == 303
    again = lea.post("/views", **saved)
    assert again.status_code == 409
    assert 'name="name" value="Seniors"' in again.text
    assert 'name="filter" value="level=senior"' in again.text
    assert "There is a view &#39;Seniors&#39; already" in again.text


def browser_post(office: Office, name: str, path: str) -> int:
    other = browser(office, name)
    other.get("/cases")
    return int(other.post(path).status_code)


def test_a_view_that_asks_for_nonsense_is_not_saved(office: Office) -> None:
    lea = browser(office)
    lea.get("/cases")
    answer = lea.post("/views", page="cases", filter="team=none", name="Nothing")
    assert answer.status_code == 422
    assert "Nothing" not in lea.get("/cases").text


def chosen(form: Browser, path: str, cases: list[str], **fields: str) -> Any:
    pairs = [("form_token", form.form_token), *fields.items(), *(("case", case) for case in cases)]
    body = "&".join(f"{name}={value}" for name, value in pairs)
    return form.http.post(path, content=body, headers={"content-type": "application/x-www-form-urlencoded"})


def test_many_are_tried_then_done_then_undone_together(office: Office) -> None:
    furnished(office)
    lea = browser(office)
    assert '<button name="verb" value="assign">' in lea.get("/cases").text
    asked = lea.get("/bulk?verb=assign&case=1&case=2&case=3")
    assert asked.status_code == 200
    assert '<select name="owner"' in asked.text
    assert 'name="sure"' not in asked.text
    preview = chosen(lea, "/bulk", ["1", "2", "3"], verb="assign", owner="bo").text
    assert "1 stays as it is" in words(preview)
    assert "The case is resolved already" in words(preview)
    assert "Assign: 2 cases" in words(preview)
    before = {number: office.kinds(number) for number in ("1", "2", "3")}
    chosen(lea, "/bulk", ["1", "2", "3"], verb="assign", owner="bo")
    assert {number: office.kinds(number) for number in ("1", "2", "3")} == before
    sent = chosen(lea, "/bulk", ["1", "2", "3"], verb="assign", owner="bo", sure="yes")
    assert sent.status_code == 303
    done = lea.get(sent.headers["location"])
    assert "<h1>Assign: done to 2 of 3 cases</h1>" in done.text
    assert "The case is resolved already" in words(done.text)
    assert words(done.text) == words(lea.get(sent.headers["location"]).text)
    assert re.search(r"by lea , .*\d\d:\d\d", words(done.text))
    german = words(lea.get(sent.headers["location"], **{"accept-language": "de"}).text)
    assert "The case is resolved already" not in german
    assert "Der Fall ist schon gelöst" in german
    assert {office.get("lea", f"/cases/{number}")["owner"] for number in (1, 2)} == {"bo"}
    assert lea.get("/bulk/0000000000000").status_code == 404
    kept = re.search(r'name="id" value="([^"]*)"', done.text)
    assert kept is not None
    undone = lea.post("/bulk/undo", id=kept[1])
    assert undone.status_code == 200, undone.text
    assert "Undone: 2 cases" in words(undone.text)
    assert {office.get("lea", f"/cases/{number}")["owner"] for number in (1, 2)} != {"bo"}
    after = lea.get(sent.headers["location"])
    assert "It was undone" in words(after.text)
    assert 'action="/bulk/undo"' not in after.text


def test_what_is_done_to_many_is_said_as_it_was_and_undone_where_something_undoes_it(office: Office) -> None:
    furnished(office)
    lea = browser(office)
    lea.get("/cases")
    nothing = chosen(lea, "/bulk", ["3"], verb="hold", reason="a release", hours="4", sure="yes")
    assert nothing.status_code == 200
    assert "<h1>Hold: nothing was changed</h1>" in nothing.text
    noted = chosen(lea, "/bulk", ["1", "99", "2"], verb="note", text="for all", sure="yes")
    page = lea.get(noted.headers["location"])
    assert "<h1>Note: done to 2 of 3 cases</h1>" in page.text
    assert "There is no case 99" in words(page.text)
    unfit = chosen(lea, "/bulk", ["1", "3"], verb="hold", reason="a release", hours="999", sure="yes")
    assert unfit.status_code == 422
    assert "from 1 to 72" in words(unfit.text), "it is asked again"
    assert "Why a release Preview" in words(unfit.text)
    held = lea.get(chosen(lea, "/bulk", ["1"], verb="hold", reason="a log", hours="4", sure="yes").headers["location"])
    assert "Undo it for 1 case" in words(held.text)
    long_ago = "UPDATE bulks SET done_at = done_at - 3600000000"
    office.installation.writer.write(lambda tx: tx.run(long_ago))
    assert "Undo it" not in lea.get(str(held.url)).text
    assert [office.kinds(number).count("case.noted") for number in ("1", "2")] == [1, 1]
    office.do("lea", "2", "confidentiality", names=["lea"], reason="legal")
    bo = browser(office, "bo")
    if office.get("lea", "/cases/2")["owner"] != "bo":
        assert "How do we rename a report?" not in bo.get(noted.headers["location"]).text


def test_what_an_older_release_kept_of_many_is_read(office: Office) -> None:
    furnished(office)
    lea = browser(office)
    lea.get("/cases")
    path = chosen(lea, "/bulk", ["1", "3"], verb="assign", owner="bo", sure="yes").headers["location"]
    first, third = (office.get("lea", f"/cases/{number}")["id"] for number in (1, 3))
    old = canonical.encode([[first, 1], [third, None, "it was so in English"]])
    office.installation.writer.write(lambda tx: tx.run("UPDATE bulks SET cases = ?", (old,)))
    assert "It was so in English." in words(lea.get(path).text)


def test_many_forms_of_another_session_do_nothing(office: Office) -> None:
    furnished(office)
    lea = browser(office)
    lea.get("/cases")
    lea.form_token = "0" * 64
    assert chosen(lea, "/bulk", ["1"], verb="note", text="x", sure="yes").status_code == 403
    assert "case.noted" not in office.kinds("1")


def test_what_is_wrong_with_a_bulk_is_said(office: Office) -> None:
    furnished(office)
    lea = browser(office)
    lea.get("/cases")
    assert lea.get("/bulk?verb=note").status_code == 422
    assert chosen(lea, "/bulk", ["1"], verb="no-such-verb").status_code == 404
    again = {"verb": "note", "text": "kept as it was typed", "once": "x"}
    assert "The case is resolved already" not in words(
        chosen(lea, "/bulk", ["1"], verb="assign", owner="bo", once="y").text
    )
    office.do("lea", "1", "resolution", note="Over.")
    preview = chosen(lea, "/bulk", ["1"], verb="assign", owner="bo", once="y")
    assert "The case is resolved already" in words(preview.text), "a preview is of now"
    preview = chosen(lea, "/bulk", ["1", "99"], **again)
    assert preview.status_code == 200
    assert "There is no case 99" in words(preview.text)
    assert "kept as it was typed" in preview.text
    assert "Note: 1 case" in words(preview.text)
    vera = browser(office, "vera")
    assert 'name="verb"' not in vera.get("/cases").text
    assert chosen(vera, "/bulk", ["1"], verb="note", text="x", sure="yes").status_code == 403


def test_a_search_finds_cases_people_and_customers(office: Office) -> None:
    furnished(office)
    page = text(office, "/search?q=rename")
    assert "<mark>rename</mark>" in page
    assert 'href="/cases/2"' in page
    assert "1 case" in words(page)
    assert "<bdi>Beta</bdi>" in text(office, "/search?q=beta")
    assert "<small>bo</small>" in text(office, "/search?q=bo")
    assert "Nothing holds these words." in text(office, "/search?q=xyzzy")
    assert "autofocus" in text(office, "/search")


def test_a_search_shows_nothing_confidential(office: Office) -> None:
    office.open(OUTAGE | {"body": "the merger"}, subject="API is down, secretly")
    office.do("lea", "1", "assignment", owner="lea")
    office.do("lea", "1", "confidentiality", names=["lea"], reason="legal")
    assert "secretly" in text(office, "/search?q=secretly")
    for path in ("/search?q=secretly", "/parts/palette?q=secretly", "/cases?sort=newest", "/parts/palette?q=&case=1"):
        assert "secretly" not in text(office, path, "bo").replace("q=secretly", "").replace("“secretly”", "").replace(
            'value="secretly"', ""
        )


def test_the_palette_offers_acts_on_the_case_that_is_shown_and_says_why_not(office: Office) -> None:
    furnished(office)
    offered = text(office, "/parts/palette?q=&case=1")
    assert "data-act=" in offered
    over = text(office, "/parts/palette?q=resolve&case=3")
    assert 'aria-disabled="true"' in over
    assert "resolved" in words("<main>" + over + "</main>")
    assert 'data-href="/cases/2"' in text(office, "/parts/palette?q=rename")
    assert 'data-href="/cases"' in text(office, "/parts/palette?q=cas")
