"""Reads request bodies within a size and a time limit (docs/protocol.md, Statuses), and the file in a multipart one.

For `multipart/form-data` (RFC 7578) delimiters are searched for in the bytes as they are: reading line by line, as
aiohttp does, a body of empty lines keeps the event loop for seconds. What headers mean is aiohttp's to say.
"""

import asyncio
import zlib
from email.message import Message
from itertools import pairwise
from typing import Final, NamedTuple

from aiohttp import HttpVersion11, content_disposition_filename, parse_content_disposition
from aiohttp.streams import StreamReader

from gateway.wire import retcodes
from gateway.wire.errors import GatewayError, Malformed, Refused, TooLarge
from gateway.wire.http import BrokenBody, Request

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_GZIP: Final = 16 + zlib.MAX_WBITS
PART: Final = "file"
PARTS_MAX: Final = 32
NAME_MAX: Final = 255
_HEAD_MAX: Final = 8192
_BOUNDARY_MAX: Final = 70
_LINE: Final = b"\r\n"
_DISPOSITION: Final = b"content-disposition:"
_WRONG: Final = "body: must be multipart/form-data with a part named file, with a file name"


async def read_body(request: Request, limit_bytes: int, timeout_ms: int) -> bytes:
    """The whole body, decompressed; b"" where the request has none.

    `limit_bytes` holds for the bytes on the wire and for the decompressed ones; the last byte must be here within
    `timeout_ms` of this call. `Expect: 100-continue` is answered. gzip and deflate are understood, br and zstd
    refused; any other `Content-Encoding` (clients send `UTF-8`) means nothing.

    Raises TooLarge, by Content-Length before anything is read, or Malformed for a late, torn or wrongly encoded body.
    After either, the connection closes behind the answer.
    """
    if not request.body_exists:
        return b""
    try:
        raw = await _read_raw(request, limit_bytes, timeout_ms)
        return decoded(raw, request.headers.get("Content-Encoding", "").lower(), limit_bytes)
    except GatewayError:
        request.peer.close_after_answer()
        raise


async def _read_raw(request: Request, limit_bytes: int, timeout_ms: int) -> bytes:
    announced = request.content_length
    if announced is not None and announced > limit_bytes:
        raise _too_large(limit_bytes)
    payload = request.content
    try:
        if payload.is_eof():
            return _within(payload.read_nowait(-1), limit_bytes)
        _say_continue(request)
        async with asyncio.timeout(timeout_ms / 1000):
            return await _collected(payload, limit_bytes)
    except TimeoutError:
        raise Malformed("body: not here in time; send all that Content-Length announces") from None
    except (BrokenBody, OSError, RuntimeError):
        raise Malformed("body: broken; check Content-Length and Transfer-Encoding") from None


async def _collected(payload: StreamReader, limit_bytes: int) -> bytes:
    body = bytearray()
    while chunk := await payload.readany():
        body += chunk
        if len(body) > limit_bytes:
            raise _too_large(limit_bytes)
    return bytes(body)


def _say_continue(request: Request) -> None:
    expects = request.headers.get("Expect", "").lower() == "100-continue"
    if expects and request.version >= HttpVersion11:
        request.peer.write_now(_CONTINUE)


def decoded(raw: bytes, encoding: str, limit_bytes: int) -> bytes:
    """A body as it was before `encoding`, the Content-Encoding in small letters. Raises TooLarge and Malformed."""
    if encoding in {"br", "zstd"}:
        raise Malformed("Content-Encoding: only gzip and deflate are understood")
    if not raw or encoding not in {"gzip", "x-gzip", "deflate"}:
        return raw
    inflater = zlib.decompressobj(_GZIP if encoding != "deflate" else _deflate_bits(raw))
    try:
        plain = inflater.decompress(raw, limit_bytes + 1)
    except zlib.error:
        raise Malformed("body: not what Content-Encoding says") from None
    _within(plain, limit_bytes)
    if not inflater.eof or inflater.unused_data:
        raise Malformed("body: not what Content-Encoding says")
    return plain


def _deflate_bits(raw: bytes) -> int:
    """Clients send deflate both with the zlib header of RFC 1950 (compression method 8) and without it."""
    return zlib.MAX_WBITS if raw[0] & 0x0F == 8 else -zlib.MAX_WBITS


def _within(body: bytes, limit_bytes: int) -> bytes:
    if len(body) > limit_bytes:
        raise _too_large(limit_bytes)
    return body


def _too_large(limit_bytes: int) -> TooLarge:
    return TooLarge(f"body: more than {limit_bytes} bytes")


class FilePart(NamedTuple):
    """The file, with the name that the client gave it: no folder, no control characters, at most NAME_MAX long."""

    name: str
    data: bytes


def read_file(body: bytes, content_type: str) -> FilePart:
    """The first part named `file` that has a file name. Other parts mean nothing. Raises Refused (`000-006`)."""
    boundary = _boundary(content_type)
    if boundary is not None:
        # What is before the first delimiter and behind the last one is not meant for anybody.
        pieces = (_LINE + body).split(_LINE + b"--" + boundary, PARTS_MAX + 1)
        for piece, _whole in pairwise(pieces[1:]):
            found = _file(piece)
            if found is not None:
                return found
    raise Refused(retcodes.BAD_MESSAGE, _WRONG)


def _boundary(content_type: str) -> bytes | None:
    message = Message()
    message["Content-Type"] = content_type
    boundary = message.get_boundary()
    fits = boundary is not None and boundary.isascii() and 0 < len(boundary) <= _BOUNDARY_MAX
    return boundary.encode() if boundary and fits and message.get_content_type() == "multipart/form-data" else None


def _file(piece: bytes) -> FilePart | None:
    """A part, from the end of its delimiter on."""
    head, end, data = piece.partition(_LINE + _LINE)
    if not end or len(head) > _HEAD_MAX or head.startswith(b"--"):
        return None
    for line in head.split(_LINE):
        if line.lower().startswith(_DISPOSITION):
            _, parameters = parse_content_disposition(line[len(_DISPOSITION) :].decode("utf-8", "replace").strip())
            name = content_disposition_filename(parameters, "filename")
            if parameters.get("name") == PART and name:
                return FilePart(_plain(name), data)
    return None


def _plain(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable())[:NAME_MAX] or PART
