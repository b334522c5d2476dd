"""The page docs/capacity.md, from the measured costs and the arithmetic of capacity_model.py."""

from collections.abc import Iterable, Iterator

import capacity_model as model
from capacity_model import KINDS, Costs, Measured, Plan, Site

EXAMPLES = (1_000, 10_000, 100_000, 1_000_000)
WAYS = {
    "embedded": "with BACKEND = embedded, the contact centre in the same process",
    "upstream": "with BACKEND = upstream, without the service behind",
}
PAGE = """\
# Capacity

How many nodes a site needs. Written by `scripts/docs.py` from what `scripts/capacity measure --write` measured last.
Measured on {date}, {machine}:
{agents} agents on one gateway process and one Valkey of the same machine. Cores below are cores of such a machine:
measure on yours, and let `scripts/capacity plan` size a site of another kind.

{costs}
## The formula

Agents times what one of them does in a second, times what that costs:

```
cores   = agents x (reads x call + changes x change + empty_poll / hold + rotation / GUIDINTERVAL)
shift   = cores + agents x sign_in / the time in which all sign in
workers = the larger of shift without the passwords / {core_share} and agents / {connections:,}
nodes   = workers / {workers}, and {spare} to spare
memory  = workers x process + agents x what an agent adds
shards  = shift with the CPU of Redis, / {redis_share}
```

A process is planned with {core_share:.0%} of a core and {connections:,} waiting polls, a Redis with {redis_share:.0%}
of one: the rest is for bursts, and for what a lost node leaves to the others. Passwords are judged in threads beside
the event loop, on other cores than its own. The costs are those of a busy process,
with hundreds of polls or thousands of calls a second. One with little to do spends up to twice as much on each, since
less travels together (`scripts/bench-polls` shows it). Waiting for replicas costs time but hardly any CPU, and is not
in here.

## Worked examples

In an hour an agent makes {site.reads:.0f} reads and {site.changes:.0f} changes with an event. A poll is held
{site.hold_s:.0f} s, GUIDs change every {site.rotation_s:.0f} s, and all sign in within {shift:.0f} minutes.

With BACKEND = upstream, the service behind it not included:

{upstream}

With BACKEND = embedded. Such a contact centre lives in one process (WORKERS = 1, one node, none to spare), which
carries up to {most:,} of these agents:

{embedded}

Gateways with BACKEND = upstream can share it, so that the loss of one of them is survived (docs/upstream.md); it
carries no more agents for that.
"""


def cost_table(costs: Costs) -> Iterator[str]:
    yield "| one | gateway CPU | of which the event loop | Redis CPU | Redis commands | bytes on the wire |"
    yield "|---|---|---|---|---|---|"
    for kind, meaning in KINDS.items():
        cost = costs.kinds[kind]
        rest = f"{cost.redis_commands:.1f} | {cost.wire_bytes:.0f} |"
        yield f"| {meaning} | {cost.cpu_us:.0f} us | {cost.loop_us:.0f} us | {cost.redis_us:.0f} us | {rest}"
    yield ""
    yield (
        f"A process without agents holds {size(costs.process_bytes)}; an agent with a waiting poll adds "
        f"{size(costs.agent_bytes)} there and {size(costs.redis_bytes)} in Redis."
    )


def plan_lines(made: Plan) -> Iterator[str]:
    """A plan for a terminal."""
    redis_size = size(made.redis_bytes)
    yield f"cores of gateways   {made.cores:.2f}, at shift start {made.shift_cores:.2f}"
    nodes = f"{made.nodes} nodes of which one is to spare" if made.nodes > 1 else "one node"
    yield f"workers             {made.workers}, on {nodes}"
    yield f"memory of a node    {size(made.node_bytes)}"
    yield f"Redis               {made.redis_cores:.2f} cores, {made.redis_commands:,.0f} commands/s, {redis_size}"
    yield f"STORE_SHARDS        {made.shards}, each on a primary of its own where there is more than one"
    yield f"clients' network    {made.wire_bits / 1e6:,.1f} Mbit/s"


def examples(costs: Costs, sizes: Iterable[int], spare_nodes: int) -> Iterator[str]:
    heads = "agents | cores | at shift start | workers | nodes | a node | Redis cores | commands/s | shards | Redis"
    yield f"| {heads} |"
    yield "|---" * (heads.count("|") + 1) + "|"
    for agents in sizes:
        made = model.plan(Site(agents), costs, spare_nodes)
        gateways = (
            f"{made.cores:.2f} | {made.shift_cores:.2f} | {made.workers} | {made.nodes} | {size(made.node_bytes)}"
        )
        redis = f"{made.redis_cores:.2f} | {made.redis_commands:,.0f} | {made.shards} | {size(made.redis_bytes)}"
        yield f"| {agents:,} | {gateways} | {redis} |"


def page(measured: Measured | None = None) -> str:
    known = measured or model.load()
    usual = Site(1)
    costs = [f"## Costs {WAYS[name]}\n\n" + "\n".join(cost_table(costs)) + "\n" for name, costs in known.ways.items()]
    most = model.most_agents(usual, known.ways["embedded"]) // 100 * 100
    tables = {
        "embedded": examples(known.ways["embedded"], (*(size for size in EXAMPLES if size < most), most), 0),
        "upstream": examples(known.ways["upstream"], EXAMPLES, model.SPARE_NODES),
    }
    return PAGE.format(
        date=known.date,
        machine=known.machine,
        agents=known.agents,
        costs="\n".join(costs),
        core_share=model.CORE_SHARE,
        connections=model.CONNECTIONS_A_WORKER,
        workers=model.WORKERS_A_NODE,
        spare=model.SPARE_NODES,
        redis_share=model.REDIS_SHARE,
        site=usual,
        shift=usual.shift_start_s / 60,
        most=most,
        **{name: "\n".join(table) for name, table in tables.items()},
    )


def size(count: float) -> str:
    """Bytes as people read them."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
