"""A node that dies, and nodes with other keys (docs/protocol.md, GUIDs; docs/design/optimistic_swap.md)."""

import asyncio
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.sessions.guid import new_secret_line
from tests.faults.conftest import signed_in
from tests.support.gateway import running_gateway
from tests.support.site import Site
from tests.support.waiting import until_async

NO_WAIT = {"AGENT_POLL_WAIT_FLAG": "OFF"}
EVENTS = ["AgentOther_InService", "AgentState_Ready", "AgentState_SetNotReady_Success"]


def write_keys(file: Path, *lines: str) -> Path:
    file.touch(0o600)
    file.write_text("\n".join(lines), "ascii")
    return file


def replace_key(secret: Path) -> None:
    """As an operator does it; k2 makes the GUIDs of new sessions from the next start on."""
    made = CliRunner().invoke(main, ["secret", "new", str(secret), "--key-id", "k2"])
    assert made.exit_code == 0, made.output


async def refuses_to_start(place: Site, keys: Path) -> str:
    """What a node with these keys says; it never gets as far as its port."""
    code, said = await place.serve_to_the_end(NODE_NAME="NodeB", HTTP_PORT="1", GUID_SECRET_FILE=str(keys))
    assert code == 1
    return said.strip().splitlines()[-1]


async def test_sessions_guids_and_events_outlive_a_killed_node(shared: Site) -> None:
    shared.edit(**NO_WAIT)
    first, second = await asyncio.gather(shared.start("NodeA"), shared.start("NodeB"))
    desk = await signed_in(first)
    guids = [desk.guid, (await desk.call("PUT", "onlineagent/{id}/updateGuid")).set_guid]
    await desk.call("POST", "onlineagent/{id}/saybusy")
    await first.end(signal.SIGKILL)
    other = second.desk(101)
    assert [(await other.status(guid=guid)).retcode for guid in guids] == ["0", "0"]
    await shared.start("NodeA", port=first.port)
    assert [(await desk.status(guid=guid)).retcode for guid in guids] == ["0", "0"]
    got: list[str] = []

    async def all_have_come() -> bool:
        got.extend(event["eventType"] for event in await desk.drain_events())
        return len(got) >= len(EVENTS)

    await until_async(all_have_come)
    assert got == EVENTS


async def test_a_node_with_another_secret_refuses_to_start_and_says_what_to_do(shared: Site, tmp_path: Path) -> None:
    async with running_gateway(config=shared.config) as node:
        await signed_in(node)
        said = await refuses_to_start(shared, write_keys(tmp_path / "other.keys", new_secret_line("k1")))
    assert said == (
        "GUID_SECRET_FILE: live sessions need the key k1 as other nodes have it: copy their file here, with every line"
    )


async def test_after_a_change_of_the_key_former_sessions_and_new_ones_are_served(shared: Site) -> None:
    async with running_gateway(config=shared.config) as node:
        former = await signed_in(node)
    replace_key(shared.secret)
    async with running_gateway(config=shared.config) as node:
        fresh = await signed_in(node, 102)
        former.port = node.port
        assert [(await desk.status()).retcode for desk in (former, fresh)] == ["0", "0"]


async def test_a_node_without_the_new_key_refuses_to_start_once_it_is_in_use(shared: Site, tmp_path: Path) -> None:
    [former_line] = shared.secret.read_text("ascii").splitlines()
    replace_key(shared.secret)
    async with running_gateway(config=shared.config) as node:
        await signed_in(node)
        said = await refuses_to_start(shared, write_keys(tmp_path / "former.keys", former_line))
    assert "need the key k2" in said


async def test_a_node_that_began_before_a_key_came_into_use_refuses_nobody_for_it(
    shared: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nodes are restarted one by one with the new key: the others ask clients to try again."""
    former = write_keys(tmp_path / "former.keys", *shared.secret.read_text("ascii").splitlines())
    replace_key(shared.secret)
    async with (
        running_gateway({"GUID_SECRET_FILE": str(former)}, config=shared.config) as before,
        running_gateway(config=shared.config) as restarted,
    ):
        desk = await signed_in(restarted)
        desk.port = before.port
        answer = await desk.status()
    assert (answer.status, answer.retcode) == (503, "100-007")
    assert "sessions of other nodes need the key k2" in caplog.text
