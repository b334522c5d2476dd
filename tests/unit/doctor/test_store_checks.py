"""Real stores: one server, sentinels, a Cluster, and none."""

from pathlib import Path

import pytest

from gateway.doctor import store_probe
from gateway.doctor.finding import DoctorFinding, Level
from gateway.doctor.server_facts import Clocks
from gateway.doctor.store_checks import store_findings
from gateway.settings.schema import Settings
from tests.support.servers import Server, Servers
from tests.support.waiting import until
from tests.unit.doctor.samples import bad, level, one

SOON_S = 1.0
ADVISED = {"down-after-milliseconds": 5000}
DURABLE = {"appendonly": "yes", "min-replicas-max-lag": "10"}


async def look(url: str, secret: Path, **more: str) -> list[DoctorFinding]:
    settings = Settings.model_validate({"REDIS_URL": url, "GUID_SECRET_FILE": str(secret), **more})
    found = await store_findings(settings, Clocks())
    return [each for each in found if each.check not in {"store latency", "standby latency"}]


async def test_without_a_store_a_warning_says_what_that_means() -> None:
    (found,) = await store_findings(Settings(), Clocks())
    assert (found.level, "one node only" in found.found) == (Level.WARN, True)


async def test_a_url_that_cannot_be_used_is_told_without_it(secret: Path) -> None:
    (found,) = await look("rediss://me:hunter2@one?ssl_ca_certs=/nowhere/hunter2.pem", secret)
    assert (found.check, found.level) == ("store address", Level.FAIL)
    assert "hunter2" not in found.found + found.advice


async def test_a_single_server(kind: str, servers: Servers, secret: Path) -> None:
    server = servers.start(kind, DURABLE)
    found = await look(server.url, secret)
    assert bad(found) == {}
    reach = one(found, "store reach")
    assert reach is not None
    assert reach.found == f"127.0.0.1:{server.port} answers"
    assert level(found, "keys live") is Level.OK


async def test_of_a_server_that_is_away_one_line_is_told(
    kind: str, servers: Servers, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_probe, "PATIENCE_S", SOON_S)
    server = servers.start(kind)
    server.freeze()
    (found,) = await look(server.url, secret)
    assert (found.check, found.level) == ("store reach", Level.FAIL)
    assert f"127.0.0.1:{server.port}: no answer" in found.found


async def test_three_sentinels(kind: str, servers: Servers, secret: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    primary = servers.start(kind, DURABLE)
    replica = servers.start(kind, {**DURABLE, **primary.replica_options})
    primary.wait_for_replicas(1)
    for each in (primary, replica):
        each.ask("CONFIG", "SET", "min-replicas-to-write", "1")
    sentinels = [servers.start_sentinel(kind, primary.port, "desks", quorum=2, times=ADVISED) for _ in range(3)]
    await until(lambda: all(met(each) for each in sentinels))
    url = f"redis+sentinel://{','.join(f'127.0.0.1:{each.port}' for each in sentinels)}"

    found = await look(f"{url}/desks", secret)
    assert bad(found) == {}
    standby = one(found, "standby")
    assert standby is not None
    assert standby.at == f"127.0.0.1:{replica.port}"
    assert one(found, "sentinel quorum") is not None

    assert bad(await look(f"{url}/others", secret)) == {"sentinel primary": Level.FAIL}

    monkeypatch.setattr(store_probe, "PATIENCE_S", SOON_S)
    sentinels[0].freeze()
    sentinels[1].kill()
    found = await look(f"{url}/desks", secret)
    reach = one(found, "sentinel reach")
    assert reach is not None
    assert f"1 of 3 answer; not 127.0.0.1:{sentinels[0].port} (no answer" in reach.found
    assert level(found, "store reach") is Level.OK


def met(sentinel: Server) -> bool:
    """It knows the other two and the replica."""
    state = sentinel.ask("SENTINEL", "MASTER", "desks")
    return (int(state["num-other-sentinels"]), int(state["num-slaves"])) == (2, 1)


async def test_a_cluster(kind: str, servers: Servers, secret: Path) -> None:
    options = {
        **DURABLE,
        "cluster-enabled": "yes",
        "cluster-node-timeout": "2500",
        "cluster-require-full-coverage": "no",
    }
    one_node, two, three = (servers.start(kind, options) for _ in range(3))
    one_node.ask("CLUSTER", "ADDSLOTSRANGE", 0, 8191)
    two.ask("CLUSTER", "ADDSLOTSRANGE", 8192, 16383)
    for other in (two, three):
        one_node.ask("CLUSTER", "MEET", "127.0.0.1", other.port)
    await until(lambda: all("cluster_known_nodes:3" in each.ask("CLUSTER", "INFO") for each in (one_node, two, three)))
    await until(lambda: "cluster_state:ok" in two.ask("CLUSTER", "INFO"))
    url = f"redis+cluster://127.0.0.1:{two.port},127.0.0.1:{three.port}"

    found = await look(url, secret)
    assert bad(found) == {"cluster replicas": Level.WARN, "store replicas": Level.WARN}
    tags = one(found, "cluster tags")
    assert tags is not None
    assert tags.found == f"agentgateway (slot 287) on 127.0.0.1:{one_node.port}"

    assert level(await look(two.url, secret), "store mode") is Level.WARN

    reached = [each.at for each in await look(url, secret, STORE_SHARDS="2") if each.check == "store reach"]
    assert reached == [f"127.0.0.1:{each.port}" for each in (one_node, two)]

    for each in (one_node, two, three):
        each.ask("ACL", "SETUSER", "desk", "reset", "on", ">secret", "~*", "&*", "+@all", "-cluster")
    curt = await look(url.replace("//", "//desk:secret@"), secret)
    assert level(curt, "CLUSTER NODES") is Level.WARN
    reach = one(curt, "store reach")
    assert reach is not None
    assert reach.at == f"127.0.0.1:{one_node.port}"

    one_node.kill()
    await until(lambda: any("fail" in line for line in lines_of(two)))
    found = await look(url, secret)
    assert bad(found)["cluster tags"] is Level.FAIL
    assert bad(found)["store reach"] is Level.FAIL


def lines_of(node: Server) -> list[str]:
    """The nodes of its Cluster as one of them sees them."""
    told = node.ask("CLUSTER", "NODES")
    return told.splitlines() if isinstance(told, str) else [str(line) for line in told.values()]
