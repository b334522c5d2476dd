"""Kinds of single values: how each is read from the text of a file, and the words for what is allowed."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

_WHOLE: Final = re.compile(r"[0-9]{1,15}")
_HOST_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*"
)
"""With underscores, which container tools put into names."""


@dataclass(frozen=True)
class SettingKind:
    """Annotation of a field of the settings model.

    `read` makes the value from text (and the folder that relative paths start from); it raises ValueError with a
    reason, or an empty one where `allowed` says enough. Values that are not text are left to pydantic.
    """

    allowed: str
    read: Callable[[str, Path], object]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(self._value, handler(source))

    def _value(self, value: object, info: ValidationInfo) -> object:
        return self.read(value, (info.context or {}).get("folder", Path())) if isinstance(value, str) else value


def number(floor: int, ceiling: int, *, off: bool = False) -> SettingKind:
    """A whole number from `floor` to `ceiling`; with `off`, 0 as well."""

    def read(text: str, _folder: Path) -> int:
        if not _WHOLE.fullmatch(text):
            raise ValueError
        value = int(text)
        if not (floor <= value <= ceiling or (off and value == 0)):
            raise ValueError
        return value

    return SettingKind(f"a whole number from {floor} to {ceiling}" + (", or 0 for off" if off else ""), read)


def choice(values: Mapping[str, object], refused: Mapping[str, str] | None = None) -> SettingKind:
    """One of a few words, in any case. `refused` gives words of the vendor that we do not act on, with the reason."""

    def read(text: str, _folder: Path) -> object:
        word = text.casefold()
        if word in (refused or {}):
            raise ValueError((refused or {})[word])
        for name, value in values.items():
            if name.casefold() == word:
                return value
        raise ValueError

    *others, last = values
    return SettingKind(f"{', '.join(others)} or {last}" if others else last, read)


def words(*names: str) -> SettingKind:
    """One of a few words, kept as written here."""
    return choice({name: name for name in names})


FLAG: Final = choice({"ON": True, "OFF": False})


def text(pattern: str, allowed: str) -> SettingKind:
    """Text that `pattern` matches as a whole."""

    def read(value: str, _folder: Path) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError
        return value

    return SettingKind(allowed, read)


def _read_path(value: str, folder: Path) -> Path | None:
    if "\0" in value or any("\ud800" <= mark <= "\udfff" for mark in value):
        raise ValueError
    return Path(os.path.normpath(folder / value)) if value else None


PATH: Final = SettingKind("a path, relative to the folder of this file, or nothing", _read_path)


def _read_host(value: str, _folder: Path) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        pass
    if not _HOST_NAME.fullmatch(value) or value.replace(".", "").isdigit():
        raise ValueError
    return value


HOST: Final = SettingKind("an IP address or a host name", _read_host)
