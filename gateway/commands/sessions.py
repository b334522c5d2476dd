"""`agentgateway sessions`: who is signed in, asked of the admin listener of a running gateway; ends sessions."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import click

from gateway.commands.admin_client import AdminLine, NothingFound, asks_gateway
from gateway.commands.agents import AGENT_ID
from gateway.commands.options import NOTHING_FOUND
from gateway.commands.progress import Teller
from gateway.commands.tables import as_json_option, columns, figures, show, show_json
from gateway.sessions.listing import STATES

COLUMNS: Final = ("agent", "state", "signed_in", "seen", "node", "address", "client", "mode", "events")
GENERATIONS: Final = ("number", "standing", "made", "adopted", "lagging", "until")
FORMER: Final = ("ended", "reason", "message", "session", "node")
PAGE: Final = 1000
_NOBODY: Final = "nobody is signed in whom this means"


@click.group()
def sessions() -> None:
    """Show who is signed in, over all nodes, and end sessions (needs ADMIN_PORT)."""


def _filters(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--client", help="A part of what the desktop says of itself."),
        click.option("--address", help="The IP address of the sign-in, exactly."),
        click.option("--node", help="The node of the sign-in, exactly."),
        click.option("--state", type=click.Choice(STATES), help="How the session stands with its newest GUID."),
        click.option("--find", help="Digits: agents that begin so. Other text: in client, address or node."),
    ):
        command = option(command)
    return command


@sessions.command("list")
@asks_gateway
@_filters
@click.option("--page", type=click.IntRange(1), help="One page alone, from 1.  [default: all of them]")
@click.option("--size", type=click.IntRange(1, PAGE), default=PAGE, show_default=True, help="Sessions on a page.")
@as_json_option
def list_sessions(line: AdminLine, page: int | None, size: int, *, as_json: bool, **filters: str | None) -> None:
    """Show the live sessions by agent.

    The state is unused (no request carried its GUID yet), current (the client uses the newest GUID), handed-out (it
    was given a new one just now) or lagging (it goes on with an old one).
    """
    found = list(_pages(line, page, size, filters))
    if as_json:
        show_json(found)
    else:
        show(columns(found, COLUMNS), empty=_NOBODY)


def _pages(line: AdminLine, page: int | None, size: int, filters: dict[str, str | None]) -> Iterator[Any]:
    at, pages = page or 1, page or 1
    while at <= pages:
        said = line.get("/sessions", page=at, size=size, **filters)
        if said["page"] != at:  # There are fewer pages by now.
            return
        yield from said["sessions"]
        pages = page or said["pages"]
        at += 1


@sessions.command("show")
@click.argument("agent_id", metavar="ID", type=AGENT_ID)
@asks_gateway
@as_json_option
def show_session(line: AdminLine, agent_id: int, *, as_json: bool) -> None:
    """Show the session of agent ID with its GUID generations, and the sessions before that ended lately."""
    found = line.ask("GET", f"/sessions/{agent_id}")
    if as_json:
        show_json(found)
    elif found["signed_in"]:
        session = found["session"]
        named = {name.replace("_", " "): session[name] for name in (*COLUMNS, "session")}
        parts = [figures(named), columns(session["generations"], GENERATIONS)]
        click.echo("\n\n".join([*parts, *_former(found)]))
    else:
        click.echo("\n\n".join([f"agent {agent_id} is not signed in", *_former(found)]))
    if not found["signed_in"]:
        raise click.exceptions.Exit(NOTHING_FOUND)


def _former(found: Any) -> list[str]:
    return [columns(found["former"], FORMER)] if found["former"] else []


@sessions.command("end")
@click.argument("agent_ids", metavar="[ID]...", type=AGENT_ID, nargs=-1)
@asks_gateway
@_filters
@click.option("--all", "whole", is_flag=True, help="The sessions of all agents.")
@click.option("--yes", is_flag=True, help="Do not ask: for scripts.")
def end_sessions(line: AdminLine, agent_ids: tuple[int, ...], *, whole: bool, yes: bool, **filters: str | None) -> None:
    """Sign agents out, by ID or by what their sessions have in common.

    Their desktops learn why with their next request. Unless agents are named, the number of sessions has to be typed
    first. Who signs in meanwhile stays signed in.
    """
    given = {name: value for name, value in filters.items() if value}
    if whole == bool(given or agent_ids):
        raise click.UsageError("say whose sessions: by ID, by an option, or --all alone")
    if agent_ids and given:
        raise click.UsageError("either by ID or by an option: not both")
    if agent_ids:
        _end_named(line, agent_ids)
        return
    found = line.get("/sessions", size=1, **given)
    total = found["total"]
    if not total:
        raise NothingFound(_NOBODY)
    if not yes:
        confirm(f"This signs {total} agents out. Type {total} to go on", str(total))
    _end_many(line, {**({"all": True} if whole else given), "before": found["at"]}, total)


def confirm(text: str, word: str) -> None:
    """Has a word typed. Raises Abort for any other."""
    if click.prompt(text, default="", show_default=False).strip() != word:
        raise click.Abort


def _end_named(line: AdminLine, agent_ids: tuple[int, ...]) -> None:
    missing = []
    for agent_id in dict.fromkeys(agent_ids):
        try:
            line.ask("POST", f"/sessions/{agent_id}/end")
        except NothingFound:
            missing.append(str(agent_id))
        else:
            click.echo(f"agent {agent_id} is signed out")
    if missing:
        raise NothingFound(f"not signed in: {', '.join(missing)}")


def _end_many(line: AdminLine, wanted: dict[str, object], total: int) -> None:
    tell, ended, left = Teller(), 0, total
    not_ended: list[int] = []
    try:
        while left:
            said = line.ask("POST", "/sessions/end", wanted)
            ended, left = ended + said["ended"], said["left"]
            not_ended += said["not_ended"]
            wanted = {**wanted, "before": said["before"], "after": said["after"]}
            if left:
                tell(f"signed out | {ended}, {left} to go")
    finally:
        if tell.has_told:
            tell.end()
        click.echo(f"signed out: {ended}")
    if not_ended:
        raise click.ClickException(f"not signed out, the store did not answer: {', '.join(map(str, not_ended))}")
