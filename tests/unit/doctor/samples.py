"""Facts of a deployment that is as it should be, for tests to spoil, and how findings are looked up."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from gateway.doctor.finding import DoctorCheck, DoctorFinding, Level, judge
from gateway.doctor.server_facts import ExpectedServer, RoundTrip, ServerFacts
from tests.support.servers import Server

F = TypeVar("F")
MIB = 1024 * 1024
INFO = {
    "redis_version": "7.2.1",
    "role": "master",
    "maxclients": "10000",
    "connected_clients": "7",
    "used_memory": str(100 * MIB),
    "maxmemory": str(1000 * MIB),
    "maxmemory_policy": "noeviction",
    "aof_enabled": "1",
    "aof_last_write_status": "ok",
    "rdb_last_bgsave_status": "ok",
    "connected_slaves": "1",
    "slave0": "ip=10.0.0.2,port=6379,state=online,offset=7,lag=1",
    "min_slaves_good_slaves": "1",
}
CONFIG = {
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "stop-writes-on-bgsave-error": "yes",
    "min-replicas-to-write": "1",
    "min-replicas-max-lag": "10",
}


def server(info: dict[str, str] | None = None, config: dict[str, str] | None = None, **others: Any) -> ServerFacts:
    """A good primary with one replica, changed by `info`, `config` and fields of the facts."""
    given: dict[str, Any] = {"expected": ExpectedServer(("desk",)), "rounds": (RoundTrip(1.0, 2.0),), **others}
    return ServerFacts("10.0.0.1:6379", info={**INFO, **(info or {})}, config={**CONFIG, **(config or {})}, **given)


def user_of(server: Server, *rights: str) -> str:
    """REDIS_URL of a user of this server that has just these rights."""
    server.ask("ACL", "SETUSER", "desk", "reset", "on", ">secret", *rights)
    return f"redis://desk:secret@127.0.0.1:{server.port}"


def of(checks: Iterable[DoctorCheck[F]], name: str, facts: F) -> DoctorFinding | None:
    """What the check of this name finds in the facts."""
    return one(judge(checks, facts), name)


def one(findings: Sequence[DoctorFinding], name: str) -> DoctorFinding | None:
    """The finding of a check, None where there is none."""
    found = [finding for finding in findings if finding.check == name]
    assert len(found) < 2
    return found[0] if found else None


def level(findings: Sequence[DoctorFinding], name: str) -> Level | None:
    """How bad it is, None where the check says nothing."""
    found = one(findings, name)
    return found.level if found else None


def bad(findings: Iterable[DoctorFinding]) -> dict[str, Level]:
    """The checks that did not find what they should."""
    return {finding.check: finding.level for finding in findings if finding.level is not Level.OK}
