"""Which network addresses a source may lead to.

A source's address is written by people and by redirects of strangers; it must never
reach the machine itself, its network or its cloud's metadata service. Every address a
name resolves to is checked just before connecting, and the checked one is connected to
(a name may answer otherwise the second time).
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

__all__ = [
    "AddressPolicy",
    "IPAddress",
    "IPNetwork",
    "is_local_name",
    "is_onion",
    "literal_address",
]

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

# The special-purpose registries of IANA, where Python's is_global differs between versions
# or is laxer: whole blocks that no public site lives in.
_REFUSED: Final = tuple(
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
        "::/128",
        "::1/128",
        "::/96",  # IPv4-compatible
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64: leads into IPv4 by another's rules
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo and other protocols
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)

_MAPPED_BITS: Final = 96  # of ::ffff:0:0/96, before the IPv4 address


class AddressPolicy:
    """Decides about addresses; `allowed` networks (one's own bridges, tests) pass."""

    def __init__(self, allowed: Iterable[IPNetwork] = ()) -> None:
        self._allowed = tuple(_inner_network(network) for network in allowed)

    def permits(self, address: IPAddress) -> bool:
        """Whether a source may be fetched from this address. IPv4-mapped is taken as IPv4."""
        if isinstance(address, IPv6Address) and address.scope_id:
            return False
        if self.is_own(address):
            return True
        address = _inner(address)
        return address.is_global and not any(address in network for network in _REFUSED)

    def is_own(self, address: IPAddress) -> bool:
        """Whether it is in a network that was allowed by name: a server of one's own."""
        address = _inner(address)
        return any(address in network for network in self._allowed)

    def permitted(self, addresses: Sequence[IPAddress]) -> list[IPAddress]:
        """Those of `addresses` that may be connected to, in order, each once."""
        inner = [_inner(address) for address in addresses if self.permits(address)]
        return list(dict.fromkeys(inner))


def _inner(address: IPAddress) -> IPAddress:
    """IPv4 in the clothes of IPv6 (`::ffff:8.8.8.8`) is what the system would connect to."""
    if isinstance(address, IPv6Address) and not address.scope_id:
        return address.ipv4_mapped or address
    return address


def _inner_network(network: IPNetwork) -> IPNetwork:
    inner = _inner(network.network_address)
    if inner.version == network.version or network.prefixlen < _MAPPED_BITS:
        return network
    return IPv4Network((int(inner), network.prefixlen - _MAPPED_BITS))


_LEGACY: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}\.?", re.I)


@lru_cache(maxsize=8_192)  # asked three times a poll, of the same hosts again and again
def literal_address(host: str) -> IPAddress | None:
    """The address that `host` is written as, None if it is a name. IPv4-mapped is IPv4.

    Also in the forms only the C library knows: 2130706433, 0x7f.1, 0177.0.0.1.
    """
    host = host.strip("[]")
    try:
        return _inner(ipaddress.ip_address(host))
    except ValueError:
        pass
    if not _LEGACY.fullmatch(host):
        return None
    try:
        return IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


# Names that never leave a machine or network (RFC 6761, 6762, 8375, 9476; habit).
_LOCAL: Final = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home.arpa")


def is_local_name(host: str) -> bool:
    """Whether the name means a machine or network of whoever resolves it.

    A name of one word is completed by the resolver's own domain.
    """
    name = host.rstrip(".").lower()
    return "." not in name or any(name == end or name.endswith("." + end) for end in _LOCAL)


def is_onion(host: str) -> bool:
    """Whether only Tor leads to the name (RFC 7686: nobody else may be asked for it)."""
    return host.rstrip(".").lower().endswith(".onion")
