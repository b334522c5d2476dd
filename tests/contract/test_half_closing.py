"""Clients that write a request, close their sending side and read to the end: older C programs, `nc -N`, stunnel."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.support.desk import PREFIX, Answer, Desk, Line, read_answer
from tests.support.gateway import running_gateway
from tests.support.servers import Server


@pytest.fixture(params=["memory", "valkey"])
async def desk(
    request: pytest.FixtureRequest, shared_server: Callable[[str], Server], tmp_path: Path
) -> AsyncIterator[Desk]:
    """Signed in, with two events that wait for it."""
    overrides = {}
    if request.param != "memory":
        secret = tmp_path / "secret"
        secret.write_text("k1 " + "0123456789abcdef" * 4)
        overrides = {
            "REDIS_URL": shared_server(request.param).url,
            "STORE_TAG": tmp_path.name,
            "GUID_SECRET_FILE": str(secret),
        }
    async with running_gateway(overrides) as gateway:
        made = gateway.desk(101)
        assert (await made.sign_in(force=True)).retcode == "0"
        yield made


async def half_closing(desk: Desk, path: str, method: str = "GET") -> Answer:
    """One call; the end of what is sent comes with the request."""
    line = await Line.open(desk.port)
    await line.send(method, f"{PREFIX}/{path}", {"guid": desk.guid}, b"")
    line.writer.write_eof()
    answer = await read_answer(line.reader)
    assert await line.reader.read() == b""
    await line.close()
    return answer


async def test_each_poll_of_it_gets_the_event_that_is_there(desk: Desk) -> None:
    answers = [await half_closing(desk, "agentevent/101") for _ in range(2)]
    assert [answer.json["event"]["eventType"] for answer in answers] == ["AgentOther_InService", "AgentState_Ready"]


async def test_what_it_had_carried_out_it_is_told(desk: Desk) -> None:
    assert (await half_closing(desk, "onlineagent/101/saybusy?reason=205", "POST")).retcode == "0"
    assert (await half_closing(desk, "onlineagent/101/agentstatus")).json["result"]["agentState"] == 3
