"""A link counts when it finds the primary at another place."""

from gateway.ops import metrics
from gateway.redis_store.address import Address
from gateway.redis_store.link import RedisLink


def counted() -> float:
    return metrics.REGISTRY.get_sample_value("agentgateway_store_failovers_total") or 0.0


async def test_another_primary_is_a_failover_and_the_same_one_again_is_none() -> None:
    link, before, found = RedisLink("redis://", "site", 800), counted(), []
    for port in (6379, 6379, 6380, 6380, 6379):
        link._main.address = Address(port=port)
        link._state("main", "gone")
        link._state("main", "")
        found.append(counted() - before)
    assert found == [0, 0, 1, 1, 2]
