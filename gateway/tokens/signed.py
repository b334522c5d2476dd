"""The token itself: a JWT that holds a tenant, keyed hashes of a user, an id and two times."""

import re
import secrets
from dataclasses import dataclass
from typing import Annotated, Any, Final

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.tokens.keys import DEFAULT_ALGORITHM, HASH_KEY_BYTES, NEW_PRIVATE_KEY, KeySet, SigningKey
from gateway.tokens.messages import TOKEN_LENGTH, User

TOKEN_ID_BYTES: Final = 16
_FORM: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_STRANGER: Final = SigningKey(
    "stranger", DEFAULT_ALGORITHM, 0, NEW_PRIVATE_KEY[DEFAULT_ALGORITHM](), secrets.token_bytes(HASH_KEY_BYTES)
)
"""Stands in for a key that does not exist, so that both take the same path and the same time."""


class Claims(BaseModel):
    """What a token says; times in s since the epoch."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        strict=True,
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
    )

    id: Annotated[str, Field(alias="jti", min_length=1, max_length=64)]
    tenant: str
    user: str
    name: str
    issued_s: Annotated[int, Field(alias="iat")]
    expires_s: Annotated[int, Field(alias="exp")]


@dataclass(frozen=True, slots=True)
class Opened:
    """A token whose signature is right."""

    claims: Claims
    key: SigningKey


NOTHING: Final = Opened(Claims(id="-", tenant="", user="", name="", issued_s=0, expires_s=0), _STRANGER)
"""In the place of a token that is not ours: no other check passes either, and each takes its time."""


def sign(key: SigningKey, user: User, *, now_ms: int, ttl_ms: int) -> tuple[str, Claims]:
    """A new token. Expiry is rounded down to a second, which the leeway of validation makes up for."""
    user_hash, name_hash = key.hashes(user)
    claims = Claims(
        id=secrets.token_urlsafe(TOKEN_ID_BYTES),
        tenant=user.tenant,
        user=user_hash,
        name=name_hash,
        issued_s=now_ms // 1000,
        expires_s=(now_ms + ttl_ms) // 1000,
    )
    token = jwt.encode(claims.model_dump(by_alias=True), key.private, key.algorithm, headers={"kid": key.id})
    return token, claims


def open_token(token: str, keys: KeySet) -> Opened:
    """The token's claims when one of `keys` has signed it, by that key's own algorithm; else NOTHING."""
    if len(token) > TOKEN_LENGTH or not _FORM.fullmatch(token):
        return NOTHING
    try:
        header = jwt.get_unverified_header(token)
        key = keys.get(str(header.get("kid", ""))) or _STRANGER
        claims = Claims.model_validate(_verified(token, key))
    except (jwt.InvalidTokenError, ValidationError):
        return NOTHING
    return Opened(claims, key)


def _verified(token: str, key: SigningKey) -> dict[str, Any]:
    # The times are judged by the store's clock, which is the same on all nodes, not by this machine's.
    return jwt.decode(token, key.public, algorithms=[key.algorithm], options={"verify_exp": False, "verify_iat": False})
