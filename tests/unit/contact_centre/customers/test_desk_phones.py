"""Agents' phones as somebody uses them by hand."""

import pytest

from gateway.contact_centre.customers.callers import NoSuchCallError
from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.floor.calls import Phone
from tests.support.floor import Floor, open_floor


async def test_a_call_goes_on_to_an_agent_whose_phone_it_can_reach() -> None:
    async with open_floor(None, 101, 102) as floor:
        await floor.centre.phones.act(101, "engage")
        await floor.pass_time(1)
        await floor.centre.customers.place(1, "138")
        assert (await floor.types(101))[-2:] == ["AgentOther_PhoneBusy", "AgentState_SetNotReady_Success"]
        assert (await floor.types(102))[-1] == "AgentEvent_Talking"


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("callout", {"called": "13900"}, "100-009"),
        ("callInner", {"called": "102"}, "100-009"),
        ("callInnerSkill", {"skillId": 1}, "100-009"),
        ("requestAgentConf", {"memberNum": 3}, "100-009"),
        ("beginPlay", {"voicepath": "y:/1.V3"}, "500-007"),
    ],
)
async def test_an_agent_whose_phone_cannot_be_used_begins_nothing(
    name: str, body: dict[str, object], code: str
) -> None:
    async with open_floor(None, 101, 102) as floor:
        await floor.centre.phones.act(101, "engage")
        before = await floor.state(102)
        assert await floor.do(101, name, body) == code
        assert (await floor.state(102), await floor.told(101)) == (before, [])


async def _lost(floor: Floor) -> None:
    await floor.centre.phones.act(101, "lose")
    assert floor.world.legs_of(floor.sessions[101]) == []
    assert (await floor.state(101)).state is not State.TALKING


async def test_a_lost_phone_ends_the_inspection_of_its_inspector() -> None:
    async with open_floor(None, 119, 102) as floor:
        assert await floor.do(119, "addSupervise", workNo=102) == "0"
        await floor.hush()
        await floor.centre.phones.act(119, "lose")
        assert await floor.types(102) == ["AgentOther_BeQcStop"]
        assert await floor.types(119) == ["AgentOther_PhoneUnknow", "AgentState_Ready"]


async def test_a_lost_phone_ends_all_calls_of_its_agent_also_those_on_hold() -> None:
    async with open_floor(None, 101, 102) as floor:
        await floor.do(101, "callInner", {"called": "102"})
        await floor.do(101, "hold")
        await floor.do(101, "callout", {"called": "13900"})
        await _lost(floor)
        assert not floor.world.calls


async def test_a_lost_phone_that_was_ringing_leaves_the_call_to_others() -> None:
    async with open_floor(None) as floor:
        await floor.sign_in(101, 102, autoanswer=False)
        await floor.centre.customers.place_for(101, "138")
        await _lost(floor)
        assert len(floor.world.private[101]) == 1


async def test_an_agent_who_is_asked_into_a_conference_without_a_phone_is_not_in_it() -> None:
    async with open_floor(None, 101, 102) as floor:
        await floor.do(101, "requestAgentConf", {"memberNum": 3})
        await floor.centre.phones.act(102, "engage")
        await floor.hush()
        asked = {"addresses": [{"addressType": "9", "address": "102"}]}
        assert await floor.do(101, "batchAddParticipant", asked) == "0"
        assert [content["result"] for _kind, content in await floor.told(101)] == [1]
        assert await floor.types(102) == ["AgentState_Busy", "AgentOther_PhoneBusy", "AgentState_SetNotReady_Success"]


@pytest.mark.parametrize("act", ["dial", "hold", "unhold", "transfer"])
async def test_only_linked_phones_are_steered_by_hand(act: str) -> None:
    async with open_floor(None, 101) as floor:
        with pytest.raises(NoSuchCallError, match="not linked"):
            await floor.centre.phones.act(101, act, "13900")


@pytest.mark.parametrize(("act", "phone"), [("engage", Phone.ENGAGED), ("lose", Phone.LOST)])
async def test_what_was_done_to_a_phone_is_undone(act: str, phone: Phone) -> None:
    async with open_floor(None, 101) as floor:
        await floor.centre.phones.act(101, act)
        assert floor.world.desks[101].phone is phone
        with pytest.raises(NoSuchCallError):
            await floor.centre.phones.act(101, "engage")
        await floor.centre.phones.act(101, "find")
        assert floor.world.desks[101].phone is Phone.ON_HOOK


async def test_a_number_that_may_not_be_called_cannot_be_dialled_by_hand_either() -> None:
    async with open_floor(None) as floor:
        await floor.sign_in(101, phonelinkage=True)
        floor.world.plan = type(floor.world.plan)(barred=("110",))
        with pytest.raises(NoSuchCallError):
            await floor.centre.phones.act(101, "dial", "110")
        assert (await floor.state(101)).state is State.IDLE


async def test_nobody_uses_the_phone_of_an_agent_who_is_not_signed_in() -> None:
    async with open_floor(None) as floor:
        with pytest.raises(NoSuchCallError, match="not signed in"):
            await floor.centre.phones.act(101, "engage")
