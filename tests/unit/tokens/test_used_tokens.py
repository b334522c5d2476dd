"""The contract of TokenStore, for memory and for Redis."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest

from gateway.redis_store.link import RedisLink
from gateway.redis_store.token_store import RedisTokenStore
from gateway.tokens.used_tokens import MINUTE_MS, REPEAT_MS, FirstUse, MemoryTokenStore, MinuteLimit, TokenStore, wait_s
from tests.conftest import Shared
from tests.support.servers import KINDS
from tests.support.tokens import NOW
from tests.support.waiting import GENEROUS_MS

TTL = 300_000
ID = "token-1"


@pytest.fixture(params=["memory", *KINDS])
async def store(request: pytest.FixtureRequest, shared_server: Shared) -> AsyncIterator[TokenStore]:
    if request.param == "memory":
        yield MemoryTokenStore()
        return
    link = RedisLink(shared_server(request.param).url, secrets.token_hex(8), GENEROUS_MS)
    await link.start()
    yield RedisTokenStore(link)
    await link.close()


async def use(store: TokenStore, request: str, after_ms: int = 0, token_id: str = ID) -> FirstUse:
    return await store.first_use(token_id, request, ttl_ms=TTL, now_ms=NOW + after_ms)


async def test_the_first_use_is_new(store: TokenStore) -> None:
    assert await use(store, "a") is FirstUse.NEW


async def test_another_request_meets_a_used_token(store: TokenStore) -> None:
    await use(store, "a")
    assert await use(store, "b") is FirstUse.USED


async def test_the_same_request_is_the_same_for_30_s(store: TokenStore) -> None:
    await use(store, "a")
    found = [await use(store, "a", after) for after in (0, REPEAT_MS, REPEAT_MS + 1)]
    assert found == [FirstUse.SAME, FirstUse.SAME, FirstUse.USED]


async def test_a_repetition_does_not_prolong_the_30_s(store: TokenStore) -> None:
    await use(store, "a")
    await use(store, "a", REPEAT_MS)
    assert await use(store, "a", REPEAT_MS + 1) is FirstUse.USED


async def test_tokens_are_used_each_for_itself(store: TokenStore) -> None:
    await use(store, "a")
    assert await use(store, "b", token_id="token-2") is FirstUse.NEW


async def test_a_look_changes_nothing(store: TokenStore) -> None:
    assert await store.seen(ID, "a", now_ms=NOW) is FirstUse.NEW
    await use(store, "b")
    assert await store.seen(ID, "a", now_ms=NOW) is FirstUse.USED
    assert await store.seen(ID, "b", now_ms=NOW) is FirstUse.SAME


async def test_of_many_at_once_exactly_one_is_new(store: TokenStore) -> None:
    found = await asyncio.gather(*(use(store, str(number)) for number in range(200)))
    assert found.count(FirstUse.NEW) == 1
    assert found.count(FirstUse.USED) == 199


async def test_limits_hold_for_each_counter(store: TokenStore) -> None:
    wide, narrow = MinuteLimit("wide", 3), MinuteLimit("narrow", 2)
    assert [await store.count([wide, narrow], now_ms=NOW) for _ in range(3)] == [True, True, False]
    assert [await store.count([wide], now_ms=NOW) for _ in range(2)] == [False, False]


async def test_a_counter_begins_anew_each_minute(store: TokenStore) -> None:
    counter = [MinuteLimit("c", 1)]
    start = NOW - NOW % MINUTE_MS
    found = [await store.count(counter, now_ms=start + after) for after in (0, MINUTE_MS - 1, MINUTE_MS)]
    assert found == [True, False, True]


async def test_of_many_at_once_no_more_than_the_limit_pass(store: TokenStore) -> None:
    found = await asyncio.gather(*(store.count([MinuteLimit("c", 10)], now_ms=NOW) for _ in range(50)))
    assert found.count(True) == 10


@pytest.mark.parametrize(("after_ms", "seconds"), [(0, 60), (1, 60), (59_000, 1), (59_999, 1), (30_000, 30)])
def test_the_wait_lasts_until_the_minute_is_over(after_ms: int, seconds: int) -> None:
    assert wait_s(NOW - NOW % MINUTE_MS + after_ms) == seconds
