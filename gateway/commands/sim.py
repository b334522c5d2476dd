"""`agentgateway sim`: plays the customers of a running gateway's own contact centre, over its admin listener."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import click

from gateway.commands.admin_client import AdminLine, admin_line
from gateway.commands.lazy_group import LazyGroup
from gateway.commands.options import settings_options
from gateway.commands.tables import table

LISTS: Final[dict[str, tuple[str, ...]]] = {
    "calls": ("call", "kind", "stage", "caller", "called", "skill", "for_s", "parties"),
    "queues": ("skill", "name", "media", "access", "waiting", "longest_s", "agents", "idle"),
    "agents": ("agent", "state", "for_s", "skills", "calls", "forwards"),
    "chats": ("chat", "stage", "caller", "skill", "for_s", "parties"),
}
"""What can be listed, and its columns."""

Command = Callable[..., None]


@click.group(cls=LazyGroup, words="sim", later={"day": "sim_day:day"})
def sim() -> None:
    """Play the customers of the embedded contact centre (needs ADMIN_PORT); `sim day` plays a busy day."""


def _running(command: Command) -> Command:
    return settings_options("The settings file of the running gateway, for ADMIN_PORT and ADMIN_TOKEN_FILE.")(command)


def _post(line: AdminLine, path: str, **body: object) -> Any:
    return line.ask("POST", path, {name: value for name, value in body.items() if value is not None})


@sim.command()
@_running
@click.option("--skill", type=int, help="The skill queue.")
@click.option("--called", help="An access code of a queue or of a voice menu.")
@click.option("--agent", type=int, help="The one agent whom the customer calls.")
@click.option("--caller", required=True, help="The customer's number.")
@click.option("--data", help="Call data for the agent.")
@click.option("--talk", type=float, metavar="S", help="The customer hangs up after that much talk.")
@click.option("--patience", type=float, metavar="S", help="The customer gives up after waiting that long.")
def call(config: Path, overrides: Mapping[str, str], **body: object) -> None:
    """A customer calls; prints the id of the call."""
    if all(body[name] is None for name in ("skill", "called", "agent")):
        raise click.UsageError("say who is called: --skill, --called or --agent")
    click.echo(_post(admin_line(config, overrides), "/sim/calls", **body)["call"])


def _act(name: str, help_text: str) -> None:
    @sim.command(name, help=help_text)
    @_running
    @click.argument("call_id", metavar="CALL")
    @click.option("--number", help="Which customer, where several are in the call.")
    def act(config: Path, overrides: Mapping[str, str], call_id: str, number: str | None) -> None:
        _post(admin_line(config, overrides), f"/sim/calls/{_part(call_id)}/{name}", number=number)


_act("answer", "The customer who is called answers.")
_act("refuse", "The customer who is called does not take the call.")
_act("hangup", "A customer leaves the call, also while it waits.")
_act("video", "A customer asks for a picture.")


@sim.command()
@_running
@click.argument("call_id", metavar="CALL")
@click.argument("digits")
def dial(config: Path, overrides: Mapping[str, str], call_id: str, digits: str) -> None:
    """The customer dials DIGITS in a voice menu, which goes on by that."""
    _post(admin_line(config, overrides), f"/sim/calls/{_part(call_id)}/digits", digits=digits)


@sim.command()
@_running
@click.argument("agent", type=int)
@click.argument("numbers", nargs=-1, required=True)
@click.option("--data", help="Call data for the agent.")
def offer(config: Path, overrides: Mapping[str, str], agent: int, numbers: tuple[str, ...], data: str | None) -> None:
    """Ask an agent to call one of NUMBERS; prints the control id of the offer."""
    line = admin_line(config, overrides)
    click.echo(_post(line, f"/sim/agents/{agent}/offer", numbers=numbers, data=data)["control"])


@sim.command()
@_running
@click.argument("agent", type=int)
@click.argument("act")
@click.argument("number", required=False)
def phone(config: Path, overrides: Mapping[str, str], agent: int, act: str, number: str | None) -> None:
    """Use an agent's phone by hand: a linked one to `dial` or `transfer` to NUMBER, to `hold` or `unhold`.

    `engage` uses any phone for something else, `lose` cuts it off, `find` undoes both.
    """
    _post(admin_line(config, overrides), f"/sim/agents/{agent}/phone", act=act, number=number)


@sim.command("list")
@_running
@click.argument("what", type=click.Choice([*LISTS]), required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON instead of tables.")
def listed(config: Path, overrides: Mapping[str, str], what: str | None, *, as_json: bool) -> None:
    """Show calls, queues, agents and chats, or one of them."""
    line = admin_line(config, overrides)
    found = {name: line.ask("GET", f"/sim/{name}") for name in ([what] if what else LISTS)}
    if as_json:
        click.echo(json.dumps(found[what] if what else found, ensure_ascii=False, indent=2))
        return
    shown = [table([LISTS[name], *([_cell(row[key]) for key in LISTS[name]] for row in found[name])]) for name in found]
    click.echo("\n\n".join(shown))


def _cell(value: object) -> str:
    if isinstance(value, dict):
        value = [f"{name} {told}" for name, told in value.items()]
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@sim.command()
@_running
@click.option("--skill", type=int, help="The skill queue for text; opens a chat.")
@click.option("--caller", help="The customer's number or user name, to open a chat.")
@click.option("--data", help="Call data for the agent, to open a chat.")
@click.option("--chat", "chat_id", help="A chat that is open.")
@click.option("--leave", is_flag=True, help="The customer leaves the chat.")
@click.argument("text", required=False)
def chat(
    config: Path,
    overrides: Mapping[str, str],
    skill: int | None,
    caller: str | None,
    data: str | None,
    chat_id: str | None,
    *,
    leave: bool,
    text: str | None,
) -> None:
    """The customer writes TEXT: in a new chat (--skill, --caller), whose id is printed, or in --chat.

    --chat without TEXT shows what was written.
    """
    if chat_id is None and (skill is None or caller is None):
        raise click.UsageError("give --skill and --caller to open a chat, or --chat")
    line = admin_line(config, overrides)
    if chat_id is None:
        click.echo(_post(line, "/sim/chats", skill=skill, caller=caller, data=data, text=text)["chat"])
        return
    here = f"/sim/chats/{_part(chat_id)}"
    if text is not None:
        _post(line, f"{here}/messages", text=text)
    if leave:
        _post(line, f"{here}/leave")
    elif text is None:
        click.echo("\n".join(f"{said['sender']}: {said['text']}" for said in line.ask("GET", here)))


def _part(text: str) -> str:
    return quote(text, safe="")
