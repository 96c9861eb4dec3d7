"""Stories of the starter's organisation: its policy, tickets, and ways to act and to look."""

from importlib import resources
from typing import Any

from tests.testing import SECRET, World
from tocsin import audit
from tocsin.cases import acting, store
from tocsin.cases.queries import listing
from tocsin.cases.queries.listing import Filter
from tocsin.cases.record import mending
from tocsin.cases.record.health import examine
from tocsin.core import ids
from tocsin.ledger import erasing, journal
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.policy import versions

STARTER = resources.files("tocsin.policy.starters").joinpath("b2b-saas.yaml").read_text()


OUTAGE: dict[str, Any] = {
    "subject": "API is down",
    "body": "Everything is down since 9, all users get 502 errors",
    "account": {"external_id": "acme", "segment": "strategic", "arr": 2_000_000.0},
    "users_affected": 5000,
    "external_id": "Z-1",
}


QUESTION: dict[str, Any] = {"subject": "How do I export a report?", "external_id": "Z-2"}


def run(here: World, statement: str, *parameters: Any) -> int:
    """A hand in the database."""
    return here.installation.writer.write(lambda tx: tx.run(statement, parameters))


def rows(here: World, statement: str, *parameters: Any) -> list[Any]:
    with here.installation.database.reading() as tx:
        return tx.rows(statement, parameters)


def kinds(here: World, case: int) -> list[str]:
    with here.installation.database.reading() as tx:
        return [event.kind for event in journal.read(tx, case)]


def alarms(here: World) -> list[dict[str, Any]]:
    """What the lead was told, message by message."""
    return [message for message in here.outbox.sent if message["type"] == "alarm" and message["to"] == "lea"]


def pages(here: World) -> list[tuple[int, int, str]]:
    found = [message for message in here.outbox.sent if message["type"] == "page"]
    return [(message["path"]["pass"], message["path"]["step"], message["to"]) for message in found]


def act(here: World, case: int, plan: Any) -> None:
    installation = here.installation
    installation.writer.write(lambda tx: acting.act(tx, installation.desk, case, plan), cases=(case,))


def assert_sound(here: World, case: int) -> None:
    """The auditor has nothing to find, and the whole record proves every row of every case."""
    with here.installation.database.reading() as tx:
        timer = mending.timers(tx, [case]).get(case)
        people = here.installation.desk.directory.get(tx)
        assert examine(store.load(tx, case), timer, people, here.clock.now()) == []
        assert [str(finding) for finding in audit.verify(tx, audit.Keys.of(SECRET), audit.Report())] == []


def erase(here: World, case: int, *wanted: str) -> None:
    """Payloads that somebody had a right to have forgotten."""
    installation = here.installation

    def write(tx: Any) -> None:
        seqs = [event.seq for event in journal.read(tx, case) if event.kind in wanted]
        erasing.erase(tx, installation.journal, case, seqs, by="test", reason="asked to")

    installation.writer.write(write, cases=(case,))


def opened(here: World, ticket: dict[str, Any]) -> int:
    return ids.from_text(here.open(**ticket)["id"])


def activate(here: World, source: str, *, after: int = 0) -> int:
    installation = here.installation

    def write(tx: Any) -> int:
        version = versions.store(tx, installation.journal, source, "user:admin")
        versions.activate(
            tx,
            installation.mint,
            installation.journal,
            version,
            by="user:admin",
            reason="a test",
            effective_at=tx.now + after,
            names=installation.names(tx),
        )
        return version

    return installation.writer.write(write)


def found(here: World, words: str, viewer: Viewer = SYSTEM, **more: Any) -> list[str]:
    with here.installation.database.reading() as tx:
        cases, _ = listing.listed(tx, viewer, Filter({}, words=words, **more))
    return [state.case.subject for state in cases]
