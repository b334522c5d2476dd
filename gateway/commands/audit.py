"""`agentgateway audit`, what happened to agents, nodes and settings; `agentgateway explain`, the same in sentences."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import click

from gateway.audit.audit_file import MOST_LINES, Question, read_files, time_ms
from gateway.audit.diagnosis import NODE_KINDS
from gateway.audit.explain import MOST_OF_AN_AGENT, MOST_OF_NODES
from gateway.audit.explain import explain as explained
from gateway.commands.admin_client import NEEDED, AdminLine, admin_line
from gateway.commands.agents import AGENT_ID
from gateway.commands.options import settings_options
from gateway.settings.load import load_parts
from gateway.settings.problems import SettingsError

UNITS_S: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
FOLLOW_EVERY_S: Final = 1.0
LATE_MS: Final = 60_000
"""A gathered line, and one of a node whose store was away, comes so much after its time."""
_FRONT: Final = ("time", "node", "kind", "agent")

Found = Mapping[str, Any]


class Span(click.ParamType[int]):
    """A time such as `90s`, `15m`, `1h` or `2d`, in ms."""

    name = "TIME"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """See click."""
        if isinstance(value, int):
            return value
        number, unit = value[:-1], value[-1:]
        if unit not in UNITS_S or not (number.isascii() and number.isdigit()) or len(number) > 6:
            self.fail(f"{value!r} is not like 90s, 15m, 1h or 2d", param, ctx)
        return int(number) * UNITS_S[unit] * 1000


class AuditSource:
    """Where lines come from: the admin listener of a running gateway, or where that is off the file of this node."""

    def __init__(self, config: Path, overrides: Mapping[str, str]) -> None:
        try:
            settings = load_parts(config, overrides, NEEDED | {"AUDIT_FILE"})
        except SettingsError as problem:
            raise click.ClickException(str(problem)) from None
        self._file = settings.audit_file
        self._line: AdminLine | None = admin_line(config, overrides) if settings.admin_port else None

    def lines(self, question: Question) -> list[Found]:
        """The answer. Raises ClickException."""
        if self._line is not None:
            asked = {"since": question.since_ms, "limit": question.limit, "kind": ",".join(sorted(question.kinds))}
            if question.agent_id:
                asked["agent"] = question.agent_id
            found: list[Found] = self._line.ask("GET", f"/audit?{urlencode(asked)}")
            return found
        try:
            if self._file is not None and self._file.is_file():
                return read_files(self._file, question)
        except OSError as problem:
            raise click.ClickException(f"{self._file}: {problem.strerror}") from None
        raise click.ClickException("there is no audit file here: set ADMIN_PORT, or AUDIT_FILE to a file")


@click.command()
@settings_options("The settings file of the gateway, for ADMIN_PORT, ADMIN_TOKEN_FILE and AUDIT_FILE.")
@click.option("--agent", "agent_id", metavar="ID", type=AGENT_ID, help="Only what concerns this agent.")
@click.option("--since", "since_ms", type=Span(), default="1h", show_default=True, help="How far back.")
@click.option(
    "--limit", type=click.IntRange(1, MOST_LINES), default=1000, show_default=True, help="The newest of them."
)
@click.option("--follow", is_flag=True, help="Go on with what happens, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def audit(
    config: Path,
    overrides: Mapping[str, str],
    agent_id: int | None,
    since_ms: int,
    limit: int,
    *,
    follow: bool,
    as_json: bool,
) -> None:
    """Show the audit trail: sign-ins, take-overs, sign-outs, refusals, lock-outs, settings, nodes, store outages."""
    source = AuditSource(config, overrides)
    began_ms = _now_ms() - since_ms
    shown: dict[str, None] = {}
    while True:
        found = source.lines(Question(began_ms, agent_id, limit))
        _show(found, shown, as_json=as_json)
        if not follow:
            return
        while len(shown) > 2 * MOST_LINES:
            del shown[next(iter(shown))]
        began_ms, limit = max(began_ms, _now_ms() - LATE_MS), MOST_LINES
        time.sleep(FOLLOW_EVERY_S)


def _show(found: Iterable[Found], shown: dict[str, None], *, as_json: bool) -> None:
    for line in sorted(found, key=time_ms):
        text = json.dumps(line, ensure_ascii=False)
        if text not in shown:
            shown[text] = None
            click.echo(text if as_json else shown_line(line))


def shown_line(line: Found) -> str:
    """A line for people: time, node, kind and agent, then the facts as `name=value`."""
    front = [str(line.get("time", "")), str(line.get("node", "")), f"{line.get('kind', ''):<16}"]
    agent = f"agent {line['agent']}" if "agent" in line else ""
    facts = (f"{name}={_plain(value)}" for name, value in line.items() if name not in _FRONT)
    return "  ".join(filter(None, [*front, agent, " ".join(facts)])).rstrip()


def _plain(value: object) -> str:
    if isinstance(value, str) and value and " " not in value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


@click.command()
@click.argument("agent_id", metavar="ID", type=AGENT_ID)
@settings_options("The settings file of the gateway, for ADMIN_PORT, ADMIN_TOKEN_FILE and AUDIT_FILE.")
@click.option("--since", "since_ms", type=Span(), default="1d", show_default=True, help="How far back.")
@click.option("--json", "as_json", is_flag=True, help="An object with history, now, advice and cause.")
def explain(agent_id: int, config: Path, overrides: Mapping[str, str], since_ms: int, *, as_json: bool) -> None:
    """Tell what happened to agent ID lately, why it stands as it does, and what to do."""
    source, began_ms = AuditSource(config, overrides), time.time_ns() // 1_000_000 - since_ms
    own = source.lines(Question(began_ms, agent_id, MOST_OF_AN_AGENT))
    nodes = source.lines(Question(began_ms, None, MOST_OF_NODES, NODE_KINDS))
    found = explained(agent_id, [*own, *nodes])
    click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2) if as_json else found.text)
