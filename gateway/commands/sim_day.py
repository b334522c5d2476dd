"""`agentgateway sim day`: plays a busy day."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from gateway.agents.agents_file import AgentsFileError
from gateway.commands.admin_client import ADDRESS, admin_line
from gateway.commands.options import settings_options
from gateway.commands.progress import Teller, interrupted
from gateway.contact_centre.floor.plan import Plan
from gateway.contact_centre.plan_file import PlanFileError
from gateway.contact_centre.plan_file import read as read_plan
from gateway.ops import logs
from gateway.settings import load as loading
from gateway.settings.problems import SettingsError
from gateway.sim.day import DayPlan, own_gateway, play
from gateway.sim.scenario import CannotPlayError, GatewayPlace, Habits
from gateway.sim.tally import DayTally


@click.command()
@settings_options("The settings file, for CONTACT_CENTER_FILE; of the running gateway with --url.")
@click.option("--agents", type=click.IntRange(1, 5000), default=50, show_default=True, help="How many come to work.")
@click.option("--minutes", type=click.FloatRange(min=0.05), default=10.0, show_default=True, help="Length of the day.")
@click.option(
    "--speed", type=click.FloatRange(0.1, 100), default=1.0, show_default=True, help="Times faster than real."
)
@click.option("--load", type=click.FloatRange(0.01, 1000), default=1.0, show_default=True, help="Times more calls.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed brings the same calls.")
@click.option("--url", help="A gateway that runs, such as http://127.0.0.1:8000, in place of one of its own.")
@click.option("--first-agent", type=click.IntRange(1, 999_999), default=101, show_default=True, help="With --url.")
@click.option("--password", envvar="AGENT_PASSWORD", help="With --url: that of the agents; asked for when not given.")
def day(
    config: Path,
    overrides: Mapping[str, str],
    agents: int,
    minutes: float,
    speed: float,
    load: float,
    seed: int,
    url: str | None,
    first_agent: int,
    password: str | None,
) -> None:
    """Play a busy day: agents sign in, answer, hold, transfer, rest; customers call as [[arrivals]] says.

    Exit code 1 when something was refused that should not have been, or events got lost. Ctrl-C ends the day early.
    """
    logs.setup_logs("WARNING")
    tally, tell = DayTally(), Teller()
    try:
        plan = DayPlan(minutes, _plan(config, overrides).arrivals, speed, load, seed, Habits(speed=speed))
        where = None
        if url is not None:
            secret = password or click.prompt("password of the agents", hide_input=True)
            where = _place(config, overrides, url, range(first_agent, first_agent + agents), secret)
        asyncio.run(_play(where, config, overrides, agents, plan, tally, tell))
    except (CannotPlayError, SettingsError, PlanFileError, AgentsFileError) as problem:
        raise click.ClickException(str(problem)) from None
    tell.end()
    for line in tally.summary():
        click.echo(line)
    failures = tally.failures()
    click.echo(f"FAILED: {'; '.join(failures)}" if failures else "passed")
    sys.exit(1 if failures else 0)


def _plan(config: Path, overrides: Mapping[str, str]) -> Plan:
    path = loading.load(config, overrides).settings.contact_center_file
    return read_plan(path) if path else Plan()


def _place(config: Path, overrides: Mapping[str, str], url: str, agents: range, password: str) -> GatewayPlace:
    line = admin_line(config, overrides)
    return GatewayPlace(url, f"http://{ADDRESS}:{line.port}", line.token, agents, password)


async def _play(
    where: GatewayPlace | None,
    config: Path,
    overrides: Mapping[str, str],
    agents: int,
    plan: DayPlan,
    tally: DayTally,
    tell: Teller,
) -> None:
    skills = sorted({entry.skill_id for entry in plan.pattern})
    async with interrupted() as stop:
        if where is not None:
            await play(where, plan, tell, stop, tally)
            return
        if not skills:
            raise CannotPlayError("the contact centre file has no [[arrivals]]: nobody would call")
        tell("a gateway of its own starts")
        async with own_gateway(config, overrides, agents, skills) as own:
            await play(own, plan, tell, stop, tally)
