"""Which messages are refused although aiohttp's parser takes them, and which are the last of their connection."""

from typing import Final

from aiohttp import hdrs
from aiohttp.http import HttpVersion10, HttpVersion11, RawRequestMessage

from gateway.wire.http import Request

BAD_REQUEST: Final = 400
HEAD_TOO_LARGE: Final = 431
NOT_IMPLEMENTED: Final = 501
VERSION_NOT_SUPPORTED: Final = 505


def refused_with(message: RawRequestMessage) -> int:
    """The status of the refusal, 0 where there is none (RFC 9112, 2.3 and 6.1).

    A coding other than `chunked` would leave a body that nobody decodes, and a header that names none may be read
    otherwise by a proxy in front.
    """
    version = message.version
    if version not in (HttpVersion11, HttpVersion10):
        return BAD_REQUEST if version < HttpVersion10 else VERSION_NOT_SUPPORTED
    if hdrs.TRANSFER_ENCODING not in message.headers:
        return 0
    named = [each.strip().lower() for each in message.headers[hdrs.TRANSFER_ENCODING].split(",")]
    codings = [each for each in named if each]
    if not message.chunked or not codings:
        return BAD_REQUEST
    return 0 if codings == ["chunked"] else NOT_IMPLEMENTED


def body_is_withheld(request: Request) -> bool:
    """Whether the client asked leave for its body (`Expect: 100-continue`) and the body is not here.

    An answer that comes first takes the place of the leave: the client need not send that body any more, and what it
    sends next cannot be told from it (RFC 9110, 10.1.1).
    """
    return not request.content.is_eof() and request.headers.get(hdrs.EXPECT, "").lower() == "100-continue"
