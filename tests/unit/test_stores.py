"""Which stores the settings open. None of them connects before its start."""

import pytest

from gateway.agents.redis_attempts import RedisAttempts
from gateway.agents.sharded_attempts import ShardedAttempts
from gateway.sessions.memory_store import MemoryStore
from gateway.sessions.redis_queue import RedisQueue
from gateway.sessions.redis_store import RedisStore
from gateway.sessions.sharded_queue import ShardedQueue
from gateway.sessions.sharded_store import ShardedStore
from gateway.settings.load import load
from gateway.settings.problems import SettingsError
from gateway.settings.schema import Settings
from gateway.stores import Stores, open_stores
from tests.support.gateway import CONFIG

ON_REDIS = {"REDIS_URL": "redis://127.0.0.1:1", "GUID_SECRET_FILE": "guid.keys"}


def opened(**overrides: str) -> Stores:
    settings = load(CONFIG, overrides).settings
    return open_stores(lambda: settings)


def test_without_redis_sessions_are_in_memory() -> None:
    assert isinstance(opened().sessions, MemoryStore)


def test_with_one_shard_nothing_stands_between() -> None:
    stores = opened(**ON_REDIS)
    assert [type(part) for part in (stores.sessions, stores.queue, stores.attempts)] == [
        RedisStore,
        RedisQueue,
        RedisAttempts,
    ]


@pytest.mark.parametrize("shards", [2, 256])
def test_with_several_shards_agents_are_spread_over_them(shards: int) -> None:
    stores = opened(**ON_REDIS, STORE_SHARDS=str(shards))
    assert [type(part) for part in (stores.sessions, stores.queue, stores.attempts)] == [
        ShardedStore,
        ShardedQueue,
        ShardedAttempts,
    ]
    assert len(stores.sessions.shards()) == shards


def test_certificates_of_the_store_that_cannot_be_read_are_refused_without_its_url() -> None:
    url = "rediss://:hunter2@one?ssl_ca_certs=/nowhere/ca.pem"
    settings = Settings.model_validate({"REDIS_URL": url, "GUID_SECRET_FILE": "s"})
    with pytest.raises(SettingsError, match=r"^REDIS_URL: the files of its options ssl_ca_certs.*readable here$"):
        open_stores(lambda: settings)
