"""The row: how one setting is written in the table, and how its parts are read from there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from gateway.settings.kinds import SettingKind
from gateway.settings.problems import HIDDEN, shown
from gateway.settings.urls import shown_url, shown_urls

DAY_MS: Final = 86_400_000


class Section(BaseModel):
    """Base of every group of settings. Fields are made with `vendor` or `ours`; the class docstring is the heading."""

    model_config = ConfigDict(
        frozen=True,
        validate_by_name=True,
        validate_by_alias=True,
        extra="forbid",
        hide_input_in_errors=True,
        defer_build=True,  # A section is validated as a part of all settings, never by itself.
    )


def vendor(key: str, default: str, description: str, **more: Any) -> Any:
    """A setting of the vendor's file; see `_field`."""
    return _field(key, default, description, origin="vendor", **more)


def ours(key: str, default: str, description: str, **more: Any) -> Any:
    """A setting of this gateway alone; see `_field`."""
    return _field(key, default, description, origin="ours", **more)


_SHOWS: Final[Mapping[str, Callable[[str], str]]] = {
    "text": shown,
    "url": shown_url,
    "urls": shown_urls,
    "nothing": lambda _: HIDDEN,
}
"""How a value stands in a message."""


def _field(key: str, default: str, description: str, *, restart: bool = False, shows: str = "text", **more: Any) -> Any:
    """The pydantic field of one setting; `default` is text as in the file.

    `restart`: a change waits for the next start. `shows`: what messages show of the value, a `url` or `urls` without
    what may be secret in them, or `nothing`. `more`: `origin`, `unit` (ms, bytes), `note` (the vendor's own comment
    behind the value) and `other_key` (a second spelling that also works).
    """
    extra = {"applies": "restart" if restart else "live", "shows": shows, **more}
    return Field(
        default,
        alias=key,
        description=description,
        validate_default=True,
        repr=shows == "text",
        json_schema_extra=extra,
    )


@dataclass(frozen=True)
class SettingRow:
    """One setting as documents, messages and the reload see it. `attribute` is its name on the settings object."""

    attribute: str
    key: str
    default: str
    description: str
    allowed: str
    live: bool
    vendor: bool
    shows: str
    unit: str
    note: str
    other_key: str

    @property
    def secret(self) -> bool:
        """Nothing of the value is ever shown."""
        return self.shows == "nothing"

    def shown_value(self, text: str) -> str:
        """A value, right or wrong, as it may stand in a message: one line without secrets."""
        return _SHOWS[self.shows](text)


def row_of(attribute: str, field: FieldInfo) -> SettingRow:
    """The row behind one field of the settings model."""
    extra = field.json_schema_extra
    kind = next(part for part in field.metadata if isinstance(part, SettingKind))
    if not isinstance(extra, dict) or field.alias is None:
        raise TypeError(f"{attribute} is not made by vendor() or ours()")
    return SettingRow(
        attribute=attribute,
        key=field.alias,
        default=str(field.default),
        description=field.description or "",
        allowed=kind.allowed,
        live=extra["applies"] == "live",
        vendor=extra["origin"] == "vendor",
        shows=str(extra["shows"]),
        unit=str(extra.get("unit", "")),
        note=str(extra.get("note", "")),
        other_key=str(extra.get("other_key", "")),
    )
