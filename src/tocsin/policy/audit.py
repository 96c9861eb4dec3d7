"""Policies under proof: the text of every version is the one that was stored, and every activation was made and
withdrawn by an event."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tocsin.core import canonical, ids
from tocsin.ledger.chain import PLATFORM
from tocsin.ledger.findings import Finding, Place
from tocsin.ledger.walk import Stored
from tocsin.policy.versions import Activation, load
from tocsin.storage.transaction import Tx


@dataclass(slots=True)
class Texts:
    """A witness of the installation's own chain. Activations whose payload was erased end the comparison of them."""

    _made: dict[int, Activation] = field(default_factory=dict)
    _digests: dict[int, str] = field(default_factory=dict)
    _known: bool = True

    def look(self, tx: Tx, low: int, high: int) -> None:
        pass

    def hear(self, event: Stored) -> None:
        if event.chain != PLATFORM or event.kind not in ("policy.activated", "policy.reverted"):
            return
        try:
            self._take(event, canonical.decode(event.body or b"null"))
        except (KeyError, TypeError, ValueError):
            self._known = False

    def _take(self, event: Stored, payload: dict[str, Any]) -> None:
        activation = ids.from_text(payload["activation"])
        if event.kind == "policy.reverted":
            self._made[activation] = self._made[activation]._replace(withdrawn_at=event.at)
            return
        version, effective_at, reason = payload["version"], payload["effective_at"], payload["reason"]
        self._digests[version] = payload["digest"]
        self._made[activation] = Activation(activation, version, effective_at, event.at, event.actor, reason, None)

    def judge(self, chain: int, sound: bool) -> Iterator[Finding]:
        if chain == PLATFORM and not sound:
            self._known = False
        yield from ()

    def leftovers(self) -> Iterator[Finding]:
        yield from ()

    def conclude(self, tx: Tx) -> Iterator[Finding]:
        for version, digest, source in tx.rows("SELECT version, digest, source FROM policy_versions ORDER BY version"):
            place = Place("policy_versions", row=f"policy version {version}")
            found = sha256(source.encode("utf-8", "surrogatepass")).hexdigest()
            expected = self._digests.pop(version, digest) if self._known else digest
            if found != expected or digest != expected:
                yield Finding(place, "the text is not the one that was activated", expected, found)
        if self._known:
            for version in sorted(self._digests):
                yield Finding(Place("policy_versions", row=f"policy version {version}"), "the version is missing")
            yield from self._activations({row.id: row for row in load(tx).activations})

    def _activations(self, stored: dict[int, Activation]) -> Iterator[Finding]:
        for activation in sorted(self._made.keys() | stored.keys()):
            expected, found = self._made.get(activation), stored.get(activation)
            if expected != found:
                place = Place("policy_activations", row=f"activation {ids.to_text(activation)}")
                yield Finding(place, "the activation is not what the events say", expected, found)
