"""HTTP services of others on real sockets, plain or with TLS, that answer as the test says."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import trustme
from aiohttp.test_utils import RawTestServer
from aiohttp.web import BaseRequest, Response


@dataclass
class Service:
    """Answers every request with `status`, `body` and `headers`, after `wait`; remembers what came."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    wait: asyncio.Event | None = None
    cut: int = 0
    """How many requests get no answer but the end of their connection."""
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    seen_headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: BaseRequest) -> Response:
        self.requests.append((request.method, request.path, await request.content.read()))
        self.seen_headers.append(dict(request.headers))
        if self.wait is not None:
            await self.wait.wait()
        if self.cut:
            self.cut -= 1
            assert request.transport is not None
            request.transport.abort()
        return Response(status=self.status, body=self.body, headers=self.headers)


@asynccontextmanager
async def running(service: Service, tls: ssl.SSLContext | None = None) -> AsyncIterator[Service]:
    """The service on a free port; its `url` is set."""
    server = RawTestServer(service.answer, scheme="https" if tls else "http", host="localhost")
    await server.start_server(ssl=tls)
    service.url = str(server.make_url("/validate"))
    try:
        yield service
    finally:
        if service.wait is not None:
            service.wait.set()
        await server.close()


@dataclass(frozen=True)
class Certified:
    """A server's TLS context and, in files, what clients may be handed."""

    context: ssl.SSLContext
    leaf_der: Path
    leaf_pem: Path
    authority_pem: Path


def certified(folder: Path, *names: str) -> Certified:
    """A certificate for these names (localhost by default) from an authority of its own."""
    authority = trustme.CA()
    leaf = authority.issue_cert(*(names or ("localhost",)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    made = Certified(context, folder / "leaf.cer", folder / "leaf.pem", folder / "ca.pem")
    pem = leaf.cert_chain_pems[0].bytes()
    made.leaf_pem.write_bytes(pem)
    made.leaf_der.write_bytes(ssl.PEM_cert_to_DER_cert(pem.decode()))
    made.authority_pem.write_bytes(authority.cert_pem.bytes())
    return made


Named = Callable[[Certified], Path]
