"""Events that one of our gateways fetches for its own queue: kept until it says that it has them."""

from collections.abc import AsyncIterator

import pytest

from gateway.wire.envelope import RECEIPT, WANTED
from tests.support.desk import PREFIX, Answer, Desk, Line, ask_once
from tests.support.gateway import running_gateway


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Signed in, with two events that wait for it."""
    async with running_gateway({"AGENT_POLL_WAIT_FLAG": "OFF"}) as gateway:
        made = gateway.desk(101)
        assert (await made.sign_in()).retcode == "0"
        yield made


async def poll(desk: Desk, receipt: str, line: Line | None = None) -> Answer:
    headers = {"guid": desk.guid, RECEIPT: receipt}
    path = f"{PREFIX}/agentevent/{desk.agent_id}"
    return await (line.ask("GET", path, headers) if line else ask_once(desk.port, "GET", path, headers))


def kind(answer: Answer) -> str:
    return str(answer.json["event"]["eventType"]) if "event" in answer.json else ""


async def test_an_event_stays_until_its_receipt_comes_back(desk: Desk) -> None:
    line = await Line.open(desk.port)
    polls = [await poll(desk, WANTED, line) for _ in range(3)]
    assert {(kind(answer), answer.headers[RECEIPT]) for answer in polls} == {
        ("AgentOther_InService", polls[0].headers[RECEIPT])
    }
    following = await poll(desk, polls[0].headers[RECEIPT], line)
    assert kind(following) == "AgentState_Ready"
    await line.close()


async def test_the_receipt_may_come_on_another_connection_and_again(desk: Desk) -> None:
    first = (await poll(desk, WANTED)).headers[RECEIPT]
    assert [kind(await poll(desk, first)) for _ in range(2)] == ["AgentState_Ready"] * 2


@pytest.mark.parametrize("receipt", ["", "a b", "x" * 65, "0123456789abcdef"])
async def test_anything_else_confirms_nothing(desk: Desk, receipt: str) -> None:
    await poll(desk, WANTED)
    assert kind(await poll(desk, receipt)) == "AgentOther_InService"


async def test_an_empty_answer_has_none(desk: Desk) -> None:
    await desk.drain_events()
    assert RECEIPT not in (await poll(desk, WANTED)).headers


async def test_who_does_not_ask_gets_none(desk: Desk) -> None:
    assert RECEIPT not in (await desk.poll()).headers
