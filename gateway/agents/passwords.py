"""Hashing and verifying passwords off the event loop, and the rules for a new one.

Two are hashed at a time, in a fair queue bounded in length and time: one hash takes about 30 ms of a core and 19 MiB.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Final, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError, VerifyMismatchError
from prometheus_client import Counter

from gateway.agents.fair_queue import FairQueue, PasswordVerdicts, Rank
from gateway.ops.metrics import REGISTRY
from gateway.ops.request_context import paused_deadline
from gateway.settings.operating_system import give_way
from gateway.wire import retcodes
from gateway.wire.errors import Refused, Unavailable

_REFUSED_FULL: Final = Counter(
    "agentgateway_password_queue_full", "Password checks refused: too many wait", registry=REGISTRY
)

SHORTEST: Final = 8
LONGEST: Final = 32
ID_RUN: Final = 3
CLASSES_NEEDED: Final = 3
THREADS: Final = 2
GIVES_WAY: Final = 5
"""How far these threads stand back behind the event loop: a flood of sign-ins holds up no call."""
RESTS: Final = 3
"""After a turn of a doubtful address the next one comes this many times as long later: a quarter of a core at most."""
LONGEST_REST_S: Final = 1.0
"""Where a turn took long for another reason, such as a slow store, it keeps nobody at a doubtful address out."""
WAITING: Final = 500
PATIENCE_S: Final = 10.0
"""Clients give up at 11 s; who was answered later would hold a session that nobody knows of."""
DUMMY_HASH: Final = f"$argon2id$v=19$m=19456,t=2,p=1${'A' * 22}${'A' * 43}"
"""Costs as much as a real one and belongs to no password: for agents that do not exist."""

log = logging.getLogger(__name__)
T = TypeVar("T")


def check_new_password(agent_id: int, password: str) -> None:
    """Raises Refused when `password` breaks a rule: 110-020 for its length, 110-019 with the rule for the others.

    That it is none of the last five is checked where their hashes are.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(retcodes.PASSWORD_LENGTH)
    for broken, rule in _RULES:
        if broken(agent_id, password):
            raise Refused(retcodes.PASSWORD_RULE, f"the new password {rule}")


def _unprintable(_: int, password: str) -> bool:
    return not password.isprintable()


def _repeats(_: int, password: str) -> bool:
    return any(first == second for first, second in pairwise(password))


def _holds_id(agent_id: int, password: str) -> bool:
    digits = str(agent_id)
    return any(digits[at : at + ID_RUN] in password for at in range(len(digits) - ID_RUN + 1))


def _too_plain(_: int, password: str) -> bool:
    return len({_class(character) for character in password}) < CLASSES_NEEDED


def _class(character: str) -> str:
    for name, belongs in (("upper", str.isupper), ("lower", str.islower), ("digit", str.isdigit)):
        if belongs(character):
            return name
    return "special"


_RULES: Final[tuple[tuple[Callable[[int, str], bool], str], ...]] = (
    (_unprintable, "must hold printable characters only"),
    (_repeats, "must not hold the same character twice in a row"),
    (_holds_id, "must not hold three or more characters in a row of the agent ID"),
    (_too_plain, "must hold three of: upper case, lower case, digit, special character"),
)


def hasher() -> PasswordHasher:
    """argon2id with m = 19 MiB, t = 2, p = 1 (a profile of OWASP's password storage advice)."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)


class HashingTurn:
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
            with paused_deadline():
                return await asyncio.shield(job)
        except asyncio.CancelledError:
            await asyncio.wait({job})
            raise


class PasswordPool:
    """The threads and the queue of those who wait for one. `verdicts` say who comes first."""

    def __init__(self, *, threads: int = THREADS, waiting: int = WAITING, patience_s: float = PATIENCE_S) -> None:
        self._executor = ThreadPoolExecutor(threads, "passwords", give_way, (GIVES_WAY,))
        self._line = FairQueue(threads, waiting)
        self._patience_s = patience_s
        self._turn = HashingTurn(self._executor, hasher())
        self.verdicts = PasswordVerdicts()

    @property
    def waiting(self) -> int:
        """The length of the line now."""
        return self._line.waiting

    @asynccontextmanager
    async def turn(self, waited_s: float = 0, *, who: str = "", address: str = "") -> AsyncIterator[HashingTurn]:
        """Waits for a thread. Raises Unavailable when too many wait already, and when the wait gets too long.

        `waited_s` is for how long the client has waited before; `who` is the agent that it says to be.
        """
        rank = self.verdicts.rank(who, address, time.monotonic())
        if not self._line.take(rank):
            await self._wait(rank, address, self._patience_s - waited_s)
        began_s = time.monotonic()
        try:
            yield self._turn
        finally:
            self._line.release(rank, min(LONGEST_REST_S, RESTS * (time.monotonic() - began_s)))

    async def _wait(self, rank: Rank, address: str, within_s: float) -> None:
        try:
            with paused_deadline():
                async with asyncio.timeout(within_s):
                    mine = await self._line.acquire(rank, address)
        except TimeoutError:
            raise _too_many() from None
        if not mine:
            raise _too_many()

    def close(self) -> None:
        """Ends the threads once they are idle."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _too_many() -> Unavailable:
    _REFUSED_FULL.inc()
    return Unavailable("too many sign-ins at once: try again")
