"""The fence: one small write ahead of what is asked (design section 8).

A primary that lost its replicas refuses it, and so does a store of another number of shards. It brings the time of
Redis, and its gaps date the outages. All of this is known before the caller sees any reply of the same flight.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from hiredis import ReplyError

from gateway.redis_link.clock import StoreClock
from gateway.redis_link.packing import pack
from gateway.redis_link.scripts import Script, load_script

FENCE_EVERY_S: Final = 0.1
IDLE_FENCE_EVERY_S: Final = 0.5
OUTAGE_GAP_MS: Final = 3000
MOST_OUTAGES: Final = 8
COMMANDS: Final = 2

SCRIPT: Final[Script] = load_script("gateway.redis_link", "fence")


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


class Fence:
    """Clock, outages and replicas of one store, as its last fence told them.

    `packed` is what to send, `COMMANDS` how many replies it has; `replicas` are those connected to the primary, by host
    and port, and `expected` all that there have been since `expect`.
    """

    def __init__(self, key: str, division: Division = UNGUARDED) -> None:
        self.clock = StoreClock()
        self.key = key
        self._told = b""
        self._outages: tuple[tuple[int, int], ...] = ()
        self.replicas: Replicas = frozenset()
        self.expected: Replicas = frozenset()
        # By its text, not its SHA: it must work on a server that has never seen it.
        given = (OUTAGE_GAP_MS, MOST_OUTAGES, division.expected, division.unsaid)
        self.packed: bytes = pack(("EVAL", SCRIPT.text, 1, key, *given)) + pack(("ROLE",))

    @property
    def outages(self) -> tuple[tuple[int, int], ...]:
        """Start and end of the last outages in ms since the epoch, oldest first."""
        return self._outages

    def expect(self, replicas: Replicas) -> None:
        """No others are missed when they are not there, unless they come again."""
        self.expected = replicas

    def accept(self, replies: Sequence[Any], asked_s: float) -> None:
        """Takes over the replies to `packed`, sent at `asked_s` on the monotonic clock. Raises ReplyError."""
        for reply in replies:
            if isinstance(reply, ReplyError):
                raise reply
        (seconds, micros, told), role = replies
        self.replicas = frozenset((host, port) for host, port, _ in role[2]) if role[0] == b"master" else frozenset()
        self.expected |= self.replicas
        self.clock.sample(int(seconds) + int(micros) / 1e6, asked_s)
        if told != self._told:
            self._told = told
            self._outages = tuple((int(start), int(end)) for start, end in _SPAN.findall(told))
