"""Whether what was written outlives its primary (design section 8, Durability).

All replicas are asked to acknowledge, one at least must. When one is missing that was there, it may have been promoted
already, while the others still follow the former primary and acknowledge what is about to be lost: the sentinels know.
They are asked too after each connection, since nobody knows who was there before.
"""

from collections.abc import Callable
from typing import Final

from gateway.redis_link.address import Address
from gateway.redis_link.fence import Fence
from gateway.redis_link.packing import pack
from gateway.redis_link.sentinels import Sentinels

WAIT_SHARE: Final = 0.6
"""How much of the time that is left replicas have for their acknowledgement, so that the answer comes in time."""


class Seal:
    """Ends the flights of one line: the write of `key`, and a WAIT; `here` is where that line is connected to.

    The write stands for all that was read in the flight: a primary that is cut off cannot have it acknowledged.
    `knows_all`: the fence has seen all replicas that there were since the sentinels last spoke.
    """

    def __init__(self, fence: Fence, sentinels: Sentinels | None, here: Callable[[], Address | None], key: str) -> None:
        self._fence = fence
        self._sentinels = sentinels
        self._here = here
        self._mark = pack(("SET", key, "1"))
        self.knows_all = False

    def begin(self) -> None:
        """The line has a new connection."""
        self.knows_all = self._sentinels is None
        self._fence.expect(self._fence.replicas)

    @property
    def needed(self) -> bool:
        """False where nobody could take over: then flights end without."""
        return self._sentinels is not None or bool(self._fence.expected)

    @property
    def awaited(self) -> int:
        """How many acknowledgements the next flight waits for."""
        return len(self._fence.replicas)

    def packed(self, left_s: float) -> bytes:
        """The write and, unless nobody is awaited, the WAIT, for a flight that has `left_s`."""
        if not self.awaited:
            return self._mark
        return self._mark + pack(("WAIT", self.awaited, int(left_s * 1000 * WAIT_SHARE)))

    def verdict(self, awaited: int, acknowledged: int) -> bool | None:
        """Whether all of a flight is safe; None when only `still_the_primary` can tell."""
        if awaited and not acknowledged:
            return False
        if self._sentinels is None:
            self._fence.expect(self._fence.replicas)
            return True
        return True if self.knows_all and acknowledged >= len(self._fence.expected) else None

    async def still_the_primary(self) -> bool:
        """Asks the sentinels. Where they say so, no more replicas are expected than are there."""
        here, there = self._here(), self._fence.replicas
        if here is None or self._sentinels is None or not await self._sentinels.at_ease(here) or self._here() != here:
            return False
        self.knows_all = True
        self._fence.expect(there | self._fence.replicas)
        return True
