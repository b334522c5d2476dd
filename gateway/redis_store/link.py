"""The store's way to Redis: gathered commands, scripts, durable changes, wakes, time (docs/design/redis_link.md)."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

from hiredis import ReplyError

from gateway.audit import trail
from gateway.ops import metrics
from gateway.ops.jobs import Job
from gateway.redis_store.address import Address, parse_target
from gateway.redis_store.connection import OWN_FAULT
from gateway.redis_store.fence_and_seal import UNGUARDED, Division, Fence
from gateway.redis_store.line import Line, LineOptions, Places
from gateway.redis_store.replies import code, refusal
from gateway.redis_store.rights import Permits, Rights
from gateway.redis_store.scripts import Argument, Script, pack
from gateway.redis_store.sentinels import Sentinels
from gateway.redis_store.wrong_types import put_aside

TELL_EVERY_S: Final = 2.0
_MOVED: Final = refusal("MOVED")

_LOG = logging.getLogger(__name__)
_LONGEST_ID: Final = 6
Wake = Callable[[int, str], None]
"""An agent id (0: any agent) and the token of a newer poll ("": none)."""


class Wakes:
    """Who listens on this node."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self._listeners: list[Wake] = []

    def add(self, wake: Wake) -> None:
        """Calls `wake` for every message from now on."""
        self._listeners.append(wake)

    def wake(self, agent_id: int, token: str) -> None:
        """Tells the listeners of this node, each in a step of its own."""
        loop = asyncio.get_running_loop()
        for listener in self._listeners:
            loop.call_soon(listener, agent_id, token)

    def everyone(self) -> None:
        """Messages may have been lost: every parked poll looks again."""
        self.wake(0, "")

    def pushed(self, push: list[Any]) -> None:
        """Takes what the subscription brought."""
        if push[0] == b"message":
            agent, _, token = push[2].decode("ascii", "replace").partition(":")
            if agent.isdigit() and len(agent) <= _LONGEST_ID:
                self.wake(int(agent), token)


class RedisLink:
    """Three connections to one Redis: for what must not wait, for changes that wait for all replicas, and for one.

    `tag` is in every key, so that all keys of a store are one slot of a Cluster. `timeout_ms` bounds each call; it must
    stay below the 3 s that count as an outage. `sentinels` are those of `url`, which several links share; without, it
    has its own. `emptied_s` is when, on the monotonic clock, it was last found that the store had lost everything.
    Every call raises StoreUnavailable when Redis is out of reach for that long or refuses to serve, as it does when it
    is divided otherwise than `division` says, and hiredis.ReplyError for a fault of ours.
    """

    def __init__(
        self,
        url: str,
        tag: str,
        timeout_ms: int,
        division: Division = UNGUARDED,
        sentinels: Sentinels | None = None,
    ) -> None:
        target = parse_target(url)
        self.tag = tag
        self._shown = target.shown if division.expected in {"", "1"} else f"{target.shown} ({{{tag}}})"
        self._fence = Fence(self.key("fence"), division, self._emptied, self._set_back)
        self.now_ms = self._fence.clock.now_ms
        """The time of Redis in ms since the epoch, but never backwards, also where its clock is set back."""
        self.emptied_s: float | None = None
        self._wakes = Wakes(self.key("wake"))
        self._rights = Rights(tag)
        self._permits = Permits(tag, self.command)
        self._scripts: dict[str, bytes] = {}
        self._reasons = dict.fromkeys(("main", "durable", "replicated"), "not connected yet")
        self._down_since: float | None = time.monotonic()
        self._told = ""
        self._told_s = -math.inf
        self._timeout_s = timeout_ms / 1000
        self._sentinels = sentinels or (Sentinels(target) if target.sentinels else None)
        places = Places(target, self._sentinels)
        self._main = Line(places, self._fence, timeout_ms, self._options("main", channel=self._wakes.channel))
        self._durable = Line(places, self._fence, timeout_ms, self._options("durable", seal=self.key("seal")))
        self._replicated = Line(
            places, self._fence, timeout_ms, self._options("replicated", seal=self.key("seal"), one=True)
        )
        self._lines = {"main": self._main, "durable": self._durable, "replicated": self._replicated}
        self._was_at: Address | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._heard = asyncio.Event()
        self._mends = Job("wrong-type", self._shown)
        self._mending: asyncio.Task[bool] | None = None

    def _options(self, name: str, *, channel: str = "", seal: str = "", one: bool = False) -> LineOptions:
        return LineOptions(
            name=f"agentgateway-{name}",
            state=lambda reason: self._state(name, reason),
            pushed=self._wakes.pushed,
            wrong_type=self._wrong_type,
            channel=channel,
            prelude=lambda: list(self._scripts.values()),
            rights=self._rights,
            seal=seal,
            one=one,
        )

    @property
    def under_way(self) -> int:
        """How many commands are not answered."""
        return sum(line.under_way for line in self._lines.values())

    @property
    def reason(self) -> str:
        """Why the store is out of reach; "" when it is not."""
        return next(filter(None, self._reasons.values()), "")

    @property
    def down_for_s(self) -> float | None:
        """For how long the store has been out of reach of this process; None while it is in reach."""
        return None if self._down_since is None else time.monotonic() - self._down_since

    @property
    def is_divided_otherwise(self) -> bool:
        """True while Redis refuses us because the store has another number of shards."""
        return refusal("SHARDS") in self._reasons.values()

    @property
    def wake_channel(self) -> str:
        """The channel to publish `agent:token` on."""
        return self._wakes.channel

    async def start(self) -> None:
        """Connects, and stays connected from now on. Returns after the time-out at the latest, connected or not."""
        self._tasks = [asyncio.create_task(line.run()) for line in self._lines.values()]
        if self._sentinels is not None:
            self._sentinels.follow(self._gather_at)
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._heard.wait()
        except TimeoutError:
            return

    async def close(self) -> None:
        """Lets go of the connections; what is pending fails."""
        if self._sentinels is not None:
            self._sentinels.leave(self._gather_at)
        tasks = [*self._tasks, *filter(None, [self._mending])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for line in self._lines.values():
            line.close()

    def _gather_at(self, address: Address | None) -> None:
        """All lines must be at one place: what one of them writes the others read.

        So a primary that the sentinels replaced is left although it may still answer.
        """
        for line in self._lines.values():
            if address is not None and line.address not in {None, address}:
                line.leave(f"the primary is {address.shown} now")

    def key(self, *parts: str | int) -> str:
        """The key `{tag}:part:part`."""
        return ":".join((f"{{{self.tag}}}", *map(str, parts)))

    def keys(self, name: str) -> Callable[[int], str]:
        """The keys `{tag}:name:agent`, for those who ask for one with every call."""
        prefix = self.key(name, "")
        return lambda agent_id: f"{prefix}{agent_id}"

    def outages(self) -> tuple[tuple[int, int], ...]:
        """Start and end of the last times without any node in reach of Redis, oldest first; ms since the epoch."""
        return self._fence.outages

    def on_wake(self, wake: Wake) -> None:
        """Calls `wake` with what is published on `wake_channel`, and with (0, "") after a gap in listening."""
        self._wakes.add(wake)

    def command(self, *arguments: Argument) -> Awaitable[Any]:
        """Sends one command, together with all that is sent in this step of the event loop. Texts come as bytes."""
        return self._main.send(pack(arguments))

    def send(self, packed: bytes) -> Awaitable[Any]:
        """As `command`, one that is packed already."""
        return self._main.send(packed)

    async def optional(self, *arguments: Argument) -> Any:
        """As `command`, for one that we can do without: ReplyError where the user of Redis may not send it."""
        await self._permits.need(str(arguments[0]))
        return await self.command(*arguments)

    def keep(self, script: Script) -> None:
        """Has each connection load it from now on as it begins: so not even its first call needs a second trip."""
        self._scripts[script.sha] = pack(("SCRIPT", "LOAD", script.text))

    def script(self, script: Script, keys: Sequence[str], arguments: Sequence[Argument] = ()) -> Awaitable[Any]:
        """Runs a script; its answer as Redis gives it."""
        return self._run(self._main, script, keys, arguments)

    def durable(self, script: Script, keys: Sequence[str], arguments: Sequence[Argument] = ()) -> Awaitable[Any]:
        """As `script`; while the primary has a replica, StoreUnavailable unless one has acknowledged all of it."""
        return self._run(self._durable, script, keys, arguments)

    def replicated(self, script: Script, keys: Sequence[str], arguments: Sequence[Argument] = ()) -> Awaitable[Any]:
        """As `script`; while the primary has a replica, StoreUnavailable unless one has acknowledged it.

        Cheaper than `durable`, since it waits for none that hangs; only a primary that is cut off together with a
        replica may acknowledge what is lost afterwards.
        """
        return self._run(self._replicated if self._replicated.seals else self._main, script, keys, arguments)

    async def seal(self) -> None:
        """Waits until all that was written so far is safe, as `durable` does."""
        await self.surely("PING")

    async def surely(self, *arguments: Argument) -> Any:
        """As `command`, for an answer of the present: StoreUnavailable where `durable` would raise it.

        A primary that is cut off from its replicas may not know yet that another one has taken over.
        """
        return await (self._durable if self._durable.seals else self._main).send(pack(arguments))

    async def _run(self, line: Line, script: Script, keys: Sequence[str], arguments: Sequence[Argument]) -> Any:
        try:
            return await line.send(pack(("EVALSHA", script.sha, len(keys), *keys, *arguments)))
        except ReplyError as error:
            if code(error) != "NOSCRIPT":
                raise
        self.keep(script)
        return await line.send(pack(("EVAL", script.text, len(keys), *keys, *arguments)))

    def _wrong_type(self, packed: bytes) -> None:
        """Mends it beside; one such command at a time, since others are answered the same."""
        if self._mending is None or self._mending.done():
            work = partial(put_aside, self.tag, packed, self.script)
            self._mending = asyncio.create_task(self._mends.attempt(work))

    def _state(self, name: str, reason: str) -> None:
        if reason == _MOVED and self._reasons[name]:
            return  # It tells where to ask, not why nobody serves there.
        self._reasons[name] = reason
        if not reason:
            self._gather_at(self._lines[name].address)
        if not self.reason or self.is_divided_otherwise:
            self._heard.set()
        if name == "main" and not reason:
            self._wakes.everyone()
            address = self._main.address
            if self._was_at is not None and address is not None and address != self._was_at:
                metrics.STORE_FAILOVERS.inc()
            self._was_at = address or self._was_at
        if reason:
            self._tell_why(reason)
        elif not self.reason and self._down_since is not None:
            took_s = time.monotonic() - self._down_since
            self._down_since, self._told, self._told_s = None, "", -math.inf
            _LOG.info("redis at %s is in reach after %.1f s", self._shown, took_s)

    def _emptied(self) -> None:
        self.emptied_s = time.monotonic()
        trail.record("store-emptied")
        _LOG.error(
            "redis at %s was emptied: all that the gateway kept there is gone, and agents have to sign in again",
            self._shown,
        )

    def _set_back(self, seconds: int) -> None:
        _LOG.warning("the clock of redis at %s was set back by %d s: sessions go on as before", self._shown, seconds)

    def _tell_why(self, reason: str) -> None:
        """One line for each cause, also while it was never in reach; causes that take turns are told now and then."""
        now_s = time.monotonic()
        if self._down_since is None:
            self._down_since = now_s
        if reason != self._told and now_s - self._told_s >= TELL_EVERY_S:
            self._told, self._told_s = reason, now_s
            _LOG.warning("redis at %s is out of reach: %s", self._shown, reason)


WITHOUT_PLACE: Final = (
    OWN_FAULT,
    "it refuses: ",
    "no answer within ",
    "no sentinel names a primary",
    "not connected yet",
    "the server closed the connection",
)
"""How the reasons begin that name no host, port or certificate."""
NO_CONNECTION: Final = "no connection"


def told(reason: str) -> str:
    """A reason of `RedisLink` for a page that everybody may read; "" for none."""
    return reason if not reason or reason.startswith(WITHOUT_PLACE) else NO_CONNECTION
