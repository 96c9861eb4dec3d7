"""Files that people sent from a page, to be looked at before anything is done with them. They are kept in the memory of
this process, a few at a time, for whoever sent them; nothing of them is stored."""

import threading
from dataclasses import dataclass, field
from io import BufferedReader, BytesIO

from tocsin.core.errors import Conflict, NotFound
from tocsin.core.wording import say
from tocsin.intake.import_runs import ImportRun
from tocsin.people.permissions import Viewer

MOST_BYTES = 16 * 1024 * 1024
KEPT = 8  # files of all people
_OWN = 2  # of one of them


@dataclass(slots=True)
class Upload:
    """A file by the id that its pages have in their address. `mapping`: how it is read, as it was drafted or corrected;
    `run`: the last dry run or import."""

    id: str
    user: int | None
    name: str
    data: bytes
    at: int
    mapping: str = ""
    run: ImportRun | None = None

    def open(self, mode: str = "rb", /) -> BufferedReader:
        """The file from its beginning."""
        return BufferedReader(BytesIO(self.data))


@dataclass(slots=True)
class Uploads:
    """The files of this process, the newest first."""

    _held: list[Upload] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, upload: Upload) -> None:
        """Keep a file; the oldest go, of whoever sent it and of all, but for those that are being imported."""
        with self._lock:
            found = [upload, *self._held]
            own = [each for each in found if each.user == upload.user and not _working(each)]
            gone = {each.id for each in own[_OWN:]}
            found = [each for each in found if each.id not in gone]
            gone = {each.id for each in [one for one in found if not _working(one)][KEPT:]}
            self._held = [each for each in found if each.id not in gone]

    def of(self, viewer: Viewer) -> list[Upload]:
        """Those that this viewer sent."""
        return [each for each in self._held if each.user == viewer.user]

    def named(self, viewer: Viewer, id: str) -> Upload:
        """NotFound where they sent none of this id, or it is forgotten."""
        for each in self.of(viewer):
            if each.id == id:
                return each
        raise NotFound(
            say("this file is not kept any more"), expected=say("the same file again; what was imported stays")
        )

    def begin(self, upload: Upload, run: ImportRun) -> None:
        """Make this the run of a file. Conflict while another one works in this process."""
        with self._lock:
            if any(_working(each) for each in self._held):
                raise Conflict(say("another import is running"), expected=say("another try once it is done"))
            upload.run = run

    def forget(self, viewer: Viewer, id: str) -> None:
        with self._lock:
            self._held = [each for each in self._held if each.id != id or each.user != viewer.user or _working(each)]


def _working(upload: Upload) -> bool:
    return upload.run is not None and upload.run.working
