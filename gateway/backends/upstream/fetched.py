"""Reads the events of poll answers, and tells one that was sent again from another that merely reads the same.

A service of ours sends an event with a receipt, and again until it has that back. Another may send one again as well,
with the same `eventGenTime`: then only what the answer before held can come again; the same text with something else in
between is another event.
"""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Final

from pydantic_core import to_json

from gateway.backends.upstream.answers import Answer
from gateway.sessions.model import Event
from gateway.wire.event_receipt import WANTED
from gateway.wire.json_text import members

_TIME: Final = "eventGenTime"
_DECODER: Final = json.JSONDecoder()


class Fetched:
    """What one session was told, answer after answer."""

    def __init__(self, session_id: str) -> None:
        self._session_id = session_id
        self._before: list[bytes] = []
        self._ids: list[str] = []
        self._time: object = None
        self._alike = Counter[bytes]()

    def read(self, answer: Answer, now_ms: int) -> list[Event]:
        """The events of a poll answer, each as it stands there; `eventGenTime` is `now_ms` where it is missing.

        The queue takes what comes again once, also after another process fetched it: the id of an event follows from
        session and receipt, or from session, text and how many of its like had the same time before.
        """
        said = _said(answer.body)
        if answer.receipt != WANTED and len(said) == 1:
            return [Event(self._hash(b"\n" + answer.receipt.encode()), said[0][0])]
        texts = [text for text, _ in said]
        if texts and texts != self._before:
            self._ids = [self._id(text, event.get(_TIME)) for text, event in said]
        self._before = texts or self._before
        return [
            Event(event_id, text) if _TIME in event else Event(secrets.token_hex(8), _with_time(text, now_ms))
            for event_id, (text, event) in zip(self._ids, said, strict=False)
        ]

    def _id(self, text: bytes, time: object) -> str:
        if time != self._time:
            self._time = time
            self._alike.clear()
        self._alike[text] += 1
        return self._hash(text + b"\n%d" % self._alike[text])

    def _hash(self, what: bytes) -> str:
        return hashlib.sha256(self._session_id.encode() + what).hexdigest()[:16]


def _with_time(text: bytes, now_ms: int) -> bytes:
    return text[:-1].rstrip() + b',"%s":%d}' % (_TIME.encode(), now_ms)


def _said(body: bytes | AsyncGenerator[bytes, None]) -> list[tuple[bytes, dict[str, object]]]:
    """Text and value of each event in an answer: one, an array of them, or nothing."""
    if not isinstance(body, bytes):
        return []
    text = body.decode("utf-8", "replace")
    start, end = _member(text, "event")
    value = _DECODER.raw_decode(text, start)[0] if end else None
    if isinstance(value, list):
        return [(to_json(one), one) for one in value if isinstance(one, dict) and one]
    return [(text[start:end].encode(), value)] if isinstance(value, dict) and value else []


def _member(text: str, name: str) -> tuple[int, int]:
    """Where the value of a member of the outer object begins and ends in its text; (0, 0) for none."""
    return next(((one.start, one.end) for one in members(text) if one.name == name), (0, 0))
