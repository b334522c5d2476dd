"""Where the name of the service leads: in turn, although a look-up fails, and those that fail after the others."""

import asyncio
import socket
from collections import Counter
from typing import Any

import pytest

from gateway.upstream.service_addresses import AGAIN_S, KEPT_S, LONGEST_REST_S, REMEMBERED_S, ServiceAddresses

FOUND = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("127.0.0.1", "127.0.0.2")]
OTHERS = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.3", 80))]
FAILS = socket.gaierror("not now")

Found = list[Any] | Exception


class Names:
    """A name under a clock of the test (s): each look-up says the next of `says`, the last one again and again."""

    def __init__(self, *says: Found) -> None:
        self.says = list(says)
        self.asked = 0
        self.now_s = 1000.0
        self.hangs: asyncio.Event | None = None
        self.addresses = ServiceAddresses("centre.example", 80, self._look_up, lambda: self.now_s)

    async def _look_up(self, _host: str, _port: int) -> list[Any]:
        self.asked += 1
        if self.hangs is not None:
            await self.hangs.wait()
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(said, Exception):
            raise said
        return list(said)

    async def find(self, later_s: float = 0.0) -> list[Any]:
        self.now_s += later_s
        return await self.addresses.find()


async def test_a_name_is_looked_up_once_and_each_connection_begins_with_another_address() -> None:
    names = Names(FOUND)
    first = [(await names.find())[0][4][0] for _ in range(4)]
    assert (Counter(first), names.asked) == ({"127.0.0.1": 2, "127.0.0.2": 2}, 1)


async def test_what_the_name_leads_to_now_counts_after_a_while() -> None:
    names = Names(FOUND, OTHERS)
    await names.find()
    assert await names.find(REMEMBERED_S + 1) == OTHERS


@pytest.mark.parametrize("fails", [FAILS, UnicodeError("label too long"), []], ids=["error", "no name", "nothing"])
async def test_a_name_that_was_never_found_is_looked_up_again_at_once(fails: Found) -> None:
    names = Names(fails, FOUND)
    with pytest.raises(socket.gaierror):
        await names.find()
    assert len(await names.find()) == len(FOUND)


def test_a_host_that_is_no_name_is_known_by_nobody() -> None:
    ServiceAddresses("a" * 70 + ".example", 80)


async def test_while_a_name_cannot_be_looked_up_its_addresses_from_before_serve(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    names = Names(FOUND, FAILS, FAILS, OTHERS)
    await names.find()
    for later_s in (REMEMBERED_S + 1, AGAIN_S + 0.1):
        assert sorted(await names.find(later_s)) == FOUND
    assert await names.find(AGAIN_S + 0.1) == OTHERS
    assert names.asked == 4
    assert caplog.messages == [
        "the name centre.example of the contact centre cannot be looked up: its addresses from before are used on, for "
        "up to 60 min",
        "the name centre.example of the contact centre can be looked up again",
    ]


async def test_they_serve_for_a_while_only() -> None:
    names = Names(FOUND, FAILS)
    await names.find()
    await names.find(KEPT_S)
    with pytest.raises(socket.gaierror):
        await names.find(AGAIN_S + 0.1)


async def test_a_look_up_that_hangs_is_not_waited_for_where_addresses_are_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.upstream.service_addresses.LOOK_UP_S", 0.01)
    names = Names(FOUND, OTHERS)
    await names.find()
    names.hangs = asyncio.Event()
    assert sorted(await names.find(REMEMBERED_S + 1)) == FOUND
    names.hangs.set()
    names.now_s += 1
    await asyncio.sleep(0)
    assert (await names.find(), names.asked) == (OTHERS, 2)


# Addresses that fail.


async def begun_with(names: Names, later_s: float = 0.0, times: int = 4) -> Counter[str]:
    """With which addresses so many begin who ask now."""
    names.now_s += later_s
    return Counter([(await names.find())[0][4][0] for _ in range(times)])


async def test_an_address_that_failed_goes_last_and_is_tried_by_one_alone_when_it_has_rested(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    names = Names(FOUND)
    await names.find()
    names.addresses.failed(FOUND[0])
    names.addresses.failed(FOUND[0])
    assert await begun_with(names) == {"127.0.0.2": 4}
    assert len(await names.find()) == len(FOUND)
    assert await begun_with(names, 1.0) == {"127.0.0.2": 3, "127.0.0.1": 1}
    assert await begun_with(names) == {"127.0.0.2": 4}
    names.addresses.worked(FOUND[0])
    assert await begun_with(names) == {"127.0.0.2": 2, "127.0.0.1": 2}
    assert caplog.messages == [
        "the contact centre does not answer at 127.0.0.1: its other addresses go first",
        "the contact centre answers again at 127.0.0.1",
    ]


async def test_it_rests_longer_each_time() -> None:
    names = Names(FOUND)
    await names.find()
    names.addresses.failed(FOUND[0])
    tries = 0
    for _ in range(600):
        if "127.0.0.1" in await begun_with(names, 1.0, 2):
            tries += 1
            names.addresses.failed(FOUND[0])
    assert 600 / LONGEST_REST_S < tries < 20


async def test_where_all_rest_all_are_tried() -> None:
    names = Names(FOUND)
    await names.find()
    for address in FOUND:
        names.addresses.failed(address)
    assert await begun_with(names) == {"127.0.0.1": 2, "127.0.0.2": 2}


async def test_of_an_address_that_the_name_leads_to_no_more_nothing_is_kept() -> None:
    names = Names(FOUND, OTHERS, FOUND)
    await names.find()
    names.addresses.failed(FOUND[0])
    await names.find(REMEMBERED_S + 1)
    assert await begun_with(names, REMEMBERED_S + 1) == {"127.0.0.1": 2, "127.0.0.2": 2}
