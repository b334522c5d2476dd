"""One connection: bytes out, replies in, in order. No waiting, no time-outs, no second try; `line.py` has those."""

import asyncio
import logging
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, Final, cast

from hiredis import HiredisError, PushNotification, Reader

from gateway.ops.crashes import crash_line
from gateway.redis_link.address import Address
from gateway.redis_link.packing import pack

Replies = Callable[[list[Any]], None]
Pushed = Callable[[list[Any]], None]
Lost = Callable[[str], None]

OWN_FAULT: Final = "an error of this gateway, see its log"

NEXT_ADDRESS_S: Final = 0.05
"""Of several addresses of a name, the next is tried too when one has not answered in this time."""

_MORE: Any = object()
_LOG = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """Speaks RESP3. One exchange at a time: some commands leave in one write, and `done` gets all their replies.

    `pushed` gets what a subscription brings, `lost` the reason for which the connection ended (once; not after `drop`).
    """

    def __init__(self, pushed: Pushed, lost: Lost) -> None:
        self._pushed = pushed
        self._lost: Lost | None = lost
        self._reader = Reader(notEnoughData=_MORE)
        self._replies: list[Any] = []
        self._expected = 0
        self._done: Replies | None = None
        self._transport: asyncio.Transport | None = None

    def exchange(self, packed: bytes, count: int, done: Replies) -> None:
        """Writes `count` packed commands."""
        if self._transport is not None:
            self._expected, self._done = count, done
            self._transport.write(packed)

    def drop(self) -> None:
        """Ends the connection at once; nothing is called any more."""
        self._lost = self._done = None
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not _MORE:
                if isinstance(reply, PushNotification):
                    self._pushed(reply)
                else:
                    self._replies.append(reply)
            if self._done is not None and len(self._replies) >= self._expected:
                done, replies = self._done, self._replies
                self._done, self._replies = None, []
                done(replies)
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


def _is_one_address(host: str) -> bool:
    """Whether there is nothing to race for. Up to Python 3.11 a race that is given up may leave its socket open."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


async def dial(address: Address, packed: bytes, count: int, pushed: Pushed, lost: Lost) -> tuple[Connection, list[Any]]:
    """Connects and makes the first exchange, of `count` packed commands. Raises OSError (ssl.SSLError among them)."""
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

    connection = Connection(pushed, ended)
    try:
        if address.path:
            await loop.create_unix_connection(lambda: connection, address.path)
        else:
            next_s = None if _is_one_address(address.host) else NEXT_ADDRESS_S
            await loop.create_connection(
                lambda: connection, address.host, address.port, ssl=address.tls, happy_eyeballs_delay=next_s
            )
        connection.exchange(packed, count, heard)
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
