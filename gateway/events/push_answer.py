"""What a receiver answers to a pushed event: an acknowledgement, or why not (docs/protocol.md, Push).

Receivers write in charsets of their own, labelled or not; the retcode is ASCII in all of them. What they say is for the
operator: short, on one line, without anything that only the receiver and we may know.
"""

import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any, Final

LONGEST_WORDS: Final = 200
_ACKNOWLEDGED: Final = "0"
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.\w+)?", re.IGNORECASE)
_HIDDEN: Final = "***"
_NOTHING: Final = b" \t\r\n\xef\xbb\xbf"
"""What an empty answer may consist of: space, and the mark that some write before UTF-8."""
_SHORTEST_SECRET: Final = 4


def refusal(body: bytes, charset: str | None, *, older: bool) -> str:
    """Why this body of an answer with a good status acknowledges nothing, in words of the receiver; "" if it does.

    Retcode 0 acknowledges; in the `older` form an empty body and JSON without a retcode do so too.
    """
    if older and not body.strip(_NOTHING):
        return ""
    try:
        said = _parsed(body, charset)
    except ValueError:
        return f"no JSON: {_text(body, charset)}" if body else "an empty answer"
    retcode = said.get("retcode") if isinstance(said, dict) else None
    if retcode is None:
        return "" if older else "no retcode"
    if str(retcode) == _ACKNOWLEDGED:
        return ""
    message = said.get("message") or said.get("msg")
    return f"retcode {retcode}: {message}" if message else f"retcode {retcode}"


def plain(words: str, secrets: Collection[str]) -> str:
    """`words` as they may be logged: secrets and GUIDs hidden, in one line of printable letters, bounded in length."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            words = words.replace(secret, _HIDDEN)
    words = _GUID.sub(_HIDDEN, words)
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 3] + "..."


def _parsed(body: bytes, charset: str | None) -> Any:
    """The JSON in `body`, once more where it is a text that holds JSON. Raises ValueError where there is none."""
    for name in _charsets(body, charset):
        with suppress(LookupError, ValueError, RecursionError):
            said = json.loads(body.decode(name))
            if isinstance(said, str):
                with suppress(ValueError, RecursionError):
                    return json.loads(said)
            return said
    raise ValueError("no JSON in any charset")


def _charsets(body: bytes, charset: str | None) -> Iterator[str]:
    """As labelled; else UTF-8, 16 or 32 as JSON tells it, GBK and its like, or any that holds ASCII."""
    if charset:
        yield charset
    yield json.detect_encoding(body)
    yield "gb18030"
    yield "latin-1"


def _text(body: bytes, charset: str | None) -> str:
    with suppress(LookupError, ValueError):
        return body.decode(charset or "utf-8", "replace")
    return body.decode("latin-1")
