"""A service that answers with bytes as a test says them: in pieces, too early, too much, or not at all."""

import asyncio
import socket
import ssl
import struct
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum

from tests.support.waiting import until

HEAD_END = b"\r\n\r\n"


class Then(Enum):
    """What comes in place of bytes."""

    CLOSES = "it closes the connection"
    RESETS = "it resets the connection"
    WAITS = "it goes on when the test says so"


Piece = bytes | Then


@dataclass
class RawService:
    """`answers` are what it says to each request, in the order in which they come, whatever the connection.

    `requests` came whole, as they were sent; `connections` counts all that were opened, `open` those that are.
    """

    tls: ssl.SSLContext | None = None
    answers: deque[tuple[Piece, ...]] = field(default_factory=deque)
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def says(self, *pieces: Piece) -> None:
        """To one more request."""
        self.answers.append(pieces)

    async def came(self, count: int) -> None:
        """Waits until so many requests are there."""
        await until(lambda: len(self.requests) >= count)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                while True:
                    self.requests.append(await _request(reader))
                    await self._answer(self.answers.popleft(), writer)
        finally:
            self.open -= 1
            writer.close()

    async def _answer(self, pieces: tuple[Piece, ...], writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            if isinstance(piece, bytes):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            elif piece is Then.WAITS:
                await self.goes_on.wait()
            else:
                if piece is Then.RESETS:
                    link = writer.get_extra_info("socket")
                    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    writer.transport.abort()
                raise ConnectionError


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(HEAD_END)
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return head + await reader.readexactly(int(length or b"0"))


@asynccontextmanager
async def raw_service(
    *answers: Piece | tuple[Piece, ...], tls: ssl.SSLContext | None = None
) -> AsyncIterator[RawService]:
    """One on a free port of loopback, with these answers to say."""
    service = RawService(tls)
    for pieces in answers:
        service.says(*(pieces if isinstance(pieces, tuple) else (pieces,)))
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0, ssl=tls)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        service.goes_on.set()
        server.close()
