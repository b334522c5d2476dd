"""Which processes serve, on which nodes, and which of them drain: each says so once a second, for all to read.

A node that its operator drains takes no new work, and goes on until what is here has gone elsewhere. Sign-ins are
refused (503), polls are not held, each answer is the last one of its connection, and `/gateway/ready` is red, so that a
balancer leads everybody to other nodes. Nothing is ended: whoever still comes is served. Unlike the end of a process it
can be taken back.

A drain is a wish for a whole node, that is for all workers of one start of it: it is kept where the nodes know of one
another, and each worker follows it with its next word. A node that starts anew does not drain.
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from gateway import __version__
from gateway.audit import trail
from gateway.ops.metrics import SHARED_DIR
from gateway.wire.errors import NotFound, StoreUnavailable, Unavailable
from gateway.wire.text import iso

SAY_EVERY_S: Final = 1.0
GONE_MS: Final = 5_000
"""Who has said nothing for so long is gone."""

REFUSED: Final = "this node is being drained: sign in at another one"

_LOG = logging.getLogger(__name__)


class Drain:
    """Whether this process drains. `since_ms` and `by` (who asked for it) count while `is_on`."""

    def __init__(self) -> None:
        self.is_on = False
        self.since_ms = 0
        self.by = ""
        self._followers: list[Callable[[bool], None]] = []

    def follow(self, told: Callable[[bool], None]) -> None:
        """Has `told` called with True when a drain begins, and with False when it is taken back."""
        self._followers.append(told)

    def begin(self, by: str, now_ms: int) -> bool:
        """False where it had begun before."""
        if self.is_on:
            return False
        self.is_on, self.since_ms, self.by = True, now_ms, by
        self._tell()
        return True

    def take_back(self) -> bool:
        """False where there was none."""
        if not self.is_on:
            return False
        self.is_on = False
        self._tell()
        return True

    def refuse_sign_in(self) -> None:
        """Raises Unavailable while it is on."""
        if self.is_on:
            raise Unavailable(REFUSED)

    async def reason(self) -> str | None:
        """Why this node is not ready, None when it does not drain."""
        return f"draining since {iso(self.since_ms)}" if self.is_on else None

    def _tell(self) -> None:
        for told in self._followers:
            told(self.is_on)


class Traffic(NamedTuple):
    """What is here now: connections of clients, requests that are being answered, and the polls among them."""

    connections: int = 0
    requests: int = 0
    polls: int = 0


@dataclass(frozen=True, slots=True)
class ProcessState:
    """One process of a node: `worker` is its number, `run` the same for all processes of one start of a node."""

    node: str
    run: str
    worker: int
    process: str
    host: str
    pid: int
    version: str
    started_ms: int
    seen_ms: int
    connections: int
    requests: int
    polls: int
    draining: bool


@dataclass(frozen=True, slots=True)
class DrainWish:
    """Somebody wants a node drained."""

    since_ms: int
    by: str


class NodeBook(Protocol):
    """Where processes tell of themselves. All methods raise StoreUnavailable."""

    async def say(self, state: ProcessState) -> DrainWish | None:
        """Tells how this process stands; whether its node is to drain."""

    async def all(self, now_ms: int) -> Sequence[ProcessState]:
        """The processes that have said something in the last GONE_MS."""

    async def wish(self, run: str, wish: DrainWish | None) -> None:
        """Wants the node of this run drained, or (None) no longer."""

    async def leave(self, state: ProcessState) -> None:
        """This process ends."""


class OneProcessBook:
    """`NodeBook` of a process that is alone."""

    def __init__(self) -> None:
        self._state: ProcessState | None = None
        self._wishes: dict[str, DrainWish] = {}

    async def say(self, state: ProcessState) -> DrainWish | None:
        """See NodeBook."""
        self._state = state
        return self._wishes.get(state.run)

    async def all(self, now_ms: int) -> Sequence[ProcessState]:
        """See NodeBook."""
        return [self._state] if self._state is not None else []

    async def wish(self, run: str, wish: DrainWish | None) -> None:
        """See NodeBook."""
        self._wishes = {run: wish} if wish is not None else {}

    async def leave(self, state: ProcessState) -> None:
        """See NodeBook."""


def this_run() -> str:
    """The same in all workers of a supervisor, another one at each start."""
    shared = os.environ.get(SHARED_DIR, "")
    return f"{socket.gethostname()}:{os.path.basename(shared)}" if shared else secrets.token_hex(8)


class NodeKeeper:
    """Tells of this process, and has it drain when its node is to.

    `now_ms` is the store's time. `traffic` tells what is here now; whoever has the listeners sets it.
    """

    def __init__(self, name: str, book: NodeBook, drain: Drain, now_ms: Callable[[], int]) -> None:
        self.name = name
        self.worker = 0
        self.traffic: Callable[[], Traffic] = Traffic
        self.run_id = this_run()
        self._book = book
        self._drain = drain
        self._now_ms = now_ms
        self._process = secrets.token_hex(8)
        self._started_ms = 0
        self._untold: list[DrainWish | None] = []
        self._one_at_a_time = asyncio.Lock()

    def state(self) -> ProcessState:
        """How this process stands now."""
        now_ms = self._now_ms()
        self._started_ms = self._started_ms or now_ms
        return ProcessState(
            self.name,
            self.run_id,
            self.worker,
            self._process,
            socket.gethostname(),
            os.getpid(),
            __version__,
            self._started_ms,
            now_ms,
            *self.traffic(),
            self._drain.is_on,
        )

    async def keep(self) -> None:
        """Says it once a second, until cancelled."""
        while True:
            with suppress(StoreUnavailable):  # Whoever watches the store tells of it.
                await self.say()
            await asyncio.sleep(SAY_EVERY_S)

    async def say(self) -> None:
        """Tells of this process, and follows what is wanted of its node. Raises StoreUnavailable."""
        async with self._one_at_a_time:
            while self._untold:
                told = len(self._untold)
                await self._book.wish(self.run_id, self._untold[-1])
                del self._untold[:told]
            wish = await self._book.say(self.state())
            if not self._untold:
                self._follow(wish)

    def _follow(self, wish: DrainWish | None) -> None:
        changed = self._drain.take_back() if wish is None else self._drain.begin(wish.by, wish.since_ms)
        if changed and wish is not None:
            _LOG.warning("drain: no new sign-ins, polls are answered empty, not ready (asked for by %s)", wish.by)
        elif changed:
            _LOG.warning("drain: taken back, all is as before")

    async def all(self) -> Sequence[ProcessState]:
        """All processes that serve, this one as it is now. Raises StoreUnavailable."""
        others = [state for state in await self._book.all(self._now_ms()) if state.process != self._process]
        return sorted([self.state(), *others], key=lambda state: (state.node, state.run, state.worker))

    async def want(self, node: str, *, draining: bool) -> None:
        """Has a node drain, or not any longer: all runs of this name; at once here, elsewhere within a second or two.

        This process needs no store for it: it tells the others when that is back. Raises NotFound for a node that
        nobody knows, and StoreUnavailable for another node.
        """
        wish = DrainWish(self._now_ms(), trail.ACTOR.get()) if draining else None
        if node != self.name:
            runs = {state.run for state in await self.all() if state.node == node}
            if not runs:
                raise NotFound("node: there is no such node, see /nodes")
            for run in runs:
                await self._book.wish(run, wish)
        else:
            self._untold.append(wish)
            self._follow(wish)
            try:
                await self.say()
            except StoreUnavailable:
                _LOG.warning("drain: the store is out of reach: other workers of this node hear of it later")
        trail.record("drain" if draining else "undrain", target=node)

    async def leave(self) -> None:
        """This process ends. Raises StoreUnavailable."""
        await self._book.leave(self.state())
