"""Whether an address on the web leads somewhere; nothing is sent."""

import socket
from urllib.parse import urlsplit

from tocsin.core import addresses
from tocsin.notify.channels.port import Probed

_SECONDS = 2.0


def look(address: str, allow_private: bool) -> Probed:
    """Whether the name of an address leads where something would be sent, and a connection is taken there."""
    parts, name = urlsplit(address), addresses.shown(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        places = {str(found[4][0]) for found in socket.getaddrinfo(parts.hostname or "", port, type=socket.SOCK_STREAM)}
        if not allow_private and (inside := next(filter(addresses.private, sorted(places)), None)):
            way_out = "a public address, or TOCSIN_ALLOW_PRIVATE_DESTINATIONS=true where the server runs"
            return Probed("fail", f"{name} leads to {inside}, where nothing is sent", way_out)
        socket.create_connection((parts.hostname or "", port), _SECONDS).close()
    except OSError as error:
        return Probed("warn", f"{name}: {error.strerror or error}", "a running receiver and an open network path")
    return Probed("ok", f"{name} takes connections")
