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
from gateway.redis_link.places import Places

WAIT_SHARE: Final = 0.6
"""How much of the time that is left replicas have for their acknowledgement, so that the answer comes in time."""


class Seal:
    """Ends the flights of one line; `here` is where that line is connected to.

    `knows_all`: the fence has seen all replicas that there were since the sentinels last spoke.
    """

    def __init__(self, fence: Fence, places: Places, here: Callable[[], Address | None]) -> None:
        self._fence = fence
        self._places = places
        self._here = here
        self.knows_all = False

    def begin(self) -> None:
        """The line has a new connection."""
        self.knows_all = not self._places.watched
        self._fence.expected = self._fence.replicas

    @property
    def awaited(self) -> int:
        """How many acknowledgements the next flight waits for; `wait` asks for them, where it is not 0."""
        return len(self._fence.replicas)

    def wait(self, left_s: float) -> bytes:
        """A packed WAIT, for a flight that has `left_s`."""
        return pack(("WAIT", self.awaited, int(left_s * 1000 * WAIT_SHARE)))

    def verdict(self, awaited: int, acknowledged: int) -> bool | None:
        """Whether all of a flight is safe; None when only `still_the_primary` can tell."""
        if awaited and not acknowledged:
            return False
        if not self._places.watched:
            self._fence.expected = self._fence.replicas
            return True
        return True if self.knows_all and acknowledged >= len(self._fence.expected) else None

    async def still_the_primary(self) -> bool:
        """Asks the sentinels. Where they say so, no more replicas are expected than are there."""
        here, there = self._here(), self._fence.replicas
        if here is None or not await self._places.at_ease(here) or self._here() != here:
            return False
        self.knows_all = True
        self._fence.expected = there | self._fence.replicas
        return True
