"""Calls to the HTTP services of others: bounded in time and size, no redirects, certificates checked."""

import asyncio
import io
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import aiohttp

from gateway.wire.headers import SENT_JSON
from gateway.wire.outbound import AnswerTooLongError, Outbound, head_trouble, read_body

ANSWER_BYTES: Final = 65_536
MOST_AT_ONCE: Final = 64
NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class CallError(Exception):
    """No answer came; the text says why, without anything that was sent."""


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """An answer of any status. `content_type` is without parameters, in small letters."""

    status: int
    content_type: str
    body: bytes

    def json(self) -> Any:
        """What the body holds; None when it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class TokenCaller:
    """Calls one URL. `timeout_ms` bounds each call from its start to the last byte of the answer."""

    def __init__(
        self, url: str, trust: ssl.SSLContext, timeout_ms: int, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        self.url = url
        self._timeout_s = timeout_ms / 1000
        self._headers = {"Content-Type": SENT_JSON, **headers}
        self._outbound = Outbound(trust, MOST_AT_ONCE, compressed=True)

    async def post(self, body: Mapping[str, object]) -> TokenAnswer:
        """POSTs a JSON object. Raises CallError."""
        return await self.send(json.dumps(body).encode())

    async def send(self, body: bytes) -> TokenAnswer:
        """POSTs bytes labelled as JSON. Raises CallError; an answer of more than ANSWER_BYTES counts as none."""
        try:
            async with asyncio.timeout(self._timeout_s):
                try:
                    return await self._once(body)
                except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                    # A kept connection may end just as it is used again; what is sent here may be sent twice.
                    return await self._once(body)
        except TimeoutError:
            raise CallError("no answer in time") from None
        except aiohttp.ClientSSLError:
            raise CallError("its certificate is not trusted, or TLS failed") from None
        except AnswerTooLongError:
            raise CallError("the answer is too long") from None
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            raise CallError(head_trouble(problem) or f"no answer: {type(problem).__name__}") from None

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._outbound.close()

    async def _once(self, body: bytes) -> TokenAnswer:
        timeout = aiohttp.ClientTimeout(total=self._timeout_s)
        data = io.BytesIO(body)
        async with await self._outbound.request(
            "POST", self.url, timeout, headers=self._headers, data=data
        ) as response:
            return TokenAnswer(response.status, response.content_type.lower(), await read_body(response, ANSWER_BYTES))
