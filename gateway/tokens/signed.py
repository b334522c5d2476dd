"""The token itself: a JWT that holds a tenant, keyed hashes of a user, an id and two times.

`Issuer` makes it, for the interface, the command and Python programs alike; `open_token` reads it.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

import jwt
from prometheus_client import Counter
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.audit import trail
from gateway.ops.metrics import REGISTRY
from gateway.tokens.messages import TOKEN_LENGTH, User, check_user
from gateway.tokens.signing_keys import DEFAULT_ALGORITHM, HASH_KEY_BYTES, NEW_PRIVATE_KEY, KeySet, SigningKey
from gateway.tokens.tenants_file import Tenants

TOKEN_ID_BYTES: Final = 16
_FORM: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_KEY_OF_NOBODY: Final = SigningKey(
    "stranger", DEFAULT_ALGORITHM, 0, NEW_PRIVATE_KEY[DEFAULT_ALGORITHM](), secrets.token_bytes(HASH_KEY_BYTES)
)
"""Stands in for a key that does not exist, so that both take the same path and the same time."""
_ISSUED: Final = Counter("agentgateway_tokens_issued", "Tokens issued to agents and services", registry=REGISTRY)


class TokenClaims(BaseModel):
    """What a token says; times in s since the epoch."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        strict=True,
        defer_build=True,
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
class OpenedToken:
    """A token whose signature is right."""

    claims: TokenClaims
    key: SigningKey


NOTHING: Final = OpenedToken(TokenClaims(id="-", tenant="", user="", name="", issued_s=0, expires_s=0), _KEY_OF_NOBODY)
"""In the place of a token that is not ours: no other check passes either, and each takes its time."""


def sign(key: SigningKey, user: User, *, now_ms: int, ttl_ms: int) -> tuple[str, TokenClaims]:
    """A new token. Expiry is rounded down to a second, which the leeway of validation makes up for."""
    user_hash, name_hash = key.hashes(user)
    claims = TokenClaims(
        id=secrets.token_urlsafe(TOKEN_ID_BYTES),
        tenant=user.tenant,
        user=user_hash,
        name=name_hash,
        issued_s=now_ms // 1000,
        expires_s=(now_ms + ttl_ms) // 1000,
    )
    token = jwt.encode(claims.model_dump(by_alias=True), key.private, key.algorithm, headers={"kid": key.id})
    return token, claims


def open_token(token: str, keys: KeySet) -> OpenedToken:
    """The token's claims when one of `keys` has signed it, by that key's own algorithm; else NOTHING."""
    if len(token) > TOKEN_LENGTH or not _FORM.fullmatch(token):
        return NOTHING
    try:
        header = jwt.get_unverified_header(token)
        key = keys.get(str(header.get("kid", ""))) or _KEY_OF_NOBODY
        claims = TokenClaims.model_validate(_verified(token, key))
    except (jwt.InvalidTokenError, ValidationError):
        return NOTHING
    return OpenedToken(claims, key)


def _verified(token: str, key: SigningKey) -> dict[str, Any]:
    # The times are judged by the store's clock, which is the same on all nodes, not by this machine's.
    return jwt.decode(token, key.public, algorithms=[key.algorithm], options={"verify_exp": False, "verify_iat": False})


class IssueError(Exception):
    """No token is made, with the reason for the operator."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token. `expires_s` is in s since the epoch, `lives_s` in s from now."""

    token: str = field(repr=False)
    token_id: str
    key_id: str
    expires_s: int
    lives_s: int


class Issuer:
    """Makes tokens for users of known tenants. `keys`, `tenants` and `ttl_ms` are asked anew for each token."""

    def __init__(self, keys: Callable[[], KeySet], tenants: Callable[[], Tenants], ttl_ms: Callable[[], int]) -> None:
        self._keys = keys
        self._tenants = tenants
        self._ttl_ms = ttl_ms

    def issue(self, user: User, *, now_ms: int, by: str, ttl_ms: int = 0) -> Issued:
        """A token for `user`, who is not looked up: that happens at validation.

        `by` says in the audit log who asked. `ttl_ms` above 0 makes a life shorter than TOKEN_TTL, never longer. Raises
        IssueError for an unknown tenant and while there is no key, Malformed for a part that is empty or too long.
        """
        check_user(user)
        if user.tenant not in self._tenants():
            raise IssueError("no such tenant: `agentgateway token tenant add` makes one")
        key = self._keys().signing(now_ms)
        if key is None:
            raise IssueError("there is no key to sign with: `agentgateway token key rotate` makes one")
        longest = self._ttl_ms()
        token, claims = sign(key, user, now_ms=now_ms, ttl_ms=min(ttl_ms or longest, longest))
        _ISSUED.inc()
        trail.record("token-issued", tenant=user.tenant, token=claims.id, key=key.id, by=by)
        return Issued(token, claims.id, key.id, claims.expires_s, claims.expires_s - now_ms // 1000)
