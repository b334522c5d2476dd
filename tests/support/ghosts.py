"""Nodes that are none: they take requests and never answer them, so that what a balancer does then can be seen."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_READY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Ghosts:
    """`asked`: the request lines that arrived, checks of health aside. While `cuts`, a request ends its connection."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.cuts = False
        self.arrived = asyncio.Event()
        self.left = asyncio.Event()
        """A connection that had brought a request is gone."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            if " /gateway/" in head:
                writer.write(_READY)
                await writer.drain()
            else:
                self.asked.append(head.partition("\r\n")[0])
                self.arrived.set()
                if not self.cuts:
                    with suppress(ConnectionError, ssl.SSLError):
                        await reader.read()
                    self.left.set()
        writer.close()


@asynccontextmanager
async def ghosts(count: int, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[Ghosts, list[str]]]:
    """Some, and their addresses; with `tls` they speak it."""
    made = Ghosts()
    servers = [await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=tls) for _ in range(count)]
    try:
        yield made, [f"127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in servers]
    finally:
        for server in servers:
            server.close()
