"""Java `.properties` text with the vendor's `//` comments. Nothing here knows a setting."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from javaproperties import InvalidUEscapeError, KeyValue, parse

_LINE_END: Final = re.compile(r"\r\n?|\n")
_CONTINUED: Final = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")
_OTHER_COMMENT: Final = re.compile(r"[ \t\f]*[#!]")
_SLASHES: Final = re.compile(r"(?:^|(?<=[ \t\f]))//")
_SLASHES_AS_VALUE: Final = re.compile(r"^[ \t\f]*(?:\\.|[^\\=: \t\f])*[ \t\f]*[=:](?=//)")


@dataclass(frozen=True)
class PropertyEntry:
    """One `key = value`; `line` counts from 1."""

    key: str
    value: str
    line: int


@dataclass(frozen=True)
class Properties:
    """What a text says: `entries` by key (the last one wins), `repeated` as (former, winner), `malformed` lines."""

    entries: dict[str, PropertyEntry]
    repeated: tuple[tuple[PropertyEntry, PropertyEntry], ...]
    malformed: tuple[int, ...]


def decode(raw: bytes) -> str:
    """UTF-8 with or without a mark; other bytes are Latin-1, as Java reads them. Never fails."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def read_properties(text: str) -> Properties:
    r"""Every entry of `text`.

    `//` starts a comment at the start of a line or of a value and after white space, so `https://x` stays whole; `\//`
    is never a comment. White space at the end of a value is dropped. A line with a broken `\u` escape is `malformed`.
    """
    entries: dict[str, PropertyEntry] = {}
    repeated: list[tuple[PropertyEntry, PropertyEntry]] = []
    malformed: list[int] = []
    for number, line in _logical_lines(text):
        try:
            pairs = [(part.key, part.value.rstrip()) for part in parse(line) if isinstance(part, KeyValue)]
        except InvalidUEscapeError:
            malformed.append(number)
            continue
        for key, value in pairs:
            entry = PropertyEntry(key, value, number)
            if key in entries:
                repeated.append((entries[key], entry))
            entries[key] = entry
    return Properties(entries, tuple(repeated), tuple(malformed))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of each line with its continuations, without `//` comments.

    Comments go first, so that a backslash at the end of one does not swallow the next line.
    """
    start, parts = 1, list[str]()
    for number, natural in enumerate(_LINE_END.split(text), 1):
        first = not parts
        if first:
            start = number
        line = _without_comment(natural, first)
        parts.append(line)
        if _CONTINUED.search(line) and not (first and _OTHER_COMMENT.match(line)):
            continue
        yield start, "\n".join(parts)
        parts = []
    if parts:
        yield start, "\n".join(parts)


def _without_comment(line: str, first: bool) -> str:
    if first and _OTHER_COMMENT.match(line):
        return line
    found = _SLASHES.search(line)
    end = found.start() if found else len(line)
    as_value = _SLASHES_AS_VALUE.match(line) if first else None
    return line[: min(end, as_value.end())] if as_value else line[:end]
