"""What goes back: an event of a case queues the effects that its tickets' connectors declare for it, in its own
transaction. What a connector itself brought does not go back to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.connectors import links
from tocsin.connectors.deliveries import Numbers
from tocsin.connectors.engine import Engine
from tocsin.connectors.finding import StoredConnector
from tocsin.connectors.tables import effects
from tocsin.core import canonical, ids, instants
from tocsin.core.clock import DAY
from tocsin.core.ids import IdMint
from tocsin.core.vault import Vault
from tocsin.ledger import work
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Row, Tx

KEPT = 30 * DAY


@dataclass(frozen=True, slots=True)
class EffectsOutbox:
    """The journal's *after* subscriber. Costs one look at what is remembered while no connector has effects."""

    mint: IdMint
    connectors: Cached[tuple[StoredConnector, ...]]
    vault: Vault

    def __call__(self, tx: Tx, events: Sequence[Row]) -> None:
        for stored in self.connectors.get(tx):
            engine = Engine.of(stored, self.vault)
            rows: list[Row] = []
            for chain, seq, kind, _, actor, *_ in events:
                declared = engine.effects(kind) if chain > 0 and actor != stored.actor else []
                for ticket in links.tickets(tx, stored.id, chain) if declared else ():
                    rows += [self._row(tx, stored, chain, seq, ticket, effect.name) for effect in declared]
            tx.insert(effects, rows)
            work.rouse(tx, sorted({(stored.queue, row[3]) for row in rows}))

    def _row(self, tx: Tx, stored: StoredConnector, case: int, seq: int, ticket: links.LinkedTicket, name: str) -> Row:
        about = (ticket.source, ticket.external_id)
        return (self.mint.new(tx.now), stored.id, name, case, seq, *about, "queued", 0, tx.now, None, None, None, None)


def listed(tx: Tx, hook: int, before: int | None, limit: int, numbers: Numbers) -> list[dict[str, Any]]:
    """The effects of a connector, the newest first; those of cases that may not be named are left out."""
    rows = tx.rows(
        "SELECT id, name, case_id, seq, source, external_id, state, attempts, queued_at, settled_at, error, said,"
        f" reference FROM effects WHERE hook = ?{'' if before is None else ' AND id < ?'} ORDER BY id DESC LIMIT ?",
        (hook, *(() if before is None else (before,)), limit),
    )
    named = numbers([row[2] for row in rows])
    return [_shown(row, named[row[2]]) for row in rows if row[2] in named]


def _shown(row: Row, number: int) -> dict[str, Any]:
    effect, name, case, seq, source, external_id, state, attempts, queued, settled, error, said, reference = row
    return {
        "id": ids.to_text(effect),
        "effect": name,
        "case": ids.to_text(case),
        "number": number,
        "seq": seq,
        "source": source,
        "external_id": external_id,
        "state": state,
        "attempts": attempts,
        "queued_at": instants.to_text(queued),
        "settled_at": None if settled is None else instants.to_text(settled),
        "error": error,
        "body": None if said is None else canonical.decode(bytes(said)),
        "reference": reference,
    }


def sweep(tx: Tx) -> int:
    """Forget what was settled more than 30 days ago; how many."""
    return tx.run("DELETE FROM effects WHERE settled_at <= ?", (tx.now - KEPT,))
