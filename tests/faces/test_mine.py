"""`/mine` over HTTP: what waits for each role, what its acts lead to, and what nobody else learns by it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords, plain
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases, wait_until
from tocsin.cases.queries import waiting as cases
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx
from tocsin.web import waiting
from tocsin.web.pages import mine as mine_page

EXECUTIVE = OUTAGE | {"account": {"external_id": "acme", "name": "Acme", "segment": "strategic", "arr": 2_000_000}}


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        yield office


def signed_in(office: Office, name: str) -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    return browser


def mine(office: Office, name: str) -> str:
    answer = signed_in(office, name).get("/mine")
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def title(page: str) -> str:
    [found] = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.S)
    return " ".join(re.sub(r"<[^>]+>", "", found).split())


def groups(page: str) -> dict[str, list[str]]:
    """The numbers of the cases in each group, by its title."""
    found = {}
    for section in re.findall(r"<section aria-labelledby.*?</section>", page, re.S):
        [said] = re.findall(r"<h2[^>]*>(.*?) <span", section)
        found[said] = re.findall(r'class="subject"[^>]*href="/cases/(\d+)"', section)
    return found


def beside(page: str) -> str | None:
    """The number beside Mine at the side of the page."""
    [link] = re.findall(r'<a href="/mine" data-go.*?</a>', page)
    found = re.search(r'<b class="n" data-count="mine">(\d+)</b>', link)
    return found[1] if found else None


def paged(office: Office, case: dict[str, Any]) -> str:
    """Who was paged first."""
    wait_until(lambda: bool(office.get("admin", f"/cases/{case['id']}")["pages"]))
    return str(next(page["user"] for page in office.get("admin", f"/cases/{case['id']}")["pages"]))


def test_nothing_waits_where_there_is_nothing(office: Office) -> None:
    page = mine(office, "anna")
    assert title(page) == "Nothing waits for you"
    assert "You have no case" in page
    assert groups(page) == {}
    assert beside(page) is None


def test_a_page_is_answered_with_one_press(office: Office) -> None:
    case = office.open(OUTAGE)
    who = paged(office, case)
    browser = signed_in(office, who)
    page = browser.get("/mine").text
    assert title(page) == "1 thing waits for you"
    assert groups(page) == {"Pages to answer": ["1"]}
    assert beside(page) == "1"
    assert 'action="/cases/1/acknowledge"' in page
    assert 'action="/cases/1/decline"' in page
    assert "I cannot" in page
    done = browser.post("/cases/1/acknowledge", back="mine")
    assert (done.status_code, done.headers["location"]) == (303, "/mine?done=acknowledge&case=1")
    after = browser.get(done.headers["location"]).text
    assert "#1: Acknowledged." in after
    assert title(after) == "Nothing waits for you"
    assert groups(after) == {"Your cases": ["1"]}


def test_an_account_owner_sees_the_escalations_of_their_customers_alone(office: Office) -> None:
    account = {"external_id": "acme", "name": "Acme"}
    office.open(OUTAGE | {"account": account})
    office.open(OUTAGE | {"external_id": "T-2", "account": {"external_id": "beta", "name": "Beta"}})
    office.open(QUESTION | {"external_id": "T-3", "account": account})
    assert groups(mine(office, "olga")) == {}
    office.clients["admin"].put("/accounts/acme", json={"name": "Acme", "owner": "olga"}).raise_for_status()
    page = mine(office, "olga")
    assert groups(page) == {"Escalations of your customers": ["1"]}
    assert title(page) == "Nothing waits for you"


def test_whoever_cannot_hands_it_on(office: Office) -> None:
    case = office.open(OUTAGE)
    who = paged(office, case)
    browser = signed_in(office, who)
    browser.get("/mine")
    assert browser.post("/cases/1/decline", back="mine").headers["location"] == "/mine?done=decline&case=1"
    assert groups(browser.get("/mine").text).get("Pages to answer") is None
    other = "dora" if who == "carl" else "carl"
    assert groups(mine(office, other)) == {"Pages to answer": ["1"]}


def test_whoever_is_called_in_is_asked_whether_they_come(office: Office) -> None:
    case = office.open(QUESTION)
    office.do("anna", case["id"], "call-ins", user="dora", reason="she knows it")
    page = mine(office, "dora")
    assert groups(page) == {"You are called in": ["1"]}
    assert "I come" in page
    assert "Acknowledge" not in page.partition("<main")[2].partition("</main>")[0]
    office.do("dora", case["id"], "acknowledgement")
    assert "You are called in" not in groups(mine(office, "dora"))


def test_a_claim_waits_for_those_whose_word_is_enough(office: Office) -> None:
    case = office.open(OUTAGE)
    who = paged(office, case)
    office.do(who, case["id"], "acknowledgement")
    office.do("anna", case["id"], "containment")
    for name in ("carl", "dora", "lea"):
        page = mine(office, name)
        assert groups(page)["Claims to confirm or reject"] == ["1"], name
        assert "anna says it is contained. Is it?" in page
        assert "Confirm…" in page
    for name in ("anna", "bo", "olga"):
        assert "Claims to confirm or reject" not in groups(mine(office, name)), name


def test_a_request_waits_for_those_who_may_raise(office: Office) -> None:
    case = office.open(QUESTION)
    office.do("anna", case["id"], "escalation", level="executive", reason="the board asks", request=True)
    for name in ("lea", "mia", "olga"):
        page = mine(office, name)
        assert groups(page)["Questions to decide"] == ["1"], name
        assert "Should it rise to executive, as somebody asks?" in page
    for name in ("anna", "carl"):
        assert "Questions to decide" not in groups(mine(office, name)), name


def test_own_cases_come_by_what_is_due_and_each_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    calm = office.open(QUESTION)
    outage = office.open(OUTAGE)
    office.do("lea", calm["id"], "assignment", owner="carl")
    office.do("lea", outage["id"], "assignment", owner="carl")
    followed = office.open(QUESTION)
    for each in (followed, calm):
        office.do("carl", each["id"], "following")
    if paged(office, outage) == "dora":
        office.do("dora", outage["id"], "acknowledgement")
    else:
        office.do("carl", outage["id"], "acknowledgement")
    found = groups(mine(office, "carl"))
    assert found["Your cases"] == ["2", "1"]
    monkeypatch.setattr(mine_page, "SHOWN", 1)
    some = mine(office, "carl")
    assert groups(some)["Your cases"] == ["2"]
    assert 'href="/cases?state=open&amp;owner=me&amp;sort=due"' in some
    assert found["Cases that you follow"] == ["3"]


def test_who_works_on_no_cases_sees_what_is_to_be_known_and_no_refusals(office: Office) -> None:
    quiet = mine(office, "vera")
    assert title(quiet) == "No executive escalation is open"
    assert "Nothing to decide" in quiet
    office.open(EXECUTIVE)
    asked = office.open(QUESTION)
    office.do("anna", asked["id"], "escalation", level="executive", reason="the board asks", request=True)
    page = mine(office, "vera")
    assert title(page) == "1 executive escalation is open"
    assert groups(page) == {"Executive escalations": ["1"], "Decisions that wait": ["2"]}
    assert beside(page) is None
    content = page.partition("<main")[2].partition("</main>")[0]
    assert "<form" not in content
    assert "may not" not in content
    short = plain(content)
    assert "Nobody has answered yet; called so far:" in short
    assert "The damage goes on. The customer hears from us again by" in short

    grave = office.get("admin", "/cases?level=executive")["cases"][0]["id"]
    office.do("lea", grave, "acknowledgement")
    office.do("lea", grave, "containment", note="Switched off.")
    short = plain(mine(office, "vera"))
    assert "lea leads the work on it. The damage is stopped; the cause is not removed yet." in short
    browser = signed_in(office, "vera")
    page = browser.get(f"/cases/{grave}").text
    assert "lea leads the work on it." in plain(page.partition('id="short"')[2].partition("</section>")[0])
    assert 'id="short"' not in signed_in(office, "anna").get(f"/cases/{grave}").text, "who works on it reads the rest"


_SECONDS = re.compile(r"\d+m \d\ds|\d\d:\d\d:\d\d")


def test_who_works_on_no_cases_reads_times_to_the_minute(office: Office) -> None:
    case = office.open(EXECUTIVE)
    for who, exact in (("vera", False), ("carl", True)):
        reader = signed_in(office, who)
        for path in ("/", "/mine", f"/cases/{case['number']}"):
            page = re.sub(r"<title>.*?</title>", "", reader.get(path).text, flags=re.S)  # shown beside the pointer
            content = page.partition("<main")[2].partition("</main>")[0].partition('id="history-title"')[0]
            found = _SECONDS.findall(plain(content))
            assert bool(found) is exact, (who, path, found)
            assert ("data-coarse" in content) is not exact, "the script counts as the page does"


def test_what_is_confidential_is_neither_shown_nor_counted(office: Office) -> None:
    case = office.open(QUESTION)
    office.do("anna", case["id"], "escalation", level="executive", reason="the board asks", request=True)
    assert beside(mine(office, "mia")) == "1"
    office.do("lea", case["id"], "confidentiality", names=["lea"], reason="a matter of law")
    page = mine(office, "mia")
    assert (title(page), groups(page), beside(page)) == ("Nothing waits for you", {}, None)
    assert beside(mine(office, "lea")) == "1"


def test_the_page_is_live_and_its_part_says_the_same(office: Office) -> None:
    office.open(QUESTION)
    browser = signed_in(office, "anna")
    page = browser.get("/mine").text
    assert 'hx-get="/parts/mine"' in page
    assert 'hx-sse:connect="/events?since=' in page
    part = browser.get("/parts/mine")
    assert part.status_code == 200
    assert title(part.text) == title(page)
    assert Browser(office.url).get("/parts/mine").status_code != 200


def test_it_reads_in_german(office: Office) -> None:
    browser = signed_in(office, "vera")
    assert "Keine Executive-Eskalation ist offen" in browser.get("/mine", **{"accept-language": "de"}).text


def test_what_waits_is_read_along_indexes(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page says how much it is: nothing of it looks at each case or message that there is."""
    asked: list[tuple[str, Any]] = []
    read = Tx.rows

    def noting(self: Tx, statement: str, parameters: Any = ()) -> Any:
        asked.append((statement, parameters))
        return read(self, statement, parameters)

    with staffed(databases.new(), still=True) as office:  # no loop asks meanwhile
        here = office.installation
        with here.database.reading(here.clock.now()) as tx:
            lead = here.desk.directory.get(tx).by_name["lea"]
            viewer = Viewer("user:lea", "lead", user=lead.id)
            monkeypatch.setattr(Tx, "rows", noting)
            waiting.of(tx, viewer)
            for query in (cases.theirs, cases.followed, cases.executive):
                query(tx, viewer)
            monkeypatch.undo()
            if tx.dialect != "sqlite":
                return  # which chooses by how much there is
            plans = [row[3] for each in asked for row in tx.rows(f"EXPLAIN QUERY PLAN {each[0]}", each[1])]
    assert len(asked) == 7  # nothing is paged, so nothing is asked of cases that are
    whole = [step for step in plans if step.startswith("SCAN") and "USING" not in step and "VIRTUAL" not in step]
    assert [step for step in whole if not re.search(r"SCAN \w*SUBQUERY|SCAN \(", step)] == []
