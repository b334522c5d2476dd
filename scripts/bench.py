"""What a call costs the server in CPU time, as a ratio to a bare aiohttp handler on uvloop in the same run.

`scripts/bench [--quick] [--rounds N] [--seconds S] [--connections N] [--json FILE] [--write]`. All servers run at the
same time, pinned to one core, and are driven in turn, round by round, from another core that also has Valkey. Every
answer is checked; the gateway is as shipped (metrics, audit and rotation on), but polls are held for 0.1 s, 2,000 a
second. Of each target the CPU time of its process for one call, the rate, and the ratio to the bare handler of the same
round are told, as minimum, median and maximum. Ratios above 1 are cheaper than the bare handler. Peers are measured
where their programs are on the machine, and named otherwise. `--write` writes docs/performance.md and its figures.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench_load import Sample, awake, cores, measure
from bench_parts import parts
from bench_targets import BARE, Stage
from docs_performance import FIGURES, PAGE, page

from gateway.ops import process
from tests.support.gateway import ROOT

QUICK: Final = {"rounds": 3, "seconds": 0.7}
FULL: Final = {"rounds": 9, "seconds": 2.0}


def spread(values: list[float]) -> list[float]:
    """Minimum, median and maximum."""
    return [round(each, 3) for each in (min(values), statistics.median(values), max(values))]


def summary(samples: dict[str, list[Sample]], skipped: dict[str, str], parts: dict[str, float]) -> dict[str, Any]:
    bare = [sample.cpu_us for sample in samples[BARE]]
    rows = {
        name: {
            "cpu_us": spread([sample.cpu_us for sample in found]),
            "ratio": spread([base / sample.cpu_us for base, sample in zip(bare, found, strict=True)]),
            "rate": spread([sample.rate for sample in found]),
        }
        for name, found in samples.items()
    }
    return {
        "measured": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "rounds": len(bare),
        "rows": rows,
        "skipped": skipped,
        "parts": {name: round(took_us, 1) for name, took_us in parts.items()},
    }


async def rounds(stage: Stage, options: argparse.Namespace) -> dict[str, list[Sample]]:
    samples: dict[str, list[Sample]] = {target.name: [] for target in stage.targets}
    for target in stage.targets:  # What compiles as it runs has done so then.
        await measure(target, options.connections, options.seconds)
    for number in range(options.rounds):
        for target in stage.targets:
            samples[target.name].append(await measure(target, options.connections, options.seconds))
        shown = "  ".join(f"{found[-1].cpu_us:.0f}" for found in samples.values())
        print(f"round {number + 1} of {options.rounds}, us: {shown}", file=sys.stderr, flush=True)
    return samples


async def main(options: argparse.Namespace) -> int:
    os.sched_setaffinity(0, {cores()[1]})
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as name:
        async with AsyncExitStack() as stack:
            stage = Stage(stack, Path(name), options.connections)
            for start in (stage.alone, stage.memory, stage.redis, stage.upstream, stage.fastify, stage.nginx):
                await start()
            with awake():
                found = summary(await rounds(stage, options), stage.skipped, await parts())
    print(page(found))
    file = Path(options.json) if options.json else ROOT / FIGURES if options.write else None
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    if options.write:
        (ROOT / PAGE).write_text(page(found), "utf-8")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="under 2 minutes")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--json", help="writes the figures into this file")
    parser.add_argument("--write", action="store_true", help=f"writes {PAGE} and {FIGURES}")
    options = parser.parse_args()
    for name, value in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


if __name__ == "__main__":
    sys.exit(process.run_on_event_loop(main(arguments())))
