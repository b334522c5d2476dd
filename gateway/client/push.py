"""A receiver of pushed events: a small HTTP server, or a handler for an aiohttp application that exists already."""

import base64
import hmac
import json
import logging
import secrets
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlsplit

from aiohttp import web

from gateway.client.errors import PushNotSigned
from gateway.client.event import Inbox
from gateway.client.listening import made_of

OLDEST_S: Final = 300
"""How old a signature may be."""
_REMEMBERED: Final = 100
_KEY_MARK: Final = "whsec_"
_LOG: Final = logging.getLogger("gateway.client")


@dataclass
class Subscription:
    """One agent whose events come to a receiver. `token` is sent back with each of them."""

    token: str = field(repr=False)
    inbox: Inbox
    seen: deque[str] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))


class PushReceiver:
    """Takes events for any number of agents.

    `url` is what the gateway calls; it must be on the gateway's white list, `EVENT_PUST_WHILTELIST_CALLBACKURI`.
    `keys` are the secrets that `agentgateway secret push` shows (`whsec_...`): with some, only signed events are
    taken. Either `start` opens a server, or `handle` is added to an application of your own.
    """

    def __init__(self, url: str, keys: Iterable[str] = (), *, clock: Callable[[], float] = time.time) -> None:
        self.url = url
        self._keys = [base64.b64decode(key.removeprefix(_KEY_MARK)) for key in keys]
        self._clock = clock
        self._subscriptions: dict[str, Subscription] = {}
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> Self:
        """Serves the path of `url` on this address."""
        application = web.Application()
        application.router.add_post(urlsplit(self.url).path or "/", self.handle)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port, ssl_context=tls).start()
        return self

    async def close(self) -> None:
        """Ends the server."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def subscribe(self, inbox: Inbox) -> Subscription:
        """A new agent; its events may come before its sign-in is answered."""
        made = Subscription(secrets.token_hex(16), inbox)
        self._subscriptions[made.token] = made
        return made

    def unsubscribe(self, subscription: Subscription) -> None:
        """Takes no more events for it."""
        self._subscriptions.pop(subscription.token, None)

    async def handle(self, request: web.Request) -> web.Response:
        """One pushed message. Only what was taken is acknowledged; anything else the gateway sends again."""
        body = await request.read()
        try:
            self._check_signature(request.headers, body)
        except PushNotSigned as problem:
            _LOG.warning("a push was turned away: %s", problem)
            return _answer(403, "000-003", "not signed")
        subscription = self._subscriptions.get(request.headers.get("service_token", ""))
        if subscription is None:
            return _answer(403, "000-003", "no such service_token")
        if subscription.inbox.is_full:
            return _answer(503, "100-007", "too many events have not been taken yet")
        try:
            events = [made_of(found) for found in json.loads(body)["eventList"]]
        except (ValueError, TypeError, KeyError, AttributeError):
            return _answer(400, "000-006", "no list of events")
        message = request.headers.get("webhook-id", "")
        if not message or message not in subscription.seen:
            subscription.seen.append(message)
            for event in events:
                await subscription.inbox.put(event)
        return _answer(200, "0", "success")

    def _check_signature(self, headers: Mapping[str, str], body: bytes) -> None:
        """As Standard Webhooks has it. Raises PushNotSigned."""
        if not self._keys:
            return
        stamp, message = headers.get("webhook-timestamp", ""), headers.get("webhook-id", "")
        if not stamp.isdigit() or abs(self._clock() - int(stamp)) > OLDEST_S:
            raise PushNotSigned("its time is missing or too far from ours")
        signed = f"{message}.{stamp}.".encode() + body
        wanted = [f"v1,{base64.b64encode(hmac.digest(key, signed, 'sha256')).decode()}".encode() for key in self._keys]
        given = [part.encode() for part in headers.get("webhook-signature", "").split()]
        if not any(hmac.compare_digest(one, other) for one in wanted for other in given):
            raise PushNotSigned("its signature is made with none of the keys")


def _answer(status: int, retcode: str, message: str) -> web.Response:
    said: dict[str, Any] = {"message": message, "retcode": retcode}
    return web.json_response(said, status=status)
