"""Addresses on the web: how they are shown, and which of them lie in a private network."""

import ipaddress
import re
from urllib.parse import urlsplit

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say

MOST_LENGTH = 2000
_SIGN_IN = re.compile(r"(?<=://)[^/?#\s]*(?=@)")
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


def shown(url: str) -> str:
    """Scheme, host and port only, for screens, logs and records: whatever else an address has may be a secret."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "an address"


def masked(text: str) -> str:
    """A text in which no address says by which name and password one signs in there: what only the sending needs."""
    return _SIGN_IN.sub("***", text)


def place(name: str) -> str:
    """A name, for a sentence; of an address on the web only what may be shown."""
    return shown(name) if "://" in name else name


def private(text: str) -> bool:
    """Whether an IP address is none of the public internet's: private, local, multicast, or translated (NAT64), behind
    which anything may be. False for a name."""
    try:
        found = ipaddress.ip_address(text.split("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is not None:
            found = inner
    return not found.is_global or found.is_multicast or any(found in network for network in _TRANSLATED)


def check_url(url: str, *, allow_private: bool, place: str = "url") -> None:
    """InvalidInput for what is no web address, and for a private one unless those are allowed. Names are looked up only
    when something is sent."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or len(url) > MOST_LENGTH or not url.isprintable() or " " in url:
        raise InvalidInput(
            say("this is not a web address"),
            place=place,
            expected=say("https://host/path, at most {most_length} characters", most_length=MOST_LENGTH),
        )
    if not allow_private and private(parts.hostname or ""):
        raise InvalidInput(
            say("{hostname} is a private address", hostname=parts.hostname),
            place=place,
            expected=say("a public one, or TOCSIN_ALLOW_PRIVATE_DESTINATIONS=true where the server runs"),
        )
