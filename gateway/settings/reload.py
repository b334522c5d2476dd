"""Settings that change while agents stay signed in (design section 6)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from gateway.settings import files
from gateway.settings.changes import Change, judge, settle_ms
from gateway.settings.files import FileFault, FileMissing, understood
from gateway.settings.load import MOST_BYTES, Loaded
from gateway.settings.problems import Problem, SettingsError
from gateway.settings.schema import Settings
from gateway.settings.watching import watch_files

_LOG: Final = logging.getLogger(__name__)
_READ_AGAIN_MS: Final = 100
_NEVER_SETTLES_MS: Final = 10_000

Listener = Callable[[Settings, Settings], None]


class LiveSettings:
    """The settings in force; whoever must follow a change reads `current` at each use, or subscribes.

    `applied` and `refused` count changed files. `last_error` says why the file as it stands is refused, None when it is
    the one in force. `waiting` names the keys whose value in the file needs a restart. `pause` (of seconds) does what
    `asyncio.sleep` does.
    """

    def __init__(self, loaded: Loaded, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.current = loaded.settings
        self.applied = 0
        self.refused = 0
        self.last_error: str | None = None
        self.waiting: tuple[str, ...] = ()
        self._loaded = loaded
        self._pause = pause
        self._refused_raw: bytes | None = None
        self._listeners: list[Listener] = []
        self._one_at_a_time = asyncio.Lock()

    def subscribe(self, callback: Listener) -> Callable[[], None]:
        """Have `callback(old, new)` called after each change of a live value; the answer ends that."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    async def watch(self) -> None:
        """Follow the file until cancelled; a change is in force within 2 s of its last write."""

        async def changed(_paths: frozenset[Path]) -> None:
            await self.reload("file changed")

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(watch_files([self._loaded.path], changed))
            await self.reload("start of watching")

    async def reload(self, why: str, *, force: bool = False) -> None:
        """Read the file and put it in force, whole or not at all; never raises for what the file holds.

        `force`, for SIGHUP: a file that looks half-written is taken too when it is otherwise valid, and one that was
        refused before is reported again.
        """
        async with self._one_at_a_time:
            raw: bytes | None = None
            try:
                raw = await self._settled()
                if raw == self._loaded.raw:
                    self._unchanged(why)
                else:
                    with understood(SettingsError):
                        change = judge(self._loaded, self.current, raw, force=force)
                    self._apply(change, why)
            except (SettingsError, FileFault) as found:
                error = found if isinstance(found, SettingsError) else self._faulty(str(found))
                if force or (str(error), raw) != (self.last_error, self._refused_raw):
                    self._refuse(error, raw, why)

    async def _settled(self) -> bytes:
        """The content once it stays the same for long enough. Raises SettingsError when there is none, or no rest."""
        path, waited, same = self._loaded.path, 0, 0
        raw, fault = await asyncio.to_thread(_read, path)
        while same < settle_ms(self._loaded, raw):
            if waited >= _NEVER_SETTLES_MS:
                raise self._faulty(f"kept changing for {_NEVER_SETTLES_MS} ms")
            await self._pause(_READ_AGAIN_MS / 1000)
            again, fault = await asyncio.to_thread(_read, path)
            waited, same = waited + _READ_AGAIN_MS, same + _READ_AGAIN_MS if again == raw else 0
            raw = again
        if raw is None:
            raise self._faulty(fault)
        return raw

    def _faulty(self, says: str) -> SettingsError:
        return SettingsError([Problem(str(self._loaded.path), "", "", says)])

    def _unchanged(self, why: str) -> None:
        if self.last_error is not None:
            _LOG.info("settings (%s): the file is again the one in force", why)
        self.last_error = None

    def _refuse(self, error: SettingsError, raw: bytes | None, why: str) -> None:
        self.refused += 1
        self.last_error, self._refused_raw = str(error), raw
        for problem in error.problems:
            _LOG.warning("settings (%s) refused, the former values stay: %s", why, problem)

    def _apply(self, change: Change, why: str) -> None:
        old, former = self.current, self._loaded
        self.current, self._loaded = change.settings, change.loaded
        self.applied += 1
        self.last_error = None
        self.waiting = tuple(row.key for row in change.waiting)
        for warning in change.loaded.warnings:
            _LOG.warning("settings (%s): %s", why, warning)
        for key in change.vanished:
            _LOG.warning("settings (%s): %s is no longer in the file, so its default counts", why, key)
        for key in self.waiting:
            _LOG.warning("settings (%s): %s changed in the file: it needs a restart, the former value stays", why, key)
        for row in change.changed:
            _LOG.info("settings (%s): %s: %s -> %s", why, row.key, former.text_of(row), change.loaded.text_of(row))
        if change.changed:
            self._tell(old)

    def _tell(self, old: Settings) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(old, self.current)
            except Exception:
                _LOG.exception("a part of the gateway could not follow changed settings")


def _read(path: Path) -> tuple[bytes | None, str]:
    """The content, or None and why there is none."""
    try:
        return files.read(path, MOST_BYTES).raw, ""
    except FileMissing:
        return None, "is missing or cannot be read"
    except FileFault as fault:
        return None, str(fault)
