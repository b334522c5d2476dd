"""A TCP proxy that loses or delays answers, for tests of what a lost or late answer does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Protocol, TypeVar


class Proxy:
    """Passes bytes to a server on this machine. While `lossy`, requests arrive but an answer ends the connection.

    Answers take `delay_s` longer. `connections` counts those that clients made.
    """

    def __init__(self, target_port: int) -> None:
        self.lossy = False
        self.delay_s = 0.0
        self.port = 0
        self.connections = 0
        self._target_port = target_port
        self._open: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Future[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client."""
        self.connections += 1
        there, to_server = await asyncio.open_connection("127.0.0.1", self._target_port)
        self._open |= {writer, to_server}
        both = (self._pass(reader, to_server, False), self._pass(there, writer, True))
        for passing in map(asyncio.ensure_future, both):
            self._passing.add(passing)
            passing.add_done_callback(lambda done: self._over(done, writer, to_server))

    def _over(self, passing: "asyncio.Future[None]", *writers: asyncio.StreamWriter) -> None:
        self._passing.discard(passing)
        self.end(*writers)

    async def close(self) -> None:
        """Ends all connections and waits for that."""
        self.end()
        while self._passing:
            await asyncio.wait(self._passing)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, answers: bool) -> None:
        with suppress(ConnectionError):
            while (data := await source.read(65536)) and not (answers and self.lossy):
                if answers and self.delay_s:
                    asyncio.get_running_loop().call_later(self.delay_s, sink.write, data)
                    continue
                sink.write(data)
                await sink.drain()

    def end(self, *writers: asyncio.StreamWriter) -> None:
        """Ends these connections, or all."""
        for writer in writers or tuple(self._open):
            writer.close()
            self._open.discard(writer)


class Between(Protocol):
    """Something between a client and a server; `port` is where clients find it."""

    port: int

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client."""

    async def close(self) -> None:
        """Ends all connections and waits for that."""


B = TypeVar("B", bound=Between)


@asynccontextmanager
async def on_a_free_port(between: B) -> AsyncIterator[B]:
    """It serves until the block ends."""
    server = await asyncio.start_server(between.serve, "127.0.0.1", 0)
    between.port = server.sockets[0].getsockname()[1]
    try:
        yield between
    finally:
        server.close()
        await between.close()


def proxy_to(target_port: int) -> AbstractAsyncContextManager[Proxy]:
    """A proxy on a free port."""
    return on_a_free_port(Proxy(target_port))
