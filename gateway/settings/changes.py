"""What a changed file means: half-written or whole, which values change, which wait for a restart. Pure."""

from dataclasses import dataclass
from typing import Final

from gateway.settings.checks import REFUSALS
from gateway.settings.load import Loaded, complaints, interpret
from gateway.settings.problems import Problem, SettingsError
from gateway.settings.properties import decode, read_properties
from gateway.settings.rows import Row
from gateway.settings.schema import BY_KEY, ROWS, Settings

SETTLE_MS: Final = 100
DOUBTFUL_SETTLE_MS: Final = 1000
_HALF: Final = "taken as half-written (if it is meant so, SIGHUP takes it over)"


@dataclass(frozen=True)
class Change:
    """A file that may be applied.

    `settings` are the values from now on. `changed` are the rows that differ from the present values, `waiting` those
    that differ but need a restart and so keep their present value, `vanished` the keys that the file no longer has.
    """

    loaded: Loaded
    settings: Settings
    changed: tuple[Row, ...]
    waiting: tuple[Row, ...]
    vanished: tuple[str, ...]


def settle_ms(applied: Loaded, raw: bytes | None) -> int:
    """For how long content (None: no file) must stay the same before it is judged, ms."""
    if raw == applied.raw:
        return SETTLE_MS
    whole = raw is not None and raw.endswith((b"\n", b"\r")) and not _vanished(applied, raw)
    return SETTLE_MS if whole else DOUBTFUL_SETTLE_MS


def judge(applied: Loaded, current: Settings, raw: bytes, *, force: bool = False) -> Change:
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
    return Change(loaded, settings, changed, waiting, tuple(sorted(vanished)))


def _value(settings: Settings, row: Row) -> object:
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
