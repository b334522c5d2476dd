"""Any sequence of operations, customers and time leaves the contact centre consistent (docs/design/one_floor.md).

Calls conserve their parties, no agent is in two states, every talk has its release, waiting calls and idle agents never
wait for each other, phones are what their events say, and a refusal changes nothing.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gateway.contact_centre.customers.callers import NoSuchCallError
from gateway.contact_centre.customers.desk_phones import ACTS
from gateway.contact_centre.floor import phones
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import Phone, Stage
from gateway.contact_centre.floor.plan import Plan, Queue, VoiceMenu
from gateway.wire.errors import Refused
from tests.model.profile import COMMON, LONG
from tests.support.hall import PATIENT, ROWS, Hall

AGENTS = (101, 102, 103, 118)
SKILLS = (1, 2)
LONGEST_RINGING_S = 60
PLAN = Plan(
    behaviours=(PATIENT,),
    queues={1: Queue(1), 2: Queue(2, max_wait_s=50)},
    access={"60001": 1},
    ivrs={"70001": VoiceMenu("70001", 1, seconds=8.0), "70002": VoiceMenu("70002", 2, then_skill=1)},
    barred=("110",),
    record=True,
)
STATE_OF = {
    "AgentState_Busy": State.TALKING,
    "AgentState_Ready": State.IDLE,
    "AgentState_Work": State.WRAP_UP,
    "AgentState_SetWork_Success": State.WRAP_UP,
    "AgentState_SetNotReady_Success": State.BUSY,
    "AgentState_SetRest_Success": State.REST,
    "AgentState_CancelNotReady_Success": State.IDLE,
    "AgentState_CancelWork_Success": State.IDLE,
    "AgentState_CancelRest_Success": State.IDLE,
}
PHONE_OF = {
    "AgentOther_PhoneAlerting": Phone.ALERTING,
    "AgentOther_PhoneOffhook": Phone.OFF_HOOK,
    "AgentOther_PhoneRelease": Phone.ON_HOOK,
    "AgentOther_PhoneUnknow": Phone.LOST,
    "AgentOther_PhoneBusy": Phone.ENGAGED,
}
FITTING: dict[str, tuple[tuple[str, dict[str, object]], ...]] = {
    "FREE": (
        ("callout", {"called": "13900"}),
        ("callInner", {"called": "OTHER"}),
        ("callInnerSkill", {"skillId": 1}),
        ("sayFree", {}),
        ("sayFree", {}),
        ("sayBusy", {}),
        ("snatchPickup", {"destWorkNo": "OTHER"}),
    ),
    "ALERTING": (("phonePickup", {}), ("phonePickup", {}), ("phoneHangUp", {}), ("release", {})),
    "DIALLING": (("release", {}), ("disconnect", {"number": "OTHER"}), ("disconnect", {"number": "13900"})),
    "RINGING": (
        ("answer", {}),
        ("answer", {}),
        ("answer", {}),
        ("phonePickup", {}),
        ("reject", {"mode": 1}),
        ("reject", {"mode": 2}),
    ),
    "TALKING": (
        ("hold", {}),
        ("hold", {}),
        ("release", {}),
        ("releasePhone", {}),
        ("beginMute", {}),
        ("endMute", {}),
        ("cancelTransfer", {}),
        ("sayBusy", {}),
        ("rest", {"time": 5, "restcause": 1}),
        ("disconnect", {"number": "OTHER"}),
        ("disconnect", {"number": "13900"}),
        ("innerHelp", {"dstaddress": "OTHER", "mode": 1}),
        ("innerHelp", {"dstaddress": "OTHER", "mode": 2}),
        ("innerHelp", {"dstaddress": "1", "devicetype": 1}),
        ("connectHold", {"callid": "HELD"}),
        ("connectHold", {"callid": "HELD"}),
        ("confJoin", {"callid": "HELD"}),
        ("confJoin", {"callid": "HELD"}),
        ("transfer", {"devicetype": 1, "mode": 0, "address": "2"}),
        ("transfer", {"devicetype": 1, "mode": 2, "address": "2"}),
        ("transfer", {"devicetype": 2, "mode": 0, "address": "OTHER"}),
        ("transfer", {"devicetype": 2, "mode": 2, "address": "OTHER"}),
        ("transfer", {"devicetype": 2, "mode": 3, "address": "OTHER"}),
        ("transfer", {"devicetype": 3, "mode": 0, "address": "70002"}),
        ("transfer", {"devicetype": 3, "mode": 1, "address": "70001"}),
        ("transfer", {"devicetype": 4, "mode": 2, "address": "60001"}),
        ("transfer", {"devicetype": 5, "mode": 1, "address": "13900"}),
        ("transfer", {"devicetype": 5, "mode": 2, "address": "13900"}),
        ("transfer", {"devicetype": 5, "mode": 3, "address": "13900"}),
        ("transfer", {"devicetype": 5, "mode": 4, "address": "13900"}),
    ),
    "AT_IVR": (("release", {}), ("hold", {})),
    "HOLDING": (
        ("getHold", {}),
        ("getHold", {}),
        ("callout", {"called": "13900"}),
        ("callInner", {"called": "OTHER"}),
        ("innerHelp", {"dstaddress": "OTHER"}),
        ("dropCall", {"callid": "HELD"}),
    ),
}
"""Operations by the stage of the agent's active call. OTHER stands for another agent, HELD for the call on hold."""
T = TypeVar("T")


ANY: tuple[tuple[str, dict[str, object]], ...] = (
    *((name, {}) for name in ("sayFree", "sayBusy", "cancelBusy", "sayWork", "cancelWork", "cancelRest", "hold")),
    *((name, {}) for name in ("answer", "getHold", "release", "releasePhone", "phonePickup", "phoneHangUp")),
    *((name, {}) for name in ("beginMute", "endMute", "beginMuteVideo", "cancelTransfer", "cancelSetCustomState")),
    ("rest", {"time": 5, "restcause": 1}),
    ("reject", {"mode": 1}),
    ("callout", {"called": "13911"}),
    ("callout", {"called": "11012"}),
    ("callInner", {"called": "OTHER"}),
    ("callInnerSkill", {"skillId": 2}),
    ("innerHelp", {"dstaddress": "OTHER", "mode": 1}),
    ("innerHelp", {"dstaddress": "999", "mode": 2}),
    ("connectHold", {"callid": "SOME"}),
    ("confJoin", {"callid": "SOME"}),
    ("dropCall", {"callid": "SOME"}),
    ("disconnect", {"number": "OTHER"}),
    ("transfer", {"devicetype": 1, "mode": 0, "address": "9"}),
    ("transfer", {"devicetype": 3, "mode": 0, "address": "70009"}),
    ("transfer", {"devicetype": 5, "mode": 1, "address": "11012"}),
    ("transfer", {"devicetype": 2, "mode": 2, "address": "OTHER"}),
    ("snatchPickup", {"destWorkNo": "OTHER"}),
    ("requestAppointedCall", {"callid": "WAITING", "skilltype": 0, "skillId": 1}),
    ("requestAppointedCall", {"callid": "SOME", "skilltype": 0, "skillId": 2}),
    ("requestAppointedCall", {"callid": "WAITING", "skilltype": 1}),
    ("setForwarding", {"forwardingType": "forwardImmediate", "forwardDN": "OTHER"}),
    ("setForwarding", {"forwardingType": "forwardBusy", "forwardDN": "13900"}),
    ("setForwarding", {"forwardingType": "forwardNoAns", "forwardDN": "OTHER"}),
    ("setForwarding", {"forwardingType": "forwardNoAns", "forwardDN": "13900"}),
    ("setForwarding", {"activateForward": "false"}),
)
"""Operations wherever the agent is. SOME stands for any call there was, WAITING for one in a queue."""
MOVES = st.tuples(st.sampled_from(AGENTS), st.integers(0, 29), st.sampled_from(AGENTS), st.booleans())


class ContactCentre(RuleBasedStateMachine):
    """Drives the centre through the performers that the wire uses."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.callers = iter(range(13800000000, 13900000000))
        self.open: set[tuple[int, str]] = set()
        self.state: dict[int, State] = {}
        self.phone: dict[str, Phone] = {}
        self.known_calls: list[str] = ["1-1"]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self._everyone_leaves())
        assert not self.hall.world.calls
        assert not self.hall.world.anybody_waits()
        assert not self.hall.world.sessions()
        self.loop.close()

    async def _everyone_leaves(self) -> None:
        for agent_id in AGENTS:
            if await self.hall.session_id(agent_id):
                await self.hall.leave(agent_id)
        for call in list(self.hall.world.calls.values()):
            for leg in list(call.legs):
                if call.id in self.hall.world.calls and leg in call.legs:
                    await self.hall.customers.hang_up(call.id, leg.number)

    @initialize(auto=st.booleans(), linked=st.booleans())
    def begin(self, auto: bool, linked: bool) -> None:
        self.hall = Hall(PLAN)
        for agent_id in AGENTS:
            idle = agent_id % 2 == 0
            self.run(
                self.hall.enter(agent_id, autoanswer=auto, autoenteridle=idle, phonelinkage=linked, releasephone=auto)
            )

    def _shape(self) -> object:
        """What a refusal must leave alone: parties and stages, queues, states, phones, events that wait."""
        world = self.hall.world
        calls = [
            (call.id, call.data, [(leg.number, leg.stage, leg.muted) for leg in call.legs])
            for call in world.calls.values()
        ]
        queues = [
            {key: [place.call.id for place in places] for key, places in kind.items()}
            for kind in (world.queues, world.private)
        ]
        states = [(desk.agent_id, desk.state) for desk in world.desks.values()]
        waiting = [self.hall.waiting(agent_id) for agent_id in AGENTS]
        return calls, queues, states, waiting, [(desk.agent_id, desk.phone) for desk in world.desks.values()]

    def _same_as(self, before: object, name: str) -> None:
        assert self._shape() == before, f"{name} was refused and changed something"

    def attempt(self, agent_id: int, name: str, members: dict[str, object]) -> None:
        if not self.run(self.hall.session_id(agent_id)):
            return
        before = self._shape()
        by_body = ROWS[name].body is not None
        values = {} if by_body else {key: str(value) for key, value in members.items()}
        try:
            result = self.run(self.hall.do(agent_id, name, values, members if by_body else None))
        except Refused:
            self._same_as(before, name)
            return
        if isinstance(result, str):
            self.known_calls.append(result)

    def fill(self, members: dict[str, object], other: int, pick: int, session_id: str) -> dict[str, object]:
        held = self.hall.world.held(session_id)
        waiting = self.hall.world.waiting_calls()
        words: dict[object, object] = {
            "OTHER": str(other),
            "HELD": held[0][0].id if held else "0-0",
            "SOME": self.known_calls[-1 - pick % len(self.known_calls)],
            "WAITING": waiting[-1].call.id if waiting else "0-0",
        }
        return {key: words.get(value, value) for key, value in members.items()}

    agents = st.sampled_from(AGENTS)

    @rule(skill=st.sampled_from(SKILLS))
    def customer_calls(self, skill: int) -> None:
        self.known_calls.append(self.run(self.hall.customers.place(skill, str(next(self.callers)))))

    @rule(agent=agents)
    def customer_calls_an_agent(self, agent: int) -> None:
        self.known_calls.append(self.run(self.hall.customers.place_for(agent, str(next(self.callers)))))

    @rule(agent=agents, act=st.sampled_from((*ACTS, "hold", "transfer", "find")))
    def somebody_uses_a_phone(self, agent: int, act: str) -> None:
        before = self._shape()
        try:
            self.run(self.hall.centre.phones.act(agent, act, "13900"))
        except NoSuchCallError:
            self._same_as(before, act)

    @rule(pick=st.integers(0, 9), act=st.sampled_from(("answer", "answer", "refuse", "hang_up", "ask_for_video")))
    def customer_acts(self, pick: int, act: str) -> None:
        calls = self.hall.world.calls.values()
        outside = [(call.id, leg.number) for call in calls for leg in call.legs if not leg.agent_id]
        if outside:
            try:
                self.run(getattr(self.hall.customers, act)(*outside[pick % len(outside)]))
            except NoSuchCallError:
                return

    @rule(moves=st.lists(MOVES, min_size=1, max_size=8))
    def agents_do_what_fits(self, moves: list[tuple[int, int, int, bool]]) -> None:
        """Operations that make sense where each agent is."""
        for agent_id, pick, other, hold in moves:
            session_id = self.run(self.hall.session_id(agent_id))
            active, held = self.hall.world.active(session_id), self.hall.world.held(session_id)
            place = active[1].stage.name if active else "HOLDING" if held else "FREE"
            name, members = FITTING[place][pick % len(FITTING[place])]
            filled = self.fill(members, other, pick, session_id)
            if name in {"transfer", "innerHelp"}:
                filled["holdflag"] = hold
            self.attempt(agent_id, name, filled)
            self.look()

    @rule(agent=agents, operation=st.sampled_from(ANY), other=agents, pick=st.integers(0, 5))
    def an_agent_does_anything(
        self, agent: int, operation: tuple[str, dict[str, object]], other: int, pick: int
    ) -> None:
        name, members = operation
        self.attempt(agent, name, self.fill(members, other, pick, self.run(self.hall.session_id(agent))))

    @rule(agent=agents)
    def signs_out_or_in(self, agent: int) -> None:
        if self.run(self.hall.session_id(agent)):
            self.run(self.hall.leave(agent))
            self.open = {pair for pair in self.open if pair[0] != agent}
            self.state.pop(agent, None)
        else:
            self.run(self.hall.enter(agent, autoanswer=False))

    @rule(agent=agents)
    def is_taken_over(self, agent: int) -> None:
        self.run(self.hall.enter(agent))
        self.open = {pair for pair in self.open if pair[0] != agent}

    @rule(seconds=st.sampled_from((1, 3, 21, 60)))
    def time_passes(self, seconds: int) -> None:
        calls = self.hall.world.calls.values()
        ringing = [leg for call in calls for leg in call.legs if leg.stage in (Stage.RINGING, Stage.ALERTING)]
        self.run(self.hall.time.pass_s(seconds))
        if seconds >= LONGEST_RINGING_S:
            still = [leg for leg in ringing if leg.call and leg.stage in (Stage.RINGING, Stage.ALERTING)]
            assert not still, "nobody rings for ever"

    @invariant()
    def look(self) -> None:
        self.parties_are_conserved()
        self.no_agent_is_in_two_states()
        self.phones_are_what_events_say()
        self.nobody_waits_for_somebody_idle()
        self.queries_agree()

    def parties_are_conserved(self) -> None:
        world = self.hall.world
        for call in world.calls.values():
            agents = [leg.agent_id for leg in call.agents()]
            assert len(agents) == len(set(agents)), "an agent is twice in one call"
            pending = bool(call.waiting or call.at_ivr or any(not leg.connected for leg in call.legs))
            assert len(call.connected()) >= 2 or (call.connected() and (pending or call.to_dial)), call
        listed = {(leg.session_id, call.id) for call in world.calls.values() for leg in call.agents()}
        indexed = {(session, call.id) for _agent, session in world.sessions() for call, _leg in world.legs_of(session)}
        assert listed == indexed

    def no_agent_is_in_two_states(self) -> None:
        for agent_id in AGENTS:
            session_id = self.run(self.hall.session_id(agent_id))
            stages = [leg.stage for _call, leg in self.hall.world.legs_of(session_id)]
            assert sum(stage is not Stage.HELD for stage in stages) <= 1
            state = self.run(self.hall.state(agent_id)).state
            assert (state is State.TALKING) == bool(stages)
            self._follow_events(agent_id, session_id)
            if session_id and Stage.ALERTING not in stages:
                assert self.state[agent_id] is state

    def _follow_events(self, agent_id: int, session_id: str) -> None:
        """Events tell the same story as the state: each talk is open until its release."""
        now = {call.id for call, _leg in self.hall.world.legs_of(session_id)}
        for told in self.run(self.hall.told(agent_id)):
            self.phone[session_id] = PHONE_OF.get(told.kind, self.phone.get(session_id, Phone.ON_HOOK))
            self.state[agent_id] = STATE_OF.get(told.kind, self.state.get(agent_id, State.SIGNED_OUT))
            if told.kind == "AgentEvent_Talking":
                self.open.add((agent_id, told.content["callid"]))
            elif told.kind == "AgentEvent_Call_Release":
                self.open.discard((agent_id, told.content))
            elif told.kind == "AgentEvent_Customer_Release" and told.content["callid"] not in now:
                self.open.discard((agent_id, told.content["callid"]))
        assert {call_id for agent, call_id in self.open if agent == agent_id} <= now, "a talk without its release"

    def phones_are_what_events_say(self) -> None:
        """Of a phone that is used for something else events tell only once a call could not reach it."""
        for desk in self.hall.world.desks.values():
            told = self.phone.get(desk.session_id, Phone.ON_HOOK)
            hidden = {told, desk.phone} <= {Phone.ON_HOOK, Phone.ENGAGED}
            assert told is desk.phone or hidden
            assert phones.in_use(desk) or not self.hall.world.legs_of(desk.session_id)

    def nobody_waits_for_somebody_idle(self) -> None:
        world = self.hall.world
        for agent_id, queue in world.private.items():
            assert queue, "an empty queue is kept"
            assert not world.idle_agent(agent_id)
            assert all(place.call.waiting is place and place.call.id in world.calls for place in queue)
        for skill_id, queue in world.queues.items():
            assert queue, "an empty queue is kept"
            assert not world.idle(skill_id)
            for place in queue:
                assert place.call.waiting is place
                assert place.call.id in world.calls

    def queries_agree(self) -> None:
        for agent_id in AGENTS:
            session_id = self.run(self.hall.session_id(agent_id))
            if session_id:
                legs = self.hall.world.legs_of(session_id)
                assert self.run(self.hall.do(agent_id, "queryCallNumsOnAgent")) == len(legs)
                assert self.run(self.hall.do(agent_id, "isProcessCall")) is bool(legs)


def test_the_contact_centre_stays_consistent() -> None:
    few = settings(COMMON, max_examples=40, stateful_step_count=30)
    run_state_machine_as_test(ContactCentre, settings=few)


@pytest.mark.slow
def test_the_contact_centre_stays_consistent_for_long() -> None:
    run_state_machine_as_test(ContactCentre, settings=LONG)
