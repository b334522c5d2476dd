"""One connection: bytes out, replies in, in order. No waiting, no time-outs, no second try; `line.py` has those."""

import asyncio
import logging
import socket
from collections import deque
from collections.abc import Callable
from typing import Any, Final, cast

from aiohappyeyeballs import start_connection
from hiredis import HiredisError, PushNotification, Reader, ReplyError

from gateway.ops.logs import crash_line
from gateway.redis_store.address import Address
from gateway.redis_store.replies import refusal_of
from gateway.redis_store.scripts import pack

Replies = Callable[[list[Any]], None]
Pushed = Callable[[list[Any]], None]
Lost = Callable[[str], None]

OWN_FAULT: Final = "an error of this gateway, see its log"

NEXT_ADDRESS_S: Final = 0.05
"""Of several addresses of a name, the next is tried too when one has not answered in this time."""

_MORE: Any = object()
_LOG = logging.getLogger(__name__)


class RedisConnection(asyncio.Protocol):
    """Speaks RESP3. An exchange is some commands that leave in one write, and `done` gets all their replies.

    Others may be asked before the first is answered: replies come in order. `pushed` gets what a subscription brings,
    `lost` the reason for which the connection ended (once; not after `drop`). `heard_s` is when something was read
    last, and `writable` tells whether the system has taken all that was written.
    """

    def __init__(self, pushed: Pushed, lost: Lost) -> None:
        self._pushed = pushed
        self._lost: Lost | None = lost
        self._reader = Reader(notEnoughData=_MORE)
        self._replies: list[Any] = []
        self._asked: deque[tuple[int, Replies]] = deque()
        self._transport: asyncio.Transport | None = None
        self._clock = asyncio.get_running_loop().time
        self.heard_s = self._clock()
        self.writable = True

    def exchange(self, packed: bytes, count: int, done: Replies) -> None:
        """Writes `count` packed commands."""
        if self._transport is not None:
            self._asked.append((count, done))
            self._transport.write(packed)

    def drop(self) -> None:
        """Ends the connection at once; nothing is called any more."""
        self._lost = None
        self._asked.clear()
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=0)

    def pause_writing(self) -> None:
        """See asyncio.Protocol."""
        self.writable = False

    def resume_writing(self) -> None:
        """See asyncio.Protocol."""
        self.writable = True

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self.heard_s = self._clock()
        asked, replies = self._asked, self._replies
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _MORE:
                if isinstance(reply, PushNotification):
                    self._pushed(reply)
                elif asked:
                    replies.append(reply)
                    if len(replies) == asked[0][0]:
                        _, done = asked.popleft()
                        complete, replies = replies, []
                        self._replies = replies
                        done(complete)
                elif self._lost is not None:
                    # It would be taken for an answer to the next exchange. Servers turn clients away so.
                    unasked = "an answer that nobody asked for"
                    self._end(refusal_of(reply) if isinstance(reply, ReplyError) else unasked)
        except HiredisError as error:
            self._end(f"not the protocol of Redis: {error}")
        except Exception as fault:
            _LOG.error("an answer of redis could not be taken over: %s", crash_line(fault))
            self._end(OWN_FAULT)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._end(str(exc) if exc else "the server closed the connection")

    def _end(self, reason: str) -> None:
        lost = self._lost
        self.drop()
        if lost is not None:
            lost(reason)


async def _connect(address: Address, connection: RedisConnection) -> None:
    loop = asyncio.get_running_loop()
    if address.path:
        await loop.create_unix_connection(lambda: connection, address.path)
        return
    link = await _reach(address)
    name = address.host if address.tls else None
    await loop.create_connection(lambda: connection, sock=link, ssl=address.tls, server_hostname=name)


async def _reach(address: Address) -> socket.socket:
    """A connected socket. The addresses of a name race, on any event loop. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    return await start_connection(found, happy_eyeballs_delay=NEXT_ADDRESS_S)


async def dial(
    address: Address, packed: bytes, count: int, pushed: Pushed, lost: Lost, step_s: float | None = None
) -> tuple[RedisConnection, list[Any]]:
    """Connects and makes the first exchange, of `count` packed commands; each of the two may take `step_s`.

    Raises OSError (ssl.SSLError and TimeoutError among them).
    """
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[list[Any]] = loop.create_future()

    def heard(replies: list[Any]) -> None:
        if not answered.done():  # Else nobody waits any more.
            answered.set_result(replies)

    def ended(reason: str) -> None:
        if not answered.done():
            answered.set_exception(ConnectionError(reason))
        elif not answered.cancelled():
            lost(reason)

    connection = RedisConnection(pushed, ended)
    try:
        async with asyncio.timeout(step_s):
            await _connect(address, connection)
        connection.exchange(packed, count, heard)
        async with asyncio.timeout(step_s):
            return connection, await answered
    except BaseException:
        answered.cancel()
        connection.drop()
        raise


def greeting(address: Address, name: str) -> list[bytes]:
    """The packed commands that sign in, name the connection and choose the database."""
    hello: list[str] = ["HELLO", "3"]
    if address.password:
        hello += ["AUTH", address.user or "default", address.password]
    commands = [pack((*hello, "SETNAME", name))]
    if address.database:
        commands.append(pack(("SELECT", address.database)))
    return commands
