"""The pages about settings on the admin listener: `/settings`, with where each comes from, and `/settings/reload`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from gateway.admin.route import AdminCall, AdminRoute
from gateway.settings.environment import PREFIX
from gateway.settings.load import OVERRIDE, Given
from gateway.settings.reload import LiveSettings
from gateway.settings.schema import ROWS

DEFAULT: Final = "default"
FILE: Final = "file"
ENVIRONMENT: Final = "environment"


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting. What may be secret in `value` is `***`.

    `source` is `default`, `file`, `environment` or `--set`, and `where` tells the line of the file or the name of the
    variable. `applies` is `live` or `restart`; `waiting`: the file has another value, which needs a restart.
    """

    key: str
    value: str
    default: str
    source: str
    where: str
    applies: str
    waiting: bool
    unit: str
    allowed: str
    help: str


def setting_lines(live: LiveSettings) -> list[SettingLine]:
    """All of them, in the order of the table."""
    lines = []
    for row in ROWS:
        given = live.given_of(row)
        lines.append(
            SettingLine(
                row.key,
                row.shown_value(given.text if given else row.default),
                row.shown_value(row.default),
                source_of(given),
                given.where if given else "",
                "live" if row.live else "restart",
                row.key in live.waiting,
                row.unit,
                row.allowed,
                row.description,
            )
        )
    return lines


def source_of(given: Given | None) -> str:
    """Where a value comes from."""
    if given is None:
        return DEFAULT
    if given.where == OVERRIDE:
        return OVERRIDE
    return ENVIRONMENT if given.where.startswith(PREFIX) else FILE


REASON: Final = "asked for on ADMIN_PORT"


@dataclass(frozen=True, slots=True)
class SettingsView:
    """The settings in force, and those of the file that are not.

    `waiting`: keys whose value in the file needs a restart. `refused`: why the file as it stands is not in force, None
    where it is. `applied` is when the values in force were put in force (ISO 8601).
    """

    file: str
    applied: str
    checksum: int
    refused: str | None
    waiting: Sequence[str]
    settings: Sequence[SettingLine]


@dataclass(frozen=True, slots=True)
class ReloadView:
    """What came of a reload: `result` is `applied`, `unchanged` or `refused`; `changed` are keys."""

    result: str
    changed: Sequence[str]
    waiting: Sequence[str]
    problems: Sequence[str]


def settings_routes(live: LiveSettings, tell_siblings: Callable[[], None]) -> list[AdminRoute]:
    """The routes; `tell_siblings` has the other workers of the node read the settings again too."""

    async def listed(_call: AdminCall) -> object:
        applied = datetime.fromtimestamp(live.applied_s, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return SettingsView(str(live.path), applied, live.checksum, live.last_error, live.waiting, setting_lines(live))

    async def reload(_call: AdminCall) -> object:
        found = await live.reload(REASON, force=True)
        tell_siblings()
        result = "applied" if found.applied else "refused" if found.problems else "unchanged"
        return ReloadView(result, found.changed, found.waiting, found.problems)

    return [AdminRoute("GET", "/settings", listed), AdminRoute("POST", "/settings/reload", reload)]
