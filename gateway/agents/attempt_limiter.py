"""Counts an attempt before anybody judges it, and lets it wait where others in flight come first.

Right ones sent at once are no guesses: beyond what may be in flight they wait their turn, in the order in which they
came to this process. Each that was judged right, or not judged at all, makes room for the next; one that was judged
wrong does not, and when as many have failed as may fail the rest is refused unjudged.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final
from weakref import WeakValueDictionary

from prometheus_client import Counter

from gateway.agents.lockout import Attempts, AttemptStanding
from gateway.audit import trail
from gateway.ops.backoff import Backoff
from gateway.ops.metrics import REGISTRY
from gateway.ops.request_context import paused_deadline
from gateway.wire import retcodes
from gateway.wire.errors import GatewayError, Refused, StoreUnavailable, Unavailable

_WRONG_PASSWORDS: Final = Counter("agentgateway_wrong_passwords", "Failed password checks", registry=REGISTRY)
_REFUSED_LOCKED: Final = Counter(
    "agentgateway_locked_sign_ins_refused", "Password checks refused by a lock", registry=REGISTRY
)
_LOCKS: Final = Counter("agentgateway_lockouts", "Pairs of agent and address that were locked", registry=REGISTRY)
_REFUSED_WAITED: Final = Counter(
    "agentgateway_password_checks_timed_out",
    "Password checks refused: others of the pair took too long",
    registry=REGISTRY,
)

OTHER_JUDGE_S: Final = 5.0
"""For a turn, where somebody else judges: with its time-out still below the 11 s after which clients give up."""
FIRST_PAUSE_S: Final = 0.02
LONGEST_PAUSE_S: Final = 0.3
"""Between looks at what other nodes have in flight: each pause is twice the one before."""
HURRY_S: Final = 0.05
"""For tidying up after a store that has just failed to answer: the call itself must be answered within a second."""


class _PairQueue:
    """Those of one pair in this process. `first` is held by who asks for a turn, `ended` tells it of an end here.

    `asking`: how many hold it or wait for it.
    """

    def __init__(self) -> None:
        self.first = asyncio.Lock()
        self.asking = 0
        self.ended = asyncio.Event()


class Attempt:
    """An attempt that counts. Whoever judges it says `right` or `wrong`; each raises StoreUnavailable.

    `waited_s` is how long it waited for its turn.
    """

    def __init__(self, attempts: Attempts, who: str, address: str, line: _PairQueue) -> None:
        self.waited_s = 0.0
        self._attempts = attempts
        self._who = who
        self._address = address
        self._line = line
        self._token = secrets.token_hex(8)
        self._now_ms = 0
        self._judged = False

    async def begin(self, address_limit: int, now_ms: int) -> AttemptStanding:
        """Counts it, where that is possible now."""
        self._now_ms = now_ms + round(self.waited_s * 1000)
        try:
            return await self._attempts.begin(
                self._who, self._address, self._token, address_limit=address_limit, now_ms=self._now_ms
            )
        except StoreUnavailable:
            await self.withdraw(HURRY_S)  # A store that is only slow counts it all the same.
            raise

    async def right(self) -> None:
        """The judge said yes: the failures of the pair are forgotten."""
        self._judged = True
        await self._attempts.succeeded(self._who, self._address, self._token, now_ms=self._now_ms)
        self._line.ended.set()

    async def wrong(self) -> None:
        """The judge said no: it stays counted."""
        self._judged = True
        _WRONG_PASSWORDS.inc()
        locks = await self._attempts.failed(self._who, self._address, self._token, now_ms=self._now_ms)
        self._line.ended.set()
        if locks:
            _LOCKS.inc()
            agent_id = int(self._who) if self._who.isdigit() else None
            trail.record("sign-in-locked", agent_id, who=self._who, address=self._address)

    async def withdraw(self, within_s: float | None = None) -> None:
        """Nobody judged it, if that is so: it counts no more. Where the store is away it counts as a failure later."""
        if not self._judged:
            with suppress(StoreUnavailable, TimeoutError):
                async with asyncio.timeout(within_s):
                    await self._attempts.withdrawn(self._who, self._address, self._token)
            self._line.ended.set()


class AttemptLimiter:
    """The one way to have a password judged.

    `address_limit` returns LOGIN_ADDRESS_LIMIT, asked anew for each attempt; `patience_s` bounds the wait.
    """

    def __init__(
        self, attempts: Attempts, address_limit: Callable[[], int], *, patience_s: float = OTHER_JUDGE_S
    ) -> None:
        self._attempts = attempts
        self._address_limit = address_limit
        self._patience_s = patience_s
        self._lines: WeakValueDictionary[tuple[str, str], _PairQueue] = WeakValueDictionary()

    @asynccontextmanager
    async def attempt(self, who: str, address: str, now_ms: int) -> AsyncIterator[Attempt]:
        """An attempt that is counted while the block runs; see `Attempts` for the arguments.

        A block that ends without a verdict, or by an answer such as Unavailable, takes it back. One that is cancelled
        or crashes does not: nobody knows what the judge has said. Raises Refused (LOCKED), Unavailable when no turn
        came in time, and StoreUnavailable.
        """
        line = self._lines.setdefault((who, address), _PairQueue())
        attempt = Attempt(self._attempts, who, address, line)
        await self._begin(attempt, line, now_ms)
        try:
            yield attempt
        except GatewayError as problem:
            await attempt.withdraw(HURRY_S if isinstance(problem, StoreUnavailable) else None)
            raise
        await attempt.withdraw()

    async def _begin(self, attempt: Attempt, line: _PairQueue, now_ms: int) -> None:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        until_s = began_s + self._patience_s
        waits = line.asking > 0
        line.asking += 1
        try:
            if waits:
                await _come_first(line.first, until_s)
            else:
                await line.first.acquire()
        except BaseException:
            line.asking -= 1
            raise
        backoff = Backoff(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        try:
            while True:
                attempt.waited_s = loop.time() - began_s if waits else 0.0
                line.ended.clear()
                standing = await attempt.begin(self._address_limit(), now_ms)
                if standing is AttemptStanding.OPEN:
                    return
                if standing is AttemptStanding.LOCKED:
                    _REFUSED_LOCKED.inc()
                    raise Refused(retcodes.LOCKED)
                waits = True
                with paused_deadline():
                    await _pause(line.ended, backoff.next_s(), until_s)
        finally:
            line.asking -= 1
            line.first.release()


async def _come_first(first: asyncio.Lock, until_s: float) -> None:
    """Raises Unavailable at `until_s`, in loop time."""
    try:
        with paused_deadline():
            async with asyncio.timeout_at(until_s):
                await first.acquire()
    except TimeoutError:
        raise _too_many() from None


async def _pause(ended: asyncio.Event, pause_s: float, until_s: float) -> None:
    """Waits for an end in this process, no longer than `pause_s`. Raises Unavailable at `until_s`, in loop time."""
    loop = asyncio.get_running_loop()
    if loop.time() >= until_s:
        raise _too_many()
    with suppress(TimeoutError):
        async with asyncio.timeout_at(min(loop.time() + pause_s, until_s)):
            await ended.wait()


def _too_many() -> Unavailable:
    _REFUSED_WAITED.inc()
    return Unavailable("too many sign-ins at once: try again")
