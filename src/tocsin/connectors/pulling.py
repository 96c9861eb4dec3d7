"""Pulling: connectors ask the tools that deliver nothing by themselves, one row of work for each.

What an answer holds is taken, and the cursor advanced, in one transaction: a crash before it asks again, and one after
it goes on. What stood in an earlier answer just so is not taken again, so a list that overlaps with the last one, or
is always the whole, delivers nothing twice. What cannot be had is asked for again, ever more seldom, for as long as the
connector is there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import Any, NamedTuple, Protocol

from tocsin.connectors import finding
from tocsin.connectors.delivery import Delivery
from tocsin.connectors.engine import Engine
from tocsin.connectors.pulls import Answered, Pull
from tocsin.connectors.reception import Reception
from tocsin.core import instants
from tocsin.core.clock import SECOND
from tocsin.core.errors import InvalidInput
from tocsin.core.vault import Vault
from tocsin.core.wording import say
from tocsin.ledger import work
from tocsin.storage.transaction import Tx
from tocsin.tools.alarms import Alarm, Raising
from tocsin.tools.lanes import Lanes
from tocsin.tools.outgoing import Answer, Outcome, judged
from tocsin.tools.sending import Sent

QUEUE = "pull"
CHANNEL = "connector"
PLACES = 16
SOON = 5 * SECOND  # until it is asked for what is still to come
MOST_AT_ONCE = 200  # deliveries that one transaction takes
MOST_BYTES = 8 * 1024 * 1024
TOLD = 3  # failures in a row until people hear of it
_DIGEST = 16
_MOST_SEEN = 20_000


class Asker(Protocol):
    """Whatever carries requests."""

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, most: int
    ) -> Answer | Outcome: ...


class Asking(NamedTuple):
    """A request that is to be made now. `unfit`: why it cannot be made."""

    item: work.Item
    connector: Engine
    pull: Pull
    cursor: str | None
    url: str = ""
    unfit: str = ""
    case: int | None = None
    channel: str = CHANNEL

    @property
    def lane(self) -> int:
        return self.connector.stored.id

    @property
    def name(self) -> str:
        return self.connector.stored.name


class Progress(NamedTuple):
    """How far a connector has come, in the order of the columns."""

    cursor: str | None = None
    seen: bytes = b""
    at: int | None = None
    error: str | None = None


@dataclass(slots=True)
class Pulling:
    """A `Courier`."""

    client: Asker
    vault: Vault
    reception: Reception
    alarms: Raising
    holder: str
    chance: Random = field(default_factory=Random)

    def claim(self, tx: Tx, lanes: Lanes) -> list[Asking]:
        """Whoever is to be asked now."""
        items = work.claim(tx, QUEUE, self.holder, lanes.room(tx.now).free)
        found = [self._asking(tx, item) for item in items]
        return [asking for asking in found if asking is not None]

    async def send(self, asking: Asking, now: int) -> Outcome:
        if asking.unfit:
            return Outcome(False, asking.unfit, final=True)
        usual = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "Tocsin"}
        headers = usual | asking.pull.with_credential(asking.connector.credential())
        answer = await self.client.ask("GET", asking.url, headers, b"", MOST_BYTES)
        if isinstance(answer, Outcome):
            return answer
        if len(answer.body) >= MOST_BYTES:
            return Outcome(False, f"the answer is larger than {MOST_BYTES // 1024 // 1024} MiB: ask for less at a time")
        return judged(answer, now, "")._replace(answer=answer.body)

    def record(self, tx: Tx, sent: Sent[Asking]) -> None:
        """Take what was answered, and write down how far that goes."""
        asking, outcome = sent
        if not work.holds(tx, asking.item):
            return
        if not outcome.delivered:
            self._in_vain(tx, asking, outcome)
            return
        try:
            answered = asking.pull.read(outcome.answer, asking.cursor)
        except InvalidInput as error:
            self._in_vain(tx, asking, Outcome(False, f"the answer cannot be read: {error}"))
            return
        more = self._take(tx, asking, answered)
        self.alarms.end(tx, [_key(asking)])
        work.arm(tx, QUEUE, asking.item.subject, tx.now + (SOON if more else asking.pull.every))

    def set_aside(self, tx: Tx, asking: Asking, error: str) -> None:
        """Nothing was taken, so it is asked for again."""
        work.retry(tx, asking.item, error, after=self._rest(asking, 0), attempts=None)

    def _asking(self, tx: Tx, item: work.Item) -> Asking | None:
        """What a connector asks now; without one that pulls the row of work goes."""
        stored = finding.by_id(tx, item.subject)
        connector = None if stored is None else Engine.of(stored, self.vault)
        if connector is None or (pull := connector.pull) is None:
            work.finish(tx, [item])
            return None
        asking = Asking(item, connector, pull, progress(tx, item.subject).cursor)
        try:
            return asking._replace(url=pull.address(asking.cursor))
        except InvalidInput as error:
            return asking._replace(unfit=str(error))

    def _take(self, tx: Tx, asking: Asking, answered: Answered) -> bool:
        """Take what is new in an answer; whether there may be more at once: this was too much for one transaction, or
        the cursor went on."""
        before = progress(tx, asking.item.subject)
        known = _split(before.seen)
        answer = {_digest(delivery): delivery for delivery in answered.deliveries}
        fresh = [digest for digest in answer if digest not in known]
        taken = fresh[:MOST_AT_ONCE]
        for digest in taken:
            self.reception.take(tx, asking.connector, answer[digest])
        if len(taken) < len(fresh):
            seen = before.seen + b"".join(taken)
            _keep(tx, asking.item.subject, Progress(before.cursor, seen[-_MOST_SEEN * _DIGEST :], tx.now))
            return True
        nothing_newer = not answer and asking.pull.cursor is not None
        seen = before.seen if nothing_newer else b"".join(answer)
        cursor = before.cursor if answered.cursor is None else answered.cursor
        _keep(tx, asking.item.subject, Progress(cursor, seen, tx.now))
        return bool(taken) and cursor != before.cursor

    def _in_vain(self, tx: Tx, asking: Asking, outcome: Outcome) -> None:
        _keep(tx, asking.item.subject, progress(tx, asking.item.subject)._replace(error=outcome.error[:500]))
        if outcome.final or asking.item.attempt >= TOLD:
            says = say(
                "the connector {name} cannot fetch what its tool has: {error}",
                name=asking.name,
                error=outcome.error[:200],
            )
            self.alarms.raise_(tx, Alarm(_key(asking), "connector.failing", says))
        work.retry(tx, asking.item, outcome.error, after=self._rest(asking, outcome.after), attempts=None)

    def _rest(self, asking: Asking, asked: int) -> int:
        return max(asked, work.backoff(asking.item.attempt, self.chance, first=asking.pull.every))


def begin(tx: Tx, connector: int) -> None:
    """Ask from the start, now."""
    end(tx, connector)
    work.arm(tx, QUEUE, connector, tx.now)


def end(tx: Tx, connector: int) -> None:
    """Ask no more, and forget how far it went."""
    work.disarm(tx, QUEUE, connector)
    tx.run("DELETE FROM pulls WHERE hook = ?", (connector,))


def progress(tx: Tx, connector: int) -> Progress:
    """How far a connector has come."""
    row = tx.row("SELECT cursor, seen, at, error FROM pulls WHERE hook = ?", (connector,))
    return Progress() if row is None else Progress(row[0], bytes(row[1]), row[2], row[3])


def shown(tx: Tx, connector: int) -> dict[str, Any]:
    """The same, as it is shown."""
    found = progress(tx, connector)
    at = None if found.at is None else instants.to_text(found.at)
    return {"at": at, "cursor": found.cursor, "error": found.error}


def _keep(tx: Tx, connector: int, now: Progress) -> None:
    tx.run(
        "INSERT INTO pulls (hook, cursor, seen, at, error) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hook) DO UPDATE SET"
        " cursor = excluded.cursor, seen = excluded.seen, at = excluded.at, error = excluded.error",
        (connector, *now),
    )


def _key(asking: Asking) -> str:
    return f"pull:{asking.name}"


def _digest(delivery: Delivery) -> bytes:
    return sha256(delivery.raw).digest()[:_DIGEST]


def _split(seen: bytes) -> set[bytes]:
    return {seen[at : at + _DIGEST] for at in range(0, len(seen), _DIGEST)}
