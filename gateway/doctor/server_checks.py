"""Is this server fit to be the store, and what survives when it crashes, or is cut off from its replicas?"""

import re
from typing import Final

from gateway.doctor.finding import DoctorCheck, DoctorVerdict, Level, doubtful, right, wrong
from gateway.doctor.server_facts import ServerFacts

OLDEST: Final = (7, 0)
MOST_AHEAD_MS: Final = 500
SLOW_MS: Final = 20
NEARLY_FULL: Final = 0.8
FULL: Final = 0.95
SHARD_CONNECTIONS: Final = 2
"""How many connections a gateway process has for each shard."""
_MIB: Final = 1024 * 1024
_VERSION: Final = re.compile(r"(\d+)\.(\d+)")
LONGEST_LAG_S: Final = 10
_LOSES: Final = {
    "always": "a crash loses nothing",
    "everysec": "a crash may lose the sign-ins of the last second",
}


def _version(facts: ServerFacts) -> DoctorVerdict:
    valkey = facts.info_value("valkey_version")
    if valkey:
        return right(f"Valkey {valkey}")
    version = facts.info_value("redis_version")
    found = _VERSION.match(version)
    if found is None:
        return wrong("neither Redis nor Valkey")
    return (right if (int(found[1]), int(found[2])) >= OLDEST else wrong)(f"Redis {version}")


def _mode(facts: ServerFacts) -> DoctorVerdict | None:
    alone = facts.number("cluster_enabled") and not facts.expected.cluster
    return wrong("a node of a Cluster, and REDIS_URL does not say so") if alone else None


def _coverage(facts: ServerFacts) -> DoctorVerdict | None:
    if not facts.number("cluster_enabled"):
        return None
    value = facts.configured("cluster-require-full-coverage")
    text = f"cluster-require-full-coverage {value}"
    return wrong(f"{text}: a slot without a node anywhere stops us too") if value == "yes" else right(text)


def _role(facts: ServerFacts) -> DoctorVerdict:
    if facts.info_value("role") == "master":
        return right("primary")
    where = f"{facts.info_value('master_host')}:{facts.info_value('master_port')}"
    link = facts.info_value("master_link_status")
    return wrong(f"a replica of {where} (link {link}): it refuses to write")


def _permissions(facts: ServerFacts) -> DoctorVerdict:
    if facts.denied is None:
        return doubtful("the server does not tell them", "look at them with ACL GETUSER")
    if facts.denied:
        return wrong(f"the user may not run, on our keys or channel: {', '.join(facts.denied)}")
    return right("the user may run all that the gateway runs")


def _eviction(facts: ServerFacts) -> DoctorVerdict:
    policy = facts.info_value("maxmemory_policy")
    return right(policy) if policy == "noeviction" else wrong(f"{policy}: sessions are thrown away when memory is full")


def _memory(facts: ServerFacts) -> DoctorVerdict:
    used, limit = facts.number("used_memory"), facts.number("maxmemory")
    most = limit or facts.number("total_system_memory")
    name = "maxmemory" if limit else "the machine's memory; maxmemory is not set"
    if not most:
        return right(f"{used // _MIB} MiB used")
    text = f"{used // _MIB} MiB used of {most // _MIB} MiB, {name}"
    if used >= FULL * most:
        return wrong(text)
    return doubtful(text) if used >= NEARLY_FULL * most else right(text)


def _connections(facts: ServerFacts) -> DoctorVerdict | None:
    most, open_now = facts.number("maxclients"), facts.number("connected_clients")
    if not most:
        return None
    needed = SHARD_CONNECTIONS * len(facts.expected.tags) * facts.expected.workers
    text = f"{open_now} of {most}; each node of the gateway needs {needed}"
    return right(text) if open_now < NEARLY_FULL * most else wrong(text)


def _latency(facts: ServerFacts) -> DoctorVerdict:
    text = f"{facts.latency_ms:.1f} ms a round trip"
    if facts.latency_ms >= facts.expected.timeout_ms / 2:
        return DoctorVerdict(f"{text}, STORE_TIMEOUT is {facts.expected.timeout_ms} ms", Level.FAIL)
    return right(text) if facts.latency_ms < SLOW_MS else wrong(text)


def _clock(facts: ServerFacts) -> DoctorVerdict:
    """The quickest answer tells most exactly."""
    best = min(facts.rounds, key=lambda each: each.took_ms)
    surely_ms = abs(best.ahead_ms) - best.took_ms / 2
    text = f"{abs(best.ahead_ms):.0f} ms {'ahead of' if best.ahead_ms > 0 else 'behind'} this machine"
    return (
        wrong(text)
        if surely_ms > MOST_AHEAD_MS
        else right(f"within {max(1, abs(best.ahead_ms)):.0f} ms of this machine")
    )


CHECKS: Final[tuple[DoctorCheck[ServerFacts], ...]] = (
    DoctorCheck(
        "store version",
        "does it know the commands that the gateway uses?",
        Level.FAIL,
        "use Redis 7.0 or later, or Valkey",
        _version,
    ),
    DoctorCheck(
        "store mode",
        "does REDIS_URL say what it is?",
        Level.WARN,
        "write redis+cluster://host,host in REDIS_URL, so that the loss of this node does not stop the gateway",
        _mode,
    ),
    DoctorCheck(
        "store coverage",
        "does it serve our keys while others of the Cluster are away?",
        Level.WARN,
        "cluster-require-full-coverage no, on each node",
        _coverage,
    ),
    DoctorCheck(
        "store role",
        "does it take writes?",
        Level.FAIL,
        "name the primary in REDIS_URL, or its sentinels",
        _role,
    ),
    DoctorCheck(
        "store permissions",
        "may the user run what the gateway runs?",
        Level.FAIL,
        "ACL SETUSER: these commands, ~{STORE_TAG}:* and &{STORE_TAG}:wake (with STORE_SHARDS also {STORE_TAG.*})",
        _permissions,
    ),
    DoctorCheck(
        "store eviction",
        "does it keep what it was given?",
        Level.FAIL,
        "maxmemory-policy noeviction, by CONFIG SET and in its file",
        _eviction,
    ),
    DoctorCheck(
        "store memory",
        "is there room for more sessions?",
        Level.FAIL,
        "more memory, or less of others' data in it: when it is full it refuses to write and calls answer 503",
        _memory,
    ),
    DoctorCheck(
        "store connections",
        "is there room for more gateways?",
        Level.WARN,
        "raise maxclients and the limit of open files of the server",
        _connections,
    ),
    DoctorCheck(
        "store latency",
        "is it near enough?",
        Level.WARN,
        "put the gateway and the store into one place: each call of an agent waits for one or more round trips",
        _latency,
    ),
    DoctorCheck(
        "store clock",
        "does it agree with this machine about the time?",
        Level.WARN,
        "let both follow a time server (NTP): sessions go by the clock of the store, certificates and logs by this one",
        _clock,
    ),
)


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
DURABILITY: Final[tuple[DoctorCheck[ServerFacts], ...]] = (
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
