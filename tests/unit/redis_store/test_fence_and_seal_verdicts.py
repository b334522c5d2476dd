"""When what was written is safe."""

import pytest

from gateway.redis_store.address import Address, parse_target
from gateway.redis_store.fence_and_seal import Fence, Seal
from gateway.redis_store.link import RedisLink
from gateway.redis_store.sentinels import Sentinels
from gateway.wire.errors import StoreUnavailable
from tests.support.servers import Server, Servers
from tests.support.waiting import until, until_async
from tests.unit.redis_store.conftest import Links

GIVES_UP_MS = 800
ALONE, WATCHED = "redis://127.0.0.1:7001", "redis+sentinel://127.0.0.1:7002/desks"


def seal(url: str, replicas: int, expected: int, *, one: bool = False) -> tuple[Seal, Fence]:
    """One that knows all, at a primary with some replicas where there were some more."""
    fence, target = Fence("fence"), parse_target(url)
    sentinels = Sentinels(target) if target.sentinels else None
    made = Seal(fence, sentinels, lambda: Address("127.0.0.1", 7001), "seal", one=one)
    fence.replicas, fence.expected = some(replicas), some(expected)
    made.knows_all = True
    return made, fence


def some(count: int) -> frozenset[tuple[bytes, bytes]]:
    return frozenset((b"127.0.0.1", b"%d" % number) for number in range(count))


@pytest.mark.parametrize(
    ("url", "there", "expected", "acknowledged", "verdict"),
    [
        pytest.param(WATCHED, 2, 2, 2, True, id="all"),
        pytest.param(WATCHED, 0, 0, 0, True, id="no replica, and never one"),
        pytest.param(WATCHED, 2, 2, 0, False, id="none of those there"),
        pytest.param(WATCHED, 2, 2, 1, None, id="one is silent: it may be the primary"),
        pytest.param(WATCHED, 1, 2, 1, None, id="one has left: it may be the primary"),
        pytest.param(WATCHED, 0, 1, 0, None, id="the last one has left"),
        pytest.param(ALONE, 1, 2, 1, True, id="one has left, and nobody promotes it"),
        pytest.param(ALONE, 2, 2, 0, False, id="none of those there, and nobody promotes them"),
    ],
)
def test_verdict(url: str, there: int, expected: int, acknowledged: int, verdict: bool | None) -> None:
    made, _ = seal(url, there, expected)
    assert made.verdict(made.awaited, acknowledged) is verdict


@pytest.mark.parametrize(
    ("url", "there", "expected", "acknowledged", "verdict"),
    [
        pytest.param(WATCHED, 2, 2, 1, True, id="the other may hang"),
        pytest.param(WATCHED, 2, 2, 0, False, id="none"),
        pytest.param(WATCHED, 0, 0, 0, True, id="no replica, and never one"),
        pytest.param(WATCHED, 1, 2, 1, None, id="one has left: it may be the primary"),
        pytest.param(WATCHED, 0, 1, 0, None, id="the last one has left"),
        pytest.param(ALONE, 1, 2, 1, True, id="one has left, and nobody promotes it"),
    ],
)
def test_verdict_where_one_replica_is_enough(
    url: str, there: int, expected: int, acknowledged: int, verdict: bool | None
) -> None:
    made, _ = seal(url, there, expected, one=True)
    assert made.awaited == min(there, 1)
    assert made.verdict(made.awaited, acknowledged) is verdict


def test_without_sentinels_a_replica_that_left_is_expected_no_more() -> None:
    made, fence = seal(ALONE, 1, 2)
    made.verdict(1, 1)
    assert fence.expected == some(1)


def test_a_replica_in_place_of_another_one_is_one_more() -> None:
    made, fence = seal(WATCHED, 1, 1)
    fence.accept([[b"1700000000000", b"", b"1", 0], [b"master", 0, [[b"127.0.0.1", b"9", b"0"]]]], 0.0)
    assert made.verdict(1, 1) is None


@pytest.mark.parametrize(("url", "verdict"), [(WATCHED, None), (ALONE, True)])
def test_after_each_connection_the_sentinels_are_asked_where_there_are_any(url: str, verdict: bool | None) -> None:
    made, _ = seal(url, 2, 2)
    made.begin()
    assert made.verdict(2, 2) is verdict


async def test_without_a_word_of_the_sentinels_nothing_is_safe() -> None:
    made, fence = seal(WATCHED, 1, 2)
    assert not await made.still_the_primary()
    assert fence.expected == some(2)


@pytest.fixture
def sentinel(kind: str, servers: Servers) -> tuple[Server, Server, Server]:
    """A sentinel, its primary and the replica of that, which has all its data."""
    primary = servers.start(kind)
    replica = servers.start(kind, primary.replica_options)
    primary.wait_for_replicas(1)
    return servers.start_sentinel(kind, primary.port, "desks"), primary, replica


async def test_after_the_loss_of_a_replica_changes_are_safe_by_the_word_of_the_sentinels(
    sentinel: tuple[Server, Server, Server], links: Links
) -> None:
    watching, primary, replica = sentinel
    link = await links(f"redis+sentinel://127.0.0.1:{watching.port}/desks", GIVES_UP_MS)
    await until_async(lambda: seals(link))
    replica.kill()
    await until(lambda: primary.ask("ROLE")[2] == [])
    await until_async(lambda: seals(link))


async def seals(link: RedisLink) -> bool:
    try:
        await link.seal()
    except StoreUnavailable:
        return False
    return True
