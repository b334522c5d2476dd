"""Requests as the listeners make them, for tests of what stands behind."""

import asyncio
from collections.abc import Mapping
from unittest.mock import Mock

from aiohttp.http import HttpVersion11, RawRequestMessage
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from gateway.wire.http import Head, Request


def made_request(
    method: str, target: str, headers: Mapping[str, str], remote: str = "127.0.0.1", body: bytes | None = None
) -> Request:
    """One that came from `remote`, with a body that is here, or without one. A body needs an event loop."""
    several = CIMultiDictProxy(CIMultiDict(headers))
    message = RawRequestMessage(
        method, target, HttpVersion11, several, (), False, None, upgrade=False, chunked=False, url=URL(target)
    )
    return Request(Head(message), EMPTY_PAYLOAD if body is None else arrived(body), Mock(remote=remote))


def arrived(body: bytes) -> StreamReader:
    """A body that is here as a whole."""
    reader = StreamReader(Mock(), 2**16, loop=asyncio.get_running_loop())
    reader.feed_data(body)
    reader.feed_eof()
    return reader
