"""Addresses on the web: how they are shown, and which of them lie in a private network."""

import ipaddress
from urllib.parse import urlsplit

_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


def shown(url: str) -> str:
    """Scheme, host and port only, for screens, logs and records: whatever else an address has may be a secret."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "an address"


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
