"""What is said of what a crash loses."""

import pytest

from gateway.doctor.finding import DoctorFinding, Level, judge
from gateway.doctor.server_checks import DURABILITY, STANDBY
from gateway.doctor.server_facts import ExpectedServer, ServerFacts
from tests.unit.doctor.samples import bad, of, server

ALONE = {"connected_slaves": "0", "min_slaves_good_slaves": "0"}


def look(name: str, facts: ServerFacts) -> DoctorFinding:
    found = of(DURABILITY, name, facts)
    assert found is not None
    return found


def test_of_a_good_server_all_is_well() -> None:
    assert bad(judge(DURABILITY, server())) == {}


@pytest.mark.parametrize(
    ("config", "level", "says"),
    [
        ({"appendfsync": "always"}, Level.OK, "loses nothing"),
        ({"appendfsync": "everysec"}, Level.OK, "the last second"),
        ({"appendfsync": "no"}, Level.WARN, "had not written"),
        ({"appendonly": "no", "save": "3600 1 300 100"}, Level.WARN, "since the last snapshot"),
        ({"appendonly": "no", "save": ""}, Level.FAIL, "signs everybody out"),
    ],
)
def test_what_a_crash_loses(config: dict[str, str], level: Level, says: str) -> None:
    found = look("store persistence", server(config=config))
    assert (found.level, says in found.found) == (level, True)


@pytest.mark.parametrize(
    ("info", "config", "level"),
    [
        ({"aof_last_write_status": "err"}, {}, Level.FAIL),
        ({"aof_last_write_status": "err", "aof_enabled": "0"}, {}, Level.OK),
        ({"rdb_last_bgsave_status": "err"}, {}, Level.FAIL),
        ({"rdb_last_bgsave_status": "err"}, {"stop-writes-on-bgsave-error": "no"}, Level.WARN),
    ],
)
def test_a_disk_that_takes_no_more(info: dict[str, str], config: dict[str, str], level: Level) -> None:
    assert look("store disk", server(info, config)).level is level


@pytest.mark.parametrize(
    ("state", "lag", "level"),
    [("online", "10", Level.OK), ("online", "11", Level.WARN), ("wait_bgsave", "0", Level.WARN)],
)
def test_replicas_that_are_not_up_to_date(state: str, lag: str, level: Level) -> None:
    line = f"ip=10.0.0.2,port=6379,state={state},offset=7,lag={lag}"
    found = look("store replicas", server({"slave0": line}))
    assert found.level is level
    assert f"10.0.0.2:6379 {state} {lag} s" in found.found


@pytest.mark.parametrize(
    ("expected", "level"),
    [
        (ExpectedServer(("desk",)), Level.OK),
        (ExpectedServer(("desk",), sentinels=True), Level.WARN),
        (ExpectedServer(("desk",), cluster=True), Level.WARN),
    ],
)
def test_no_replica_matters_where_one_should_take_over(expected: ExpectedServer, level: Level) -> None:
    assert look("store replicas", server(ALONE, expected=expected)).level is level


@pytest.mark.parametrize(
    ("info", "config", "level"),
    [
        ({}, {"min-replicas-to-write": "0"}, Level.WARN),
        ({}, {"min-replicas-max-lag": "0"}, Level.WARN),
        ({}, {"min-replicas-max-lag": "11"}, Level.WARN),
        ({"min_slaves_good_slaves": "0"}, {}, Level.FAIL),
        (ALONE, {}, Level.FAIL),
    ],
)
def test_a_primary_that_would_go_on_alone_or_must_not(
    info: dict[str, str], config: dict[str, str], level: Level
) -> None:
    assert look("store fence", server(info, config)).level is level


def test_a_single_server_needs_no_fence() -> None:
    assert of(DURABILITY, "store fence", server(ALONE, {"min-replicas-to-write": "0"})) is None


def test_a_replica_needs_a_fence_for_later() -> None:
    found = of(STANDBY, "store fence", server(ALONE, {"min-replicas-to-write": "0"}))
    assert found is not None
    assert found.level is Level.WARN


def test_without_config_one_warning_names_all_that_is_unknown() -> None:
    good = server()
    facts = ServerFacts(good.at, good.expected, info=good.info, config=None, rounds=good.rounds)
    found = look("CONFIG GET", facts)
    assert (found.level, "store persistence, store fence" in found.found) == (Level.WARN, True)
