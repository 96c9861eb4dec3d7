"""`/policy` over HTTP: what decides in words, a case that is tried, versions and what differs, the own history."""

import re
import threading
from collections.abc import Iterator
from html import unescape

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import Office, staffed
from tests.testing import Databases
from tocsin.policy import starters


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new(), policy=starters.text()) as office:
        give_passwords(office.installation)
        yield office


def signed(office: Office, name: str) -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    return browser


def read(office: Office, path: str, who: str = "admin", status: int = 200) -> str:
    answer = signed(office, who).get(path)
    assert answer.status_code == status, plain(answer.text)
    return str(answer.text)


def plain(html: str) -> str:
    return " ".join(re.sub("[\u2066-\u2069]", "", unescape(re.sub(r"<[^>]*>", " ", html))).split())


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page, re.S)
    return plain(found[1]) if found else ""


def part(page: str, id: str) -> str:
    """The section of this id, as it is read."""
    found = re.search(rf'<section[^>]*id="{id}".*?</section>', page, re.S)
    assert found, f"no section {id}"
    return plain(found[0])


# What decides.


def test_the_title_says_which_version_decides_and_below_stands_since_when(office: Office) -> None:
    page = read(office, "/policy")
    assert heading(page) == "Version 1 decides"
    assert re.search(r"in force since <time datetime=", page), "in the zone of the browser, as every time"
    assert re.search(r"\d+ examples pass", plain(page))


def test_rules_weights_targets_and_paths_stand_in_words(office: Office) -> None:
    page = read(office, "/policy")
    rules = part(page, "rules")
    assert "A minimum If the severity is critical, the level is at least senior" in rules
    assert (
        "If the type is cancellation and the account's revenue is at least 250,000, the level is at least senior"
        in rules
    )
    assert "Within 3 points of a level, a person is asked" in rules
    assert "Everything else goes to support, to whoever has the least to do" in rules
    assert "minimums.critical" in rules
    assert 'case.severity == "critical"' in rules
    score = part(page, "score")
    assert "Business impact" in score
    assert "from 1,000" in score
    assert "Senior from 60 points; Executive from 80 points" in score
    targets = part(page, "targets")
    assert "Acknowledgement" in targets
    assert "15m" in targets
    assert "mon-fri 09:00-18:00, America/New_York" in targets
    assert "backup on call for senior" in part(page, "paths")


# A case that is tried.


def test_a_case_is_tried_and_nothing_is_stored(office: Office) -> None:
    before = office.get("admin", "/cases")
    path = (
        "/policy/try?subject=API+is+down&users_affected=5000&account=Northwind&segment=strategic&arr=2000000&tags=press"
    )
    page = read(office, path)
    assert heading(page) == "Version 1 decides executive, with 100 points"
    why = part(page, "why")
    assert "Business impact" in why
    assert "Senior , if the number of users affected were 19, not 5,000" in why
    follows = part(page, "decision")
    assert "engineering" in follows
    assert "Wakes people yes" in follows
    assert "Containment" in follows
    assert "score 100 reaches executive (80)" in part(page, "why")
    assert 'value="Northwind"' in page, "the form keeps what was typed"
    assert office.get("admin", "/cases") == before


def test_a_known_account_is_taken_by_its_id(office: Office) -> None:
    office.open(account={"external_id": "known", "name": "Known", "segment": "strategic", "arr": 5000000})
    for named in ("known", "Known"):
        page = read(office, f"/policy/try?subject=A+wish&account={named}")
        assert "the account's segment is strategic" in part(page, "why")


def test_a_severity_is_tried_as_if_a_person_had_set_it(office: Office) -> None:
    assert "decides standard" in heading(read(office, "/policy/try?subject=A+wish"))
    page = read(office, "/policy/try?subject=A+wish&severity=critical")
    assert "decides senior" in heading(page)
    assert "severity critical: override" in part(page, "why")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("users_affected=5", "The subject says nothing"),
        ("subject=x&users_affected=many", "This is not a number"),
        ("subject=x&version=99", "There is no policy version 99"),
        ("subject=x&version=one", "This is no version"),
        ("example=Nothing", "There is no example"),
    ],
)
def test_what_cannot_be_tried_is_said_beside_the_form(office: Office, query: str, says: str) -> None:
    answer = signed(office, "admin").get(f"/policy/try?{query}")
    assert answer.status_code in (404, 422)
    assert says in plain(answer.text)


_BREACHED = re.compile(r'href="(/policy/try\?version=1&amp;example=A%20breached[^"]*)"')


def test_an_example_opens_with_its_reasons(office: Office) -> None:
    assert re.search(_BREACHED, read(office, "/policy/try"))
    found = re.search(_BREACHED, read(office, "/policy"))
    assert found
    opened = read(office, unescape(found[1]))
    assert heading(opened).startswith("Version 1 decides standard")
    assert "SLA breached on ticket 4711" in unescape(opened)


# Versions.


STARTER = starters.text()
STRICTER = STARTER.replace("    at: 60\n", "    at: 64\n").replace(
    "    - {id: text-only", "    - {id: near, within: 1}\n    - {id: text-only"
)
BROKEN = STARTER.replace("level: senior}", "level: nowhere}", 1)


@pytest.fixture
def own(databases: Databases) -> Iterator[Office]:
    """An office of its own, for what changes the policy."""
    with staffed(databases.new(), policy=starters.text()) as office:
        give_passwords(office.installation)
        yield office


def saved(browser: Browser, source: str) -> str:
    """Store a version by the form; its number."""
    browser.get("/policy/new")
    answer = browser.post("/policy/new", source=source, do="save")
    assert answer.status_code == 303, plain(answer.text)
    found = re.fullmatch(r"/policy/versions/(\d+)\?done=\w+", answer.headers["location"])
    assert found
    return found[1]


def held(page: str) -> str:
    found = re.search(r'name="held" value="([^"]*)"', page)
    assert found
    return found[1]


def test_a_version_is_written_looked_at_activated_and_taken_back(own: Office) -> None:
    browser = signed(own, "admin")
    page = browser.get("/policy/new").text
    assert "taxonomy:" in page, "it begins with the text of the version that decides"
    looked = browser.post("/policy/new", source=STRICTER, do="check")
    assert looked.status_code == 200
    assert heading(looked.text) == "1 thing keeps it from deciding", plain(looked.text)[:900]
    assert "Near the threshold, a person is asked" in part(looked.text, "checks")
    fine = STRICTER.replace("level_if_unanswered: senior, rules: [near-threshold]", "rules: [] ")
    assert heading(browser.post("/policy/new", source=fine, do="check").text) == "It can be activated"
    number = saved(browser, fine)
    assert number == "2"
    assert "Version 1 decides" in heading(read(own, "/policy")), "what is stored decides nothing"

    asked = browser.get(f"/policy/versions/{number}/activate").text
    assert heading(asked) == "Shall version 2 decide?"
    meant = part(asked, "meant")
    assert "Level senior from how many points: 60 64" in meant
    assert "Question near new within 1" in meant
    assert "<del>-    at: 60</del><ins>+    at: 64</ins>" in asked

    without = browser.post(f"/policy/versions/{number}/activate", held=held(asked), reason=" ")
    assert (without.status_code, "There is no reason" in plain(without.text)) == (422, True)
    done = browser.post(f"/policy/versions/{number}/activate", held=held(asked), reason="too many seniors")
    assert (done.status_code, done.headers.get("location")) == (303, "/policy?done=activated")
    assert "too many seniors" in plain(read(own, "/policy"))
    assert own.get("admin", "/policies")["in_force"] == 2

    late = browser.post("/policy/versions/1/activate", held=held(asked), reason="no")
    assert (late.status_code, "Version 2 decides meanwhile" in plain(late.text)) == (409, True)
    assert ">no</textarea>" in late.text.replace("\n", ""), "the reason is kept"

    listed = plain(read(own, "/policy/versions"))
    assert "2 versions; version 2 decides" in listed
    assert "Back to version 1…" in listed
    back = browser.get("/policy/revert").text
    assert heading(back) == "Shall version 1 decide again?"
    done = browser.post("/policy/revert", held=held(back), reason="missed an outage")
    assert (done.status_code, done.headers.get("location")) == (303, "/policy/versions?done=reverted")
    assert own.get("admin", "/policies")["in_force"] == 1
    assert "missed an outage" not in plain(read(own, "/policy"))
    nothing = browser.get("/policy/revert")
    assert (nothing.status_code, "nothing to take back" in plain(nothing.text)) == (409, True)


def test_a_version_decides_from_a_time_to_come_and_is_withdrawn_before(own: Office) -> None:
    browser = signed(own, "admin")
    number = saved(browser, STARTER + "\n# another\n")
    asked = browser.get(f"/policy/versions/{number}/activate").text
    assert "They mean the same" in part(asked, "meant")
    path, now = f"/policy/versions/{number}/activate", held(asked)
    gone = browser.post(path, held=now, reason="x", at="2020-01-01T10:00")
    assert (gone.status_code, "has passed" in plain(gone.text)) == (409, True)
    no_time = browser.post(path, held=now, reason="x", at="soon")
    assert (no_time.status_code, "This is no time" in plain(no_time.text)) == (422, True)
    done = browser.post(path, held=now, reason="x", at="2090-01-01T10:00")
    assert done.status_code == 303
    listed = browser.get("/policy/versions").text
    found = re.search(r'href="(/policy/revert\?activation=[^"]+)"', listed)
    assert found
    assert "version 2 decides from" in plain(read(own, "/policy"))
    back = browser.get(unescape(found[1])).text
    assert heading(back) == "Shall version 2 not decide?"
    done = browser.post("/policy/revert", held=held(back), reason="not yet", activation=found[1].partition("=")[2])
    assert (done.status_code, done.headers.get("location")) == (303, "/policy/versions?done=withdrawn")
    assert "withdrawn" in plain(browser.get("/policy/versions").text)


def test_a_text_with_errors_is_not_stored_and_says_each_with_its_line(office: Office) -> None:
    browser = signed(office, "admin")
    browser.get("/policy/new")
    line = BROKEN[: BROKEN.index("nowhere")].count("\n") + 1
    for text, said in ((BROKEN, f"line {line}"), ("name: [", "line 1"), ("", "")):
        answer = browser.post("/policy/new", source=text, do="save")
        assert answer.status_code == 422
        assert said in part(answer.text, "checks")
        assert "keep it from deciding" in heading(answer.text) or "keeps it from deciding" in heading(answer.text)
    assert "nowhere" in unescape(browser.post("/policy/new", source=BROKEN, do="check").text), "the text is kept"
    assert "1 version; version 1 decides" in plain(read(office, "/policy/versions"))


def test_the_same_text_is_the_same_version(office: Office) -> None:
    browser = signed(office, "admin")
    browser.get("/policy/new")
    answer = browser.post("/policy/new", source=STARTER.replace("\n", "\r\n"), do="save")
    assert answer.headers["location"] == "/policy/versions/1?done=same"


def test_two_versions_are_compared_and_one_is_read(office: Office) -> None:
    assert heading(read(office, "/policy/compare?before=1&after=1")) == "Versions 1 and 1 mean the same"
    page = read(office, "/policy/versions/1", who="vera")
    assert heading(page) == "Version 1 decides"
    assert "taxonomy:" in page
    assert "There is no policy version 77" in plain(read(office, "/policy/versions/77", status=404))
    assert "There is no policy version 77" in plain(read(office, "/policy/compare?before=1&after=77", status=404))


def test_without_a_second_version_it_is_said_what_is_missing(own: Office) -> None:
    assert heading(read(own, "/policy/compare?before=1")) == "There are no two versions to compare yet"
    browser = signed(own, "admin")
    browser.get("/policy/new")
    browser.post("/policy/new", source=STARTER + "# Said again.\n", do="save")
    asked = read(own, "/policy/compare?before=1")
    assert heading(asked) == "With which version is version 1 to be compared?"
    assert "<option selected>2</option>" in asked.partition('name="after"')[2]
    assert heading(read(own, "/policy/compare")) == "Which two versions are to be compared?"


@pytest.mark.parametrize("path", ["/policy/new", "/policy/versions/1/activate", "/policy/revert"])
def test_who_may_not_change_the_policy_reads_it_without_the_acts(office: Office, path: str) -> None:
    browser = signed(office, "vera")
    page = browser.get("/policy").text
    assert "/policy/new" not in page
    assert "activate" not in browser.get("/policy/versions").text
    assert browser.get(path).status_code == 403
    assert browser.post(path, source=STARTER, do="save", reason="x", held="").status_code == 403


def test_a_form_of_another_session_changes_nothing(office: Office) -> None:
    browser = signed(office, "admin")
    browser.get("/policy/new")
    answer = browser.post("/policy/new", source=STARTER + "\n# x\n", do="save", token="0" * 64)
    assert answer.status_code == 403
    assert "1 version; version 1 decides" in plain(read(office, "/policy/versions"))


# The own history.


def finished(browser: Browser, address: str) -> str:
    """The page of a run, once it is done; its progress is asked for as its page does."""
    run = address.partition("run=")[2]
    for _ in range(600):
        shown = browser.get(f"/parts/policy/backtest/{run}")
        assert shown.status_code == 200, shown.text
        if "hx-trigger" not in shown.text:
            return str(browser.get(address).text)
        threading.Event().wait(0.05)
    raise AssertionError("the backtest does not end")


def test_a_version_is_tried_on_the_own_history(own: Office) -> None:
    known = own.open()
    own.open(subject="How do we rename a report?", users_affected=1)
    browser = signed(own, "admin")
    lenient = STARTER.replace("- {id: critical, when: 'case.severity == \"critical\"', level: senior}", "")
    lenient = lenient.replace("    at: 60\n", "    at: 70\n")
    number = saved(browser, lenient[: lenient.index("\nexamples:")] + "\nexamples: []\n")
    assert "What would another version have done?" in heading(browser.get("/policy/backtest").text)
    started = browser.post("/policy/backtest", version=number, days="30")
    assert started.status_code == 303, plain(started.text)
    page = finished(browser, started.headers["location"])
    assert heading(page) == "Version 2 would change the level of 1 case"
    effect = part(page, "effect")
    assert "Version 2 instead of 1 2 cases of 30 days" in effect
    assert "Senior 1 0" in effect
    assert "Standard 1 2 100 %" in effect
    moved = part(page, "moved")
    assert f"#{known['number']} API is down" in moved
    assert "minimums.critical" in moved

    same = browser.post("/policy/backtest", version="1", days="365")
    page = finished(browser, same.headers["location"])
    assert heading(page) == "This is what version 1 does"

    other = signed(own, "lea")
    run = same.headers["location"]
    assert other.get(run).status_code == 404, "whose lists name cases that others may not see"
    assert "Yours" not in other.get("/policy/backtest").text


@pytest.mark.parametrize(
    ("version", "days", "status"),
    [("77", "30", 404), ("1", "31", 422), ("x", "30", 422), ("1", "", 422)],
)
def test_what_cannot_be_tried_on_the_history_is_refused(office: Office, version: str, days: str, status: int) -> None:
    browser = signed(office, "admin")
    browser.get("/policy/backtest")
    assert browser.post("/policy/backtest", version=version, days=days).status_code == status


def test_a_version_that_was_never_activated_is_tried(own: Office) -> None:
    browser = signed(own, "admin")
    assert plain(browser.get("/policy").text).count("G P Policy") == 1
    number = saved(browser, STARTER + "\n# another\n")
    page = browser.get(f"/policy/try?subject=API+is+down&version={number}").text
    assert heading(page).startswith("Version 2 decides senior")
    assert "version 2 does not decide now" in plain(page)
