"""Which addresses may be fetched from: rules that hold for all of them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.addresses import AddressPolicy, literal_address

OWN = [ip_network("10.1.0.0/16"), ip_network("::ffff:10.2.0.0/112")]
POLICY = AddressPolicy(OWN)

addresses = st.ip_addresses(v=4) | st.sampled_from(
    [IPv4Address(text) for text in ("8.8.8.8", "10.1.2.3", "10.2.0.1", "10.3.0.1", "127.0.0.1")]
)


def dressed(prefix: str, inner: IPv4Address, shift: int = 0) -> IPv6Address:
    return IPv6Address(int(IPv6Address(prefix)) + (int(inner) << shift))


@given(inner=addresses)
def test_mapped_is_what_is_inside(inner: IPv4Address) -> None:
    """`::ffff:8.8.8.8` is 8.8.8.8 wherever it is asked about, and is connected to as such."""
    mapped = dressed("::ffff:0:0", inner)

    assert POLICY.permits(mapped) == POLICY.permits(inner)
    assert POLICY.is_own(mapped) == POLICY.is_own(inner)
    assert POLICY.permitted([mapped, inner]) == POLICY.permitted([inner])
    assert literal_address(f"[{mapped}]") == inner


@pytest.mark.parametrize(
    ("prefix", "shift"), [("64:ff9b::", 0), ("2002::", 80), ("::", 0), ("::ffff:0:0:0", 0)]
)
@given(inner=addresses)
def test_other_ways_into_ipv4_are_refused_whole(
    prefix: str, shift: int, inner: IPv4Address
) -> None:
    """NAT64, 6to4 and the like lead there by somebody else's rules, whatever is inside."""
    assert not POLICY.permits(dressed(prefix, inner, shift))


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("::ffff:8.8.8.8", True),
        ("::ffff:10.2.0.9", True),
        ("10.4.1.9", False),
        ("::ffff:10.3.0.1", False),
        ("::ffff:169.254.169.254", False),
        ("2606:4700::1111", True),
        ("fe80::1%1", False),
        ("::ffff:8.8.8.8%1", False),
    ],
)
def test_examples(text: str, may: bool) -> None:
    address = literal_address(text)

    assert address is not None
    assert POLICY.permits(address) == may
