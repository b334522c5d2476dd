"""Any sequence of calls, inspections, conferences, chats, playing and recording leaves the contact centre consistent.

One thing at a time occupies an agent; whatever begins ends, by the events alone; a refusal changes nothing.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gateway.contact_centre.customers.callers import NoSuchCallError
from gateway.contact_centre.floor import phones
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import Stage
from gateway.contact_centre.floor.plan import Plan
from tests.model.profile import COMMON, LONG
from tests.support.hall import PATIENT, ROWS, Hall

INSPECTOR = 119
AGENTS = (101, 111, 115, INSPECTOR)
PLAN = Plan(behaviours=(PATIENT,), conference_seats=8)
SOMEBODY = {"addressType": "9", "address": "OTHER"}
PARTY = {"addressType": "6", "address": "13900"}
FILE = "y:/1/hello.V3"

Operation = tuple[str, dict[str, Any], dict[str, Any] | None]

CALLS: tuple[Operation, ...] = (
    ("callInner", {}, {"called": "OTHER"}),
    ("callout", {}, {"called": "13900"}),
    ("answer", {}, None),
    ("reject", {}, {"mode": 2}),
    ("hold", {}, None),
    ("getHold", {}, None),
    ("release", {}, None),
    ("releasePhone", {}, None),
    ("innerHelp", {}, {"dstaddress": "OTHER", "mode": 2}),
    ("requestAgentConf", {}, {"memberNum": 4, "time": 4, "promptTime": 1}),
    ("beginRecord", {}, None),
    ("pauseRecord", {}, None),
    ("stopRecord", {}, None),
)
INSPECTING: tuple[Operation, ...] = (
    ("switchSuperviseOrInsert", {"workNo": "TARGET"}, None),
    ("requestSwitchInsertWhisperAgent", {"switchtype": 2}, None),
    ("stopSuperviseOrInsert", {"workNo": "TARGET"}, None),
    ("requestStopWhisperAgent", {"whisperagentid": "TARGET"}, None),
    ("intercept", {"workNo": "TARGET"}, None),
    ("intercept", {"workNo": "TARGET"}, None),
    ("releasePhone", {}, None),
)
BEGINNING: tuple[Operation, ...] = (
    ("addSupervise", {"workNo": "OTHER"}, None),
    ("addInsert", {"workNo": "OTHER"}, None),
    ("requestWhisperAgent", {"whisperagentid": "OTHER"}, None),
    ("requestAgentConf", {}, {"memberNum": 4, "time": 4, "promptTime": 1}),
    ("beginPlay", {}, {"voicepath": FILE}),
    ("callInner", {}, {"called": "OTHER"}),
    ("chatInternalCall", {"destno": "OTHER"}, None),
    ("sayFree", {}, None),
    ("sayBusy", {}, None),
)
CONFERRING: tuple[Operation, ...] = (
    ("batchAddParticipant", {}, {"addresses": [SOMEBODY, PARTY]}),
    ("batchAddParticipant", {}, {"addresses": [SOMEBODY]}),
    ("answerAgentConf", {}, None),
    ("answerAgentConf", {}, None),
    ("rejectAgentConf", {}, None),
    ("requestLeaveAgentConf", {}, None),
    ("releaseAgentConf", {}, None),
    ("applyToShiftPresident", {}, {"destAgentNo": "OTHER"}),
    ("batchRemoveParticipant", {}, {"addresses": [SOMEBODY]}),
    ("batchRemoveParticipant", {}, {"addresses": [PARTY]}),
    ("holdParticipant", {}, {**PARTY, "voicePath": FILE}),
    ("playVoiceToConf", {}, {"voicePath": FILE}),
    ("modifyConfResource", {}, {"modifyType": 1, "modifyNum": 2}),
    ("beginRecord", {}, None),
    ("releasePhone", {}, None),
)
CHATTING: tuple[Operation, ...] = (
    ("chatAnswer", {"callid": "CHAT"}, None),
    ("chatAnswer", {"callid": "CHAT"}, None),
    ("chatReject", {"callid": "CHAT"}, None),
    ("chatMessage", {}, {"callid": "CHAT", "content": "hello"}),
    ("chatTransfer", {}, {"callid": "CHAT", "address": "OTHER", "mode": 0}),
    ("chatTransfer", {}, {"callid": "CHAT", "address": "OTHER", "mode": 2}),
    ("chatTransfer", {}, {"callid": "CHAT", "address": "4", "devicetype": 1}),
    ("chatDrop", {"callid": "CHAT"}, None),
)
PLAYING: tuple[Operation, ...] = (
    ("pausePlay", {}, None),
    ("resumePlay", {}, None),
    ("foreFastPlay", {"time": 4}, None),
    ("backFastPlay", {"time": 4}, None),
    ("stopPlay", {}, None),
)
FORCING: tuple[Operation, ...] = (
    ("forceIdle", {"workNo": "OTHER"}, None),
    ("forceBusy", {"workNo": "OTHER"}, None),
    ("forceLogOutAgent", {"workNo": "OTHER"}, None),
    ("forceDropCall", {"callid": "CALL"}, None),
    ("forceDropCall", {"callid": "CHAT"}, None),
)
OPERATIONS = (*CALLS, *INSPECTING, *BEGINNING, *CONFERRING, *CHATTING, *PLAYING, *FORCING)
"""OTHER stands for another agent, TARGET for the inspected one, CALL for any call, CHAT for a chat, best an own one."""
PAIRS = {
    "AgentOther_BeQcStop": "AgentOther_BeQcStart",
    "AgentConf_SelfLeaveResult": "AgentConf_SelfJoinResult",
    "AgentMediaEvent_StopPlayDone": "AgentMediaEvent_Play",
    "AgentMediaEvent_StopRecordDone": "AgentMediaEvent_Record",
}
"""Event that ends something -> event that begins it."""
MOVES = st.tuples(st.sampled_from((*AGENTS, INSPECTOR)), st.integers(0, 30), st.sampled_from(AGENTS))
T = TypeVar("T")


class Activities(RuleBasedStateMachine):
    """Drives the centre through the performers that the wire uses."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.begun: dict[int, Counter[str]] = {}
        self.chatting: dict[int, set[str]] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize(auto=st.booleans(), recorded=st.booleans())
    def begin(self, auto: bool, recorded: bool) -> None:
        self.auto = auto
        self.hall = Hall(Plan(behaviours=PLAN.behaviours, conference_seats=8, record=recorded))
        for agent_id in AGENTS:
            self._enter(agent_id)

    def _enter(self, agent_id: int) -> None:
        self.run(self.hall.enter(agent_id, autoanswer=self.auto))
        self.begun[agent_id], self.chatting[agent_id] = Counter(), set()

    def teardown(self) -> None:
        for agent_id in AGENTS:
            if self.run(self.hall.session_id(agent_id)):
                self.run(self.hall.leave(agent_id))
        besides = self.hall.world.activities
        assert (besides.inspections, besides.conferences, besides.playing) == ({}, {}, {})
        assert all(chat.call.waiting and chat.call.customer() for chat in besides.chats.values())
        assert not self.hall.world.sessions()
        self.loop.close()

    def _shape(self) -> object:
        """What a refusal must leave alone."""
        world, besides = self.hall.world, self.hall.world.activities
        return (
            [(call.id, [(leg.number, leg.stage, leg.recording) for leg in call.legs]) for call in world.calls.values()],
            [(one.agent_id, one.target_id, one.mode) for one in besides.inspections.values()],
            [
                (one.id, one.chair, one.seats, one.minutes, one.playing, [(who, who.held) for who in one.members])
                for one in besides.conferences.values()
            ],
            [
                (chat.call.id, len(chat.said), [(leg.number, leg.stage) for leg in chat.call.legs])
                for chat in besides.chats.values()
            ],
            [(one.agent_id, one.position_s, one.paused) for one in besides.playing.values()],
            {skill: [place.call.id for place in places] for skill, places in world.queues.items()},
            [(desk.agent_id, desk.state) for desk in world.desks.values()],
            [self.hall.waiting(agent_id) for agent_id in AGENTS],
            [(desk.agent_id, desk.phone) for desk in world.desks.values()],
        )

    def _filled(self, value: Any, agent: int, other: int, pick: int) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(member, agent, other, pick) for key, member in value.items()}
        if isinstance(value, list):
            return [self._filled(member, agent, other, pick) for member in value]
        besides, session_id = self.hall.world.activities, self.run(self.hall.session_id(agent))
        if value in {"CALL", "CHAT"}:
            own = [chat.call.id for chat in besides.chats_of(session_id)]
            known = list(self.hall.world.calls) if value == "CALL" else own or list(besides.chats)
            return known[pick % len(known)] if known else "0-0"
        inspection = besides.inspections.get(session_id)
        words = {"OTHER": other, "TARGET": inspection.target_id if inspection else other}
        return str(words.get(value, value)) if isinstance(value, str) else value

    def _fitting(self, agent: int) -> tuple[Operation, ...]:
        """Operations that make sense where the agent is."""
        world, session_id = self.hall.world, self.run(self.hall.session_id(agent))
        besides = world.activities
        places = (
            (session_id in besides.inspections, INSPECTING),
            (any(one.of_session(session_id) for one in besides.conferences.values()), CONFERRING),
            (session_id in besides.playing, PLAYING),
            (bool(world.legs_of(session_id)), CALLS),
            (True, BEGINNING),
        )
        found = next(operations for here, operations in places if here)
        found += CHATTING if besides.chats_of(session_id) else ()
        return found + (FORCING[:2] if agent == INSPECTOR else ())

    def _attempt(self, agent: int, operation: Operation, other: int, pick: int) -> None:
        if not self.run(self.hall.session_id(agent)):
            return
        name, values, body = operation
        before = self._shape()
        asked = {key: str(value) for key, value in self._filled(values, agent, other, pick).items()}
        given = self._filled(body, agent, other, pick) if body else None
        code = self.run(self.hall.code(agent, name, asked, given))
        if code != "0":
            assert code in {*ROWS[name].retcodes, "000-002", "100-007"}, name
            assert self._shape() == before, f"{name} was refused and changed something"

    @rule(moves=st.lists(MOVES, min_size=1, max_size=8))
    def agents_do_what_fits(self, moves: list[tuple[int, int, int]]) -> None:
        for agent, pick, other in moves:
            fitting = self._fitting(agent)
            self._attempt(agent, fitting[pick % len(fitting)], other, pick)
            self.look()

    @rule(agent=st.sampled_from(AGENTS), operation=st.sampled_from(OPERATIONS), other=st.sampled_from(AGENTS))
    def an_agent_does_anything(self, agent: int, operation: Operation, other: int) -> None:
        self._attempt(agent, operation, other, 0)

    @rule(agent=st.sampled_from(AGENTS), act=st.sampled_from(("engage", "lose", "find", "find")))
    def something_happens_to_a_phone(self, agent: int, act: str) -> None:
        before = self._shape()
        try:
            self.run(self.hall.centre.phones.act(agent, act))
        except NoSuchCallError:
            assert self._shape() == before

    @rule(skill=st.sampled_from((1, 3)))
    def customer_calls(self, skill: int) -> None:
        self.run(self.hall.customers.place(skill, "13800"))

    @rule(pick=st.integers(0, 5), act=st.sampled_from(("answer", "refuse", "hang_up")))
    def customer_acts(self, pick: int, act: str) -> None:
        calls = self.hall.world.calls.values()
        outside = [(call.id, leg.number) for call in calls for leg in call.legs if not leg.agent_id]
        if outside:
            try:
                self.run(getattr(self.hall.customers, act)(*outside[pick % len(outside)]))
            except NoSuchCallError:
                return

    @rule()
    def customer_writes(self) -> None:
        self.run(self.hall.centre.chat_customers.start(4, "13800", text="hello"))

    @rule(leaves=st.booleans())
    def customer_goes_on(self, leaves: bool) -> None:
        chats = [chat.call.id for chat in self.hall.world.activities.chats.values() if not chat.internal]
        if chats:
            customers = self.hall.centre.chat_customers
            self.run(customers.leave(chats[0]) if leaves else customers.say(chats[0], "and?"))

    @rule(agent=st.sampled_from(AGENTS))
    def signs_out_or_in(self, agent: int) -> None:
        if self.run(self.hall.session_id(agent)):
            self.run(self.hall.leave(agent))
        else:
            self._enter(agent)

    @rule(agent=st.sampled_from(AGENTS))
    def is_taken_over(self, agent: int) -> None:
        self._enter(agent)

    @rule(seconds=st.sampled_from((1, 11, 21, 240)))
    def time_passes(self, seconds: int) -> None:
        self.run(self.hall.time.pass_s(seconds))

    @invariant()
    def look(self) -> None:
        self.an_agent_is_in_one_thing_at_a_time()
        self.nobody_is_left_in_anything()
        self.conferences_have_their_chair_and_their_seats()
        self.chats_have_their_parties()
        self.what_begins_ends()

    def an_agent_is_in_one_thing_at_a_time(self) -> None:
        world, besides = self.hall.world, self.hall.world.activities
        for agent_id in AGENTS:
            session_id = self.run(self.hall.session_id(agent_id))
            in_conferences = [one for one in besides.conferences.values() if one.of_session(session_id)]
            things = [
                bool(world.legs_of(session_id)),
                session_id in besides.inspections,
                bool(in_conferences),
                session_id in besides.playing,
            ]
            assert sum(things) <= 1
            assert len(in_conferences) <= 1
            state = self.run(self.hall.state(agent_id)).state
            assert (state is State.TALKING) == any(things)
            desk = world.desks.get(agent_id)
            assert desk is None or phones.usable(desk) or not any(things)

    def nobody_is_left_in_anything(self) -> None:
        present = {self.run(self.hall.session_id(agent_id)) for agent_id in AGENTS}
        assert {session_id for _agent, session_id in self.hall.world.sessions()} <= present

    def conferences_have_their_chair_and_their_seats(self) -> None:
        besides = self.hall.world.activities
        assert sum(one.seats for one in besides.conferences.values()) <= PLAN.conference_seats
        for conference in besides.conferences.values():
            assert conference.chair in list(conference.agents())
            assert len(conference.members) <= conference.seats
            assert self.hall.world.calls[conference.call.id] is conference.call
            assert conference.call.legs == [one.leg for one in conference.members if not one.is_agent]

    def chats_have_their_parties(self) -> None:
        for chat in self.hall.world.activities.chats.values():
            numbers = [leg.number for leg in chat.call.legs]
            assert len(numbers) == len(set(numbers))
            pending = chat.call.waiting or any(leg.stage is Stage.RINGING for leg in chat.call.legs)
            assert len(numbers) >= 2 or pending

    def what_begins_ends(self) -> None:
        besides = self.hall.world.activities
        for agent_id in AGENTS:
            session_id = self.run(self.hall.session_id(agent_id))
            for told in self.run(self.hall.told(agent_id)):
                self._count(agent_id, told.kind, told.content)
            if not session_id:
                continue
            recorded = [leg for _call, leg in self.hall.world.legs_of(session_id)]
            recorded += [one.leg for conf in besides.conferences.values() if (one := conf.of_session(session_id))]
            now = {
                "AgentOther_BeQcStart": besides.inspection_of(session_id) is not None,
                "AgentConf_SelfJoinResult": any(
                    one.joined_ms for conf in besides.conferences.values() if (one := conf.of_session(session_id))
                ),
                "AgentMediaEvent_Play": session_id in besides.playing,
                "AgentMediaEvent_Record": sum(leg.recording is not None for leg in recorded),
            }
            assert self.begun[agent_id] == Counter({kind: int(count) for kind, count in now.items() if count})
            assert self.chatting[agent_id] == {chat.call.id for chat in besides.chats_of(session_id)}

    def _count(self, agent_id: int, kind: str, content: Any) -> None:
        begun = self.begun[agent_id]
        if kind == "AgentOther_BeQcStart":
            begun[kind] = 1
        elif kind in PAIRS.values():
            begun[kind] += 1
        elif kind in PAIRS:
            begun[PAIRS[kind]] -= 1
            if not begun[PAIRS[kind]]:
                del begun[PAIRS[kind]]
        elif kind in {"AgentChat_Ring", "AgentChat_CallOutCreated"}:
            self.chatting[agent_id].add(content["callId"])
        elif kind in {"AgentChat_Disconnected", "AgentChat_CalloutFailed"}:
            self.chatting[agent_id].discard(content["callId"])


def test_what_agents_do_besides_calls_stays_consistent() -> None:
    run_state_machine_as_test(Activities, settings=settings(COMMON, max_examples=30, stateful_step_count=30))


@pytest.mark.slow
def test_what_agents_do_besides_calls_stays_consistent_for_long() -> None:
    run_state_machine_as_test(Activities, settings=LONG)
