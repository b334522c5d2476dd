"""Operations on the calling agent: states with reason and time, skill queues, switches, the status of the business."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.floor.agent_state import NO_CUSTOM_STATE, State
from tests.support.floor import Floor, open_floor

AGENT = 101


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(None, AGENT) as made:
        yield made


async def test_states_keep_reason_and_time(floor: Floor) -> None:
    assert await floor.do(AGENT, "sayBusy", reason=205) == "0"
    busy = await floor.state(AGENT)
    assert (busy.state, busy.reason) == (State.BUSY, 205)
    assert await floor.do(AGENT, "sayFree") == "0"
    assert await floor.do(AGENT, "rest", time=600, restcause=2) == "0"
    rests = await floor.state(AGENT)
    assert (rests.state, rests.reason, rests.rest_until_ms) == (State.REST, 2, floor.hall.time.now_ms + 600_000)


async def test_a_state_that_cannot_follow_is_refused_and_nothing_is_told(floor: Floor) -> None:
    assert await floor.do(AGENT, "cancelRest") == "100-009"
    assert (await floor.state(AGENT)).state is State.IDLE
    assert await floor.told(AGENT) == []


async def test_the_status_tells_whether_the_agent_talks(floor: Floor) -> None:
    await floor.do(AGENT, "getAgentStatus")
    assert floor.result == {"agentState": 4, "isWorking": False}
    await floor.centre.customers.place(1, "13800000000")
    await floor.do(AGENT, "getAgentStatus")
    assert floor.result == {"agentState": 7, "isWorking": True}


@pytest.mark.parametrize(
    ("asked", "skills"),
    [
        ({"autoflag": "true"}, (1, 2)),
        ({"autoflag": "false", "skillid": "2"}, (2,)),
        ({"autoflag": "false", "skillid": "2;1"}, (1, 2)),
        ({"autoflag": "false", "skillid": "1, 99"}, (1,)),
        ({"autoflag": "false", "skillid": ""}, ()),
    ],
)
async def test_skill_queues_are_those_asked_for_that_the_agent_has(
    floor: Floor, asked: dict[str, str], skills: tuple[int, ...]
) -> None:
    agent = floor.registry.get(AGENT)
    assert agent is not None
    assert {skill.id for skill in agent.skills} >= {1, 2}
    assert await floor.do(AGENT, "resetSkill", **asked) == "0"
    found = (await floor.state(AGENT)).skills
    assert found == (tuple(skill.id for skill in agent.skills) if asked["autoflag"] == "true" else skills)


async def test_a_phone_can_be_linked_with_the_skill_queues(floor: Floor) -> None:
    for linked in (0, 1, 0):
        assert await floor.do(AGENT, "resetSkill", autoflag="true", phonelinkage=linked) == "0"
    assert (await floor.state(AGENT)).linkage, "it is never undone that way"


@pytest.mark.parametrize(
    ("name", "values", "member"),
    [
        ("setAgentAutoAnswer", {"isautoanswer": "false"}, "auto_answer"),
        ("setAgentAutoEnterIdle", {"flag": "false"}, "auto_enter_idle"),
        ("setTalkRight", {"flag": "0"}, "talk_right"),
    ],
)
async def test_switches_are_off_from_then_on(floor: Floor, name: str, values: dict[str, str], member: str) -> None:
    assert getattr(await floor.state(AGENT), member) is True
    assert await floor.do(AGENT, name, **values) == "0"
    assert getattr(await floor.state(AGENT), member) is False


async def test_the_business_may_set_a_status_of_its_own_and_take_it_back(floor: Floor) -> None:
    assert await floor.do(AGENT, "cancelSetCustomState") == "100-009"
    assert await floor.do(AGENT, "setCustomState", customstate=7) == "0"
    assert await floor.do(AGENT, "queryCustomState") == "0"
    assert floor.result == {"agentcustomstate": "7"}
    assert await floor.do(AGENT, "cancelSetCustomState") == "0"
    assert (await floor.state(AGENT)).custom_state == NO_CUSTOM_STATE


async def test_the_skills_of_an_agent_are_those_of_the_agents_file(floor: Floor) -> None:
    assert await floor.do(AGENT, "queryAgentSkills") == "0"
    own = floor.result
    assert {"id", "name", "mediatype"} == set(own[0])
    assert await floor.do(AGENT, "queryAgentSkillsByWorkNo", workno=AGENT) == "0"
    assert floor.result == own
    assert await floor.do(AGENT, "queryAgentSkillsByWorkNo", workno=999_998) == "600-001"
