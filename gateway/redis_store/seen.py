"""When each session was last seen, in two sorted sets of Redis: polling and push sessions.

See docs/design/durability.md.
"""

import asyncio
import math
import re
from collections.abc import Callable, Sequence
from typing import Final

from gateway.ops.jobs import Job
from gateway.redis_store.aside import Aside, Bad
from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import Argument, load_script
from gateway.sessions.store import Seen

FLUSH_EVERY_S: Final = 0.5
MOST_A_SCRIPT: Final = 500
MOST_IN_A_TURN: Final = 1000
"""Sessions that are looked at before the event loop goes round."""

_MEMBER: Final = re.compile(rb"([1-9][0-9]{0,5}):([!-~]{1,64})")
_SEEN: Final = load_script("seen")


def member(agent_id: int, session_id: str) -> str:
    """How a session stands in the sorted sets."""
    return f"{agent_id}:{session_id}"


class RedisSeen:
    """Notes wait here for half a second and are then written together; while Redis is out of reach they are kept."""

    def __init__(self, link: RedisLink, now_ms: Callable[[], int], aside: Aside) -> None:
        self._link = link
        self._aside = aside
        self._now_ms = now_ms
        self._noted: dict[tuple[int, str], tuple[int, int]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()
        self._writes = Job("last-seen")
        self.keys = (link.key("seen", "poll"), link.key("seen", "push"))

    def note(self, agent_id: int, session_id: str, *, push: bool) -> None:
        """See `SessionStore.note_seen`."""
        self._noted[agent_id, session_id] = (self._now_ms(), 2 if push else 1)
        if self._timer is None:
            self._flush_later()

    def _flush_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(FLUSH_EVERY_S, self._begin)

    def _begin(self) -> None:
        self._timer = None
        task = asyncio.create_task(self._flush_again())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _flush_again(self) -> None:
        if not await self._writes.attempt(self.flush) and self._timer is None:
            self._flush_later()

    async def flush(self) -> None:
        """Writes what is noted. Raises StoreUnavailable, and then keeps it."""
        noted, self._noted = self._noted, {}
        sessions = list(noted)
        try:
            for start in range(0, len(sessions), MOST_A_SCRIPT):
                arguments: list[Argument] = []
                for session in sessions[start : start + MOST_A_SCRIPT]:
                    arguments += (member(*session), *noted[session])
                await self._link.script(_SEEN, self.keys, arguments)
        except BaseException:
            self._noted = {**noted, **self._noted}
            raise

    async def before(self, poll_before_ms: int, push_before_ms: int, most: int) -> Sequence[Seen]:
        """See `SessionStore.silent`."""
        await self.flush()
        return (await self._range(("BYSCORE", "LIMIT", 0, most), f"({poll_before_ms}", f"({push_before_ms}"))[:most]

    async def all(self) -> Sequence[Seen]:
        """See `SessionStore.live`."""
        await self.flush()
        return await self._range(("BYSCORE",), "+inf", "+inf")

    async def count(self, *, push: bool = False) -> int:
        """See `SessionStore.count`."""
        keys = self.keys[1:] if push else self.keys
        return sum(await asyncio.gather(*(self._link.command("ZCARD", key) for key in keys)))

    async def _range(self, options: tuple[Argument, ...], *before: str) -> list[Seen]:
        answers = await asyncio.gather(
            *(
                self._link.command("ZRANGE", key, "-inf", limit, *options, "WITHSCORES")
                for key, limit in zip(self.keys, before, strict=True)
            )
        )
        found: list[Seen] = []
        bad: list[Bad] = []
        for key, push, answer in zip(self.keys, (False, True), answers, strict=True):
            for place, (name, seen_ms) in enumerate(answer, 1):
                if not place % MOST_IN_A_TURN:
                    await asyncio.sleep(0)
                try:
                    found.append(_seen(name, seen_ms, push))
                except ValueError:
                    bad.append(Bad(key, "member", name))
        if bad:
            await self._aside.put(bad)
        return sorted(found, key=lambda seen: seen.seen_ms)

    async def forget(self, seen: Seen) -> None:
        """See `SessionStore.forget_seen`."""
        await self._link.command("ZREM", self.keys[seen.push], member(seen.agent_id, seen.session_id))

    async def close(self) -> None:
        """Writes what is noted, if Redis is in reach."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._writing:
            task.cancel()
        await asyncio.gather(*self._writing, return_exceptions=True)
        await Job("last-seen").attempt(self.flush)


def _seen(name: bytes, seen_ms: float, push: bool) -> Seen:
    """What a member says. Raises ValueError for one that we did not write."""
    found = _MEMBER.fullmatch(name)
    if found is None or not math.isfinite(seen_ms):
        raise ValueError
    return Seen(int(found[1]), found[2].decode("ascii"), int(seen_ms), push)
