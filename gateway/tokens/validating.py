"""Whether a token is good for the user who is named with it, and the table of retCodes that say why it is not."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from gateway.tokens.messages import User, ValidateRequest
from gateway.tokens.signed import NOTHING, OpenedToken, open_token
from gateway.tokens.signing_keys import KeySet
from gateway.tokens.tenants_file import Tenants
from gateway.tokens.used_tokens import REPEAT_MS, FirstUse, TokenStore
from gateway.tokens.users import UserDirectory, UserStanding
from gateway.wire.errors import Unavailable

SUCCESS: Final = 0
REFUSED: Final = 1
MALFORMED: Final = 2
UNAVAILABLE: Final = 3
"""Out of reach, or too many requests: the caller may try again later."""

VALIDATED: Final = "validate success"
NOT_VALIDATED: Final = "validate failed"
"""All that a refusal says unless TOKEN_EXPLAIN is ON."""
LEEWAY_MS: Final = 1000


class TokenCause(Enum):
    """Why a token is refused, the first that applies counts. Values are (retCode, message under TOKEN_EXPLAIN).

    The retCodes are stable: developers and their scripts know them.
    """

    BAD_SIGNATURE = (101, "bad signature: not a token of ours, altered, or signed with a key that was removed")
    TENANT_UNKNOWN = (102, "tenant unknown: tenantSpaceId names none")
    OTHER_TENANT = (103, "the token was issued for another tenantSpaceId")
    EXPIRED = (104, "expired: ask for a new token")
    USER_NOT_MATCHING = (105, "the token was issued for another userId or userName")
    USER_UNKNOWN = (106, "user unknown: the tenant has no user with this userId and userName")
    ALREADY_USED = (107, "already used: TOKEN_SINGLE_USE is ON")

    def __init__(self, ret_code: int, message: str) -> None:
        self.ret_code = ret_code
        self.message = message

    @property
    def word(self) -> str:
        """The name in the audit log and in metrics."""
        return self.name.lower().replace("_", "-")


class ValidateSettings(Protocol):
    """The settings that matter here; `Settings` has them."""

    @property
    def token_single_use(self) -> bool:
        """TOKEN_SINGLE_USE."""


@dataclass(frozen=True, slots=True)
class TokenVerdict:
    """The outcome: accepted when no cause speaks against it. Ids are of a token of ours, else "-"."""

    causes: tuple[TokenCause, ...]
    token_id: str
    key_id: str


@dataclass(frozen=True, slots=True)
class _TokenFacts:
    opened: OpenedToken
    user: User
    tenant_known: bool
    standing: UserStanding
    now_ms: int


def _other_user(facts: _TokenFacts) -> bool:
    claims = facts.opened.claims
    user, name = facts.opened.key.hashes(facts.user)
    same = hmac.compare_digest(user, claims.user) & hmac.compare_digest(name, claims.name)
    return not same or facts.standing is UserStanding.OTHER_NAME


_CHECKS: Final[tuple[tuple[TokenCause, Callable[[_TokenFacts], bool]], ...]] = (
    (TokenCause.BAD_SIGNATURE, lambda facts: facts.opened is NOTHING),
    (TokenCause.TENANT_UNKNOWN, lambda facts: not facts.tenant_known),
    (TokenCause.OTHER_TENANT, lambda facts: facts.opened.claims.tenant != facts.user.tenant),
    (TokenCause.EXPIRED, lambda facts: facts.now_ms > facts.opened.claims.expires_s * 1000 + LEEWAY_MS),
    (TokenCause.USER_NOT_MATCHING, _other_user),
    (TokenCause.USER_UNKNOWN, lambda facts: facts.standing is UserStanding.UNKNOWN),
)
"""In the order in which causes count; every one is looked at for every token."""


class Validator:
    """Judges tokens. `keys`, `tenants` and `settings` are asked anew for each."""

    def __init__(
        self,
        keys: Callable[[], KeySet],
        tenants: Callable[[], Tenants],
        users: UserDirectory,
        store: TokenStore,
        settings: Callable[[], ValidateSettings],
    ) -> None:
        self._keys = keys
        self._tenants = tenants
        self._users = users
        self._store = store
        self._settings = settings

    async def validate(self, asked: ValidateRequest, request: str, *, now_ms: int) -> TokenVerdict:
        """The verdict on a request, of which `request` is a digest that tells its sender too.

        Raises Unavailable when a token that nothing else speaks against cannot be judged.
        """
        opened = open_token(asked.token, self._keys())
        standing = await self._standing(asked.user)
        known = asked.user.tenant in self._tenants()
        facts = _TokenFacts(opened, asked.user, known, standing or UserStanding.KNOWN, now_ms)
        causes = tuple([cause for cause, applies in _CHECKS if applies(facts)])
        if standing is None and not causes:
            raise Unavailable("the user directory is out of reach: try again")
        if self._settings().token_single_use:
            causes = await self._used(facts, causes, request)
        token_id, key_id = ("-", "-") if opened is NOTHING else (opened.claims.id, opened.key.id)
        return TokenVerdict(causes, token_id, key_id)

    async def _standing(self, user: User) -> UserStanding | None:
        """None when the directory is out of reach, which matters only for a token that is right otherwise."""
        try:
            return await self._users.standing(user)
        except Unavailable:
            return None

    async def _used(self, facts: _TokenFacts, causes: tuple[TokenCause, ...], request: str) -> tuple[TokenCause, ...]:
        """The causes after the store was asked. A token that is refused is not used up."""
        claims, now_ms = facts.opened.claims, facts.now_ms
        if not causes:
            left_ms = claims.expires_s * 1000 + LEEWAY_MS - now_ms + 1
            ttl_ms = max(left_ms, REPEAT_MS)
            use = await self._store.first_use(claims.id, request, ttl_ms=ttl_ms, now_ms=now_ms)
        else:
            try:
                use = await self._store.seen(claims.id, request, now_ms=now_ms)
            except Unavailable:
                return causes
        if use is FirstUse.SAME and causes == (TokenCause.EXPIRED,):
            return ()  # it was accepted when it was sent first, moments ago
        return (*causes, TokenCause.ALREADY_USED) if use is FirstUse.USED else causes
