"""A file of the service behind on its way to the client, a piece at a time."""

from typing import Final

from aiohttp import ClientResponse
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

PIECE_BYTES: Final = 65_536
_PASSED_ON: Final = ("Content-Type", "Content-Length", "Content-Disposition", "Last-Modified")


class FileBody(Payload):
    """The rest of a response, read as fast as the client takes it; let go of at the end, or when the client goes."""

    def __init__(self, response: ClientResponse) -> None:
        super().__init__(response, content_type=response.headers.get("Content-Type", "application/octet-stream"))
        self._response = response

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """A file is no text. Raises TypeError."""
        raise TypeError("a file that is passed on cannot be read here")

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Writes it all. An end before its time raises, so that the client's connection ends too."""
        try:
            async for piece in self._response.content.iter_chunked(PIECE_BYTES):
                await writer.write(piece)
        finally:
            self._response.close()


def file_headers(response: ClientResponse) -> dict[str, str]:
    """The headers that go along with the file."""
    return {name: response.headers[name] for name in _PASSED_ON if name in response.headers}
