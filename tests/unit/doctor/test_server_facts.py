"""What real servers tell of themselves."""

import time

import pytest

from gateway.doctor.finding import DoctorFinding, Level, judge
from gateway.doctor.server_checks import CHECKS, DURABILITY
from gateway.doctor.server_facts import Clocks, ExpectedServer, server_facts
from gateway.redis_store.address import parse_target
from tests.support.servers import Server, Servers
from tests.unit.doctor.samples import bad, level, one, user_of

NEAR = {"store latency"}
"""Depends on how busy this machine is."""


async def findings(url: str, clocks: Clocks | None = None) -> list[DoctorFinding]:
    facts = await server_facts(parse_target(url).servers[0], ExpectedServer(("desk",)), clocks or Clocks())
    assert facts.trouble is None
    return [each for each in judge((*CHECKS, *DURABILITY), facts) if each.check not in NEAR]


async def test_a_durable_server_is_fine(kind: str, servers: Servers) -> None:
    found = await findings(servers.start(kind, {"appendonly": "yes"}).url)
    assert bad(found) == {}
    version = one(found, "store version")
    assert version is not None
    assert version.found.lower().startswith(kind)


async def test_a_server_with_bad_policies(kind: str, servers: Servers) -> None:
    server = servers.start(kind, {"maxmemory-policy": "allkeys-lru", "maxmemory": "100mb", "appendonly": "no"})
    assert bad(await findings(server.url)) == {"store eviction": Level.FAIL, "store persistence": Level.FAIL}


async def test_a_primary_with_a_replica_and_no_fence(kind: str, servers: Servers) -> None:
    primary = servers.start(kind, {"appendonly": "yes"})
    replica = servers.start(kind, {**primary.replica_options, "appendonly": "yes"})
    primary.wait_for_replicas(1)
    found = await findings(primary.url)
    assert bad(found) == {"store fence": Level.WARN}
    replicas = one(found, "store replicas")
    assert replicas is not None
    assert f"127.0.0.1:{replica.port} online" in replicas.found
    assert level(await findings(replica.url), "store role") is Level.FAIL


async def test_a_fence_without_its_replica(kind: str, servers: Servers) -> None:
    server = servers.start(kind, {"appendonly": "yes", "min-replicas-to-write": "1"})
    assert bad(await findings(server.url)) == {"store fence": Level.FAIL}


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        ("+@all -config", {"CONFIG GET": Level.WARN}),
        ("+@all -info", {"INFO": Level.WARN}),
        ("+@all -info -config -role", {"CONFIG GET": Level.WARN, "INFO": Level.WARN, "store permissions": Level.FAIL}),
    ],
)
async def test_a_user_who_may_not_ask(server: Server, rights: str, expected: dict[str, Level]) -> None:
    found = bad(await findings(user_of(server, "~*", "&*", *rights.split())))
    assert {name: found[name] for name in found if name != "store persistence"} == expected


@pytest.mark.parametrize("ahead_s", [-3600.0, 3.0])
async def test_the_clock_of_this_machine_is_another(server: Server, ahead_s: float) -> None:
    found = one(await findings(server.url, Clocks(wall=lambda: time.time() + ahead_s)), "store clock")
    assert found is not None
    assert (found.level, "behind" if ahead_s > 0 else "ahead of") == (
        Level.WARN,
        found.found.split(" ms ")[1].removesuffix(" this machine"),
    )
