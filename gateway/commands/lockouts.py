"""`agentgateway lockouts`: who may not sign in after wrong passwords, and lets them try again."""

from typing import Final

import click

from gateway.commands.admin_client import AdminLine, asks_gateway
from gateway.commands.tables import as_json_option, columns, show, show_json

COLUMNS: Final = ("kind", "agent", "address", "failures", "last", "until")
_NONE: Final = "nobody is locked out"


@click.group()
def lockouts() -> None:
    """Show who is locked out after wrong passwords, and unlock (needs ADMIN_PORT)."""


@lockouts.command("list")
@asks_gateway
@as_json_option
def list_lockouts(line: AdminLine, *, as_json: bool) -> None:
    """Show the lock-outs in force, over all nodes.

    One of the kind agent keeps one agent out from one address; one of the kind address everybody from there.
    """
    found = line.get("/lockouts")["lockouts"]
    if as_json:
        show_json(found)
    else:
        show(columns(found, COLUMNS), empty=_NONE)


@lockouts.command()
@asks_gateway
@click.option("--agent", metavar="ID", help="The agent, from whatever address; or the text it signed in by.")
@click.option("--address", help="Everybody from this address; of IPv6 from its /64 network.")
@click.option("--all", "whole", is_flag=True, help="All of them.")
def unlock(line: AdminLine, agent: str | None, address: str | None, *, whole: bool) -> None:
    """Forget wrong passwords, so that a sign-in may be tried again at once.

    Who is locked by the agent and by the address needs both to end.
    """
    if whole == bool(agent or address):
        raise click.UsageError("say who: --agent, --address, both of them, or --all alone")
    given = {"agent": agent, "address": address, "all": whole or None}
    found = line.ask("POST", "/lockouts/unlock", {name: value for name, value in given.items() if value})
    for lock in found["unlocked"]:
        who = f"agent {lock['agent']} from {lock['address']}" if lock["agent"] is not None else lock["address"]
        click.echo(f"unlocked: {who}")
