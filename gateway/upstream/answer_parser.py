"""Cuts one answer out of what comes on a connection to the service behind: no I/O, no time.

The parser is aiohttp's, through its public face (`aiohttp.http.HttpResponseParser`). It is fed to the end of a head,
then the body, and no further: so what stands behind a whole answer cannot spoil it, and does not pass unnoticed either.
The parser alone does not tell of the beginning of another answer, which would be taken for that to the next request.
"""

import asyncio
import re
from typing import Any, Final

from aiohttp import hdrs
from aiohttp.http import HttpProcessingError, HttpResponseParser, RawResponseMessage
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.streams import StreamReader

from gateway.wire.outbound import LINE_BYTES, MOST_HEADERS

BODY_BUFFER_BYTES: Final = 65_536
MOST_HEADS: Final = 1000
"""Interim answers before an answer, and empty lines."""
_HEAD_END: Final = re.compile(rb"\n\r?\n")
_HEAD_SEAM: Final = 2
_CHUNKS_END: Final = (b"\n\r\n", b"\n\n")
_CHUNKS_SEAM: Final = 3
_IN_CHUNKS: Final = -1
_TO_THE_END: Final = -2
_INFORMATIONAL: Final = range(100, 200)
_SWITCHED: Final = 101


class AnswerParser:
    """Bytes in, the head and the body of one answer out.

    `message` and `body`: the answer, once its head is here. `last`: no other answer may follow on this connection.
    `connection` is asked for `pause_reading`, `resume_reading` and `connected` by the body.
    """

    __slots__ = ("_heads", "_left", "_parser", "_seam", "body", "last", "message")

    def __init__(self, connection: Any, loop: asyncio.AbstractEventLoop, *, bodiless: bool) -> None:
        self._parser = HttpResponseParser(
            connection,
            loop,
            BODY_BUFFER_BYTES,
            max_line_size=LINE_BYTES,
            max_field_size=LINE_BYTES,
            max_headers=MOST_HEADERS,
            response_with_body=not bodiless,
            read_until_eof=True,
            auto_decompress=False,
        )
        self._seam = b""
        self._heads = 0
        self._left = 0
        self.message: RawResponseMessage | None = None
        self.body: StreamReader | None = None
        self.last = False

    def feed(self, data: bytes) -> None:
        """Takes what has come. Raises HttpProcessingError for what is no answer, or breaks its body."""
        if self.body is None:
            data = self._feed_heads(data)
        if not data:
            return
        left = self._left
        if left < 0:
            self._feed_unmeasured(data)
            return
        if len(data) > left:
            self.last, data = True, data[:left]
        self._left = left - len(data)
        self._parser.feed_data(data)

    def feed_eof(self) -> None:
        """No more comes: a body without a length is whole now. Raises for any other that is not."""
        self._parser.feed_eof()

    def _feed_heads(self, data: bytes) -> bytes:
        """Feeds to the end of one head after the other, until that of the answer; what stands behind it."""
        at, seam = 0, self._seam
        while at < len(data) and self.body is None:
            found = _HEAD_END.search(seam + data) if seam else _HEAD_END.search(data, at)
            if found is None:
                end, self._seam = len(data), (seam + data[-_HEAD_SEAM:])[-_HEAD_SEAM:]
            else:
                end, self._seam = found.end() - len(seam), b""
                self._heads += 1
                if self._heads > MOST_HEADS:
                    raise BadHttpMessage("too many answers that are none yet")
            messages, switched, _ = self._parser.feed_data(data[at:end])
            for message, body in messages:
                self._begin(message, body, switched=switched)
            at, seam = end, b""
        return data[at:]

    def _begin(self, message: RawResponseMessage, body: StreamReader, *, switched: bool) -> None:
        if message.code in _INFORMATIONAL and message.code != _SWITCHED:
            if not body.is_eof():
                raise BadHttpMessage("a body where none may be")
            return
        self.message, self.body = message, body
        self.last = message.should_close or switched or message.code == _SWITCHED
        if body.is_eof():
            self._left = 0
        elif message.chunked:
            self._left = _IN_CHUNKS
        else:
            self._left = int(message.headers.get(hdrs.CONTENT_LENGTH, _TO_THE_END))

    def _feed_unmeasured(self, data: bytes) -> None:
        """A body to the end of the connection, or in chunks.

        Of these the parser alone tells where they end, and nothing of a few bytes of something else behind.
        """
        if self._left == _TO_THE_END:
            self._parser.feed_data(data)
            return
        self._seam = data[-_CHUNKS_SEAM:] if len(data) >= _CHUNKS_SEAM else (self._seam + data)[-_CHUNKS_SEAM:]
        try:
            others, _, _ = self._parser.feed_data(data)
        except HttpProcessingError:
            if self.body is None or not self.body.is_eof():
                raise
            self.last = True
            return
        if others or (self.body is not None and self.body.is_eof() and not self._seam.endswith(_CHUNKS_END)):
            self.last = True
