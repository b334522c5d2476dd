"""docs/performance.md from the figures that `scripts/bench --write` measured last."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

PAGE: Final = Path("docs/performance.md")
FIGURES: Final = Path("scripts/bench_figures.json")
ROOT: Final = Path(__file__).resolve().parent.parent
HEAD: Final = """\
# Performance

What a call costs the server, and where the microseconds go. Measured by `scripts/bench --write` on {measured}:
{machine}, {rounds} rounds, 64 connections, 200 where polls are held (for 0.1 s). Times are CPU of the server's process
for one call; the ratio is to a bare handler of the HTTP library, without any check, in the same round: above 1 is
cheaper than that. The kernel's part of a call (read, write, the TCP of both ends of a loopback connection) is in all of
them. Figures of another machine differ, ratios less; measure on yours with `scripts/bench --quick`.

| what | CPU, us (min / median / max) | ratio (min / median / max) | a second, median |
|---|---|---|---|
"""
WHERE: Final = """
## Where the microseconds go

The parts of a guarded read on the store in memory, measured in one process without sockets (`scripts/bench_parts.py`;
the shortest of many bursts, so that other load does not count):

{parts}

- The *kernel and the event loop* come on top: one read, one write and a share of one wait. They are what the connection
  without a check costs above its row here, some 4 to 6 us, and a bare handler pays them too.
- The *parser* also builds a URL object, which nobody here asks for. It is left out where a connection brings the
  bytes of one of its last four heads again, as polls do until their GUID changes and as these benchmarks do; the row
  "no head like those before" shows a client that never does ([design/connection.md](design/connection.md)).
- The *connection* makes no task for a call that waits for nothing, no timer for a request that arrives whole, and asks
  the kernel what arrived only after answers that carry an event or a GUID.
- All other parts are Python of the interpreter: some 50 calls of functions at 0.1 us and seven objects at 0.2 us. Over
  sockets the same parts take up to twice as long, as the rows above show: between two requests the processor runs the
  kernel, and its caches are cold. No single item is left to take away.
- *nginx with Lua* and *Fastify* ask Redis for each call alone, so that Redis, on the core of the load, has more to do.
  Fastify answers fewer calls a second than the gateway on all machines so far. nginx, which is compiled, depends less
  on warm caches: on a machine whose bare handler takes 22 us it took as much of its core as the gateway and answered
  four fifths of its calls; where that takes 36 us or more it takes half of the gateway's time and answers 1.3 to 1.5
  times as many.
- The *store*: with Redis the checks of one turn of the loop leave in one write and are answered in one read; the row
  with Redis minus the row on memory is what that costs, the future and the task that wait for it included.

HTTPS adds encryption in the event loop's own TLS layer. A poll that stays empty costs its arrival, its hold and its
end; `tests/contract/test_work_of_a_call.py` counts the work of calls without a clock, so that it cannot grow unnoticed.

## Aims that are missed, and why

Ratios above which the rows were meant to be: a guarded read 2.0 on memory and 1.6 on Redis, a state change with its
event 1.0 (an empty poll 0.32, a change and its event, polled, 0.22); and as many calls a second as both peers. What
stands between is the interpreter, as `perf record -e cpu-clock` on the gateway under these loads tells (2026-11-30, %):

| under the load of | interpreter | kernel | C library | loop | JSON and models | asyncio in C | Redis protocol |
|---|---|---|---|---|---|---|---|
| state change with its event | 73 | 13 | 6 | 4 | 2 | 1 | below 1 |
| empty poll | 69 | 15 | 6 | 6 | below 1 | 1 | 1 |

It makes 108 calls of functions for a guarded read on Redis, 165 for an empty poll that is not held, and some 200 for a
change and as many for the poll that brings its event. A change is two trips, since the GUID is judged before the
contact centre acts: what that has done could not be taken back. To reach 1.0 half of all these calls would have to go,
and each of them is a rule of the protocol, a counter or a promise of delivery. The bare handler works mostly in
compiled code.

## Storms

By the clock, `scripts/bench-storm` on 2026-11-30 on a machine whose bare handler takes 22 us (two runs), where clients
and Valkey have their share of the two cores: 9,000 agents sign in within 8 to 9 s, by a hash that costs next to
nothing, 0.7 to 0.8 ms of the loop each; after kill -9 the polls of 9,000 are parked again 3.3 to 3.5 s behind the ready
line of the new process; an event reaches a poll that is parked on another node after 3 to 4 ms, in 99 of 100 cases
within 7 to 14 ms. These are times of that machine: on one whose bare handler takes 45 us, and whose neighbours slowed
it down, the same took 18 to 20 s, 6 s and 22 to 31 ms the day before.

## Starts

By `scripts/bench-start` on that machine and day: a process is ready after 0.40 / 0.43 / 0.51 s of CPU (minimum,
median and maximum of 25), bytecode and certificate being there, and then takes 76 MiB; with an admin listener 0.03 s
and 3 MiB more. On the slower machine it was 0.67 / 0.74 / 0.86 s. What its settings do not use is not loaded:
`tests/unit/commands/test_serving.py` has the table.
"""


def page(found: dict[str, Any]) -> str:
    """The page for some figures."""
    parts = ["| part | us |", "|---|---|", *(f"| {name} | {took:.1f} |" for name, took in found["parts"].items())]
    return HEAD.format(**found) + "\n".join(lines(found)) + "\n" + WHERE.format(parts="\n".join(parts))


def lines(found: dict[str, Any]) -> Iterator[str]:
    for name, row in found["rows"].items():
        cpu = " / ".join(f"{value:.1f}" for value in row["cpu_us"])
        ratio = " / ".join(f"{value:.2f}" for value in row["ratio"])
        yield f"| {name} | {cpu} | {ratio} | {row['rate'][1]:,.0f} |"
    for name, reason in found["skipped"].items():
        yield f"| {name} | not measured: {reason} | | |"


def shipped() -> str:
    """The page for the figures of the repository."""
    return page(json.loads((ROOT / FIGURES).read_text("utf-8")))
