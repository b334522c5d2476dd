"""Settings that change while agents stay signed in: what a changed file means, and when it is taken over."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.settings import files
from gateway.settings.cross_checks import REFUSALS
from gateway.settings.files import FileFault, FileMissing, faults_only
from gateway.settings.live_file import watch_files
from gateway.settings.load import MOST_BYTES, Given, Loaded, complaints, interpret
from gateway.settings.problems import Problem, SettingsError
from gateway.settings.properties import decode, read_properties
from gateway.settings.schema import BY_KEY, ROWS, Settings
from gateway.settings.setting_rows import SettingRow

SETTLE_MS: Final = 100
DOUBTFUL_SETTLE_MS: Final = 1000
_HALF: Final = "taken as half-written (if it is meant so, SIGHUP takes it over)"
_LOG: Final = logging.getLogger(__name__)
_READ_AGAIN_MS: Final = 100
_NEVER_SETTLES_MS: Final = 10_000

Listener = Callable[[Settings, Settings], None]
Report = Callable[[str, Mapping[str, object]], None]
"""Is told what came of a file: `settings-applied`, `settings-refused` or `settings-restored`, and facts by name."""


@dataclass(frozen=True)
class FileChange:
    """A file that may be applied.

    `settings` are the values from now on. `changed` are the rows that differ from the present values, `waiting` those
    that differ but need a restart and so keep their present value, `vanished` the keys that the file no longer has.
    """

    loaded: Loaded
    settings: Settings
    changed: tuple[SettingRow, ...]
    waiting: tuple[SettingRow, ...]
    vanished: tuple[str, ...]


@dataclass(frozen=True)
class Reloaded:
    """What came of reading the file again: put in force, refused (`problems`), or neither, as it had not changed.

    `changed` are the keys whose values are other ones now, `waiting` those whose value in the file needs a restart.
    """

    applied: bool = False
    changed: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def settle_ms(applied: Loaded, raw: bytes | None) -> int:
    """For how long content (None: no file) must stay the same before it is judged, ms."""
    if raw == applied.raw:
        return SETTLE_MS
    whole = raw is not None and raw.endswith((b"\n", b"\r")) and not _vanished(applied, raw)
    return SETTLE_MS if whole else DOUBTFUL_SETTLE_MS


def judge(applied: Loaded, current: Settings, raw: bytes, *, force: bool = False) -> FileChange:
    """The change from `current` that the content `raw` means; `applied` is the file that was applied last.

    Raises SettingsError when the content is refused: wrong, empty, or half-written (which `force` lets pass).
    """
    doubt = _empty(raw) or ("" if force else _half_written(applied, raw))
    if doubt:
        raise SettingsError([Problem(str(applied.path), "", "", doubt)])
    loaded = interpret(raw, applied.path, applied.overrides)
    differing = [row for row in ROWS if _value(loaded.settings, row) != _value(current, row)]
    waiting = tuple(row for row in differing if not row.live)
    settings = loaded.settings.model_copy(update={row.attribute: _value(current, row) for row in waiting})
    problems = complaints(REFUSALS, settings, loaded.given)
    if problems:
        raise SettingsError(problems)
    changed = tuple(row for row in differing if row.live)
    vanished = _vanished(applied, raw) - loaded.given.keys()
    return FileChange(loaded, settings, changed, waiting, tuple(sorted(vanished)))


def _value(settings: Settings, row: SettingRow) -> object:
    return getattr(settings, row.attribute)


def _said(raw: bytes) -> dict[str, str]:
    entries = read_properties(decode(raw)).entries.values()
    return {BY_KEY[entry.key].key if entry.key in BY_KEY else entry.key: entry.value for entry in entries}


def _vanished(applied: Loaded, raw: bytes) -> frozenset[str]:
    return applied.file_keys - _said(raw).keys()


def _empty(raw: bytes) -> str:
    return "" if decode(raw).strip() else "is empty"


def _half_written(applied: Loaded, raw: bytes) -> str:
    if applied.raw.startswith(raw) and _said(raw) != _said(applied.raw):
        return f"is only the beginning of the file applied before: {_HALF}"
    lost = _vanished(applied, raw)
    if lost and not raw.endswith((b"\n", b"\r")):
        return f"has lost {', '.join(sorted(lost))} and its last line has no end: {_HALF}"
    return ""


def _unreported(_what: str, _facts: Mapping[str, object]) -> None: ...


class LiveSettings:
    """The settings in force; whoever must follow a change reads `current` at each use, or subscribes.

    `applied` and `refused` count changed files. `last_error` says why the file as it stands is refused, None when it is
    the one in force, and `applied_s` when that was put in force, s since the epoch. `waiting` names the keys whose
    value in the file needs a restart. `report` is told what came of a change. `pause` (of seconds) does what
    `asyncio.sleep` does.
    """

    def __init__(self, loaded: Loaded, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.current = loaded.settings
        self.applied = 0
        self.refused = 0
        self.last_error: str | None = None
        self.applied_s = time.time()
        self.report: Report = _unreported
        self.waiting: tuple[str, ...] = ()
        self._loaded = loaded
        self._kept: dict[str, Given | None] = {}
        self._pause = pause
        self._refused_raw: bytes | None = None
        self._listeners: list[Listener] = []
        self._one_at_a_time = asyncio.Lock()

    @property
    def path(self) -> Path:
        """The file."""
        return self._loaded.path

    def given_of(self, row: SettingRow) -> Given | None:
        """The text of the value in force, and where it was given; None for a default."""
        return self._kept[row.key] if row.key in self._kept else self._loaded.given.get(row.key)

    @property
    def checksum(self) -> int:
        """A number that differs where the content of the file in force does; 48 bits of its SHA-256."""
        return int.from_bytes(hashlib.sha256(self._loaded.raw).digest()[:6])

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

    async def reload(self, why: str, *, force: bool = False) -> Reloaded:
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
                    return Reloaded(waiting=self.waiting)
                with faults_only(SettingsError):
                    change = judge(self._loaded, self.current, raw, force=force)
                self._apply(change, why)
                return Reloaded(True, tuple(row.key for row in change.changed), self.waiting)
            except (SettingsError, FileFault) as found:
                error = found if isinstance(found, SettingsError) else self._faulty(str(found))
                if force or (str(error), raw) != (self.last_error, self._refused_raw):
                    self._refuse(error, raw, why)
                return Reloaded(problems=tuple(str(problem) for problem in error.problems))

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
            self.report("settings-restored", {"reason": why})
        self.last_error = None

    def _refuse(self, error: SettingsError, raw: bytes | None, why: str) -> None:
        self.refused += 1
        self.report("settings-refused", {"reason": why, "problems": [str(problem) for problem in error.problems]})
        self.last_error, self._refused_raw = str(error), raw
        for problem in error.problems:
            _LOG.warning("settings (%s) refused, the former values stay: %s", why, problem)

    def _apply(self, change: FileChange, why: str) -> None:
        old, former = self.current, self._loaded
        self.current, self._loaded = change.settings, change.loaded
        self.applied += 1
        self.applied_s = time.time()
        self.last_error = None
        self.waiting = tuple(row.key for row in change.waiting)
        self._kept = {key: self._kept.get(key, former.given.get(key)) for key in self.waiting}
        for warning in change.loaded.warnings:
            _LOG.warning("settings (%s): %s", why, warning)
        for key in change.vanished:
            _LOG.warning("settings (%s): %s is no longer in the file, so its default counts", why, key)
        for key in self.waiting:
            _LOG.warning("settings (%s): %s changed in the file: it needs a restart, the former value stays", why, key)
        for row in change.changed:
            _LOG.info("settings (%s): %s: %s -> %s", why, row.key, former.text_of(row), change.loaded.text_of(row))
        changed = [f"{row.key}: {former.text_of(row)} -> {change.loaded.text_of(row)}" for row in change.changed]
        self.report("settings-applied", {"reason": why, "changed": changed, "needs_restart": list(self.waiting)})
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
