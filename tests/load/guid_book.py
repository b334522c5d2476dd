"""What a client knows for certain about the GUIDs it was handed (docs/protocol.md, Rotation).

Times are in s, of the monotonic clock. Only the client's own clock is read: a GUID is replaced no earlier than the
client sent the poll that may have done it, and no later than the client read the answer that told so.
"""

import math
from collections import deque
from dataclasses import dataclass

REMEMBERED = 30


@dataclass(frozen=True, slots=True)
class Held:
    """A GUID that was handed out: accepted for certain until `good_until_s`, refused for certain from `dead_from_s`."""

    guid: str
    good_until_s: float
    dead_from_s: float


class GuidBook:
    """The GUIDs of one session whose client has one poll under way at a time, always with the newest GUID it has.

    `grace_s` is GUIDTIMEOUT - GUIDINTERVAL.
    """

    def __init__(self, guid: str, grace_s: float) -> None:
        self.newest = guid
        self._grace_s = grace_s
        self._in_doubt_since_s = math.inf
        self._former: deque[Held] = deque(maxlen=REMEMBERED)

    def poll_sent(self, now_s: float) -> None:
        """A poll leaves now: from now on the newest GUID may have been replaced."""
        self._in_doubt_since_s = min(self._in_doubt_since_s, now_s)

    def answer_read(self, set_guid: str, now_s: float) -> None:
        """The answer to the poll was read; `set_guid` is what it handed out. A lost answer is not told here."""
        if set_guid and set_guid != self.newest:
            self._former.append(Held(self.newest, self._in_doubt_since_s + self._grace_s, now_s + self._grace_s))
            self.newest = set_guid
        self._in_doubt_since_s = math.inf

    def current(self) -> Held:
        """The newest GUID."""
        return Held(self.newest, self._in_doubt_since_s + self._grace_s, math.inf)

    def in_grace(self, now_s: float) -> list[Held]:
        """Replaced GUIDs that are still accepted."""
        return [held for held in self._former if now_s < held.good_until_s]

    def dead(self, now_s: float) -> list[Held]:
        """Replaced GUIDs that are refused."""
        return [held for held in self._former if now_s > held.dead_from_s]
