"""Whoever visits the demonstration: as whom they have signed in, and what they do there.

The journal tells of everything that is written. What a visitor has signed in as is theirs from then on, and the
administrator's token, which stands on the terminal, always is: the play acts as neither.
"""

import queue
from collections.abc import Sequence
from typing import NamedTuple

from tocsin.cli.demo import company
from tocsin.core import ids
from tocsin.people import sessions
from tocsin.runtime import Installation
from tocsin.storage.transaction import Row, Tx

# What the engine does because nobody did it, and nothing else in the story tells of.
_BY_ITSELF = frozenset({"case.triaged", "case.request_answered", "case.acknowledgement_ended"})


class Deed(NamedTuple):
    """An event that a visitor caused, or the engine (`name` is None): of which case, and which of its events."""

    case: str
    seq: int
    kind: str
    name: str | None


class Visitor:
    """`parts`: the people whom the visitor plays, once and for all."""

    def __init__(self, installation: Installation) -> None:
        self.parts: set[str] = {company.STAFF.chief.name}
        self._database = installation.database
        self._written: queue.SimpleQueue[Deed] = queue.SimpleQueue()
        installation.journal.subscribers.after(self._hear)

    def _hear(self, tx: Tx, events: Sequence[Row]) -> None:
        for chain, seq, kind, _, actor, *_ in events:
            if actor.startswith("user:"):
                self._written.put(Deed(ids.to_text(chain), seq, kind, actor.removeprefix("user:").split()[0]))
            elif actor == "engine" and kind in _BY_ITSELF:
                self._written.put(Deed(ids.to_text(chain), seq, kind, None))

    def happened(self) -> list[Deed]:
        """What visitors and the engine have done since the last look. An event whose transaction failed is among them:
        it stands in no record."""
        found = []
        while not self._written.empty():
            deed = self._written.get()
            if deed.name is None or deed.name in self.parts:
                found.append(deed)
        return found

    def came(self) -> list[str]:
        """Whom visitors have newly signed in as; theirs from now on."""
        with self._database.reading() as tx:
            new = sorted(sessions.signed_in(tx) - self.parts)
        self.parts.update(new)
        return new
