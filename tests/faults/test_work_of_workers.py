"""What one process does for an agent, with two workers of one node: exactly one does it.

See docs/design/events.md; docs/design/one_floor.md.
"""

import asyncio
import os
import signal
from collections.abc import Iterable

import pytest

from tests.support.behind import centre_behind
from tests.support.desk import Desk, Line
from tests.support.receiver import Pushed, receiving
from tests.support.site import Site

AGENTS = (101, 102, 103, 104)
ROUNDS = 3
TOLD = ["AgentOther_InService", "AgentState_Ready"]
BUSY, FREE = "AgentState_SetNotReady_Success", "AgentState_CancelNotReady_Success"
LEASE_S = 3.0
LATEST_S = 60


async def busy_and_free(desks: Iterable[Desk]) -> None:
    for desk in desks:
        for operation in ("saybusy", "sayfree"):
            assert (await desk.call("POST", f"onlineagent/{{id}}/{operation}")).retcode == "0"


def by_agent(pushes: Iterable[Pushed]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for push in pushes:
        found.setdefault(push.json["workNo"], []).extend(push.event_types)
    return found


@pytest.mark.slow
async def test_exactly_one_worker_pushes_for_an_agent_and_another_follows_one_that_is_killed(shared: Site) -> None:
    async with receiving() as receiver:
        shared.edit(EVENT_PUST_WHILTELIST_CALLBACKURI=receiver.url())
        node = await shared.start(overrides={"WORKERS": "2"})
        desks = [node.desk(agent_id) for agent_id in AGENTS]
        for desk in desks:
            assert (await desk.sign_in(callBackUri=receiver.url(), serviceToken="token")).retcode == "0"
        for _ in range(ROUNDS):
            await busy_and_free(desks)
        before = [*TOLD, *[BUSY, FREE] * ROUNDS]
        await receiver.receives(len(AGENTS) * len(before), LATEST_S)
        await asyncio.sleep(LEASE_S)  # A second worker would push by now, and may follow from now on.
        assert by_agent(receiver.got) == {str(agent_id): before for agent_id in AGENTS}
        os.kill(next(iter(node.workers())), signal.SIGKILL)
        await busy_and_free(desks)
        after = [*before, BUSY, FREE]
        await receiver.receives(len(AGENTS) * len(after), LATEST_S)
        assert by_agent(receiver.got) == {str(agent_id): after for agent_id in AGENTS}


async def polled(desk: Desk) -> list[str]:
    """The events that wait, on one connection, so that each is confirmed by the next poll."""
    line = await Line.open(desk.port)
    found = []
    while "event" in (answer := await desk.poll(line=line)).json:
        found.append(answer.json["event"]["eventType"])
    await line.close()
    return found


@pytest.mark.slow
async def test_exactly_one_worker_fetches_the_events_of_an_agent(shared: Site) -> None:
    async with centre_behind() as centre:
        shared.edit(BACKEND="upstream", UPSTREAM_URL=centre.url, WORKERS="2", AGENT_POLL_WAIT_TIMES="10")
        node = await shared.start()
        desks = [node.desk(agent_id) for agent_id in AGENTS]
        for desk in desks:
            assert (await desk.sign_in()).retcode == "0"
        for number in range(ROUNDS):
            for desk in desks:
                centre.tell(desk.agent_id, f"Event{number}")
        await asyncio.sleep(LEASE_S)  # A second worker would fetch by now.
        fetched = [await polled(desk) for desk in desks]
        most = centre.most_polls
    assert fetched == [[f"Event{number}" for number in range(ROUNDS)] for _ in desks]
    assert most <= len(AGENTS)
