"""What the parts of a guarded read take, in one process and without sockets: where the microseconds of a call go.

Each part is called again and again in short bursts, of which the shortest counts: no other load of the machine can
make that shorter. The parts are those that a call goes through on the store in memory.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp.http import HttpRequestParser

from gateway.backend import Message
from gateway.listeners.serve import ConnectionServer
from gateway.rows import ALL_OPERATIONS
from gateway.wire.http import AnyResponse, Request, Response, header_lines
from tests.support.gateway import running_gateway
from tests.support.operation_request import AskedOperation

AGENT: Final = 101
BURST: Final = 200
BURSTS: Final = 400
PATH: Final = f"/agentgateway/resource/onlineagent/{AGENT}/agentstatus"
PARSER: Final = "the library's parser: bytes to a message, where they differ from the ones before"
CONNECTION: Final = "connection: cut, begin and end the answer, its bytes"
EDGE: Final = "edge: path to row, headers, request and answer of the row, counters"
CHECK: Final = "check: the record, the GUID derived and compared, last seen noted"
OPERATION: Final = "contact centre: the operation and its JSON"


class _Nowhere(asyncio.Transport):
    """Takes what is written; there is no kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written = bytes(data)

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0


def shortest_us(work: Callable[[], object]) -> float:
    """What a call of `work` takes in us, in the quickest of many bursts."""
    best_s = float("inf")
    for _ in range(BURSTS):
        began_s = time.perf_counter()
        for _ in range(BURST):
            work()
        best_s = min(best_s, time.perf_counter() - began_s)
    return best_s / BURST * 1e6


def at_once(work: Awaitable[object]) -> object:
    """What it gives, without a task; it must wait for nothing."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as done:
        return done.value
    raise RuntimeError("it waits")


async def outside(work: Callable[[], float]) -> float:
    """Runs `work` in a turn of the event loop that is no task's, as what a socket brings is."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[float] = loop.create_future()
    loop.call_soon(lambda: done.set_result(work()))
    return await done


async def _through(handler: Callable[[Request], Awaitable[AnyResponse]], sent: bytes) -> float:
    transport, connection = _Nowhere(), ConnectionServer(handler, head_timeout_ms=10_000)()
    connection.connection_made(transport)
    took_us = await outside(lambda: shortest_us(lambda: connection.data_received(sent)))
    if b'"retcode":"0"' not in transport.written:
        raise RuntimeError(f"a wrong answer: {transport.written!r}")
    return took_us


async def parts() -> dict[str, float]:
    """The parts by what they are, in us."""
    lines, loop = (
        header_lines({"Content-Type": "application/json", "Cache-Control": "no-store"}),
        asyncio.get_running_loop(),
    )
    body = b'{"message":"success","retcode":"0","result":{"agentState":4,"isWorking":false}}'

    async def constant(_request: Request) -> Response:
        return Response(body, lines=lines)

    async with running_gateway(jobs=False) as gateway:
        desk = gateway.desk(AGENT)
        await desk.sign_in()
        app, sent = gateway.app, f"GET {PATH} HTTP/1.1\r\nHost: gateway\r\nguid: {desk.guid}\r\n\r\n".encode()

        def parse() -> object:
            made = HttpRequestParser(None, loop, 65_536, max_line_size=8190, max_field_size=8190, max_headers=100)
            return made.feed_data(sent)

        parsed = shortest_us(parse)
        alone, whole = await _through(constant, sent), await _through(app.edge.handle, sent)
        session = await app.sessions.check(AGENT, desk.guid)
        row = next(row for row in ALL_OPERATIONS if row.name == "getAgentStatus")
        asked = AskedOperation(row, AGENT, session.id, Message("GET", PATH), {"agentid": str(AGENT)})
        check = shortest_us(lambda: at_once(app.sessions.check(AGENT, desk.guid)))
        operation = shortest_us(lambda: at_once(app.backend.perform(asked)))
    return {
        PARSER: parsed,
        CONNECTION: alone,
        EDGE: whole - alone - check - operation,
        CHECK: check,
        OPERATION: operation,
    }


if __name__ == "__main__":
    for name, took_us in asyncio.run(parts()).items():
        print(f"{took_us:6.1f}  {name}")
