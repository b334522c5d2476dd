"""`agentgateway check`: whether a server keeps the rules of the interface."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Final

import click

from gateway.commands.kit_options import ServerUrl, agents_options, asked_password, trusted
from gateway.commands.options import WRONG_SETTINGS, fail
from gateway.commands.tables import table
from gateway.kit.check import Finding, as_json, as_junit, passed
from gateway.kit.checks import CHECKS, MOST_AGENTS, NAMES, play
from gateway.kit.target import CannotBeginError, Target

MOST: Final = 100


@click.command()
@click.argument("url", type=ServerUrl())
@agents_options(10, MOST_AGENTS, MOST)
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
    secret, tls = asked_password(password), trusted(ca)
    target = Target(url, numbers, secret, phone, hold, interval, timeout, authmode == "2", tls)
    teller = _Teller(len([name for name in only or NAMES if name not in skip]))
    try:
        findings = asyncio.run(play(target, teller, only, skip))
    except CannotBeginError as problem:
        fail(str(problem), WRONG_SETTINGS)
    finally:
        teller.end()
    if junit is not None:
        junit.write_bytes(as_junit(url, findings))
    click.echo(json.dumps(as_json(url, findings), indent=2) if as_object else _shown(findings))
    sys.exit(0 if passed(findings) else 1)


class _Teller:
    """How far it is, on a terminal."""

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
