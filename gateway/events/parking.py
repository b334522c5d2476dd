"""The polls that wait on this node: at most one an agent, the newest (design section 9)."""

import asyncio
import itertools
import secrets

from gateway.ops import metrics


class Parked:
    """One poll under way. `over` is set once it should answer with what it has: a newer poll, a gone peer, a drain."""

    __slots__ = ("_waiter", "_woken", "agent_id", "over", "token")

    def __init__(self, agent_id: int, token: str) -> None:
        self.agent_id = agent_id
        self.token = token
        self.over = False
        self._woken = False
        self._waiter: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Look again."""
        self._woken = True
        self._go_on()

    def finish(self) -> None:
        """Answer now."""
        self.over = True
        self.wake()

    def _go_on(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def wait(self, timeout_s: float) -> bool:
        """Waits for a wake, at most `timeout_s`; whether one came, now or since the last wait."""
        if timeout_s > 0 and not self._woken:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(timeout_s, self._go_on)
            try:
                with metrics.POLLS_PARKED.track_inprogress():
                    await self._waiter
            finally:
                timer.cancel()
        woken, self._woken = self._woken, False
        return woken


class Parking:
    """All polls of this node. A poll's token is unique over nodes."""

    def __init__(self) -> None:
        self._node = secrets.token_hex(4)
        self._count = itertools.count()
        self._parked: dict[int, Parked] = {}
        self._draining = False

    def enter(self, agent_id: int) -> Parked:
        """A new poll; an older one of the agent on this node is finished."""
        older = self._parked.get(agent_id)
        if older is not None:
            older.finish()
        parked = Parked(agent_id, f"{self._node}-{next(self._count)}")
        self._parked[agent_id] = parked
        if self._draining:
            parked.finish()
        return parked

    def leave(self, parked: Parked) -> None:
        """The poll is answered."""
        if self._parked.get(parked.agent_id) is parked:
            del self._parked[parked.agent_id]

    def wake(self, agent_id: int, token: str) -> None:
        """As `sessions.store.Wake`: look again, or finish when the token is a newer poll's."""
        for parked in list(self._parked.values()) if agent_id == 0 else [self._parked.get(agent_id)]:
            if parked is None or parked.token == token:
                continue
            if token:
                parked.finish()
            else:
                parked.wake()

    def drain(self) -> None:
        """Finishes every poll, and from now on each new one at once."""
        self._draining = True
        for parked in list(self._parked.values()):
            parked.finish()

    def __len__(self) -> int:
        return len(self._parked)
