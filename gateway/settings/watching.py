"""Tells when files change: settings, agents, certificates."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from watchfiles import awatch

from gateway.settings.files import FileFault, resolved

_LOG: Final = logging.getLogger(__name__)
_DEBOUNCE_MS: Final = 200
_LOOK_EVERY_MS: Final = 500
Mark = tuple[int, int, int, int, int] | None


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
