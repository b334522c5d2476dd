"""Makes connections, knows those that are open, and empties itself for a shutdown."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from gateway.listeners.connection import Connection
from gateway.listeners.eager import EagerTasks
from gateway.listeners.signals import Once
from gateway.wire.http import AnyResponse, Request

Handler = Callable[[Request], Awaitable[AnyResponse]]

LINGER_MS: Final = 2_000
SHED_IDLE_S: Final = 5.0
"""In a drain that can be taken back; longer than the pauses of a client that polls."""
KEEP_ALIVE_MS: Final = 150_000
"""An idle connection is kept longer than EVENT_PUSH_HANDSHAKE_MAXTIME, so that a client that sends heartbeats in time
never meets one that is closing."""

_CUT_WAIT_S: Final = 1.0
_LOOK_S: Final = 0.02


class ConnectionServer:
    """What all connections of a process share.

    `handler` answers a request; what it raises is answered 503. `head_timeout_ms`: time for the head of a request; may
    be changed, for heads that begin later. `linger_ms`: time for which the end of a connection waits for the client.
    `keep_alive_ms`: for how long an idle connection is kept. `tasks`: begin the answers. `draining`: set when the
    shutdown begins. `sheds`: every answer is the last one of its connection. `connections`: those whose client is there
    or whose call still runs.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        head_timeout_ms: int,
        linger_ms: int = LINGER_MS,
        keep_alive_ms: int = KEEP_ALIVE_MS,
    ) -> None:
        self.handler = handler
        self.head_timeout_ms = head_timeout_ms
        self.linger_ms = linger_ms
        self.keep_alive_s = keep_alive_ms / 1000
        self.draining = Once()
        self.sheds = False
        self.connections: set[Connection] = set()
        self._loop = asyncio.get_running_loop()
        self.tasks = EagerTasks(self._loop)
        self._empty = asyncio.Event()
        self._shedding: asyncio.TimerHandle | None = None

    def __call__(self, link: socket.socket | None = None) -> Connection:
        """A protocol for a connection that was just accepted; only of its `link` it is known what arrives."""
        return Connection(self, self._loop, link)

    def joined(self, connection: Connection) -> None:
        """A client is there."""
        self.connections.add(connection)

    def left(self, connection: Connection) -> None:
        """A client is gone, or the last call on its behalf has ended."""
        if connection.over:
            self.connections.discard(connection)
            self._look_whether_empty()

    def shed(self, on: bool) -> None:
        """While it is `on` each answer is the last of its connection; those that stay idle end after SHED_IDLE_S."""
        self.sheds = on
        if self._shedding is not None:
            self._shedding.cancel()
            self._shedding = None
        if on:
            for connection in self.connections:
                if not connection.idle:
                    connection.close_after_answer()
            self._shedding = self._loop.call_later(SHED_IDLE_S, self._shed_idle, list(self.connections))

    def _shed_idle(self, those: Iterable[Connection]) -> None:
        for connection in those:
            if connection in self.connections and connection.idle:
                connection.force_close()

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
            for connection in list(self.connections):
                connection.cut()
            await self._emptied(_CUT_WAIT_S)
        self.tasks.end()

    async def _begun(self, beginning: Callable[[], bool], end_s: float) -> None:
        while beginning() and self._loop.time() < end_s:  # noqa: ASYNC110 - a handshake that fails tells nobody
            await asyncio.sleep(_LOOK_S)

    async def _close_idle(self) -> None:
        for _ in range(2):  # a whole turn of the loop reads the requests that are here already: answered, not lost
            await asyncio.sleep(0)
        for connection in list(self.connections):
            if connection.idle:
                connection.force_close()

    def _look_whether_empty(self) -> None:
        if self.draining.is_set and not self.connections:
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
