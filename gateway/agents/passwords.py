"""Hashing and verifying passwords off the event loop: two at a time, a line of waiting bounded in length and time.

One hash takes about 30 ms of a core and 19 MiB.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Final, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError, VerifyMismatchError

from gateway.agents import counts
from gateway.wire.errors import Unavailable

THREADS: Final = 2
WAITING: Final = 500
PATIENCE_S: Final = 10.0
"""Clients give up at 11 s; who was answered later would hold a session that nobody knows of."""
DUMMY_HASH: Final = f"$argon2id$v=19$m=19456,t=2,p=1${'A' * 22}${'A' * 43}"
"""Costs as much as a real one and belongs to no password: for agents that do not exist."""

log = logging.getLogger(__name__)
T = TypeVar("T")


def hasher() -> PasswordHasher:
    """argon2id with m = 19 MiB, t = 2, p = 1 (a profile of OWASP's password storage advice)."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)


class Turn:
    """The right to use one thread of the pool."""

    def __init__(self, executor: ThreadPoolExecutor, hasher: PasswordHasher) -> None:
        self._executor = executor
        self._hasher = hasher

    async def verify(self, agent_id: int, password_hash: str, password: str) -> bool:
        """True when `password` belongs to `password_hash`.

        Raises Unavailable, after a log line with the id, when the hash cannot be used: that is no wrong password.
        """
        matches = await self._run(lambda: self._matches(agent_id, password_hash, password))
        if matches is None:
            raise Unavailable("the password cannot be checked: tell the operator")
        return matches

    async def any_of(self, agent_id: int, password_hashes: Iterable[str], password: str) -> bool:
        """True when `password` belongs to one of the hashes; those that cannot be used are logged and left out."""
        hashes = tuple(password_hashes)
        return await self._run(lambda: any(self._matches(agent_id, one, password) for one in hashes))

    async def hash(self, password: str) -> str:
        """A new hash with its own salt."""
        return await self._run(lambda: self._hasher.hash(password))

    def _matches(self, agent_id: int, password_hash: str, password: str) -> bool | None:
        """None where it cannot be told."""
        try:
            return self._hasher.verify(password_hash, password.encode("utf-8", "surrogatepass"))
        except VerifyMismatchError:
            return False
        except (Argon2Error, InvalidHashError, ValueError) as problem:
            log.error("agent %d: the password hash cannot be used: %s", agent_id, type(problem).__name__)
            return None

    async def _run(self, work: Callable[[], T]) -> T:
        """Waits for the thread even when cancelled: the turn must not pass on while the thread is busy."""
        job = asyncio.get_running_loop().run_in_executor(self._executor, work)
        try:
            return await asyncio.shield(job)
        except asyncio.CancelledError:
            await asyncio.wait({job})
            raise


class PasswordPool:
    """The threads and the line of those who wait for one. `waiting` is the length of the line now."""

    def __init__(self, *, threads: int = THREADS, waiting: int = WAITING, patience_s: float = PATIENCE_S) -> None:
        self._executor = ThreadPoolExecutor(threads, "passwords")
        self._free = asyncio.Semaphore(threads)
        self._longest = waiting
        self._patience_s = patience_s
        self._turn = Turn(self._executor, hasher())
        self.waiting = 0

    @asynccontextmanager
    async def turn(self, waited_s: float = 0) -> AsyncIterator[Turn]:
        """Waits for a thread. Raises Unavailable when too many wait already, and when the wait gets too long.

        `waited_s` is for how long the client has waited before.
        """
        if self.waiting >= self._longest:
            raise _too_many()
        self.waiting += 1
        try:
            async with asyncio.timeout(self._patience_s - waited_s):
                await self._free.acquire()
        except TimeoutError:
            raise _too_many() from None
        finally:
            self.waiting -= 1
        try:
            yield self._turn
        finally:
            self._free.release()

    def close(self) -> None:
        """Ends the threads once they are idle."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _too_many() -> Unavailable:
    counts.REFUSED_FULL.inc()
    return Unavailable("too many sign-ins at once: try again")
