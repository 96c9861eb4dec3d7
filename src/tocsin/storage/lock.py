"""One process at a time writes a file of SQLite; the lock beside the file says which.

The lock is the operating system's, on `<file>.lock`, so it ends with the process that holds it, however that ends.
What stands in the lock file only tells others whom to turn to. PostgreSQL has no use for it: there, many may write.
"""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tocsin.core.clock import stopwatch
from tocsin.core.errors import Misconfigured, Unavailable
from tocsin.core.wording import say

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_POLL_SECONDS = 0.05
_ENDING_SECONDS = 0.5  # a holder that is just ending, or somebody who only looks who holds it


@dataclass(frozen=True, slots=True)
class Holder:
    """Who writes: `doing` such as `serve` or `case ack`; `url` where a server can be asked to write instead."""

    pid: int
    doing: str
    url: str | None = None

    def __str__(self) -> str:
        return f"`tocsin {self.doing}` (process {self.pid})"


class FileLock:
    """Held from `take` to `release`, or to the end of the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, database: Path, doing: str, *, url: str | None = None, patience: float = 10.0) -> "FileLock":
        """Become the one that writes `database`. `url`: where this process serves it.

        Waits up to `patience` seconds for a short command to end. Unavailable names who holds the file, and the way to
        a server that does.
        """
        descriptor = _open(_beside(database))
        begun = stopwatch()
        while not _try(descriptor):
            holder, waited = _read(descriptor), stopwatch() - begun
            if waited >= (_ENDING_SECONDS if holder and holder.url else patience):
                os.close(descriptor)
                raise _refused(database, holder)
            time.sleep(_POLL_SECONDS)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(Holder(os.getpid(), doing, url))).encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def holder_of(database: Path) -> Holder | None:
    """Who writes the database at this moment; None when nobody does."""
    path = _beside(database)
    if not path.exists():
        return None
    descriptor = _open(path)
    try:
        return None if _try(descriptor) else (_read(descriptor) or Holder(0, "unknown"))
    finally:
        os.close(descriptor)


def _beside(database: Path) -> Path:
    """One lock for one file, by whichever name it is opened."""
    found = database.resolve()
    return found.with_name(found.name + ".lock")


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _try(descriptor: int) -> bool:
    if fcntl is None:
        raise Misconfigured(
            say("this system has no file locks that end with their process, so SQLite cannot be kept from harm"),
            place="TOCSIN_DATABASE_URL",
            expected=say("a PostgreSQL database, or Linux, macOS or WSL"),
        )
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(descriptor: int) -> Holder | None:
    try:
        found: dict[str, Any] = json.loads(os.pread(descriptor, 4096, 0))
        return Holder(int(found["pid"]), str(found["doing"]), found["url"])
    except (ValueError, KeyError, TypeError):  # it is just being written
        return None


def _refused(database: Path, holder: Holder | None) -> Unavailable:
    if holder is not None and holder.url:
        return Unavailable(
            say("{holder} writes this database", holder=holder),
            place=str(database),
            expected=say("the server to be asked: TOCSIN_URL={url} and a token in TOCSIN_TOKEN", url=holder.url),
        )
    return Unavailable(
        say("{value} writes this database", value=holder or "another process"),
        place=str(database),
        expected=say("another try when it has ended"),
    )
