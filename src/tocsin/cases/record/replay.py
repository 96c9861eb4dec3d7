"""Replay: every stored decision is decided once more, by the policy version that decided it, and compared byte by
byte."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import msgspec

from tocsin.cases import engine
from tocsin.cases.queries import DECIDING
from tocsin.core import canonical
from tocsin.ledger.findings import Finding, Place
from tocsin.policy import versions
from tocsin.policy.compiled import Policy
from tocsin.policy.decide import again
from tocsin.policy.decision import ENGINE, kept_from_bytes
from tocsin.storage.transaction import Tx

PAGE = 1000  # decisions


@dataclass(slots=True)
class Outcome:
    """Decisions of one version of the engine."""

    equal: int = 0
    different: int = 0
    erased: int = 0


@dataclass(slots=True)
class Replay:
    """Counts by the version of the engine that decided; None where an event names no engine."""

    engines: dict[int | None, Outcome] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether the running engine decides otherwise than it did; an older one may, for its meaning changed."""
        return any(outcome.different for version, outcome in self.engines.items() if version in (ENGINE, None))


class _Decided(NamedTuple):
    chain: int
    seq: int
    actor: str
    body: bytes | None


_MISSING = "(none)"


def count(tx: Tx) -> int:
    """How many decisions are stored."""
    row = tx.row("SELECT count(*) FROM events WHERE kind IN (?, ?)", DECIDING)
    return row[0] if row else 0


def replay(tx: Tx, report: Replay, progress: Callable[[int], None]) -> Iterator[Finding]:
    """Every decision that comes out differently, with the fields that differ. `progress` hears how many are done."""
    policies = cache(versions.load(tx).compiled)
    done = 0
    for page in _pages(tx):
        for decided in page:
            version = engine.version(decided.actor)
            outcome = report.engines.setdefault(version, Outcome())
            if decided.body is None:
                outcome.erased += 1
                continue
            fresh = _again(decided.body, policies)
            if fresh == decided.body:
                outcome.equal += 1
            else:
                outcome.different += 1
                yield _difference(decided, version, fresh)
        done += len(page)
        progress(done)


def _pages(tx: Tx) -> Iterator[list[_Decided]]:
    chain, seq = -(1 << 63), 0
    while rows := tx.rows(
        "SELECT e.chain, e.seq, e.actor, p.body FROM events e LEFT JOIN payloads p ON p.chain = e.chain"
        " AND p.seq = e.seq WHERE (e.chain, e.seq) > (?, ?) AND e.kind IN (?, ?)"
        f" ORDER BY e.chain, e.seq LIMIT {PAGE}",
        (chain, seq, *DECIDING),
    ):
        yield [_Decided(*row) for row in rows]
        chain, seq = rows[-1][:2]


def _again(body: bytes, policies: Callable[[int], Policy]) -> bytes | str:
    """The decision's bytes, made anew; or why it cannot be made."""
    try:
        kept = kept_from_bytes(body)
        return again(policies(kept.policy_version), kept).canonical()
    except Exception as error:  # whatever somebody may have written there
        return f"{type(error).__name__}: {error}"


def _difference(decided: _Decided, version: int | None, answer: bytes | str) -> Finding:
    place = Place("payloads", decided.chain, decided.seq)
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
