"""A node without the secret of live sessions must not serve (docs/protocol.md, GUIDs)."""

import pytest

from gateway.sessions.guid import KeyRing
from gateway.sessions.live import MissingKeyError, check_keys
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import Record, Session
from gateway.sessions.store import Bounds, Change

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32


@pytest.fixture
def store() -> MemorySessionStore:
    return MemorySessionStore(MemoryEventQueue(lambda: Bounds(10, 10_000)), lambda: 1_000)


async def _sign_in(store: MemorySessionStore, key_id: str) -> None:
    session = Session("s", "AgentGateway0", key_id, 1_000)
    await store.apply(101, lambda record: Change(None, Record(101, session)))


async def test_the_first_node_registers_its_key(store: MemorySessionStore) -> None:
    await check_keys(store, KeyRing("k1", {"k1": OLD}))
    await check_keys(store, KeyRing("k1", {"k1": OLD}))


async def test_a_node_with_both_keys_serves_while_the_other_has_not_got_the_new_one(store: MemorySessionStore) -> None:
    await check_keys(store, KeyRing("k1", {"k1": OLD}))
    await _sign_in(store, "k1")
    await check_keys(store, KeyRing("k2", {"k2": NEW, "k1": OLD}))


@pytest.mark.parametrize("ring", [KeyRing("k2", {"k2": NEW}), KeyRing("k1", {"k1": OTHER})])
async def test_a_node_that_lacks_the_key_of_a_live_session_is_refused(store: MemorySessionStore, ring: KeyRing) -> None:
    await check_keys(store, KeyRing("k1", {"k1": OLD}))
    await _sign_in(store, "k1")
    with pytest.raises(MissingKeyError, match="k1"):
        await check_keys(store, ring)


async def test_a_key_that_no_session_needs_is_forgotten(store: MemorySessionStore) -> None:
    await check_keys(store, KeyRing("k1", {"k1": OLD}))
    await check_keys(store, KeyRing("k2", {"k2": NEW}))
    assert set(await store.key_fingerprints({})) == {"k2"}
