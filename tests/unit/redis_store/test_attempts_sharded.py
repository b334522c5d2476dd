"""What shards change of Attempts: nobody else waits for one that is out of reach."""

from collections.abc import Sequence

import pytest

from gateway.agents.lockout import AttemptStanding
from gateway.redis_store.attempts import RedisAttempts, ShardedAttempts
from gateway.redis_store.link import RedisLink
from gateway.redis_store.shards import shard_of
from gateway.wire.errors import StoreUnavailable
from tests.unit.agents.samples import NOW

HERE = "192.0.2.7"
AWAY, THERE, ALSO_THERE = 101, 102, 103


@pytest.fixture
async def attempts(shard_links: Sequence[RedisLink]) -> ShardedAttempts:
    """Two failures of each agent, then the shard of one agent goes away."""
    made = ShardedAttempts([RedisAttempts(link) for link in shard_links])
    for number, who in enumerate((AWAY, THERE, ALSO_THERE) * 2):
        await made.failed(str(who), HERE, str(number), now_ms=NOW)
    await shard_links[shard_of(AWAY, 4)].close()
    return made


async def locked(attempts: ShardedAttempts, who: int, limit: int) -> bool:
    standing = await attempts.begin(str(who), HERE, "look", address_limit=limit, now_ms=NOW)
    await attempts.withdrawn(str(who), HERE, "look")
    return standing is AttemptStanding.LOCKED


def test_the_agents_of_these_tests_lie_apart() -> None:
    assert len({shard_of(agent_id, 4) for agent_id in (AWAY, THERE, ALSO_THERE)}) == 3


async def test_agents_of_a_shard_out_of_reach_cannot_be_tried(attempts: ShardedAttempts) -> None:
    with pytest.raises(StoreUnavailable):
        await locked(attempts, AWAY, 200)


async def test_agents_of_other_shards_go_on(attempts: ShardedAttempts) -> None:
    assert not await locked(attempts, THERE, 200)


async def test_the_limit_by_address_holds_for_what_the_shards_in_reach_have_counted(attempts: ShardedAttempts) -> None:
    assert await locked(attempts, THERE, 4)
    assert not await locked(attempts, THERE, 5)


async def test_somebody_unknown_always_lies_in_the_same_shard(shard_links: Sequence[RedisLink]) -> None:
    attempts = ShardedAttempts([RedisAttempts(link) for link in shard_links])
    assert [await attempts.failed("?somebody", HERE, str(number), now_ms=NOW) for number in range(5)] == [False] * 4 + [
        True
    ]
