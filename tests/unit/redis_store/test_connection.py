"""Dialling: names with several addresses, and answers that nobody waits for any more."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from gateway.redis_store import connection
from gateway.redis_store.address import Address
from gateway.redis_store.connection import RedisConnection, dial
from gateway.redis_store.scripts import pack
from tests.support.servers import Server
from tests.support.waiting import GENEROUS_S, until

PING = pack(("PING",))


def ignored(_: Any) -> None:
    """What nobody asks for."""


async def test_an_answer_that_comes_when_nobody_waits_any_more_is_dropped_without_a_word(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made: list[RedisConnection] = []

    async def connect(factory: Callable[[], RedisConnection], *_: object, **__: object) -> None:
        made.append(factory())

    async def reached(_address: Address) -> None:
        return None

    monkeypatch.setattr(connection, "_reach", reached)
    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", connect)
    monkeypatch.setattr(
        RedisConnection, "exchange", lambda self, _packed, count, done: self._asked.append((count, done))
    )
    dialling = asyncio.create_task(dial(Address("redis.test"), PING, 1, ignored, ignored))
    await until(lambda: bool(made) and bool(made[0]._asked))
    dialling.cancel()
    made[0].data_received(b"+PONG\r\n")
    with pytest.raises(asyncio.CancelledError):
        await dialling
    assert caplog.messages == []


async def test_an_answer_that_nobody_asked_for_ends_the_connection() -> None:
    reasons: list[str] = []
    connection = RedisConnection(ignored, reasons.append)
    connection.data_received(b"+OK\r\n+OK\r\n")
    assert reasons == ["an answer that nobody asked for"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            b"-DENIED Redis is running in protected mode because protected mode is enabled and no password is set\r\n",
            "it refuses: DENIED (its protected mode takes clients of its own machine alone)",
        ),
        (b"-ERR max number of clients reached\r\n", "it refuses: ERR (it has as many clients as it takes)"),
    ],
)
async def test_a_server_that_turns_clients_away_is_told_with_its_reason(said: bytes, reason: str) -> None:
    reasons: list[str] = []
    RedisConnection(ignored, reasons.append).data_received(said)
    assert reasons == [reason]


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
