"""The settings in force as operators see them: value, where it comes from, and when a change of it counts."""

from dataclasses import dataclass
from typing import Final

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
