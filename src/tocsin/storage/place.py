"""That a file of SQLite is still where it was opened.

Whoever moves or deletes an open file takes it from nobody who has it open: writes go on into a file that has no name
any more, and are lost with the process. And a connection that is opened later would make an empty one in its place.
"""

from dataclasses import dataclass
from pathlib import Path

from tocsin.core.errors import Unavailable
from tocsin.core.wording import say

Identity = tuple[int, int]  # device and inode


@dataclass(slots=True)
class DatabaseFile:
    """`opened`: which file that was, from the first connection on."""

    path: Path
    opened: Identity | None = None

    def open(self) -> None:
        """Before a connection is made. Unavailable where it would be one to another file, or to none."""
        self.opened = self.opened or _identity(self.path)
        self.require()

    def require(self) -> None:
        """Unavailable where the file that was opened is not there any more."""
        if self.opened is None or _identity(self.path) != self.opened:
            raise Unavailable(
                say("the file of the database was moved, deleted or replaced, so nothing is written any more"),
                place=str(self.path),
                expected=say("that very file put back in its place, or a restart with `tocsin restore` of a copy"),
            )


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
