"""Every list of Settings and the policy's versions as tables, with the rights of their pages."""

import csv
from collections.abc import Iterator

import pytest

from tests.faces.browsing import Browser, give_passwords, heading, once, plain, signed
from tests.faces.office import CALM, Office, staffed
from tests.testing import Databases
from tocsin.people.permissions import roles
from tocsin.policy import starters
from tocsin.web.pages.settings import sections
from tocsin.web.pages.settings.tables import TABLES


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        yield office


def rows(browser: Browser, path: str) -> list[dict[str, str]]:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(answer.text.removeprefix("\ufeff").splitlines()))


def test_each_list_is_a_table_for_those_who_see_it(office: Office) -> None:
    listed = {section.name for section in sections.SECTIONS} - {"audit"}  # which has one of its own
    assert listed == TABLES.keys()
    for name in ("vera", "otto", "admin"):
        browser, role = signed(office.url, name), office.get("admin", f"/users/{name}")["role"]
        for table, found in TABLES.items():
            sees = role in roles(found.section.sees)
            answer = browser.get(f"/settings/{table}.csv")
            assert answer.status_code == (200 if sees else 403), (name, table)
            if sees:
                assert answer.text.startswith("\ufeff" + ",".join(found.columns))
                assert f'href="/settings/{table}.csv"' in browser.get(found.section.path).text
    assert signed(office.url, "admin").get("/settings/nothing.csv").status_code == 404


def test_tables_say_what_their_pages_say_and_no_secret(office: Office) -> None:
    admin = signed(office.url, "admin")
    admin.post("/settings/teams", name="night", lead="lea", members="anna")
    secret = once(admin.post("/settings/tokens", name="=zendesk", role="operator"))[0]
    address = once(
        admin.post(
            "/settings/sources", name="desk", pack="generic", map="source: desk\nexternal_id: id\nsubject: title"
        )
    )[0]
    signing = once(admin.post("/settings/webhooks", url="http://127.0.0.1:9/", events="case.*"))[0]
    hook = "/hooks/" + address.partition("/hooks/")[2]
    assert admin.http.post(hook, json={"id": "D-1", "title": "A thing"}).is_success

    [anna] = [row for row in rows(admin, "/settings/users.csv") if row["name"] == "anna"]
    assert (anna["role"], anna["active"]) == ("agent", "true")
    assert "night" in anna["teams"]
    [night] = [row for row in rows(admin, "/settings/teams.csv") if row["name"] == "night"]
    assert (night["lead"], night["members"]) == ("lea", "anna")
    assert {row["name"] for row in rows(admin, "/settings/tokens.csv")} >= {"'=zendesk"}
    [source] = rows(admin, "/settings/sources.csv")
    assert (source["name"], source["signals"]) == ("desk", "1")
    [delivery] = rows(admin, "/settings/sources/desk/deliveries.csv")
    assert delivery["outcome"] == "opened"
    [webhook] = rows(admin, "/settings/webhooks.csv")
    assert webhook["events"] == "case.*"
    found = admin.get("/settings/webhooks").text.partition('href="/settings/webhooks/')[2].partition('"')[0]
    assert all(row["kind"].startswith("case.") for row in rows(admin, f"/settings/webhooks/{found}/deliveries.csv"))
    assert rows(admin, "/settings/schedules.csv")[0]["on_call"]
    every = "".join(admin.get(f"/settings/{table}.csv").text for table in TABLES)
    assert not any(one in every for one in (secret, hook, signing))


def test_what_of_the_policy_is_taken_away(office: Office) -> None:
    vera = signed(office.url, "vera")
    [first] = rows(vera, "/policy/versions.csv")
    assert (first["version"], first["state"]) == ("1", "decides")
    assert vera.get("/policy/versions/1/policy.yaml").text == CALM
    assert vera.get("/policy/versions/9/policy.yaml").status_code == 404
    assert vera.get("/policy/schema.json").json()["$schema"]


def test_a_policy_comes_from_a_file(office: Office) -> None:
    admin = signed(office.url, "admin")
    changed = starters.text().replace("name:", "# brought as a file\nname:", 1)
    read = admin.send("/policy/new", ("policy.yaml", changed.encode()), do="check")
    assert heading(read) == "It can be activated"
    assert "# brought as a file" in read.text
    wrong = admin.send("/policy/new", ("policy.yaml", b"\xff\xfe\x00"), do="check")
    assert wrong.status_code == 422
    assert "The file is no text" in plain(wrong.text)
    assert len(rows(admin, "/policy/versions.csv")) == 1


def test_every_decision_is_made_again_on_the_page(office: Office) -> None:
    office.open()
    admin = signed(office.url, "admin")
    again = admin.post("/settings/audit/replay")
    assert heading(again) == "Every decision comes out as it was made"
    assert "0 different" in plain(again.text)
    assert signed(office.url, "otto").post("/settings/audit/replay").status_code == 403


def test_a_saved_view_is_changed(office: Office) -> None:
    carl = signed(office.url, "carl")
    carl.post("/views", name="Grave", page="cases", filter="severity=critical&sort=due")
    [view] = office.get("carl", "/views")["views"]
    renamed = carl.post(f"/views/{view['id']}", name="Gravest", shared="everybody", version="1")
    assert renamed.status_code == 303
    page = carl.get(renamed.headers["location"]).text
    assert "Gravest" in page
    assert "Change this view" in page
    asked = carl.get(f"/views/{view['id']}?filter=severity%3Dhigh%26sort%3Ddue").text
    assert "to all who see it" in asked
    carl.post(f"/views/{view['id']}", filter="severity=high&sort=due", version="2")
    [now] = office.get("carl", "/views")["views"]
    assert (now["name"], now["shared"], now["filter"]["severity"]) == ("Gravest", "everybody", "high")
    assert signed(office.url, "anna").post(f"/views/{view['id']}", name="Mine").status_code == 403


def test_what_programs_read_can_be_read_by_people(office: Office) -> None:
    browser = Browser(office.url)
    assert "case.opened" in browser.get("/api/events").text
    assert "confirm-containment" in browser.get("/api/verbs").text
