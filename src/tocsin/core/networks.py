"""Addresses and networks, as settings name them."""

import ipaddress
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def parse(text: str) -> tuple[Network, ...]:
    """The networks of `10.0.0.5, 10.1.0.0/16`; ValueError where one is none, or is every address."""
    found = tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    for network in found:
        if network.prefixlen == 0:
            raise ValueError(f"{network} is every address")
    return found


def address(text: str) -> Address | None:
    """The address in `10.0.0.5`, `10.0.0.5:443`, `::1`, `[::1]:443`; None where there is none. IPv4 within IPv6 is
    IPv4."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def holds(networks: Sequence[Network], one: Address) -> bool:
    return any(one in network for network in networks)
