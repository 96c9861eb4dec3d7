"""Connections to addresses that users typed: kept alive, never redirected, and never into a private network.

The address is judged where the connection is made, by what the name resolves to there and by the peer that answered;
so a name that changes its meaning between a check and its use gains nothing.
"""

import socket
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from tocsin.notify import addresses

CONNECTIONS = 32  # to one host that are kept
_HOSTS = 64
_TIMEOUT = Timeout(connect=3.0, read=5.0)
_MOST_BYTES = 16 * 1024  # of an answer, which nobody reads; with more, the connection is not kept


class PrivateAddress(HTTPError):
    """The name leads into a private network, where nothing is sent."""


class Client:
    """Sends requests; `allow_private`: into private networks too, because the operator said so."""

    def __init__(self, *, allow_private: bool) -> None:
        self._pools = PoolManager(_HOSTS, retries=False, timeout=_TIMEOUT, maxsize=CONNECTIONS)
        if not allow_private:
            self._pools.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedPoolTLS}

    def post(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """The status of the answer; HTTPError or ValueError where there is none."""
        answer = self._pools.urlopen(
            "POST", url, body=body, headers=headers, redirect=False, preload_content=False, decode_content=False
        )
        if len(answer.read(_MOST_BYTES + 1)) > _MOST_BYTES:
            answer.close()
        answer.release_conn()
        return int(answer.status)

    def close(self) -> None:
        self._pools.clear()


class _Guarded(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError:
            found = []  # the attempt itself says so
        self._refuse(str(entry[4][0]) for entry in found)
        made = super()._new_conn()
        try:
            self._refuse([made.getpeername()[0]])
        except BaseException:
            made.close()
            raise
        return made

    def _refuse(self, peers: Any) -> None:
        if any(addresses.private(peer) for peer in peers):
            raise PrivateAddress(f"{self.host} is a private address")


class _GuardedTLS(_Guarded, HTTPSConnection):
    pass


class _GuardedPool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _GuardedPoolTLS(HTTPSConnectionPool):
    ConnectionCls = _GuardedTLS
