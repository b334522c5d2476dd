"""Reads what the service behind answers: envelope, GUID, cookies, events (contract connection.md, agentevent.yaml)."""

import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from aiohttp.payload import Payload
from pydantic_core import from_json, to_json

from gateway.sessions.model import EndReason, Event
from gateway.wire import retcodes

OVER: Final = frozenset({retcodes.NO_RIGHT, retcodes.NOT_SIGNED_IN, "100-008", "105-005", "105-006", "105-007"})
"""What it says to calls of a session that is over there: not signed in, GUID unknown, sign in again."""

_GUID: Final = re.compile(r"[!-~]{1,256}")
_COOKIE: Final = re.compile(r"[!-~]{1,512}")
_REASONS: Final = {reason.value: reason for reason in EndReason}
_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with status 200. `guid` is the one handed out with it, "" for none; `cookie` as for a request."""

    retcode: str
    message: str
    body: bytes | Payload = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    guid: str = field(default="", repr=False)
    cookie: str = field(default="", repr=False)

    @property
    def over(self) -> bool:
        """It knows no such session."""
        return self.retcode in OVER

    @property
    def reason(self) -> EndReason:
        """Why the session is over there, as far as the message says so in words of ours."""
        return _REASONS.get(self.message, EndReason.UPSTREAM)


def read_envelope(body: bytes) -> tuple[str, str] | None:
    """Retcode and message; None where the body is no answer of the interface."""
    try:
        said = from_json(body)
    except ValueError:
        return None
    if not isinstance(said, dict) or type(said.get("retcode")) not in {str, int}:
        return None
    message = said.get("message", said.get("msg"))
    return str(said["retcode"]), message if isinstance(message, str) else ""


def read_result(body: bytes | Payload, name: str) -> object:
    """A member of the `result` object; None where there is none."""
    said = from_json(body) if isinstance(body, bytes) else None
    result = said.get("result") if isinstance(said, dict) else None
    return result.get(name) if isinstance(result, dict) else None


def read_guid(set_guid: str) -> str:
    """The GUID in the response header `Set-GUID`: what follows the first `=`, or all; "" for none or rubbish."""
    given = set_guid.partition("=")[2] if "=" in set_guid else set_guid
    return given if _GUID.fullmatch(given) else ""


def read_cookies(set_cookies: Sequence[str]) -> str:
    """What a client sends back for these `Set-Cookie` headers: names and values alone; "" for none."""
    pairs = (cookie.partition(";")[0].strip() for cookie in set_cookies)
    return "; ".join(pair for pair in pairs if "=" in pair and _COOKIE.fullmatch(pair))


def merge_cookies(former: str, given: str) -> str:
    """What a client sends back after `given` came to what it had."""
    pairs = [pair for pair in (*former.split("; "), *given.split("; ")) if pair]
    return "; ".join({pair.partition("=")[0]: pair for pair in pairs}.values())


def read_events(body: bytes | Payload, session_id: str, now_ms: int) -> list[Event]:
    """The events of a poll answer, each as it stands there; `eventGenTime` (now) is put in where it is missing.

    The service may send an event again; one with its time has an id that follows from it, so that the queue takes it
    once.
    """
    if not isinstance(body, bytes):
        return []
    text = body.decode("utf-8", "replace")
    start, end = _member(text, "event")
    event = _DECODER.raw_decode(text, start)[0] if end else None
    if isinstance(event, list):
        return [_event(to_json(one), one, session_id, now_ms) for one in event if isinstance(one, dict) and one]
    return [_event(text[start:end].encode(), event, session_id, now_ms)] if isinstance(event, dict) and event else []


def _event(body: bytes, event: dict[str, object], session_id: str, now_ms: int) -> Event:
    if "eventGenTime" in event:
        return Event(hashlib.sha256(session_id.encode() + body).hexdigest()[:16], body)
    return Event(secrets.token_hex(8), body[:-1].rstrip() + b',"eventGenTime":%d}' % now_ms)


def _member(text: str, name: str) -> tuple[int, int]:
    """Where the value of a member of the outer object begins and ends in its text; (0, 0) for none."""
    return next(((start, end) for key, start, end in _members(text) if key == name), (0, 0))


def _members(text: str) -> Iterator[tuple[str, int, int]]:
    """Name and place of each member; `text` is known to be a JSON object."""
    at = _after_space(text, _after_space(text, 0) + 1)
    while text[at] == '"':
        key, at = _DECODER.raw_decode(text, at)
        start = _after_space(text, _after_space(text, at) + 1)
        at = _DECODER.raw_decode(text, start)[1]
        yield key, start, at
        at = _after_space(text, _after_space(text, at) + 1)
        if at >= len(text):
            return


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
