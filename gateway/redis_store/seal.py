"""Whether what was written outlives its primary (docs/design/durability.md).

All replicas are asked to acknowledge, one at least must. When one is missing that was there, it may have been promoted
already, while the others still follow the former primary and acknowledge what is about to be lost: the sentinels know.
They are asked too after each connection, since nobody knows who was there before.
"""

from collections.abc import Callable
from typing import Final

from gateway.redis_store.address import Address
from gateway.redis_store.fence import Fence
from gateway.redis_store.scripts import pack
from gateway.redis_store.sentinels import Sentinels

WAIT_SHARE: Final = 0.6
"""How much of the time that is left replicas have for their acknowledgement, so that the answer comes in time."""


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
