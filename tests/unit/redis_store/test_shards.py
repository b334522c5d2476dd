"""Which shard keeps an agent, and which tags shards have: both are written down, since stored data depend on them."""

from collections import Counter

import pytest

from gateway.redis_store.shards import SLOTS, shard_of, shard_tags, slot
from tests.support.servers import Servers


def test_agents_stay_where_they_are_in_all_versions() -> None:
    assert [shard_of(agent_id, 4) for agent_id in (101, 102, 103, 104, 999_999)] == [1, 0, 2, 1, 1]


def test_one_shard_keeps_everybody() -> None:
    assert {shard_of(agent_id, 1) for agent_id in range(1, 1000)} == {0}


@pytest.mark.parametrize("count", [2, 3, 4, 16, 256])
@pytest.mark.parametrize("step", [1, 2, 10, 16, 100])
def test_agents_are_spread_evenly_in_whatever_steps_they_are_numbered(count: int, step: int) -> None:
    agents = range(1000, 1000 + step * 9000, step)
    kept = Counter(shard_of(agent_id, count) for agent_id in agents)
    assert max(kept.values()) <= 1.2 * len(agents) / count


def test_tags_stay_the_same_in_all_versions() -> None:
    assert shard_tags("agentgateway", 4) == (
        "agentgateway",
        "agentgateway.108",
        "agentgateway.341",
        "agentgateway.353",
    )


def test_the_only_shard_has_the_tag_itself() -> None:
    assert shard_tags("site", 1) == ("site",)


@pytest.mark.parametrize("count", [2, 3, 4, 8, 256])
def test_tags_lie_evenly_around_the_slots(count: int) -> None:
    slots = [slot(tag) for tag in shard_tags("site", count)]
    way = SLOTS / count
    ahead = [(later - slots[0]) % SLOTS - number * way for number, later in enumerate(slots)]
    assert all(-1 <= off <= way / 8 for off in ahead)


def test_slots_are_those_of_redis(kind: str, servers: Servers) -> None:
    node = servers.start(kind, {"cluster-enabled": "yes"})
    for tag in ("agentgateway", "agentgateway.108", "x"):
        assert node.ask("CLUSTER", "KEYSLOT", f"{{{tag}}}:agent:101") == slot(tag)
