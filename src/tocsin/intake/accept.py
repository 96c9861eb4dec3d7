"""Accepting tickets: idempotency keys in front of `cases.opening`. A bulk handler of the group writer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from tocsin.cases import store
from tocsin.cases.context import Desk
from tocsin.cases.family import merging
from tocsin.cases.opening import Opened, Ticket
from tocsin.core.clock import HOUR
from tocsin.core.errors import KeyReused
from tocsin.core.wording import say
from tocsin.intake.beginning import Recorded, open_tickets
from tocsin.intake.tables import idempotency_keys
from tocsin.storage.transaction import Row, Tx, marks, padded

KEPT = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Once:
    """An `Idempotency-Key`: the same key again from the same token on the same route means the same request."""

    token: int
    route: str
    key: str
    body: bytes  # a digest

    @classmethod
    def of(cls, token: int, route: str, key: str, raw: bytes) -> "Once":
        return cls(token, route, key, sha256(raw).digest())

    def on(self, route: str) -> "Once":
        """The same key on a route that is written in another way."""
        return replace(self, route=route)

    def part(self, position: int, raw: bytes) -> "Once":
        """The key of one item of a batch that came under this key."""
        return Once(self.token, self.route, f"{self.key}#{position}", sha256(raw).digest())


@dataclass(frozen=True, slots=True)
class Submission:
    """A ticket and the key it came with."""

    ticket: Ticket
    once: Once | None = None


def accept_many(tx: Tx, desk: Desk, submissions: Sequence[Submission]) -> list[Opened | Recorded | Exception]:
    """A case or an error for each submission, in order; `Recorded` for what says that it is over and has none."""
    keyed = [submission.once for submission in submissions if submission.once is not None]
    if not keyed:
        return list(open_tickets(tx, desk, [submission.ticket for submission in submissions]))
    return _accept_keyed(tx, desk, submissions, keyed)


def _accept_keyed(
    tx: Tx, desk: Desk, submissions: Sequence[Submission], keyed: Sequence[Once]
) -> list[Opened | Recorded | Exception]:
    seen = _seen(tx, keyed)
    answers: list[Opened | Recorded | Exception | None] = [None] * len(submissions)
    fresh: list[int] = []
    first: dict[tuple[int, str, str], int] = {}
    again: list[tuple[int, int]] = []  # a submission and the one in this bulk that it repeats
    for place, submission in enumerate(submissions):
        once = submission.once
        if once is None:
            fresh.append(place)
            continue
        name = (once.token, once.route, once.key)
        if name in seen:
            body, case = seen[name]
            answers[place] = reused(once) if body != once.body else standing(tx, case)
        elif name in first:
            earlier = submissions[first[name]].once
            assert earlier is not None
            if earlier.body != once.body:
                answers[place] = reused(once)
            else:
                again.append((place, first[name]))
        else:
            first[name] = place
            fresh.append(place)
    rows: list[Row] = []
    for place, answer in zip(
        fresh, open_tickets(tx, desk, [submissions[place].ticket for place in fresh]), strict=True
    ):
        answers[place] = answer
        once = submissions[place].once
        if once is not None and isinstance(answer, Opened):
            rows.append((once.token, once.route, once.key, once.body, answer.state.case.id, tx.now))
    tx.insert(idempotency_keys, rows)
    for place, origin in again:
        earlier_answer = answers[origin]
        answers[place] = earlier_answer._replace(new=False) if isinstance(earlier_answer, Opened) else earlier_answer
    return [answer for answer in answers if answer is not None]


def _seen(tx: Tx, keyed: Sequence[Once]) -> dict[tuple[int, str, str], tuple[bytes, int]]:
    """The body and the case of each key that was used in the last 24 hours. Older ones are forgotten."""
    found: dict[tuple[int, str, str], tuple[bytes, int]] = {}
    by_route: dict[tuple[int, str], list[str]] = {}
    for once in keyed:
        by_route.setdefault((once.token, once.route), []).append(once.key)
    for (token, route), wanted in by_route.items():
        chosen = padded(wanted)
        for key, body, case, at in tx.rows(
            "SELECT key, body, case_id, at FROM idempotency_keys WHERE token = ? AND route = ?"
            f" AND key IN ({marks(chosen)})",
            (token, route, *chosen),
        ):
            if at > tx.now - KEPT:
                found[(token, route, key)] = (bytes(body), case)
            else:
                tx.run("DELETE FROM idempotency_keys WHERE token = ? AND route = ? AND key = ?", (token, route, key))
    return found


def standing(tx: Tx, case: int) -> Opened:
    """The case as it is now; the one that stands for it, where it was merged."""
    return Opened(store.load(tx, merging.standing(tx, [case])[case]), False)


def repeated(tx: Tx, once: Once | None) -> int | None:
    """The case that a request with this key was about, where it was carried out already; KeyReused for another body."""
    found = _seen(tx, [once]).get((once.token, once.route, once.key)) if once else None
    if once is None or found is None:
        return None
    if found[0] != once.body:
        raise reused(once)
    return found[1]


def about(tx: Tx, once: Once | None) -> int | None:
    """The case of a request that was carried out under this very key and body; for a transaction that only reads."""
    row = once and tx.row(
        "SELECT case_id FROM idempotency_keys WHERE token = ? AND route = ? AND key = ? AND body = ? AND at > ?",
        (once.token, once.route, once.key, once.body, tx.now - KEPT),
    )
    return row[0] if row else None


def remember(tx: Tx, once: Once | None, case: int) -> None:
    """The request with this key is carried out, in this transaction."""
    if once is not None:
        tx.insert(idempotency_keys, [(once.token, once.route, once.key, once.body, case, tx.now)])


def reused(once: Once) -> KeyReused:
    """What a key is answered that came with another body before."""
    return KeyReused(
        say("the key {key} was used with another body", key=repr(once.key[:40])),
        place="Idempotency-Key",
        expected=say("a new key"),
    )


def sweep(tx: Tx) -> int:
    """Forget keys older than a day; how many."""
    return tx.run("DELETE FROM idempotency_keys WHERE at <= ?", (tx.now - KEPT,))
