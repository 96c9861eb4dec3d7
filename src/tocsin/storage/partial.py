"""Files that get their name only once they are complete.

While it is written, a file stands under a name that says so, beside the place where it will be, and its writer holds
it by a lock of the operating system, which ends with the process however that ends. So whoever comes next can tell what
a process that died has left from what another one is just writing, and clears it away.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_OURS = re.compile(r".+\.[0-9a-f]{16}\.tocsin-partial")
COMPANIONS = ("-wal", "-shm", "-journal")


@contextmanager
def written(target: Path) -> Iterator[Path]:
    """An empty file beside `target`, which only its owner may read, and which is gone in the end unless the caller has
    given it its name. What earlier ones left in this folder is cleared away first."""
    clear(target.parent)
    path, descriptor = _made(target)
    try:
        yield path
    finally:
        remove(path)
        os.close(descriptor)


def clear(folder: Path) -> int:
    """Remove what processes that died have left in a folder; how many files."""
    cleared = 0
    for name in os.listdir(folder):
        if _OURS.fullmatch(name):
            with suppress(OSError):  # somebody else's, or just gone
                cleared += _clear(folder / name)
    return cleared


def remove(path: Path) -> None:
    """Remove a file of SQLite with its companions."""
    for ending in ("", *COMPANIONS):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def keep(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _made(target: Path) -> tuple[Path, int]:
    """A file of our own, held. One that was cleared away before it was held is made anew."""
    while True:
        path = target.with_name(f"{target.name}.{secrets.token_hex(8)}.tocsin-partial")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        if _hold(descriptor) and path.exists():
            return path, descriptor
        os.close(descriptor)


def _clear(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDWR)
    try:
        if not _hold(descriptor):
            return False
        remove(path)
        return True
    finally:
        os.close(descriptor)


def _hold(descriptor: int) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
