"""Calls live on one node, states on every node: what an agent sees of that at the other node (design section 10)."""

from tests.faults.conftest import Pair, Pairs
from tests.support.desk import Desk
from tests.support.waiting import until, until_async

FAST = {"AGENT_POLL_WAIT_FLAG": "OFF", "HTTPS_PORT": "0"}


async def _agent(pair: Pair, agent_id: int) -> tuple[Desk, Desk]:
    """The same agent at both nodes, signed in to its queues, with no event left."""
    first, second = pair.first.desk(agent_id), pair.second.desk(agent_id)
    assert (await first.sign_in(autoanswer=True)).retcode == "0"
    second.guid = first.guid
    assert (await first.call("POST", "onlineagent/{id}/resetskill/true")).retcode == "0"
    await first.drain_events()
    return first, second


def _calls(pair: Pair) -> int:
    centre = pair.first.app.centre
    assert centre is not None
    return len(centre.world.calls)


async def test_events_and_states_are_right_at_the_other_node_and_calls_say_where_they_are(pairs: Pairs) -> None:
    async with pairs(FAST) as pair:
        here, there = await _agent(pair, 101)
        made = await here.call("PUT", "voicecall/{id}/callout", {"called": "13910000"})
        assert made.retcode == "0"
        events = [event["eventType"] for event in await there.drain_events()]
        assert events[-1] == "AgentEvent_Customer_Alerting"
        assert (await there.status()).json["result"]["agentState"] == 7
        refused = await there.call("DELETE", "voicecall/{id}/release")
        assert (refused.status, refused.retcode) == (200, "100-007")
        assert "another node" in refused.json["message"]
        assert (await here.call("DELETE", "voicecall/{id}/release")).retcode == "0"
        assert (await there.status()).json["result"]["agentState"] == 4


async def test_an_agent_who_became_idle_at_the_other_node_gets_the_waiting_call(pairs: Pairs) -> None:
    async with pairs(FAST) as pair:
        here, there = await _agent(pair, 102)
        assert (await there.call("POST", "onlineagent/{id}/saybusy")).retcode == "0"
        centre = pair.first.app.centre
        assert centre is not None
        await centre.customers.place(1, "13911110000")
        assert (await there.call("POST", "onlineagent/{id}/sayfree")).retcode == "0"

        async def talks() -> bool:
            return bool((await here.status()).json["result"]["agentState"] == 7)

        await until_async(talks)


async def test_a_sign_out_at_the_other_node_ends_the_call(pairs: Pairs) -> None:
    async with pairs(FAST) as pair:
        here, there = await _agent(pair, 103)
        assert (await here.call("PUT", "voicecall/{id}/callout", {"called": "13910000"})).retcode == "0"
        assert (await there.call("DELETE", "onlineagent/{id}/forcelogout")).retcode == "0"

        await until(lambda: not _calls(pair))
