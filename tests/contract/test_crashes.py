"""A fault of ours: the line that tells of it and the answer name the request, as the lines before do."""

import logging
from collections.abc import AsyncGenerator, Iterator

import pytest

from gateway.backend import BackendAnswer, OperationRequest
from gateway.ops import request_context
from gateway.wire.http import AnyResponse, Request, StreamedResponse
from tests.unit.edge.entrance import AGENT, PREFIX, Entrance
from tests.unit.edge.fake_backend import DONE
from tests.unit.listeners.doors import get, opened
from tests.unit.sessions.samples import FRESH

STATUS = f"{PREFIX}/onlineagent/{AGENT}/agentstatus"
FAULT = "unexpected error"
BEFORE = "asked"


class _Named(logging.Handler):
    """Keeps what begins each line, with the request that is being answered."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.getMessage().partition(":")[0], request_context.request_id()))


@pytest.fixture
def log() -> Iterator[_Named]:
    handler, ours = _Named(), logging.getLogger("gateway")
    level = ours.level
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield handler
    ours.removeHandler(handler)
    ours.setLevel(level)


def crash(_request: OperationRequest) -> BackendAnswer:
    logging.getLogger("gateway.of.test").info(BEFORE)
    raise KeyError("s3cret")


async def test_the_line_and_the_answer_of_a_crash_name_the_request_that_the_lines_before_named(log: _Named) -> None:
    place = Entrance()
    headers = [f"{name}: {value}" for name, value in (await place.hold(FRESH)).items()]
    place.backend.answers = crash
    async with opened(place.edge.handle) as door:
        first, second = [await door.ask(get(STATUS, *headers)) for _ in range(2)]
        place.backend.answers = lambda _request: DONE
        assert (await door.ask(get(STATUS, *headers))).status == 200
    one, other = first.headers["X-Request-Id"], second.headers["X-Request-Id"]
    assert log.lines == [(BEFORE, one), (FAULT, one), (BEFORE, other), (FAULT, other)]
    assert len({one, other, ""}) == 3


async def test_a_crash_of_a_page_names_a_request_of_its_own(log: _Named) -> None:
    async def page(_request: Request) -> AnyResponse:
        raise KeyError

    async with opened(page) as door:
        named = [(await door.ask(get())).headers["X-Request-Id"] for _ in range(2)]
    assert log.lines == [(FAULT, each) for each in named]
    assert len({*named, ""}) == 3


async def test_a_crash_in_the_middle_of_an_answer_names_a_request(log: _Named) -> None:
    async def pieces() -> AsyncGenerator[bytes, None]:
        yield b"12345"
        raise KeyError

    async def torn(_request: Request) -> AnyResponse:
        return StreamedResponse(pieces(), headers={"Content-Length": "10"})

    async with opened(torn) as door:
        client = await door.client()
        await client.send(get())
        await client.rest()
    [(what, named)] = log.lines
    assert (what, bool(named)) == (FAULT, True)


async def test_who_comes_after_a_crash_is_not_told_as_its_request(log: _Named) -> None:
    async def page(request: Request) -> AnyResponse:
        logging.getLogger("gateway.of.test").info(BEFORE)
        raise KeyError

    async with opened(page) as door:
        for _ in range(2):
            await door.ask(get())
    assert [named for what, named in log.lines if what == BEFORE] == ["", ""]
