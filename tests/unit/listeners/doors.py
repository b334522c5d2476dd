"""Real listeners on free ports of 127.0.0.1, and a client that sends and reads bytes."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from gateway.listeners.serve import Handler, Listeners, start
from gateway.settings.schema import Settings
from gateway.wire.http import Request, Response

SOON_S = 30.0
"""No wait of a test is longer; what is waited for comes within milliseconds."""

MALFORMED = '"retcode":"000-006"}'


@dataclass(frozen=True)
class Answer:
    """One answer off the wire; `headers` has names as sent."""

    status_line: str
    headers: dict[str, str]
    body: bytes

    @property
    def status(self) -> int:
        return int(self.status_line.split()[1])


class Client:
    """One connection, byte by byte."""

    def __init__(self, link: socket.socket, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.link = link
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await asyncio.wait_for(self.writer.drain(), SOON_S)

    async def answer(self, *, head_only: bool = False) -> Answer:
        async with asyncio.timeout(SOON_S):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
            headers = dict(line.split(": ", 1) for line in head[1:])
            length = 0 if head_only else int(headers.get("Content-Length", "0"))
            return Answer(head[0], headers, await self.reader.readexactly(length))

    async def rest(self) -> bytes:
        """All until the server ends."""
        return await asyncio.wait_for(self.reader.read(), SOON_S)

    def reset(self) -> None:
        """Ends with a RST instead of a FIN."""
        self.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def close(self) -> None:
        self.writer.close()
        with suppress(OSError):
            await asyncio.wait_for(self.writer.wait_closed(), SOON_S)


class Door:
    """Open listeners; `client` connects to the first."""

    def __init__(self, listeners: Listeners, port: int, trust: ssl.SSLContext | None) -> None:
        self.listeners = listeners
        self.port = port
        self.trust = trust
        self._clients: list[Client] = []

    async def client(self, *, receive_buffer: int = 0, trust: ssl.SSLContext | None = None) -> Client:
        link = socket.socket()
        link.setblocking(False)
        if receive_buffer:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            await asyncio.get_running_loop().sock_connect(link, ("127.0.0.1", self.port))
        except OSError:
            link.close()
            raise
        context = trust or self.trust
        name = "localhost" if context else None
        reader, writer = await asyncio.wait_for(
            asyncio.open_connection(sock=link, ssl=context, server_hostname=name, limit=2**22), SOON_S
        )
        client = Client(link, reader, writer)
        self._clients.append(client)
        return client

    async def ask(self, data: bytes) -> Answer:
        """The answer to `data` on a connection of its own."""
        client = await self.client()
        await client.send(data)
        return await client.answer()

    async def close(self) -> None:
        for client in self._clients:
            await client.close()
        await self.listeners.drain(0)


def free_socket() -> socket.socket:
    link = socket.socket()
    link.bind(("127.0.0.1", 0))
    return link


@asynccontextmanager
async def opened(
    handler: Handler,
    *,
    var_dir: Path | None = None,
    own: tuple[Path, Path] | None = None,
    linger_ms: int = 300,
    request_timeout_ms: int = 10_000,
    connections_max_address: int = 4_000,
    keep_alive_ms: int = 150_000,
) -> AsyncIterator[Door]:
    """HTTP, or HTTPS where there is a `var_dir`, with a development certificate or with `own` certificate and key."""
    chain, key = own or (None, None)
    values = Settings(
        http_port=0,
        https_port=0,
        var_dir=var_dir,
        tls_cert_file=chain,
        tls_key_file=key,
        request_timeout_ms=request_timeout_ms,
        connections_max_address=connections_max_address,
        keep_alive_ms=keep_alive_ms,
    )
    link = free_socket()
    port = link.getsockname()[1]
    http, https = (link, None) if var_dir is None else (None, link)
    listeners = await start(handler, values, http=http, https=https, linger_ms=linger_ms)
    trust = None
    if listeners.authority is not None:
        trust = ssl.create_default_context(cafile=str(listeners.authority))
    door = Door(listeners, port, trust)
    try:
        yield door
    finally:
        await door.close()


def get(path: str = "/", *headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in headers)
    return f"GET {path} HTTP/1.1\r\nHost: a\r\n{lines}\r\n".encode()


def post(body: bytes = b"", *headers: str) -> bytes:
    """A POST; with a right Content-Length unless `headers` say how the body goes."""
    if not any(line.startswith(("Content-Length", "Transfer-Encoding")) for line in headers):
        headers = (*headers, f"Content-Length: {len(body)}")
    return ("POST / HTTP/1.1\r\nHost: a\r\n" + "".join(f"{line}\r\n" for line in headers) + "\r\n").encode() + body


async def fine(_request: Request) -> Response:
    """A handler that answers `fine`."""
    return Response(body=b"fine", headers={"Content-Type": "application/json"})


async def until(condition: Callable[[], bool]) -> None:
    """Waits for what the kernel, which sends no events, is about to do."""
    end = asyncio.get_running_loop().time() + SOON_S
    while not condition():
        assert asyncio.get_running_loop().time() < end, "it did not happen"
        await asyncio.sleep(0.002)
