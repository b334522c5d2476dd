"""How long the heads of answers from others may be: receivers of events, the contact centre behind, token services.

The library's own limits, 8 KiB a line and 128 lines, are below what proxies add (cookies, Content-Security-Policy).
"""

from typing import Final, TypedDict

from aiohttp import ClientResponseError

LINE_BYTES: Final = 65_536
MOST_HEADERS: Final = 500
TOO_LONG: Final = f"the head of the answer is too long: over {LINE_BYTES} bytes a line, or {MOST_HEADERS} headers"
NOT_HTTP: Final = "the answer is not HTTP"
_WORDS_OF_LIBRARY: Final = ("Got more than ", "Too many headers")


class HeadLimits(TypedDict):
    """Arguments of a client session."""

    max_line_size: int
    max_field_size: int
    max_headers: int


HEAD_LIMITS: Final = HeadLimits(max_line_size=LINE_BYTES, max_field_size=LINE_BYTES, max_headers=MOST_HEADERS)


def head_trouble(problem: Exception) -> str:
    """What is wrong with the head of an answer that could not be read: TOO_LONG or NOT_HTTP; "" for anything else."""
    if not isinstance(problem, ClientResponseError):
        return ""
    return TOO_LONG if problem.message.startswith(_WORDS_OF_LIBRARY) else NOT_HTTP
