"""How the SDK polls and sends heartbeats: nothing lost, nothing twice, and no storm."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from gateway.client import Agent, Event, Gateway, PushReceiver
from gateway.client.event_types import AgentEventHold, AgentEventRinging
from gateway.client.refusals import NotSignedIn
from tests.support.scripted import Scripted, cutting, event, refusing, saying, scripted
from tests.support.servers import free_port
from tests.support.waiting import until

POLL, HANDSHAKE = "agentevent/101", "onlineagent/101/handshake"
AWAY = saying({"message": "try again", "retcode": "100-007"}, 503)
EMPTY = saying({"message": "", "retcode": "0"})


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    async with scripted() as made:
        yield made


async def sign_in(
    server: Scripted,
    *,
    first_pause_s: float = 0.01,
    longest_pause_s: float = 0.02,
    heartbeat_s: float = 30,
    events_kept: int = 1000,
) -> Agent:
    there = Gateway(
        server.url,
        first_pause_s=first_pause_s,
        longest_pause_s=longest_pause_s,
        heartbeat_s=heartbeat_s,
        events_kept=events_kept,
    )
    return await Agent.sign_in(there, 101, password="Secret-Word9")


async def test_who_wants_to_hears_of_each_poll_that_failed(server: Scripted) -> None:
    heard: list[str] = []
    there = Gateway(server.url, first_pause_s=0.01, on_trouble=lambda problem: heard.append(type(problem).__name__))
    server.will(POLL, saying("<html>"), AWAY, event("A"))
    async with await Agent.sign_in(there, 101, password="Secret-Word9") as agent:
        assert (await agent.next_event(10)).type == "A"
    assert heard == ["BadAnswer", "Unavailable"]


async def names(agent: Agent, count: int) -> list[str]:
    return [(await agent.next_event(10)).type for _ in range(count)]


async def test_an_event_is_one_of_its_type_with_the_content_as_it_came(server: Scripted) -> None:
    content = {"callid": "1-1", "caller": "13800000000", "more": 1}
    server.will(POLL, event("AgentEvent_Ringing", content, 7), event("AgentEvent_Hold", "1-1"), event("Other", None))
    async with await sign_in(server) as agent:
        ringing, hold, other = [await agent.next_event(10) for _ in range(3)]
    assert isinstance(ringing, AgentEventRinging)
    assert (ringing.content, ringing.generated_ms, ringing.work_no, ringing.call_id) == (content, 7, "101", "1-1")
    assert (type(hold), hold.call_id) == (AgentEventHold, "1-1")
    assert (type(other), other.type) == (Event, "Other")


async def test_the_next_poll_confirms_by_receipt(server: Scripted) -> None:
    server.will(POLL, event("A", receipt="r1"), event("B", receipt="r2"), EMPTY)
    async with await sign_in(server) as agent:
        assert await names(agent, 2) == ["A", "B"]
        polls = await server.hears(POLL, 4)
    assert [poll.headers["Event-Receipt"] for poll in polls[:4]] == ["wanted", "r1", "r2", "r2"]


async def test_an_event_with_the_same_receipt_is_one_event(server: Scripted) -> None:
    server.will(POLL, event("A", receipt="r1"), cutting, event("A", receipt="r1"), event("B"))
    async with await sign_in(server) as agent:
        assert await names(agent, 2) == ["A", "B"]


async def test_two_events_that_are_alike_are_two(server: Scripted) -> None:
    """Without receipts the connection confirms: on a kept one nothing is sent twice."""
    server.will(POLL, event("A"), event("A"), event("B"))
    async with await sign_in(server) as agent:
        assert await names(agent, 3) == ["A", "A", "B"]


async def test_an_event_that_comes_again_after_a_broken_connection_is_one(server: Scripted) -> None:
    server.will(POLL, event("A"), cutting, event("A"), event("B"))
    async with await sign_in(server) as agent:
        assert await names(agent, 2) == ["A", "B"]


async def test_polls_go_on_after_whatever_goes_wrong(server: Scripted) -> None:
    broken = (cutting, AWAY, saying("<html>", 502), saying("no object"), refusing("105-002"), refusing("000-004"))
    server.will(POLL, *broken, event("A"))
    async with await sign_in(server) as agent:
        assert await names(agent, 1) == ["A"]


async def test_failures_make_no_storm(server: Scripted) -> None:
    """Pauses double from 0.1 s to 0.4 s, each with up to half of it taken off: at most 11 in the first 2 s."""
    server.always[POLL] = AWAY
    async with await sign_in(server, first_pause_s=0.1, longest_pause_s=0.4):
        began_s = time.monotonic()
        polls = await server.hears(POLL, 6)
        lasted_s = time.monotonic() - began_s
    assert (lasted_s > 0.05 + 0.1 + 3 * 0.2, len(polls)) == (True, 6)


async def test_the_pause_that_a_503_asks_for_is_kept(server: Scripted) -> None:
    server.will(POLL, saying({"message": "", "retcode": "100-007"}, 503, Retry_After="1"))
    began_s = time.monotonic()
    async with await sign_in(server):
        await server.hears(POLL, 2)
    assert time.monotonic() - began_s > 0.99


async def test_a_gateway_that_does_not_hold_polls_is_asked_twice_a_second(server: Scripted) -> None:
    async with await sign_in(server):
        began_s = time.monotonic()
        await server.hears(POLL, 4)
    assert time.monotonic() - began_s > 1.4


async def test_an_event_sent_again_and_again_makes_no_storm(server: Scripted) -> None:
    server.always[POLL] = event("A", receipt="r1")
    async with await sign_in(server) as agent:
        assert await names(agent, 1) == ["A"]
        began_s = time.monotonic()
        await server.hears(POLL, 5)
    assert time.monotonic() - began_s > 1.4


async def test_a_program_that_is_behind_keeps_its_session_and_loses_nothing(server: Scripted) -> None:
    server.will(POLL, event("A"), event("B"), event("C"))
    async with await sign_in(server, events_kept=2, heartbeat_s=0.05) as agent:
        await server.hears(HANDSHAKE, 2)
        assert len(server.asked(POLL)) == 2
        assert await names(agent, 3) == ["A", "B", "C"]


async def test_polls_have_a_connection_of_their_own(server: Scripted) -> None:
    """An operation is not held up by a poll."""
    gate = asyncio.Event()

    async def held(request: object) -> object:
        await gate.wait()
        return await EMPTY(request)  # type: ignore[arg-type]

    server.always[POLL] = held  # type: ignore[assignment]
    async with await sign_in(server) as agent:
        await server.hears(POLL, 1)
        await agent.onlineagent.say_free()
        gate.set()


async def test_a_cancelled_program_leaves_no_task(server: Scripted) -> None:
    agent = await sign_in(server)
    await server.hears(POLL, 1)
    await agent.close()
    await until(lambda: not [task for task in asyncio.all_tasks() if task.get_name() == "agent 101"])


async def test_heartbeats_of_push_mode_go_on_after_whatever_goes_wrong(server: Scripted) -> None:
    receiver = PushReceiver(f"http://127.0.0.1:{free_port()}/events")
    there = Gateway(server.url, first_pause_s=0.01, longest_pause_s=0.02, heartbeat_s=0.05)
    server.will(HANDSHAKE, cutting, AWAY, saying("<html>", 502), refusing("105-002"), EMPTY)
    async with await Agent.sign_in(there, 101, password="Secret-Word9", push=receiver) as agent:
        await server.hears(HANDSHAKE, 7)
        assert server.asked(POLL) == []
        server.always[HANDSHAKE] = refusing("100-006", "signed out by an inspector")
        with pytest.raises(NotSignedIn, match="by an inspector"):
            await agent.next_event(10)
    [login] = server.asked("onlineagent/101")
    assert (login.json["callBackUri"], len(login.json["serviceToken"])) == (receiver.url, 32)
