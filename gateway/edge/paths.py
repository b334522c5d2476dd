"""Remembers which row a path leads to, within a bound in bytes: whoever sends paths need no credentials."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from gateway.operations.table import Match

REMEMBERED_PATHS: Final = 16_384
LONGEST_REMEMBERED: Final = 128
"""In characters; what agents send is shorter."""
REMEMBERED_MAX_BYTES: Final = 20 * 1_048_576
"""What REMEMBERED_PATHS of the longest take, with their matches."""

Find = Callable[[str, str], Match]


def remembering(find: Find, most: int = REMEMBERED_PATHS) -> Find:
    """The same as `find` (method, path), quicker for the newest paths, at most `most`. Refusals are not remembered."""
    remembered = lru_cache(most)(find)

    def found(method: str, path: str) -> Match:
        # Text that is not ASCII takes up to four times as much.
        return (remembered if len(path) <= LONGEST_REMEMBERED and path.isascii() else find)(method, path)

    return found
