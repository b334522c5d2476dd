"""Makes tokens: for the interface, the command and Python programs alike."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.ops import audit
from gateway.tokens import counts
from gateway.tokens.keys import KeySet
from gateway.tokens.messages import User, check_user
from gateway.tokens.signed import sign
from gateway.tokens.tenants_file import Tenants


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
        counts.ISSUED.inc()
        audit.record("token-issued", tenant=user.tenant, token=claims.id, key=key.id, by=by)
        return Issued(token, claims.id, key.id, claims.expires_s, claims.expires_s - now_ms // 1000)
