"""What is asked: bodies of the two interfaces, read strictly where it matters."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from gateway.wire.errors import Malformed

TOKEN_LENGTH: Final = 1024
NAME_LENGTH: Final = 256
TENANT_LENGTH: Final = 64


@dataclass(frozen=True, slots=True)
class User:
    """Whom a token is for. Lengths are 1 to 64, 256 and 256 characters."""

    tenant: str
    user_id: str
    user_name: str


@dataclass(frozen=True, slots=True)
class ValidateRequest:
    """The contact centre asks whether this token is this user's. The token has 1 to 1,024 characters."""

    token: str = field(repr=False)
    user: User


@dataclass(frozen=True, slots=True)
class IssueRequest:
    """The enterprise's back end asks for a token. `tenant` is "" when it leaves that to its API key."""

    tenant: str
    user_id: str
    user_name: str


class _JsonPairs(list[tuple[str, Any]]):
    """An object as it stands in the text, repeated members included."""


def read_validate(raw: bytes) -> ValidateRequest:
    """The request in a body. Raises Malformed naming the member, or what is wrong with the whole."""
    given = _object(raw)
    token = _text(given, "Token", TOKEN_LENGTH)
    user_name = _text(given, "userName", NAME_LENGTH)
    user_id = _text(given, "userId", NAME_LENGTH)
    return ValidateRequest(token, User(_text(given, "tenantSpaceId", TENANT_LENGTH), user_id, user_name))


def read_issue(raw: bytes) -> IssueRequest:
    """The request in a body. Raises Malformed as `read_validate` does."""
    given = _object(raw)
    tenant = _text(given, "tenantSpaceId", TENANT_LENGTH) if "tenantSpaceId" in dict(given) else ""
    return IssueRequest(tenant, _text(given, "userId", NAME_LENGTH), _text(given, "userName", NAME_LENGTH))


def check_user(user: User) -> None:
    """Raises Malformed unless each part has the length that the interface allows."""
    given = [("tenantSpaceId", user.tenant), ("userId", user.user_id), ("userName", user.user_name)]
    for (name, _), most in zip(given, (TENANT_LENGTH, NAME_LENGTH, NAME_LENGTH), strict=True):
        _text(given, name, most)


def _object(raw: bytes) -> _JsonPairs:
    try:
        # The byte order mark that some clients write means nothing.
        parsed = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_JsonPairs, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed("body: not valid JSON in UTF-8") from None
    if not isinstance(parsed, _JsonPairs):
        raise Malformed("body: must be a JSON object")
    return parsed


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _text(given: Iterable[tuple[str, Any]], name: str, most: int) -> str:
    found = [value for member, value in given if member == name]
    if not found:
        raise Malformed(f"{name}: is missing")
    if len(found) > 1:
        raise Malformed(f"{name}: is given more than once")
    value = found[0]
    if not isinstance(value, str):
        raise Malformed(f"{name}: must be a string")
    if not 0 < len(value) <= most:
        raise Malformed(f"{name}: must have 1 to {most} characters")
    if any("\ud800" <= mark <= "\udfff" for mark in value):
        raise Malformed(f"{name}: is not valid Unicode")
    return value
