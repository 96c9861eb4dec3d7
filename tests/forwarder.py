"""A network between a client and a server of PostgreSQL that tests can take away."""

import socket
import threading
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit


class Forwarder:
    """Listens on a port of its own and forwards to the socket that a URL names.

    `swallow`: from now on nothing is forwarded, and whoever connects hears nothing, until `resume`. `lose`: the
    connections that there are never hear anything again; new ones are well.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._database = parts.path
        self._user = parts.username or "postgres"
        self._target = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432"
        self._gate = threading.Event()
        self._gate.set()
        self._lost = threading.Event()
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"postgresql://{self._user}@127.0.0.1:{self._listening.getsockname()[1]}{self._database}"

    def swallow(self) -> None:
        self._gate.clear()

    def resume(self) -> None:
        self._gate.set()

    def lose(self) -> None:
        self._lost.set()
        self._lost = threading.Event()

    def close(self) -> None:
        self._over.set()
        self._gate.set()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client, self._lost), daemon=True).start()

    def _serve(self, client: socket.socket, lost: threading.Event) -> None:
        self._gate.wait()
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self._target)
        except OSError:
            client.close()
            return
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self._pump, args=(source, target, lost), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._gate.wait()
                if lost.is_set():
                    self._over.wait()
                    break
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
