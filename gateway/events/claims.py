"""Which process does the work of a session, pushing its events or fetching them: exactly one does.

It is the one that the session's record names. A process says every second that it is alive; when it has not for the
length of its lease, others may claim its sessions. A process whose own lease has run out works for no session, and
claims none before it has held a new one for its whole length, so that an outage of the store moves no session.
"""

import asyncio
import logging
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from typing import Final, Protocol

from gateway.ops.jobs import Job, for_each
from gateway.sessions.model import Record, Session
from gateway.sessions.store import Change, Rule, Seen, SessionStore, over_shards

LEASE_S: Final = 3.0
LOOK_EVERY_S: Final = 1.0
"""With these, others have taken over within 5 s of the death of a process."""
LOOK_AT_ALL_EVERY: Final = 30
_READ_TOGETHER: Final = 200

_LOG = logging.getLogger(__name__)


class PushNodes(Protocol):
    """The living processes of all nodes. Both methods raise StoreUnavailable."""

    async def alive(self, process: str, lease_ms: int) -> AbstractSet[str]:
        """Says that this process is alive for so long from now on, and answers who is."""

    async def leave(self, process: str) -> None:
        """This process works for no session any more."""


class OneProcess:
    """`PushNodes` for the embedded store, which has no other processes."""

    async def alive(self, process: str, lease_ms: int) -> AbstractSet[str]:
        """See `PushNodes.alive`."""
        return frozenset({process})

    async def leave(self, process: str) -> None:
        """See `PushNodes.leave`."""


class Work(Protocol):
    """One kind of work that sessions need done. `name` is for the log, `begun_a_second` bounds a great take-over.

    With 0 in `begun_a_second` all that is found begins at once.
    """

    name: str
    begun_a_second: int

    async def candidates(self, shard: SessionStore) -> Sequence[Seen]:
        """Live sessions that may need it. Raises StoreUnavailable."""

    def is_done_here(self, seen: Seen) -> bool:
        """Whether this process does it for the session already."""

    def holder(self, session: Session) -> str | None:
        """The process that the record names, None where the session needs none of this work."""

    def held_by(self, session: Session, process: str) -> Session:
        """The session with this process named."""

    def begin(self, agent_id: int, session: Session, after_s: float) -> None:
        """This process does it from now on, after so many s."""

    def resume(self) -> None:
        """A lease is held after none was: what waited for one goes on."""


class Claims:
    """The sessions of this process for one kind of work, and its word that it is alive.

    `process` is its name in records: `node` and something unique. `lease_s` bounds its word; `clock` is monotonic, in
    s.
    """

    def __init__(
        self,
        node: str,
        store: SessionStore,
        nodes: PushNodes,
        work: Work,
        *,
        lease_s: float = LEASE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.process = f"{node}-{secrets.token_hex(8)}"
        self.alive: frozenset[str] = frozenset()
        self._store = store
        self._nodes = nodes
        self._work = work
        self._lease_s = lease_s
        self._clock = clock
        self._since_s = self._until_s = 0.0
        self._look_due = True
        self._saying = Job("lease", work.name)
        self._looking = Job("look", work.name)

    def hold(self) -> bool:
        """Whether this process may work for its sessions now."""
        return self._clock() < self._until_s

    def _may_take_over(self) -> bool:
        return self.hold() and self._clock() - self._since_s >= self._lease_s

    def look_again(self) -> None:
        """Go through all sessions in the next round."""
        self._look_due = True

    async def run(self, close: Callable[[], Awaitable[None]]) -> None:
        """Keeps the lease and looks for sessions without a living process until it is cancelled; then it `close`s."""
        rounds = 0
        try:
            while True:
                if await self._saying.attempt(partial(self._say, everything=rounds % LOOK_AT_ALL_EVERY == 0)):
                    await self._looking.attempt(self._look_if_due)
                rounds += 1
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            await close()

    async def round(self, *, everything: bool = False) -> None:
        """One word. It looks when a process came or went, or for `everything`. Raises StoreUnavailable."""
        await self._say(everything=everything)
        await self._look_if_due()

    async def _say(self, *, everything: bool) -> None:
        asked_s = self._clock()
        alive = await self._nodes.alive(self.process, int(self._lease_s * 1000))
        held = self.hold()
        self._until_s = asked_s + self._lease_s
        if not held:
            self._since_s = asked_s
            self._work.resume()
        self._look_due |= everything or alive != self.alive
        self.alive = frozenset(alive)

    async def _look_if_due(self) -> None:
        if self._look_due:
            self._look_due = False
            try:
                await over_shards(self._store, self._look_in)
            except Exception:
                self._look_due = True
                raise

    async def _look_in(self, shard: SessionStore) -> None:
        unknown = [seen for seen in await self._work.candidates(shard) if not self._work.is_done_here(seen)]
        a_second = self._work.begun_a_second
        spread_s = len(unknown) * len(self._store.shards()) / a_second if a_second else 0.0

        async def consider(seen: Seen) -> None:
            await self.consider(seen.agent_id, seen.session_id, random.uniform(0, spread_s))

        await for_each(unknown, consider, together=_READ_TOGETHER)

    async def consider(self, agent_id: int, session_id: str, after_s: float = 0) -> None:
        """Begins the work of a session that is ours, or whose process is dead. Raises StoreUnavailable."""
        session = _live(await self._store.read(agent_id), session_id)
        holder = self._work.holder(session) if session else None
        if session is None or holder is None:
            return
        if holder != self.process:
            if holder in self.alive:
                return
            if not self._may_take_over():
                self.look_again()
                return
            if not await self._store.apply(agent_id, claiming(self._work, session_id, holder, self.process)):
                return
            _LOG.info("%s: agent %d is taken over from %s", self._work.name, agent_id, holder)
        self._work.begin(agent_id, session, after_s)

    def give_up(self) -> None:
        """This process works for no session any more."""
        self._until_s = 0.0

    async def leave(self) -> None:
        """Others need not wait for the end of the lease."""
        await Job("leave", self._work.name).attempt(partial(self._nodes.leave, self.process))


def claiming(work: Work, session_id: str, former: str, process: str) -> Rule[bool]:
    """`process` does the work in place of `former`; false where somebody else does already, or nobody needs to."""

    def rule(record: Record) -> Change[bool]:
        session = _live(record, session_id)
        holder = work.holder(session) if session else None
        if session is None or holder not in {former, process}:
            return Change(False)
        return Change(True, None if holder == process else replace(record, session=work.held_by(session, process)))

    return rule


def _live(record: Record, session_id: str) -> Session | None:
    return record.session if record.session is not None and record.session.id == session_id else None
