"""Alarms: what is wrong with the platform or with a case and needs a person, told to every reachable lead.

Each distinct thing is one row with a key: raised once, told at once, told again every hour until it has ended (but for
what can wait, which is told once), and always as one digest, so that a flood of findings is never a flood of messages.
Raising, telling and ending are safe to do from every node at once: the database decides who was first.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tocsin.cases import acting, queries
from tocsin.cases.context import Around, Desk
from tocsin.core import canonical, ids, instants
from tocsin.core.clock import MINUTE
from tocsin.core.logging import log
from tocsin.core.wording import packed, plain
from tocsin.ledger.chain import PLATFORM
from tocsin.ledger.journal import Event
from tocsin.notify.events import ALARMS, AlarmRaised
from tocsin.notify.pipeline import Pipeline
from tocsin.people.permissions import SYSTEM
from tocsin.storage.seam import is_lost
from tocsin.storage.transaction import Row, Tx, marks, padded
from tocsin.tools.alarms import AGAIN, Alarm

WINDOW = 10 * MINUTE
DIGESTS = 5  # within a window; what comes later waits for the window to pass
SHOWN = 20  # alarms spelled out in one digest

_COLUMNS = "key, kind, case_id, says, times, raised_at, told_at, ended_at, words"
ONCE = "roster."  # kinds that begin so are told once: they stand until somebody finds the time, and lose nobody
_WAITING = f"(told_at IS NULL OR ended_at IS NULL AND told_at <= ? AND kind NOT LIKE '{ONCE}%')"


class StandingAlarm(NamedTuple):
    """An alarm as it is stored, in the order of the columns. `says` in English; `words`: the same, to be worded for
    each reader (`wording.packed`), None where an older release raised it."""

    key: str
    kind: str
    case: int | None
    says: str
    times: int
    raised_at: int
    told_at: int | None
    ended_at: int | None
    words: dict[str, Any] | None = None

    @classmethod
    def of(cls, row: Row) -> "StandingAlarm":
        """From the columns."""
        *known, words = row
        return cls._make([*known, None if words is None else canonical.decode(bytes(words))])

    def show(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "says": self.says,
            "words": self.words,
            "case": None if self.case is None else ids.to_text(self.case),
            "times": self.times,
            "raised_at": instants.to_text(self.raised_at),
        }


@dataclass(frozen=True, slots=True)
class Alarms:
    """`unheard`: when this process last logged that nobody can be told."""

    desk: Desk
    pipeline: Pipeline
    unheard: list[int] = field(default_factory=list)

    def raise_(self, tx: Tx, alarm: Alarm) -> bool:
        """Raise an alarm; False where it is raised already. The caller holds the lock of the alarm's case."""
        if not self._begin(tx, alarm):
            return False
        says = plain(alarm.says)
        log.warning("alarm.raised", kind=alarm.kind, says=says)
        reference = None if alarm.case is None else ids.to_text(alarm.case)
        event = AlarmRaised(kind=alarm.kind, says=says, words=packed(alarm.says), case=reference).event()
        if alarm.case is None or not self._write_to_case(tx, alarm.case, event):
            self.desk.journal.append(tx, PLATFORM, [event])
        return True

    def _write_to_case(self, tx: Tx, case: int, event: Event) -> bool:
        """False where the case's history cannot be written, which may be the very thing that the alarm is about."""
        try:
            with tx.savepoint("alarm"):
                acting.act(tx, self.desk, case, lambda state, scene: [event])
        except Exception as error:
            if is_lost(error):
                raise
            self.desk.forget()
            return False
        return True

    def tell(self, tx: Tx) -> int:
        """Tell the leads what they have not heard, or not for an hour; how many alarms went out."""
        told = tx.row("SELECT count(DISTINCT told_at) FROM alarms WHERE told_at > ?", (tx.now - WINDOW,))
        if told is not None and told[0] >= DIGESTS:
            return 0
        if not waiting(tx):
            return 0
        people = audience(self.desk.around(tx))
        if not people:
            self._complain(tx.now)
            return 0
        self.unheard.clear()
        rows = tx.rows(
            f"UPDATE alarms SET told_at = ? WHERE {_WAITING} RETURNING id, {_COLUMNS}", (tx.now, tx.now - AGAIN)
        )
        if rows:
            ALARMS.note(tx, self.desk.journal, {row[0]: {"told_at": tx.now} for row in rows}, "engine", "told")
            self.pipeline.queue_alarm(tx, people, digest(tx, [row[1:] for row in rows], self.pipeline.base_url))
        return len(rows)

    def end(self, tx: Tx, keys: Collection[str]) -> None:
        """What these alarms told of is over; one that comes back is raised anew."""
        if not keys:
            return
        chosen = padded(sorted(keys))
        self._end(tx, f"key IN ({marks(chosen)})", chosen)

    def end_old(self, tx: Tx, kind: str, before: int) -> int:
        """End those of a kind that were raised at this instant or earlier; how many."""
        return self._end(tx, "kind = ? AND raised_at <= ?", (kind, before))

    def _end(self, tx: Tx, which: str, values: Sequence[Any]) -> int:
        rows = tx.rows(
            f"UPDATE alarms SET ended_at = ? WHERE ended_at IS NULL AND {which} RETURNING id", (tx.now, *values)
        )
        ALARMS.note(tx, self.desk.journal, {row[0]: {"ended_at": tx.now} for row in rows}, "engine", "ended")
        return len(rows)

    def _begin(self, tx: Tx, alarm: Alarm) -> bool:
        """One that ended less than an hour after it was last told waits for the rest of that hour: what flickers is
        told hourly too."""
        says, words = plain(alarm.says), canonical.encode(packed(alarm.says))
        row = (self.desk.mint.new(tx.now), alarm.key, alarm.kind, alarm.case, says, 1, tx.now, None, None, words)
        made = tx.run(
            f"INSERT INTO alarms (id, {_COLUMNS}) VALUES ({marks(row)}) ON CONFLICT (key) DO NOTHING",
            row,
        )
        if made:
            self.desk.journal.begin(tx, [ALARMS.begun(row, "engine")])
            return True
        again = tx.row(
            "UPDATE alarms SET says = ?, words = ?, times = times + 1, raised_at = ?, ended_at = NULL"
            " WHERE key = ? AND ended_at IS NOT NULL RETURNING id, times",
            (says, words, tx.now, alarm.key),
        )
        if again is None:
            return False
        values = {"says": says, "words": words, "times": again[1], "raised_at": tx.now, "ended_at": None}
        ALARMS.note(tx, self.desk.journal, {again[0]: values}, "engine", "returned")
        return True

    def _complain(self, now: int) -> None:
        """Log it as often as an alarm is told, and not with every look."""
        if self.unheard and now < self.unheard[0] + AGAIN:
            return
        self.unheard[:] = [now]
        log.error("alarm.nobody_reachable", expected="tocsin user reach, for a lead, administrator or operator")


def waiting(tx: Tx) -> bool:
    """Whether some alarm is to be told."""
    fresh = tx.row("SELECT 1 FROM alarms WHERE told_at IS NULL LIMIT 1")
    stale = f"SELECT 1 FROM alarms WHERE ended_at IS NULL AND told_at <= ? AND kind NOT LIKE '{ONCE}%' LIMIT 1"
    return fresh is not None or tx.row(stale, (tx.now - AGAIN,)) is not None


def standing(tx: Tx, families: Collection[str] = ()) -> list[StandingAlarm]:
    """The alarms that have not ended, the oldest first; `families`: only those whose kind begins with one of these."""
    rows = tx.rows(f"SELECT {_COLUMNS} FROM alarms WHERE ended_at IS NULL ORDER BY raised_at, key")
    found = [StandingAlarm.of(row) for row in rows]
    return [alarm for alarm in found if not families or alarm.kind.split(".")[0] in families]


def audience(around: Around) -> list[int]:
    """Every reachable lead; where there is none, whoever runs the installation."""
    leads = [lead for lead in around.directory.leads() if lead in around.reachable]
    return leads or [
        user.id
        for user in around.directory.users.values()
        if user.active and user.role in ("admin", "operator") and user.id in around.reachable
    ]


def digest(tx: Tx, rows: list[Row], base_url: str) -> bytes:
    """The content of one message about these alarms: how many of each kind, and the oldest spelled out."""
    found = sorted((StandingAlarm.of(row) for row in rows), key=lambda alarm: (alarm.raised_at, alarm.key))
    numbers = queries.numbers(tx, SYSTEM, [alarm.case for alarm in found[:SHOWN]])
    shown = []
    for alarm in found[:SHOWN]:
        entry = alarm.show()
        if alarm.case in numbers:
            entry["url"] = f"{base_url}/cases/{numbers[alarm.case]}"
        shown.append(entry)
    counts = dict(Counter(alarm.kind for alarm in found))
    return canonical.encode({"alarms": shown, "counts": counts, "more": len(found) - len(shown)})
