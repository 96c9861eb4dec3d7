"""What the same machine does at best in the same run: durable commits of one row each, into SQLite, and a bare server
of the parts that a ticket goes through, which does nothing with it but keep it."""

import asyncio
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tocsin.cli.bench.server import HOST, free_port, wait_for
from tocsin.core.clock import stopwatch
from tocsin.storage.database import Database
from tocsin.storage.writer import GROUP

_Waiting = queue.SimpleQueue[tuple[str | None, bytes, "asyncio.Future[int]"]]


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


@contextmanager
def bare_server(folder: Path) -> Iterator[tuple[int, int]]:
    """A process of `serve_bare` on a database of its own; its port and its process."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", __name__, str(folder / "bare.db"), str(port)])
    try:
        wait_for(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


def serve_bare(path: Path, port: int) -> None:
    """Answer tickets on that port, each read by msgspec, and after its one row is committed: on one core, with as many
    to a commit, and as durable, as `tocsin serve` has it. Nothing of it is looked at."""
    import msgspec
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from tocsin.core import cores
    from tocsin.policy.body import CaseBody

    cores.keep_to_one()
    waiting: _Waiting = queue.SimpleQueue()
    threading.Thread(target=_write, args=(Database(f"sqlite:///{path}"), waiting), daemon=True).start()
    decode = msgspec.json.Decoder(CaseBody).decode

    async def take(request: Request) -> Response:
        raw = await request.body()
        written: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        waiting.put((decode(raw).external_id, raw, written))
        return Response(msgspec.json.encode({"id": await written}), 201, media_type="application/json")

    async def ready(request: Request) -> Response:
        return Response()

    app = Starlette(routes=[Route("/api/v1/cases", take, methods=["POST"]), Route("/readyz", ready)])
    options: dict[str, Any] = {"lifespan": "off", "proxy_headers": False, "server_header": False}
    uvicorn.run(app, host=HOST, port=port, log_config=None, access_log=False, **options)


def _write(database: Database, waiting: _Waiting) -> None:
    """Whatever waits, in one commit; then the answers."""
    with database.writer.connect() as pooled:
        raw = pooled.connection.dbapi_connection
        assert raw is not None
        cursor = raw.cursor()
        cursor.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, external_id TEXT, body BLOB)")
        while True:
            group = [waiting.get()]
            with suppress(queue.Empty):
                while len(group) < GROUP:
                    group.append(waiting.get_nowait())
            written = []
            cursor.execute("BEGIN IMMEDIATE")
            for external_id, body, future in group:
                cursor.execute("INSERT INTO t (external_id, body) VALUES (?, ?)", (external_id, body))
                written.append((future, cursor.lastrowid))
            cursor.execute("COMMIT")
            group[0][2].get_loop().call_soon_threadsafe(_answer, written)


def _answer(written: list[tuple["asyncio.Future[int]", int]]) -> None:
    for future, row in written:
        if not future.done():  # whoever asked went away
            future.set_result(row)


if __name__ == "__main__":
    serve_bare(Path(sys.argv[1]), int(sys.argv[2]))
