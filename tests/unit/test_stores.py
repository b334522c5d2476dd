"""Which stores the settings open. None of them connects before its start."""

import pytest

from gateway.app import open_stores
from gateway.redis_store.attempts import RedisAttempts, ShardedAttempts
from gateway.redis_store.event_queue import RedisEventQueue, ShardedEventQueue
from gateway.redis_store.session_store import RedisSessionStore
from gateway.redis_store.sharded_session_store import ShardedSessionStore
from gateway.sessions.memory_store import MemorySessionStore
from gateway.settings.load import load
from gateway.settings.problems import SettingsError
from gateway.settings.schema import Settings
from gateway.stores import Stores
from tests.support.gateway import CONFIG

ON_REDIS = {"REDIS_URL": "redis://127.0.0.1:1", "GUID_SECRET_FILE": "guid.keys"}


def opened(**overrides: str) -> Stores:
    settings = load(CONFIG, overrides).settings
    return open_stores(lambda: settings)


def test_without_redis_sessions_are_in_memory() -> None:
    assert isinstance(opened().sessions, MemorySessionStore)


def test_with_one_shard_nothing_stands_between() -> None:
    stores = opened(**ON_REDIS)
    assert [type(part) for part in (stores.sessions, stores.queue, stores.attempts)] == [
        RedisSessionStore,
        RedisEventQueue,
        RedisAttempts,
    ]


@pytest.mark.parametrize("shards", [2, 256])
def test_with_several_shards_agents_are_spread_over_them(shards: int) -> None:
    stores = opened(**ON_REDIS, STORE_SHARDS=str(shards))
    assert [type(part) for part in (stores.sessions, stores.queue, stores.attempts)] == [
        ShardedSessionStore,
        ShardedEventQueue,
        ShardedAttempts,
    ]
    assert len(stores.sessions.shards()) == shards


def test_certificates_of_the_store_that_cannot_be_read_are_refused_without_its_url() -> None:
    url = "rediss://:hunter2@one?ssl_ca_certs=/nowhere/ca.pem"
    settings = Settings.model_validate({"REDIS_URL": url, "GUID_SECRET_FILE": "s"})
    with pytest.raises(
        SettingsError,
        match=r"^REDIS_URL: the files of its options ssl_ca_certs.*and the key by nobody else$",
    ):
        open_stores(lambda: settings)
