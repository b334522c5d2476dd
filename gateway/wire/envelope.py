"""The only writer of answer bodies: `{"message":...,"retcode":...}`, then `result` or `event`.

See docs/protocol.md, Answers.
"""

from typing import Final

from pydantic_core import to_json

from gateway.wire import retcodes
from gateway.wire.errors import GatewayError

EMPTY_POLL: Final = b'{"message":"","retcode":"0"}'
DONE: Final = b'{"message":"success","retcode":"0"}'
_EVENT_HEAD: Final = b'{"message":"","retcode":"0","event":'


def plain(message: str, retcode: str) -> bytes:
    """Message and retcode alone."""
    return b'{"message":' + to_json(message) + b',"retcode":' + to_json(retcode) + b"}"


def result(value: object) -> bytes:
    """A success with a `result` of any JSON shape; pydantic models go out by their wire names."""
    return b'{"message":"success","retcode":"0","result":' + to_json(value, by_alias=True) + b"}"


def event(encoded: bytes) -> bytes:
    """A poll answer around an event that is encoded already."""
    return _EVENT_HEAD + encoded + b"}"


def error(problem: GatewayError) -> bytes:
    """The body for a refusal or a failure."""
    return plain(problem.message, problem.retcode)


UNEXPECTED: Final = plain("internal error: try again, then tell the operator", retcodes.UNAVAILABLE)
"""What a client sees of a bug: nothing of it."""
