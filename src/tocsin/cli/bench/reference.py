"""What the same machine does at best in the same run: durable commits of one row each, into SQLite."""

import os
from pathlib import Path

from tocsin.core.clock import stopwatch
from tocsin.storage.database import Database


def commits(folder: Path, seconds: float) -> float:
    """One-row durable commits a second: WAL, synced at every commit, one connection, nothing else."""
    path = folder / "reference.db"
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    database = Database(f"sqlite:///{path}")
    with database.writer.connect() as pooled:
        raw = pooled.connection.dbapi_connection
        assert raw is not None
        cursor = raw.cursor()
        cursor.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")
        count = 0
        begun = stopwatch()
        while stopwatch() - begun < seconds:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("INSERT INTO t (body) VALUES (?)", ("x" * 100,))
            cursor.execute("COMMIT")
            count += 1
        rate = count / (stopwatch() - begun)
    database.close()
    os.unlink(path)
    return rate
