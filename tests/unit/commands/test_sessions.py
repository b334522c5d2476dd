import asyncio
import json
from pathlib import Path

from click.testing import CliRunner, Result

from gateway.commands.sessions import sessions
from gateway.ops.admin_interface import AdminCall, AdminRoute
from tests.support.admin import administered, serving, token_file
from tests.support.gateway import CONFIG, running_gateway
from tests.support.servers import free_port

LINE = {
    "agent": 101,
    "signed_in": "2026-01-01T08:00:00.000Z",
    "seen": "2026-01-01T08:00:05.000Z",
    "node": "AgentGateway0",
    "address": "192.0.2.7",
    "client": "Desk/1",
    "mode": "dynamic",
    "events": "poll",
    "state": "current",
}


async def listed(call: AdminCall) -> object:
    return {"total": 1, "page": 1, "pages": 1, "size": 1000, "sessions": [LINE]}


def run(port: int, folder: Path, *options: str) -> Result:
    overrides = [f"--set=ADMIN_PORT={port}", f"--set=ADMIN_TOKEN_FILE={folder / 'admin.token'}"]
    return CliRunner().invoke(sessions, [f"--config={CONFIG}", *overrides, *options])


async def ask(folder: Path, *options: str) -> Result:
    token_file(folder)
    async with serving([AdminRoute("GET", "/sessions", listed)]) as operator:
        return await asyncio.to_thread(run, operator.port, folder, *options)


async def test_sessions_are_an_aligned_table(tmp_path: Path) -> None:
    assert (await ask(tmp_path)).output.splitlines() == [
        "agent  signed_in                 seen                      node           address    client  mode     events"
        "  state",
        "101    2026-01-01T08:00:00.000Z  2026-01-01T08:00:05.000Z  AgentGateway0  192.0.2.7  Desk/1  dynamic  poll  "
        "  current",
    ]


async def test_sessions_as_json_are_what_the_listener_says(tmp_path: Path) -> None:
    assert json.loads((await ask(tmp_path, "--json")).stdout) == [LINE]


async def test_a_session_is_ended_by_command_once(tmp_path: Path) -> None:
    overrides = {"ADMIN_PORT": "1", "ADMIN_TOKEN_FILE": str(token_file(tmp_path))}
    async with running_gateway(overrides, jobs=False) as gateway, administered(gateway) as operator:
        desk = gateway.desk(101)
        await desk.sign_in()
        ended = await asyncio.to_thread(run, operator.port, tmp_path, "--end", "101")
        again = await asyncio.to_thread(run, operator.port, tmp_path, "--end", "101")
        assert (ended.output, (await desk.status()).retcode) == ("agent 101 is signed out\n", "100-006")
        assert (again.exit_code, "the agent is not signed in" in again.output) == (1, True)


def test_without_a_gateway_it_says_so(tmp_path: Path) -> None:
    token_file(tmp_path)
    port = free_port()
    said = run(port, tmp_path)
    assert (said.exit_code, said.output) == (
        1,
        f"Error: no gateway answers on ADMIN_PORT {port}: ConnectionRefusedError\n",
    )


def test_without_a_port_it_says_what_to_set(tmp_path: Path) -> None:
    said = run(0, tmp_path)
    assert said.exit_code == 1
    assert "set ADMIN_PORT and ADMIN_TOKEN_FILE" in said.output


def test_a_token_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    token_file(tmp_path).chmod(0o644)
    said = run(free_port(), tmp_path)
    assert said.exit_code == 1
    assert "others may read it" in said.output
