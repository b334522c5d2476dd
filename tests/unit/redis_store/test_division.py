"""The number of shards is kept with the store, and changed only where nobody is lost."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from gateway.backend import End, EndReason
from gateway.redis_store import division
from gateway.redis_store.division import Divided, WrongShardsError
from gateway.redis_store.fence_and_seal import SHARDS
from gateway.redis_store.link import RedisLink
from gateway.redis_store.session_store import RedisSessionStore
from gateway.redis_store.shards import shard_tags
from gateway.sessions.store import Bounds, Change
from gateway.wire.errors import StoreUnavailable
from tests.conftest import Shared
from tests.support.servers import Server, Servers
from tests.support.waiting import until
from tests.unit.sessions.node_pairs import opening, session

LONG_MS = 2000


@dataclass
class Place:
    """A store of this test alone; `carried` are the changes of its number that were made."""

    server: Server
    tag: str = field(default_factory=lambda: secrets.token_hex(8))
    carried: list[tuple[int, int]] = field(default_factory=list)
    while_carrying: Callable[[], None] = lambda: None

    @asynccontextmanager
    async def node(self, shards: int) -> AsyncIterator[Divided]:
        """A node with this number that has connected, not agreed."""
        divided = Divided(self.server.url, self.tag, LONG_MS, shards, self._carry)
        await asyncio.gather(*(link.start() for link in divided.links))
        try:
            yield divided
        finally:
            await asyncio.gather(*(link.close() for link in divided.links))

    async def _carry(self, before: Sequence[RedisLink], after: Sequence[RedisLink]) -> None:
        self.carried.append((len(before), len(after)))
        self.while_carrying()

    def says(self, shards: int) -> list[str | None]:
        """What the fence of each shard says."""
        tags = shard_tags(self.tag, shards)
        return [self.server.ask("HGET", f"{{{tag}}}:fence", SHARDS) for tag in tags]


@pytest.fixture
def place(shared_server: Shared) -> Place:
    return Place(shared_server("valkey"))


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fences are written every 0.1 s here."""
    monkeypatch.setattr("gateway.redis_store.fence_and_seal.IDLE_FENCE_EVERY_S", 0.1)
    monkeypatch.setattr(division, "WATCH_S", 1.0)


async def in_reach(divided: Divided) -> None:
    await until(lambda: not any(link.reason for link in divided.links))


async def agreed(divided: Divided) -> None:
    await divided.agree()
    await in_reach(divided)
    await divided.agree()


def last(divided: Divided) -> RedisSessionStore:
    return RedisSessionStore(divided.links[-1], lambda: Bounds(10, 10_000))


async def test_one_shard_changes_nothing_in_the_store(place: Place) -> None:
    async with place.node(1) as node:
        await node.agree()
        assert await node.links[0].command("PING") == b"PONG"
    assert place.says(1) == [None]
    assert place.carried == []


async def test_a_new_store_is_divided_at_once(place: Place) -> None:
    async with place.node(4) as node:
        await agreed(node)
    assert place.says(4) == ["4"] * 4


async def test_another_node_with_the_same_number_finds_it_so(place: Place) -> None:
    async with place.node(4) as one, place.node(4) as other:
        await asyncio.gather(agreed(one), agreed(other))
        async with place.node(4) as third:
            assert not any(link.reason for link in third.links)


@pytest.mark.parametrize(("former", "number"), [(1, 4), (4, 1), (4, 2), (2, 4)])
async def test_a_number_changes_when_nobody_is_signed_in_and_no_node_runs(
    place: Place, former: int, number: int
) -> None:
    async with place.node(former) as node:
        await agreed(node)
    async with place.node(number) as node:
        await agreed(node)
    said = [None] if number == 1 else [str(number)] * number
    assert place.says(number) == said
    assert place.carried[-1] == (former, number)
    left = set(shard_tags(place.tag, former)) - set(shard_tags(place.tag, number))
    assert all(place.server.ask("HGET", f"{{{tag}}}:fence", SHARDS) is None for tag in left)


@pytest.mark.parametrize(("former", "number"), [(1, 4), (4, 1), (4, 2)])
async def test_a_node_with_another_number_does_not_start_beside_those_that_run(
    place: Place, former: int, number: int
) -> None:
    async with place.node(former) as running:
        await agreed(running)
        async with place.node(number) as node:
            with pytest.raises(WrongShardsError, match=f"have {former}: the number must be the same"):
                await node.agree()
        await in_reach(running)


@pytest.mark.parametrize(("former", "number"), [(1, 4), (4, 1), (4, 2)])
async def test_a_node_with_another_number_does_not_start_while_somebody_is_signed_in(
    place: Place, former: int, number: int
) -> None:
    async with place.node(former) as node:
        await agreed(node)
        await last(node).apply(101, opening(session()))
    async with place.node(number) as node:
        with pytest.raises(WrongShardsError, match=f"1 sessions live.*start with STORE_SHARDS = {former}"):
            await node.agree()
    async with place.node(former) as node:
        await in_reach(node)
        assert await last(node).count() == 1


async def test_nor_while_the_backend_is_to_be_told_of_an_end(place: Place) -> None:
    end = End(101, "session", EndReason.IDLE, 1)
    async with place.node(4) as node:
        await agreed(node)
        await last(node).apply(101, lambda record: Change(None, record, ends=(end,)))
    async with place.node(2) as node:
        with pytest.raises(WrongShardsError, match="still to be told"):
            await node.agree()


async def test_a_node_with_a_wrong_number_reads_and_writes_nothing(place: Place) -> None:
    async with place.node(4) as node:
        await agreed(node)
    async with place.node(2) as wrong:
        outcomes = await asyncio.gather(*(link.command("PING") for link in wrong.links), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 2


async def test_a_node_under_which_the_number_changed_must_end(place: Place) -> None:
    async with place.node(1) as running:
        await agreed(running)
        place.server.ask("HSET", f"{{{place.tag}}}:fence", SHARDS, 4)
        await until(lambda: running.links[0].is_divided_otherwise)
        with pytest.raises(WrongShardsError, match="another node has set STORE_SHARDS = 4, it is 1 here"):
            await running.agree()


async def test_a_store_that_lost_everything_is_divided_again_by_the_nodes_that_run(place: Place) -> None:
    async with place.node(4) as running:
        await agreed(running)
        for tag in shard_tags(place.tag, 4):
            place.server.ask("DEL", f"{{{tag}}}:fence")
        await until(lambda: any(link.is_divided_otherwise for link in running.links))
        await agreed(running)
    assert place.says(4) == ["4"] * 4


async def test_a_shard_that_lost_everything_is_taken_back(place: Place) -> None:
    async with place.node(4) as running:
        await agreed(running)
        place.server.ask("DEL", f"{{{shard_tags(place.tag, 4)[2]}}}:fence")
        await until(lambda: running.links[2].is_divided_otherwise)
        assert not running.links[1].reason
        await agreed(running)
    assert place.says(4) == ["4"] * 4
    assert len(place.carried) == 1


async def test_of_two_numbers_at_once_the_one_that_was_said_first_holds(place: Place) -> None:
    place.while_carrying = lambda: place.server.ask("HSET", f"{{{place.tag}}}:fence", SHARDS, 2)
    async with place.node(4) as slower:
        with pytest.raises(StoreUnavailable):
            await slower.agree()
    assert place.says(1) == ["2"]


async def test_no_number_is_said_that_no_replica_has(servers: Servers) -> None:
    primary = servers.start("valkey")
    replica = servers.start("valkey", primary.replica_options)
    primary.wait_for_replicas(1)
    place = Place(primary)
    replica.freeze()
    async with place.node(4) as node:
        with pytest.raises(StoreUnavailable):
            await node.agree()
    replica.thaw()
    assert place.says(1) == [None]
