"""The word of this process that it is alive, and when it may do the work of one that is not.

The work of a session, pushing its events or fetching them, belongs to the process that its record names. A process says
every second that it is alive; when it has not for the length of its lease, others may take its sessions over. A process
whose own lease has run out works for no session, and takes none over before it has held a new one for its whole length,
so that an outage of the store moves no session.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from gateway.events.push_nodes import PushNodes
from gateway.ops.jobs import Job

LEASE_S: Final = 3.0
LOOK_EVERY_S: Final = 1.0
"""With these, others have taken over within 5 s of the death of a process."""
LOOK_AT_ALL_EVERY: Final = 30


class Lease:
    """Who is alive, and when to look for sessions whose process is not.

    `process` is the name of this process in records: `node` and something unique. `work` names the work in the log.
    `look` goes through all sessions; a look that fails costs no lease. `regained` is called when a lease is held after
    none was. `clock` is monotonic, in s.
    """

    def __init__(
        self,
        node: str,
        nodes: PushNodes,
        look: Callable[[], Awaitable[None]],
        *,
        work: str = "",
        regained: Callable[[], None] = lambda: None,
        lease_s: float = LEASE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.process = f"{node}-{secrets.token_hex(8)}"
        self.alive: frozenset[str] = frozenset()
        self._nodes = nodes
        self._look = look
        self._regained = regained
        self._lease_s = lease_s
        self._clock = clock
        self._since_s = self._until_s = 0.0
        self._look_due = True
        self._work = work
        self._saying = Job("lease", work)
        self._looking = Job("look", work)

    def holds(self) -> bool:
        """Whether this process may work for its sessions now."""
        return self._clock() < self._until_s

    def may_take_over(self) -> bool:
        """Whether it may work for those of the dead, too."""
        return self.holds() and self._clock() - self._since_s >= self._lease_s

    def look_again(self) -> None:
        """Go through all sessions in the next round."""
        self._look_due = True

    async def run(self) -> None:
        """Keeps the lease and looks for sessions without a living process, until cancelled."""
        rounds = 0
        while True:
            if await self._saying.attempt(partial(self._say, everything=rounds % LOOK_AT_ALL_EVERY == 0)):
                await self._looking.attempt(self._look_if_due)
            rounds += 1
            await asyncio.sleep(LOOK_EVERY_S)

    async def round(self, *, everything: bool = False) -> None:
        """One word. It looks when a process came or went, or for `everything`. Raises StoreUnavailable."""
        await self._say(everything=everything)
        await self._look_if_due()

    async def _say(self, *, everything: bool) -> None:
        asked_s = self._clock()
        alive = await self._nodes.alive(self.process, int(self._lease_s * 1000))
        held = self.holds()
        self._until_s = asked_s + self._lease_s
        if not held:
            self._since_s = asked_s
            self._regained()
        self._look_due |= everything or alive != self.alive
        self.alive = frozenset(alive)

    async def _look_if_due(self) -> None:
        if self._look_due:
            self._look_due = False
            try:
                await self._look()
            except Exception:
                self._look_due = True
                raise

    def give_up(self) -> None:
        """This process works for no session any more."""
        self._until_s = 0.0

    async def leave(self) -> None:
        """Others need not wait for the end of the lease."""
        await Job("leave", self._work).attempt(partial(self._nodes.leave, self.process))
