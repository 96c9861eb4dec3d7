"""Connectors that ask their tools: what an answer holds is taken once, from a cursor on, whatever goes wrong."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.stories.starter import STARTER
from tests.testing import SECRET, World, world
from tocsin import audit
from tocsin.connectors import finding, pulling, store
from tocsin.core.clock import DAY, HOUR, MINUTE, SECOND
from tocsin.core.errors import InvalidInput, TocsinError
from tocsin.runtime import Options
from tocsin.storage.transaction import Tx
from tocsin.tools.outgoing import Answer, Outcome

BY = "user:admin"
MAPPING = {"source": "desk", "external_id": "id", "subject": "title", "status": "state", "sequence": "updated"}
PULL = {
    "url": "https://desk.example.com/tickets?since={cursor}",
    "every": "1m",
    "headers": {"authorization": "Bearer {credential}"},
    "items": "tickets",
    "cursor": "item.updated",
    "start": "2026-01-01T00:00:00Z",
}


class Desk:
    """A help desk that is asked for its tickets. `limit`: of one answer; `says`: what it answers instead."""

    def __init__(self) -> None:
        self.tickets: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.authorized: set[str | None] = set()
        self.limit = 1000
        self.says: Answer | Outcome | None = None

    def write(self, name: str, minute: int, state: str = "open", **more: Any) -> None:
        ticket = {"id": name, "title": f"{name} fails", "state": state, "updated": f"2026-11-02T07:{minute:02}:00Z"}
        self.tickets = [one for one in self.tickets if one["id"] != name] + [ticket | more]

    async def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes, most: int) -> Answer | Outcome:
        self.authorized.add(headers.get("authorization"))
        since = parse_qs(urlsplit(url).query).get("since", [""])[0]
        self.asked.append(since)
        if self.says is not None:
            return self.says
        newer = sorted((one for one in self.tickets if one["updated"] >= since), key=lambda one: str(one["updated"]))
        return Answer(200, {}, json.dumps({"tickets": newer[: self.limit]}).encode())


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER, watching=True, options=Options(synthetic_every=0))
    yield made
    made.installation.close()


@pytest.fixture
def desk(here: World) -> Desk:
    answering = Desk()
    here.installation.outgoing.pulls.courier.client = answering  # type: ignore[attr-defined]
    return answering


def add(here: World, pull: dict[str, Any] | None = None, mapping: dict[str, Any] | None = None) -> None:
    one = here.installation

    def write(tx: Tx) -> None:
        store.add(tx, one.mint, one.journal, one.vault, "desk", mapping or MAPPING, signed=False, by=BY)
        change(tx, PULL if pull is None else pull)

    def change(tx: Tx, asked: dict[str, Any]) -> None:
        changes = store.Changes(settings=finding.Settings(pull=asked), credential="their key")
        store.change(tx, one.mint, one.journal, one.vault, "desk", changes, by=BY)

    one.writer.write(write)


def rows(here: World, statement: str) -> list[tuple[Any, ...]]:
    with here.installation.database.reading() as tx:
        return [tuple(row) for row in tx.rows(statement)]


def cases(here: World) -> list[tuple[str, str]]:
    found = "SELECT external_id, state FROM cases ORDER BY id"
    return [(name, state) for name, state in rows(here, found)]


def outcomes(here: World) -> list[str]:
    return [row[0] for row in rows(here, "SELECT outcome FROM hook_deliveries ORDER BY id")]


def state(here: World) -> dict[str, Any]:
    with here.installation.database.reading() as tx:
        return pulling.shown(tx, finding.id_of(tx, "desk"))


def test_what_is_new_is_taken_once_and_the_cursor_goes_on(here: World, desk: Desk) -> None:
    desk.write("A", 1)
    desk.write("B", 2)
    add(here)
    here.forward(10 * MINUTE)
    assert outcomes(here) == ["opened", "opened"]
    assert state(here)["cursor"] == "2026-11-02T07:02:00Z"
    assert desk.asked[:3] == ["2026-01-01T00:00:00Z", "2026-11-02T07:02:00Z", "2026-11-02T07:02:00Z"]
    assert desk.authorized == {"Bearer their key"}
    desk.write("C", 2)  # as late as the last one
    desk.write("A", 3, priority="high")
    here.forward(2 * MINUTE)
    assert [name for name, _ in cases(here)] == ["A", "B", "C"]
    assert outcomes(here) == ["opened", "opened", "opened", "unchanged"]
    actors = {row[0] for row in rows(here, "SELECT actor FROM events WHERE kind = 'case.opened'")}
    assert actors == {"hook:desk"}
    here.forward(10 * MINUTE)
    assert len(outcomes(here)) == 4
    with here.installation.database.reading() as tx:
        assert [str(one) for one in audit.verify(tx, audit.Keys.of(SECRET), audit.Report())] == []


def test_a_list_that_is_always_whole_begins_nothing_anew(here: World, desk: Desk) -> None:
    """Its source says no status, so a report that came again would count as the problem reported anew."""
    silent = {"source": "desk", "external_id": "id", "subject": "title"}
    whole = {"url": "https://desk.example.com/tickets", "every": "1h", "items": "tickets"}
    desk.write("A", 1)
    add(here, whole, silent)
    here.forward(MINUTE)
    here.installation.writer.write(lambda tx: tx.run("UPDATE cases SET recovered_at = ?", (tx.now,)))
    here.forward(DAY + 2 * HOUR, look=HOUR)  # what is remembered of tickets for a day is forgotten
    assert len(desk.asked) > 24
    assert outcomes(here) == ["opened"]


def test_pages_of_a_long_list_are_taken_one_after_another(here: World, desk: Desk) -> None:
    desk.limit = 2
    for number in range(5):
        desk.write(f"T{number}", number)
    add(here)
    here.forward(MINUTE)
    assert [name for name, _ in cases(here)] == [f"T{number}" for number in range(5)]
    assert outcomes(here) == ["opened"] * 5


def test_more_than_one_transaction_takes_is_taken_in_several(
    here: World, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "MOST_AT_ONCE", 2)
    for number in range(5):
        desk.write(f"T{number}", number)
    add(here)
    here.forward(0)
    assert (len(cases(here)), state(here)["cursor"]) == (2, None)
    here.forward(MINUTE)
    assert outcomes(here) == ["opened"] * 5
    assert state(here)["cursor"] == "2026-11-02T07:04:00Z"


def test_what_cannot_be_had_is_asked_for_again_and_told(here: World, desk: Desk) -> None:
    desk.write("A", 1)
    desk.says = Answer(503, {}, b"")
    add(here)
    here.forward(4 * HOUR, look=10 * MINUTE)
    assert 6 < len(desk.asked) < 14, "ever more seldom"
    assert "503" in state(here)["error"]
    alarms = "SELECT says, ended_at IS NULL FROM alarms WHERE kind = 'connector.failing'"
    [(says, stands)] = rows(here, alarms)
    assert ("desk" in says, bool(stands)) == (True, True)
    desk.says = None
    here.forward(HOUR + MINUTE, look=10 * MINUTE)
    assert cases(here) == [("A", "open")]
    assert state(here)["error"] is None
    assert [bool(row[1]) for row in rows(here, alarms)] == [False]


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b'{"tickets": 5}', b"{}"])
def test_an_answer_that_cannot_be_read_moves_nothing(here: World, desk: Desk, answer: bytes) -> None:
    desk.says = Answer(200, {}, answer)
    add(here)
    here.forward(10 * MINUTE)
    assert state(here)["cursor"] is None
    assert "cannot be read" in state(here)["error"]
    desk.write("A", 1)
    desk.says = None
    here.forward(HOUR, look=10 * MINUTE)
    assert cases(here) == [("A", "open")]


def test_one_that_is_refused_leaves_the_others_and_can_be_replayed(here: World, desk: Desk) -> None:
    desk.write("A", 1)
    desk.tickets.append({"id": None, "title": "no id", "state": "open", "updated": "2026-11-02T07:01:30Z"})
    desk.write("B", 2)
    add(here)
    here.forward(HOUR, look=10 * MINUTE)
    assert outcomes(here) == ["opened", "refused", "opened"]
    assert len(rows(here, "SELECT 1 FROM kept_deliveries WHERE body IS NOT NULL")) == 3
    assert len(rows(here, "SELECT 1 FROM alarms WHERE kind = 'intake.refused'")) == 1


def test_an_answer_that_could_not_be_written_is_asked_for_again(
    here: World, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cursor and what it stands for are one transaction."""
    desk.write("A", 1)
    desk.write("B", 2)
    kept = pulling._keep

    def broken(*_: Any) -> None:
        raise RuntimeError("the process ends here")

    monkeypatch.setattr(pulling, "_keep", broken)
    add(here)
    here.forward(SECOND)
    assert (cases(here), outcomes(here)) == ([], [])
    monkeypatch.setattr(pulling, "_keep", kept)
    here.forward(10 * MINUTE)
    assert outcomes(here) == ["opened", "opened"]


def test_it_asks_no_more_once_it_is_told_so_or_revoked(here: World, desk: Desk) -> None:
    one = here.installation
    add(here)
    here.forward(5 * MINUTE)
    assert desk.asked
    none = store.Changes(settings=finding.Settings())
    one.writer.write(lambda tx: store.change(tx, one.mint, one.journal, one.vault, "desk", none, by=BY))
    before = len(desk.asked)
    here.forward(HOUR, look=10 * MINUTE)
    assert len(desk.asked) == before
    again = store.Changes(settings=finding.Settings(pull=PULL))
    one.writer.write(lambda tx: store.change(tx, one.mint, one.journal, one.vault, "desk", again, by=BY))
    here.forward(MINUTE)
    assert desk.asked[before] == PULL["start"], "from the start"
    one.writer.write(lambda tx: store.revoke(tx, one.mint, one.journal, "desk", by=BY))
    before = len(desk.asked)
    here.forward(HOUR, look=10 * MINUTE)
    assert len(desk.asked) == before


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"url": "http://10.0.0.1/x"}, "pull.url"),
        ({"url": "ftp://desk.example.com"}, "pull.url"),
        ({"url": "https://desk.example.com/{secret}"}, "pull.url"),
        ({"every": "1s"}, "pull.every"),
        ({"every": "2bd"}, "pull.every"),
        ({"items": {"cel": "item +"}}, "pull.items"),
        ({"page": 1}, "pull.page"),
        ({"headers": {"x": "{cursor}"}}, "pull.headers"),
    ],
)
def test_a_pull_that_is_wrong_names_the_place(here: World, change: dict[str, Any], place: str) -> None:
    with pytest.raises(TocsinError) as error:
        add(here, PULL | change)
    assert place in str(error.value)


def test_a_pull_needs_its_start_and_its_credential(here: World) -> None:
    with pytest.raises(TocsinError, match=r"pull\.start"):
        add(here, {key: value for key, value in PULL.items() if key != "start"})
    one = here.installation

    def write(tx: Tx) -> None:
        store.add(tx, one.mint, one.journal, one.vault, "desk", MAPPING, signed=False, by=BY)
        changes = store.Changes(settings=finding.Settings(pull=PULL))
        store.change(tx, one.mint, one.journal, one.vault, "desk", changes, by=BY)

    with pytest.raises(InvalidInput, match="credential"):
        one.writer.write(write)


def test_a_token_that_the_whole_answer_names_goes_on_as_it_is(here: World, desk: Desk) -> None:
    pull = PULL | {"cursor": "next", "start": "first"}
    add(here, pull)
    told = iter(["zz", "b", "b"])

    async def ask(method: str, url: str, headers: Mapping[str, str], body: bytes, most: int) -> Answer:
        desk.asked.append(url.partition("since=")[2])
        name = next(told, "b")
        ticket = {"id": name, "title": f"{name} fails", "state": "open", "updated": 1}
        return Answer(200, {}, json.dumps({"tickets": [ticket], "next": name}).encode())

    desk.ask = ask  # type: ignore[method-assign]
    here.forward(2 * MINUTE)
    assert desk.asked[:4] == ["first", "zz", "b", "b"]
    assert outcomes(here) == ["opened", "opened"]
