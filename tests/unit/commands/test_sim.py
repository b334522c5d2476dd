"""`agentgateway sim` against the admin listener of a gateway."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.commands.sim import sim
from tests.support.admin import administered, serving, token_file
from tests.support.centre import centre_gateway
from tests.support.gateway import CONFIG
from tests.support.servers import free_port


class Shell:
    """Runs the command as an operator would."""

    def __init__(self, port: int, folder: Path) -> None:
        self._sets = [f"--set=ADMIN_PORT={port}", f"--set=ADMIN_TOKEN_FILE={folder / 'admin.token'}"]

    def now(self, name: str, *words: str) -> Result:
        return CliRunner().invoke(sim, [name, f"--config={CONFIG}", *self._sets, *words])

    async def run(self, name: str, *words: str) -> str:
        done = await asyncio.to_thread(self.now, name, *words)
        assert done.exit_code == 0, done.output
        return done.output.strip()

    async def error(self, name: str, *words: str, code: int = 1) -> str:
        done = await asyncio.to_thread(self.now, name, *words)
        assert done.exit_code == code, done.output
        return done.output.strip()


@pytest.fixture
async def shell(tmp_path: Path) -> AsyncIterator[Shell]:
    overrides = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    async with centre_gateway(overrides) as centre, administered(centre.gateway) as operator:
        yield Shell(operator.port, tmp_path)


def rows(shown: str) -> list[list[str]]:
    return [line.split() for line in shown.splitlines()]


async def test_a_call_is_placed_listed_and_ended(shell: Shell) -> None:
    call = await shell.run("call", "--skill", "5", "--caller", "13800000000", "--data", "gold")
    assert rows(await shell.run("list", "calls"))[1][:5] == [call, "inbound", "waiting", "13800000000", "60005"]
    await shell.run("hangup", call)
    assert len(rows(await shell.run("list", "calls"))) == 1


async def test_a_customer_dials_in_a_voice_menu(shell: Shell) -> None:
    call = await shell.run("call", "--called", "70002", "--caller", "13800000000")
    await shell.run("dial", call, "1")
    assert json.loads(await shell.run("list", "calls", "--json"))[0]["stage"] == "waiting"


async def test_a_chat_is_opened_read_and_left(shell: Shell) -> None:
    chat = await shell.run("chat", "--skill", "4", "--caller", "13800000000", "hello")
    await shell.run("chat", "--chat", chat, "anybody there?")
    assert await shell.run("chat", "--chat", chat) == "13800000000: hello\n13800000000: anybody there?"
    await shell.run("chat", "--chat", chat, "--leave")
    assert json.loads(await shell.run("list", "chats", "--json")) == []


async def test_a_customer_with_a_user_name_writes(shell: Shell) -> None:
    chat = await shell.run("chat", "--skill", "4", "--caller", "anna.b@example.com", "hello")
    assert await shell.run("chat", "--chat", chat) == "anna.b@example.com: hello"


async def test_everything_is_listed_at_once(shell: Shell) -> None:
    shown = rows(await shell.run("list"))
    assert [row[0] for row in shown if row and row[0] in ("call", "skill", "agent", "chat")] == [
        "call",
        "skill",
        "agent",
        "chat",
    ]


async def test_what_the_listener_refuses_is_told(shell: Shell) -> None:
    said = await shell.error("call", "--skill", "99", "--caller", "13800000000")
    assert said.endswith("skill: no skill queue 99 for calls; allowed are 1, 2, 3, 5")


async def test_an_offer_to_nobody_is_told(shell: Shell) -> None:
    assert (await shell.error("offer", "101", "13800000000", code=3)).endswith("agent 101 is not signed in")


async def test_a_gateway_without_a_contact_centre_is_told(tmp_path: Path) -> None:
    token_file(tmp_path)
    async with serving([]) as operator:
        said = await Shell(operator.port, tmp_path).error("list", code=3)
    assert said.endswith("there is no such page")


def test_without_a_port_it_says_what_to_set(tmp_path: Path) -> None:
    done = Shell(0, tmp_path).now("list")
    assert (done.exit_code, "set ADMIN_PORT and ADMIN_TOKEN_FILE" in done.output) == (2, True)


def test_without_a_gateway_it_says_so(tmp_path: Path) -> None:
    token_file(tmp_path)
    port = free_port()
    done = Shell(port, tmp_path).now("list")
    assert done.output == f"Error: no gateway answers on ADMIN_PORT {port}: ConnectionRefusedError\n"


def test_a_chat_needs_to_be_named() -> None:
    assert CliRunner().invoke(sim, ["chat", "hello"]).exit_code == 2


def test_a_call_needs_somebody_who_is_called() -> None:
    done = CliRunner().invoke(sim, ["call", "--caller", "13800000000"])
    assert (done.exit_code, "--skill, --called or --agent" in done.output) == (2, True)
