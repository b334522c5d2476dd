import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hiredis import ReplyError

from gateway.audit.audit_file import Question
from gateway.audit.audit_stream import DENIED_S, MOST_WAITING, REST_S, AuditStream
from gateway.redis_store.link import RedisLink
from gateway.wire.errors import StoreUnavailable
from tests.support.servers import Server

MOST = 100


@pytest.fixture
async def link(server: Server) -> AsyncIterator[RedisLink]:
    made = RedisLink(server.url, f"audit-{secrets.token_hex(4)}", 5000)
    await made.start()
    yield made
    await made.close()


def stream(link: RedisLink) -> AuditStream:
    return AuditStream(link.command, link.key("audit"), lambda: MOST)


def line(number: int) -> dict[str, object]:
    return {"time": "2026-01-01T00:00:00.000Z", "kind": "sign-in", "agent": number}


async def test_lines_of_two_nodes_are_read_in_their_order_from_either(link: RedisLink) -> None:
    first, second = stream(link), stream(link)
    for number, writer in enumerate((first, second, first)):
        writer.put(line(101 + number))
        await writer.flush()
    assert [found["agent"] for found in await second.read(Question())] == [101, 102, 103]
    assert [found["agent"] for found in await first.read(Question(agent_id=102))] == [102]
    assert [found["agent"] for found in await first.read(Question(limit=2))] == [102, 103]


async def test_the_stream_is_bounded(link: RedisLink) -> None:
    writer = stream(link)
    for number in range(2000):
        writer.put(line(number))
    await writer.flush()
    assert MOST <= len(await writer.read(Question())) < 3 * MOST


async def test_more_lines_than_a_page_are_found(link: RedisLink) -> None:
    writer = AuditStream(link.command, link.key("audit"), lambda: 100_000)
    for number in range(2500):
        writer.put(line(number))
    await writer.flush()
    assert [found["agent"] for found in await writer.read(Question())] == list(range(2500))


class Away:
    """A Redis that answers with a fault, or writes down what comes."""

    def __init__(self, fault: Exception | None) -> None:
        self.fault = fault
        self.taken: list[bytes] = []

    async def command(self, *arguments: Any) -> bytes:
        await asyncio.sleep(0)
        if self.fault is not None:
            raise self.fault
        self.taken.append(arguments[-1])
        return b"1-0"


async def test_lines_wait_for_a_store_that_is_away_and_keep_their_order() -> None:
    redis = Away(StoreUnavailable())
    writer = AuditStream(redis.command, "key", lambda: MOST)
    for number in range(3):
        writer.put(line(number))
    assert await writer.flush() == REST_S
    redis.fault = None
    writer.put(line(3))
    assert await writer.flush() == 0
    assert [b'"agent":%d' % number in taken for number, taken in enumerate(redis.taken)] == [True] * 4


async def test_too_many_lines_that_wait_are_dropped_and_counted() -> None:
    writer = AuditStream(Away(StoreUnavailable()).command, "key", lambda: MOST)
    for number in range(MOST_WAITING + 7):
        writer.put(line(number))
    assert writer.dropped == 7


async def test_a_line_stands_where_others_are_missing() -> None:
    redis = Away(None)
    writer = AuditStream(redis.command, "key", lambda: MOST)
    for number in range(MOST_WAITING + 7):
        writer.put(line(number))
    await writer.flush()
    assert b'"kind":"lines-missing","count":7' in redis.taken[0]


async def test_a_user_of_redis_that_may_not_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    writer = AuditStream(Away(ReplyError("NOPERM no")).command, "key", lambda: MOST)
    writer.put(line(1))
    rests = [await writer.flush() for _ in range(2)]
    assert (rests, len(caplog.messages)) == ([DENIED_S] * 2, 1)
    assert "allow XADD and XREVRANGE" in caplog.text
