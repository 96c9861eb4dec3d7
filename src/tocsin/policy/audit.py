"""Policies under proof: every version is the one that was stored, by whom and when, and every activation was made and
withdrawn by an event."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from tocsin.core import ids
from tocsin.ledger import walk
from tocsin.ledger.chain import PLATFORM
from tocsin.ledger.findings import Finding, RecordPlace
from tocsin.policy.events import Activated, Reverted, Stored
from tocsin.policy.versions import Activation, Version, load
from tocsin.storage.transaction import Tx


@dataclass(slots=True)
class Texts:
    """A witness of the installation's own chain. Activations whose payload was erased end the comparison of them."""

    _made: dict[int, Activation] = field(default_factory=dict)
    _versions: dict[int, Version] = field(default_factory=dict)
    _known: bool = True

    def look(self, tx: Tx, low: int, high: int) -> None:
        pass

    def hear(self, event: walk.StoredEvent) -> None:
        if event.chain != PLATFORM or event.kind not in (Stored.KIND, Activated.KIND, Reverted.KIND):
            return
        try:
            if event.body is None:
                raise ValueError(f"event {event.seq} was erased")
            self._take(event, event.body)
        except (KeyError, TypeError, ValueError):
            self._known = False

    def _take(self, event: walk.StoredEvent, body: bytes) -> None:
        if event.kind == Stored.KIND:
            said = Stored.read(body)
            self._versions[said.version] = Version(said.version, said.name, said.digest, said.created_at, event.actor)
        elif event.kind == Reverted.KIND:
            activation = ids.from_text(Reverted.read(body).activation)
            self._made[activation] = self._made[activation]._replace(withdrawn_at=event.at)
        else:
            made = Activated.read(body)
            activation = ids.from_text(made.activation)
            self._made[activation] = Activation(
                activation, made.version, made.effective_at, event.at, event.actor, made.reason, None
            )

    def judge(self, chain: int, sound: bool) -> Iterator[Finding]:
        if chain == PLATFORM and not sound:
            self._known = False
        yield from ()

    def leftovers(self) -> Iterator[Finding]:
        yield from ()

    def conclude(self, tx: Tx) -> Iterator[Finding]:
        for *row, source in tx.rows(
            "SELECT version, name, digest, created_at, author, source FROM policy_versions ORDER BY version"
        ):
            stored = Version(*row)
            found = sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
            if found != stored.digest:
                yield Finding(_place(stored.number), "the text is not the one that was stored", stored.digest, found)
            if self._known:
                yield from _compare(self._versions.pop(stored.number, None), stored)
        if self._known:
            for number in sorted(self._versions):
                yield Finding(_place(number), "the version is missing")
            yield from self._activations({row.id: row for row in load(tx).activations})

    def _activations(self, stored: dict[int, Activation]) -> Iterator[Finding]:
        for activation in sorted(self._made.keys() | stored.keys()):
            expected, found = self._made.get(activation), stored.get(activation)
            if expected != found:
                place = RecordPlace("policy_activations", row=f"activation {ids.to_text(activation)}")
                yield Finding(place, "the activation is not what the events say", expected, found)


def _place(version: int) -> RecordPlace:
    return RecordPlace("policy_versions", row=f"policy version {version}")


def _compare(expected: Version | None, stored: Version) -> Iterator[Finding]:
    if expected is None:
        yield Finding(_place(stored.number), "no event accounts for the version")
        return
    for name, wanted, found in zip(Version._fields, expected, stored, strict=True):
        if wanted != found:
            yield Finding(_place(stored.number), f"{name} is not what the events say", wanted, found)
