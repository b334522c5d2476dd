"""Exactly one node pushes for an agent, and another takes over within 5 s of its death (docs/protocol.md, Push)."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import pytest

from tests.support.desk import Desk
from tests.support.gateway import GatewayProcess
from tests.support.receiver import Pushed as Request
from tests.support.receiver import Receiver, receiving
from tests.support.servers import Server
from tests.support.site import Site
from tests.support.waiting import lost_time, until

TOLD: Final = ["AgentOther_InService", "AgentState_Ready"]
BUSY, FREE = "AgentState_SetNotReady_Success", "AgentState_CancelNotReady_Success"
TOKEN, QUERY = "of-the-receiver", "key=of-the-query"
NAMES: Final = ("NodeA", "NodeB")
LEASE_S: Final = 3.0
STORE_TAG: Final = "agentgateway"
ONCE_MORE_S: Final = 0.2
"""An event that two nodes push comes twice by then."""


@dataclass
class Pushed:
    """An agent that signed in at `holder`, which pushes for it."""

    receiver: Receiver
    desk: Desk
    holder: GatewayProcess
    other: GatewayProcess

    @property
    def event_types(self) -> list[str]:
        """Of all pushes for this agent, in order."""
        return [kind for push in self._ours for kind in push.event_types]

    @property
    def secrets(self) -> set[tuple[str, str]]:
        """Path with query, and token, that they came with."""
        return {(push.path, push.headers["service_token"]) for push in self._ours}

    @property
    def _ours(self) -> list[Request]:
        return [push for push in self.receiver.got if push.json["workNo"] == str(self.desk.agent_id)]

    async def receives(self, count: int) -> None:
        """Waits for so many events in all."""
        await until(lambda: len(self.event_types) >= count)

    async def seconds_until_pushed(self) -> float:
        """From now until two events, made at the other node, have come; without time that this process did not get."""
        self.desk.port = self.other.port
        async with lost_time() as lost:
            began_s = time.monotonic()
            for operation in ("saybusy", "sayfree"):
                assert (await self.desk.call("POST", f"onlineagent/{{id}}/{operation}")).retcode == "0"
            await self.receives(len(TOLD) + 2)
            return time.monotonic() - began_s - lost.s


class Two:
    """Two nodes on one Redis, before one contact centre. They serve one claim after the other; who died comes back."""

    def __init__(self, place: Site, receiver: Receiver, redis: Server) -> None:
        self._place = place
        self._redis = redis
        self._receiver = receiver
        self._nodes: dict[str, GatewayProcess] = {}

    @asynccontextmanager
    async def pushed(self, agent_id: int) -> AsyncIterator[Pushed]:
        """The agent, signed in; in the end nothing but these events has come, each once and in order."""
        await self._start()
        holder, other = (self._nodes[name] for name in NAMES)
        pushed = Pushed(self._receiver, holder.desk(agent_id), holder, other)
        where = self._receiver.url(f"/events?{QUERY}")
        assert (await pushed.desk.sign_in(callBackUri=where, serviceToken=TOKEN)).retcode == "0"
        await pushed.receives(len(TOLD))
        # One that the store does not know to be acknowledged yet would come once more after a death, by right.
        await until(lambda: self._redis.ask("LLEN", f"{{{STORE_TAG}}}:events:{agent_id}") == 0)
        yield pushed
        await asyncio.sleep(ONCE_MORE_S)
        assert pushed.event_types == [*TOLD, BUSY, FREE]
        assert pushed.secrets == {(f"/events?{QUERY}", TOKEN)}

    async def _start(self) -> None:
        """What does not run; a new one must hold its lease for its whole length before it takes sessions over."""
        missing = [
            name for name in NAMES if name not in self._nodes or self._nodes[name].process.returncode is not None
        ]
        started = await asyncio.gather(*(self._place.start(name) for name in missing))
        self._nodes |= dict(zip(missing, started, strict=True))


async def an_event_made_at_another_node_is_pushed_once(two: Two, _redis: Server) -> None:
    async with two.pushed(101) as pushed:
        await pushed.seconds_until_pushed()


async def who_reads_redis_learns_no_secret_of_the_receiver(_two: Two, redis: Server) -> None:
    """While the session of the claim before is alive."""
    kept = str(redis.ask("GET", "{agentgateway}:agent:101"))
    assert "/events" in kept
    assert TOKEN not in kept
    assert QUERY not in kept


async def an_outage_longer_than_a_lease_makes_no_event_arrive_twice(two: Two, redis: Server) -> None:
    async with two.pushed(102) as pushed:
        redis.freeze()
        await asyncio.sleep(LEASE_S + 1)
        redis.thaw()
        await asyncio.sleep(1)
        await pushed.seconds_until_pushed()
        await asyncio.sleep(LEASE_S + 0.5)


async def a_killed_node_is_replaced_within_5_s_and_no_event_is_lost(two: Two, _redis: Server) -> None:
    async with two.pushed(103) as pushed:
        await asyncio.sleep(LEASE_S)  # The other node has heard of this one by then.
        await pushed.holder.end(signal.SIGKILL)
        assert await pushed.seconds_until_pushed() < 5


async def a_node_that_stops_is_replaced_as_well(two: Two, _redis: Server) -> None:
    """Without waiting for its lease, as tests/unit/events/test_push.py shows in frozen time."""
    async with two.pushed(104) as pushed:
        await asyncio.sleep(LEASE_S)  # The other node has heard of this one by then.
        await pushed.holder.end(signal.SIGTERM)
        await pushed.seconds_until_pushed()


CLAIMS: Final = (
    an_event_made_at_another_node_is_pushed_once,
    who_reads_redis_learns_no_secret_of_the_receiver,
    an_outage_longer_than_a_lease_makes_no_event_arrive_twice,
    a_killed_node_is_replaced_within_5_s_and_no_event_is_lost,
    a_node_that_stops_is_replaced_as_well,
)


async def test_one_node_pushes_and_another_takes_over(
    shared: Site, redis_server: Server, subtests: pytest.Subtests
) -> None:
    """Nodes take long to start, so that all claims are looked at in one go."""
    async with receiving() as receiver:
        shared.edit(EVENT_PUST_WHILTELIST_CALLBACKURI=receiver.url())
        two = Two(shared, receiver, redis_server)
        for claim in CLAIMS:
            with subtests.test(claim.__name__):
                await claim(two, redis_server)
