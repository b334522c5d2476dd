"""Flights that are back while nobody knows whether their primary still is one: the sentinels are asked."""

import asyncio
from typing import Any, cast

import pytest

from gateway.redis_store.address import parse_target
from gateway.redis_store.connection import RedisConnection, Replies
from gateway.redis_store.fence_and_seal import Fence, Seal
from gateway.redis_store.flights import Flights
from gateway.redis_store.scripts import pack
from gateway.redis_store.sentinels import Sentinels
from gateway.wire.errors import StoreUnavailable


class Doubtful(Seal):
    """Always in doubt. `questions` are those that the sentinels have not answered."""

    def __init__(self, fence: Fence) -> None:
        super().__init__(fence, Sentinels(parse_target("redis+sentinel://127.0.0.1:1/desks")), lambda: None, "seal")
        self.questions: list[asyncio.Future[bool]] = []
        self.asked = 0

    def verdict(self, awaited: int, acknowledged: int) -> bool | None:
        return None

    async def still_the_primary(self) -> bool:
        self.asked += 1
        question = asyncio.get_running_loop().create_future()
        self.questions.append(question)
        return bool(await question)

    async def answer(self, safe: bool | Exception) -> None:
        question = self.questions.pop()
        if isinstance(safe, Exception):
            question.set_exception(safe)
        else:
            question.set_result(safe)
        for _ in range(4):
            await asyncio.sleep(0)


class Echo:
    """A connection that answers each command with its number."""

    def __init__(self) -> None:
        self.dropped = False
        self.heard_s = 0.0
        self.writable = True

    def exchange(self, packed: bytes, count: int, done: Replies) -> None:
        asyncio.get_running_loop().call_soon(done, list(range(count)))

    def drop(self) -> None:
        self.dropped = True


class Owner:
    def broken(self, error: Exception) -> None: ...

    def slow(self, is_slow: bool) -> None: ...

    def wrong_type(self, packed: bytes) -> None: ...


class Bench:
    def __init__(self) -> None:
        fence = Fence("fence")
        self.seal = Doubtful(fence)
        self.flights = Flights(fence, 5.0, self.seal, Owner())
        # Not so long ago that a fence would be due, however slow the machine is.
        self.flights.attach(cast(RedisConnection, Echo()), asyncio.get_running_loop().time() + 1000.0)

    async def fly(self) -> "asyncio.Future[Any]":
        """A command whose flight is back, and in doubt."""
        answer = self.flights.send(pack(("ECHO", "x")))
        for _ in range(4):
            await asyncio.sleep(0)
        return answer


@pytest.fixture
async def bench() -> Bench:
    return Bench()


async def test_what_the_sentinels_confirm_is_done(bench: Bench) -> None:
    answer = await bench.fly()
    assert not answer.done()
    await bench.seal.answer(True)
    assert await answer == 0


@pytest.mark.parametrize("said", [False, ValueError("nonsense"), UnicodeError("a name")])
async def test_what_they_do_not_confirm_has_failed(bench: Bench, said: bool | Exception) -> None:
    answer = await bench.fly()
    await bench.seal.answer(said)
    with pytest.raises(StoreUnavailable):
        await answer


async def test_flights_that_come_back_meanwhile_share_the_next_question(bench: Bench) -> None:
    first = await bench.fly()
    later = [await bench.fly() for _ in range(5)]
    assert bench.seal.asked == 1
    await bench.seal.answer(True)
    assert first.done()
    assert not any(answer.done() for answer in later)
    await bench.seal.answer(True)
    assert all(answer.done() for answer in later)
    assert bench.seal.asked == 2


async def test_the_end_fails_what_is_in_doubt(bench: Bench) -> None:
    answers = [await bench.fly() for _ in range(2)]
    bench.flights.close()
    for answer in answers:
        with pytest.raises(StoreUnavailable):
            await answer
