"""Signs of life: a backup or a batch job calls an address of its own when it has run. Where it does not, a case is
opened, as though a monitoring tool had said so; the next call says that it is over.

The address is made of the trigger's id and a seal of it, so it stays the same, and nothing has to be kept for it.
"""

import hashlib
import hmac
from typing import NamedTuple

from tocsin.cases.context import Desk
from tocsin.core import canonical, instants
from tocsin.core.errors import NotFound
from tocsin.core.wording import say
from tocsin.intake import signals
from tocsin.people.permissions import SYSTEM
from tocsin.policy.model import Trigger
from tocsin.policy.triggers.heartbeats import HEARTBEAT, LAST, NAME, SOURCE
from tocsin.storage.transaction import Tx

PURPOSE = "heartbeats"
_SEAL = 24  # characters


class Beat(NamedTuple):
    """A sign of life that came; the next has to come by `next_by` (microseconds)."""

    trigger: str
    next_by: int


def token(key: bytes, trigger: str) -> str:
    """The last part of the address of a heartbeat."""
    return f"{trigger}.{_seal(key, trigger)}"


def named(key: bytes, given: str) -> str:
    """Whose address it is. NotFound where its seal is wrong: asked before anything is written."""
    name, _, seal = given.rpartition(".")
    if not hmac.compare_digest(seal.encode(), _seal(key, name).encode()):
        raise _unknown()
    return name


def beat(tx: Tx, desk: Desk, name: str) -> Beat:
    """A sign of life comes. NotFound where the policy in force has no such heartbeat."""
    trigger = next((one for one in watched(tx, desk) if one.id == name), None)
    if trigger is None:
        raise _unknown()
    row = tx.row("SELECT missing_at FROM heartbeats WHERE trigger = ?", (name,))
    tx.run(
        "INSERT INTO heartbeats (trigger, last_at, missing_at) VALUES (?, ?, NULL) ON CONFLICT (trigger) DO UPDATE SET"
        " last_at = excluded.last_at, missing_at = NULL",
        (name, tx.now),
    )
    if row is not None and row[0] is not None:
        _say(tx, desk, name, status="up")
    return Beat(name, tx.now + _patience(trigger))


def look(tx: Tx, desk: Desk) -> int:
    """Open a case for each heartbeat whose sign is late; how many. One that was never heard is waited for from now."""
    late = 0
    for trigger in watched(tx, desk):
        row = tx.row("SELECT last_at, missing_at FROM heartbeats WHERE trigger = ?", (trigger.id,))
        if row is None:
            tx.run("INSERT INTO heartbeats (trigger, last_at) VALUES (?, ?)", (trigger.id, tx.now))
        elif row[1] is None and tx.now > row[0] + _patience(trigger):
            tx.run("UPDATE heartbeats SET missing_at = ? WHERE trigger = ?", (tx.now, trigger.id))
            last = instants.whole(row[0])
            _say(tx, desk, trigger.id, status="down", attributes={NAME: trigger.id, LAST: last})
            late += 1
    return late


def watched(tx: Tx, desk: Desk) -> list[Trigger]:
    """The heartbeats of the policy in force."""
    policies = desk.policies.get(tx)
    if policies.in_force(tx.now) is None:
        return []
    return [one.trigger for one in policies.at(tx.now).watching if one.trigger.on == HEARTBEAT.name]


def _say(tx: Tx, desk: Desk, name: str, **more: object) -> None:
    """What a monitoring tool would say of it."""
    said = {"source": SOURCE, "external_id": name, "subject": f"No sign of life: {name}", **more}
    signals.receive(tx, desk, signals.read_signal(canonical.encode(said), SYSTEM))


def _unknown() -> NotFound:
    return NotFound(say("there is no such heartbeat"), expected=say("an address that Settings shows"))


def _patience(trigger: Trigger) -> int:
    every, grace = trigger.settings["every"], trigger.settings["grace"]
    return int(every.microseconds + grace.microseconds)


def _seal(key: bytes, trigger: str) -> str:
    return hmac.new(key, trigger.encode(), hashlib.sha256).hexdigest()[:_SEAL]
