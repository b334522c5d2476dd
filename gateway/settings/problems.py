"""What is wrong with a settings file, in lines an operator can act on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

HIDDEN: Final = "***"
"""Stands for the value of a setting that may hold a secret."""
_LONGEST: Final = 120
_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,79}")


def shown(text: str, most: int = _LONGEST) -> str:
    """Text of a file as it may stand in a message: one line, no control characters, at most `most` characters."""
    safe = "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in text[: most + 1])
    return safe if len(text) <= most else safe[:most] + "..."


def shown_key(key: str) -> str:
    """What stands where a key should, as it may stand in a message: what cannot be a key may be a piece of a value."""
    return key if _KEY.fullmatch(key) else HIDDEN


@dataclass(frozen=True)
class Problem:
    """One refused value.

    `where` is `file:line`, `--set`, `default` or the file alone; `key` is empty when no known setting is meant;
    `value` is as `SettingRow.shown_value` shows it; `says` tells what is allowed; `line` counts from 1, 0 outside the
    file.
    """

    where: str
    key: str
    value: str
    says: str
    line: int = 0

    def __str__(self) -> str:
        subject = f"{shown(self.key)} = {shown(self.value)}: " if self.key else ""
        return f"{self.where}: {subject}{self.says}"


class SettingsError(Exception):
    """Settings that are refused as a whole; `problems` holds every reason, `str()` is one line each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
