"""What is kept for later questions, within a bound of memory."""

from collections.abc import Iterator
from typing import Final, Generic, TypeVar

V = TypeVar("V")
OVERHEAD_BYTES: Final = 4096
"""What a value takes besides what is in it."""


class Kept(Generic[V]):
    """Values by key, oldest first. At most `most_bytes` of them: the oldest are forgotten for newer ones."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._found: dict[str, tuple[V, int]] = {}

    def keep(self, key: str, value: V, size_bytes: int) -> None:
        """One value more, under a key of its own. The newest one is kept whatever its size."""
        self._found[key] = (value, size_bytes + OVERHEAD_BYTES)
        self._bytes += size_bytes + OVERHEAD_BYTES
        while self._bytes > self._most_bytes and len(self._found) > 1:
            _, oldest_bytes = self._found.pop(next(iter(self._found)))
            self._bytes -= oldest_bytes

    def get(self, key: str) -> V | None:
        """The value under this key."""
        found = self._found.get(key)
        return None if found is None else found[0]

    def __iter__(self) -> Iterator[V]:
        return (value for value, _ in self._found.values())
