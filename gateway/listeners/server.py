"""Makes connections, knows those that are open, and empties itself for a shutdown."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import HttpVersion10, HttpVersion11, RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web import BaseRequest, RequestHandler, Server

from gateway.listeners.connection import Connection
from gateway.listeners.framing import taken
from gateway.listeners.signals import Once
from gateway.wire.whole_response import AnyResponse

Handler = Callable[[BaseRequest], Awaitable[AnyResponse]]

LINGER_MS: Final = 2_000
KEEP_ALIVE_MS: Final = 150_000
"""An idle connection is kept longer than EVENT_PUSH_HANDSHAKE_MAXTIME, so that a client that sends heartbeats in time
never meets one that is closing."""

_MAX_LINE_BYTES: Final = 8190
_MAX_HEADERS: Final = 100
_CUT_WAIT_S: Final = 1.0
_LOOK_S: Final = 0.02


class ConnectionServer(Server):
    """aiohttp's low-level server with our connections.

    `head_timeout_ms`: time for the head of a request; may be changed, for heads that begin later.
    `linger_ms`: time for which the end of a connection waits for the client.
    `draining`: set when the shutdown begins.
    """

    def __init__(self, handler: Handler, *, head_timeout_ms: int, linger_ms: int = LINGER_MS) -> None:
        super().__init__(cast(Any, handler), request_factory=self._request)
        self.head_timeout_ms = head_timeout_ms
        self.linger_ms = linger_ms
        self.draining = Once()
        self._empty = asyncio.Event()

    def __call__(self) -> Connection:
        """A protocol for a connection that was just accepted."""
        return Connection(
            self,
            loop=self._loop,
            keepalive_timeout=KEEP_ALIVE_MS / 1000,
            tcp_keepalive=False,
            access_log=None,
            max_line_size=_MAX_LINE_BYTES,
            max_field_size=_MAX_LINE_BYTES,
            max_headers=_MAX_HEADERS,
            lingering_time=self.linger_ms / 1000,
            auto_decompress=False,
        )

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        """As in aiohttp, which forgets the connection only when its handler has ended."""
        task = handler._task_handler
        super().connection_lost(handler, exc)
        if task is None:
            self._look_whether_empty()
        else:
            task.add_done_callback(self._look_whether_empty)

    async def step_down(self, patience_ms: int, beginning: Callable[[], bool]) -> None:
        """Let every connection have one more answer, with `Connection: close`, for up to `patience_ms`.

        Returns early once no connection is left, nor one that is `beginning`: accepted, and not known here before its
        TLS handshake is over. The caller has stopped accepting before.
        """
        self.draining.set()
        end_s = self._loop.time() + patience_ms / 1000
        await self._begun(beginning, end_s)
        await self._emptied(end_s - self._loop.time())

    async def drain(self, time_ms: int, beginning: Callable[[], bool]) -> None:
        """Let running calls finish for up to `time_ms`, then cut the rest.

        From now on every answer carries `Connection: close`; idle connections are closed; whoever subscribed to
        `draining` is told, parked polls above all. `beginning` is as in `step_down`. The caller has stopped accepting
        before.
        """
        self.draining.set()
        end_s = self._loop.time() + time_ms / 1000
        await self._close_idle()
        await self._begun(beginning, end_s)  # Their requests are on the way: not closed, though idle for a moment.
        if not await self._emptied(end_s - self._loop.time()):
            for connection in self._ours():
                connection.cut()
            await self._emptied(_CUT_WAIT_S)

    async def _begun(self, beginning: Callable[[], bool], end_s: float) -> None:
        while beginning() and self._loop.time() < end_s:  # noqa: ASYNC110 - a handshake that fails tells nobody
            await asyncio.sleep(_LOOK_S)

    async def _close_idle(self) -> None:
        for _ in range(2):  # a whole turn of the loop reads the requests that are here already: answered, not lost
            await asyncio.sleep(0)
        for connection in self._ours():
            if connection.idle:
                connection.force_close()

    def _ours(self) -> list[Connection]:
        return [each for each in self.connections if isinstance(each, Connection)]

    def _look_whether_empty(self, _ended: object = None) -> None:
        if self.draining.is_set and not self._connections:
            self._empty.set()

    async def _emptied(self, within_s: float) -> bool:
        """Whether no connection is left within that time; that it once was so counts for nothing."""
        self._empty.clear()
        self._look_whether_empty()
        try:
            async with asyncio.timeout(within_s):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True

    def _request(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: AbstractStreamWriter,
        task: "asyncio.Task[None]",
    ) -> BaseRequest:
        """A request object. Its version is that of our answer: 1.0 where asked for, else 1.1, for refusals too."""
        if message.version != HttpVersion11 and (message.version != HttpVersion10 or message.method == "UNKNOWN"):
            message = message._replace(version=HttpVersion11)
        return BaseRequest(taken(message), payload, protocol, writer, task, self._loop)
