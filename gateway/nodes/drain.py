"""The drain of a node by its operator: it takes no new work, and goes on until what is here has gone elsewhere.

Sign-ins are refused (503), polls are not held, each answer is the last one of its connection, and `/gateway/ready` is
red, so that a balancer leads everybody to other nodes. Nothing is ended: whoever still comes is served. Unlike the end
of a process it can be taken back.
"""

from collections.abc import Callable
from typing import Final

from gateway.wire.errors import Unavailable
from gateway.wire.text import iso

REFUSED: Final = "this node is being drained: sign in at another one"


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
