"""`agentgateway store`: how the session store stands."""

from typing import Any, Final

import click

from gateway.commands.admin_client import AdminLine, asks_gateway
from gateway.commands.options import CANNOT_SERVE
from gateway.commands.tables import as_json_option, columns, figures, show_json

COLUMNS: Final = ("tag", "state", "latency_ms", "memory", "outage_since", "reason")
_MB: Final = 1_048_576


@click.command()
@asks_gateway
@as_json_option
def store(line: AdminLine, *, as_json: bool) -> None:
    """Show the session store: kind, shards, latency, memory, outage (needs ADMIN_PORT).

    Ends with 1 while it is out of reach.
    """
    found = line.get("/store")
    if as_json:
        show_json(found)
    else:
        state = "in reach" if found["reachable"] else "out of reach"
        shown = {"kind": found["kind"], "state": state, "sessions": found["sessions"]}
        shards = columns([_row(shard) for shard in found["shards"]], COLUMNS)
        click.echo(f"{figures(shown)}\n\n{shards}")
    if not found["reachable"]:
        raise click.exceptions.Exit(CANNOT_SERVE)


def _row(shard: Any) -> dict[str, object]:
    used, most = shard["memory_bytes"], shard["memory_limit_bytes"]
    memory = None if used is None else f"{used / _MB:.1f} MB" + (f" of {most / _MB:.0f} MB" if most else "")
    return {
        **shard,
        "tag": shard["tag"] or "-",
        "state": "in reach" if shard["reachable"] else "out of reach",
        "memory": memory,
        "reason": shard["reason"] or None,
    }
