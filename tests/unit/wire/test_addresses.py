"""Which addresses are public."""

from ipaddress import IPv4Address, IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from gateway.wire.addresses import is_public


@given(st.ip_addresses(v=4))
def test_nothing_is_public_that_python_knows_to_be_private(address: IPv4Address) -> None:
    if address.is_private or address.is_multicast or address.is_reserved or address.is_loopback:
        assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_inside_of_another_is_judged_as_itself(address: IPv4Address) -> None:
    for prefix in (IPv6Address("::ffff:0:0"), IPv6Address("64:ff9b::")):
        assert is_public(IPv6Address(int(prefix) + int(address))) == is_public(address)


@given(st.ip_addresses(v=6))
def test_beyond_what_is_given_out_nothing_is_public(address: IPv6Address) -> None:
    if int(address) >> 125 != 1 and address.ipv4_mapped is None and int(address) >> 32 != 0x64FF9B << 64:
        assert not is_public(address)
