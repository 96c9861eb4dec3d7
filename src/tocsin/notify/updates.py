"""Pages that went out and were answered, elsewhere or by whom they went to: where their channel can, they are told so,
so that what rings stops ringing and who looks at a chat sees that somebody has it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tocsin.cases import store
from tocsin.cases.happenings.calls import CallAnswered, CallEnded
from tocsin.cases.happenings.paths import PathStopped
from tocsin.core import canonical, ids
from tocsin.core.ids import IdMint
from tocsin.ledger.subscribers import Happened
from tocsin.notify import jobs
from tocsin.notify.channels import registry
from tocsin.notify.jobs import Notification
from tocsin.storage.transaction import Row, Tx, marks, padded

KIND = "answered"
_GONE = (
    "SELECT n.id, n.case_id, n.escalation, n.call, n.user_id, d.id, n.reference, d.channel, d.options"
    " FROM notifications n JOIN destinations d ON d.id = n.destination"
    " WHERE n.kind IN ('page', 'room', 'call') AND n.state = 'delivered'"
    " AND n.reference IS NOT NULL AND d.ended_at IS NULL"
)
_ESCALATION, _CALL = 2, 3  # of these columns


@dataclass(frozen=True, slots=True)
class Updates:
    mint: IdMint

    def __call__(self, tx: Tx, happened: Sequence[Happened[PathStopped]]) -> None:
        """Within subscriber of `path.stopped`: an update of every page of the path that its receiver has."""
        stopped = padded([ids.from_text(one.escalation) for _, one in happened])
        self._queue(tx, tx.rows(f"{_GONE} AND n.escalation IN ({marks(stopped)}) ORDER BY n.id", stopped))

    def called(self, tx: Tx, happened: Sequence[Happened[CallAnswered | CallEnded]]) -> None:
        """Within subscriber of `call.answered` and `call.ended`: the same for the pages of a call-in."""
        ended = padded([ids.from_text(one.call) for _, one in happened])
        self._queue(tx, tx.rows(f"{_GONE} AND n.call IN ({marks(ended)}) ORDER BY n.id", ended))

    def late(self, tx: Tx, page: int) -> None:
        """The same for a page that was on its way when its path stopped, or its call-in ended."""
        gone = tx.rows(f"{_GONE} AND n.id = ?", (page,))
        live = store.live_among(tx, (row[_ESCALATION] for row in gone if row[_CALL] is None))
        calls = store.call_states(tx, (row[_CALL] for row in gone if row[_CALL] is not None))
        live |= {call for call, state in calls.items() if state == "calling"}
        self._queue(tx, [row for row in gone if row[_CALL] not in live and row[_ESCALATION] not in live])

    def _queue(self, tx: Tx, gone: Collection[Row]) -> None:
        rows: list[Row] = []
        for page, case, escalation, call, user, destination, reference, channel, options in gone:
            if registry.updates(channel, canonical.decode(bytes(options or b"{}"))):
                asked = {"escalation": ids.to_text(escalation)} if call is None else {"call": ids.to_text(call)}
                said = {"page": ids.to_text(page), **asked, "reference": reference}
                update = Notification(KIND, case, content=canonical.encode(said))
                rows.append(update.to(self.mint.new(tx.now), user, destination, tx.now))
        jobs.queue(tx, rows)
