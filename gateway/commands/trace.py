"""`agentgateway trace`: one agent at DEBUG for a while, on all nodes, asked of the admin listener."""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click

from gateway.commands.admin_client import AdminLine, admin_line
from gateway.commands.agents import AGENT_ID
from gateway.commands.audit import Span
from gateway.commands.options import settings_options

EVERY_S: Final = 0.5
_FRONT: Final = ("time", "node", "worker", "number", "agent", "kind", "request")

Line = Mapping[str, Any]


@click.command(
    epilog="Example: agentgateway trace 101 --for 10m. Ends by itself, or at Ctrl-C; with 1 when nobody answers or the"
    " token has the role read. No GUID, password, token, phone number or text is shown. Who traced whom is audited."
)
@click.argument("agent_id", metavar="ID", type=AGENT_ID)
@settings_options("The settings file of the running gateway, for ADMIN_PORT and ADMIN_TOKEN_FILE.")
@click.option("--for", "for_ms", type=Span(), default="10m", show_default=True, help="How long, an hour at most.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def trace(agent_id: int, config: Path, overrides: Mapping[str, str], for_ms: int, *, as_json: bool) -> None:
    """Show what agent ID sends, is answered and is told, as it happens, over all nodes."""
    line = admin_line(config, overrides)
    begun = line.ask("POST", f"/trace/{agent_id}", {"for_s": for_ms // 1000})
    click.echo(f"agent {agent_id} is traced until {begun['until']}; Ctrl-C ends it", err=True)
    gaps = Gaps()
    try:
        for each in _lines(line, agent_id):
            missing = gaps.before(each)
            if missing:
                click.echo(f"-- {missing} lines are missing here", err=True)
            click.echo(json.dumps(each, ensure_ascii=False) if as_json else shown(each))
    except BaseException:
        line.ask("DELETE", f"/trace/{agent_id}")
        raise


class Gaps:
    """Tells by the numbers of lines how many were lost between them."""

    def __init__(self) -> None:
        self._last: dict[tuple[Any, Any], int] = {}

    def before(self, line: Line) -> int:
        """How many are missing before this one; those of another agent have numbers of their own."""
        process, number = (line.get("node"), line.get("worker")), int(line["number"])
        last = self._last.get(process, number - 1)
        self._last[process] = number
        return max(0, number - last - 1)


def _lines(line: AdminLine, agent_id: int) -> Iterator[Line]:
    after = ""
    while True:
        page = line.ask("GET", f"/trace/{agent_id}?after={after}")
        yield from page["lines"]
        after = page["after"]
        if not page["traced"] and not page["lines"]:
            return
        time.sleep(EVERY_S)


def shown(line: Line) -> str:
    """A line for people: time, node, request and kind, then the facts as `name=value`."""
    where = f"{line.get('node', '')}/{line.get('worker', 0)}"
    front = [str(line.get("time", "")), where, str(line.get("request", "")), f"{line.get('kind', ''):<7}"]
    facts = (f"{name}={value}" for name, value in line.items() if name not in _FRONT)
    return "  ".join([*filter(None, front), " ".join(facts)]).rstrip()
