"""Dialling: names with several addresses, and answers that nobody waits for any more."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from gateway.redis_link.address import Address
from gateway.redis_link.connection import Connection, dial
from gateway.redis_link.packing import pack
from tests.support.servers import Server
from tests.support.waiting import GENEROUS_S, until

PING = pack(("PING",))


def ignored(_: Any) -> None:
    """What nobody asks for."""


async def test_an_answer_that_comes_when_nobody_waits_any_more_is_dropped_without_a_word(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made: list[Connection] = []

    async def connect(factory: Callable[[], Connection], *_: object, **__: object) -> None:
        made.append(factory())

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", connect)
    monkeypatch.setattr(Connection, "exchange", lambda self, _packed, count, done: setattr(self, "_done", done))
    dialling = asyncio.create_task(dial(Address("redis.test"), PING, 1, ignored, ignored))
    await until(lambda: bool(made) and made[0]._done is not None)
    dialling.cancel()
    made[0].data_received(b"+PONG\r\n")
    with pytest.raises(asyncio.CancelledError):
        await dialling
    assert caplog.messages == []


def swallowing() -> tuple[socket.socket, list[socket.socket]]:
    """A socket that accepts nobody, and those that fill its queue: from now on who connects gets no answer."""
    full = socket.socket()
    full.bind(("127.0.0.2", 0))
    full.listen(0)
    waiting = []
    for _ in range(4):
        link = socket.socket()
        link.setblocking(False)
        link.connect_ex(full.getsockname())
        waiting.append(link)
    return full, waiting


async def test_an_address_that_does_not_answer_does_not_hinder_the_next_one(
    kind: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, waiting = swallowing()
    places = [full.getsockname(), ("127.0.0.1", server.port)]

    async def look_up(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", place) for place in places]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    try:
        async with asyncio.timeout(GENEROUS_S / 2):
            connection, replies = await dial(Address("redis.test", server.port), PING, 1, ignored, ignored)
        connection.drop()
    finally:
        for link in (full, *waiting):
            link.close()
    assert [str(reply, "ascii") if isinstance(reply, bytes) else reply for reply in replies] == ["PONG"]
