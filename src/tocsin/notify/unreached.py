"""Pages that failed for good. A failure is final for its destination alone: whoever has another one is still reached by
that. Where every page of a step has failed there is nobody to wait for, and the path goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from tocsin.cases import acting
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.context import Desk
from tocsin.cases.paths import stepping
from tocsin.cases.scene import Scene
from tocsin.core import ids
from tocsin.ledger.journal import Event
from tocsin.ledger.subscribers import Happened
from tocsin.notify.events import PageFailed
from tocsin.storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Unreached:
    desk: Desk

    def __call__(self, tx: Tx, happened: Sequence[Happened[PageFailed]]) -> None:
        """Within subscriber of `page.failed`. Its caller holds the lock of the case."""
        for case, failed in happened:
            place = _all_failed(tx, ids.from_text(failed.page))
            if place is not None:
                acting.act(tx, self.desk, case, partial(_plan, place))


def _plan(place: tuple[int, int, int], state: Aggregate, scene: Scene) -> list[Event]:
    return stepping.unreached(scene, state, *place)


def _all_failed(tx: Tx, page: int) -> tuple[int, int, int] | None:
    """Escalation, pass and step of a page, if no other page of that step may still reach anybody."""
    row = tx.row("SELECT escalation, pass, step FROM notifications WHERE id = ?", (page,))
    if row is None or row[0] is None:
        return None
    escalation, passed, step = row
    others = "SELECT 1 FROM notifications WHERE escalation = ? AND pass = ? AND step = ? AND state NOT IN"
    hope = tx.row(f"{others} ('failed', 'cancelled') LIMIT 1", (escalation, passed, step))
    return None if hope else (escalation, passed, step)
