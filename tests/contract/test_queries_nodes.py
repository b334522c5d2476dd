"""Questions about agents are answered alike at every gateway before one contact centre.

See docs/design/optimistic_swap.md.
"""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest

from gateway.sessions.guid import new_secret_line
from tests.support.desk import Desk
from tests.support.gateway import Gateway, running_gateway
from tests.support.one_centre import BEHIND, before, centre_here
from tests.support.scene import ask, quick_agents
from tests.support.servers import Server
from tests.support.waiting import until_async

EVENTS = 3
"""What 101 is told first: in service, ready, busy."""


@dataclass
class Two:
    """101 signed in and busy at NodeA, 102 signed in at NodeB."""

    first: Gateway
    here: Desk
    there: Desk


@pytest.fixture
async def two(server: Server, tmp_path: Path) -> AsyncIterator[Two]:
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    shared = {"REDIS_URL": server.url, "STORE_TAG": f"queries-{token_hex(8)}", "GUID_SECRET_FILE": str(secret)}
    async with contextlib.AsyncExitStack() as stack:
        agents = str(stack.enter_context(quick_agents()))
        shared |= before(await stack.enter_async_context(centre_here({"AGENTS_FILE": agents})))
        first, second = [
            await stack.enter_async_context(running_gateway({**shared, "NODE_NAME": name}))
            for name in ("NodeA", "NodeB")
        ]
        here, there = first.desk(101), second.desk(102)
        for desk in (here, there):
            assert (await desk.sign_in()).retcode == "0"
            assert (await desk.call("POST", "onlineagent/{id}/resetskill/true")).retcode == "0"
        assert (await here.call("POST", "onlineagent/{id}/saybusy")).retcode == "0"
        yield Two(first, here, there)


async def both(two: Two, path: str) -> object:
    """What both gateways answer."""
    here, there = [await ask(desk, path) for desk in (two.here, two.there)]
    assert here == there
    return here


async def test_states_of_all_agents_are_told_at_each(two: Two) -> None:
    assert await both(two, "agentgroup/{id}/agentlistbystatus?status=3") == [{"workno": "101", "name": "Ana Silva"}]
    assert await both(two, "agentgroup/{id}/idleagent") == [{"workno": "102", "name": "Ben Okoro"}]
    assert await both(two, "agentgroup/{id}/agentidsbyskill/1") == ["101", "102"]


async def test_each_tells_that_agents_are_at_the_contact_centre(two: Two) -> None:
    name = BEHIND["NODE_NAME"]
    assert await both(two, "agentgroup/{id}/agentwasnameonvdn") == {"101": name, "102": name}
    assert await both(two, "querymonitor/{id}/clusterinfo") == [{"clusterName": "AgentGateway", "nodes": [name]}]
    agents = await both(two, "agentgroup/{id}/alllocalagentstatus")
    assert isinstance(agents, list)
    assert [agent["workno"] for agent in agents] == ["101", "102"]


async def test_a_reloaded_desktop_empties_its_queue_from_another_gateway(two: Two) -> None:
    here = two.here

    async def all_have_come() -> bool:
        return await two.first.app.stores.queue.depth(here.agent_id) == EVENTS

    await until_async(all_have_come)
    elsewhere = Desk(two.there.port, here.agent_id, here.password)
    elsewhere.guid = here.guid
    told = await ask(elsewhere, "onlineagent/{id}/syncagentinfo", method="POST")
    assert (told["agentStateInfo"]["state"], told["agentStateInfo"]["lastState"]) == (4, 1)
    await here.call("POST", "onlineagent/{id}/sayfree")
    assert (await here.poll()).json["event"]["eventType"] == "AgentState_CancelNotReady_Success"
