"""`/accounts` and the page of one account over HTTP: order, pages, filters, and what nobody learns by a count."""

import csv
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import QUESTION, Office, staffed
from tests.testing import Databases
from tocsin.cases.queries import customers
from tocsin.cases.queries.customers import CustomerFilter
from tocsin.people import accounts
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        yield office


def customer(office: Office, external_id: str, name: str, **facts: Any) -> None:
    answer = office.clients["admin"].put(f"/accounts/{quote(external_id)}", json={"name": name, **facts})
    assert answer.is_success, answer.text


def case(office: Office, customer: str, level: str = "", **more: Any) -> dict[str, Any]:
    opened = office.open(QUESTION | {"account": {"external_id": customer}}, **more)
    if level:
        office.do("lea", opened["id"], "escalation", level=level, reason="the press asks")
    return opened


def page(office: Office, who: str, path: str = "/accounts") -> str:
    browser = Browser(office.url)
    assert browser.sign_in(who).status_code == 303
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def words(found: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def title(found: str) -> str:
    return words(re.findall(r"<h1[^>]*>(.*?)</h1>", found, re.S)[0])


def lines(found: str) -> list[list[str]]:
    """Name, open and escalated of each customer."""
    said = []
    for row in re.findall(r"<tr[^>]*><th scope=\"row\".*?</tr>", found, re.S):
        [name] = re.findall(r"<a [^>]*><bdi>(.*?)</bdi>", row)
        cells = [
            re.findall(rf'<td class="r {each}"[^>]*>(.*?)</td>', row, re.S)[0] for each in ("t-open", "t-escalated")
        ]
        said.append([name, *(words(cell) for cell in cells)])
    return said


def names(office: Office, who: str, path: str) -> list[str]:
    return [line[0] for line in lines(page(office, who, path))]


def number(office: Office, external_id: str) -> str:
    return str(office.get("admin", f"/accounts/{quote(external_id)}")["id"])


def test_without_customers_it_says_where_they_come_from(office: Office) -> None:
    found = page(office, "anna")
    assert title(found) == "No customer has a case open"
    assert "No customer is known yet" in found


def test_customers_stand_by_what_is_escalated_and_by_whatever_else_is_asked(office: Office) -> None:
    for external_id, name in (("c-1", "Zeta"), ("c-2", "alpha"), ("c-3", "Beta")):
        customer(office, external_id, name, segment="business")
    customer(office, "c-4", "Quiet", owner="olga")
    case(office, "c-1", "senior")
    case(office, "c-2")
    case(office, "c-2")
    case(office, "c-3", "executive")
    case(office, "c-3", "senior")
    found = page(office, "anna")
    assert title(found) == "2 customers have an escalation open"
    assert "3 have a case open" in words(found)
    assert lines(found) == [["Beta", "2", "2"], ["Zeta", "1", "1"], ["alpha", "2", ""], ["Quiet", "", ""]]
    assert [line[0] for line in lines(page(office, "anna", "/accounts?sort=open"))] == [
        "alpha",
        "Beta",
        "Zeta",
        "Quiet",
    ]
    assert [line[0] for line in lines(page(office, "anna", "/accounts?sort=name"))] == [
        "alpha",
        "Beta",
        "Quiet",
        "Zeta",
    ]
    assert lines(page(office, "anna", "/accounts?sort=due"))[-1][0] == "Quiet"
    assert names(office, "olga", "/accounts?owner=me") == ["Quiet"]
    assert names(office, "anna", "/accounts?owner=olga") == ["Quiet"]
    assert names(office, "anna", "/accounts?q=bet") == ["Beta"]
    assert "No customer is like that." in page(office, "anna", "/accounts?q=nobody")
    assert "No customer is like that." in page(office, "anna", "/accounts?owner=nobody")


@pytest.mark.parametrize("sort", customers.SORTS)
def test_a_list_goes_on_where_it_ended_with_each_customer_once(office: Office, sort: str) -> None:
    here = office.installation

    def write(tx: Tx) -> None:
        for number in range(120):
            facts = {"name": f"Customer {number % 40}"}  # names come more than once
            accounts.learn(tx, here.mint, here.journal, None, f"c-{number}", facts, by="test")

    here.writer.write(write)
    for number in (3, 50, 77):
        case(office, f"c-{number}", "senior" if number == 50 else "")
    browser = Browser(office.url)
    browser.sign_in("anna")
    address, seen = f"/accounts?sort={sort}", []
    for _ in range(4):
        found = browser.get(address).text
        own = re.findall(r"<small><bdi>(c-\d+)</bdi></small>", found)
        assert len(own) <= 50
        seen += own
        following = re.findall(r'href="(/accounts\?[^"]*behind=[^"]*)" rel="next"', found)
        if not following:
            break
        address = following[0].replace("&amp;", "&")
    assert len(seen) == 120
    assert set(seen) == {f"c-{number}" for number in range(120)}
    wrong = browser.get(f"/accounts?sort={sort}&behind=nonsense")
    assert wrong.status_code == 422


def test_a_spreadsheet_has_the_whole_list_and_no_formula(office: Office) -> None:
    customer(office, "c-1", "=1+1", segment="business", arr=1_900_000)
    customer(office, "c-2", "Beta", owner="olga")
    case(office, "c-1", "senior")
    browser = Browser(office.url)
    browser.sign_in("anna")
    answer = browser.get("/accounts.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(answer.text.removeprefix("\ufeff").splitlines()))
    assert [(row["account"], row["name"], row["owner"]) for row in rows] == [
        ("c-1", "'=1+1", ""),
        ("c-2", "Beta", "olga"),
    ]
    assert (rows[0]["open_cases"], rows[0]["escalated"], rows[1]["open_cases"]) == ("1", "1", "0")
    assert rows[0]["next_due_at"].endswith("Z")
    assert "1900000" not in answer.text
    assert len(list(csv.DictReader(browser.get("/accounts.csv?owner=olga").text.splitlines()))) == 1


def test_what_is_confidential_is_counted_for_those_alone_who_see_it(office: Office) -> None:
    customer(office, "c-1", "Acme")
    hidden = case(office, "c-1", "executive")
    office.do("lea", hidden["id"], "confidentiality", names=["lea"], reason="a matter of law")
    assert lines(page(office, "lea")) == [["Acme", "1", "1"]]
    assert lines(page(office, "vera")) == [["Acme", "", ""]]
    assert title(page(office, "vera")) == "No customer has a case open"
    own = f"/accounts/{number(office, 'c-1')}"
    assert title(page(office, "lea", own)) == "Acme has 1 escalation open"
    found = page(office, "vera", own)
    assert title(found) == "Acme has nothing open"
    assert "Nothing was escalated." in found
    assert QUESTION["subject"] not in found


def test_one_account_says_what_is_open_promised_and_how_the_year_went(office: Office) -> None:
    customer(office, "c-1", "Acme", segment="business", plan="premium", arr=1_900_000, owner="olga")
    first = case(office, "c-1", "senior", external_id="T-1")
    office.do("carl", first["id"], "resolution", note="done")
    case(office, "c-1", "senior", external_id="T-2")
    case(office, "c-1", external_id="T-3")
    found = page(office, "lea", f"/accounts/{number(office, 'c-1')}")
    said = words(found)
    assert title(found) == "Acme has 1 escalation open"
    assert "2 cases open" in said
    assert "olga account owner" in said
    opened = words(found.partition('id="open-title"')[2].partition("</section>")[0])
    assert "T-2" in opened
    assert "T-3" in opened
    assert "T-1" not in opened
    past = words(found.partition('id="past-title"')[2].partition("</section>")[0])
    assert past.index("T-2") < past.index("T-1")
    assert "T-3" not in past
    assert "resolved after" in past
    assert "kept" in past
    promised = words(found.partition('id="promised-title"')[2].partition("</section>")[0])
    assert "T-2" in promised
    assert "hears of it in" in promised
    assert "1,900,000" in found


def test_revenue_is_a_band_to_those_who_may_not_know_it(office: Office) -> None:
    customer(office, "c-1", "Acme", arr=1_900_000)
    found = page(office, "anna", f"/accounts/{number(office, 'c-1')}")
    assert "1M to 5M" in found
    assert "1,900,000" not in found


def test_what_is_no_account_is_not_found(office: Office) -> None:
    browser = Browser(office.url)
    browser.sign_in("anna")
    assert browser.get("/accounts/nobody").status_code == 404
    assert Browser(office.url).get("/accounts").status_code != 200


def test_it_reads_in_german(office: Office) -> None:
    customer(office, "c-1", "Acme")
    browser = Browser(office.url)
    browser.sign_in("anna")
    assert title(browser.get("/accounts", **{"accept-language": "de"}).text) == "Kein Kunde hat einen offenen Fall"
    one = browser.get(f"/accounts/{number(office, 'c-1')}", **{"accept-language": "de"}).text
    assert title(one) == "Acme hat nichts offen"


def test_it_is_read_along_indexes(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for customers, which are few, nothing looks at every case or clock that there is."""
    asked: list[tuple[str, Any]] = []
    read = Tx.rows

    def noting(self: Tx, statement: str, parameters: Any = ()) -> Any:
        asked.append((statement, parameters))
        return read(self, statement, parameters)

    with staffed(databases.new()) as office:
        here = office.installation
        customer(office, "c-1", "Acme")
        with here.database.reading(here.clock.now()) as tx:
            lead = here.desk.directory.get(tx).by_name["lea"]
            viewer, [known] = Viewer("user:lea", "lead", user=lead.id), accounts.by_external_id(tx, ["c-1"]).values()
            monkeypatch.setattr(Tx, "rows", noting)
            for sort in customers.SORTS:
                customers.listed(tx, viewer, CustomerFilter(sort))
            customers.having(tx, viewer, [known.id])
            customers.open_of(tx, viewer, known.id, 50)
            customers.escalations_of(tx, viewer, known.id, 0, 50)
            monkeypatch.undo()
            if tx.dialect != "sqlite":
                return  # which chooses by how much there is
            plans = [row[3] for each in asked for row in tx.rows(f"EXPLAIN QUERY PLAN {each[0]}", each[1])]
    assert len(asked) > 8
    assert [step for step in plans if re.search(r"SCAN (cases|k|clocks|e|escalations)\b(?!.*USING)", step)] == []


def test_a_search_leads_to_the_page_of_an_account(office: Office) -> None:
    customer(office, "c/1?", "Acme")
    address = f"/accounts/{number(office, 'c/1?')}"
    assert f'href="{address}"' in page(office, "anna", "/search?q=acme")
    assert title(page(office, "anna", address)) == "Acme has nothing open"
