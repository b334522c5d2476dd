"""A node that dies, and nodes with other keys (design sections 5 and 8)."""

import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.sessions.secret_file import new_secret_line
from tests.support.desk import Desk
from tests.support.gateway import GatewayProcess
from tests.support.site import Site

NO_WAIT = {"AGENT_POLL_WAIT_FLAG": "OFF"}


async def signed_in(node: GatewayProcess, agent_id: int = 101) -> Desk:
    desk = node.desk(agent_id)
    assert (await desk.sign_in()).retcode == "0"
    return desk


def write_key(file: Path, key_id: str = "k1") -> None:
    file.touch(0o600)
    file.write_text(f"{new_secret_line(key_id)}\n", "ascii")


async def killed_and_back(shared: Site, node: GatewayProcess) -> GatewayProcess:
    await node.end(signal.SIGKILL)
    return await shared.start(overrides=NO_WAIT, port=node.port)


async def test_a_killed_node_comes_back_and_every_guid_still_works(shared: Site) -> None:
    node = await shared.start(overrides=NO_WAIT)
    desk = await signed_in(node)
    former = desk.guid
    await desk.call("PUT", "onlineagent/{id}/updateGuid")
    await killed_and_back(shared, node)
    assert [(await desk.status(guid=guid)).retcode for guid in (former, desk.guid)] == ["0", "0"]


async def test_events_outlive_a_killed_node(shared: Site) -> None:
    node = await shared.start(overrides=NO_WAIT)
    desk = await signed_in(node)
    await desk.call("POST", "onlineagent/{id}/saybusy")
    await killed_and_back(shared, node)
    assert [event["eventType"] for event in await desk.drain_events()] == [
        "AgentOther_InService",
        "AgentState_Ready",
        "AgentState_SetNotReady_Success",
    ]


async def test_a_session_of_a_killed_node_is_served_by_the_other(shared: Site) -> None:
    first, second = await shared.start("NodeA"), await shared.start("NodeB")
    desk = await signed_in(first)
    await first.end(signal.SIGKILL)
    desk.port = second.port
    assert (await desk.status()).retcode == "0"


async def test_a_node_with_another_secret_refuses_to_start_and_says_what_to_do(shared: Site, tmp_path: Path) -> None:
    await signed_in(await shared.start("NodeA"))
    other = tmp_path / "other.keys"
    write_key(other)
    code, said = await shared.serve_to_the_end(NODE_NAME="NodeB", HTTP_PORT="1", GUID_SECRET_FILE=str(other))
    assert (code, said.strip().splitlines()[-1]) == (
        1,
        "GUID_SECRET_FILE: live sessions need the key k1 as other nodes have it: copy their file here, with every line",
    )


@pytest.fixture
async def rotated(shared: Site) -> tuple[Desk, GatewayProcess]:
    """A desk of the former key, and the node as it came back after `agentgateway secret new`."""
    node = await shared.start(overrides=NO_WAIT)
    desk = await signed_in(node)
    made = CliRunner().invoke(main, ["secret", "new", str(shared.secret), "--key-id", "k2"])
    assert made.exit_code == 0, made.output
    return desk, await killed_and_back(shared, node)


async def test_after_a_change_of_the_key_former_sessions_and_new_ones_are_served(
    rotated: tuple[Desk, GatewayProcess],
) -> None:
    former, node = rotated
    fresh = await signed_in(node, 102)
    assert [(await desk.status()).retcode for desk in (former, fresh)] == ["0", "0"]


async def test_a_node_without_the_new_key_refuses_to_start_once_it_is_in_use(
    rotated: tuple[Desk, GatewayProcess], shared: Site, tmp_path: Path
) -> None:
    _, node = rotated
    await signed_in(node, 102)
    old = tmp_path / "old.keys"
    old.touch(0o600)
    old.write_text(shared.secret.read_text("ascii").splitlines()[1], "ascii")
    code, said = await shared.serve_to_the_end(NODE_NAME="NodeB", HTTP_PORT="1", GUID_SECRET_FILE=str(old))
    assert (code, "k2" in said) == (1, True)
