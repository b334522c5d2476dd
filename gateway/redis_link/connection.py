"""One connection: bytes out, replies in, in order. No waiting, no time-outs, no second try; `line.py` has those."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from hiredis import HiredisError, PushNotification, Reader

from gateway.redis_link.address import Address
from gateway.redis_link.packing import pack

Replies = Callable[[list[Any]], None]

_MORE: Any = object()


class Connection(asyncio.Protocol):
    """Speaks RESP3. One exchange at a time: some commands leave in one write, and `done` gets all their replies.

    `pushed` gets what a subscription brings, `lost` the reason for which the connection ended (once; not after `drop`).
    """

    def __init__(self, pushed: Callable[[list[Any]], None], lost: Callable[[str], None]) -> None:
        self._pushed = pushed
        self._lost: Callable[[str], None] | None = lost
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
        except HiredisError as error:
            self._end(f"not the protocol of Redis: {error}")
            return
        if self._done is not None and len(self._replies) >= self._expected:
            done, replies = self._done, self._replies
            self._done, self._replies = None, []
            done(replies)

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        self._end(str(exc) if exc else "the server closed the connection")

    def _end(self, reason: str) -> None:
        lost = self._lost
        self.drop()
        if lost is not None:
            lost(reason)


async def dial(address: Address, pushed: Callable[[list[Any]], None], lost: Callable[[str], None]) -> Connection:
    """Connects, without signing in. Raises OSError (ssl.SSLError among them)."""
    loop = asyncio.get_running_loop()

    def protocol() -> Connection:
        return Connection(pushed, lost)

    if address.path:
        _, connection = await loop.create_unix_connection(protocol, address.path)
    else:
        _, connection = await loop.create_connection(protocol, address.host, address.port, ssl=address.tls)
    return connection


def greeting(address: Address, name: str) -> list[bytes]:
    """The packed commands that sign in, name the connection and choose the database."""
    hello: list[str] = ["HELLO", "3"]
    if address.password:
        hello += ["AUTH", address.user or "default", address.password]
    commands = [pack((*hello, "SETNAME", name))]
    if address.database:
        commands.append(pack(("SELECT", address.database)))
    return commands
