"""How cases stand, as of an instant, for the factors of their risk: read from the record."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from tocsin.cases import ages
from tocsin.cases.happenings.deciding import Decided, Reclassified
from tocsin.cases.risk.factors import USUAL_AGE, Course, worked
from tocsin.core import canonical
from tocsin.core.clock import DAY
from tocsin.core.texts import fold, fold_lines
from tocsin.ledger import journal
from tocsin.policy.evidence import own_words
from tocsin.policy.expressions.runtime.patterns import Matcher, matcher
from tocsin.policy.levels import STANDARD
from tocsin.policy.markup import text_of
from tocsin.policy.triggers.phrases import PHRASES
from tocsin.storage.transaction import Tx, marks, padded

LOOKED_BACK = 180 * DAY
UPSET = frozenset({"angry", "negative", "frustrated", "upset"})  # as senders call a mood
_READ = 20_000  # characters of a message


class AskedCase(NamedTuple):
    """A case of which the course is asked as of `at`."""

    case: int
    account: int | None
    severity: str
    opened_at: int
    at: int


def courses(tx: Tx, wanted: Sequence[AskedCase]) -> dict[int, Course]:
    """By case. What happened later than the instant that is asked for counts for nothing."""
    cases = [one.case for one in wanted]
    events = journal.until(tx, cases, max((one.at for one in wanted), default=0))
    upset, usual, accounts = _upset(tx, cases), ages.known(tx), _Accounts(tx, wanted)
    found = {}
    for one in wanted:
        so_far = [event for event in events.get(one.case, ()) if event.at <= one.at]
        worked_at, replies, owners = worked(so_far, one.opened_at)
        like = usual.get((STANDARD, one.severity))
        others, escalated, share = accounts.of(one)
        found[one.case] = Course(
            age=max(0, one.at - one.opened_at),
            usual=USUAL_AGE if like is None else max(1, like.half),
            silent=max(0, one.at - worked_at),
            replies=replies,
            owners=owners,
            upset=upset.get(one.case, False),
            others=others,
            escalated=escalated,
            share=share,
        )
    return found


def _upset(tx: Tx, cases: Sequence[int]) -> dict[int, bool]:
    """Whether a sender says so, or the customer does in their own words, when a case was opened."""
    found = {}
    for case, body in journal.oldest(tx, cases, [Decided.KIND, Reclassified.KIND]).items():
        facts = canonical.decode(body)["facts"]["case"]
        subject, told = facts.get("subject") or "", facts.get("body") or ""
        words = own_words(fold_lines(text_of(told)[:_READ]), fold(subject)) if told else ""
        found[case] = fold(facts.get("sentiment") or "") in UPSET or any(
            one(f"{fold(subject)}\n{words}") for one in _patterns()
        )
    return found


@cache
def _patterns() -> tuple[Matcher, ...]:
    return tuple(matcher(pattern) for patterns in PHRASES.values() for pattern in patterns)


class _Accounts:
    """What became of the cases that these accounts opened before."""

    def __init__(self, tx: Tx, wanted: Sequence[AskedCase]) -> None:
        ids = padded(sorted({one.account for one in wanted if one.account is not None}))
        since = min((one.at for one in wanted), default=0) - LOOKED_BACK
        self._by: dict[int, list[tuple[int, int, int | None]]] = {}
        rows = (
            tx.rows(
                "SELECT c.account, c.id, c.opened_at, (SELECT min(s.began) FROM case_spans s WHERE s.case_id = c.id"
                " AND s.level <> 'standard') FROM cases c"
                f" WHERE c.account IN ({marks(ids)}) AND c.opened_at > ? AND NOT c.imported"
                " ORDER BY c.id DESC LIMIT 20000",
                (*ids, since),
            )
            if ids
            else []
        )
        for account, case, opened, escalated in rows:
            self._by.setdefault(account, []).append((case, opened, escalated))
        self._share = share(tx)

    def of(self, one: AskedCase) -> tuple[int, int, float]:
        """How many other cases of the account there had been, how many of them escalated by then, and what is usual."""
        before = [
            escalated
            for case, opened, escalated in self._by.get(one.account or 0, ())
            if case != one.case and opened < one.at
        ]
        return len(before), sum(at is not None and at <= one.at for at in before), self._share


def share(tx: Tx) -> float:
    """What share of the newest cases escalated."""
    row = tx.row(
        "SELECT count(*), sum(CASE WHEN level <> 'standard' THEN 1 ELSE 0 END) FROM"
        " (SELECT level FROM cases WHERE NOT imported ORDER BY id DESC LIMIT 5000) newest"
    )
    amount, escalated = (0, 0) if row is None else (row[0], row[1] or 0)
    return (float(escalated) + 1) / (amount + 10)
