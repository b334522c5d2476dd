"""The fence, a small write ahead of what is asked (docs/design/redis_link.md), and the seal, a write behind it.

A primary that lost its replicas refuses the fence, and so does a store of another number of shards. It brings the
store's time, which `StoreClock` follows, and its gaps date the outages. All of this is known before the caller sees any
reply of the same flight.

The seal tells whether what was written outlives its primary (docs/design/durability.md). All replicas are asked to
acknowledge, one at least must. When one is missing that was there, it may have been promoted already, while the others
still follow the former primary and acknowledge what is about to be lost: the sentinels know. They are asked too after
each connection, since nobody knows who was there before.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hiredis import ReplyError

from gateway.redis_store.address import Address
from gateway.redis_store.scripts import Script, load_script, pack
from gateway.redis_store.sentinels import Sentinels

FENCE_EVERY_S: Final = 0.1
IDLE_FENCE_EVERY_S: Final = 0.5
OUTAGE_GAP_MS: Final = 3000
SET_BACK_MS: Final = 1000
"""A clock of Redis that is set back by less than this is waited for."""
MOST_OUTAGES: Final = 8
COMMANDS: Final = 2

WAIT_SHARE: Final = 0.6
"""How much of the time that is left replicas have for their acknowledgement, so that the answer comes in time."""

SCRIPT: Final[Script] = load_script("fence")


@dataclass(frozen=True, slots=True)
class Division:
    """What a link takes the number of shards for, in decimal; `unsaid` is the number of a store that does not say.

    `expected` may be "" for any number, or LOOK for any number without a write.
    """

    expected: str = ""
    unsaid: str = ""


LOOK: Final = "look"
UNGUARDED: Final = Division()
SHARDS: Final = "shards"
"""The field of the fence that says the number."""

_SPAN: Final = re.compile(rb"(?<!\S)(\d{1,16})-(\d{1,16})(?!\S)")

Replicas = frozenset[tuple[bytes, bytes]]


class StoreClock:
    """Follows the clock of Redis. Before its first answer it starts from the wall clock of this machine."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        self._monotonic = monotonic
        self._offset_s = wall() - monotonic()
        self._known = False
        self._last_ms = 0

    def now_ms(self) -> int:
        """Ms since the epoch, never less than the last time it was asked."""
        now_ms = int((self._monotonic() + self._offset_s) * 1000)
        if now_ms < self._last_ms:
            return self._last_ms
        self._last_ms = now_ms
        return now_ms

    def sample(self, redis_s: float, asked_s: float) -> None:
        """Redis said `redis_s` (s since the epoch) at some moment between `asked_s` on the monotonic clock and now.

        The offset moves no further than this makes certain, so that slow answers do not shake the clock.
        """
        least, most = redis_s - self._monotonic(), redis_s - asked_s
        self._offset_s = min(max(self._offset_s, least), most) if self._known else (least + most) / 2
        self._known = True


class Fence:
    """Clock, outages and replicas of one store, as its last fence told them.

    `packed` is what to send, `COMMANDS` how many replies it has; `outages` are start and end of the last ones in ms
    since the epoch, oldest first; `replicas` are those connected to the primary, by host and port, and `expected` all
    that there have been since `expect`. `emptied` hears when all that the store had is gone, and `set_back` by how many
    s the clock of Redis was set back.
    """

    def __init__(
        self,
        key: str,
        division: Division = UNGUARDED,
        emptied: Callable[[], None] = lambda: None,
        set_back: Callable[[int], None] = lambda seconds: None,
    ) -> None:
        self.clock = StoreClock()
        self.key = key
        self._told = b""
        self._born = b""
        self._emptied = emptied
        self._ahead_s: int | None = None
        self._set_back = set_back
        self.outages: tuple[tuple[int, int], ...] = ()
        self.replicas: Replicas = frozenset()
        self.expected: Replicas = frozenset()
        # By its text, not its SHA: it must work on a server that has never seen it.
        given = (OUTAGE_GAP_MS, MOST_OUTAGES, division.expected, division.unsaid, SET_BACK_MS)
        self.packed: bytes = pack(("EVAL", SCRIPT.text, 1, key, *given)) + pack(("ROLE",))

    def expect(self, replicas: Replicas) -> None:
        """No others are missed when they are not there, unless they come again."""
        self.expected = replicas

    def accept(self, replies: Sequence[Any], asked_s: float) -> None:
        """Takes over the replies to `packed`, sent at `asked_s` on the monotonic clock. Raises ReplyError."""
        for reply in replies:
            if isinstance(reply, ReplyError):
                raise reply
        (now_ms, told, born, ahead_s), role = replies
        self.replicas = frozenset((host, port) for host, port, _ in role[2]) if role[0] == b"master" else frozenset()
        self.expected |= self.replicas
        self.clock.sample(int(now_ms) / 1000, asked_s)
        if told != self._told:
            self._told = told
            self.outages = tuple((int(start), int(end)) for start, end in _SPAN.findall(told))
        if ahead_s != self._ahead_s:
            was_s, self._ahead_s = self._ahead_s, ahead_s
            if was_s is not None and ahead_s > was_s:
                self._set_back(ahead_s - was_s)
        if born != self._born:
            was_there, self._born = self._born, born
            if was_there:
                self._emptied()


class Seal:
    """Ends the flights of one line: the write of `key`, and a WAIT; `here` is where that line is connected to.

    The write stands for all that was read in the flight: a primary that is cut off cannot have it acknowledged.
    `knows_all`: the fence has seen all replicas that there were since the sentinels last spoke. Where `one` is enough,
    no other is waited for, one that hangs neither; the sentinels are asked only when the primary has lost another.
    """

    def __init__(
        self,
        fence: Fence,
        sentinels: Sentinels | None,
        here: Callable[[], Address | None],
        key: str,
        *,
        one: bool = False,
    ) -> None:
        self._fence = fence
        self._sentinels = sentinels
        self._here = here
        self._one = one
        self._mark = pack(("SET", key, "1"))
        self.knows_all = False

    def begin(self) -> None:
        """The line has a new connection."""
        if self._one:
            return
        self.knows_all = self._sentinels is None
        self._fence.expect(self._fence.replicas)

    @property
    def needed(self) -> bool:
        """False where nobody could take over: then flights end without."""
        return self._sentinels is not None or bool(self._fence.expected)

    @property
    def awaited(self) -> int:
        """How many acknowledgements the next flight waits for."""
        count = len(self._fence.replicas)
        return min(count, 1) if self._one else count

    def packed(self, wait_s: float) -> bytes:
        """The write and, unless nobody is awaited, the WAIT, of at most `wait_s`."""
        if not self.awaited:
            return self._mark
        # Redis takes 0 for no limit.
        return self._mark + pack(("WAIT", self.awaited, max(1, int(wait_s * 1000))))

    def verdict(self, awaited: int, acknowledged: int) -> bool | None:
        """Whether all of a flight is safe; None when only `still_the_primary` can tell."""
        if awaited and not acknowledged:
            return False
        if self._sentinels is None:
            self._fence.expect(self._fence.replicas)
            return True
        known = len(self._fence.replicas) if self._one else acknowledged if self.knows_all else -1
        return True if known >= len(self._fence.expected) else None

    async def still_the_primary(self) -> bool:
        """Asks the sentinels. Where they say so, no more replicas are expected than are there."""
        here, there = self._here(), self._fence.replicas
        if here is None or self._sentinels is None or not await self._sentinels.at_ease(here) or self._here() != here:
            return False
        self.knows_all = True
        self._fence.expect(there | self._fence.replicas)
        return True
