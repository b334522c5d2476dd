"""Inspectors who watch agents are told when one signs in or out, on whichever node (contract events.yaml).

Who watches whom is known in this process alone. While anybody watches, the live sessions are compared with those of
a moment ago, so no sign-in has to wait for it.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from gateway.backends.embedded.courier import Courier, Parcel
from gateway.backends.embedded.records import Records
from gateway.backends.embedded.scheduler import Scheduler
from gateway.events.event import make_event
from gateway.ops.jobs import Job
from gateway.sessions.model import Event
from gateway.wire.errors import StoreUnavailable

LOOK_EVERY_S: Final = 1.0
MISSES: Final = 10
"""Looks after which an inspector who is not signed in is forgotten; one who is just signing in may take some."""
NOTIFY: Final = "QC_AgentState_Notify"
SIGNED_IN: Final = "QC_AgentState_Login"
SIGNED_OUT: Final = "QC_AgentState_Logout"
_MEDIA_SERVER: Final = "CtiServer"


@dataclass(slots=True)
class _Watcher:
    agent_id: int
    agents: set[int] = field(default_factory=set)
    everyone: bool = False
    missed: int = 0

    def watches(self, agent_id: int) -> bool:
        return agent_id != self.agent_id and (self.everyone or agent_id in self.agents)


class Watch:
    """Who watches whom, by the inspector's session."""

    def __init__(self, records: Records, courier: Courier, scheduler: Scheduler) -> None:
        self._records = records
        self._courier = courier
        self._scheduler = scheduler
        self._watchers: dict[str, _Watcher] = {}
        self._known: dict[int, str] | None = None
        self._looking = False
        self._job = Job("watching")

    async def begin(self, agent_id: int, session_id: str, agents: Iterable[int]) -> None:
        """Watches these agents too. Raises StoreUnavailable."""
        if self._known is None:
            self._known = await self._live()
        self._watcher(agent_id, session_id).agents.update(agents)
        self._again()

    def everyone(self, agent_id: int, session_id: str) -> None:
        """Watches everyone from the next look on."""
        self._watcher(agent_id, session_id).everyone = True
        self._again()

    def end(self, session_id: str, agents: Iterable[int]) -> None:
        """Watches these agents no longer."""
        watcher = self._watchers.get(session_id)
        if watcher is not None:
            watcher.agents.difference_update(agents)
            if not watcher.agents and not watcher.everyone:
                del self._watchers[session_id]

    def watched(self, session_id: str) -> tuple[int, ...]:
        """The agents named to be watched, by id."""
        watcher = self._watchers.get(session_id)
        return tuple(sorted(watcher.agents)) if watcher is not None else ()

    def _watcher(self, agent_id: int, session_id: str) -> _Watcher:
        return self._watchers.setdefault(session_id, _Watcher(agent_id))

    async def _live(self) -> dict[int, str]:
        """Session by agent; agents of a shard of the store that is out of reach are what they were."""
        store = self._records.service.store
        there = [shard for shard in store.shards() if shard.in_reach()]
        if self._known is None and len(there) < len(store.shards()):
            raise StoreUnavailable
        found = await asyncio.gather(*(shard.live() for shard in there))
        known = (self._known or {}).items()
        kept = {agent_id: session_id for agent_id, session_id in known if store.shard_of(agent_id) not in there}
        return kept | {seen.agent_id: seen.session_id for seen in chain.from_iterable(found)}

    def _again(self) -> None:
        if not self._looking:
            self._looking = True
            self._scheduler.after(LOOK_EVERY_S, self._look)

    async def _look(self) -> None:
        self._looking = False
        await self._job.attempt(self._compare)
        if self._watchers:
            self._again()
        else:
            self._known = None

    async def _compare(self) -> None:
        live = await self._live()
        known, self._known = self._known, live
        changes = _changes(known, live) if known is not None else []
        for session_id, watcher in list(self._watchers.items()):
            if live.get(watcher.agent_id) != session_id:
                self._missed(session_id, watcher)
                continue
            events = [self._event(watcher, *change) for change in changes if watcher.watches(change[0])]
            if events:
                await self._courier.deliver(Parcel(watcher.agent_id, session_id, events))

    def _missed(self, session_id: str, watcher: _Watcher) -> None:
        watcher.missed += 1
        if watcher.missed > MISSES:
            del self._watchers[session_id]

    def _event(self, watcher: _Watcher, agent_id: int, subtype: str) -> Event:
        content: dict[str, object] = {
            "subtype": subtype,
            "monitoredagent": str(agent_id),
            "agentname": str(agent_id),
            "mediaserver": _MEDIA_SERVER,
        }
        return make_event(NOTIFY, watcher.agent_id, {**content, "jsonKey": list(content)}, self._records.now_ms())


def _changes(known: Mapping[int, str], live: Mapping[int, str]) -> list[tuple[int, str]]:
    """Who signed out or in between two looks; one with another session did both."""
    moved = sorted(agent for agent in known.keys() | live.keys() if known.get(agent) != live.get(agent))
    told = ((agent, subtype, book) for agent in moved for subtype, book in ((SIGNED_OUT, known), (SIGNED_IN, live)))
    return [(agent, subtype) for agent, subtype, book in told if agent in book]
