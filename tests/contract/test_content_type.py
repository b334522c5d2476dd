"""The type that every answer of the agent interface carries, letter for letter (docs/protocol.md, Answers)."""

from collections.abc import AsyncIterator

import pytest

from tests.support.desk import PREFIX, Answer, Line, ask_once
from tests.support.gateway import Gateway, running_gateway

JSON = "application/json;charset=UTF-8"
AGENT = f"{PREFIX}/onlineagent/101"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running_gateway({"AGENT_POLL_WAIT_FLAG": "OFF"}) as made:
        yield made


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"{AGENT}/agentstatus", b"", 200),
        ("PUT", AGENT, b"{", 200),
        ("GET", f"{PREFIX}/recordplay/101/nothing", b"", 404),
        ("PATCH", AGENT, b"", 405),
        ("PUT", AGENT, b"x" * 1_048_576, 413),
    ],
)
async def test_a_refusal_of_any_status_is_json_in_utf_8(
    gateway: Gateway, method: str, path: str, body: bytes, status: int
) -> None:
    answer = await ask_once(gateway.port, method, path, {}, body)
    assert _typed(answer) == (status, [f"Content-Type: {JSON}"])


@pytest.mark.parametrize("junk", [b"junk\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nx: " + b"x" * 9000 + b"\r\n\r\n"])
async def test_what_the_parser_refuses_is_answered_so_too(gateway: Gateway, junk: bytes) -> None:
    line = await Line.open(gateway.port)
    answer = await line.raw(junk)
    await line.close()
    assert _typed(answer)[1] == [f"Content-Type: {JSON}"]


async def test_a_poll_with_an_event_and_one_without_are_json_in_utf_8(gateway: Gateway) -> None:
    desk = gateway.desk(101)
    await desk.sign_in()
    answers = [await desk.poll() for _ in range(3)]
    assert ["event" in answer.json for answer in answers] == [True, True, False]
    assert [_typed(answer)[1] for answer in answers] == [[f"Content-Type: {JSON}"]] * 3


async def test_a_gateway_whose_service_is_away_answers_503_so() -> None:
    upstream = {"BACKEND": "upstream", "UPSTREAM_URL": "http://127.0.0.1:9"}
    async with running_gateway(upstream) as gateway:
        answer = await gateway.desk(101).sign_in()
    assert _typed(answer) == (503, [f"Content-Type: {JSON}"])


def _typed(answer: Answer) -> tuple[int, list[str]]:
    return answer.status, [line for line in answer.lines if line.lower().startswith("content-type")]
