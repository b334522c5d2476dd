"""The store's way to Redis: gathered commands, scripts, durable changes, wakes, time (design section 8)."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Sequence
from typing import Any, Final

from hiredis import ReplyError

from gateway.redis_link.address import Address, parse_target
from gateway.redis_link.fence import UNGUARDED, Division, Fence
from gateway.redis_link.line import Line, Manner
from gateway.redis_link.packing import Argument, pack
from gateway.redis_link.places import Places
from gateway.redis_link.replies import code, refusal
from gateway.redis_link.rights import Rights
from gateway.redis_link.scripts import Script
from gateway.redis_link.sentinels import Sentinels
from gateway.redis_link.wakes import Wake, Wakes

TELL_EVERY_S: Final = 2.0

_LOG = logging.getLogger(__name__)


class RedisLink:
    """Two connections to one Redis: one for what must not wait, one for changes that wait for a replica.

    `tag` is in every key, so that all keys of a store are one slot of a Cluster. `timeout_ms` bounds each call; it must
    stay below the 3 s that count as an outage. `sentinels` are those of `url`, which several links share; without, it
    has its own. Every call raises StoreUnavailable when Redis is out of reach for that
    long or refuses to serve, as it does when it is divided otherwise than `division` says, and hiredis.ReplyError for a
    fault of ours.
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
        self._fence = Fence(self.key("fence"), division)
        self._wakes = Wakes(self.key("wake"))
        self._rights = Rights(tag)
        self._scripts: dict[str, bytes] = {}
        self._reasons = {"main": "not connected yet", "durable": "not connected yet"}
        self._down_since: float | None = time.monotonic()
        self._told = ""
        self._told_s = -math.inf
        self._timeout_s = timeout_ms / 1000
        self._sentinels = sentinels or (Sentinels(target) if target.sentinels else None)
        places = Places(target, self._sentinels)
        self._main = Line(places, self._fence, timeout_ms, self._manner("main", channel=self._wakes.channel))
        self._durable = Line(places, self._fence, timeout_ms, self._manner("durable", seal=self.key("seal")))
        self._lines = {"main": self._main, "durable": self._durable}
        self._tasks: list[asyncio.Task[None]] = []
        self._heard = asyncio.Event()

    def _manner(self, name: str, *, channel: str = "", seal: str = "") -> Manner:
        return Manner(
            name=f"agentgateway-{name}",
            state=lambda reason: self._state(name, reason),
            pushed=self._wakes.pushed,
            channel=channel,
            prelude=lambda: list(self._scripts.values()),
            rights=self._rights,
            seal=seal,
        )

    @property
    def reason(self) -> str:
        """Why the store is out of reach; "" when it is not."""
        return next(filter(None, self._reasons.values()), "")

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
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for line in self._lines.values():
            line.close()

    def _gather_at(self, address: Address | None) -> None:
        """Both lines must be at one place: what one of them writes the other one reads.

        So a primary that the sentinels replaced is left although it may still answer.
        """
        for line in self._lines.values():
            if address is not None and line.address not in {None, address}:
                line.leave(f"the primary is {address.shown} now")

    def key(self, *parts: str | int) -> str:
        """The key `{tag}:part:part`."""
        return ":".join((f"{{{self.tag}}}", *map(str, parts)))

    def now_ms(self) -> int:
        """The time of Redis in ms since the epoch, never backwards."""
        return self._fence.clock.now_ms()

    def outages(self) -> tuple[tuple[int, int], ...]:
        """Start and end of the last times without any node in reach of Redis, oldest first; ms since the epoch."""
        return self._fence.outages

    def on_wake(self, wake: Wake) -> None:
        """Calls `wake` with what is published on `wake_channel`, and with (0, "") after a gap in listening."""
        self._wakes.add(wake)

    def wake(self, agent_id: int, token: str) -> None:
        """Wakes on this node only."""
        self._wakes.wake(agent_id, token)

    def command(self, *arguments: Argument) -> Awaitable[Any]:
        """Sends one command, together with all that is sent in this step of the event loop. Texts come as bytes."""
        return self._main.send(pack(arguments))

    async def script(self, script: Script, keys: Sequence[str], arguments: Sequence[Argument] = ()) -> Any:
        """Runs a script; its answer as Redis gives it."""
        return await self._run(self._main, script, keys, arguments)

    async def durable(self, script: Script, keys: Sequence[str], arguments: Sequence[Argument] = ()) -> Any:
        """As `script`; while the primary has a replica, StoreUnavailable unless one has acknowledged all of it."""
        return await self._run(self._durable, script, keys, arguments)

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
        self._scripts[script.sha] = pack(("SCRIPT", "LOAD", script.text))
        return await line.send(pack(("EVAL", script.text, len(keys), *keys, *arguments)))

    def _state(self, name: str, reason: str) -> None:
        self._reasons[name] = reason
        if not reason:
            self._gather_at(self._lines[name].address)
        if not self.reason or self.is_divided_otherwise:
            self._heard.set()
        if name == "main" and not reason:
            self._wakes.everyone()
        if reason:
            self._tell_why(reason)
        elif not self.reason and self._down_since is not None:
            took_s = time.monotonic() - self._down_since
            self._down_since, self._told, self._told_s = None, "", -math.inf
            _LOG.info("redis at %s is in reach after %.1f s", self._shown, took_s)

    def _tell_why(self, reason: str) -> None:
        """One line for each cause, also while it was never in reach; causes that take turns are told now and then."""
        now_s = time.monotonic()
        if self._down_since is None:
            self._down_since = now_s
        if reason != self._told and now_s - self._told_s >= TELL_EVERY_S:
            self._told, self._told_s = reason, now_s
            _LOG.warning("redis at %s is out of reach: %s", self._shown, reason)
