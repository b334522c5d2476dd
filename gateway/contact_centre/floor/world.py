"""The state of the contact centre in one process, with its look-ups. It changes only through the rules beside it."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from gateway.contact_centre.floor.activities import Activities
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import AgentDesk, Call, DayTotals, Feature, Leg, PreviewOffer, QueueEntry, Stage
from gateway.contact_centre.floor.number_lists import NumberLists
from gateway.contact_centre.floor.plan import Plan

KEPT_CALLS = 2000
DAY_MS = 86_400_000


@dataclass(slots=True)
class World:
    """Calls by id, desks by agent, queues by skill, private ones by agent. `ended` keeps the last calls for queries.

    `activities` are what agents do that is not a call; `lists` are the numbers that agents keep.
    """

    plan: Plan = field(default_factory=Plan)
    skills: Callable[[], Mapping[int, str]] = dict
    calls: dict[str, Call] = field(default_factory=dict)
    desks: dict[int, AgentDesk] = field(default_factory=dict)
    queues: dict[int, list[QueueEntry]] = field(default_factory=dict)
    private: dict[int, list[QueueEntry]] = field(default_factory=dict)
    offers: dict[int, PreviewOffer] = field(default_factory=dict)
    ended: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    totals: dict[tuple[int, int], DayTotals] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    activities: Activities = field(default_factory=Activities)
    lists: NumberLists = field(default_factory=NumberLists)
    _legs: defaultdict[str, list[tuple[Call, Leg]]] = field(default_factory=lambda: defaultdict(list))

    def new_call(self, feature: Feature, caller: str, called: str, now_ms: int, skill_id: int = 0) -> Call:
        """A call without parties, known from now on. Its id is `<unix seconds>-<counter>`."""
        call = Call(f"{now_ms // 1000}-{next(self.numbers)}", feature, caller, called, now_ms, skill_id)
        call.original_called = called
        self.calls[call.id] = call
        return call

    def add(self, call: Call, leg: Leg) -> Leg:
        """A party joins a call."""
        call.legs.append(leg)
        leg.call = call
        if leg.agent_id:
            self._legs[leg.session_id].append((call, leg))
        return leg

    def remove(self, call: Call, leg: Leg) -> None:
        """A party leaves a call."""
        call.legs.remove(leg)
        leg.call = None
        if leg.agent_id:
            mine = self._legs[leg.session_id]
            mine.remove((call, leg))
            if not mine:
                del self._legs[leg.session_id]

    def forget(self, call: Call, now_ms: int) -> None:
        """The call is over."""
        call.ended_ms = now_ms
        self.leave_queue(call)
        if self.calls.pop(call.id, None):
            self.ended.append(call)

    def enqueue(self, waiting: QueueEntry, *, first: bool = False) -> None:
        """The call waits in a queue; `first` puts it before all others."""
        waiting.call.waiting = waiting
        queues, key = self._place(waiting)
        queue = queues.setdefault(key, [])
        queue.insert(0 if first else len(queue), waiting)

    def leave_queue(self, call: Call) -> QueueEntry | None:
        """The call waits no longer; its former place, if it had one."""
        waiting, call.waiting = call.waiting, None
        if waiting is not None:
            queues, key = self._place(waiting)
            queues[key].remove(waiting)
            if not queues[key]:
                del queues[key]
        return waiting

    def _place(self, waiting: QueueEntry) -> tuple[dict[int, list[QueueEntry]], int]:
        return (self.private, waiting.agent_id) if waiting.agent_id else (self.queues, waiting.skill_id)

    def legs_of(self, session_id: str) -> list[tuple[Call, Leg]]:
        """The agent's calls in this session, oldest first."""
        return list(self._legs.get(session_id, ()))

    def call_ids(self, session_id: str) -> list[str]:
        """The ids of the agent's calls in this session, oldest first."""
        return [call.id for call, _leg in self._legs[session_id]] if session_id in self._legs else []

    def active(self, session_id: str) -> tuple[Call, Leg] | None:
        """The call that the agent is busy with: the one not on hold."""
        return next((pair for pair in self._legs.get(session_id, ()) if pair[1].stage is not Stage.HELD), None)

    def held(self, session_id: str) -> list[tuple[Call, Leg]]:
        """The agent's calls on hold, oldest first."""
        return [pair for pair in self._legs.get(session_id, ()) if pair[1].stage is Stage.HELD]

    def current(self, session_id: str, call_id: str = "") -> Call | None:
        """The agent's call or chat with this id; without one the active call, else the one put on hold last."""
        chat = self.activities.chats.get(call_id)
        if chat is not None and chat.leg_of(session_id) is not None:
            return chat.call
        calls = [call for call, _leg in self._legs.get(session_id, ())]
        if call_id:
            return next((call for call in calls if call.id == call_id), None)
        active = self.active(session_id)
        return active[0] if active else (calls[-1] if calls else None)

    def sessions(self) -> list[tuple[int, str]]:
        """Agent and session of everyone who is in a call, or in something besides."""
        talking = {(pairs[0][1].agent_id, session_id) for session_id, pairs in self._legs.items() if pairs}
        return sorted(talking | self.activities.sessions())

    def desk(self, leg: Leg) -> AgentDesk | None:
        """The desk of an agent's leg; None when the agent has another session by now."""
        return self.desk_of(leg.agent_id, leg.session_id)

    def desk_of(self, agent_id: int, session_id: str) -> AgentDesk | None:
        """The desk of this session; None where the agent is not here, or in another session by now."""
        desk = self.desks.get(agent_id)
        return desk if desk is not None and desk.session_id == session_id else None

    def idle(self, skill_id: int) -> list[AgentDesk]:
        """Who may be given a call of this queue, the longest idle first."""
        free = [desk for desk in self.desks.values() if skill_id in desk.state.skills and self._is_free(desk)]
        return sorted(free, key=lambda desk: desk.state.since_ms)

    def idle_agent(self, agent_id: int) -> list[AgentDesk]:
        """This agent, if it may be given a call of its private queue."""
        desk = self.desks.get(agent_id)
        return [desk] if desk is not None and self._is_free(desk) else []

    def _is_free(self, desk: AgentDesk) -> bool:
        idle = desk.state.state is State.IDLE and desk.state.talk_right and not desk.leaving
        return idle and desk.session_id not in self._legs

    def anybody_waits(self) -> bool:
        """Whether there is a waiting call."""
        return bool(self.queues or self.private)

    def waiting_calls(self) -> list[QueueEntry]:
        """Every waiting call, the longest waiting first within its queue."""
        return [waiting for queues in (self.queues, self.private) for queue in queues.values() for waiting in queue]

    def day_totals(self, agent_id: int, now_ms: int) -> DayTotals:
        """What the agent has done today (days are those of UTC); days before yesterday are forgotten."""
        day = now_ms // DAY_MS
        if (day, agent_id) not in self.totals:
            for old in [key for key in self.totals if key[0] < day - 1]:
                del self.totals[old]
        return self.totals.setdefault((day, agent_id), DayTotals())
