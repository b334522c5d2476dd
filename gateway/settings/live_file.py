"""Files that are taken over while the gateway runs, whole or not at all: agents, tokens, certificates, rights.

What cannot be used is refused in one line of the log, and what was in force stays.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from gateway.settings.files import exists
from gateway.settings.watching import marks, watch_files

REST_S: Final = 0.3
"""A file that is found the same after so long is no longer being written."""
MOST_LOOKS: Final = 30
"""Until then others of its room wait for a file that never rests; the next change looks again."""

C = TypeVar("C")

_LOG: Final = logging.getLogger(__name__)


def _uncounted(_outcome: str) -> None:
    """Nobody counts."""


class LiveFile(Generic[C]):
    """The content of some files that belong together: that of the last version that could be used.

    `read` gives it, or raises one of `faults`. `refused` stands in the log before the fault, `taken` makes the line for
    a new content, and `counted` hears "taken" or "refused". May be used from any thread: the content is one value that
    a reload replaces. `known` are the marks of the files when they were last read.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        read: Callable[[], C],
        *,
        faults: type[Exception],
        refused: str,
        taken: Callable[[C], str],
        counted: Callable[[str], object] = _uncounted,
    ) -> None:
        """Reads the files. Raises what `read` raises."""
        self.paths = tuple(paths)
        self._read = read
        self._faults = faults
        self._refused = refused
        self._taken = taken
        self._counted = counted
        self._one_at_a_time = threading.Lock()
        self._there = self._is_there()
        self.known = self._looked = marks(self.paths)
        self._content = read()

    def __call__(self) -> C:
        """The content in force."""
        return self._content

    def reload(self) -> bool:
        """Takes over the files as they are; false where they cannot be used, or have never been there."""
        with self._one_at_a_time:
            self.known = marks(self.paths)
            if not (self._there or self._is_there()):
                return False
            try:
                self._content = self._read()
            except self._faults as problem:
                self._counted("refused")
                _LOG.error("%s: %s", self._refused, problem)
                return False
            self._there = True
        self._counted("taken")
        _LOG.info("%s", self._taken(self._content))
        return True

    def look(self) -> bool:
        """Whether the files rest: the last look found them the same. Then a change is taken over."""
        now = marks(self.paths)
        rest, self._looked = now == self._looked, now
        if rest and now != self.known:
            self.reload()
        return rest

    def newest(self) -> C:
        """The content as the files are now, for rights that must end at once."""
        if marks(self.paths) != self.known:
            self.reload()
        return self._content

    def _is_there(self) -> bool:
        return any(map(exists, self.paths))


async def follow(files: Iterable[LiveFile[Any]], *, rest_s: float = REST_S) -> None:
    """Takes each change of these over within 2 s, once the files of it rest; runs until cancelled."""
    of_path: dict[Path, list[LiveFile[Any]]] = {}
    for file in files:
        for path in file.paths:
            of_path.setdefault(path, []).append(file)

    async def changed(paths: Iterable[Path]) -> None:
        for file in dict.fromkeys(file for path in paths for file in of_path[path]):
            await _settle(file, rest_s)

    if of_path:
        await watch_files(of_path, changed, since={path: file.known[path] for path, (file, *_) in of_path.items()})


async def _settle(file: LiveFile[Any], rest_s: float) -> None:
    for _ in range(MOST_LOOKS):
        if await asyncio.to_thread(file.look):
            return
        await asyncio.sleep(rest_s)
