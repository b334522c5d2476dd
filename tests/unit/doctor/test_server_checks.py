"""What is said of a server from what it tells."""

import pytest

from gateway.doctor.finding import DoctorFinding, Level, judge
from gateway.doctor.server_checks import CHECKS
from gateway.doctor.server_facts import ExpectedServer, RoundTrip, ServerFacts
from tests.unit.doctor.samples import MIB, bad, of, server


def look(name: str, facts: ServerFacts) -> DoctorFinding | None:
    return of(CHECKS, name, facts)


def test_of_a_good_server_all_is_well() -> None:
    assert bad(judge(CHECKS, server())) == {}


@pytest.mark.parametrize(
    ("name", "info", "level"),
    [
        ("store version", {"redis_version": "7.0.0"}, Level.OK),
        ("store version", {"redis_version": "6.2.14"}, Level.FAIL),
        ("store version", {"redis_version": "10.0.0"}, Level.OK),
        ("store version", {"redis_version": "7.2.4", "valkey_version": "8.0.1"}, Level.OK),
        ("store version", {"redis_version": ""}, Level.FAIL),
        ("store mode", {"cluster_enabled": "1"}, Level.WARN),
        ("store role", {"role": "slave"}, Level.FAIL),
        ("store eviction", {"maxmemory_policy": "allkeys-lru"}, Level.FAIL),
        ("store eviction", {"maxmemory_policy": "volatile-ttl"}, Level.FAIL),
        ("store memory", {"used_memory": str(799 * MIB)}, Level.OK),
        ("store memory", {"used_memory": str(801 * MIB)}, Level.WARN),
        ("store memory", {"used_memory": str(951 * MIB)}, Level.FAIL),
        ("store memory", {"maxmemory": "0", "total_system_memory": str(101 * MIB)}, Level.FAIL),
        ("store memory", {"maxmemory": "0", "total_system_memory": "0"}, Level.OK),
        ("store connections", {"connected_clients": "7999"}, Level.OK),
        ("store connections", {"connected_clients": "8000"}, Level.WARN),
    ],
)
def test_what_info_tells(name: str, info: dict[str, str], level: Level) -> None:
    found = look(name, server(info))
    assert found is not None
    assert found.level is level


def test_a_replica_names_its_primary() -> None:
    found = look(
        "store role", server({"role": "slave", "master_host": "ten", "master_port": "1", "master_link_status": "up"})
    )
    assert found is not None
    assert "a replica of ten:1 (link up)" in found.found


def test_a_node_of_a_cluster_is_fine_where_the_url_says_so() -> None:
    facts = server({"cluster_enabled": "1"}, expected=ExpectedServer(("desk",), cluster=True))
    assert look("store mode", facts) is None


@pytest.mark.parametrize(("value", "level"), [("yes", Level.WARN), ("no", Level.OK)])
def test_a_cluster_that_stops_as_a_whole_is_warned_of(value: str, level: Level) -> None:
    found = look("store coverage", server({"cluster_enabled": "1"}, {"cluster-require-full-coverage": value}))
    assert found is not None
    assert found.level is level


@pytest.mark.parametrize(("denied", "level"), [((), Level.OK), (("EVAL", "HGET"), Level.FAIL), (None, Level.WARN)])
def test_commands_that_the_user_may_not_run(denied: tuple[str, ...] | None, level: Level) -> None:
    found = look("store permissions", server(denied=denied))
    assert found is not None
    assert found.level is level
    assert all(name in found.found for name in denied or ())


@pytest.mark.parametrize(("took_ms", "level"), [(19.0, Level.OK), (21.0, Level.WARN), (400.0, Level.FAIL)])
def test_the_round_trip(took_ms: float, level: Level) -> None:
    rounds = (RoundTrip(0.1, 0), RoundTrip(took_ms, 0), RoundTrip(900, 0))
    found = look("store latency", server(rounds=rounds))
    assert found is not None
    assert found.level is level


@pytest.mark.parametrize(
    ("rounds", "level", "says"),
    [
        ((RoundTrip(2, 499),), Level.OK, "within 499 ms"),
        ((RoundTrip(2, 502),), Level.WARN, "502 ms ahead of this machine"),
        ((RoundTrip(2, -3000),), Level.WARN, "3000 ms behind this machine"),
        ((RoundTrip(100, 520),), Level.OK, "within 520 ms"),
        ((RoundTrip(100, 9000), RoundTrip(1, 3)), Level.OK, "within 3 ms"),
    ],
)
def test_the_clock_is_wrong_when_it_surely_is_by_more_than_half_a_second(
    rounds: tuple[RoundTrip, ...], level: Level, says: str
) -> None:
    found = look("store clock", server(rounds=rounds))
    assert found is not None
    assert (found.level, says in found.found) == (level, True)


def test_without_info_one_warning_names_all_that_is_unknown() -> None:
    facts = ServerFacts("ten:1", ExpectedServer(("desk",)), info=None, rounds=(RoundTrip(1, 0),))
    found = of(CHECKS, "INFO", facts)
    assert found is not None
    assert found.level is Level.WARN
    assert "store version" in found.found
    assert "store eviction" in found.found
