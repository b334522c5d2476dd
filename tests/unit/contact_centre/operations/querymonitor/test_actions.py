"""Queries about the gateways and the whole VDN, and limits of sessions."""

from collections.abc import AsyncIterator

import pytest

import gateway
from tests.support.floor import NOW, Floor, open_floor


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(None, 101, 102, 119) as made:
        yield made


async def test_the_cluster_has_the_nodes_that_agents_signed_in_to(floor: Floor) -> None:
    assert await floor.do(101, "queryClusterInfo") == "0"
    assert floor.result == [{"clusterName": "AgentGateway", "nodes": ["Node0"]}]


async def test_a_cluster_by_its_name(floor: Floor) -> None:
    assert await floor.do(101, "queryClusterInfoByName", clustername="AgentGateway") == "0"
    assert floor.result == {"clusterName": "AgentGateway", "nodes": ["Node0"]}


async def test_another_cluster_is_not_known(floor: Floor) -> None:
    assert await floor.do(101, "queryClusterInfoByName", clustername="Other") == "0"
    assert floor.result is None


async def test_where_an_agent_is_signed_in(floor: Floor) -> None:
    assert await floor.do(101, "queryAgentClusterInfo", workno=102) == "0"
    assert floor.result == {"workno": "102", "clusterName": "AgentGateway", "nodeName": "Node0"}


@pytest.mark.parametrize("agent_id", [103, 9999])
async def test_an_agent_who_is_not_signed_in_is_nowhere(floor: Floor, agent_id: int) -> None:
    assert await floor.do(101, "queryAgentClusterInfo", workno=agent_id) == "300-002"


async def test_where_all_agents_are_signed_in(floor: Floor) -> None:
    assert await floor.do(101, "queryAllAgentClusterInfo") == "0"
    assert [told["workno"] for told in floor.result] == ["101", "102", "119"]


async def test_the_time_is_that_of_the_store(floor: Floor) -> None:
    await floor.pass_time(1.5)
    assert await floor.do(101, "queryServerTime") == "0"
    assert floor.result == NOW + 1500


async def test_the_version_is_that_of_the_gateway(floor: Floor) -> None:
    assert await floor.do(101, "querySysVersion") == "0"
    assert floor.result == gateway.__version__


async def test_the_vdn_in_numbers(floor: Floor) -> None:
    await floor.do(102, "sayBusy")
    await floor.centre.customers.place(1, "13800000001")
    await floor.do(119, "sayBusy")
    await floor.centre.customers.place(1, "13800000002")
    await floor.centre.customers.place(2, "13800000003")
    assert await floor.do(119, "querySystemStateInfo") == "0"
    assert floor.result == {
        "vdnid": 1,
        "loggedOnAgents": 3,
        "idleAgents": 0,
        "busyAgents": 2,
        "talkingAgents": 1,
        "talkingCalls": 1,
        "waitingCalls": 2,
    }


async def test_a_conference_is_talked_in(floor: Floor) -> None:
    assert await floor.do(101, "requestAgentConf", {"memberNum": 5}) == "0"
    await floor.do(119, "querySystemStateInfo")
    assert (floor.result["talkingAgents"], floor.result["talkingCalls"]) == (1, 1)


async def test_a_call_that_rings_is_not_talked_in(floor: Floor) -> None:
    await floor.do(101, "setAgentAutoAnswer", isautoanswer="false")
    await floor.centre.customers.place(1, "13800000001")
    await floor.do(119, "querySystemStateInfo")
    assert (floor.result["talkingAgents"], floor.result["talkingCalls"]) == (1, 0)


async def test_a_queue_in_numbers(floor: Floor) -> None:
    assert await floor.do(101, "querySkillsStatisticInfo", skillid=2) == "0"
    assert (floor.result["deviceNo"], floor.result["loggedOnAgents"], floor.result["availAgents"]) == (2, 3, 3)


async def test_a_queue_that_there_is_not_has_no_numbers(floor: Floor) -> None:
    assert await floor.do(101, "querySkillsStatisticInfo", skillid=99) == "600-005"


@pytest.mark.parametrize(("flag", "silent"), [("false", True), ("true", False)])
async def test_an_administrator_s_session_may_be_silent_for_ever(floor: Floor, flag: str, silent: bool) -> None:
    assert await floor.do(119, "setAgentTimeOut", flag=flag) == "0"
    assert floor.hall.desktops.silent == {floor.sessions[119]: silent}


async def test_text_chats_of_everyone_signed_in_are_limited(floor: Floor) -> None:
    assert await floor.do(119, "setMaxChatNum", vdnid=1, chatnum=3) == "0"
    assert [(await floor.state(agent)).max_chats for agent in (101, 102, 119)] == [3, 3, 3]


async def test_text_chats_of_the_agents_named_are_limited(floor: Floor) -> None:
    assert await floor.do(119, "setMaxChatNum", vdnid=1, chatnum=0, agents="102;103") == "0"
    assert [(await floor.state(agent)).max_chats for agent in (101, 102)] == [None, 0]


async def test_another_vdn_cannot_be_limited(floor: Floor) -> None:
    assert await floor.do(119, "setMaxChatNum", vdnid=2, chatnum=3) == "000-002"


@pytest.mark.parametrize(
    ("name", "values"), [("setAgentTimeOut", {"flag": "false"}), ("setMaxChatNum", {"vdnid": 1, "chatnum": 3})]
)
async def test_limits_are_an_administrator_s_business(floor: Floor, name: str, values: dict[str, object]) -> None:
    before = await floor.state(101)
    assert await floor.do(101, name, **values) == "300-001"
    assert await floor.state(101) == before
