"""What a site needs, from what things cost.

`scripts/capacity plan --agents N [--upstream] ...`: cores, workers, nodes, shards and memory for a site. Without
--upstream the contact centre is the embedded one, as long as the one process that holds it carries the agents.
`scripts/capacity measure [--agents N] [--seconds S] [--write]`: measures the costs on this machine, for some four
minutes; with --write they replace those that `plan` and docs/capacity.md use.
"""

import argparse
import datetime
import os
import platform

import capacity_model
from capacity_measure import measure_all
from docs_capacity import cost_table, plan_lines

from gateway.ops import process


def measure(options: argparse.Namespace) -> None:
    ways = process.run_on_event_loop(
        measure_all(options.agents, options.seconds, lambda what: print(f"... {what}", flush=True))
    )
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    measured = capacity_model.Measured(machine, today, options.agents, ways)
    for name, costs in ways.items():
        print(f"\n{name}:\n" + "\n".join(cost_table(costs)))
    if options.write:
        capacity_model.save(measured)


def plan(options: argparse.Namespace) -> None:
    site = capacity_model.Site(
        options.agents, options.reads, options.changes, options.hold, options.rotation, options.shift * 60
    )
    ways = capacity_model.load().ways
    most = capacity_model.most_agents(site, ways["embedded"])
    if options.upstream or options.agents > most:
        if not options.upstream:
            print(
                f"An embedded contact centre lives in one process, which carries {most:,} such agents: this is a plan"
            )
            print("with BACKEND = upstream, the service behind it not included.\n")
        made = capacity_model.plan(site, ways["upstream"])
    else:
        made = capacity_model.plan(site, ways["embedded"], spare_nodes=0)
    print("\n".join(plan_lines(made)))


def parser() -> argparse.ArgumentParser:
    usual = capacity_model.Site(1)
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = made.add_subparsers(required=True)
    measuring = commands.add_parser("measure", help="measure the costs here")
    measuring.set_defaults(run=measure)
    measuring.add_argument("--agents", type=int, default=2000)
    measuring.add_argument("--seconds", type=float, default=8, help="for each kind of work")
    measuring.add_argument("--write", action="store_true", help="keep them; then run scripts/docs.py")
    planning = commands.add_parser("plan", help="size a site")
    planning.set_defaults(run=plan)
    planning.add_argument("--agents", type=int, required=True, help="signed in at the busiest time")
    planning.add_argument("--upstream", action="store_true", help="with BACKEND = upstream")
    planning.add_argument("--reads", type=float, default=usual.reads, help="calls that read, per agent and hour")
    planning.add_argument("--changes", type=float, default=usual.changes, help="changes with an event, per agent, hour")
    planning.add_argument("--hold", type=float, default=usual.hold_s, help="how long a poll is held, s")
    planning.add_argument("--rotation", type=float, default=usual.rotation_s, help="GUIDINTERVAL in s, 0: AUTHMODE 1")
    planning.add_argument("--shift", type=float, default=usual.shift_start_s / 60, help="all sign in within, minutes")
    return made


if __name__ == "__main__":
    chosen = parser().parse_args()
    chosen.run(chosen)
