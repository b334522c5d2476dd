"""Notes and bulletins."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.floor.plan import Plan, Team
from gateway.contact_centre.operations.onlineagent.notes import BULLETINS, NOTES
from tests.support.floor import Floor, open_floor

TEAM = Plan(groups=(Team(1, "early shift", frozenset({101, 102})),))


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(TEAM, 101, 102, 107) as made:
        yield made


async def test_a_note_is_told_to_its_receivers_who_are_signed_in(floor: Floor) -> None:
    assert await floor.do(101, "sendNoteletEx", {"agentIds": [102, 103], "content": "lunch at noon"}) == "0"
    assert await floor.told(102) == [("AgentOther_Note", {"sender": "101", "context": "lunch at noon"})]
    assert await floor.told(107) == []


async def test_the_result_of_a_note_is_null(floor: Floor) -> None:
    await floor.do(101, "sendNoteletEx", {"agentIds": [102], "content": ""})
    assert floor.result is None


async def test_the_older_form_names_the_receivers_in_the_path(floor: Floor) -> None:
    assert await floor.do(101, "sendNotelet", receiver="102;107", content="hello") == "0"
    told = [("AgentOther_Note", {"sender": "101", "context": "hello"})]
    assert [await floor.told(agent) for agent in (102, 107)] == [told, told]
    assert floor.result == {}


@pytest.mark.parametrize(
    ("name", "body", "values", "code"),
    [
        ("sendNoteletEx", {"agentIds": [102, 9999], "content": "x"}, {}, "100-001"),
        ("sendNoteletEx", {"agentIds": [102], "content": "x" * 1024}, {}, "100-001"),
        ("sendNoteletEx", {"agentIds": list(range(102, 203)), "content": "x"}, {}, "100-001"),
        ("sendNoteletEx", {"content": "x"}, {}, "100-001"),
        ("sendNotelet", None, {"receiver": "102;9999", "content": "x"}, "000-002"),
    ],
)
async def test_a_refused_note_reaches_nobody(
    floor: Floor, name: str, body: object, values: dict[str, str], code: str
) -> None:
    assert await floor.do(101, name, body, **values) == code
    assert await floor.told(102) == []


async def test_a_bulletin_to_a_team_reaches_its_agents_with_sender_and_text(floor: Floor) -> None:
    body = {"targettype": 0, "targetname": "early shift", "bulletindata": "a new tariff"}
    assert await floor.do(107, "notifyBulletin", body) == "0"
    told = [("AgentOther_Bulletin", {"sender": "107", "context": "a new tariff"})]
    assert [await floor.told(agent) for agent in (101, 102, 107)] == [told, told, []]


async def test_a_bulletin_to_a_skill_queue_reaches_the_agents_signed_in_to_it(floor: Floor) -> None:
    body = {"targettype": "1", "targetname": "Sales", "bulletindata": "sold out"}
    assert await floor.do(107, "notifyBulletin", body) == "0"
    told = [("AgentOther_Bulletin", {"sender": "107", "context": "sold out"})]
    assert [await floor.told(agent) for agent in (101, 102, 107)] == [told, told, []]


async def test_one_sender_may_send_so_many_at_once_and_then_one_a_while(floor: Floor) -> None:
    note = {"agentIds": [102], "content": "x"}
    codes = [await floor.do(101, "sendNoteletEx", note) for _ in range(1100)]
    assert codes == ["0"] * NOTES.at_once + ["000-002"] * (1100 - NOTES.at_once)
    assert len(await floor.told(102)) == NOTES.at_once
    assert await floor.do(107, "sendNoteletEx", note) == "0"


async def test_bulletins_of_one_sender_are_bounded_likewise(floor: Floor) -> None:
    body = {"targettype": 0, "targetname": "early shift", "bulletindata": "x"}
    codes = [await floor.do(107, "notifyBulletin", body) for _ in range(50)]
    assert codes == ["0"] * BULLETINS.at_once + ["000-002"] * (50 - BULLETINS.at_once)


@pytest.mark.parametrize("targettype", [0, 1])
async def test_a_bulletin_to_nobody_known_is_refused(floor: Floor, targettype: int) -> None:
    body = {"targettype": targettype, "targetname": "nobody", "bulletindata": "x"}
    assert await floor.do(101, "notifyBulletin", body) == "000-002"
