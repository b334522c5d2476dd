"""A TCP proxy that stops at a request or at its answer, so that a test can act in just that moment."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass

from tests.support.proxy import on_a_free_port

Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class _Wire:
    """`act` comes before the request that has `marker` is passed on, or before its answer; `drops` them then."""

    marker: bytes
    act: Act
    at_answer: bool
    drops: bool


class Tripwire:
    """Passes bytes to a server on this machine. `tripped` is set once the wire was met and the test has acted."""

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self.tripped = asyncio.Event()
        self._target_port = target_port
        self._wire: _Wire | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def at_request(self, marker: bytes, act: Act, *, drops: bool = False) -> None:
        """Acts once, when a request with these bytes comes; `drops` it and ends its connection."""
        self._wire = _Wire(marker, act, False, drops)

    def at_answer(self, marker: bytes, act: Act, *, drops: bool = False) -> None:
        """Acts once, when the answer to such a request comes."""
        self._wire = _Wire(marker, act, True, drops)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client; without a server it ends at once."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        writers = [writer]
        try:
            there, to_server = await asyncio.open_connection("127.0.0.1", self._target_port)
            writers.append(to_server)
            await _Connection(self).run(reader, to_server, there, writer)
        except OSError:
            return
        finally:
            for one in writers:
                one.transport.abort()
            self._tasks.discard(task)

    def met(self, data: bytes) -> _Wire | None:
        """The wire, if this request is the one. At most one request meets it."""
        wire = self._wire
        if wire is None or wire.marker not in data:
            return None
        self._wire = None
        return wire

    async def act(self, wire: _Wire) -> bool:
        """Lets the test act, to the end even if the server is gone by that; whether the bytes are passed on."""
        acting = asyncio.create_task(self._act(wire))
        self._tasks.add(acting)
        acting.add_done_callback(self._tasks.discard)
        await asyncio.shield(acting)
        return not wire.drops

    async def _act(self, wire: _Wire) -> None:
        await wire.act()
        self.tripped.set()

    async def close(self) -> None:
        """Ends all connections, and waits until they are closed."""
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks)
        await asyncio.sleep(0)


class _Connection:
    def __init__(self, tripwire: Tripwire) -> None:
        self._tripwire = tripwire
        self._awaited: _Wire | None = None

    async def run(
        self,
        reader: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Passes both ways until one of them ends."""
        passing = (
            asyncio.create_task(self._pass_requests(reader, to_server)),
            asyncio.create_task(self._pass_answers(there, writer)),
        )
        try:
            await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in passing:
                one.cancel()
            await asyncio.gather(*passing, return_exceptions=True)

    async def _pass_requests(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                wire = self._tripwire.met(data)
                if wire is not None and wire.at_answer:
                    self._awaited = wire
                elif wire is not None and not await self._tripwire.act(wire):
                    return
                sink.write(data)
                await sink.drain()

    async def _pass_answers(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65_536):
                wire, self._awaited = self._awaited, None
                if wire is not None and not await self._tripwire.act(wire):
                    return
                sink.write(data)
                await sink.drain()


def tripwire_to(target_port: int) -> AbstractAsyncContextManager[Tripwire]:
    """One on a free port."""
    return on_a_free_port(Tripwire(target_port))
