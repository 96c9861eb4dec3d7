"""`python -m tocsin.api.reading DESCRIPTOR`: one of the readers of a server (`readers.py`), which starts it. It answers
on the socket that it inherited, and ends as soon as nobody writes to its standard input any more."""

import sys
import threading
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
    threading.Thread(target=_end_with_the_server, args=[server], daemon=True).start()
    with socket(fileno=descriptor) as listening:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        server.run(sockets=[listening])
    installation.close()


def _end_with_the_server(server: Any) -> None:
    sys.stdin.buffer.read()
    server.should_exit = True


if __name__ == "__main__":
    main(int(sys.argv[1]))
