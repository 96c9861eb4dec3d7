"""Every command of `tocsin case`, on a database and over a server: the same words do the same thing."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.home import Home
from tests.testing import SECRET, serving
from tocsin import runtime

OUTAGE = json.dumps({"subject": "API is down", "users_affected": 5000})
STAFF = {"anna": "agent", "carl": "senior", "lea": "lead"}


class Desk:
    """Commands of people: on a database with --as, over a server with the token of each."""

    def __init__(self, home: Home, tokens: dict[str, str] | None) -> None:
        self.home = home
        self._tokens = tokens

    def run(self, who: str, *arguments: str) -> Any:
        if self._tokens is None:
            return self.home.run("case", *arguments, "--as", who)
        self.home.environment["TOCSIN_TOKEN"] = self._tokens[who]
        return self.home.run("case", *arguments)

    def do(self, who: str, *arguments: str) -> Any:
        done = self.run(who, *arguments, "--json")
        assert done.code == 0, done.err
        return json.loads(done.out)

    def open(self) -> str:
        (self.home.folder / "outage.json").write_text(OUTAGE)
        arguments = ("open", "--file", "outage.json", "--json")
        if self._tokens is not None:
            self.home.environment["TOCSIN_TOKEN"] = self._tokens["anna"]
        return str(json.loads(self.home.run("case", *arguments).out)["number"])


@pytest.fixture(params=["database", "server"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Iterator[Desk]:
    home = Home(tmp_path, TOCSIN_DATABASE_URL=database_url, TOCSIN_SECRET_KEY=SECRET)
    home.environment["TOCSIN_TOKEN"] = home.succeed("init", "--json")["token"]
    for name, role in STAFF.items():
        home.succeed("user", "add", name, "--role", role)
    home.succeed(
        "team", "change", "engineering", "--member", "carl", "--lead", "lea"
    )  # a senior of the team answers for it
    if request.param == "database":
        yield Desk(home, None)
        return
    admin = home.environment["TOCSIN_TOKEN"]
    tokens = {name: home.succeed("token", "create", name, "--user", name, "--json")["token"] for name in STAFF}
    with serving(runtime.build(database_url, SECRET)) as url:
        home.environment["TOCSIN_URL"] = url
        yield Desk(home, tokens | {"admin": admin})


def test_every_verb(desk: Desk) -> None:
    case, do = desk.open(), desk.do
    assert do("carl", "ack", case)["acknowledged"]
    assert not do("carl", "decline", case, "--reason", "on a train")["acknowledged"]
    assert do("anna", "assign", case, "carl")["owner"] == "carl"
    assert do("anna", "request", case, "executive", "--reason", "the board", "--hurt", "all", "--wants", "a call")[
        "request"
    ]
    assert do("lea", "answer", case, "--decline", "--reason", "no")["request"] is None
    assert do("lea", "raise", case, "executive", "--reason", "after all")["level"] == "executive"
    assert do("lea", "lower", case, "senior", "--reason", "enough")["level"] == "senior"
    assert do("lea", "override", case, "--team", "billing", "--reason", "theirs")["team"] == "billing"
    held = desk.run("anna", "hold", case, "--reason", "waits").out
    assert re.search(r"is on hold until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: ", held), held
    assert not do("anna", "release", case)["held"]
    due = "2099-01-01T00:00:00Z"
    relieved = do("admin", "relieve", case, "resolve", due, "--reason", "agreed")["clocks"]
    assert due in {run["due_at"] for run in relieved}
    assert do("anna", "contain", case, "--note", "off")["containment_claimed_at"]
    assert not do("carl", "contain", case, "--reject", "--reason", "still slow")["containment_claimed_at"]
    assert do("carl", "contain", case)["contained"]
    assert do("anna", "resolve", case)["resolution_claimed_at"]
    assert do("admin", "resolve", case, "--confirm")["state"] == "resolved"
    assert do("anna", "close", case, "--note", "done")["state"] == "closed"
    assert do("anna", "reopen", case, "--reason", "it is back")["state"] == "open"
    assert do("lea", "correct", case, "false_alarm", "--reason", "a drill")["corrected"] == "false_alarm"
    other = desk.open()
    assert do("anna", "link", case, "parent", other)["parent"] == int(other)
    assert do("anna", "link", case, "parent", other, "--undo")["parent"] is None
    assert do("anna", "note", case, "Hello")["number"] == int(case)
    assert do("anna", "send-update", case, "We are on it.")["number"] == int(case)
    assert do("anna", "explain", case, "A certificate had expired.")["number"] == int(case)
    assert do("anna", "ask-team", case, "support", "Which release has it?")["number"] == int(case)
    assert do("anna", "answer-team", case, "That of Tuesday.")["number"] == int(case)
    assert do("anna", "mark-milestone", case, "authority-warned", "--note", "by the portal")["number"] == int(case)
    assert do("anna", "link", case, "merged", other, "--reason", "twice")["state"] == "merged"
    shown = do("anna", "show", case)
    assert (shown["number"], shown["answers_for"]["number"]) == (int(other), int(case))
    assert shown["actions"]["lower"]["allowed"] is False
    assert do("lea", "confide", other, "carl", "--reason", "legal")["confidential"]
    assert desk.run("anna", "show", other).code == 1
    assert [found["number"] for found in do("anna", "list")["cases"]] == [int(case)]
    assert {found["number"] for found in do("carl", "list")["cases"]} == {int(case), int(other)}


def test_a_verb_is_a_command_by_its_own_name_as_well_as_by_its_short_one(desk: Desk) -> None:
    case, do = desk.open(), desk.do
    assert do("carl", "acknowledge", case)["acknowledged"]
    assert do("anna", "request", case, "executive", "--reason", "the board")["request"]
    assert do("lea", "answer-request", case, "--decline", "--reason", "no")["request"] is None
    assert do("anna", "hold", case, "--reason", "waits")["held"]
    assert not do("anna", "resume", case)["held"]
    due = "2099-01-01T00:00:00Z"
    assert due in {run["due_at"] for run in do("admin", "extend", case, "resolve", due, "--reason", "agreed")["clocks"]}
    for what, claim in (("containment", "contain"), ("resolution", "resolve")):
        assert do("anna", claim, case)[f"{what}_claimed_at"]
        assert not do("carl", f"reject-{what}", case, "--reason", "still slow")[f"{what}_claimed_at"]
        assert do("anna", claim, case)[f"{what}_claimed_at"]
        confirmed = do("carl", f"confirm-{what}", case)
    assert confirmed["state"] == "resolved"
    other = desk.open()
    assert do("anna", "link", other, "related", case)["number"] == int(other)
    assert do("anna", "unlink", other, "related", case)["number"] == int(other)
    assert do("lea", "restrict", other, "carl", "--reason", "legal")["confidential"]
    assert not do("lea", "restrict", other, "--reason", "over")["confidential"]


def test_triage_in_words(desk: Desk) -> None:
    case = desk.open()
    said = desk.run("carl", "show", case).out
    assert "triage asks until" in said
    answered = desk.run("lea", "triage", case, "executive", "--reason", "the whole city")
    assert (answered.code, "is answered in triage: executive" in answered.out) == (0, True), answered.err
    claimed = desk.run("anna", "resolve", case, "--note", "it works")
    assert "a senior has to confirm" in claimed.out
    said = desk.run("carl", "show", case).out
    assert "resolution claimed, to be confirmed" in said
    assert "claims resolution: it works" in said
    refused = desk.run("anna", "resolve", case, "--confirm")
    assert (refused.code, "may not confirm or reject claims" in refused.err) == (1, True)


@pytest.mark.parametrize(
    "wrong",
    [
        ("answer", "1"),
        ("answer", "1", "--accept", "--decline"),
        ("resolve", "1", "--confirm", "--reject"),
        ("contain", "1", "--reason", "why"),
        ("resolve", "1", "--confirm", "--note", "how"),
        ("lower", "1", "standard"),
    ],
    ids=" ".join,
)
def test_wrong_use(tmp_path: Path, wrong: tuple[str, ...]) -> None:
    done = Home(tmp_path).run("case", *wrong)
    assert done.code == 2
    assert "--" in done.err
