"""A connection to a server of the store that asks, a few commands at a time, and never waits for long."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from hiredis import ReplyError

from gateway.redis_store.address import Address
from gateway.redis_store.connection import RedisConnection, dial, greeting
from gateway.redis_store.replies import code
from gateway.redis_store.scripts import Argument, pack

PATIENCE_S: Final = 2.0
"""For a connection, and for each exchange over it."""
NAME: Final = "agentgateway-doctor"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a server could not be asked, and what to do."""

    found: str
    advice: str


class TroubleError(Exception):
    """The server cannot be asked."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.found)
        self.trouble = trouble


REFUSALS: Final = {
    "WRONGPASS": Trouble("it refuses the user or the password", "correct user and password in REDIS_URL"),
    "NOAUTH": Trouble("it wants a password", "put user and password into REDIS_URL"),
    "NOPERM": Trouble("the user may not open a session there", "allow the user HELLO, CLIENT SETNAME and SELECT"),
    "DENIED": Trouble(
        "it only serves its own machine (protected mode)", "set a password, or `protected-mode no`, there"
    ),
    "NOPROTO": Trouble("it does not speak RESP3", "use Redis 7.0 or later, or Valkey"),
    "LOADING": Trouble("it is still loading its data", "wait and ask again"),
}
"""What a refused greeting means."""
_ANY_REFUSAL: Final = "see the log of the server"


def trouble_of(error: Exception) -> Trouble:
    """Words for what a dial or an exchange raised; nothing of REDIS_URL but the place is in them."""
    if isinstance(error, ReplyError):
        return REFUSALS.get(code(error), Trouble(f"it refuses: {code(error)}", _ANY_REFUSAL))
    if isinstance(error, TimeoutError):
        return Trouble(
            f"no answer within {PATIENCE_S * 1000:.0f} ms",
            "see whether the server runs and the network lets us through",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Trouble(
            f"its certificate is not trusted: {error.verify_message}",
            "name the authority: REDIS_URL ...?ssl_ca_certs=FILE",
        )
    if isinstance(error, ssl.SSLError):
        return Trouble(f"no TLS there: {error.reason}", "use redis:// in REDIS_URL, or the TLS port of the server")
    return Trouble(f"no connection: {_words(error)}", "start the server, or correct the place in REDIS_URL")


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno) if error.errno > 0 else str(error.strerror)
    return str(error) or type(error).__name__


class StoreProbe:
    """An open connection. Error replies are answers like others here."""

    def __init__(self, connection: RedisConnection, lost: "asyncio.Future[str]") -> None:
        self._connection = connection
        self._lost = lost

    async def ask(self, *commands: Sequence[Argument]) -> list[Any]:
        """The replies, ReplyError among them. Raises TroubleError."""
        answered: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

        def done(replies: list[Any]) -> None:
            if not answered.done():
                answered.set_result(replies)

        packed = b"".join(pack(tuple(command)) for command in commands)
        self._connection.exchange(packed, len(commands), done)
        either: list[asyncio.Future[Any]] = [answered, self._lost]
        await asyncio.wait(either, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        if answered.done():
            return answered.result()
        answered.cancel()
        raise TroubleError(trouble_of(ConnectionError(self._lost.result()) if self._lost.done() else TimeoutError()))


@asynccontextmanager
async def probing(address: Address, *, sentinel: bool = False) -> AsyncIterator[StoreProbe]:
    """A connection, signed in as the gateway does it. Raises TroubleError."""
    opening = _sentinel_greeting(address) if sentinel else greeting(address, NAME)
    lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def ended(reason: str) -> None:
        if not lost.done():
            lost.set_result(reason)

    try:
        async with asyncio.timeout(PATIENCE_S):
            connection, replies = await dial(address, b"".join(opening), len(opening), lambda push: None, ended)
    except (OSError, TimeoutError) as error:
        raise TroubleError(trouble_of(error)) from None
    try:
        for reply in replies:
            if isinstance(reply, ReplyError):
                raise TroubleError(trouble_of(reply))
        yield StoreProbe(connection, lost)
    finally:
        connection.drop()


def _sentinel_greeting(address: Address) -> list[bytes]:
    signing_in = [pack(("AUTH", address.user or "default", address.password))] if address.password else []
    return [*signing_in, pack(("PING",))]
