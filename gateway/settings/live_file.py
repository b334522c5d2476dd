"""Files that are taken over while the gateway runs, whole or not at all: agents, tokens, certificates, rights.

What cannot be used is refused in one line of the log, and what was in force stays. `watch_files` tells of changes.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from watchfiles import awatch

from gateway.settings.files import FileFault, exists, resolved

_DEBOUNCE_MS: Final = 200
_LOOK_EVERY_MS: Final = 500
REST_S: Final = 0.3
"""A file that is found the same after so long is no longer being written."""
MOST_LOOKS: Final = 30
"""Until then others of its room wait for a file that never rests; the next change looks again."""

Mark = tuple[int, int, int, int, int] | None
C = TypeVar("C")

_LOG: Final = logging.getLogger(__name__)


async def watch_files(
    paths: Iterable[Path],
    on_change: Callable[[frozenset[Path]], Awaitable[None]],
    since: Mapping[Path, Mark] | None = None,
) -> None:
    """Call `on_change` with those of `paths` that changed, appeared or went, within 1 s; runs until cancelled.

    A path may be a link, be replaced by renaming, or not exist yet. What counts is the state of the file; messages of
    the system only make it quick, so folders that send none (network, containers) work too. Changes during a call are
    told after it; with `since`, marks of before, what has changed since then is told at first. An exception of
    `on_change` is logged and ends nothing.
    """
    watched = frozenset(paths)
    # Not in a thread: whoever reads the files after starting this task must not miss a change between the two.
    known = marks(watched) if since is None else since
    while True:
        folders = await asyncio.to_thread(_folders, watched)
        async with contextlib.aclosing(_wakes(folders)) as wakes:
            async for touched in wakes:
                now = await asyncio.to_thread(marks, watched)
                changed = frozenset(path for path in watched if now[path] != known[path] or _names(path) & touched)
                known = now
                if changed:
                    await _tell(on_change, changed)
                if await asyncio.to_thread(_folders, watched) != folders:
                    break


async def _wakes(folders: Iterable[Path]) -> AsyncGenerator[frozenset[str], None]:
    """Names of files that the system reports as touched; an empty set at least every 500 ms."""
    events = awatch(
        *folders,
        watch_filter=None,
        debounce=_DEBOUNCE_MS,
        rust_timeout=_LOOK_EVERY_MS,
        yield_on_timeout=True,
        recursive=False,
    )
    try:
        async with contextlib.aclosing(events):
            async for changes in events:
                yield frozenset(name for _kind, name in changes)
    except (OSError, RuntimeError) as problem:
        _LOG.info("no messages of changed files, so looking every %s ms: %s", _LOOK_EVERY_MS, problem)
    while True:
        await asyncio.sleep(_LOOK_EVERY_MS / 1000)
        yield frozenset()


def _mark(path: Path) -> Mark:
    try:
        state = path.stat()
    except (OSError, ValueError):
        return None
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


def marks(paths: Iterable[Path]) -> dict[Path, Mark]:
    """What differs for each path once its file was changed, replaced or opened to others; None without a file."""
    return {path: _mark(path) for path in paths}


def _names(path: Path) -> frozenset[str]:
    return frozenset((str(path.absolute()), str(_resolved(path))))


def _resolved(path: Path) -> Path:
    """Where links lead; the path itself where they lead in a circle."""
    try:
        return resolved(path)
    except FileFault:
        return path.absolute()


def _folders(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Existing folders of the paths and of what they link to, each with what tells it from a new one of that name."""
    found = {folder for path in paths for folder in (path.absolute().parent, _resolved(path).parent)}
    return {folder: mark[:2] for folder in sorted(found) if (mark := _mark(folder))}


async def _tell(on_change: Callable[[frozenset[Path]], Awaitable[None]], changed: frozenset[Path]) -> None:
    try:
        await on_change(changed)
    except Exception as crash:
        names = ", ".join(sorted(map(str, changed)))
        _LOG.error("a changed file could not be taken over: %s (%s)", names, type(crash).__name__)


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
