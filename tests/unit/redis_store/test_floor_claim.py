"""There is one contact centre for a store, and what another one writes is refused (docs/design/one_floor.md)."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from gateway.redis_store.event_queue import RedisEventQueue
from gateway.redis_store.floor_claim import LIFE_S, FloorClaim
from gateway.redis_store.link import RedisLink
from gateway.redis_store.session_store import RedisSessionStore
from gateway.redis_store.shards import shard_tags
from gateway.sessions.store import Bounds, CannotServeError, EventQueue, Rule, SessionStore
from gateway.wire.errors import StoreUnavailable
from tests.conftest import Shared
from tests.support.servers import Server
from tests.support.waiting import GENEROUS_MS, until
from tests.unit.sessions.node_pairs import event, opening, session

AGENT: Final = 101
SHARDS: Final = 2


@dataclass
class Process:
    """A gateway that wants the floor. `waits` counts how often it looked again, `meanwhile` happens then."""

    floor: FloorClaim
    links: list[RedisLink]
    stores: list[SessionStore]
    queues: list[EventQueue]

    async def begin(self) -> None:
        """As at a start."""
        await self.floor.claim()
        for link in self.links:
            await self.floor.enter(link)


@dataclass
class Place:
    """A store of this test alone."""

    server: Server
    tag: str = field(default_factory=lambda: secrets.token_hex(8))
    waits: int = 0
    now_s: float = 1000.0
    meanwhile: Callable[[int], Awaitable[None]] | None = None

    async def pause(self, _seconds: float) -> None:
        self.waits += 1
        if self.meanwhile is not None:
            await self.meanwhile(self.waits)
        await asyncio.sleep(0)

    @asynccontextmanager
    async def process(self, name: str = "one") -> AsyncIterator[Process]:
        async with AsyncExitStack() as stack:
            links = [RedisLink(self.server.url, tag, GENEROUS_MS) for tag in shard_tags(self.tag, SHARDS)]
            for link in links:
                await link.start()
                stack.push_async_callback(link.close)
            floor = FloorClaim(links, name, pause=self.pause, clock=lambda: self.now_s)
            bounds = Bounds(1000, 1_048_576)
            stores = [RedisSessionStore(link, lambda: bounds, floor=floor) for link in links]
            for store in stores:
                stack.push_async_callback(store.close)
            yield Process(
                floor, links, [*stores], [RedisEventQueue(link, lambda: bounds, floor=floor) for link in links]
            )

    def silence(self) -> None:
        """The holder has not been heard of for the life of its claim."""
        self.server.ask("HSET", f"{{{self.tag}}}:floor", "until", "1")

    def forget(self) -> None:
        """The store loses what it knew of the floor in its first shard."""
        self.server.ask("DEL", f"{{{self.tag}}}:floor")

    def numbers(self) -> list[str | None]:
        """What each shard says."""
        return [self.server.ask("HGET", f"{{{tag}}}:floor", "number") for tag in shard_tags(self.tag, SHARDS)]


@pytest.fixture
def place(shared_server: Shared) -> Place:
    return Place(shared_server("valkey"))


async def writes(process: Process, shard: int = 0) -> bool:
    """Whether the store takes from this process what a contact centre writes: all of it or nothing."""
    store, queue, opened = process.stores[shard], process.queues[shard], session()
    opens: Rule[str] = opening(opened, event())
    ends: Rule[str] = opening(None)
    taken = {
        await is_taken(store.apply(AGENT, opens)),
        await is_taken(queue.append(AGENT, opened.id, [event()], b"note")),
        await is_taken(queue.clear(AGENT, opened.id)),
        await is_taken(store.apply(AGENT, ends)),
    }
    assert len(taken) == 1
    return taken.pop()


async def is_taken(write: Awaitable[Any]) -> bool:
    """Whether the store takes this."""
    try:
        await write
    except StoreUnavailable:
        return False
    return True


async def test_whoever_has_no_claim_writes_nothing(place: Place) -> None:
    async with place.process() as one:
        assert not await writes(one)
        await one.begin()
        assert [await writes(one, shard) for shard in range(SHARDS)] == [True, True]


async def test_a_free_floor_goes_to_the_next_with_a_greater_number(place: Place) -> None:
    async with place.process() as one, place.process("two") as two:
        await one.begin()
        await one.floor.leave()
        await two.begin()
        assert (two.floor.number, place.numbers(), place.waits) == (2, ["2", "2"], 0)


async def test_a_holder_that_is_kept_alive_refuses_another_and_names_the_settings(place: Place) -> None:
    async with place.process() as one, place.process("two") as two:
        await one.begin()

        async def alive(_wait: int) -> None:
            await asyncio.sleep(0.002)
            await one.floor.keep()

        place.meanwhile = alive
        with pytest.raises(CannotServeError, match=r"BACKEND = upstream.*UPSTREAM_URL.*STORE_TAG"):
            await two.begin()
        assert (await writes(one), await writes(two)) == (True, False)


async def test_a_silent_holder_is_waited_for_and_writes_nothing_any_more(place: Place) -> None:
    async with place.process() as one, place.process("two") as two:
        await one.begin()

        async def silent(wait: int) -> None:
            if wait == 3:
                place.silence()

        place.meanwhile = silent
        await two.begin()
        assert (place.waits, await writes(one), await writes(two)) == (3, False, True)
        with pytest.raises(CannotServeError, match="by now"):
            await one.floor.keep()


@pytest.mark.parametrize(("name", "drains"), [("one", False), ("two", True)])
async def test_a_predecessor_and_one_that_drains_are_waited_for(place: Place, name: str, drains: bool) -> None:
    async with place.process() as one, place.process(name) as two:
        await one.begin()
        if drains:
            one.floor.drain()

        async def ending(wait: int) -> None:
            await asyncio.sleep(0.002)
            assert await writes(one)
            await (one.floor.keep() if wait < 4 else one.floor.leave())

        await one.floor.keep()
        place.meanwhile = ending
        await two.begin()
        assert (place.waits, await writes(two)) == (4, True)


async def test_whoever_may_have_lost_the_floor_answers_nothing_until_it_has_asked(place: Place) -> None:
    async with place.process() as one:
        with pytest.raises(StoreUnavailable):
            await one.stores[0].read(AGENT)
        await one.begin()
        await one.stores[0].read(AGENT)
        place.now_s += LIFE_S
        for store in one.stores:
            with pytest.raises(StoreUnavailable, match="another process may run the contact centre"):
                await store.read(AGENT)
            with pytest.raises(StoreUnavailable):
                await store.owed(1)
        await one.floor.keep()
        await one.stores[0].read(AGENT)


async def test_the_loss_of_the_first_shard_concerns_its_own_agents_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place.process() as one:
        await one.begin()
        place.now_s += LIFE_S

        async def away(*_given: object) -> None:
            raise StoreUnavailable

        monkeypatch.setattr(one.links[0], "script", away)
        await one.floor.keep()
        await one.stores[1].read(AGENT)
        assert await writes(one, 1)


async def test_a_store_that_was_away_ends_no_floor(place: Place) -> None:
    async with place.process() as one:
        await one.begin()
        place.silence()
        assert await writes(one)
        await one.floor.keep()
        assert one.floor.number == 1


async def test_a_claim_that_the_store_has_lost_is_made_good(place: Place) -> None:
    async with place.process() as one:
        await one.begin()
        place.forget()
        assert not await writes(one)
        await one.floor.keep()
        assert (await writes(one), place.numbers()) == (True, ["1", "1"])


@pytest.mark.parametrize("claims", [1, 3])
async def test_a_new_claim_is_above_what_any_shard_knows(place: Place, claims: int) -> None:
    async with place.process() as one, place.process("two") as two:
        for _ in range(claims - 1):
            await one.begin()
            await one.floor.leave()
        await one.begin()
        place.forget()
        await two.begin()
        assert place.numbers() == [str(claims + 1)] * SHARDS
        assert [await writes(two, shard) for shard in range(SHARDS)] == [True, True]
        assert [await writes(one, shard) for shard in range(SHARDS)] == [False, False]


async def test_a_refused_write_makes_it_look_at_once_whose_the_floor_is(place: Place) -> None:
    async with place.process() as one, place.process("two") as two:
        await one.begin()
        running = asyncio.create_task(one.floor.run())
        place.silence()
        await two.begin()
        assert not await writes(one)
        await until(running.done)
        assert isinstance(running.exception(), CannotServeError)
