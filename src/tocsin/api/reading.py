"""`python -m tocsin.api.reading DESCRIPTOR`: one of the readers of a server (`readers.py`), which starts it. It answers
on the socket that it inherited, and ends as soon as nobody writes to its standard input any more."""

import sys
import threading
from contextlib import suppress
from pathlib import Path
from socket import socket
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tocsin import runtime
from tocsin.api import app
from tocsin.api.readers import ROUTE
from tocsin.core import logging, settings


def told(application: ASGIApp) -> ASGIApp:
    """The same, which says of each answer by which route it came."""

    async def telling(scope: Scope, receive: Receive, send: Send) -> None:
        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (ROUTE, app.route_of(scope).encode())]
            await send(message)

        await application(scope, receive, tell)

    return telling


def main(descriptor: int) -> None:
    import uvicorn

    chosen = settings.load()
    logging.configure(chosen.log_level, json=chosen.log_format == "json")
    installation = runtime.look(chosen)
    installation.warm()
    server = uvicorn.Server(
        uvicorn.Config(
            told(app.create(installation)),
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            log_level=chosen.log_level.lower(),
            access_log=False,
            server_header=False,
            date_header=False,
        )
    )
    alone = threading.Event()
    threading.Thread(target=_end_with_the_server, args=[server, alone], daemon=True).start()
    with socket(fileno=descriptor) as listening:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        place = Path(listening.getsockname())
        server.run(sockets=[listening])
    if alone.is_set():
        _remove(place)
    installation.close()


def _remove(place: Path) -> None:
    """The socket of a reader whose server has ended, and with the last of them their folder: a server that was killed
    removes nothing itself."""
    place.unlink(missing_ok=True)
    with suppress(OSError):
        place.parent.rmdir()


def _end_with_the_server(server: Any, alone: threading.Event) -> None:
    sys.stdin.buffer.read()
    alone.set()
    server.should_exit = True


if __name__ == "__main__":
    main(int(sys.argv[1]))
