"""A TCP proxy that loses answers, for tests of what a lost answer does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Proxy:
    """Passes bytes to a server on this machine. While `lossy`, requests arrive but an answer ends the connection."""

    def __init__(self, target_port: int) -> None:
        self.lossy = False
        self.port = 0
        self._target_port = target_port
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client."""
        there, to_server = await asyncio.open_connection("127.0.0.1", self._target_port)
        self._open |= {writer, to_server}
        there_and_back = [self._pass(reader, to_server, False), self._pass(there, writer, True)]
        try:
            await asyncio.wait(map(asyncio.ensure_future, there_and_back), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.end(writer, to_server)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, answers: bool) -> None:
        with suppress(ConnectionError):
            while (data := await source.read(65536)) and not (answers and self.lossy):
                sink.write(data)
                await sink.drain()

    def end(self, *writers: asyncio.StreamWriter) -> None:
        """Ends these connections, or all."""
        for writer in writers or tuple(self._open):
            writer.close()
            self._open.discard(writer)


@asynccontextmanager
async def proxy_to(target_port: int) -> AsyncIterator[Proxy]:
    """A proxy on a free port."""
    proxy = Proxy(target_port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    yield proxy
    server.close()
    proxy.end()
    await asyncio.sleep(0)
