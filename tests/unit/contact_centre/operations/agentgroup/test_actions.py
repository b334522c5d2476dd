"""Queries about agents and groups. The floor holds every result against its model."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.contact_centre.floor.plan import Plan, Team
from tests.support.floor import NOW, Floor, open_floor

EARLY, LATE = Team(3, "early shift", frozenset({101, 104}), monitor=119), Team(4, "late shift", frozenset({119}))
TEAM = Plan(vdn_id=7, groups=(EARLY, LATE))
LED = {"id": 3, "name": "early shift", "monitorno": 119, "monitorname": "Sven Dahl"}
NOT_LED = {"id": 4, "name": "late shift", "monitorno": 0, "monitorname": ""}


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    """101 talks with a customer, 102 is busy, 103 rests, 107 and 119 are idle; all signed in 90 s ago."""
    async with open_floor(TEAM, 101, 102, 103, 107, 119) as made:
        await made.pass_time(30)
        await made.centre.customers.place(1, "13800000000")
        await made.do(102, "sayBusy", reason=205)
        await made.do(103, "rest", time=100, restcause=1)
        await made.pass_time(60)
        yield made


async def ids(floor: Floor, name: str, body: object = None, *, agent: int = 107, **values: object) -> list[int]:
    """The agents that a query tells of."""
    assert await floor.do(agent, name, body, **values) == "0"
    return [int(told if isinstance(told, str) else told["workno"]) for told in floor.result]


async def info(floor: Floor, agent_id: int) -> dict[str, Any]:
    assert await floor.do(107, "queryAgentInfoByWorkNo", workno=agent_id) == "0"
    found: dict[str, Any] = floor.result
    return found


async def test_everything_about_an_agent(floor: Floor) -> None:
    assert await info(floor, 101) == {
        "workno": "101",
        "name": "Ana Silva",
        "status": "7",
        "ctiStatus": "5",
        "groupid": 3,
        "groupname": "early shift",
        "skilllist": [{"name": "Service", "id": 1, "mediatype": 5}, {"name": "Sales", "id": 2, "mediatype": 5}],
        "callids": list(floor.world.calls),
        "mediatype": "TTF",
        "vdnid": 7,
        "phonenumber": "6001",
        "currentstatetime": 60,
        "logindate": NOW,
        "inMultimediaConf": 0,
        "currentStateReason": 0,
    }


async def test_an_agent_who_is_signed_out_has_no_phone_no_queues_and_no_times(floor: Floor) -> None:
    told = await info(floor, 104)
    assert (told["status"], told["ctiStatus"], told["groupname"]) == ("2", "0", "early shift")
    assert [told[name] for name in ("phonenumber", "skilllist", "callids", "currentstatetime", "logindate")] == [
        *("", [], []),
        *(0, 0),
    ]


async def test_an_agent_in_no_group_has_group_0(floor: Floor) -> None:
    told = await info(floor, 107)
    assert (told["groupid"], told["groupname"]) == (0, "")


@pytest.mark.parametrize(("agent_id", "status", "cti", "reason"), [(102, "3", "7", 205), (103, "8", "8", 1)])
async def test_a_status_has_its_code_at_the_platform_and_its_reason(
    floor: Floor, agent_id: int, status: str, cti: str, reason: int
) -> None:
    told = await info(floor, agent_id)
    assert (told["status"], told["ctiStatus"], told["currentStateReason"]) == (status, cti, reason)


async def test_an_unknown_agent_is_refused(floor: Floor) -> None:
    assert await floor.do(107, "queryAgentInfoByWorkNo", workno=9999) == "300-002"


async def test_an_agent_who_is_no_longer_configured_is_known_while_signed_in(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(floor.registry, "get", {}.get)
    assert (await info(floor, 102))["name"] == "102"


async def test_agents_of_a_queue_are_those_signed_in_to_it(floor: Floor) -> None:
    assert await ids(floor, "queryAgentInfoBySkillId", skillid=3) == [107, 119]
    assert await ids(floor, "queryAgentIdsBySkillId", skillid=3) == [107, 119]


async def test_agents_of_a_queue_without_the_right_to_take_calls_are_left_out(floor: Floor) -> None:
    await floor.do(119, "setTalkRight", flag=0)
    assert await ids(floor, "queryAgentIdsBySkillId", skillid=3) == [107]


async def test_an_agent_without_the_right_to_take_calls_may_not_ask_for_those_of_a_queue(floor: Floor) -> None:
    await floor.do(107, "setTalkRight", flag=0)
    assert await floor.do(107, "queryAgentInfoBySkillId", skillid=3) == "300-001"


async def test_agents_of_a_queue_may_be_asked_for_by_status_and_number(floor: Floor) -> None:
    wanted = {"agentStatus": [4, 8], "agentLimit": 2}
    assert await ids(floor, "queryAgentInfoBySkillId", wanted, skillid=1) == [103, 107]


async def test_agents_that_a_queue_is_configured_for_may_be_signed_out(floor: Floor) -> None:
    assert await ids(floor, "queryAgentInfoByConfigedSkillId", skillid=5) == [115, 116, 117, 119]


async def test_agents_by_list_are_those_named_that_there_are(floor: Floor) -> None:
    assert await ids(floor, "queryAgentInfoByList", agentlist="103;9999;101") == [103, 101]


async def test_a_list_without_names_means_everyone_signed_in(floor: Floor) -> None:
    assert await ids(floor, "queryAgentInfoByList") == [101, 102, 103, 107, 119]


@pytest.mark.parametrize(("media", "told"), [("1", [119]), ("4,5", [101, 102, 103, 107, 119]), ("53", [])])
async def test_a_list_may_be_limited_to_queues_of_some_media(floor: Floor, media: str, told: list[int]) -> None:
    assert await ids(floor, "queryAgentInfoByList", mediaTypes=media) == told


async def test_agents_without_their_queues(floor: Floor) -> None:
    assert await ids(floor, "queryAgentInfoWithoutSkills", {"agentlist": ["102", "104"]}) == [102, 104]
    assert "skilllist" not in floor.result[0]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("queryAllLoginedAgentInfoOnVdn", [101, 102, 103, 107, 119]),
        ("queryAllLoggedInAgentPhonesOnVdn", [101, 102, 103, 107, 119]),
        ("getAllStatusLocalAgents", [101, 102, 103, 107, 119]),
        ("getAllStatusAgents", list(range(101, 121))),
        ("queryAgentStatusAndTimeOnVDN", list(range(101, 121))),
        ("getIdleStatusAgents", [107, 119]),
        ("getAllAgentsInTextChat", []),
    ],
)
async def test_lists_of_agents(floor: Floor, name: str, told: list[int]) -> None:
    assert await ids(floor, name) == told


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (0, []),
        (1, [101, 102, 103, 107, 119]),
        (3, [102]),
        (4, [107, 119]),
        (5, []),
        (6, [107, 119]),
        (7, [101]),
        (8, [103]),
    ],
)
async def test_agents_in_a_status(floor: Floor, status: int, told: list[int]) -> None:
    assert await ids(floor, "getAgentListByStatus", status=status) == told


async def test_signed_out_is_a_status_too(floor: Floor) -> None:
    assert 101 not in await ids(floor, "getAgentListByStatus", status=2)
    assert len(floor.result) == 15


async def test_agents_in_a_text_chat_are_those_who_took_it(floor: Floor) -> None:
    await floor.do(119, "setAgentAutoAnswer", isautoanswer="false")
    chat = await floor.centre.chat_customers.start(4, "customer")
    assert await ids(floor, "getAllAgentsInTextChat") == []
    assert await floor.do(119, "answer", callid=chat) == "0"
    assert await ids(floor, "getAllAgentsInTextChat") == [119]


async def test_agents_have_the_node_they_signed_in_to(floor: Floor) -> None:
    await floor.do(107, "queryAllAgentWasNameOnVdn")
    assert floor.result == dict.fromkeys(("101", "102", "103", "107", "119"), "Node0")


async def test_an_agent_s_own_status_and_queues(floor: Floor) -> None:
    await floor.do(103, "queryAgentStatusAndSkill")
    assert (floor.result["workno"], floor.result["status"]) == ("103", "8")
    assert [queue["id"] for queue in floor.result["skills"]] == [1, 2]


async def test_who_is_about_to_rest_is_told_with_status_9_and_as_talking_at_the_platform(floor: Floor) -> None:
    await floor.do(101, "rest", time=100, restcause=1)
    await floor.do(101, "queryAgentInfoByWorkNo", workno=101)
    assert (floor.result["status"], floor.result["ctiStatus"]) == ("9", "5")
    await floor.do(102, "getAgentListByStatus", status=9)
    assert [agent["workno"] for agent in floor.result] == ["101"]


async def test_a_rest_under_way_tells_what_is_left(floor: Floor) -> None:
    await floor.do(103, "queryAgentRestDetailInfo")
    assert floor.result == {"restReasonId": 1, "restReason": "Lunch", "restTime": 100, "leftTime": 40}


async def test_nothing_is_left_of_a_rest_that_is_over(floor: Floor) -> None:
    await floor.pass_time(41)
    await floor.do(103, "queryAgentRestDetailInfo")
    assert floor.result["leftTime"] == 0


async def test_who_does_not_rest_has_no_rest(floor: Floor) -> None:
    assert await floor.do(102, "queryAgentRestDetailInfo") == "0"
    assert floor.result is None


async def test_causes_of_rest_are_those_of_the_agents_file(floor: Floor) -> None:
    await floor.do(101, "getAgentRestReason")
    assert floor.result[1] == {"restReasonId": 1, "restReason": "Lunch"}


async def test_agents_of_the_own_group_and_of_another(floor: Floor) -> None:
    assert await ids(floor, "queryAllAgentInfoOnMyGroup", agent=101) == [101, 104]
    assert await ids(floor, "queryAllAgentInfoOnMyGroupEx", agent=101) == [101, 104]
    assert await ids(floor, "queryAllAgentInfoOnMyGroupEx", groupid=4) == [119]


async def test_the_group_of_an_agent(floor: Floor) -> None:
    assert await floor.do(107, "queryGroupInfoByWorkNo", workno=104) == "0"
    assert floor.result == LED


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("queryAllAgentInfoOnMyGroup", {}, "300-004"),
        ("queryAllAgentInfoOnMyGroupEx", {"groupid": 9}, "300-004"),
        ("queryGroupInfoByWorkNo", {"workno": 102}, "300-004"),
        ("queryGroupInfoByWorkNo", {"workno": 9999}, "300-003"),
    ],
)
async def test_where_there_is_no_group(floor: Floor, name: str, values: dict[str, int], code: str) -> None:
    assert await floor.do(107, name, **values) == code


async def test_groups_of_the_vdn(floor: Floor) -> None:
    await floor.do(107, "queryGroupInfoOnVdn")
    assert floor.result == [LED, NOT_LED]


@pytest.mark.parametrize(
    ("name", "holders"),
    [
        ("isCensor", {119}),
        ("isMonitor", {119}),
        ("isSpyMonitor", {119}),
        ("isPickUp", {118, 119}),
        ("isReportManager", {119}),
        ("isSystem", {119}),
    ],
)
async def test_rights_come_from_roles(floor: Floor, name: str, holders: set[int]) -> None:
    await floor.sign_in(118)
    told = set()
    for agent_id in (107, 118, 119):
        assert await floor.do(agent_id, name) == "0"
        told |= {agent_id} if floor.result else set()
    assert told == holders


async def test_calling_out_needs_voice(floor: Floor) -> None:
    assert await floor.do(107, "isCallOut") == "0"
    assert floor.result is True
