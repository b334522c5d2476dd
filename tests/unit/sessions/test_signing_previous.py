"""The state before the present one is known (contract onlineagent.yaml, syncagentinfo)."""

from dataclasses import replace
from typing import Any

from gateway.sessions.agent_state import AgentState, State
from gateway.sessions.model import Event, Record
from gateway.sessions.policy import Policy
from gateway.sessions.service import SessionService
from gateway.sessions.signing import change_state
from gateway.sessions.store import Change
from gateway.settings.schema import Settings
from tests.unit.sessions import samples
from tests.unit.sessions.houses import memory_house


async def changed(**fields: Any) -> AgentState:
    """The state after a change of an idle agent."""
    async with memory_house() as house:
        service = SessionService(house.one.store, samples.RING, lambda: Policy(Settings()))
        opened = Record(samples.AGENT, samples.FRESH, AgentState(State.IDLE, previous=State.BUSY))
        await house.one.store.apply(samples.AGENT, lambda _record: Change(None, opened))

        def transition(state: AgentState, _now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            return replace(state, **fields), ()

        await change_state(service, samples.AGENT, samples.FRESH.id, transition)
        return (await house.one.store.read(samples.AGENT)).state


async def test_a_new_state_remembers_the_one_before() -> None:
    assert (await changed(state=State.REST)).previous is State.IDLE


async def test_a_change_within_a_state_leaves_it() -> None:
    assert (await changed(phone="6002")).previous is State.BUSY
