"""Links: our case and their ticket; and echoes, by which what we did there is known when it comes back."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from tocsin.connectors.finding import StoredConnector
from tocsin.connectors.port import Echo
from tocsin.core import canonical, ids, instants
from tocsin.core.clock import DAY
from tocsin.storage.transaction import Tx

_LATELY = DAY
_SHORTEST = 20  # letters: anybody may say less in the same words


class LinkedTicket(NamedTuple):
    """A ticket of another system, and what its connector last told of it."""

    source: str
    external_id: str
    facts: Mapping[str, Any]


def keep(tx: Tx, hook: int, key: tuple[str, str], case: int, facts: Mapping[str, Any]) -> None:
    """This ticket's case is this one. What a delivery leaves out stays known."""
    row = tx.row("SELECT facts FROM ticket_links WHERE hook = ? AND source = ? AND external_id = ?", (hook, *key))
    known = {} if row is None else canonical.decode(bytes(row[0]))
    tx.run(
        "INSERT INTO ticket_links (hook, source, external_id, case_id, facts, at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (hook, source, external_id) DO UPDATE SET case_id = excluded.case_id, facts = excluded.facts,"
        " at = excluded.at",
        (hook, *key, case, canonical.encode({**known, **facts}), tx.now),
    )


def tickets(tx: Tx, hook: int, case: int) -> list[LinkedTicket]:
    """The tickets of a case in the system of a connector."""
    rows = tx.rows(
        "SELECT source, external_id, facts FROM ticket_links WHERE hook = ? AND case_id = ?"
        " ORDER BY source, external_id",
        (hook, case),
    )
    return [LinkedTicket(source, external_id, canonical.decode(bytes(facts))) for source, external_id, facts in rows]


def of_case(tx: Tx, case: int) -> list[dict[str, Any]]:
    """The links of a case, as they are shown."""
    rows = tx.rows(
        "SELECT h.name, l.source, l.external_id, l.facts, l.at FROM ticket_links l JOIN hooks h ON h.id = l.hook"
        " WHERE l.case_id = ? ORDER BY l.at, l.source, l.external_id",
        (case,),
    )
    return [
        {
            "connector": name,
            "source": source,
            "external_id": external_id,
            "url": canonical.decode(bytes(facts)).get("url"),
            "at": instants.to_text(at),
        }
        for name, source, external_id, facts, at in rows
    ]


class Echoes:
    """What we did in the system of a connector, for the elements of one delivery."""

    def __init__(self, tx: Tx, stored: StoredConnector) -> None:
        self._tx = tx
        self._stored = stored

    def ours(self, echo: Echo) -> str | None:
        """Why an element is only what we did ourselves; None where it is not."""
        if echo.actor is not None and echo.actor == self._stored.settings.account:
            return "our own account did this"
        if (effect := self._known(echo.reference) or self._said(echo.text)) is not None:
            return f"this is our own effect {ids.to_text(effect)}"
        return None

    def _known(self, reference: str | None) -> int | None:
        if reference is None:
            return None
        found = "SELECT id FROM effects WHERE hook = ? AND reference = ?"
        row = self._tx.row(found, (self._stored.id, reference))
        return None if row is None else int(row[0])

    def _said(self, text: str | None) -> int | None:
        """The effect that said this lately, word for word: it may come back before their answer did."""
        plain = _plain(text or "")
        return self._lately.get(plain) if len(plain) >= _SHORTEST else None

    @cached_property
    def _lately(self) -> dict[str, int]:
        """What we said, by its words."""
        rows = self._tx.rows(
            "SELECT id, said FROM effects WHERE hook = ? AND queued_at > ? AND said IS NOT NULL"
            " ORDER BY id DESC LIMIT 200",
            (self._stored.id, self._tx.now - _LATELY),
        )
        return {text: effect for effect, said in rows for text in _texts(canonical.decode(bytes(said)))}


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(_texts, value.values()))
    if isinstance(value, list):
        return set().union(*map(_texts, value))
    return {_plain(value)} if isinstance(value, str) else set()


def _plain(text: str) -> str:
    return " ".join(text.split())
