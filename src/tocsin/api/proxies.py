"""From where a request comes, when it comes through a reverse proxy: what `X-Forwarded-For` says counts from those that
the settings trust, and from nobody else, or whoever guesses passwords could name another address for every try."""

from collections.abc import Sequence

from starlette.types import Scope

from tocsin.core import networks
from tocsin.core.logging import log
from tocsin.core.networks import Network

_HEADER = b"x-forwarded-for"
_MOST = 10  # peers that are warned of


class Proxies:
    """Puts the address of the browser into a request's scope."""

    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusted = trusted
        self._warned: set[str] = set()

    def look(self, scope: Scope) -> None:
        said = [value.decode("latin-1") for name, value in scope["headers"] if name == _HEADER]
        peer = scope.get("client")
        if not said or not peer:
            return
        host = networks.address(peer[0])
        if host is None or not networks.holds(self._trusted, host):
            self._warn(peer[0])
            return
        scope["client"] = (self._origin(",".join(said), str(host)), 0)

    def _origin(self, said: str, peer: str) -> str:
        """Each proxy appends whom it heard: the last one that is no proxy of ours. What stands before was said by that
        one, and may be invented."""
        found = peer
        for part in reversed(said.split(",")):
            heard = networks.address(part)
            if heard is None:
                break
            found = str(heard)
            if not networks.holds(self._trusted, heard):
                break
        return found

    def _warn(self, peer: str) -> None:
        if peer not in self._warned and len(self._warned) < _MOST:
            self._warned.add(peer)
            log.warning(
                "proxy.not_trusted",
                peer=peer,
                says="X-Forwarded-For is not trusted: all sign-ins through this proxy count as one address",
                expected="TOCSIN_TRUSTED_PROXIES with this address, where it is your reverse proxy",
            )
