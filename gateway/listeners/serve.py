"""Starts the listeners, and ends them without losing a call."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from gateway.listeners.accepting import Acceptor, ConnectionLimits
from gateway.listeners.connection import Connection
from gateway.listeners.eager import EagerTasks
from gateway.listeners.signals import Once
from gateway.listeners.sockets import BACKLOG, PORTS, accepts_a_turn, adopt, open_sockets, url_of
from gateway.listeners.tls import FailedHandshakes, TlsCertificate, certificate_of
from gateway.settings.live_file import LiveFile, follow
from gateway.settings.schema import Settings
from gateway.wire.http import AnyResponse, Request, Signal

Handler = Callable[[Request], Awaitable[AnyResponse]]

LINGER_MS: Final = 2_000
SHED_IDLE_S: Final = 5.0
"""In a drain that can be taken back; longer than the pauses of a client that polls."""
KEEP_ALIVE_MS: Final = 150_000
"""An idle connection is kept longer than EVENT_PUSH_HANDSHAKE_MAXTIME, so that a client that sends heartbeats in time
never meets one that is closing."""

_CUT_WAIT_S: Final = 1.0
_LOOK_S: Final = 0.02


def _no_leave(_origin: str | None) -> str:
    return ""


class ConnectionServer:
    """What all connections of a process share.

    `handler` answers a request; what it raises is answered 503. `head_timeout_ms`: time for the head of a request; may
    be changed, for heads that begin later. `linger_ms`: time for which the end of a connection waits for the client.
    `leave`: header lines of an answer that is made here, for a page of this origin (None: it names none).
    `keep_alive_ms`: for how long an idle connection is kept. `tasks`: begin the answers. `draining`: set when the
    shutdown begins. `sheds`: every answer is the last one of its connection. `connections`: those whose client is there
    or whose call still runs.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        head_timeout_ms: int,
        linger_ms: int = LINGER_MS,
        keep_alive_ms: int = KEEP_ALIVE_MS,
        leave: Callable[[str | None], str] = _no_leave,
    ) -> None:
        self.handler = handler
        self.leave = leave
        self.head_timeout_ms = head_timeout_ms
        self.linger_ms = linger_ms
        self.keep_alive_s = keep_alive_ms / 1000
        self.draining = Once()
        self.sheds = False
        self.connections: set[Connection] = set()
        self._loop = asyncio.get_running_loop()
        self.tasks = EagerTasks(self._loop)
        self._empty = asyncio.Event()
        self._shedding: asyncio.TimerHandle | None = None

    def __call__(self, link: socket.socket | None = None) -> Connection:
        """A protocol for a connection that was just accepted; only of its `link` it is known what arrives."""
        return Connection(self, self._loop, link)

    def joined(self, connection: Connection) -> None:
        """A client is there."""
        self.connections.add(connection)

    def left(self, connection: Connection) -> None:
        """A client is gone, or the last call on its behalf has ended."""
        if connection.over:
            self.connections.discard(connection)
            self._look_whether_empty()

    def shed(self, on: bool) -> None:
        """While it is `on` each answer is the last of its connection; those that stay idle end after SHED_IDLE_S."""
        self.sheds = on
        if self._shedding is not None:
            self._shedding.cancel()
            self._shedding = None
        if on:
            for connection in self.connections:
                if not connection.idle:
                    connection.close_after_answer()
            self._shedding = self._loop.call_later(SHED_IDLE_S, self._shed_idle, list(self.connections))

    def _shed_idle(self, those: Iterable[Connection]) -> None:
        for connection in those:
            if connection in self.connections and connection.idle:
                connection.force_close()

    async def step_down(self, patience_ms: int, beginning: Callable[[], bool]) -> None:
        """Let every connection have one more answer, with `Connection: close`, for up to `patience_ms`.

        Returns early once no connection is left, nor one that is `beginning`: accepted, and not known here before its
        TLS handshake is over. The caller has stopped accepting before.
        """
        self.draining.set()
        end_s = self._loop.time() + patience_ms / 1000
        await self._begun(beginning, end_s)
        await self._emptied(end_s - self._loop.time())

    async def drain(self, time_ms: int, beginning: Callable[[], bool]) -> None:
        """Let running calls finish for up to `time_ms`, then cut the rest.

        From now on every answer carries `Connection: close`; idle connections are closed; whoever subscribed to
        `draining` is told, parked polls above all. `beginning` is as in `step_down`. The caller has stopped accepting
        before.
        """
        self.draining.set()
        end_s = self._loop.time() + time_ms / 1000
        await self._close_idle()
        await self._begun(beginning, end_s)  # Their requests are on the way: not closed, though idle for a moment.
        if not await self._emptied(end_s - self._loop.time()):
            for connection in list(self.connections):
                connection.cut()
            await self._emptied(_CUT_WAIT_S)
        self.tasks.end()

    async def _begun(self, beginning: Callable[[], bool], end_s: float) -> None:
        while beginning() and self._loop.time() < end_s:  # noqa: ASYNC110 - a handshake that fails tells nobody
            await asyncio.sleep(_LOOK_S)

    async def _close_idle(self) -> None:
        for _ in range(2):  # a whole turn of the loop reads the requests that are here already: answered, not lost
            await asyncio.sleep(0)
        for connection in list(self.connections):
            if connection.idle:
                connection.force_close()

    def _look_whether_empty(self) -> None:
        if self.draining.is_set and not self.connections:
            self._empty.set()

    async def _emptied(self, within_s: float) -> bool:
        """Whether no connection is left within that time; that it once was so counts for nothing."""
        self._empty.clear()
        self._look_whether_empty()
        try:
            async with asyncio.timeout(within_s):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True


NOTHING_MORE: Final[Mapping[str, Sequence[socket.socket]]] = {}


class Listeners:
    """The open listeners of one process.

    `urls`: one for each, HTTP first. `certificate`: that of the HTTPS listener. `authority`: what clients must trust,
    in PEM, when the certificate is the development one.
    """

    def __init__(self, connections: ConnectionServer, limits: ConnectionLimits) -> None:
        self.urls: list[str] = []
        self.certificate: TlsCertificate | None = None
        self._followed: list[LiveFile[Any]] = []
        self.authority: Path | None = None
        self._connections = connections
        self._limits = limits
        self._failed = FailedHandshakes(time.monotonic)
        self._acceptors: list[Acceptor] = []
        self._listening: list[socket.socket] = []

    @property
    def draining(self) -> Signal:
        """Set when `drain` begins; also at every connection."""
        return self._connections.draining

    @property
    def open_connections(self) -> int:
        """Connections whose client is there or whose call still runs."""
        return len(self._connections.connections)

    @property
    def running_requests(self) -> int:
        """Connections with a request that is arriving or being answered."""
        return sum(not connection.idle for connection in self._connections.connections)

    @property
    def beginning(self) -> bool:
        """Whether there are connections, accepted here, whose TLS handshake is not over."""
        return any(acceptor.beginning for acceptor in self._acceptors)

    def shed(self, on: bool) -> None:
        """While it is `on`, in a drain that can be taken back, clients are accepted and led to come again elsewhere.

        Every answer is the last one of its connection; idle ones end after some seconds.
        """
        self._connections.shed(on)

    async def step_down(self, patience_ms: int) -> None:
        """Stop accepting and leave it to the clients to go, for up to `patience_ms`; `drain` is to follow.

        For a process whose successor accepts on the same sockets: idle connections stay open until their next answer,
        which says `Connection: close`, so that no request meets a connection that is closing.
        """
        self._stop_accepting()
        await self._connections.step_down(patience_ms, lambda: self.beginning)

    async def drain(self, time_ms: int) -> None:
        """Stop accepting, close idle connections, let calls finish for up to `time_ms`, cut the rest.

        Every answer from now on says `Connection: close`. Parked polls hear of it by `draining`.
        """
        self._stop_accepting()
        await self._connections.drain(time_ms, lambda: self.beginning)

    def _stop_accepting(self) -> None:
        for acceptor in self._acceptors:
            acceptor.stop()
        for each in self._listening:
            each.close()

    async def watch_certificate(self) -> None:
        """Read certificates again whenever their files have changed and rest; runs until it is cancelled."""
        if self.certificate is not None:
            self.follow(self.certificate)
        await follow(self._followed)

    def follow(self, certificate: TlsCertificate) -> None:
        """One more to be read again, before `watch_certificate` runs."""
        self._followed.append(certificate.file)

    async def open(self, listening: socket.socket, handshake_s: float, certificate: TlsCertificate | None) -> None:
        """Accept on `listening`, with TLS where there is a certificate; handshakes must end within `handshake_s`."""
        limits = {"ssl_handshake_timeout": handshake_s, "ssl_shutdown_timeout": LINGER_MS / 1000} if certificate else {}
        context = certificate.context if certificate else None
        loop = asyncio.get_running_loop()

        async def serve(link: socket.socket, address: str, leave: Callable[[], None]) -> None:
            begun = self._connections(link)  # What the loop returns may be the protocol of TLS below it.
            try:
                await loop.connect_accepted_socket(lambda: begun, link, ssl=context, **limits)
            except BaseException as problem:
                leave()
                if not isinstance(problem, OSError):  # A handshake that fails, or a client that is gone already.
                    raise
                if context is not None:
                    self._failed.note(address, problem)
            else:
                begun.closed.on(leave)

        listening.listen(BACKLOG)  # Given sockets may be bound alone.
        self._acceptors.append(Acceptor(listening, serve, accepts_a_turn(listening), self._limits))
        self._listening.append(listening)
        self.urls.append(url_of("https" if certificate else "http", listening))


async def start(
    handler: Handler,
    settings: Settings,
    *,
    http: socket.socket | None = None,
    https: socket.socket | None = None,
    more: Mapping[str, Sequence[socket.socket]] = NOTHING_MORE,
    shared: bool = False,
    linger_ms: int = LINGER_MS,
    limits: ConnectionLimits | None = None,
    leave: Callable[[str | None], str] = _no_leave,
) -> Listeners:
    """Accepts connections for `handler` when it returns.

    `http` and `https` are bound sockets to use in place of HTTP_PORT and HTTPS_PORT (port 0 there: no such listener);
    `more` (by "http" and "https") are those for the further addresses of a name. They are taken over. `shared`: other
    processes accept from them too. `limits` bounds the connections; left out, `settings` do. `leave` is as in
    `ConnectionServer`. Raises ListenError for a port or a certificate that cannot be used; nothing is open then.
    """
    connections = ConnectionServer(
        handler,
        head_timeout_ms=settings.request_timeout_ms,
        linger_ms=linger_ms,
        keep_alive_ms=settings.keep_alive_ms,
        leave=leave,
    )
    listeners = Listeners(connections, limits or ConnectionLimits(lambda: settings))
    limit_s = settings.request_timeout_ms / 1000
    with ExitStack() as opened:
        plain = _sockets(opened, _given(http, more, "http"), shared, settings, "http")
        secure = _sockets(opened, _given(https, more, "https"), shared, settings, "https")
        if secure:
            listeners.certificate, listeners.authority = certificate_of(settings)
        for each in plain:
            await listeners.open(each, limit_s, None)
        for each in secure:
            await listeners.open(each, limit_s, listeners.certificate)
        opened.pop_all()
    return listeners


def _given(
    first: socket.socket | None, more: Mapping[str, Sequence[socket.socket]], name: str
) -> Sequence[socket.socket]:
    return () if first is None else (first, *more.get(name, ()))


def _sockets(
    opened: ExitStack, given: Sequence[socket.socket], shared: bool, settings: Settings, name: str
) -> list[socket.socket]:
    key, attribute = PORTS[name]
    port: int = getattr(settings, attribute)
    if given:
        ours = [adopt(each, shared=shared) for each in given]
    else:
        ours = open_sockets(settings.bind_address, port, key) if port else []
    for each in ours:
        opened.callback(each.close)
    return ours
