"""What an address counts as for limits."""

import pytest

from gateway.wire.addresses import network


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::3", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::3", "2001:db8:1:2::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_addresses_of_one_ipv6_network_count_as_one(address: str, counted_as: str) -> None:
    assert network(address) == counted_as
