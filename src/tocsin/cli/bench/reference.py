"""What the same machine does at best in the same run: durable commits of one row each, into SQLite; a bare server of
the parts that a ticket goes through, which does nothing with it but keep it; and one that answers with pages made
before."""

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
    with _process("tickets", folder / "bare.db") as found:
        yield found


@contextmanager
def page_server(folder: Path) -> Iterator[int]:
    """A process of `serve_pages` with the files of a folder; its port."""
    with _process("pages", folder) as (port, _):
        yield port


@contextmanager
def _process(what: str, path: Path) -> Iterator[tuple[int, int]]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", __name__, what, str(path), str(port)])
    try:
        wait_for(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


def serve_pages(folder: Path, port: int) -> None:
    """Answer `/NAME` with the file of that name, kept in memory."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    bodies = {path.name: path.read_bytes() for path in folder.iterdir()}

    async def page(request: Request) -> Response:
        return Response(bodies.get(request.path_params["name"], b""), media_type="text/html")

    _run(Starlette(routes=[Route("/{name}", page)]), port)


def serve_bare(path: Path, port: int) -> None:
    """Answer tickets on that port, each read by msgspec, and after its one row is committed: on one core, with as many
    to a commit, and as durable, as `tocsin serve` has it. Nothing of it is looked at."""
    import msgspec
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

    _run(Starlette(routes=[Route("/api/v1/cases", take, methods=["POST"]), Route("/readyz", ready)]), port)


def _run(app: Any, port: int) -> None:
    import uvicorn

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
    {"tickets": serve_bare, "pages": serve_pages}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
