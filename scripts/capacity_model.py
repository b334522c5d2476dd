"""From what one call costs to how many nodes a site needs: pure arithmetic, no measuring."""

import json
import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

COSTS_FILE: Final = Path(__file__).with_name("capacity_costs.json")

CORE_SHARE: Final = 0.6
"""Share of a core that a gateway process may use on average: the rest is for bursts and for the loss of a node."""
REDIS_SHARE: Final = 0.5
CONNECTIONS_A_WORKER: Final = 20_000
"""Most parked polls that one process should hold: more make its restart a storm."""
WORKERS_A_NODE: Final = 8
SPARE_NODES: Final = 1

KINDS: Final = {
    "sign_in": "sign-in, password check included",
    "call": "call that reads (own state)",
    "change": "state change and the event of it, polled",
    "empty_poll": "poll that ends without an event, its hold included",
    "rotation": "new GUID, beyond the call that brings it",
}


@dataclass(frozen=True)
class Cost:
    """Of one of a kind: CPU time of the gateway and of Redis in us, commands of Redis, bytes on the clients' wire.

    `loop_us` is what the event loop takes of `cpu_us`; the rest are threads beside it, which judge passwords.
    """

    cpu_us: float
    redis_us: float
    redis_commands: float
    wire_bytes: float
    loop_us: float


@dataclass(frozen=True)
class Costs:
    """What was measured of one way to run.

    `process_bytes`: a process without agents. `agent_bytes`: one agent more, signed in, its poll waiting on its
    connection. `redis_bytes`: what Redis keeps of it.
    """

    kinds: dict[str, Cost]
    process_bytes: float
    agent_bytes: float
    redis_bytes: float


@dataclass(frozen=True)
class Site:
    """What the agents of a site do. Rates are per agent and hour."""

    agents: int
    reads: float = 60
    changes: float = 120
    hold_s: float = 10
    rotation_s: float = 60
    shift_start_s: float = 900

    def rates(self) -> dict[str, float]:
        """How many of each kind a second, all agents together, sign-ins aside."""
        return {
            "call": self.agents * self.reads / 3600,
            "change": self.agents * self.changes / 3600,
            "empty_poll": self.agents / self.hold_s,
            "rotation": self.agents / self.rotation_s if self.rotation_s else 0.0,
        }


@dataclass(frozen=True)
class Plan:
    """What such a site needs. Cores are of the machine that was measured; `loop_cores` those of `shift_cores` that are
    the event loops'."""

    cores: float
    shift_cores: float
    loop_cores: float
    workers: int
    nodes: int
    node_bytes: float
    redis_cores: float
    redis_commands: float
    shards: int
    redis_bytes: float
    wire_bits: float


def plan(site: Site, costs: Costs, spare_nodes: int = SPARE_NODES) -> Plan:
    """Sizes a site: workers for the busiest quarter of an hour, nodes to spare, shards by the CPU of Redis."""
    rates = site.rates()
    signing_in = {**rates, "sign_in": site.agents / site.shift_start_s}
    cores, shift_cores = _sum(rates, costs, "cpu_us") / 1e6, _sum(signing_in, costs, "cpu_us") / 1e6
    loop_cores = _sum(signing_in, costs, "loop_us") / 1e6
    workers = max(1, math.ceil(loop_cores / CORE_SHARE), math.ceil(site.agents / CONNECTIONS_A_WORKER))
    needed = math.ceil(workers / WORKERS_A_NODE)
    a_node = math.ceil(workers / needed)
    redis_cores = _sum(signing_in, costs, "redis_us") / 1e6
    return Plan(
        cores=cores,
        shift_cores=shift_cores,
        loop_cores=loop_cores,
        workers=workers,
        nodes=needed + spare_nodes,
        node_bytes=a_node * costs.process_bytes + site.agents / needed * costs.agent_bytes,
        redis_cores=redis_cores,
        redis_commands=_sum(signing_in, costs, "redis_commands"),
        shards=max(1, math.ceil(redis_cores / REDIS_SHARE)),
        redis_bytes=site.agents * costs.redis_bytes,
        wire_bits=_sum(signing_in, costs, "wire_bytes") * 8,
    )


def most_agents(site: Site, costs: Costs) -> int:
    """How many agents of the site's kind one worker carries: as many as an embedded contact centre can serve."""
    of_one = plan(replace(site, agents=1), costs).loop_cores
    return min(CONNECTIONS_A_WORKER, math.floor(CORE_SHARE / of_one)) if of_one else CONNECTIONS_A_WORKER


def _sum(rates: dict[str, float], costs: Costs, what: str) -> float:
    return sum(rate * float(getattr(costs.kinds[kind], what)) for kind, rate in rates.items())


@dataclass(frozen=True)
class Measured:
    """The measured costs of each way to run, and where and when they were measured."""

    machine: str
    date: str
    agents: int
    ways: dict[str, Costs]


def load(path: Path = COSTS_FILE) -> Measured:
    """What `scripts/capacity measure` wrote."""
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    ways = {
        name: Costs(**{**way, "kinds": {kind: Cost(**cost) for kind, cost in way["kinds"].items()}})
        for name, way in read.pop("ways").items()
    }
    return Measured(ways=ways, **read)


def save(measured: Measured, path: Path = COSTS_FILE) -> None:
    """Writes it for `load`, rounded to what the measuring can tell."""
    rounded = json.loads(json.dumps(asdict(measured)), parse_float=lambda text: float(f"{float(text):.3g}"))
    path.write_text(json.dumps(rounded, indent=2) + "\n", "utf-8")
