"""The way to the one service behind: its connections, how they are opened, shared and given up.

A client of our own for what is asked thousands of times a second, and for the poll that is parked there for each agent
(docs/design/service_link.md). All other calls to others are made by `wire.outbound`. What holds of those holds here: no
redirects, no cookies, no proxies of the environment, heads of bounded size.
"""

import asyncio
import re
import socket
import ssl
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from contextvars import Context
from typing import Any, Final

from aiohappyeyeballs import remove_addr_infos, start_connection
from yarl import URL

from gateway.upstream.service_connection import BROKE, LATE, Answer, BrokenError, ServiceConnection, UnansweredError
from gateway.wire.headers import OF_REQUESTS
from gateway.wire.outbound import AS_IT_IS, KEEP_ALIVE_S

NO_CONNECTION: Final = "no connection"
NO_TLS: Final = "no TLS with a certificate that is trusted"
REMEMBERED_S: Final = 10
"""So long it is remembered where the name of the service leads."""
NEXT_ADDRESS_S: Final = 0.25
"""Of several addresses of a name, the next is tried too when one has not answered in this time."""
LOOKS_S: Final = 0.1
"""A connection is given up at most so much later than it is due: all share one timer."""
_NEVER_S: Final = float("inf")
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_BREAKS_A_HEAD: Final = re.compile(r"[\r\n\0]")
_BREAKS_A_LINE: Final = re.compile(r"[\0-\x20\x7f]")

_Turn = asyncio.Future[ServiceConnection | None]
LookUp = Callable[[str, int], Coroutine[Any, Any, list[Any]]]
"""As `getaddrinfo`, by host and port."""


async def _look_up(host: str, port: int) -> list[Any]:
    return list(await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM))


async def _reached(addresses: list[Any], next_s: float) -> socket.socket:
    """A socket to the first of them that answers, which is taken out of the list. Raises OSError.

    The next one is tried as well when one does not answer for so long.
    """
    link = await start_connection(addresses, happy_eyeballs_delay=next_s)
    try:
        remove_addr_infos(addresses, link.getpeername())
    except OSError:  # It is gone already.
        link.close()
        raise
    except ValueError:  # It answers by another address than it was asked by, as 0.0.0.0 does.
        addresses.clear()
    return link


class ServiceAddresses:
    """Where the name of the service leads; each who asks begins with another of its addresses."""

    def __init__(self, host: str, port: int, look_up: LookUp = _look_up) -> None:
        self._host = host
        self._port = port
        self._ask = look_up
        self._turn = 0
        self._asked_s = 0.0
        self._lookup: asyncio.Task[list[Any]] | None = None
        self._address: list[Any] = []
        with suppress(OSError):  # That of a name: an address is one already.
            self._address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)

    async def find(self) -> list[Any]:
        """As `getaddrinfo`. Raises OSError."""
        if self._address:
            return list(self._address)
        loop, known = asyncio.get_running_loop(), self._lookup
        if known is None or (known.done() and (known.exception() or loop.time() - self._asked_s > REMEMBERED_S)):
            self._asked_s = loop.time()
            known = self._lookup = loop.create_task(self._ask(self._host, self._port), context=Context())
        found = await asyncio.shield(known)
        self._turn = (self._turn + 1) % len(found)
        return found[self._turn :] + found[: self._turn]


class ServiceLink:
    """At most `most` connections to the service at `base`, which is as UPSTREAM_URL. More requests wait their turn.

    `open`: how many there are, with those that are being opened.
    """

    def __init__(self, base: str, trust: ssl.SSLContext, most: int) -> None:
        url = URL(base)
        self._tls = trust if url.scheme == "https" else None
        self._name = (url.raw_host or "").rstrip(".")
        self._addresses = ServiceAddresses(self._name, url.port or 0)
        self._prefix = url.raw_path.rstrip("/")
        standing = {"Host": url.host_port_subcomponent, **OF_REQUESTS, **AS_IT_IS, "Accept": "*/*"}
        self._standing = " HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in standing.items())
        self._most = most
        self.open = 0
        self._connections: set[ServiceConnection] = set()
        self._idle: dict[ServiceConnection, None] = {}
        self._turns: deque[_Turn] = deque()
        self._closed = False
        self._looks_at_s = _NEVER_S
        self._held_up = False
        self._timer: asyncio.TimerHandle | None = None
        # What outlives the request that it was begun for holds nothing of it.
        self._nobody = Context()

    def written(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
        """A request as it is sent. Raises ValueError for what cannot be."""
        lines = [f"{name}: {value}" for name, value in headers.items()]
        if body or method not in _WITHOUT_BODY:
            lines.append(f"Content-Length: {len(body)}")
        if not target.startswith("/") or _BREAKS_A_LINE.search(target) or any(map(_BREAKS_A_HEAD.search, lines)):
            raise ValueError("a request that cannot be sent")
        head = "\r\n".join(lines)
        return f"{method} {self._prefix}{target}{self._standing}{head}\r\n\r\n".encode() + body

    async def send(self, request: bytes, connect_s: float, silence_s: float) -> Answer:
        """The head of the answer to what is `written`.

        To connect may take `connect_s`, and so long as `silence_s` nothing may be heard. A GET is sent a second time
        where the connection breaks: the service may just have closed it. Anything else may have been acted on. Raises
        UnansweredError.
        """
        again = request.startswith(b"GET ")
        while True:
            connection = await self._take(connect_s)
            answered = connection.ask(request, silence_s)
            try:
                return await answered
            except BrokenError:
                if not again:
                    raise
                again = False
            except asyncio.CancelledError:
                if answered.cancelled():
                    connection.drop()
                elif not answered.exception():
                    answered.result().release()
                raise

    # Connections: one that is idle, else a new one, else the first that another request lets go of.

    async def _take(self, connect_s: float) -> ServiceConnection:
        while True:
            while self._idle:
                connection = self._idle.popitem()[0]
                if connection.usable:
                    return connection
                connection.drop()
            if self.open < self._most:
                self.open += 1
                return await self._opened(connect_s)
            turn: _Turn = asyncio.get_running_loop().create_future()
            self._turns.append(turn)
            try:
                given = await turn
            except asyncio.CancelledError:
                if not turn.cancelled():
                    self._pass_on(turn.result())
                raise
            if given is None:
                return await self._opened(connect_s)
            if given.usable:
                return given

    def _pass_on(self, connection: ServiceConnection | None) -> None:
        """A connection, or else the room for one, to whoever has waited longest."""
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if connection is None:
            self.open -= 1
        elif connection.usable:
            self._idle[connection] = None

    def free(self, connection: ServiceConnection) -> None:
        """See `Pool.free`."""
        connection.until_s = asyncio.get_running_loop().time() + KEEP_ALIVE_S
        self.watch(connection)
        self._pass_on(connection)

    def lost(self, connection: ServiceConnection) -> None:
        """See `Pool.lost`."""
        if connection in self._connections:
            self._connections.remove(connection)
            self._idle.pop(connection, None)
            self._pass_on(None)

    async def _opened(self, connect_s: float) -> ServiceConnection:
        dialling = asyncio.get_running_loop().create_task(
            self._dial(min(NEXT_ADDRESS_S, connect_s / 3)), context=Context()
        )
        try:
            async with asyncio.timeout(connect_s):
                connection = await dialling
        except BaseException as problem:
            self._pass_on(None)
            if dialling.done() and not dialling.cancelled() and not dialling.exception():
                dialling.result().drop()
            if isinstance(problem, TimeoutError):
                raise UnansweredError(LATE) from None
            raise
        self._connections.add(connection)
        if self._closed:
            connection.fail(UnansweredError(BROKE))
        return connection

    async def _dial(self, next_s: float) -> ServiceConnection:
        if self._closed:
            raise UnansweredError(BROKE)
        try:
            found = await self._addresses.find()
            while True:
                link = await _reached(found, next_s)
                try:
                    return await self._connected(link)
                except OSError:
                    if not found:
                        raise
        except ssl.SSLError:
            raise UnansweredError(NO_TLS) from None
        except OSError:
            raise UnansweredError(NO_CONNECTION) from None

    async def _connected(self, link: socket.socket) -> ServiceConnection:
        loop = asyncio.get_running_loop()
        connection = ServiceConnection(self, loop)
        name = self._name if self._tls else None
        await loop.create_connection(lambda: connection, sock=link, ssl=self._tls, server_hostname=name)
        return connection

    # Time: one timer for all, which looks at them when the first is due.

    def watch(self, connection: ServiceConnection) -> None:
        """See `Pool.watch`."""
        if connection.until_s < self._looks_at_s:
            self._look_at(connection.until_s)

    def _look_at(self, at_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._looks_at_s = at_s
        self._timer = asyncio.get_running_loop().call_at(at_s, self._look, context=self._nobody)

    def _look(self) -> None:
        now_s = asyncio.get_running_loop().time()
        self._held_up = not self._held_up and now_s - self._looks_at_s > LOOKS_S
        if self._held_up:  # This process was: first it reads what may lie unread.
            self._look_at(now_s + LOOKS_S / 2)
            return
        for connection in [each for each in self._connections if each.until_s <= now_s]:
            connection.fail(UnansweredError(LATE))
        self._looks_at_s, self._timer = _NEVER_S, None
        next_s = min((each.until_s for each in self._connections), default=_NEVER_S)
        if next_s < _NEVER_S:
            self._look_at(max(now_s + LOOKS_S, next_s))

    async def close(self) -> None:
        """Lets go of the connections."""
        self._closed = True
        for connection in list(self._connections):
            connection.fail(UnansweredError(BROKE))
        if self._timer is not None:
            self._timer.cancel()
