"""Spellings of one place."""

import asyncio
import socket
from typing import Any

import pytest

from gateway.redis_store import address
from gateway.redis_store.address import same_place

KNOWN = {"redis.test": ("2001:db8::1", "192.0.2.7"), "other.test": ("192.0.2.8",)}


@pytest.fixture(autouse=True)
async def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    async def look_up(host: str, _port: object, **_: object) -> list[Any]:
        if host == "slow.test":
            await asyncio.sleep(3600)
        if host not in KNOWN:
            raise socket.gaierror
        return [(0, 0, 0, "", (address, 0)) for address in KNOWN[host]]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    monkeypatch.setattr(address, "LOOK_UP_S", 0.01)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("2001:db8::1", "2001:DB8:0:0:0:0:0:1", True),
        ("Redis.Test", "redis.test.", True),
        ("redis.test", "192.0.2.7", True),
        ("2001:db8:0::1", "redis.test", True),
        ("redis.test", "other.test", False),
        ("unknown.test", "192.0.2.7", False),
        ("slow.test", "192.0.2.7", False),
        ("unknown.test", "Unknown.test", True),
    ],
)
async def test_a_place_is_known_in_every_spelling(one: str, other: str, same: bool) -> None:
    assert await same_place((one, 6379), (other, 6379)) is same


async def test_another_port_is_another_place() -> None:
    assert not await same_place(("redis.test", 6379), ("redis.test", 6380))
