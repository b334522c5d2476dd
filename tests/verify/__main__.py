"""`scripts/verify faults`: plays every fault and prints one table of promises; exit code 1 for one that is not kept."""

import asyncio
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from tests.support.gateway import ROOT
from tests.support.servers import KINDS, binary
from tests.verify import soak, table
from tests.verify.checker import Judgement, judge
from tests.verify.history import read
from tests.verify.plays import BOUNDS, PLAYS
from tests.verify.scene import Scene

PAGE = ROOT / "docs" / "promises.md"
EXAMPLES = 10
SOAK = "soak"


@click.group()
def main() -> None:
    """Shows whether the gateway keeps its promises."""


@main.command()
@click.argument("names", nargs=-1, type=click.Choice([*PLAYS, SOAK]))
@click.option("--rounds", type=click.IntRange(1, 1000), default=3, show_default=True, help="Faults of each kind.")
@click.option("--seconds", type=click.FloatRange(min=5), default=60, show_default=True, help="Of the steady play.")
@click.option("--kind", type=click.Choice(KINDS), default="valkey", show_default=True, help="Which server.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of all chances.")
@click.option("--history", type=click.Path(path_type=Path), help="Where the history is kept; by default nowhere.")
@click.option("--long", "is_long", is_flag=True, help="A soak besides: many desks for a long time.")
@click.option("--agents", type=click.IntRange(2), default=2000, show_default=True, help="Of the soak.")
@click.option("--minutes", type=click.FloatRange(min=0.1), default=30, show_default=True, help="Of the soak.")
@click.option("--write", is_flag=True, help="Put the table into docs/promises.md.")
def faults(
    names: Sequence[str],
    rounds: int,
    seconds: float,
    kind: str,
    seed: int,
    history: Path | None,
    is_long: bool,
    agents: int,
    minutes: float,
    write: bool,
) -> None:
    """Plays NAMES, or all plays, and judges what the desks saw. `soak` alone is the soak of --long."""
    if binary(kind) is None:
        raise click.UsageError(f"--kind {kind}: it is not installed")
    began_s, values = time.monotonic(), defaultdict[str, list[float]](list)
    with tempfile.TemporaryDirectory(prefix="gateway-verify-") as folder:
        path = history or Path(folder) / "history.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for name in [each for each in names or PLAYS if each != SOAK]:
                scene = Scene(_folder(folder, name), file, kind, _teller(name, began_s), rounds, seconds, seed)
                asyncio.run(_played(name, scene))
                for promise, measured in scene.values.items():
                    values[promise] += measured
        judged = [judge(each) for each in read(path)]
        if is_long or SOAK in names:
            where, tell, soaked = _folder(folder, SOAK), _teller(SOAK, began_s), defaultdict[str, list[float]](list)
            asyncio.run(soak.soak(where, kind, tell, soaked, agents=agents, minutes=minutes))
            values.update(soaked)
    found = table.rows(judged, values, {**BOUNDS, **soak.BOUNDS} if is_long or SOAK in names else BOUNDS)
    if names:
        found = [row for row in found if row.kept is not None]
    for line in _examples(judged):
        click.echo(line)
    click.echo(table.text(found))
    took_s = time.monotonic() - began_s
    if write:
        table.write(PAGE, found, _said(kind, rounds, took_s))
    failed = [row for row in found if not row.kept]
    click.echo(f"{'FAILED' if failed else 'passed'} after {took_s / 60:.1f} min")
    sys.exit(1 if failed else 0)


async def _played(name: str, scene: Scene) -> None:
    await PLAYS[name](scene)


def _folder(folder: str, name: str) -> Path:
    made = Path(folder) / name
    made.mkdir()
    return made


def _teller(name: str, began_s: float) -> Callable[[str], None]:
    return lambda line: click.echo(f"{time.monotonic() - began_s:4.0f} s  {name}  {line}", err=True)


def _said(kind: str, rounds: int, took_s: float) -> str:
    return (
        f"`scripts/verify faults --rounds {rounds} --write`: {took_s / 60:.0f} minutes with {kind} on"
        f" {os.cpu_count()} cores that also ran the gateways, the store and the desks."
    )


def _examples(judged: Sequence[Judgement]) -> list[str]:
    """What broke a promise, the first of each play."""
    return [
        f"{each.play}: {violation.promise}: agent {op.agent}, {op.what} of session {op.session} with GUID {op.guid} at"
        f" node {op.node}, {op.sent_s:.3f} to {op.done_s:.3f} s: {op.result} {op.said} {op.note}"
        for each in judged
        for violation in each.violations[:EXAMPLES]
        for op in [violation.op]
    ]


if __name__ == "__main__":
    main(prog_name="scripts/verify")
