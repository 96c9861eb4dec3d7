"""docs/extending.md adds one of everything: its blocks, on a copy of the source, give a Tocsin that has all of it, in
the API and its description, in commands, on pages and in the docs that are written from the source."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from tests.faces.browsing import PASSWORD, Browser
from tests.home import Home, Server
from tests.testing import wait_until
from tocsin.policy import starters
from tocsin.storage.migrations import versions

ROOT = Path(__file__).parents[2]
PAGE, ARCHITECTURE = ROOT / "docs" / "extending.md", ROOT / "docs" / "architecture.md"
BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.M | re.S)
LISTS = {f"src/tocsin/{name}.py" for name in ("verbs", "notify/channels/registry", "web/app", "cli/app")}
OF_TESTS = "tests/unit/payloads.jsonl"
POLICY = "policy.yaml"


class Block(NamedTuple):
    """One block of the page that names a file."""

    section: str
    language: str
    file: str
    text: str


def blocks() -> list[Block]:
    sections = re.split(r"^## (.+)\n", PAGE.read_text(), flags=re.M)
    named = zip(sections[1::2], sections[2::2], strict=True)
    return [Block(name, *found) for name, text in named for found in BLOCK.findall(text)]


def changed(text: str, block: Block) -> str:
    """A file with the change that a block shows."""
    lines = block.text.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] != "+")
    after = "".join(line[1:] for line in lines if line[0] != "-")
    assert text.count(before) == 1, f"{block.file} has not once what {PAGE.name} changes:\n{before}"
    return text.replace(before, after)


def numbered(block: Block) -> Block:
    """A migration as the one after the newest that there is; other blocks as they are."""
    if "/migrations/" not in block.file:
        return block
    newest = max(path.name[:4] for path in Path(versions.__file__).parent.glob("[0-9]*.py"))
    numbers = {"0004": newest, "0005": f"{int(newest) + 1:04}"}
    file, text = (re.sub("0004|0005", lambda found: numbers[found[0]], part) for part in (block.file, block.text))
    return block._replace(file=file, text=text)


def homes(section: str) -> set[str]:
    """The files that an addition touches, but for lists and for tests; a folder of its own is one."""
    files = [block.file for block in blocks() if block.section == section]
    own = [file for file in files if file not in LISTS | {OF_TESTS, POLICY}]
    return {file if (ROOT / file).parent.exists() else str(Path(file).parent) for file in own}


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home of a Tocsin that has all that the page adds, and of an administrator who sets it up."""
    folder = tmp_path_factory.mktemp("extended")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("*.egg-info"))
    (folder / POLICY).write_text(starters.text())
    for block in map(numbered, blocks()):
        place = folder / block.file
        if block.language == "diff":
            place.write_text(changed(place.read_text(), block))
        elif block.file != OF_TESTS:
            assert not place.exists(), f"{block.file} is there already"
            place.parent.mkdir(exist_ok=True)
            place.write_text(block.text)
    return Home(folder, PYTHONPATH=str(folder / "src"))


class Running(NamedTuple):
    home: Home
    url: str
    http: httpx2.Client

    def tocsin(self, *arguments: str) -> str:
        done = self.home.tocsin(*arguments)
        assert done.code == 0, done.err + done.out
        return done.out

    def do(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def running(extended: Home) -> Iterator[Running]:
    made = extended.tocsin("init", "--policy", POLICY, "--json")
    assert made.code == 0, made.err
    token = json.loads(made.out)["token"]
    with (
        Server(extended) as server,
        httpx2.Client(
            base_url=f"{server.url}/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=30
        ) as client,
    ):
        extended.environment |= {"TOCSIN_URL": server.url, "TOCSIN_TOKEN": token}
        found = Running(extended, server.url, client)
        found.do("PUT", "/users/admin/password", {"password": PASSWORD})
        yield found


@pytest.fixture(scope="module")
def browser(running: Running) -> Browser:
    browser = Browser(running.url)
    browser.sign_in("admin")
    return browser


def clocks(running: Running, case: int) -> dict[str, str | None]:
    return {clock["clock"]: clock["outcome"] for clock in running.do("GET", f"/cases/{case}")["clocks"]}


def opened(running: Running, subject: str) -> int:
    """The number of a new case."""
    number: int = running.do("POST", "/cases", {"subject": subject})["number"]
    return number


def test_a_kind_of_event_is_in_the_catalogue_of_commands_docs_and_webhooks(running: Running) -> None:
    listed = {kind["kind"]: kind for kind in json.loads(running.tocsin("audit", "events", "--json"))}
    assert listed["case.thanked"] == {
        "kind": "case.thanked",
        "says": "The customer said thank you",
        "fields": ["words"],
    }
    row = "| `case.thanked` | The customer said thank you | `words` |"
    assert row in running.tocsin("audit", "events", "--markdown")
    made = running.do("POST", "/webhooks", {"url": "https://example.com/thanks", "events": ["case.thanked"]})
    assert made["events"] == ["case.thanked"]
    [stored] = [json.loads(block.text) for block in blocks() if block.file == OF_TESTS]
    assert (stored["kind"], list(stored["payload"])) == ("case.thanked", listed["case.thanked"]["fields"])


def test_a_verb_has_a_route_a_command_and_a_form_and_writes_its_event(running: Running, browser: Browser) -> None:
    case = opened(running, "How do we sort a report?")
    running.do("POST", f"/cases/{case}/thanks", {"words": "quick"})
    assert running.http.post(f"/cases/{case}/thanks", json={"words": " "}).json()["place"] == "words"
    for name in ("record-thanks", "thanks"):
        assert "has the customer's thanks" in running.tocsin("case", name, str(case), "nice")
    form = browser.get(f"/cases/{case}").text.partition('id="act-record-thanks"')[2].partition("</details>")[0]
    assert 'name="words"' in form
    assert browser.post(f"/cases/{case}/record-thanks", words="kind").status_code == 303
    events = running.do("GET", f"/cases/{case}/timeline")["events"]
    assert [one["payload"]["words"] for one in events if one["kind"] == "case.thanked"] == [
        "quick",
        "nice",
        "nice",
        "kind",
    ]
    assert "the customer said thank you: kind" in browser.get(f"/cases/{case}").text
    assert running.do("GET", f"/cases/{case}")["actions"]["record-thanks"] == {"allowed": True}
    assert "| `record-thanks` |" in running.tocsin("case", "verbs", "--markdown")
    described = running.do("GET", "/openapi.json")["paths"]["/api/v1/cases/{case}/thanks"]["post"]
    assert described["operationId"] == "record_thanks"
    assert described["requestBody"]["content"]["application/json"]["example"].keys() == {"words"}
    assert "record_thanks" in httpx2.get(f"{running.url}/api").text


def test_a_clock_of_every_policy_starts_and_is_met(running: Running, browser: Browser) -> None:
    case = opened(running, "How do we rename a report?")
    assert clocks(running, case)["greet"] is None
    assert "First word to the customer" in running.tocsin("case", "show", str(case))
    assert "First word to the customer" in browser.get(f"/cases/{case}").text
    running.do("POST", f"/cases/{case}/updates", {"text": "We look at it."})
    assert clocks(running, case)["greet"] == "met"
    assert "greet" in running.tocsin("policy", "schema", "--markdown")


def test_a_clock_of_a_policy_starts_and_is_met(running: Running, browser: Browser) -> None:
    case = opened(running, "How do we name a report?")
    running.do("POST", f"/cases/{case}/resolution", {})
    assert clocks(running, case)["callback"] is None
    assert "Call after the solution" in running.tocsin("case", "show", str(case))
    assert "Call after the solution" in browser.get(f"/cases/{case}").text
    running.do("POST", f"/cases/{case}/milestones", {"milestone": "called"})
    assert clocks(running, case)["callback"] == "met"
    assert running.home.tocsin("policy", "test", POLICY).code == 0


def test_a_channel_takes_pages(running: Running) -> None:
    spool = running.home.folder / "spool"
    assert "--spool FILE" in running.tocsin("user", "reach", "--help")
    assert str(spool) in running.tocsin("user", "reach", "admin", "--spool", str(spool))
    refused = running.http.post("/users/admin/destinations", json={"spool": "here"})
    assert (refused.status_code, refused.json()["place"]) == (422, "spool")
    schemas = running.do("GET", "/openapi.json")["components"]["schemas"]
    assert "spool" in schemas["NewDestination"]["properties"]
    outage = {"subject": "API is down", "users_affected": 5000, "account": {"segment": "strategic"}}
    case = running.do("POST", "/cases", outage)["number"]
    pages = [page for page in running.do("GET", f"/cases/{case}")["pages"] if page["channel"] == "spool"]
    assert pages
    wait_until(lambda: f'"number":{case}' in (spool.read_text() if spool.exists() else ""), 60)


def test_a_table_and_a_page_keep_what_is_sent(running: Running, browser: Browser) -> None:
    case = opened(running, "How do we keep a report?")
    assert browser.get("/bookmarks").status_code == 200
    for _ in range(2):
        assert browser.post("/bookmarks", case=str(case)).status_code == 303
    assert browser.get("/bookmarks").text.count(f'<a href="/cases/{case}">') == 1
    assert browser.post("/bookmarks", case="4711").status_code == 404
    assert Browser(running.url).get("/bookmarks").headers["location"].startswith("/sign-in")


def test_a_command_is_found_and_runs(running: Running) -> None:
    assert "Who leads which team." in running.tocsin("--help")
    teams = {team["name"]: team["lead"] for team in running.do("GET", "/teams")["teams"]}
    assert json.loads(running.tocsin("leads", "--json")) == teams


def test_a_pack_takes_deliveries(running: Running) -> None:
    made = json.loads(running.tocsin("connector", "add", "amrum", "--pack", "lighthouse", "--json"))
    shown = running.tocsin("connector", "test", "amrum")
    assert "The light Amrum is out" in shown
    packs = {pack["name"]: pack for pack in running.do("GET", "/connectors")["packs"]}
    assert packs["lighthouse"]["kind"] == "monitoring"
    lamp = {"id": "L-7", "name": "Amrum", "state": "out", "coast": "west"}
    delivery = {"message": {"id": "m-1"}, "at": "2026-11-22T09:30:00Z", "lamp": lamp}
    url = running.url + made["shown_once"]["path"]
    assert httpx2.post(url, json=delivery).status_code == 401
    taken = httpx2.post(url, json=delivery, headers={"x-lighthouse-token": made["shown_once"]["secret"]})
    assert taken.is_success, taken.text
    assert "The light Amrum is out" in running.tocsin("case", "list")


def test_an_addition_has_as_few_homes_as_the_architecture_says() -> None:
    rows = re.findall(r"^\| ([a-z ]+) \| .+ \| (\d+)(?: folder)? \| .+ \|$", ARCHITECTURE.read_text(), re.M)
    said = {f"A {name}": int(count) for name, count in rows}
    assert said == {section: len(homes(section)) for section in dict.fromkeys(block.section for block in blocks())}
