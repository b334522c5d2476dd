"""One pushed event as HTTP, and what its receiver answers (docs/protocol.md, Push).

Signed as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`, `webhook-signature` with `v1` HMAC-SHA256), once
with each key, so that receivers can follow a change of keys. The id is that of the event: a receiver that gets an event
twice knows it by that.

Receivers answer in charsets of their own, labelled or not; the retcode is ASCII in all of them. What they say is for
the operator: short, on one line, without anything that only the receiver and we may know.
"""

import base64
import codecs
import hmac
import json
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic_core import to_json
from yarl import URL

from gateway.sessions.model import PushWay
from gateway.wire import envelope
from gateway.wire.envelope import Event
from gateway.wire.headers import GUID, SENT_JSON
from gateway.wire.text import without

LONGEST_WORDS: Final = 200
_ACKNOWLEDGED: Final = "0"
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\.\w+)?", re.IGNORECASE)
_HIDDEN: Final = "***"
_NOTHING: Final = b" \t\r\n\xef\xbb\xbf"
"""What an empty answer may consist of: space, and the mark that some write before UTF-8."""
_SHORTEST_SECRET: Final = 4
_NO_CHARSETS: Final = frozenset({"punycode", "idna"})
"""Codecs of host names: of a whole body they make text for a third of a second."""


@dataclass(frozen=True, slots=True)
class PushMessage:
    """What is sent. `older`: an empty answer is an acknowledgement too. Nothing of it is to be logged."""

    url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    older: bool = False

    @property
    def secrets(self) -> frozenset[str]:
        """What only the receiver may know: GUID, service token and signature, and what stands in the query."""
        url = URL(self.url, encoded=True)
        raw = (pair.partition("=")[2] for pair in url.raw_query_string.split("&"))
        told = {*self.headers.values(), url.raw_query_string, *url.query.values(), *raw}
        return frozenset(told - {SENT_JSON})


def push_message(
    agent_id: int, way: PushWay, guid: str, event: Event, keys: Iterable[bytes], now_ms: int
) -> PushMessage:
    """The message that carries `event`. `guid` is left out of the older form, which has never had it."""
    body = envelope.event(_older(event)) if way.older else _list(agent_id, event)
    headers = {"Content-Type": SENT_JSON}
    if not way.older:
        headers[GUID] = guid
        if way.token:
            headers["service_token"] = way.token
    return PushMessage(
        way.url, {**headers, **signature(f"msg_{event.id}", now_ms // 1000, body, keys)}, body, way.older
    )


def _older(event: Event) -> bytes:
    """Receivers of the older form know three members, and strict ones refuse an event that has another."""
    return without(event.body.decode(), "eventGenTime").encode()


def _list(agent_id: int, event: Event) -> bytes:
    """One event a message: what is acknowledged is never in doubt, and a repeat is the same message."""
    return b'{"workNo":' + to_json(str(agent_id)) + b',"eventList":[' + event.body + b"]}"


def signature(message_id: str, timestamp_s: int, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    digests = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(f"v1,{digest}" for digest in digests),
    }


def shown_key(key: bytes) -> str:
    """A key as receivers enter it into a library for Standard Webhooks."""
    return f"whsec_{base64.b64encode(key).decode()}"


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
    if charset and _is_of_text(charset):
        yield charset
    yield json.detect_encoding(body)
    yield "gb18030"
    yield "latin-1"


def _text(body: bytes, charset: str | None) -> str:
    with suppress(LookupError, ValueError):
        return body.decode(charset if charset and _is_of_text(charset) else "utf-8", "replace")
    return body.decode("latin-1")


def _is_of_text(charset: str) -> bool:
    with suppress(LookupError, ValueError):
        return codecs.lookup(charset).name not in _NO_CHARSETS
    return False
