"""Requests as the listeners make them, for tests of what stands behind."""

from collections.abc import Mapping
from unittest.mock import Mock

from aiohttp.http import HttpVersion11, RawRequestMessage
from aiohttp.streams import EMPTY_PAYLOAD
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from gateway.wire.http import Request


def made_request(method: str, target: str, headers: Mapping[str, str], remote: str = "127.0.0.1") -> Request:
    """One without a body that came from `remote`."""
    several = CIMultiDictProxy(CIMultiDict(headers))
    message = RawRequestMessage(
        method, target, HttpVersion11, several, (), False, None, upgrade=False, chunked=False, url=URL(target)
    )
    return Request(message, EMPTY_PAYLOAD, Mock(remote=remote))
