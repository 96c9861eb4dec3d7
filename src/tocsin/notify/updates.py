"""Pages that went out and were answered, elsewhere or by whom they went to: where their channel can, they are told so,
so that what rings stops ringing and who looks at a chat sees that somebody has it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tocsin.cases.aggregate import LIVE
from tocsin.cases.happenings.paths import PathStopped
from tocsin.core import canonical, ids
from tocsin.core.ids import IdMint
from tocsin.ledger.subscribers import Happened
from tocsin.ledger.tables import work as work_table
from tocsin.notify import jobs
from tocsin.notify.channels import registry
from tocsin.notify.tables import notifications
from tocsin.storage.transaction import Row, Tx, marks, padded

KIND = "answered"
_GONE = (
    "SELECT n.id, n.case_id, n.escalation, n.user_id, d.id, n.reference, d.channel, d.options"
    " FROM notifications n JOIN destinations d ON d.id = n.destination JOIN escalations e ON e.id = n.escalation"
    " WHERE n.kind IN ('page', 'room') AND n.state = 'delivered' AND n.reference IS NOT NULL AND d.ended_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Updates:
    mint: IdMint

    def __call__(self, tx: Tx, happened: Sequence[Happened[PathStopped]]) -> None:
        """Within subscriber of `path.stopped`: an update of every page of the path that its receiver has."""
        stopped = padded([ids.from_text(one.escalation) for _, one in happened])
        self._queue(tx, tx.rows(f"{_GONE} AND n.escalation IN ({marks(stopped)}) ORDER BY n.id", stopped))

    def late(self, tx: Tx, page: int) -> None:
        """The same for a page that was on its way when its path stopped."""
        self._queue(tx, tx.rows(f"{_GONE} AND n.id = ? AND e.state NOT IN ({marks(LIVE)})", (page, *LIVE)))

    def _queue(self, tx: Tx, gone: Collection[Row]) -> None:
        rows: list[Row] = []
        for page, case, escalation, user, destination, reference, channel, options in gone:
            if registry.updates(channel, canonical.decode(bytes(options or b"{}"))):
                said = {"page": ids.to_text(page), "escalation": ids.to_text(escalation), "reference": reference}
                place = (case, None, None, None, user, destination)
                times = (tx.now, None, None, None)  # queued, sent, settled, error
                rest = (canonical.encode(said), None, None, None, None)
                rows.append((self.mint.new(tx.now), KIND, *place, "queued", 0, *times, *rest))
        tx.insert(notifications, rows)
        tx.insert(work_table, [jobs.job(row[0], KIND, row[_DESTINATION], tx.now) for row in rows])


_DESTINATION = list(notifications.columns.keys()).index("destination")
