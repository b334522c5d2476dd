"""What survives when the server crashes, or is cut off from its replicas?"""

from typing import Final

from gateway.doctor.finding import DoctorCheck, DoctorVerdict, Level, doubtful, right, wrong
from gateway.doctor.server_facts import ServerFacts

LONGEST_LAG_S: Final = 10
_LOSES: Final = {
    "always": "a crash loses nothing",
    "everysec": "a crash may lose the sign-ins of the last second",
}


def _persistence(facts: ServerFacts) -> DoctorVerdict:
    if facts.configured("appendonly") == "yes":
        fsync = facts.configured("appendfsync")
        text = f"appendonly yes, appendfsync {fsync}"
        known = _LOSES.get(fsync)
        return (
            right(f"{text}: {known}") if known else doubtful(f"{text}: a crash loses what the system had not written")
        )
    saves = facts.configured("save").split()
    if saves:
        return doubtful(f"appendonly no, save {' '.join(saves)}: a crash loses all since the last snapshot")
    return wrong("appendonly no, no snapshots: a restart of the server signs everybody out")


def _written(facts: ServerFacts) -> DoctorVerdict:
    aof, rdb = facts.info_value("aof_last_write_status"), facts.info_value("rdb_last_bgsave_status")
    if facts.number("aof_enabled") and aof != "ok":
        return wrong("the last write of the append-only file failed: it refuses to write")
    if rdb and rdb != "ok":
        stops = facts.config is not None and facts.configured("stop-writes-on-bgsave-error") == "yes"
        return wrong("the last snapshot failed: it refuses to write") if stops else doubtful("the last snapshot failed")
    return right("the last writes to disk succeeded")


def _replicas(facts: ServerFacts) -> DoctorVerdict:
    replicas = facts.replicas
    if not replicas and (facts.expected.sentinels or facts.expected.cluster):
        return wrong("none: nothing can take over from this server", "add a replica, on another machine")
    if not replicas:
        return right("none: while this server is away, calls are answered 503")
    names = [f"{each.get('ip')}:{each.get('port')} {each.get('state')} {each.get('lag')} s" for each in replicas]
    text = f"{len(replicas)}: {', '.join(names)}"
    good = [each for each in replicas if each.get("state") == "online" and int(each.get("lag", 0)) <= LONGEST_LAG_S]
    return right(text) if len(good) == len(replicas) else wrong(text)


def _fence(facts: ServerFacts) -> DoctorVerdict | None:
    least, lag_s = facts.configured("min-replicas-to-write"), facts.configured("min-replicas-max-lag")
    count = len(facts.replicas)
    on = least not in {"", "0"} and lag_s not in {"", "0"}
    if not on:
        return (
            wrong("min-replicas-to-write 0: cut off from its replicas it goes on, and what it took is lost")
            if count
            else None
        )
    text = f"min-replicas-to-write {least}, min-replicas-max-lag {lag_s} s"
    good = facts.number("min_slaves_good_slaves")
    if good < int(least):
        return DoctorVerdict(
            f"{text}, but {good} are in reach: it refuses to write", Level.FAIL, "bring the replicas back"
        )
    if int(lag_s) > LONGEST_LAG_S:
        return wrong(f"{text}: so long it goes on when it is cut off", f"min-replicas-max-lag {LONGEST_LAG_S} or less")
    return right(text)


def _fence_later(facts: ServerFacts) -> DoctorVerdict | None:
    off = facts.configured("min-replicas-to-write") in {"", "0"}
    return wrong("min-replicas-to-write 0 for the time when it is the primary") if off else None


_FENCE_ADVICE: Final = "min-replicas-to-write 1, min-replicas-max-lag 10 or less, by CONFIG SET and in its file"
CHECKS: Final[tuple[DoctorCheck[ServerFacts], ...]] = (
    DoctorCheck(
        "store persistence",
        "what does a crash lose?",
        Level.FAIL,
        "appendonly yes, with appendfsync everysec or always",
        _persistence,
    ),
    DoctorCheck(
        "store disk",
        "can it write to its disk?",
        Level.FAIL,
        "look at the disk of the server, and its log",
        _written,
    ),
    DoctorCheck(
        "store replicas",
        "are they there, and up to date?",
        Level.WARN,
        "look at the log of the replica and at the network between",
        _replicas,
    ),
    DoctorCheck(
        "store fence",
        "does a primary without its replicas stop to take sign-ins?",
        Level.WARN,
        _FENCE_ADVICE,
        _fence,
    ),
)
STANDBY: Final[tuple[DoctorCheck[ServerFacts], ...]] = (
    DoctorCheck(
        "store fence", "will it stop to take sign-ins without replicas?", Level.WARN, _FENCE_ADVICE, _fence_later
    ),
)
"""What is asked in place of the last two of a replica that may take over."""
