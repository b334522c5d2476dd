"""Who tells of which process, and who drains: in one process, and over Redis."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from gateway.nodes.admin_routes import nodes
from gateway.nodes.node_keeper import GONE_MS, Drain, NodeBook, NodeKeeper, OneProcessBook, Traffic
from gateway.redis_store.link import RedisLink
from gateway.redis_store.processes import RedisNodeBook
from gateway.wire.errors import NotFound, StoreUnavailable

NOW = 1_700_000_000_000


@dataclass
class World:
    """Processes of a site, under one clock."""

    book: Callable[[], NodeBook]
    now_ms: int = NOW
    drains: dict[str, Drain] = field(default_factory=dict)

    def keeper(self, name: str = "NodeA", run: str = "a1", worker: int = 0) -> NodeKeeper:
        drain = self.drains[f"{run}/{worker}"] = Drain()
        made = NodeKeeper(name, self.book(), drain, lambda: self.now_ms)
        made.run_id, made.worker = run, worker
        return made

    @property
    def draining(self) -> list[str]:
        return [name for name, drain in self.drains.items() if drain.is_on]


@pytest.fixture
def alone() -> World:
    book = OneProcessBook()
    return World(lambda: book)


@pytest.fixture
def site(link: RedisLink) -> World:
    return World(lambda: RedisNodeBook(link))


@pytest.fixture(params=["memory", "redis"])
def world(request: pytest.FixtureRequest) -> World:
    world: World = request.getfixturevalue("alone" if request.param == "memory" else "site")
    return world


async def test_a_process_tells_what_is_there(world: World) -> None:
    keeper = world.keeper()
    keeper.traffic = lambda: Traffic(5, 3, 2)
    await keeper.say()
    [state] = await keeper.all()
    assert (state.node, state.worker, state.connections, state.requests, state.polls) == ("NodeA", 0, 5, 3, 2)


async def test_a_drain_begins_at_once_and_is_taken_back(world: World) -> None:
    keeper = world.keeper()
    await keeper.want("NodeA", draining=True)
    begun = list(world.draining)
    await keeper.say()
    assert begun == world.draining == ["a1/0"]
    await keeper.want("NodeA", draining=False)
    await keeper.say()
    assert world.draining == []


async def test_other_workers_follow_with_their_next_word(site: World) -> None:
    one, two = site.keeper(), site.keeper(worker=1)
    await two.say()
    await one.want("NodeA", draining=True)
    await two.say()
    assert site.draining == ["a1/0", "a1/1"]


async def test_a_successor_of_a_worker_drains_from_its_first_word(site: World) -> None:
    await site.keeper().want("NodeA", draining=True)
    await site.keeper(worker=1).say()
    assert "a1/1" in site.draining


async def test_a_node_that_starts_anew_does_not_drain(site: World) -> None:
    await site.keeper().want("NodeA", draining=True)
    await site.keeper(run="a2").say()
    assert site.draining == ["a1/0"]


async def test_another_node_can_be_drained(site: World) -> None:
    one, other = site.keeper(), site.keeper("NodeB", "b1")
    await other.say()
    await one.want("NodeB", draining=True)
    await asyncio.gather(one.say(), other.say())
    assert site.draining == ["b1/0"]


async def test_a_node_that_nobody_knows_cannot(world: World) -> None:
    with pytest.raises(NotFound, match="no such node"):
        await world.keeper().want("NodeZ", draining=True)


async def test_who_is_silent_or_has_left_is_gone(site: World) -> None:
    one, silent, left = site.keeper(), site.keeper(run="a2"), site.keeper(run="a3")
    for keeper in (silent, left):
        await keeper.say()
    assert [state.run for state in await one.all()] == ["a1", "a2", "a3"]
    await left.leave()
    assert [state.run for state in await one.all()] == ["a1", "a2"]
    site.now_ms += GONE_MS
    assert [state.run for state in await one.all()] == ["a1"]


class Away(OneProcessBook):
    """Of a store out of reach, until it is back."""

    def __init__(self) -> None:
        super().__init__()
        self.away = True

    async def wish(self, run: str, wish: object) -> None:
        if self.away:
            raise StoreUnavailable
        await super().wish(run, wish)  # type: ignore[arg-type]


async def test_without_the_store_this_process_drains_and_tells_the_others_later() -> None:
    book = Away()
    world = World(lambda: book)
    one = world.keeper()
    await one.want("NodeA", draining=True)
    assert world.draining == ["a1/0"]
    book.away = False
    await one.say()
    await world.keeper(worker=1).say()
    assert world.draining == ["a1/0", "a1/1"]


def test_a_node_drains_when_all_its_workers_do(alone: World) -> None:
    state = replace(alone.keeper().state(), connections=1, requests=0)
    one, two = replace(state, draining=True), replace(state, worker=1, process="x")
    told = [nodes([one, other], "a1")[0] for other in (two, replace(two, draining=True, connections=0))]
    assert [(node.draining, node.connections, node.empty, node.this) for node in told] == [
        (False, 2, False, True),
        (True, 1, False, True),
    ]
