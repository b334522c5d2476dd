"""Queries about skill queues, voice menus and access codes."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.floor.plan import Plan, Queue, VoiceMenu
from tests.support.floor import Floor, open_floor

PLAN = Plan(
    vdn_id=7,
    queues={2: Queue(2, service_type=9)},
    access={"60001": 1, "60002": 2, "60012": 2},
    ivrs={"70001": VoiceMenu("70001", 41, "opening hours", 5)},
)


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    """Nobody is free: two calls wait for queue 1 (for 50 and 20 s), one for queue 3, one for queue 5."""
    async with open_floor(PLAN, 101, 107, 119) as made:
        for agent_id in (101, 107, 119):
            await made.do(agent_id, "sayBusy")
        await made.centre.customers.place(1, "13800000001")
        await made.pass_time(30)
        for skill_id in (1, 3, 5):
            await made.centre.customers.place(skill_id, f"1380000001{skill_id}")
        await made.pass_time(20)
        yield made


@pytest.mark.parametrize(("agent_id", "waiting"), [(101, 2), (107, 3), (119, 4)])
async def test_users_wait_in_the_queues_configured_for_the_agent(floor: Floor, agent_id: int, waiting: int) -> None:
    await floor.do(agent_id, "resetSkill", autoflag="false", skillid="")
    assert await floor.do(agent_id, "queryQueueLengthOnAgent") == "0"
    assert floor.result == waiting


async def test_users_wait_in_the_queues_the_agent_is_signed_in_to(floor: Floor) -> None:
    await floor.do(119, "resetSkill", autoflag="false", skillid="3;5")
    assert await floor.do(119, "queryQueueLengthOnAgentSkills") == "0"
    assert floor.result == 2


@pytest.mark.parametrize(("skill_id", "waiting"), [(1, 2), (2, 0), (3, 1), (99, 0)])
async def test_users_wait_in_one_queue(floor: Floor, skill_id: int, waiting: int) -> None:
    assert await floor.do(101, "queryQueueLengthBySkillId", skillid=skill_id) == "0"
    assert floor.result == waiting


async def test_a_customer_who_waits_to_chat_is_counted(floor: Floor) -> None:
    await floor.centre.chat_customers.start(4, "customer")
    assert await floor.do(119, "queryQueueLengthBySkillId", skillid=4) == "0"
    assert floor.result == 1


async def test_queues_of_the_vdn(floor: Floor) -> None:
    assert await floor.do(101, "querySkillQueueOnAgentVDN") == "0"
    assert [queue["id"] for queue in floor.result] == [1, 2, 3, 4, 5, 6]
    assert floor.result[1] == {"name": "Sales", "id": 2, "mediatype": 5, "serviceType": 9, "realFlag": 1}


async def test_queues_of_a_vdn_by_its_number(floor: Floor) -> None:
    assert await floor.do(101, "querySkillQueueOnVDN", vdnid=7) == "0"
    assert len(floor.result) == 6


async def test_queues_of_an_agent_are_those_configured_for_it(floor: Floor) -> None:
    assert await floor.do(101, "querySkillQueueOnAgent", workNo=115) == "0"
    assert [queue["id"] for queue in floor.result] == [3, 4, 5, 6]


async def test_queues_in_numbers(floor: Floor) -> None:
    await floor.do(107, "sayFree")  # takes the call that waits longest
    await floor.do(119, "sayFree")  # takes the next one of queue 1
    await floor.sign_in(102)
    assert await floor.do(101, "queryStatInfoOfAcd", {"skills": [1, 99, 3]}) == "0"
    service, support = floor.result
    assert (service["pilotNbr"], service["deviceNo"], service["skillDescrip"]) == ("60001", 1, "Service")
    assert (service["queueSize"], service["queueTime"]) == (0, 0)
    assert (service["loggedOnAgents"], service["availAgents"]) == (4, 1)
    assert (support["queueSize"], support["queueTime"]) == (1, 20)
    assert (support["loggedOnAgents"], support["availAgents"]) == (2, 0)


async def test_the_longest_wait_of_a_queue(floor: Floor) -> None:
    await floor.do(101, "queryStatInfoOfAcd", {"skills": [1]})
    assert (floor.result[0]["queueSize"], floor.result[0]["queueTime"]) == (2, 50)


async def test_an_idle_agent_without_the_right_to_take_calls_is_not_available(floor: Floor) -> None:
    await floor.sign_in(111)
    await floor.do(111, "setTalkRight", flag=0)
    await floor.do(101, "queryStatInfoOfAcd", {"skills": [4]})
    assert (floor.result[0]["loggedOnAgents"], floor.result[0]["availAgents"]) == (2, 0)


async def test_queues_of_a_vdn_in_numbers_are_all_unless_some_are_named(floor: Floor) -> None:
    assert await floor.do(101, "querySkillStatWithVdn", {"vdnid": 7}) == "0"
    assert [queue["deviceNo"] for queue in floor.result] == [1, 2, 3, 4, 5, 6]
    assert await floor.do(101, "querySkillStatWithVdn", {"skills": "2;1"}) == "0"
    assert [queue["deviceNo"] for queue in floor.result] == [2, 1]


async def test_voice_menus_of_the_vdn(floor: Floor) -> None:
    assert await floor.do(101, "queryIVRInfoOnVdn") == "0"
    assert floor.result == [{"access": "70001", "id": 41, "description": "opening hours", "serviceNo": 5}]


async def test_access_codes_of_the_vdn_lead_to_queues_and_voice_menus(floor: Floor) -> None:
    assert await floor.do(101, "queryInNoOnVDN") == "0"
    assert {code["inno"]: code["description"] for code in floor.result} == {
        "60001": "Service",
        "60002": "Sales",
        "60012": "Sales",
        "70001": "opening hours",
    }


async def test_an_access_code_has_a_number_its_vdn_and_the_media_type_of_what_it_leads_to() -> None:
    plan = Plan(vdn_id=7, access={"60001": 1, "60004": 4}, ivrs={"70001": VoiceMenu("70001", 41, "opening hours", 5)})
    async with open_floor(plan, 101) as floor:
        await floor.do(101, "queryInNoOnVDN")
        assert [(code["id"], code["vdnid"], code["mediatype"]) for code in floor.result] == [
            (1, 7, 5),
            (2, 7, 1),
            (3, 7, 5),
        ]


@pytest.mark.parametrize(
    ("name", "body", "values", "code"),
    [
        ("querySkillQueueOnVDN", None, {"vdnid": 8}, "600-002"),
        ("querySkillQueueOnAgent", None, {"workNo": 9999}, "600-001"),
        ("queryStatInfoOfAcd", {"skills": [98, 99]}, {}, "600-005"),
        ("querySkillStatWithVdn", {"vdnid": 8}, {}, "600-002"),
        ("querySkillStatWithVdn", {"skills": [99]}, {}, "600-002"),
    ],
)
async def test_where_there_is_no_queue(
    floor: Floor, name: str, body: object, values: dict[str, int], code: str
) -> None:
    assert await floor.do(101, name, body, **values) == code


@pytest.mark.parametrize(("name", "code"), [("queryIVRInfoOnVdn", "600-004"), ("queryInNoOnVDN", "600-003")])
async def test_where_nothing_is_configured(name: str, code: str) -> None:
    async with open_floor(None, 101) as floor:
        assert await floor.do(101, name) == code
