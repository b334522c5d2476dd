"""`agentgateway load`: puts a server under load and tells how it bore it."""

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Final

import click

from gateway.commands.kit_options import ServerUrl, agents_options, asked_password, trusted
from gateway.commands.progress import Teller, interrupted
from gateway.commands.tables import table
from gateway.kit.load_run import Kind, LoadLimits, LoadPlan, LoadTally, run
from gateway.kit.target import Target
from gateway.ops.process import allow_open_files

MOST: Final = 20_000
FILES_AN_AGENT: Final = 3
DEFAULTS: Final = {Kind.SIGN_IN: 3000.0, Kind.QUERY: 500.0, Kind.CHANGE: 500.0, Kind.EVENT: 1000.0}
_RATE: Final = re.compile(r"(\d+(?:\.\d+)?)(?:/s)?")


class _Rate(click.ParamType[float]):
    name = "N/s"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """See click."""
        found = _RATE.fullmatch(str(value))
        if found is None or float(found[1]) <= 0:
            self.fail("write it like 20/s", param, ctx)
        return float(found[1])


class _Limit(click.ParamType[tuple[Kind, float]]):
    name = "KIND=MS"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Kind, float]:
        """See click."""
        kind, _, most = str(value).partition("=")
        try:
            return Kind(kind), float(most)
        except ValueError:
            self.fail(f"write KIND=MS; kinds are {', '.join(Kind)}", param, ctx)


@click.command()
@click.argument("url", type=ServerUrl())
@agents_options(20, 1, MOST)
@click.option("--rate", type=_Rate(), default="20/s", show_default=True, help="Sign-ins.")
@click.option("--minutes", type=click.FloatRange(min=0.05), default=1.0, show_default=True, help="In all.")
@click.option("--pause", type=click.FloatRange(min=0.01), default=5.0, show_default=True, help="Between operations, s.")
@click.option("--hold", type=click.FloatRange(0.5, 60), default=10.0, show_default=True, help="Of polls there, in s.")
@click.option(
    "--limit",
    "limits",
    type=_Limit(),
    multiple=True,
    help="The time that 99 of 100 may take; repeatable. "
    f"Without it {', '.join(f'{kind}={most:g}' for kind, most in DEFAULTS.items())}.",
)
@click.option(
    "--failures", type=click.FloatRange(0, 100), default=0.0, show_default=True, help="How many may fail, in per cent."
)
@click.option("--json", "as_object", is_flag=True, help="Print JSON in place of the table.")
def load(
    url: str,
    agents: int,
    first_agent: int,
    password: str | None,
    phone: str,
    ca: Path | None,
    rate: float,
    minutes: float,
    pause: float,
    hold: float,
    limits: tuple[tuple[Kind, float], ...],
    failures: float,
    *,
    as_object: bool,
) -> None:
    """Put the server at URL under load: agents sign in, poll, ask, change their state, sign out.

    They are signed in by force: name some that nobody works with. An event is timed from the request that brings it.
    Exit code 1 when a limit is exceeded. Ctrl-C ends it early.
    """
    secret = asked_password(password)
    target = Target(url, tuple(range(first_agent, first_agent + agents)), secret, phone, hold, tls=trusted(ca))
    plan, allowed, tally = (
        LoadPlan(target, rate, minutes * 60, pause),
        LoadLimits({**DEFAULTS, **dict(limits)}, failures),
        LoadTally(),
    )
    _allow_open_files(agents * FILES_AN_AGENT + 100)
    tell = Teller()
    asyncio.run(_run(plan, tell, tally))
    tell.end()
    exceeded = tally.exceeded(allowed)
    if as_object:
        click.echo(json.dumps(tally.as_json(allowed), indent=2))
    else:
        click.echo(table(tally.rows()))
        for example in tally.examples:
            click.echo(f"  {example}")
        click.echo(f"FAILED: {'; '.join(exceeded)}" if exceeded else "passed")
    sys.exit(1 if exceeded else 0)


async def _run(plan: LoadPlan, tell: Teller, tally: LoadTally) -> None:
    async with interrupted() as stop:
        await run(plan, tell, stop, tally)


def _allow_open_files(count: int) -> None:
    """Warns where the system lets this process have too few."""
    allowed = allow_open_files(count)
    if allowed < count:
        click.echo(f"only {allowed} files may be open, {count} may be needed: raise the limit (ulimit -n)", err=True)
