"""Replay: every stored decision is decided once more, by the policy version that decided it, and compared byte by
byte."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec

from tocsin.cases import decider
from tocsin.cases.queries import DECIDING
from tocsin.core import canonical
from tocsin.ledger import journal
from tocsin.ledger.findings import Finding, RecordPlace
from tocsin.ledger.journal import Entry
from tocsin.policy import versions
from tocsin.policy.compiled import Policy
from tocsin.policy.decide import again
from tocsin.policy.decision import ENGINE, kept_from_bytes
from tocsin.storage.transaction import Tx

PAGE = 1000  # decisions


@dataclass(slots=True)
class Replayed:
    """Decisions of one version of the engine."""

    equal: int = 0
    different: int = 0
    erased: int = 0


@dataclass(slots=True)
class Replay:
    """Counts by the version of the engine that decided; None where an event names no engine."""

    engines: dict[int | None, Replayed] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether the running engine decides otherwise than it did; an older one may, for its meaning changed."""
        return any(outcome.different for version, outcome in self.engines.items() if version in (ENGINE, None))


_MISSING = "(none)"


def count(tx: Tx) -> int:
    """How many decisions are stored."""
    return journal.count(tx, DECIDING)


def replay(tx: Tx, report: Replay, progress: Callable[[int], None]) -> Iterator[Finding]:
    """Every decision that comes out differently, with the fields that differ. `progress` hears how many are done."""
    policies = cache(versions.load(tx).compiled)
    done = 0
    for page in journal.pages(tx, DECIDING, PAGE):
        for decided in page:
            version = decider.version(decided.actor)
            outcome = report.engines.setdefault(version, Replayed())
            if decided.body is None:
                outcome.erased += 1
                continue
            fresh = _again(decided.body, policies, version)
            if fresh == decided.body:
                outcome.equal += 1
            else:
                outcome.different += 1
                yield _difference(decided, version, fresh)
        done += len(page)
        progress(done)


def _again(body: bytes, policies: Callable[[int], Policy], engine: int | None) -> bytes | str:
    """The decision's bytes, made anew, as far as its engine told it; or why it cannot be made."""
    try:
        kept = kept_from_bytes(body)
        return again(policies(kept.policy_version), kept).as_of(engine)
    except Exception as error:  # whatever somebody may have written there
        return f"{type(error).__name__}: {error}"


def _difference(decided: Entry, version: int | None, answer: bytes | str) -> Finding:
    place = RecordPlace("payloads", decided.chain, decided.seq)
    name = "an unnamed engine" if version is None else f"engine {version}"
    what = f"the decision of {name} comes out differently"
    if isinstance(answer, str):
        return Finding(place, f"{what}: it cannot be decided again", "a decision", answer)
    stored, fresh = _fields(decided.body or b""), _fields(answer)
    names = [key for key in sorted({*stored, *fresh}) if stored.get(key, _MISSING) != fresh.get(key, _MISSING)]
    return Finding(
        place,
        f"{what}: {', '.join(names) or 'other bytes of the same value'}",
        {key: fresh.get(key, _MISSING) for key in names},
        {key: stored.get(key, _MISSING) for key in names},
    )


def _fields(body: bytes) -> dict[str, Any]:
    try:
        value = canonical.decode(body)
    except msgspec.MsgspecError:
        return {}
    return value if isinstance(value, dict) else {}
