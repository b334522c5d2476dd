"""Events and polls when an agent's requests go to different nodes (docs/design/events.md)."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator

import pytest

from gateway.ops import metrics
from tests.faults.conftest import Pair, Pairs
from tests.support.desk import PREFIX, Desk, Line
from tests.support.gateway import Gateway
from tests.support.waiting import lost_time, until, until_async

EMPTY = b'{"message":"","retcode":"0"}'
HOLD = {"AGENT_POLL_WAIT_TIMES": "15"}
"""1.5 s."""
SLACK_S = 0.5
"""For a Redis that a busy machine keeps waiting; a poll that nobody wakes takes three times as long."""
STORM_S = 1.5
BUSY = "AgentState_SetNotReady_Success"
FREE = "AgentState_CancelNotReady_Success"
SMALL_BUFFER = 2304
ANSWERS_THAT_FILL_IT = 60


@pytest.fixture
async def pair(pairs: Pairs) -> AsyncIterator[Pair]:
    async with pairs(HOLD) as made:
        yield made


async def depth(pair: Pair, agent_id: int = 101) -> int:
    return await pair.first.app.stores.queue.depth(agent_id)


async def confirmed(pair: Pair) -> None:
    """Waits until no event is left that has not arrived."""

    async def none_left() -> bool:
        return await depth(pair) == 0

    await until_async(none_left)


async def quiet(pair: Pair) -> Desk:
    """A desk of the first node whose events have all arrived."""
    desk = pair.first.desk(101)
    assert (await desk.sign_in()).retcode == "0"
    for _ in range(2):
        assert "event" in (await desk.poll()).json
    await confirmed(pair)
    return desk


def at(desk: Desk, node: Gateway) -> Desk:
    """The same desktop, its requests going to another node."""
    moved = Desk(node.port, desk.agent_id, desk.password)
    moved.guid = desk.guid
    return moved


async def parked(pair: Pair) -> None:
    """Waits until a poll is parked at the first node and the store knows. Those that the centre holds do not count."""
    at_centre, here = pair.centre.app.parking, pair.first.app.parking
    await until(lambda: len(here) > 0 and sample("agentgateway_polls_parked") > len(at_centre))


def sample(name: str, **labels: str) -> float:
    """A counter of this process, in which both nodes run, and the contact centre behind them."""
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


async def test_an_event_made_on_another_node_wakes_the_poll_within_200_ms(pair: Pair) -> None:
    desk = await quiet(pair)
    poll = asyncio.create_task(desk.poll())
    await parked(pair)
    async with lost_time() as lost:
        began_s = time.monotonic()
        assert (await at(desk, pair.second).call("POST", "onlineagent/{id}/saybusy")).retcode == "0"
        assert (await poll).json["event"]["eventType"] == BUSY
        assert time.monotonic() - began_s - lost.s < 0.2 + SLACK_S


async def test_the_newest_poll_wins_over_nodes(pair: Pair) -> None:
    desk = await quiet(pair)
    older = asyncio.create_task(desk.poll())
    await parked(pair)
    async with lost_time() as lost:
        began_s = time.monotonic()
        newer = asyncio.create_task(at(desk, pair.second).poll())
        assert (await older).body == EMPTY
        assert time.monotonic() - began_s - lost.s < 0.2 + SLACK_S
    await desk.call("POST", "onlineagent/{id}/saybusy")
    assert (await newer).json["event"]["eventType"] == BUSY


async def test_two_windows_on_two_nodes_poll_each_other_out_a_few_times_a_second(pairs: Pairs) -> None:
    async with pairs({}) as pair:  # Their polls are held for 10 s.
        desk, until_s, answers = await quiet(pair), time.monotonic() + STORM_S, list[bytes]()

        async def window(node: Gateway) -> None:
            while time.monotonic() < until_s:
                answers.append((await at(desk, node).poll()).body)

        windows = [asyncio.create_task(window(node)) for node in pair.nodes]
        await asyncio.wait(windows, timeout=STORM_S)
        assert set(answers) == {EMPTY}
        assert len(answers) <= 2 * 2 * (STORM_S + 1)
        await desk.call("DELETE", "onlineagent/{id}/logout")
        await asyncio.gather(*windows)


async def test_a_forced_sign_in_on_another_node_ends_the_parked_poll_of_the_former_session(pair: Pair) -> None:
    desk = await quiet(pair)
    poll = asyncio.create_task(desk.poll())
    await parked(pair)
    assert (await at(desk, pair.second).sign_in(force=True)).retcode == "0"
    ended = await poll
    assert (ended.body, ended.set_guid) == (EMPTY, "")
    told = (await desk.poll()).json
    assert (told["retcode"], told["message"]) == ("100-006", "the agent signed in elsewhere by force")


async def test_an_acknowledged_event_is_not_repeated_on_another_connection_nor_on_another_node(pair: Pair) -> None:
    desk = await quiet(pair)
    await desk.call("POST", "onlineagent/{id}/saybusy")
    assert (await desk.poll()).json["event"]["eventType"] == BUSY
    await confirmed(pair)
    assert [(await at(desk, node).poll()).body for node in pair.nodes] == [EMPTY, EMPTY]


@pytest.mark.parametrize("kept", [True, False], ids=["kept connections", "a connection a poll"])
async def test_a_client_that_changes_node_at_every_poll_gets_every_event_once(pair: Pair, kept: bool) -> None:
    """It polls again at once: the kernel's acknowledgement is often held back until after that."""
    desk = await quiet(pair)
    desks, lines = [at(desk, node) for node in pair.nodes], [await Line.open(node.port) for node in pair.nodes]

    async def event_of(turn: int, operation: str) -> str:
        """What the poll of this turn brings, during which the operation is asked for."""
        poll = asyncio.create_task(desks[turn % 2].poll(line=lines[turn % 2] if kept else None))
        await until(lambda: poll.done() or len(pair.nodes[turn % 2].app.parking) > 0)
        await desk.call("POST", f"onlineagent/{{id}}/{operation}")
        kind: str = (await poll).json["event"]["eventType"]
        return kind

    kinds = [await event_of(turn, operation) for turn, operation in enumerate(("saybusy", "sayfree") * 6)]
    assert kinds == [BUSY, FREE] * 6
    for line in lines:
        await line.close()


class DeafLine(Line):
    """A connection that never reads: answers fill its small window and stay unacknowledged in the gateway's kernel."""

    @classmethod
    async def open(cls, port: int) -> "DeafLine":
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=plain)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        return cls(reader, writer)


async def sent_but_not_acknowledged(desk: Desk) -> DeafLine:
    """A connection on which a poll was answered behind answers that the client does not take."""
    line = await DeafLine.open(desk.port)
    for _ in range(ANSWERS_THAT_FILL_IT):
        await line.send("GET", "/gateway/live", {}, b"")
    labels = {"operation": "getAgentEvent", "retcode": "0"}
    before = sample("agentgateway_operations_total", **labels)
    await line.send("GET", f"{PREFIX}/agentevent/{desk.agent_id}", {"guid": desk.guid}, b"")
    await until(lambda: sample("agentgateway_operations_total", **labels) > before)
    return line


@pytest.mark.parametrize("where", ["the same node", "another node"])
async def test_an_event_whose_answer_was_not_acknowledged_comes_once_more_with_its_time(pair: Pair, where: str) -> None:
    desk = await quiet(pair)
    await desk.call("POST", "onlineagent/{id}/saybusy")
    sent_ms = await time_of_oldest(pair)
    line = await sent_but_not_acknowledged(desk)
    line.abort()
    next_desk = at(desk, pair.first if where == "the same node" else pair.second)
    again = (await next_desk.poll()).json["event"]
    assert (again["eventType"], again["eventGenTime"]) == (BUSY, sent_ms)
    await confirmed(pair)
    assert (await next_desk.poll()).body == EMPTY


async def time_of_oldest(pair: Pair, agent_id: int = 101) -> int:
    """Of the event that waits, once it is there: it comes from the centre."""
    stores = pair.first.app.stores
    session = (await stores.sessions.read(agent_id)).session
    assert session is not None
    await until_async(lambda: some_left(pair, agent_id))
    event = await stores.queue.head(agent_id, session.id)
    assert event is not None
    made_ms: int = json.loads(event.body)["eventGenTime"]
    return made_ms


async def some_left(pair: Pair, agent_id: int) -> bool:
    return await depth(pair, agent_id) > 0
