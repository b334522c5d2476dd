"""Statuses other than 200: each is the envelope of a refusal."""

from typing import Any, Final, NamedTuple

from gateway.openapi.examples import Json
from gateway.wire import retcodes
from gateway.wire.standing_headers import AGENT_JSON

REFUSAL: Final[Json] = {
    "type": "object",
    "title": "Refusal",
    "description": "Why it was not done. The message says what to do.",
    "properties": {"message": {"type": "string"}, "retcode": {"type": "string"}},
    "required": ["message", "retcode"],
}
_RETRY_AFTER: Final = {
    "description": "When to try again, in s.",
    "schema": {"type": "integer"},
}


class Status(NamedTuple):
    """One status of all operations."""

    name: str
    description: str
    retcode: str


STATUSES: Final = {
    "400": Status("Malformed", "The HTTP message can be read in two ways, or carries two GUIDs.", retcodes.BAD_MESSAGE),
    "404": Status("UnknownPath", "Nobody knows the path.", retcodes.BAD_PARAMETER),
    "405": Status("OtherMethod", "The path is known under other methods, which Allow names.", retcodes.BAD_PARAMETER),
    "413": Status(
        "TooLarge", "The body is larger than BODY_MAX_BYTES, a file than FILE_MAX_BYTES.", retcodes.BAD_MESSAGE
    ),
    "431": Status("HeadTooLong", "The request line or the headers are too long.", retcodes.BAD_MESSAGE),
    "503": Status("Unavailable", "The store or the contact centre is out of reach: try again.", retcodes.UNAVAILABLE),
}
_WITH_BODY: Final = "413"


def refusal(retcode: str, message: str) -> Json:
    """As it is sent."""
    return {"message": message, "retcode": retcode}


def shared() -> Json:
    """The responses that operations refer to."""
    made: Json = {}
    for code, status in STATUSES.items():
        example = refusal(status.retcode, retcodes.MESSAGES[status.retcode])
        content: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Refusal"}, "example": example}
        made[status.name] = {"description": status.description, "content": {AGENT_JSON: content}}
        if code == "503":
            made[status.name]["headers"] = {"Retry-After": _RETRY_AFTER}
        elif code == "405":
            made[status.name]["headers"] = {"Allow": {"description": "These.", "schema": {"type": "string"}}}
    return made


def of_statuses(*, brings_body: bool) -> Json:
    """References, by status, of an operation with or without a body."""
    return {
        code: {"$ref": f"#/components/responses/{status.name}"}
        for code, status in STATUSES.items()
        if brings_body or code != _WITH_BODY
    }
