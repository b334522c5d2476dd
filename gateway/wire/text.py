"""Times as text, and looks into the text of a JSON object that change no letter of what is kept."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_MOST_DIGITS: Final = 20
"""Python makes no number of more than some thousand."""


def iso(at_ms: int) -> str:
    """A time in ms since the epoch as ISO 8601 (UTC), with ms."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def whole_number(text: str, least: int, most: int) -> int | None:
    """The whole number from `least` to `most` that up to 20 ASCII digits are; None for any other text."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return None
    number = int(text)
    return number if least <= number <= most else None


class Member(NamedTuple):
    """A member of an object, and where it stands in the text: its name at `begin`, its value from `start` to `end`."""

    name: str
    begin: int
    start: int
    end: int


def members(text: str) -> Iterator[Member]:
    """The members of `text`, which is known to be a JSON object."""
    at = _after_space(text, _after_space(text, 0) + 1)
    while text[at] == '"':
        begin = at
        name, at = _DECODER.raw_decode(text, at)
        start = _after_space(text, _after_space(text, at) + 1)
        at = _DECODER.raw_decode(text, start)[1]
        yield Member(name, begin, start, at)
        at = _after_space(text, _after_space(text, at) + 1)
        if at >= len(text):
            return


def without(text: str, name: str) -> str:
    """The object without the member of this name; the others stand as they were."""
    return "{" + ",".join(text[one.begin : one.end] for one in members(text) if one.name != name) + "}"


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
