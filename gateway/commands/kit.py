"""`agentgateway check` and `load`: whether a server keeps the rules of the interface, and how it bears load."""

import asyncio
import json
import re
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
from yarl import URL

from gateway.commands.options import WRONG_SETTINGS, fail
from gateway.commands.progress import Teller, interrupted
from gateway.commands.tables import table
from gateway.kit.check import Finding, as_json, as_junit, passed
from gateway.kit.check_run import CHECKS, MOST_AGENTS, NAMES, play
from gateway.kit.load_run import Kind, LoadLimits, LoadPlan, LoadTally, run
from gateway.kit.target import CannotBeginError, Target
from gateway.ops.process import allow_open_files
from gateway.settings.urls import shown_url

MOST_CHECKED: Final = 100
MOST_LOADED: Final = 20_000
FILES_AN_AGENT: Final = 3
DEFAULTS: Final = {Kind.SIGN_IN: 3000.0, Kind.QUERY: 500.0, Kind.CHANGE: 500.0, Kind.EVENT: 1000.0}
"""Of `--limit`, in ms."""
PASSWORD: Final = "AGENT_PASSWORD"  # noqa: S105 - its name
_RATE: Final = re.compile(r"(\d+(?:\.\d+)?)(?:/s)?")
Command = Callable[..., None]


class _ServerUrl(click.ParamType[str]):
    """The address of a server, without a path."""

    name = "URL"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """See click."""
        try:
            url = URL(value)
        except ValueError:
            url = URL()
        if url.scheme not in {"http", "https"} or not url.host or url.path not in {"", "/"}:
            self.fail(f"{shown_url(value)} is not like https://gateway.example:8043", param, ctx)
        return str(url.origin())


def _agents_options(count: int, least: int, most: int) -> Callable[[Command], Command]:
    """Adds the agents that take part, given as `agents`, `first_agent`, `password`, `phone`, and `ca`."""
    options: tuple[Callable[[Any], Any], ...] = (
        click.option("--agents", type=click.IntRange(least, most), default=count, show_default=True, help="How many."),
        click.option(
            "--first-agent", type=click.IntRange(1, 999_999), default=101, show_default=True, help="The others follow."
        ),
        click.option("--password", envvar=PASSWORD, help=f"Of all of them; ${PASSWORD}, or asked for."),
        click.option("--phone", default="6001", show_default=True, help="Their phone."),
        click.option(
            "--ca", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Authorities to trust."
        ),
    )

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def _asked_password(given: str | None) -> str:
    """That of the agents."""
    return given if given is not None else str(click.prompt("password of the agents", hide_input=True, err=True))


def _trusted(ca: Path | None) -> ssl.SSLContext | None:
    """The authorities of a file, None for those of the system."""
    if ca is None:
        return None
    try:
        return ssl.create_default_context(cafile=ca)
    except ssl.SSLError:
        raise click.BadParameter(f"{ca}: no certificates in PEM form", param_hint="--ca") from None


@click.command()
@click.argument("url", type=_ServerUrl())
@_agents_options(10, MOST_AGENTS, MOST_CHECKED)
@click.option("--authmode", type=click.Choice(["1", "2"]), default="2", show_default=True, help="As the server has it.")
@click.option("--hold", type=click.FloatRange(0.5, 60), default=10.0, show_default=True, help="Of polls there, in s.")
@click.option("--interval", type=click.FloatRange(1), default=60.0, show_default=True, help="GUIDINTERVAL there, in s.")
@click.option("--timeout", type=click.FloatRange(1), default=120.0, show_default=True, help="GUIDTIMEOUT there, in s.")
@click.option("--only", multiple=True, type=click.Choice(NAMES), metavar="NAME", help="This rule alone; repeatable.")
@click.option("--skip", multiple=True, type=click.Choice(NAMES), metavar="NAME", help="Not this rule; repeatable.")
@click.option("--json", "as_object", is_flag=True, help="Print JSON in place of the table.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write a JUnit file as well.")
def check(
    url: str,
    agents: int,
    first_agent: int,
    password: str | None,
    phone: str,
    ca: Path | None,
    authmode: str,
    hold: float,
    interval: float,
    timeout: float,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    junit: Path | None,
    *,
    as_object: bool,
) -> None:
    """Try whether the server at URL keeps the rules: GUIDs, polls, events, answers.

    Its agents are signed in by force: name some that nobody works with. With the usual GUIDINTERVAL and GUIDTIMEOUT it
    takes about three minutes. Exit code 1 when a rule is broken or could not be tested, 2 when nobody could sign in.
    """
    if timeout <= interval:
        raise click.BadParameter("must be longer than --interval", param_hint="--timeout")
    numbers = tuple(range(first_agent, first_agent + agents))
    secret, tls = _asked_password(password), _trusted(ca)
    target = Target(url, numbers, secret, phone, hold, interval, timeout, authmode == "2", tls)
    count = _Count(len([name for name in only or NAMES if name not in skip]))
    try:
        findings = asyncio.run(play(target, count, only, skip))
    except CannotBeginError as problem:
        fail(str(problem), WRONG_SETTINGS)
    finally:
        count.end()
    if junit is not None:
        junit.write_bytes(as_junit(url, findings))
    click.echo(json.dumps(as_json(url, findings), indent=2) if as_object else _shown(findings))
    sys.exit(0 if passed(findings) else 1)


class _Count:
    """How many rules are tried, on a terminal."""

    def __init__(self, count: int) -> None:
        self._count = min(count, len(CHECKS))
        self._done = 0

    def __call__(self, finding: Finding) -> None:
        self._done += 1
        if sys.stderr.isatty():
            click.echo(f"\r{self._done} of {self._count}: {finding.check.name}\x1b[K", nl=False, err=True)

    def end(self) -> None:
        if self._done and sys.stderr.isatty():
            click.echo("\r\x1b[K", nl=False, err=True)


def _shown(findings: list[Finding]) -> str:
    rows = [(found.check.name, found.verdict, found.check.rule) for found in findings]
    reasons = [f"{found.check.name} {found.verdict}: {found.reason}" for found in findings if found.reason]
    return "\n".join([table([("RULE", "VERDICT", "WHICH SAYS"), *rows]), *[""][: len(reasons)], *reasons])


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
@click.argument("url", type=_ServerUrl())
@_agents_options(20, 1, MOST_LOADED)
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
    secret = _asked_password(password)
    target = Target(url, tuple(range(first_agent, first_agent + agents)), secret, phone, hold, tls=_trusted(ca))
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
