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
{machine}, {rounds} rounds, 64 connections. Times are CPU of the server's process for one call; the ratio is to a bare
handler of the HTTP library, without any check, in the same round: above 1 is cheaper than that. The kernel's part of
a call (read, write, the TCP of both ends of a loopback connection) is in all of them. Figures of another machine
differ, ratios less; measure on yours with `scripts/bench --quick`.

| what | CPU, us (min / median / max) | ratio (min / median / max) | a second, median |
|---|---|---|---|
"""
WHERE: Final = """
## Where the microseconds go

A guarded call has four parts. Subtract the rows above from each other to see them in your own run:

- *kernel and event loop*: one read, one write and a share of one wait. About half of what a bare connection costs.
- *connection*: cutting and parsing the head (the library's compiled parser, which also builds a URL object: the largest
  single item), the answer's bytes from prepared lines, and starting the handler. No task is made for a call that waits
  for nothing, no timer for a request that arrives whole, and the kernel is asked what arrived only after answers that
  carry an event or a GUID.
- *check and operation*: the row of the path, the GUID derived and compared, the rule, last-seen noted, the counters.
- *store*: with Redis the checks of one turn of the loop leave in one write and are answered in one read; the row with
  Redis minus the row on memory is what that costs, the future and the task that wait for it included.

HTTPS adds encryption in the event loop's own TLS layer. A poll that stays empty costs its arrival, its hold and its
end; `tests/contract/test_work_of_a_call.py` counts the work of calls without a clock, so that it cannot grow unnoticed.
"""


def page(found: dict[str, Any]) -> str:
    """The page for some figures."""
    return HEAD.format(**found) + "\n".join(lines(found)) + "\n" + WHERE


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
