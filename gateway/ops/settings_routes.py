"""The pages about settings on the admin listener: `/settings`, `/settings/reload`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from gateway.ops.admin_interface import AdminCall, AdminRoute
from gateway.settings.in_force import SettingLine, setting_lines
from gateway.settings.reload import LiveSettings

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
