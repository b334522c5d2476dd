"""A TCP gate before a server: can be shut for some of those that come, who then hear nothing at all.

Redis and its sentinels come from another address of loopback than gateways (`bind-source-addr`), so that a gate can cut
a primary off from its own kind while gateways reach it at the same host and port. Needs no rights.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from tests.support.servers import free_port

KIND_HOST = "127.0.0.2"
"""Where Redis servers and sentinels come from."""

From = Callable[[str], bool]


def own_kind(host: str) -> bool:
    """Redis servers and sentinels."""
    return host == KIND_HOST


def everybody(_host: str) -> bool:
    """Whoever comes."""
    return True


class Gate:
    """Passes bytes on to `target_port`. While shut, those whom `holds` names stay connected but hear nothing."""

    def __init__(self, holds: From) -> None:
        self.port = free_port()
        self.target_port = 0
        self._holds = holds
        self._shut = False
        self._held: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()

    def shut(self) -> None:
        """From now on nothing passes, either way, for those who are held."""
        self._shut = True

    def reopen(self) -> None:
        """Ends what was held: it comes again, as after the time-outs of TCP."""
        self._shut = False
        for writer in tuple(self._held):
            writer.transport.abort()

    async def close(self) -> None:
        """Ends everything."""
        for serving in self._serving:
            serving.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        serving = asyncio.current_task()
        assert serving is not None
        self._serving.add(serving)
        held = self._holds(writer.get_extra_info("peername")[0])
        mine, ways = {writer}, list[asyncio.Task[None]]()
        self._keep(mine, held)
        try:
            await self._until_open(held)
            there, to_server = await asyncio.open_connection("127.0.0.1", self.target_port)
            mine.add(to_server)
            self._keep(mine, held)
            ways += [asyncio.ensure_future(self._pass(*way, held)) for way in ((reader, to_server), (there, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            await self._until_open(held)
        except (OSError, asyncio.CancelledError):  # By `close`: what asyncio would tell as a fault of this program.
            pass
        finally:
            for way in ways:
                way.cancel()
            for each in mine:
                each.transport.abort()
            self._held -= mine
            self._serving.discard(serving)
            await asyncio.gather(*(each.wait_closed() for each in mine), return_exceptions=True)

    async def _until_open(self, held: bool) -> None:
        """Not even that the other end has gone away is heard through a shut gate."""
        while held and self._shut:  # noqa: ASYNC110 - a gate is shut for seconds, in tests
            await asyncio.sleep(0.05)

    def _keep(self, writers: set[asyncio.StreamWriter], held: bool) -> None:
        if held:
            self._held |= writers

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, held: bool) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                if not (held and self._shut):
                    sink.write(data)
                    await sink.drain()


@asynccontextmanager
async def gate(holds: From) -> AsyncIterator[Gate]:
    """A gate that accepts connections; its target is set afterwards."""
    made = Gate(holds)
    server = await asyncio.start_server(made.serve, "127.0.0.1", made.port)
    try:
        yield made
    finally:
        server.close()
        await made.close()
