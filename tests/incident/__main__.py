"""`scripts/incident`: plays incidents, and asks whoever an operator asks for the cause of each."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from tests.incident import alerts
from tests.incident.plays import INCIDENTS, Incident
from tests.incident.scene import Scene, as_json, scene


@dataclass(frozen=True)
class Look:
    """One incident, the pages of metrics around it, and a folder for files."""

    scene: Scene
    incident: Incident
    before: str
    after: str


@dataclass
class Told:
    """Who told the cause of one incident."""

    incident: Incident
    by: dict[str, bool] = field(default_factory=dict)


async def _explain(look: Look) -> bool:
    said = as_json(await look.scene.command("explain", str(look.incident.agent), "--json"))
    return said.get("cause") == look.incident.cause


async def _alerts(look: Look) -> bool:
    fired = [alerts.fires, look.incident.alert, look.before, look.after, look.scene.folder]
    return await asyncio.to_thread(*fired)  # type: ignore[arg-type]


async def _admin(look: Look) -> bool:
    return await look.incident.admin(look.scene)


async def _page(look: Look) -> bool:
    answer = await look.scene.operator.get(f"/explain/{look.incident.agent}")
    return bool(answer.json.get("cause") == look.incident.cause)


VIEWS: Final[Mapping[str, Callable[[Look], Awaitable[bool]]]] = {
    "explain": _explain,
    "alerts": _alerts,
    "admin listener": _admin,
    "/explain": _page,
}
"""Whoever else tells causes has a line here."""


async def _metrics(found: Scene) -> str:
    await asyncio.sleep(1.5)  # Counts are carried to the page once a second.
    return await found.metrics()


async def play(incidents: tuple[Incident, ...], folder: Path, tell: Callable[[str], None]) -> list[Told]:
    """All of them, one after the other, at one gateway."""
    results = []
    async with scene(folder) as found:
        for incident in incidents:
            tell(f"{incident.name} ...")
            before = await _metrics(found)
            await incident.play(found)
            look = Look(found, incident, before, await _metrics(found))
            results.append(Told(incident, {name: await view(look) for name, view in VIEWS.items()}))
            await incident.mend(found)
    return results


def table(results: list[Told]) -> str:
    """A line an incident, a column for each who was asked."""
    names = [incident.name for incident in INCIDENTS]
    width = max(map(len, names))
    head = f"{'incident':<{width}}  " + "  ".join(VIEWS)
    rows = [
        f"{told.incident.name:<{width}}  "
        + "  ".join(("tells it" if told.by[view] else "SILENT").ljust(len(view)) for view in VIEWS)
        for told in results
    ]
    return "\n".join(line.rstrip() for line in [head, *rows])


@click.command()
@click.option(
    "--only", type=click.Choice([incident.name for incident in INCIDENTS]), multiple=True, help="Play these alone."
)
def main(only: tuple[str, ...]) -> None:
    """Play incidents against a running gateway and see who tells their causes."""
    wanted = tuple(incident for incident in INCIDENTS if not only or incident.name in only)
    with tempfile.TemporaryDirectory(prefix="gateway-incident-") as folder:
        results = asyncio.run(play(wanted, Path(folder), lambda line: click.echo(line, err=True)))
    click.echo(table(results))
    click.echo(f"alerts by {alerts.how()}")
    silent = [f"{told.incident.name}: {view}" for told in results for view, tells in told.by.items() if not tells]
    click.echo(f"FAILED: {'; '.join(silent)}" if silent else "passed")
    sys.exit(1 if silent else 0)


if __name__ == "__main__":
    main()
