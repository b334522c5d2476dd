"""Whether what was written outlives its primary (design section 8, Durability).

All replicas are asked to acknowledge, one at least must. When fewer do than there were, one may have been promoted
already, while the others still follow the former primary and acknowledge what is about to be lost: the sentinels know.
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
    """Ends the flights of one line; `here` is where that line is connected to."""

    def __init__(self, fence: Fence, places: Places, here: Callable[[], Address | None]) -> None:
        self._fence = fence
        self._places = places
        self._here = here

    @property
    def awaited(self) -> int:
        """How many acknowledgements the next flight waits for; `wait` asks for them, where it is not 0."""
        return self._fence.replicas

    def wait(self, left_s: float) -> bytes:
        """A packed WAIT, for a flight that has `left_s`."""
        return pack(("WAIT", self.awaited, int(left_s * 1000 * WAIT_SHARE)))

    def verdict(self, awaited: int, acknowledged: int) -> bool | None:
        """Whether all of a flight is safe; None when only `still_the_primary` can tell."""
        if awaited and not acknowledged:
            return False
        if acknowledged >= self._fence.expected:
            return True
        if self._places.watched:
            return None
        self._fence.expected = self._fence.replicas
        return True

    async def still_the_primary(self) -> bool:
        """Asks the sentinels. Where they say so, no more replicas are expected than are there."""
        here = self._here()
        if here is None or not await self._places.at_ease(here):
            return False
        self._fence.expected = self._fence.replicas
        return True
