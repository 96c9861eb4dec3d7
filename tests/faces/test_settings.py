"""Settings: what each section shows, does and refuses, by forms as a browser without a script sends them."""

import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.faces.browsing import PASSWORD, Browser, give_passwords, heading, once, plain, saved
from tests.faces.office import Office, staffed
from tests.testing import Databases, Receiver
from tocsin.people.permissions import ROLES, roles
from tocsin.web.pages.settings import sections

DOCS = Path(__file__).parents[2] / "docs" / "web.md"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="module")
def office(databases: Databases, receiver: Receiver) -> Iterator[Office]:
    with staffed(databases.new(), receiver.url + "/") as office:
        give_passwords(office.installation)
        yield office


@pytest.fixture
def admin(office: Office) -> Browser:
    return signed(office, "admin")


def signed(office: Office, name: str) -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    browser.get("/settings/profile")
    return browser


def version(answer: httpx2.Response, action: str) -> str:
    """The version that the form with this action carries."""
    found = re.search(rf'action="{re.escape(action)}"[^>]*>.*?name="version" value="(\d+)"', answer.text, re.S)
    assert found, f"no form {action}"
    return found[1]


@pytest.mark.parametrize("name", ["vera", "anna", "lea", "otto", "admin"])
def test_who_may_not_see_a_section_has_no_link_and_hears_why_and_whom_to_ask(office: Office, name: str) -> None:
    browser = signed(office, name)
    listed = browser.get("/settings").text.partition('class="sections"')[2].partition("</nav>")[0]
    for section in sections.SECTIONS:
        answer = browser.get(section.path)
        may = office.get("admin", f"/users/{name}")["role"] in roles(section.sees)
        assert answer.status_code == (200 if may else 403), section.name
        assert (f'href="{section.path}"' in listed) is may
        if not may:
            said = plain(answer.text)
            assert "It takes an admin" in said or "or an operator" in said
            assert "Ask one of those who may:" in said
            assert "admin" in said


def test_the_table_of_the_docs_is_that_of_the_code() -> None:
    told = re.findall(r"^\| (\w+) \| ([a-z_, ]+) \| ([a-z_, ]+) \|$", DOCS.read_text(), re.M)
    every = set(ROLES)
    wanted = [
        (one.title, "every role" if set(roles(one.sees)) == every else ", ".join(roles(one.sees)), roles(one.changes))
        for one in sections.SECTIONS
    ]
    assert [row for row in told if row[0] not in ("section", "You")] == [
        (title, see, ", ".join(do)) for title, see, do in wanted
    ]


def test_who_sees_and_may_not_change_has_no_form_and_is_refused(office: Office) -> None:
    anna = signed(office, "anna")
    for path in ("/settings/users", "/settings/users/bo", "/settings/teams", "/settings/schedules/senior"):
        shown = anna.get(path)
        assert shown.status_code == 200
        assert 'method="post" action="/settings' not in shown.text
    for path in ("/settings/users", "/settings/users/bo/password", "/settings/teams", "/settings/tokens"):
        refused = anna.post(path, name="x", password=PASSWORD)
        assert refused.status_code == 403, path
        assert "may not" in plain(refused.text)
    assert anna.post("/settings/places/user/bo", channel="email", email="x@y.example").status_code == 403
    assert office.get("admin", "/users/bo/destinations")["destinations"][0]["channel"] == "webhook"


def test_a_form_of_another_session_is_not_carried_out_and_keeps_what_was_typed(office: Office, admin: Browser) -> None:
    refused = admin.post("/settings/teams", token="0" * 64, name="kept-team", members="anna")
    assert refused.status_code == 403
    assert 'value="kept-team"' in refused.text
    assert "kept-team" not in [team["name"] for team in office.get("admin", "/teams")["teams"]]


def test_a_user_is_added_changed_and_gets_a_password(office: Office, admin: Browser) -> None:
    wrong = admin.post("/settings/users", name="Nils Holm", role="agent", display="Nils", zone="", language="")
    assert wrong.status_code == 422
    assert 'value="Nils Holm"' in wrong.text
    assert "cannot stand in a policy" in wrong.text
    fields: dict[str, Any] = {"name": "nils", "role": "agent", "display": "Nils Holm", "password": PASSWORD}
    saved(admin.post("/settings/users", **fields, zone="", language=""), "/settings/users/nils?done=added")
    page = admin.get("/settings/users/nils")
    assert heading(page) == "No page reaches Nils Holm"
    said: dict[str, Any] = {
        "display": "Nils H.",
        "email": "",
        "role": "senior",
        "zone": "Europe/Oslo",
        "language": "de",
    }
    seen = version(page, "/settings/users/nils")
    changed = admin.post("/settings/users/nils", **said, version=seen)
    saved(changed, "/settings/users/nils?done=saved")
    now = office.get("admin", "/users/nils")
    assert (now["display"], now["role"], now["zone"], now["language"]) == ("Nils H.", "senior", "Europe/Oslo", "de")
    own = Browser(office.url)
    assert own.sign_in("nils").status_code == 303
    answer = admin.post("/settings/users/nils/password", password="another horse battery")
    saved(answer, "/settings/users/nils?done=password")
    assert own.get("/settings").status_code == 303, "their session has ended"
    assert admin.post("/settings/users/nils/password", password="short").status_code == 422
    assert Browser(office.url).sign_in("nils", "another horse battery").status_code == 303


def test_leaving_asks_once_more_and_the_last_administrator_stays(office: Office, admin: Browser) -> None:
    asked = admin.get("/settings/users/vera/leave")
    assert heading(asked) == "Is vera to leave?"
    assert 'class="danger"' in asked.text
    assert office.get("admin", "/users/vera")["active"] is True, "looking changes nothing"
    seen = version(asked, "/settings/users/vera/leave")
    saved(admin.post("/settings/users/vera/leave", version=seen), "/settings/users/vera?done=left")
    assert office.get("admin", "/users/vera")["active"] is False
    back = admin.get("/settings/users/vera")
    seen = version(back, "/settings/users/vera/return")
    saved(admin.post("/settings/users/vera/return", version=seen), "/settings/users/vera?done=back")
    mine = admin.get("/settings/users/admin")
    asked = admin.get("/settings/users/admin/leave")
    assert asked.status_code == 409, "what would be refused is not asked"
    assert "Admin is the last administrator" in asked.text
    refused = admin.post("/settings/users/admin/leave", version=version(mine, "/settings/users/admin"))
    assert refused.status_code == 409
    assert "last administrator" in refused.text
    give_passwords(office.installation, "vera")


# Where it is edited, what each of two says, where the API shows it, and a text that only the second has.
EDITED: dict[str, tuple[str, dict[str, Any], dict[str, Any], str, str]] = {
    "user": (
        "/settings/users/olga",
        {"display": "Olga One", "email": "", "role": "account_owner", "zone": "", "language": ""},
        {"display": "Olga Two", "email": "", "role": "account_owner", "zone": "", "language": ""},
        "/users/olga",
        "Olga Two",
    ),
    "team": (
        "/settings/teams/support",
        {"lead": "lea", "roster": "senior", "members": "anna"},
        {"lead": "lea", "roster": "senior", "members": "bo\ncarl"},
        "/teams/support",
        "carl",
    ),
    "roster": (
        "/settings/schedules/senior",
        {"members": "carl\ndora", "zone": "Europe/Berlin", "handoff": "mon 09:00", "days": "7", "overrides": ""},
        {"members": "dora\ncarl", "zone": "Europe/Berlin", "handoff": "tue 10:00", "days": "7", "overrides": ""},
        "/rosters/senior",
        "tue 10:00",
    ),
    "connector": (
        "/settings/sources/edited",
        {"map": '{"source": "one"}', "pull": "", "host": "", "account": ""},
        {"map": '{"source": "two"}', "pull": "", "host": "", "account": ""},
        "/connectors/edited",
        "two",
    ),
}


@pytest.mark.parametrize("kind", EDITED)
def test_of_two_who_change_the_same_the_second_sees_both_texts_and_loses_nothing(office: Office, kind: str) -> None:
    path, one, other, api, mine = EDITED[kind]
    if kind == "connector":
        office.post("admin", "/connectors", {"name": "edited", "pack": "alertmanager"})
    first, second = signed(office, "admin"), signed(office, "admin")
    seen = version(first.get(path), path)
    second.get(path)
    saved(first.post(path, **one, version=seen), f"{path}?done=saved")
    before = office.get("admin", api)
    refused = second.post(path, **other, version=seen)
    assert refused.status_code == 412, plain(refused.text)[:500]
    assert office.get("admin", api) == before, "nothing was overwritten"
    both = plain(refused.text.partition('class="both"')[2].partition("</section>")[0])
    assert "there now" in both
    assert "yours, kept" in both
    assert "admin has changed this while you did" in plain(refused.text)
    assert unescape(refused.text).count(mine) >= 2, "in the comparison and in its field"
    newer = version(refused, path)
    assert int(newer) == before["version"]
    saved(second.post(path, **other, version=newer), f"{path}?done=saved")
    assert office.get("admin", api)["version"] == before["version"] + 1


def outcome_of(browser: Browser, path: str, sent: httpx2.Response) -> str:
    """What stands beside the place once a test page is settled."""
    where = sent.headers["location"]
    assert where.startswith(path), where
    for _ in range(200):
        cell = re.search(
            r'<span class="trial"[^>]*>(.*?)</span></td>|<span class="trial"(.*?)</td>', browser.get(where).text, re.S
        )
        assert cell, "the outcome stands beside the place"
        said = plain(cell[0])
        if "on its way" not in said:
            return said
        time.sleep(0.05)
    raise AssertionError("the test page was never settled")


def test_a_test_page_says_whether_it_arrived(office: Office, admin: Browser, receiver: Receiver) -> None:
    [place] = office.get("admin", "/users/dora/destinations")["destinations"]
    before = len(receiver.got)
    sent = admin.post(f"/settings/places/user/dora/{place['id']}/test")
    assert "arrived after" in outcome_of(admin, "/settings/users/dora", sent)
    receiver.wait_for(before + 1)
    assert b'"type":"test"' in receiver.got[-1][1]
    assert b'"by":"admin"' in receiver.got[-1][1]
    dead = "http://127.0.0.1:9/nobody"
    shown = once(admin.post("/settings/places/user/dora", channel="webhook", webhook=dead, wakes="yes", updates=""))
    assert shown[0].startswith("whsec_")
    places = office.get("admin", "/users/dora/destinations")["destinations"]
    added = next(one for one in places if one["address"] == dead)
    assert added["wakes"] is True
    sent = admin.post(f"/settings/places/user/dora/{added['id']}/test")
    assert "failed" in outcome_of(admin, "/settings/users/dora", sent), "and it is not tried for minutes"
    asked = admin.get(f"/settings/places/user/dora/{added['id']}/remove")
    assert 'class="danger"' in asked.text
    removed = admin.post(f"/settings/places/user/dora/{added['id']}/remove")
    saved(removed, "/settings/users/dora?done=removed")
    assert [one["id"] for one in office.get("admin", "/users/dora/destinations")["destinations"]] == [place["id"]]


def test_a_place_is_refused_by_what_its_channel_declares(office: Office, admin: Browser) -> None:
    refused = admin.post("/settings/places/user/dora", channel="chat", chat="ftp://no", style="slack", updates="")
    assert refused.status_code == 422
    assert 'value="ftp://no"' in refused.text
    unset = admin.post("/settings/places/user/dora", channel="email", email="dora@example.com")
    assert unset.status_code == 422
    assert "not set up on this installation" in plain(unset.text)
    assert admin.post("/settings/places/user/dora", channel="pigeon").status_code == 404
    assert admin.get("/settings/places/user/dora/1abc/remove").status_code in (404, 422)


def test_teams_and_roles_have_places_of_their_own(office: Office, admin: Browser, receiver: Receiver) -> None:
    for kind, name, back in (("team", "support", "/settings/teams"), ("role", "duty_manager", "/settings/roles")):
        added = admin.post(
            f"/settings/places/{kind}/{name}", channel="chat", chat=receiver.url + "/chat", style="slack"
        )
        saved(added, f"{back}/{name}?done=reached")
        [place] = office.get("admin", f"/{kind}s/{name}/destinations")["destinations"]
        sent = admin.post(f"/settings/places/{kind}/{name}/{place['id']}/test")
        assert "arrived after" in outcome_of(admin, f"{back}/{name}", sent)
    assert "duty_manager" in admin.get("/settings/teams").text


def test_a_team_and_a_schedule_are_made_and_changed(office: Office, admin: Browser) -> None:
    said: dict[str, Any] = {
        "members": "carl\ndora",
        "zone": "Europe/Berlin",
        "handoff": "mon 09:00",
        "days": "7",
        "first": "",
    }
    saved(
        admin.post("/settings/schedules", name="nights", **said, overrides=""), "/settings/schedules/nights?done=added"
    )
    refused = admin.post("/settings/schedules", name="nights", **said, overrides="")
    assert (refused.status_code, "of this name already" in refused.text) == (422, True)
    page = admin.get("/settings/schedules/nights")
    seen = version(page, "/settings/schedules/nights")
    wrong = admin.post("/settings/schedules/nights", **said | {"overrides": "next week dora"}, version=seen)
    assert wrong.status_code == 422
    assert "next week dora" in wrong.text
    override = "2031-12-24 09:00 to 2031-12-27 09:00 dora"
    look = admin.post("/settings/schedules/nights", **said | {"overrides": override}, version=seen, look="yes")
    assert (look.status_code, "What your change would do" in look.text) == (200, True)
    assert (
        "overrides" not in office.get("admin", "/rosters/nights")
        or not office.get("admin", "/rosters/nights")["overrides"]
    )
    done = admin.post("/settings/schedules/nights", **said | {"overrides": override}, version=seen)
    saved(done, "/settings/schedules/nights?done=saved")
    [made] = office.get("admin", "/rosters/nights")["overrides"]
    assert made == {"start": "2031-12-24T08:00:00Z", "end": "2031-12-27T08:00:00Z", "user": "dora"}
    assert override in admin.get("/settings/schedules/nights").text, "as it was typed"
    nobody = admin.post("/settings/schedules", name="empty", **said | {"members": "nobody-here"}, overrides="")
    assert nobody.status_code == 422
    saved(
        admin.post("/settings/teams", name="night-shift", lead="carl", roster="nights", members="carl, dora"),
        "/settings/teams/night-shift?done=added",
    )
    team = office.get("admin", "/teams/night-shift")
    assert (team["lead"], team["roster"], team["members"]) == ("carl", "nights", ["carl", "dora"])
    refused = admin.post("/settings/teams", name="night-two", lead="", roster="", members="nobody-here")
    assert (refused.status_code, "nobody-here" in refused.text) == (422, True)


def test_the_watchers_are_shown_and_what_stands(office: Office) -> None:
    otto = signed(office, "otto")
    page = otto.get("/settings/alarms")
    said = plain(page.text)
    assert page.status_code == 200
    for text in ("Loops", "Last audit sweep", "Heartbeat", "Test pages of its own"):
        assert text in said
    standing = office.get("admin", "/alarms")["alarms"]
    assert heading(page) == ("Nothing is wrong" if not standing else heading(page))
    assert all(alarm["kind"] in said for alarm in standing)


def test_who_changed_what_and_a_proof_of_the_record(office: Office, admin: Browser) -> None:
    office.post("admin", "/teams", {"name": "audited"})
    page = admin.get("/settings/audit?family=team")
    assert "the team audited was made" in plain(page.text)
    assert "Of" in plain(page.text)
    assert admin.get("/settings/audit?family=nonsense").status_code == 422
    sheet = admin.get("/settings/audit/changes.csv?family=team")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert "the team audited was made" in sheet.text
    proved = admin.post("/settings/audit/verify")
    assert heading(proved) == "The record is as it was written", plain(proved.text)[:900]
    assert signed(office, "otto").post("/settings/audit/verify").status_code == 403


def test_everybody_changes_their_own_and_nobody_elses(office: Office) -> None:
    bo = signed(office, "bo")
    page = bo.get("/settings/profile")
    seen = version(page, "/settings/profile")
    said: dict[str, Any] = {
        "display": "Bo J.",
        "email": "bo@example.com",
        "zone": "Europe/Oslo",
        "language": "",
        "role": "admin",
    }
    saved(bo.post("/settings/profile", **said, version=seen), "/settings/profile?done=saved")
    now = office.get("admin", "/users/bo")
    assert (now["display"], now["role"]) == ("Bo J.", "agent"), "a role is nobody's own to change"
    page = bo.get("/settings/profile")
    liked: dict[str, Any] = {"theme": "dark", "density": "compact", "default_view": "", "shortcuts": ""}
    seen = version(page, "/settings/profile/preferences")
    saved(bo.post("/settings/profile/preferences", **liked, version=seen), "/settings/profile?done=saved")
    page = bo.get("/settings/profile")
    assert ('data-theme="dark"' in page.text, 'data-keys="off"' in page.text) == (True, True)
    old = bo.post("/settings/profile/preferences", **liked | {"theme": "light"}, version=seen)
    assert old.status_code == 412
    own = once(
        bo.post("/settings/places/me/bo", channel="webhook", webhook="http://127.0.0.1:9/bo", wakes="", updates="")
    )
    assert own[0].startswith("whsec_")
    assert bo.post("/settings/places/me/anna", channel="webhook", webhook="http://127.0.0.1:9/sly").status_code == 200
    assert len(office.get("admin", "/users/anna/destinations")["destinations"]) == 1, "me is whoever asks"


def test_a_password_is_changed_with_the_old_one_and_every_session_can_be_ended(office: Office) -> None:
    here, elsewhere = signed(office, "mia"), signed(office, "mia")
    wrong = here.post("/settings/profile/password", old="not that one", new=PASSWORD + "2", again=PASSWORD + "2")
    assert (wrong.status_code, "this is not your password" in wrong.text.lower()) == (422, True)
    assert PASSWORD + "2" not in wrong.text, "a password is never sent back"
    unlike = here.post("/settings/profile/password", old=PASSWORD, new=PASSWORD + "2", again=PASSWORD + "3")
    assert unlike.status_code == 422
    saved(
        here.post("/settings/profile/password", old=PASSWORD, new=PASSWORD + "2", again=PASSWORD + "2"),
        "/settings/profile?done=password",
    )
    assert here.get("/settings/profile").status_code == 200, "this session goes on"
    assert elsewhere.get("/settings/profile").status_code == 303, "every other has ended"
    saved(here.post("/settings/profile/sign-out-everywhere"), "/sign-in")
    assert here.get("/settings/profile").status_code == 303
