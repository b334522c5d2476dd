"""The black list and the red list of callers, which all agents of the VDN share. Times are ms since the epoch.

They are kept and told; no call is turned away or preferred, since no source says what the modes and levels mean.
"""

from dataclasses import dataclass, field
from typing import Final, TypeVar

from gateway.wire import retcodes
from gateway.wire.errors import Refused

MOST_NUMBERS: Final = 10_000
_MS_A_MINUTE: Final = 60_000


@dataclass(frozen=True, slots=True)
class Blocked:
    """An entry of the black list, for `minutes` from `since_ms` on; 0 = until it is taken off."""

    number: str
    minutes: int
    mode: int
    since_ms: int

    def holds(self, now_ms: int) -> bool:
        """False once its time is over."""
        return not self.minutes or now_ms < self.since_ms + self.minutes * _MS_A_MINUTE


@dataclass(frozen=True, slots=True)
class Preferred:
    """An entry of the red list."""

    number: str
    level: int
    since_ms: int


ListEntry = TypeVar("ListEntry", Blocked, Preferred)


@dataclass(slots=True)
class NumberLists:
    """Both lists, by number, oldest first."""

    black: dict[str, Blocked] = field(default_factory=dict)
    red: dict[str, Preferred] = field(default_factory=dict)

    def block(self, entry: Blocked) -> None:
        """On the black list. Entries whose time is over make room. Raises Refused `000-002` where it is full."""
        if len(self.black) >= MOST_NUMBERS:
            self.black = {one.number: one for one in self.black.values() if one.holds(entry.since_ms)}
        _put(self.black, entry)

    def prefer(self, entry: Preferred) -> None:
        """On the red list. Raises Refused `000-002` where it is full."""
        _put(self.red, entry)


def _put(entries: dict[str, ListEntry], entry: ListEntry) -> None:
    """A number that is there already has the newer entry from now on."""
    former = entries.pop(entry.number, None)
    if former is None and len(entries) >= MOST_NUMBERS:
        raise Refused(retcodes.BAD_PARAMETER, f"phoneNumber: the list is full, it holds {MOST_NUMBERS} numbers")
    entries[entry.number] = entry


def take_off(entries: dict[str, ListEntry], number: str) -> None:
    """Off a list. Raises Refused `000-002` for a number that is not on it."""
    if entries.pop(number, None) is None:
        raise Refused(retcodes.BAD_PARAMETER, "phoneNumber: is not on the list")
