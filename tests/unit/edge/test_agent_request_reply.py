"""Answers as they leave: which headers each carries, and what an error becomes."""

from collections.abc import AsyncGenerator

import pytest

from gateway.edge.agent_request import Reply, error_response, to_response
from gateway.wire.errors import GatewayError, Malformed, MethodNotAllowed, NotFound, Refused, Unavailable
from gateway.wire.http import AnyResponse, StreamedResponse
from tests.support.requests import made_request

JSON = "Content-Type: application/json;charset=UTF-8"
ALWAYS = {JSON, "Cache-Control: no-store", "Server: AgentGateway"}


def lines(response: AnyResponse) -> set[str]:
    assert not isinstance(response, StreamedResponse)
    return set(filter(None, response.lines.split("\r\n")))


def test_every_answer_is_json_that_nobody_may_keep() -> None:
    assert lines(to_response(Reply(b"{}"), {})) == ALWAYS


def test_headers_of_the_answer_and_of_the_connection_go_along() -> None:
    response = to_response(Reply(b"{}", headers={"Set-GUID": "JSESSIONID=a"}), {"Vary": "Origin"})
    assert lines(response) == ALWAYS | {"Set-GUID: JSESSIONID=a", "Vary: Origin"}


def test_an_answer_that_says_what_it_is_is_that() -> None:
    response = to_response(Reply(b"RIFF", headers={"Content-Type": "audio/x-wav"}), {})
    assert lines(response) == (ALWAYS - {JSON}) | {"Content-Type: audio/x-wav"}


@pytest.mark.parametrize(
    ("given", "kind"), [({}, "application/octet-stream"), ({"Content-Type": "audio/x-wav"}, "audio/x-wav")]
)
async def test_pieces_are_a_file_of_some_kind(given: dict[str, str], kind: str) -> None:
    async def pieces() -> AsyncGenerator[bytes, None]:
        yield b"a"

    response = to_response(Reply(pieces(), headers=given), {})
    assert isinstance(response, StreamedResponse)
    request = made_request("GET", "/", {})
    written = b"".join([piece async for piece in response.on_the_wire(request, keep_alive=True)])
    assert f"\r\nContent-Type: {kind}\r\n".encode() in written


@pytest.mark.parametrize(
    ("problem", "status", "more"),
    [
        (Refused("100-006"), 200, set()),
        (Malformed("bad"), 400, set()),
        (NotFound(), 404, set()),
        (MethodNotAllowed(("GET", "PUT")), 405, {"Allow: GET, PUT"}),
        (Unavailable("away"), 503, {"Retry-After: 1"}),
    ],
)
def test_an_error_has_its_status_and_tells_what_to_do(problem: GatewayError, status: int, more: set[str]) -> None:
    response = error_response(problem)
    assert (response.status, lines(response)) == (status, ALWAYS | more)
