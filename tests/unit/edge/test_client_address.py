from ipaddress import ip_network

import pytest

from gateway.edge.client_address import ClientAddress, behind_proxies, client_address
from tests.support.requests import made_request

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))

CASES = {
    "no proxy": ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),
    "one proxy": ("10.0.0.1", ["198.51.100.7"], "198.51.100.7"),
    "two proxies": ("10.0.0.1", ["198.51.100.7, 10.0.0.2"], "198.51.100.7"),
    "two headers": ("10.0.0.1", ["198.51.100.7", "10.0.0.2"], "198.51.100.7"),
    "what the client wrote itself": ("10.0.0.1", ["127.0.0.1, 198.51.100.7"], "198.51.100.7"),
    "only trusted addresses": ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
    "no header": ("10.0.0.1", [], "10.0.0.1"),
    "empty header": ("10.0.0.1", [""], "10.0.0.1"),
    "unknown": ("10.0.0.1", ["198.51.100.7, unknown, 10.0.0.2"], "10.0.0.2"),
    "with a port": ("10.0.0.1", ["198.51.100.7:4711"], "198.51.100.7"),
    "IPv6": ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
    "IPv6 in brackets with a port": ("10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
    "IPv6 with a zone": ("fd00::1%eth0", ["2001:db8::7"], "2001:db8::7"),
    "IPv4 inside IPv6": ("::ffff:10.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
}


@pytest.mark.parametrize(("peer", "forwarded_for", "client"), CASES.values(), ids=CASES)
def test_the_right_most_address_that_is_not_trusted_is_the_client(
    peer: str, forwarded_for: list[str], client: str
) -> None:
    assert behind_proxies(peer, forwarded_for, TRUSTED) == client


def asked(peer: str, headers: dict[str, str], *, trusted: bool = True) -> ClientAddress:
    return client_address(made_request("GET", "/", headers, peer), TRUSTED if trusted else ())


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "x-forwarded-for", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-Real-IP", "Via"],
)
def test_every_forwarding_header_makes_a_request_forwarded(header: str) -> None:
    assert asked("127.0.0.1", {header: "x"}).forwarded


def test_a_request_without_such_a_header_is_not_forwarded() -> None:
    assert asked("192.0.2.1", {"Origin": "x"}) == ClientAddress("192.0.2.1", False)


def test_the_header_of_a_trusted_proxy_counts() -> None:
    assert asked("10.0.0.1", {"X-Forwarded-For": "198.51.100.7"}) == ClientAddress("198.51.100.7", True)


def test_without_trusted_proxies_the_peer_is_the_client() -> None:
    assert asked("10.0.0.1", {"X-Forwarded-For": "198.51.100.7"}, trusted=False) == ClientAddress("10.0.0.1", True)
