"""A file of the service behind on its way to the client, a piece at a time."""

from collections.abc import AsyncGenerator
from typing import Final

from aiohttp import ClientResponse

PIECE_BYTES: Final = 65_536
_PASSED_ON: Final = ("Content-Type", "Content-Length", "Content-Disposition", "Last-Modified")


async def file_body(response: ClientResponse) -> AsyncGenerator[bytes, None]:
    """The rest of a response, read as fast as the client takes it; let go of at the end, or when the client goes.

    An end before its time raises, so that the client's connection ends too.
    """
    try:
        async for piece in response.content.iter_chunked(PIECE_BYTES):
            yield piece
    finally:
        response.close()


def file_headers(response: ClientResponse) -> dict[str, str]:
    """The headers that go along with the file."""
    return {name: response.headers[name] for name in _PASSED_ON if name in response.headers}
