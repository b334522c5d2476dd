"""Transactions: agents are occupied for a call, one that fails changes nothing, who signs out leaves its calls."""

import random

import pytest

from gateway.contact_centre.customers.callers import NoSuchCallError
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.state_machine import CallOrigin
from gateway.wire.errors import Refused
from tests.support.hall import Hall

AGENTS = (101, 102, 103, 104, 105)
OPERATIONS: tuple[tuple[str, dict[str, object] | None], ...] = (
    ("answer", None),
    ("answer", None),
    ("hold", None),
    ("getHold", None),
    ("release", None),
    ("sayBusy", None),
    ("sayFree", None),
    ("sayFree", None),
    ("callInner", {"called": "102"}),
    ("callInner", {"called": "103"}),
    ("callout", {"called": "13900"}),
    ("innerHelp", {"dstaddress": "104"}),
    ("transfer", {"devicetype": 2, "mode": 0, "address": "105"}),
    ("transfer", {"devicetype": 1, "mode": 0, "address": "2"}),
    ("reject", {"mode": 1}),
)


async def test_a_busy_agent_is_passed_over() -> None:
    hall = Hall()
    await hall.enter(101, status=3, autoanswer=False)
    await hall.time.pass_s(1)
    await hall.enter(102, autoanswer=False)
    await hall.customers.place(1, "138")
    assert (await hall.kinds(102))[-1] == "AgentEvent_Ringing"
    assert (await hall.state(101)).state is State.BUSY


async def test_an_agent_who_becomes_idle_gets_the_call_that_waits() -> None:
    hall = Hall()
    await hall.enter(101, status=3, autoanswer=False)
    await hall.customers.place(1, "138")
    await hall.do(101, "sayFree")
    assert (await hall.kinds(101))[-1] == "AgentEvent_Ringing"


async def test_a_turn_that_fails_leaves_occupied_agents_as_they_were() -> None:
    hall = Hall()
    await hall.enter(101, status=3)
    before = await hall.state(101)

    def fail() -> None:
        with hall.centre.board.transaction() as transaction:
            transaction.occupy(hall.world.desks[101], CallOrigin.OWN)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert await hall.state(101) == before
    assert await hall.code(101, "callout", body={"called": "13900"}) == "0"


async def test_a_sign_out_by_force_ends_the_call_for_the_others() -> None:
    hall = Hall()
    await hall.enter(101)
    await hall.enter(102)
    await hall.do(101, "callInner", body={"called": "102"})
    await hall.told(102)
    await hall.leave(101)
    assert (await hall.kinds(102))[-1] == "AgentState_Ready"
    assert not hall.world.calls


async def test_who_signs_in_by_force_is_free_and_the_former_session_leaves_its_call() -> None:
    hall = Hall()
    await hall.enter(101)
    await hall.enter(102)
    await hall.do(101, "callInner", body={"called": "102"})
    await hall.enter(101, autoanswer=False)
    assert (await hall.state(102)).state is State.IDLE
    await hall.told(101)
    await hall.leave(102)
    await hall.customers.place(1, "138")
    assert (await hall.kinds(101))[-1] == "AgentEvent_Ringing"


async def _somebody_does_something(hall: Hall, dice: random.Random) -> None:
    if dice.random() < 0.2:
        await hall.customers.place(dice.choice((1, 2)), f"138{dice.randrange(10**6)}")
    elif dice.random() < 0.2 and hall.world.calls:
        try:
            await hall.customers.hang_up(dice.choice(list(hall.world.calls)))
        except NoSuchCallError:
            return
    else:
        name, body = dice.choice(OPERATIONS)
        try:
            await hall.do(dice.choice(AGENTS), name, body=body)
        except Refused:
            return


@pytest.mark.parametrize("seed", range(4))
async def test_states_and_calls_agree_whatever_happens(seed: int) -> None:
    dice, hall = random.Random(seed), Hall()
    for agent_id in AGENTS:
        await hall.enter(agent_id, autoanswer=agent_id % 2 == 0)
    for _ in range(300):
        await _somebody_does_something(hall, dice)
        for agent_id in AGENTS:
            legs = hall.world.legs_of(await hall.session_id(agent_id))
            assert ((await hall.state(agent_id)).state is State.TALKING) == bool(legs)
        assert all(
            len(call.connected()) > 1 or call.waiting or len(call.legs) > 1 for call in hall.world.calls.values()
        )
        assert not any(hall.world.idle(skill) for skill in hall.world.queues)
