"""The one place where calls change: turns, one after the other, each carried out before the next begins.

A turn checks, occupies agents in the store, changes the world by the rules of `core`, and ends with events, timers and
the search for agents for waiting calls. See the guide in the package's docstring.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from gateway.backends.embedded import forwards
from gateway.backends.embedded.core import aftermath, queueing, releasing, timers
from gateway.backends.embedded.core.model import Desk, Waiting
from gateway.backends.embedded.core.outcome import Moves, Outcome, Timer, TimerKey
from gateway.backends.embedded.core.world import World
from gateway.backends.embedded.courier import Courier, parcels
from gateway.backends.embedded.occupation import Way
from gateway.backends.embedded.records import Records
from gateway.backends.embedded.scheduler import Pending, Scheduler
from gateway.backends.embedded.turn import Turn
from gateway.ops.jobs import Job, for_each
from gateway.sessions.over_shards import over_shards
from gateway.sessions.store import Seen, SessionStore
from gateway.wire.errors import Refused, StoreUnavailable

_LOG = logging.getLogger(__name__)
PATROL_EVERY_S = 2.0
DOUBTFUL_PATROLS = 5


class Switchboard:
    """Turns over one world. `outside` is told what happens to parties outside, within the turn."""

    def __init__(self, world: World, records: Records, courier: Courier, scheduler: Scheduler) -> None:
        self.world = world
        self.records = records
        self.outside: Callable[[Moves], None] = lambda moves: None
        self._courier = courier
        self._scheduler = scheduler
        self._lock = asyncio.Lock()
        self._timers: dict[TimerKey, Pending] = {}
        self._patrolling = False
        self._patrols = Job("patrol")
        self._doubts = 0
        records.on_idle = self.route

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """A change of the world; what follows from it is done when the block is left, even if its caller is gone."""
        await self._lock.acquire()
        turn = Turn(self.world, self.records)
        try:
            yield turn
        except BaseException:
            await self._to_the_end(turn.undo)
            raise
        await self._to_the_end(lambda: self._finish(turn.out))

    async def _to_the_end(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        async def run() -> None:
            try:
                await work()
            finally:
                self._lock.release()

        await asyncio.shield(asyncio.get_running_loop().create_task(run()))

    async def route(self) -> None:
        """Looks for agents for the calls that wait."""
        async with self.turn():
            pass

    async def gone(self, agent_id: int, session_id: str) -> None:
        """The agent's session is over: it is in no call any more."""
        async with self.turn() as turn:
            self.records.gone(agent_id, session_id)
            releasing.leave_all(turn.out, self.world, session_id)

    async def free_stray(self, agent_id: int, session_id: str) -> bool:
        """Frees an agent who is in a call here by its record alone: an answer of the store was lost. Raises Refused."""
        if self._is_here(agent_id, session_id):
            return False
        async with self.turn():
            if self._is_here(agent_id, session_id):
                return False
            return await self.records.end_calls_of(agent_id, session_id, self.records.centre)

    def _is_here(self, agent_id: int, session_id: str) -> bool:
        return self.world.occupied(session_id) or self._courier.is_late(agent_id)

    def doubt(self) -> None:
        """Others may have taken this process for dead, and freed its agents: the next patrols look."""
        self._doubts = DOUBTFUL_PATROLS

    async def _finish(self, out: Outcome) -> None:
        await self._carry_out(out)
        await self._route()
        self._patrol()

    async def _carry_out(self, out: Outcome) -> None:
        aftermath.follow(out, self.world)
        for effect in out.effects:
            if isinstance(effect, Timer):
                self._set_timer(effect)
            elif isinstance(effect, Moves):
                self.outside(effect)
        for parcel in parcels(out.effects, self.world, out.now_ms):
            if not await self._courier.deliver(parcel):
                await self._lost(parcel.agent_id, parcel.session_id)

    async def _lost(self, agent_id: int, session_id: str) -> None:
        """A session that ended on another node."""
        self.records.gone(agent_id, session_id)
        out = Outcome(self.records.now_ms())
        releasing.leave_all(out, self.world, session_id)
        await self._carry_out(out)

    def _set_timer(self, timer: Timer) -> None:
        pending = self._timers.pop(timer.key, None)
        if pending is not None:
            pending.cancel()
        if timer.delay_s is None:
            return

        async def run_out() -> None:
            async with self.turn() as turn:
                self._timers.pop(timer.key, None)
                if not await forwards.unanswered(turn, timer.key):
                    timers.runs_out(turn.out, self.world, timer.key)

        self._timers[timer.key] = self._scheduler.after(timer.delay_s, run_out)

    async def _route(self) -> None:
        """Waiting calls to free agents until nothing fits.

        Passed over are agents who are not free after all, and those of a shard of the store that is out of reach.
        """
        try:
            while (match := await self._next_match()) is not None:
                out = Outcome(self.records.now_ms())
                queueing.assign(out, self.world, *match)
                await self._carry_out(out)
        except StoreUnavailable:
            _LOG.warning("the store is out of reach: waiting calls wait for it")

    async def _next_match(self) -> tuple[Waiting, Desk] | None:
        store = self.records.service.store
        for waiting, desks in queueing.matches(self.world):
            for desk in desks:
                if not store.shard_of(desk.agent_id).in_reach():
                    continue
                try:
                    await self.records.occupy(desk, Way.ROUTED, (waiting.call.id,))
                except Refused:
                    continue
                return waiting, desk
        return None

    def _patrol(self) -> None:
        """While anybody is busy: looks after sessions that ended, and states that changed, on other nodes."""
        if self._patrolling or not (self.world.calls or self.world.sessions()):
            return
        self._patrolling = True

        async def look() -> None:
            self._patrolling = False
            await self._patrols.attempt(self._look_after)
            await self.route()

        self._scheduler.after(PATROL_EVERY_S, look)

    async def _look_after(self) -> None:
        store = self.records.service.store
        doubtful, self._doubts = self._doubts > 0, max(0, self._doubts - 1)

        async def look(who: tuple[int, str]) -> None:
            agent_id, session_id = who
            if not store.shard_of(agent_id).in_reach():
                return
            record = await store.read(agent_id)
            if record.session is None or record.session.id != session_id:
                await self.gone(agent_id, session_id)
            elif doubtful and record.state.centre != self.records.centre and self.world.occupied(session_id):
                await self._taken_out(agent_id, session_id)

        await for_each(list(self.world.sessions()), look)
        if self.world.anybody_waits():
            await over_shards(store, self._note_all)

    async def _taken_out(self, agent_id: int, session_id: str) -> None:
        """Others took this process for dead and freed the agent: it is in no call here either."""
        async with self.turn() as turn:
            record = await self.records.service.store.read(agent_id, sure=True)
            taken = record.state.centre != self.records.centre and self.world.occupied(session_id)
            if taken:
                self.records.gone(agent_id, session_id)
                releasing.leave_all(turn.out, self.world, session_id)
        if taken:
            self.records.note_record(record)

    async def _note_all(self, shard: SessionStore) -> None:
        async def note(seen: Seen) -> None:
            self.records.note_record(await shard.read(seen.agent_id))

        await for_each(await shard.live(), note)
