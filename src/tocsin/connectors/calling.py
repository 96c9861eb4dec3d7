"""Carrying effects out: calls to the systems of tickets, at least once, in order for each case of a connector.

A row of work stands for one case of one connector, as for webhooks (`notify/deliveries.py`): its earliest effect that
waits is sent; when that is settled, the row is due for the next. Each connector has a lane of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, NamedTuple, Protocol

from tocsin.cases import queries
from tocsin.cases.aggregate import Case
from tocsin.connectors import links
from tocsin.connectors.declared import filled, filled_path
from tocsin.connectors.engine import Engine
from tocsin.connectors.events import EffectFailed, EffectSent
from tocsin.connectors.finding import StoredConnector
from tocsin.core import canonical
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.vault import Vault
from tocsin.core.wording import say
from tocsin.intake.mapping.conversions import shown
from tocsin.intake.mapping.paths import at
from tocsin.ledger import work
from tocsin.ledger.journal import Journal
from tocsin.people.permissions import Viewer
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Tx
from tocsin.tools import queues
from tocsin.tools.alarms import Alarm, Raising
from tocsin.tools.lanes import Lanes
from tocsin.tools.outgoing import Answer, Outcome, judged
from tocsin.tools.sending import Sent

CHANNEL = "connector"
PLACES = 64
_ANYBODY = Viewer("connector", "viewer")  # who sees what is not confidential
_LATER = (408, 409, 423, 425, 429)  # refusals that may pass


class Caller(Protocol):
    """Whatever carries calls."""

    async def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer | Outcome: ...


class Effect(NamedTuple):
    """A call that is to be made now; its outcome enters the history of the case. `unfit`: why it cannot be made."""

    id: int
    item: work.Item
    stored: StoredConnector
    name: str
    case: int
    seq: int
    ticket: str
    method: str = ""
    url: str = ""
    body: bytes = b""
    reference: str = ""
    unfit: str = ""
    channel: str = CHANNEL

    @property
    def lane(self) -> int:
        return self.stored.id


@dataclass(slots=True)
class Calling:
    """A `Courier`."""

    connectors: Cached[tuple[StoredConnector, ...]]
    client: Caller
    vault: Vault
    journal: Journal
    alarms: Raising
    base_url: str
    holder: str
    chance: Random = field(default_factory=Random)

    def claim(self, tx: Tx, lanes: Lanes) -> list[Effect]:
        """What is due, of each connector as much as its lane has room for."""
        return queues.claim(tx, lanes, self.holder, CHANNEL, self.connectors.get(tx), partial(self._next, tx))

    async def send(self, effect: Effect, now: int) -> Outcome:
        if effect.unfit:
            return Outcome(False, effect.unfit, final=True)
        answer = await self.client.ask(effect.method, effect.url, self._headers(effect.stored), effect.body)
        if isinstance(answer, Outcome):
            return answer
        outcome = judged(answer, now, _reference(answer, effect.reference))
        refused = 400 <= answer.status < 500 and answer.status not in _LATER
        return outcome._replace(final=True) if refused else outcome

    def record(self, tx: Tx, sent: Sent[Effect]) -> None:
        """Write down what became of an effect that this process still holds."""
        effect, outcome = sent
        if not work.holds(tx, effect.item):
            return
        key = f"connector:{effect.stored.name}"
        if outcome.delivered:
            _settle(tx, effect, "sent", None, outcome.reference or None)
            self._write(tx, effect, None)
            self.alarms.end(tx, [key])
            self._go_on(tx, effect)
        elif queues.is_over(effect.item, outcome):
            _settle(tx, effect, "failed", outcome.error, None)
            self._write(tx, effect, outcome.error)
            says = say(
                "the connector {name} could not carry {effect} out: {error}",
                name=effect.stored.name,
                effect=effect.name,
                error=outcome.error[:200],
            )
            self.alarms.raise_(tx, Alarm(key, "connector.failing", says))
            self._go_on(tx, effect)
        else:
            queues.later(tx, effect.item, outcome, self.chance)
            tx.run("UPDATE effects SET state = 'queued', error = ? WHERE id = ?", (outcome.error[:500], effect.id))

    def set_aside(self, tx: Tx, effect: Effect, error: str) -> None:
        """Failed without an alarm or an event, which may be the very thing that could not be written."""
        if work.holds(tx, effect.item):
            _settle(tx, effect, "failed", error, None)
            self._go_on(tx, effect)

    def _next(self, tx: Tx, stored: StoredConnector, item: work.Item) -> Effect | None:
        """The earliest effect of this case that waits, marked as on its way; without one the row of work goes."""
        row = tx.row(
            "SELECT id, name, seq, source, external_id FROM effects WHERE case_id = ? AND hook = ?"
            " AND state IN ('queued', 'sending') ORDER BY id LIMIT 1",
            (item.subject, stored.id),
        )
        if row is None:
            work.finish(tx, [item])
            return None
        identifier, name, seq, source, external_id = row
        effect = Effect(identifier, item, stored, name, item.subject, seq, external_id)
        try:
            effect = self._made(tx, effect, source)
        except InvalidInput as error:
            effect = effect._replace(unfit=str(error))
        tx.run(
            "UPDATE effects SET state = 'sending', attempts = attempts + 1, said = ? WHERE id = ?",
            (effect.body or None, effect.id),
        )
        return effect

    def _made(self, tx: Tx, effect: Effect, source: str) -> Effect:
        """The call, written with what is known now."""
        engine = Engine.of(effect.stored, self.vault)
        declared, calls = engine.pack.effect(effect.name), engine.pack.calls
        assert calls is not None, effect.stored.pack
        try:
            case = queries.load(tx, _ANYBODY, effect.case).case
        except NotFound:
            raise InvalidInput(
                say("nothing goes out about a confidential case"), expected=say("one that all may see")
            ) from None
        values = self._values(case) | _facts(tx, effect, source)
        path, body = filled_path(declared.path, values), canonical.encode(filled(declared.body, values))
        url = (effect.stored.settings.host or calls.host).rstrip("/") + path
        return effect._replace(method=declared.method, url=url, body=body, reference=declared.reference)

    def _values(self, case: Case) -> dict[str, Any]:
        known = ("number", "state", "severity", "level")
        return {f"case.{name}": getattr(case, name) for name in known} | {
            "case.url": f"{self.base_url}/cases/{case.number}"
        }

    def _headers(self, stored: StoredConnector) -> dict[str, str]:
        engine = Engine.of(stored, self.vault)
        calls = engine.pack.calls
        assert calls is not None, stored.pack
        values = {"credential": engine.credential()}
        usual = {"content-type": "application/json", "user-agent": "Tocsin"}
        return usual | {name: filled(text, values) for name, text in calls.headers.items()}

    def _write(self, tx: Tx, effect: Effect, error: str | None) -> None:
        fields: dict[str, Any] = {
            "effect": effect.name,
            "connector": effect.stored.name,
            "ticket": effect.ticket,
            "seq": effect.seq,
        }
        event = EffectSent(**fields).event() if error is None else EffectFailed(error=error[:500], **fields).event()
        self.journal.append(tx, effect.case, [event])

    @staticmethod
    def _go_on(tx: Tx, effect: Effect) -> None:
        more = tx.row(
            "SELECT 1 FROM effects WHERE case_id = ? AND hook = ? AND state = 'queued' LIMIT 1",
            (effect.case, effect.stored.id),
        )
        queues.go_on(tx, effect.item, more=more is not None)


def _facts(tx: Tx, effect: Effect, source: str) -> dict[str, Any]:
    found = {(one.source, one.external_id): one.facts for one in links.tickets(tx, effect.stored.id, effect.case)}
    return {f"link.{name}": value for name, value in found.get((source, effect.ticket), {}).items()}


def _reference(answer: Answer, place: str) -> str:
    """What their system says that it knows the effect by."""
    if not place:
        return ""
    try:
        found = at(canonical.decode(answer.body), place.split("."))
    except ValueError:
        return ""
    return "" if found is None else shown(found)


def _settle(tx: Tx, effect: Effect, state: str, error: str | None, reference: str | None) -> None:
    tx.run(
        "UPDATE effects SET state = ?, settled_at = ?, error = ?, reference = ? WHERE id = ?",
        (state, tx.now, error and error[:500], reference, effect.id),
    )
