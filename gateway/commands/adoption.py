"""`agentgateway adoption`: who follows new GUIDs, and what the next step to AUTHMODE 2 would do."""

from typing import Any, Final

import click

from gateway.commands.admin_client import AdminLine, asks_gateway
from gateway.commands.tables import as_json_option, columns, figures, show_json, table
from gateway.sessions.stages import ALL, Following

PAGE: Final = 1000
STEP: Final = ("step", "sets", "dynamic", "refused", "expected", "unknown", "to list", "what to do")
LINE: Final = ("agent", "state", "client", "node", "at", "signed_in", "keeps_guid")
NO_NAME: Final = "(says nothing)"
_EVERY: Final = "all"


@click.command()
@asks_gateway
@click.option("--percent", type=click.IntRange(0, ALL), help="Ask what this AUTHMODE_PERCENT would do.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([*(state.value for state in Following), _EVERY]),
    help="List sessions of this state, or all.  [default: ignores and divided]",
)
@click.option("--client", help="List sessions of this client program alone, by its whole name.")
@as_json_option
def adoption(
    line: AdminLine, percent: int | None, states: tuple[str, ...], client: str | None, *, as_json: bool
) -> None:
    """Show who follows new GUIDs, who does not, with which client, and what the next step would do.

    A desktop follows; ignores new GUIDs; is divided (an old GUID is in use beside a new one, as by a second window); is
    pending (it got its first new one just now) or untried. Before a step to AUTHMODE 2 the agents "to list" belong into
    AUTHMODE_STATIC_AGENTS. docs/dynamic_guids.md has the whole way.
    """
    wanted = _EVERY if _EVERY in states else ",".join(states)
    found = line.get("/adoption", percent=percent, state=wanted, client=client, limit=PAGE)
    after = found["next"]
    while after is not None:
        more = line.get("/adoption", percent=percent, state=wanted, client=client, limit=PAGE, after=after)
        found["agents"] += more["agents"]
        after = more["next"]
    found["next"] = None
    if as_json:
        show_json(found)
    else:
        click.echo("\n\n".join(filter(None, [_head(found), _clients(found), _steps(found), *_agents(found)])))


def _head(found: Any) -> str:
    others = {} if found["all_nodes"] else {"beware": "the notes of other nodes cannot be read now"}
    return figures({"stage": found["stage"], **found["settings"], "sessions": found["sessions"], **others})


def _clients(found: Any) -> str:
    if not found["clients"]:
        return ""
    rows = [[each["client"] or NO_NAME, each["sessions"], *each["states"].values()] for each in found["clients"]]
    return table(
        [["client", "sessions", *Following], *rows, ["together", found["sessions"], *found["states"].values()]]
    )


def _steps(found: Any) -> str:
    """The table, and below it what to copy into the settings file."""
    rows = [[_row(step)[title] for title in STEP] for step in found["steps"]]
    lists = [
        f"before {step['step']}: AUTHMODE_STATIC_AGENTS = {step['static_agents']}"
        for step in found["steps"]
        if step["to_list"]
    ]
    return "\n".join([table([STEP, *rows]), *([""] if lists else []), *lists])


def _row(step: Any) -> dict[str, object]:
    sets = [f"{key} = {value}" for key, value in step["settings"].items()]
    return {**step, "sets": sets or None, "to list": step["to_list_count"], "what to do": step["advice"]}


def _agents(found: Any) -> list[str]:
    if not found["agents"]:
        return []
    return [columns([{**each, "client": each["client"] or NO_NAME} for each in found["agents"]], LINE)]
