"""Files that people bring on a page, to be looked at before anything is done with them: each for whoever brought it,
with how it is read, and how far its last dry run or import is. They are kept for a week, a few at a time."""

from collections.abc import Sequence
from dataclasses import replace
from io import BufferedReader, BytesIO
from typing import Any, NamedTuple

from tocsin.core import ids
from tocsin.core.clock import DAY, SECOND
from tocsin.core.errors import Conflict, InvalidInput, NotFound
from tocsin.core.wording import say
from tocsin.intake import run_records
from tocsin.intake.csv_rows import Refused
from tocsin.intake.import_runs import ImportRun
from tocsin.intake.tables import upload_data, uploads
from tocsin.people.permissions import Viewer
from tocsin.storage.seam import take_turn
from tocsin.storage.transaction import Row, Tx, marks

MOST_BYTES = 16 * 1024 * 1024
KEPT = 32  # files of all people
OWN = 2  # of one of them
LASTS = 7 * DAY
UNHEARD = 30 * SECOND  # after which a run is taken as cut off

_COLUMNS = "id, user_id, name, size, at, mapping, beat_at, progress, refused IS NOT NULL"
_RESTING = "(beat_at IS NULL OR beat_at <= ?)"


class Contents(NamedTuple):
    """What stands in a file."""

    data: bytes

    def open(self, mode: str = "rb", /) -> BufferedReader:
        """The file from its beginning."""
        return BufferedReader(BytesIO(self.data))


class Upload(NamedTuple):
    """A file without what stands in it. `mapping`: how it is read, as it was drafted or corrected; empty for a table of
    accounts. `run`: the last dry run or import; `left_out`: whether the rows are kept that it refused."""

    id: int
    user: int
    name: str
    size: int
    at: int
    mapping: str
    run: ImportRun | None = None
    left_out: bool = False

    @property
    def key(self) -> str:
        """Its id, as its pages have it in their address."""
        return ids.to_text(self.id)


def keep(tx: Tx, upload: Upload, data: bytes) -> None:
    """Keep a file; the oldest go, of whoever brought it and of all, but for those that are being imported."""
    tx.insert(uploads, [(*upload[:6], None, None, None, None)])
    tx.insert(upload_data, [(upload.id, data)])
    resting = f"SELECT id FROM uploads WHERE {_RESTING}"
    _forget(tx, f"{resting} AND user_id = ? ORDER BY id DESC", (tx.now - UNHEARD, upload.user), OWN)
    _forget(tx, f"{resting} ORDER BY id DESC", (tx.now - UNHEARD,), KEPT)


def named(tx: Tx, viewer: Viewer, key: str) -> Upload:
    """One that this viewer brought. NotFound where they brought none of this id, or it is forgotten."""
    row = None
    try:
        asked = (ids.from_text(key), viewer.user)
        row = tx.row(f"SELECT {_COLUMNS} FROM uploads WHERE id = ? AND user_id = ?", asked)
    except InvalidInput:
        pass
    if row is None:
        raise _gone()
    return _read(tx, row)


def contents(tx: Tx, upload: Upload) -> Contents:
    row = tx.row("SELECT data FROM upload_data WHERE upload = ?", (upload.id,))
    if row is None:
        raise _gone()
    return Contents(bytes(row[0]))


def listed(tx: Tx) -> list[Upload]:
    """Those of everybody, the newest first."""
    return [_read(tx, row) for row in tx.rows(f"SELECT {_COLUMNS} FROM uploads ORDER BY id DESC")]


def correct(tx: Tx, upload: Upload, mapping: str) -> None:
    """Read a file otherwise."""
    tx.run("UPDATE uploads SET mapping = ? WHERE id = ?", (mapping, upload.id))


def begin(tx: Tx, upload: Upload, run: ImportRun) -> None:
    """Make this the run of a file. Conflict while another one works, in whatever process."""
    if not take_turn(tx, "imports") or tx.row("SELECT 1 FROM uploads WHERE beat_at > ?", (tx.now - UNHEARD,)):
        raise Conflict(say("another import is running"), expected=say("another try once it is done"))
    begun = tx.run(
        "UPDATE uploads SET run = ?, beat_at = ?, progress = ?, refused = NULL WHERE id = ?",
        (run.id, tx.now, run_records.progress_of(run), upload.id),
    )
    if not begun:
        raise _gone()


def note(tx: Tx, upload: int, run: ImportRun) -> bool:
    """Write down how far the run of a file is, or what came of it. False where it is not its run any more: it was taken
    as cut off, and another one was begun."""
    beat_at, rows = (tx.now, None) if run.working else (None, run_records.refused_of(run.refused))
    return bool(
        tx.run(
            "UPDATE uploads SET beat_at = ?, progress = ?, refused = ? WHERE id = ? AND run = ?",
            (beat_at, run_records.progress_of(run), rows, upload, run.id),
        )
    )


def refused(tx: Tx, upload: Upload) -> Sequence[Refused]:
    """The rows that its last run left out, once that is over."""
    row = tx.row("SELECT refused FROM uploads WHERE id = ?", (upload.id,))
    return run_records.read_refused(bytes(row[0])) if row is not None and row[0] is not None else []


def forget(tx: Tx, upload: Upload) -> None:
    _delete(tx, [upload.id])


def sweep(tx: Tx) -> int:
    """Forget files older than a week; how many."""
    return _forget(tx, f"SELECT id FROM uploads WHERE {_RESTING} AND at <= ?", (tx.now - UNHEARD, tx.now - LASTS))


def _gone() -> NotFound:
    return NotFound(say("this file is not kept any more"), expected=say("the same file again; what was imported stays"))


def _forget(tx: Tx, which: str, values: Sequence[Any], but: int = 0) -> int:
    """Forget those that a query names, but for the first; how many."""
    gone = [row[0] for row in tx.rows(which, values)][but:]
    _delete(tx, gone)
    return len(gone)


def _delete(tx: Tx, gone: Sequence[int]) -> None:
    if gone:
        tx.run(f"DELETE FROM upload_data WHERE upload IN ({marks(gone)})", gone)
        tx.run(f"DELETE FROM uploads WHERE id IN ({marks(gone)})", gone)


def _read(tx: Tx, row: Row) -> Upload:
    *known, beat_at, progress, left_out = row
    run = None if progress is None else run_records.read(bytes(progress))
    if run is not None and run.working and (beat_at is None or beat_at <= tx.now - UNHEARD):
        run = replace(run, working=False, failed=say("the server that carried it out has ended"))
    return Upload._make([*known, run, bool(left_out)])
