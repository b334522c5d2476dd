"""Calls with a picture."""

from collections.abc import AsyncIterator

import pytest

from tests.support.floor import Floor, open_floor

SWITCH = "AgentEvent_MediaSwith"


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    """101 has a phone with a picture, 102 has none."""
    async with open_floor(None) as made:
        await made.sign_in(101, agenttype=11)
        await made.sign_in(102)
        yield made


async def _asked(floor: Floor, agent_id: int) -> list[tuple[object, object]]:
    call = await floor.centre.customers.place_for(agent_id, "138")
    await floor.centre.customers.ask_for_video(call)
    told = [content for kind, content in await floor.told(agent_id) if kind == SWITCH]
    return [(content["reason"], content["mediaType"]) for content in told]


async def test_an_agent_with_a_picture_is_told_that_the_call_has_one(floor: Floor) -> None:
    assert await _asked(floor, 101) == [(0, 3)]


async def test_an_agent_without_one_is_told_that_the_switch_failed(floor: Floor) -> None:
    assert await _asked(floor, 102) == [(1, 1)]


async def test_a_call_that_has_a_picture_is_not_switched_again(floor: Floor) -> None:
    await _asked(floor, 101)
    [call] = floor.world.calls
    await floor.centre.customers.ask_for_video(call)
    assert await floor.told(101) == []


async def test_the_own_picture_is_hidden_and_shown_only_where_there_is_one(floor: Floor) -> None:
    await _asked(floor, 101)
    await _asked(floor, 102)
    steps = ("endMuteVideo", "beginMuteVideo", "beginMuteVideo", "endMuteVideo")
    assert [await floor.do(101, name) for name in steps] == ["200-008", "0", "200-004", "0"]
    assert [await floor.do(102, name) for name in steps[:2]] == ["200-008", "200-004"]


async def test_later_events_of_the_call_tell_of_the_picture(floor: Floor) -> None:
    await _asked(floor, 101)
    await floor.do(101, "hold")
    await floor.do(101, "getHold")
    assert (await floor.told(101))[-1][1]["mediaAbility"] == "3"
