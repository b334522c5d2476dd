"""Exactly one node pushes for an agent, and another takes over within 5 s of its death (design section 9)."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.desk import Desk
from tests.support.gateway import GatewayProcess
from tests.support.receiver import Receiver, receiving
from tests.support.servers import Server
from tests.support.site import site
from tests.support.waiting import lost_time

TOLD = ["AgentOther_InService", "AgentState_Ready"]
BUSY, FREE = "AgentState_SetNotReady_Success", "AgentState_CancelNotReady_Success"


@dataclass
class Two:
    """Two nodes on one Redis; the agent signed in at the first."""

    first: GatewayProcess
    second: GatewayProcess
    receiver: Receiver
    desk: Desk

    async def busy_and_free(self) -> None:
        """Two events, made at the second node."""
        self.desk.port = self.second.port
        for operation in ("saybusy", "sayfree"):
            assert (await self.desk.call("POST", f"onlineagent/{{id}}/{operation}")).retcode == "0"

    async def seconds_until_pushed(self) -> float:
        """From now until both events have come, without the time that this process did not get."""
        async with lost_time() as lost:
            began_s = time.monotonic()
            await self.busy_and_free()
            await self.receiver.receives(4)
            return time.monotonic() - began_s - lost.s


@pytest.fixture
async def two(tmp_path: Path, redis_server: Server) -> AsyncIterator[Two]:
    async with receiving() as receiver:
        settings = {"REDIS_URL": redis_server.url, "EVENT_PUST_WHILTELIST_CALLBACKURI": receiver.url()}
        async with site(tmp_path, settings) as shared:
            first, second = await asyncio.gather(*(shared.start(name) for name in ("NodeA", "NodeB")))
            desk = first.desk(101)
            await desk.sign_in(callBackUri=receiver.url(), serviceToken="token")
            await receiver.receives(2)
            yield Two(first, second, receiver, desk)


async def test_an_event_made_at_another_node_is_pushed_once(two: Two) -> None:
    await two.busy_and_free()
    await two.receiver.receives(4)
    await asyncio.sleep(0.2)
    assert two.receiver.event_types == [*TOLD, BUSY, FREE]


async def test_a_killed_node_is_replaced_within_5_s_and_no_event_is_lost(two: Two) -> None:
    await asyncio.sleep(3)  # The second node must have held its own lease for as long.
    await two.first.end(signal.SIGKILL)
    assert await two.seconds_until_pushed() < 5
    assert two.receiver.event_types == [*TOLD, BUSY, FREE]


async def test_a_node_that_stops_is_replaced_without_waiting_for_its_lease(two: Two) -> None:
    await asyncio.sleep(3)
    await two.first.end(signal.SIGTERM)
    assert await two.seconds_until_pushed() < 2.5
    assert two.receiver.event_types == [*TOLD, BUSY, FREE]


async def test_an_outage_longer_than_a_lease_makes_no_event_arrive_twice(two: Two, redis_server: Server) -> None:
    redis_server.freeze()
    await asyncio.sleep(4)
    redis_server.thaw()
    await asyncio.sleep(1)
    await two.busy_and_free()
    await two.receiver.receives(4)
    await asyncio.sleep(3.5)
    assert two.receiver.event_types == [*TOLD, BUSY, FREE]
