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
from collections.abc import Mapping
from contextvars import Context
from typing import Any, Final

from aiohappyeyeballs import remove_addr_infos, start_connection
from yarl import URL

from gateway.upstream.service_addresses import Address, ServiceAddresses
from gateway.upstream.service_connection import BROKE, LATE, Answer, BrokenError, ServiceConnection, UnansweredError
from gateway.wire.headers import OF_REQUESTS
from gateway.wire.outbound import AS_IT_IS, KEEP_ALIVE_S

NO_CONNECTION: Final = "no connection"
NO_TLS: Final = "no TLS with a certificate that is trusted"
NEXT_ADDRESS_S: Final = 0.25
"""Of several addresses of a name, the next is tried too when one has not answered in this time."""
LOOKS_S: Final = 0.1
"""The connections are looked at no more often than that: all share one timer."""
READS_S: Final = 0.05
"""What is due has this long to read what has come meanwhile. So it is given up at most LOOKS_S and this much later."""
_NEVER_S: Final = float("inf")
_WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_BREAKS_A_HEAD: Final = re.compile(r"[\r\n\0]")
_BREAKS_A_LINE: Final = re.compile(r"[\0-\x20\x7f]")

_Turn = asyncio.Future[ServiceConnection | None]


async def _reached(addresses: list[Address], next_s: float, known: ServiceAddresses) -> tuple[socket.socket, Address]:
    """A socket to the first of them that answers, and which that is; it is taken out of the list. Raises OSError.

    The next one is tried as well when one does not answer for so long.
    """
    tried: list[Address] = []

    def opened(address: Any) -> socket.socket:
        tried.append(address)
        return socket.socket(address[0], address[1], address[2])

    before = list(addresses)
    link = await start_connection(addresses, happy_eyeballs_delay=next_s, socket_factory=opened)
    try:
        remove_addr_infos(addresses, link.getpeername())
    except OSError:  # It is gone already.
        link.close()
        raise
    except ValueError:  # It answers by another address than it was asked by, as 0.0.0.0 does.
        addresses.clear()
        return link, before[0]
    reached = next(address for address in before if address not in addresses)
    for address in tried[: tried.index(reached)]:
        known.failed(address)
    return link, reached


class ServiceLink:
    """At most `most` connections to the service at `base`, which is as UPSTREAM_URL. More requests wait their turn.

    `open`: how many there are, with those that are being opened. `addresses` may be shared with another link
    to it, so that one learns from the other which of them answer.
    """

    def __init__(self, base: str, trust: ssl.SSLContext, most: int, addresses: ServiceAddresses | None = None) -> None:
        url = URL(base)
        self._tls = trust if url.scheme == "https" else None
        self._name = (url.raw_host or "").rstrip(".")
        self.addresses = addresses or ServiceAddresses(self._name, url.port or 0)
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
        self._looks_again = False
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

    async def send(self, request: bytes, connect_s: float, answer_s: float, by_s: float = _NEVER_S) -> Answer:
        """The head of the answer to what is `written`.

        To connect may take `connect_s`, and the whole answer `answer_s`; all of it is over by `by_s`, in time of the
        event loop. An answer that is there wins over its time. A GET is sent a second time where the connection breaks:
        the service may just have closed it. Anything else may have been acted on. Raises UnansweredError.
        """
        again = request.startswith(b"GET ")
        while True:
            connection = await self._take(connect_s, by_s)
            if by_s < _NEVER_S and asyncio.get_running_loop().time() >= by_s:
                self.free(connection)
                raise UnansweredError(LATE)
            answered = connection.ask(request, answer_s, by_s)
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

    async def _take(self, connect_s: float, by_s: float) -> ServiceConnection:
        while True:
            while self._idle:
                connection = self._idle.popitem()[0]
                if connection.quiet:
                    return connection
                connection.drop()
            if self.open < self._most:
                self.open += 1
                return await self._opened(connect_s, by_s)
            given = await self._turn(by_s)
            if given is None:
                return await self._opened(connect_s, by_s)
            if given in self._connections:
                if given.quiet:
                    return given
                self._connections.remove(given)  # Its room is taken over.
                given.drop()
                return await self._opened(connect_s, by_s)

    async def _turn(self, by_s: float) -> ServiceConnection | None:
        """A connection, or else the room for one, when those who came before have theirs."""
        turn: _Turn = asyncio.get_running_loop().create_future()
        self._turns.append(turn)
        try:
            async with asyncio.timeout_at(by_s if by_s < _NEVER_S else None):
                return await turn
        except BaseException as problem:
            if turn.done() and not turn.cancelled():
                self._pass_on(turn.result())
            if isinstance(problem, TimeoutError):
                raise UnansweredError(LATE) from None
            raise

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

    async def _opened(self, connect_s: float, by_s: float) -> ServiceConnection:
        loop = asyncio.get_running_loop()
        dialling = loop.create_task(self._dial(connect_s), context=Context())
        try:
            async with asyncio.timeout_at(min(loop.time() + connect_s, by_s)):
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

    async def _dial(self, connect_s: float) -> ServiceConnection:
        """Goes on to the next address where one does not answer, or has taken a third of the time for its TLS."""
        if self._closed:
            raise UnansweredError(BROKE)
        share_s = connect_s / 3
        try:
            found = await self.addresses.find()
            while True:
                link, address = await _reached(found, min(NEXT_ADDRESS_S, share_s), self.addresses)
                try:
                    async with asyncio.timeout(share_s if found else None):
                        connection = await self._connected(link)
                except OSError:
                    if not found:
                        raise
                    self.addresses.failed(address)
                else:
                    self.addresses.worked(address)
                    return connection
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
        due = [each for each in self._connections if each.until_s <= now_s]
        self._looks_again = bool(due) and not self._looks_again
        if self._looks_again:  # First what may lie unread is read: this process may have been held up.
            self._look_at(now_s + READS_S)
            return
        for connection in due:
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
