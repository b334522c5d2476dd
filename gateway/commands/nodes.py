"""`agentgateway nodes`, `drain` and `undrain`: which nodes serve, and how one is emptied before it stops."""

import time
from collections.abc import Callable
from typing import Any, Final

import click

from gateway.commands.admin_client import AdminLine, NotInTime, asks_gateway
from gateway.commands.audit import Span
from gateway.commands.progress import Teller
from gateway.commands.tables import as_json_option, columns, show, show_json

COLUMNS: Final = ("node", "worker", "host", "pid", "state", "connections", "requests", "polls", "started", "version")
LOOK_EVERY_S: Final = 0.5
NAMED: Final = 20
_TEN_MINUTES: Final = "10m"
_NODE = click.option("--node", help="Another node, by its NODE_NAME (needs REDIS_URL).  [default: the one asked]")


@click.command()
@asks_gateway
@as_json_option
def nodes(line: AdminLine, *, as_json: bool) -> None:
    """Show the nodes that serve, with their workers (needs ADMIN_PORT; more than one needs REDIS_URL)."""
    found = line.get("/nodes")["nodes"]
    if as_json:
        show_json(found)
    else:
        show(columns([_row(node, worker) for node in found for worker in node["workers"]], COLUMNS))


def _row(node: Any, worker: Any) -> dict[str, object]:
    return {**node, **worker, "state": "draining" if worker["draining"] else "serving"}


@click.command()
@asks_gateway
@_NODE
@click.option("--no-wait", is_flag=True, help="Do not wait until no request and no connection is there.")
@click.option("--timeout", "timeout_ms", type=Span(), default=_TEN_MINUTES, show_default=True, help="For so long.")
@as_json_option
def drain(line: AdminLine, node: str | None, timeout_ms: int, *, no_wait: bool, as_json: bool) -> None:
    """Take a node out of service with all its workers, and wait until everybody has gone to another one.

    It takes no sign-in, answers polls without holding them, ends each connection with its answer, and is not ready, so
    that a balancer sends nobody here. Who still comes is served; nothing is ended. Then it can be stopped without
    anybody noticing; with sessions in memory (no REDIS_URL) those are lost at the stop, and named here. Ends with 4
    when somebody is still there at the end of --timeout; the drain goes on.
    """
    said = line.ask("POST", "/drain", {"node": node} if node else None)
    _name_lost(said["lost_if_stopped"])
    if not no_wait:
        said = _wait(line, said, time.monotonic() + timeout_ms / 1000)
    if as_json:
        show_json(said)
    elif said["draining"] and said["empty"]:
        click.echo(f"{said['node']} is drained: nobody is connected")
    else:
        click.echo(f"{said['node']} drains: {_progress(said)}")
    if not no_wait and not _is_over(said):
        raise NotInTime(f"not empty in time: {_progress(said)}; the drain goes on")


def _is_over(said: Any) -> bool:
    return bool(said["draining"] and said["empty"])


def _wait(
    line: AdminLine,
    said: Any,
    end_s: float,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Any:
    tell = Teller()
    while not _is_over(said) and clock() < end_s:
        tell(f"drains | {_progress(said)}")
        pause(LOOK_EVERY_S)
        said = line.get("/drain", node=said["node"])
    if tell.has_told:
        tell.end()
    return said


def _progress(said: Any) -> str:
    late = "" if said["draining"] else "; some workers have yet to begin"
    return f"{said['connections']} connections, {said['requests']} requests, {said['polls']} polls{late}"


def _name_lost(lost: Any) -> None:
    if lost["total"]:
        named = ", ".join(map(str, lost["agents"][:NAMED]))
        more = f" and {lost['total'] - NAMED} more" if lost["total"] > NAMED else ""
        text = f"sessions are in the memory of this node: a stop signs {lost['total']} agents out: {named}{more}"
        click.echo(text, err=True)


@click.command()
@asks_gateway
@_NODE
def undrain(line: AdminLine, node: str | None) -> None:
    """Take a node that drains back into service."""
    said = line.ask("POST", "/undrain", {"node": node} if node else None)
    click.echo(f"{said['node']} is in service")
