"""Questions about agents are answered alike by every node (design section 8)."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_hex

import pytest

from gateway.sessions.secret_file import new_secret_line
from tests.support.desk import Desk
from tests.support.gateway import running_gateway
from tests.support.scene import ask, quick_agents
from tests.support.servers import Server

Desks = tuple[Desk, Desk]


@pytest.fixture
async def desks(server: Server, tmp_path: Path) -> AsyncIterator[Desks]:
    """101 is signed in and busy at NodeA, 102 signed in at NodeB."""
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    shared = {"REDIS_URL": server.url, "STORE_TAG": f"queries-{token_hex(8)}", "GUID_SECRET_FILE": str(secret)}
    async with contextlib.AsyncExitStack() as stack:
        shared["AGENTS_FILE"] = str(stack.enter_context(quick_agents()))
        first, second = [
            await stack.enter_async_context(running_gateway({**shared, "NODE_NAME": name}))
            for name in ("NodeA", "NodeB")
        ]
        here, there = first.desk(101), second.desk(102)
        for desk in (here, there):
            assert (await desk.sign_in()).retcode == "0"
            assert (await desk.call("POST", "onlineagent/{id}/resetskill/true")).retcode == "0"
        assert (await here.call("POST", "onlineagent/{id}/saybusy")).retcode == "0"
        yield here, there


async def both(desks: Desks, path: str) -> object:
    """What both nodes answer."""
    here, there = [await ask(desk, path) for desk in desks]
    assert here == there
    return here


async def test_states_of_all_nodes_are_told_by_each(desks: Desks) -> None:
    assert await both(desks, "agentgroup/{id}/agentlistbystatus?status=3") == [{"workno": "101", "name": "Ana Silva"}]
    assert await both(desks, "agentgroup/{id}/idleagent") == [{"workno": "102", "name": "Ben Okoro"}]
    assert await both(desks, "agentgroup/{id}/agentidsbyskill/1") == ["101", "102"]


async def test_each_node_tells_where_agents_are(desks: Desks) -> None:
    assert await both(desks, "agentgroup/{id}/agentwasnameonvdn") == {"101": "NodeA", "102": "NodeB"}
    assert await both(desks, "querymonitor/{id}/clusterinfo") == [
        {"clusterName": "AgentGateway", "nodes": ["NodeA", "NodeB"]}
    ]


async def test_agents_of_the_own_node_are_told_apart(desks: Desks) -> None:
    told = [await ask(desk, "agentgroup/{id}/alllocalagentstatus") for desk in desks]
    assert [[agent["workno"] for agent in agents] for agents in told] == [["101"], ["102"]]


async def test_a_reloaded_desktop_empties_its_queue_from_another_node(desks: Desks) -> None:
    here, there = desks
    elsewhere = Desk(there.port, here.agent_id, here.password)
    elsewhere.guid = here.guid
    told = await ask(elsewhere, "onlineagent/{id}/syncagentinfo", method="POST")
    assert (told["agentStateInfo"]["state"], told["agentStateInfo"]["lastState"]) == (4, 1)
    await here.call("POST", "onlineagent/{id}/sayfree")
    assert (await here.poll()).json["event"]["eventType"] == "AgentState_CancelNotReady_Success"
