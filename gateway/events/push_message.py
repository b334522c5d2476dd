"""One pushed event as HTTP (docs/protocol.md, Push).

Signed as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`, `webhook-signature` with `v1` HMAC-SHA256), once
with each key, so that receivers can follow a change of keys. The id is that of the event: a receiver that gets an event
twice knows it by that.
"""

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic_core import to_json
from yarl import URL

from gateway.sessions.model import PushWay
from gateway.wire import envelope
from gateway.wire.event import Event
from gateway.wire.guid_headers import GUID
from gateway.wire.standing_headers import SENT_JSON
from gateway.wire.text import without


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
