"""A connection that sends the same bytes again is judged again: only their parsing is saved.

See docs/design/connection.md.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.support.desk import PREFIX, Answer, Desk, Line, read_answer
from tests.support.gateway import Gateway, running_gateway

AGENT = 101
INTERVAL_MS = 60_000
GRACE_MS = 5_000


class Moment:
    """The time of the store in ms, moved by the test."""

    def __init__(self) -> None:
        self.ms = 1_800_000_000_000


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
async def gateway(moment: Moment) -> AsyncIterator[Gateway]:
    settings = {
        "AUTHMODE": "2",
        "GUIDINTERVAL": str(INTERVAL_MS),
        "GUIDTIMEOUT": str(INTERVAL_MS + GRACE_MS),
        "AGENT_POLL_WAIT_FLAG": "OFF",
    }
    async with running_gateway(settings, clock=lambda: moment.ms, jobs=False) as running:
        yield running


@pytest.fixture
async def desk(gateway: Gateway) -> Desk:
    made = gateway.desk(AGENT)
    assert (await made.sign_in()).retcode == "0"
    await made.drain_events()
    return made


@contextlib.asynccontextmanager
async def connection(desk: Desk) -> AsyncIterator[Line]:
    line = await Line.open(desk.port)
    try:
        yield line
    finally:
        await line.close()


async def ask(line: Line, path: str, guid: str) -> Answer:
    await line.send("GET", f"{PREFIX}/{path}", {"guid": guid}, b"")
    return await read_answer(line.reader)


async def test_it_is_answered_with_what_is_so_by_now(desk: Desk) -> None:
    async with connection(desk) as line:
        first = await ask(line, f"onlineagent/{AGENT}/agentstatus", desk.guid)
        await desk.call("POST", f"onlineagent/{AGENT}/saybusy")
        again = await ask(line, f"onlineagent/{AGENT}/agentstatus", desk.guid)
    assert first.json["result"] != again.json["result"]


async def test_it_is_refused_once_the_agent_has_signed_out(desk: Desk) -> None:
    guid = desk.guid
    async with connection(desk) as line:
        assert (await ask(line, f"onlineagent/{AGENT}/agentstatus", guid)).retcode == "0"
        assert (await desk.call("DELETE", f"onlineagent/{AGENT}/logout")).retcode == "0"
        assert (await ask(line, f"onlineagent/{AGENT}/agentstatus", guid)).retcode == "100-006"


async def test_a_poll_that_is_sent_again_and_again_is_handed_the_new_guid_when_that_is_due(
    desk: Desk, moment: Moment
) -> None:
    async with connection(desk) as line:
        assert "Set-GUID" not in (await ask(line, f"agentevent/{AGENT}", desk.guid)).headers
        moment.ms += INTERVAL_MS
        assert "Set-GUID" in (await ask(line, f"agentevent/{AGENT}", desk.guid)).headers


async def test_the_guid_before_is_refused_behind_its_grace_however_often_it_came(desk: Desk, moment: Moment) -> None:
    former = desk.guid
    async with connection(desk) as line:
        assert (await ask(line, f"onlineagent/{AGENT}/agentstatus", former)).retcode == "0"
        moment.ms += INTERVAL_MS
        await desk.poll()
        assert desk.guid != former
        await desk.poll()
        assert (await ask(line, f"onlineagent/{AGENT}/agentstatus", former)).retcode == "0"
        moment.ms += GRACE_MS + INTERVAL_MS
        assert (await ask(line, f"onlineagent/{AGENT}/agentstatus", former)).retcode == "000-003"


async def test_another_guid_of_the_same_length_is_another_request(desk: Desk) -> None:
    wrong = desk.guid.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    async with connection(desk) as line:
        answers = [
            (await ask(line, f"onlineagent/{AGENT}/agentstatus", guid)).retcode
            for guid in (desk.guid, wrong, desk.guid)
        ]
    assert answers == ["0", "000-003", "0"]


async def test_the_end_of_a_request_that_came_in_pieces_is_not_taken_for_that_request(desk: Desk) -> None:
    begun = f"POST {PREFIX}/onlineagent/{AGENT}/saybusy HTTP/1.1\r\nguid: {desk.guid}\r\nContent-Length: 0\r\nX: "
    anonymous = f"GET {PREFIX}/onlineagent/{AGENT}/agentstatus HTTP/1.1\r\nHost: gateway\r\n\r\n".encode()
    async with connection(desk) as line:
        line.writer.write(begun.encode())
        await asyncio.sleep(0.05)  # It must come by itself.
        answers = []
        for _ in range(2):
            line.writer.write(anonymous)
            answers.append((await read_answer(line.reader)).retcode)
    assert answers == ["0", "000-003"]
