"""Where names in callback URLs may lead."""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import pytest

from gateway.events.push_addresses import Address, AddressRefusedError, PinnedResolver, may_be_used
from gateway.settings.kinds import Network

PUBLIC, PRIVATE = "93.184.215.14", "10.0.0.7"


class Names:
    """A name service that the test changes; counts how often it is asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses: Sequence[str] = addresses
        self.asked = 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def find(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        await self.answers.wait()
        if not self.addresses:
            raise OSError("not known")
        return self.addresses


def resolver(names: Names, *networks: str) -> PinnedResolver:
    allowed: list[Network] = [ip_network(network) for network in networks]
    return PinnedResolver(lambda: allowed, names.find)


async def hosts(made: PinnedResolver, name: str = "crm.example.com") -> list[str]:
    return [found["host"] for found in await made.resolve(name, 443)]


@pytest.mark.parametrize(
    "address", [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
)
def test_public_addresses_may_be_used(address: str) -> None:
    assert may_be_used("crm.example.com", ip_address(address), ())


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.7",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:a00:7::1",
        "192.0.0.8",
        "192.0.0.9",
        "192.88.99.1",
        "64:ff9b::a00:7",
        "64:ff9b:1::1",
        "100:0:0:1::1",
        "2001:20::1",
        "3fff::1",
        "5f00::1",
        "fec0::1",
        "::7f00:1",
        "::ffff:0:10.0.0.7",
        "4000::1",
    ],
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not may_be_used("crm.example.com", ip_address(address), ())


@pytest.mark.parametrize(("address", "network"), [(PRIVATE, "10.0.0.0/8"), ("fd00::1", "fd00::/8")])
def test_a_network_of_the_settings_may_be_used(address: str, network: str) -> None:
    made: Address = ip_address(address)
    assert may_be_used("crm.example.com", made, [ip_network(network)])


@pytest.mark.parametrize("address", ["0.0.0.0", "224.0.0.1"])
def test_no_setting_allows_what_is_no_host(address: str) -> None:
    assert not may_be_used("crm.example.com", ip_address(address), [ip_network("0.0.0.0/0")])


@pytest.mark.parametrize(("host", "allowed"), [("localhost", True), ("LOCALHOST", True), ("localhost.evil", False)])
def test_localhost_itself_may_be_this_machine(host: str, allowed: bool) -> None:
    assert may_be_used(host, ip_address("127.0.0.1"), ()) is allowed


async def test_a_name_is_resolved_once() -> None:
    names = Names(PUBLIC)
    made = resolver(names)
    assert await hosts(made) == [PUBLIC]
    names.addresses = [PRIVATE]
    assert (await hosts(made), names.asked) == ([PUBLIC], 1)


async def test_after_a_failed_push_it_is_resolved_and_checked_again() -> None:
    names = Names(PUBLIC)
    made = resolver(names)
    await hosts(made)
    made.unpin("crm.example.com")
    names.addresses = [PRIVATE]
    with pytest.raises(AddressRefusedError):
        await hosts(made)


async def test_only_the_public_addresses_of_a_name_are_used() -> None:
    assert await hosts(resolver(Names(PRIVATE, PUBLIC, "fe80::1%2"))) == [PUBLIC]


async def test_a_network_taken_out_of_the_settings_counts_for_pinned_addresses_too() -> None:
    allowed: list[Network] = [ip_network("10.0.0.0/8")]
    made = PinnedResolver(lambda: allowed, Names(PRIVATE).find)
    assert await hosts(made) == [PRIVATE]
    allowed.clear()
    with pytest.raises(AddressRefusedError):
        await hosts(made)


async def test_a_name_is_asked_for_once_at_a_time_however_many_push_there() -> None:
    names = Names(PUBLIC)
    names.answers.clear()
    made = resolver(names)
    asking = [asyncio.create_task(hosts(made)) for _ in range(3)]
    await asyncio.sleep(0)
    names.answers.set()
    assert (await asyncio.gather(*asking), names.asked) == ([[PUBLIC]] * 3, 1)


async def test_a_name_that_is_not_known_stays_an_error_of_the_name_service() -> None:
    with pytest.raises(OSError, match="not known"):
        await hosts(resolver(Names()))


async def test_who_gave_up_waiting_leaves_nothing_behind() -> None:
    names = Names(PUBLIC)
    names.answers.clear()
    made = resolver(names)
    asking = asyncio.create_task(hosts(made))
    await asyncio.sleep(0)
    asking.cancel()
    await made.close()
    await asyncio.gather(asking, return_exceptions=True)
    assert asking.cancelled()
