"""What queries tell of an agent: signed in, signed out, in a call, of a team."""

from gateway.contact_centre.floor.plan import Plan, Team
from gateway.contact_centre.operations import directory
from gateway.contact_centre.operations.agentgroup.views import AgentViews
from tests.support.floor import Floor, open_floor

PLAN = Plan(groups=(Team(7, "north", frozenset({101})),))
AGENT, OTHER = 101, 102


def entry(floor: Floor, agent_id: int) -> directory.ListedAgent:
    found = directory.entry(floor.centre.services, agent_id)
    assert found is not None
    return found


async def test_who_is_signed_out_has_no_phone_no_time_and_the_media_of_the_agents_file() -> None:
    async with open_floor() as floor:
        brief = AgentViews(floor.centre.services).brief(entry(floor, AGENT))
    assert (brief.status, brief.cti_status, brief.phonenumber, brief.logindate) == ("2", "0", "", 0)
    assert brief.mediatype == entry(floor, AGENT).agent.media


async def test_a_state_counts_its_seconds_from_when_it_began() -> None:
    async with open_floor(None, AGENT) as floor:
        await floor.pass_time(61.9)
        shown = AgentViews(floor.centre.services).status_time(entry(floor, AGENT))
    assert (shown.status, shown.currentstatetime) == ("4", 61)


async def test_the_team_is_told_where_there_is_one() -> None:
    async with open_floor(PLAN, AGENT, OTHER) as floor:
        views = AgentViews(floor.centre.services)
        shown = [views.brief(entry(floor, agent_id)) for agent_id in (AGENT, OTHER)]
    assert [(one.groupid, one.groupname) for one in shown] == [(7, "north"), (0, "")]


async def test_all_calls_of_an_agent_are_listed_also_those_on_hold() -> None:
    async with open_floor(None, AGENT) as floor:
        held = await floor.centre.customers.place(1, "138")
        await floor.do(AGENT, "hold")
        await floor.do(AGENT, "callout", {"called": "139"})
        shown = AgentViews(floor.centre.services).info(entry(floor, AGENT))
    assert list(shown.callids) == [held, floor.result]


async def test_a_queue_that_is_no_longer_declared_is_not_told() -> None:
    async with open_floor(None, AGENT) as floor:
        queues = AgentViews(floor.centre.services).queues((1, 99_999))
    assert [queue.id for queue in queues] == [1]
