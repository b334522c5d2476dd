"""Two ways for desks to a contact centre on the time of the test: directly, and through a gateway in front of it."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final

from tests.support.centre import CentreGateway, centre_gateway
from tests.support.desk import Desk
from tests.support.front import gateway_before
from tests.support.gateway import Gateway
from tests.support.manual_time import START_MS, ManualTime
from tests.support.scene import quick_agents
from tests.support.waiting import until_async

INTERVAL_MS: Final = 1000
SETTLES_WITHIN_S: Final = 60.0
BEHIND: Final[Mapping[str, str]] = {
    "AUTHMODE": "1",
    "AGENT_POLL_WAIT_FLAG": "ON",
    "AGENT_POLL_WAIT_TIMES": "20",
}
BEFORE: Final[Mapping[str, str]] = {
    "AUTHMODE": "2",
    "GUIDINTERVAL": str(INTERVAL_MS),
    "GUIDTIMEOUT": str(4 * INTERVAL_MS),
    "TIMEOUT_FLAG": "OFF",
    "AGENT_POLL_WAIT_FLAG": "OFF",
}


class Directly:
    """Desks at the contact centre's own gateway."""

    def __init__(self, room: CentreGateway) -> None:
        self.room = room

    def desk(self, agent_id: int) -> Desk:
        """One that has not signed in."""
        return self.room.gateway.desk(agent_id)

    async def settle(self) -> None:
        """Returns when all that agents have been told so far is there for their polls."""


class Through(Directly):
    """Desks at a gateway in front of it, where a GUID is of age whenever something has been done."""

    def __init__(self, room: CentreGateway, front: Gateway, time: ManualTime) -> None:
        super().__init__(room)
        self._front = front
        self._time = time

    def desk(self, agent_id: int) -> Desk:
        """See `Directly.desk`."""
        return self._front.desk(agent_id)

    async def settle(self) -> None:
        """See `Directly.settle`."""
        await until_async(self._is_quiet, SETTLES_WITHIN_S)
        self._time.now_ms += INTERVAL_MS + 1

    async def _is_quiet(self) -> bool:
        """The front polls again for every session: it does so only after it has kept what it fetched before."""
        behind = self.room.gateway.app
        sessions = await behind.stores.sessions.live()
        heads = [await behind.stores.queue.head(seen.agent_id, seen.session_id) for seen in sessions]
        waiting, known = len(behind.parking), len(await self._front.app.stores.sessions.live())
        return not any(heads) and waiting == known == len(sessions)


@contextlib.asynccontextmanager
async def directly() -> AsyncIterator[Directly]:
    """Desks and contact centre at one gateway."""
    with quick_agents() as agents:
        async with centre_gateway({"AGENTS_FILE": str(agents)}) as room:
            yield Directly(room)


@contextlib.asynccontextmanager
async def through_another() -> AsyncIterator[Through]:
    """Desks at a gateway with AUTHMODE 2 before the contact centre's, which has AUTHMODE 1; both in this process."""
    time = ManualTime(START_MS + 3_600_000)
    with quick_agents() as agents:
        async with (
            centre_gateway({**BEHIND, "AGENTS_FILE": str(agents)}) as room,
            gateway_before(f"http://127.0.0.1:{room.gateway.port}", BEFORE, time.clock) as front,
        ):
            yield Through(room, front, time)


Way = Callable[[], AbstractAsyncContextManager[Directly]]
WAYS: Final[Mapping[str, Way]] = {"directly": directly, "through another": through_another}
