import pytest

from gateway.agents.lockout import Attempts, MemoryAttempts
from gateway.redis_store.attempts import RedisAttempts, ShardedAttempts


@pytest.fixture(params=["memory", "redis", "4 shards"])
def attempts(request: pytest.FixtureRequest) -> Attempts:
    """In memory, in Redis, and in several shards of it."""
    if request.param == "memory":
        return MemoryAttempts()
    if request.param == "redis":
        return RedisAttempts(request.getfixturevalue("link"))
    return ShardedAttempts([RedisAttempts(link) for link in request.getfixturevalue("shard_links")])
