"""Whether a token is good for the user who is named with it."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from gateway.tokens.causes import Cause
from gateway.tokens.keys import KeySet
from gateway.tokens.messages import User, ValidateRequest
from gateway.tokens.signed import NOTHING, Opened, open_token
from gateway.tokens.store import REPEAT_MS, FirstUse, TokenStore
from gateway.tokens.tenants_file import Tenants
from gateway.tokens.users import Standing, UserDirectory
from gateway.wire.errors import Unavailable

LEEWAY_MS: Final = 1000


class ValidateSettings(Protocol):
    """The settings that matter here; `Settings` has them."""

    @property
    def token_single_use(self) -> bool:
        """TOKEN_SINGLE_USE."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome: accepted when no cause speaks against it. Ids are of a token of ours, else "-"."""

    causes: tuple[Cause, ...]
    token_id: str
    key_id: str


@dataclass(frozen=True, slots=True)
class _Facts:
    opened: Opened
    user: User
    tenant_known: bool
    standing: Standing
    now_ms: int


def _other_user(facts: _Facts) -> bool:
    claims = facts.opened.claims
    user, name = facts.opened.key.hashes(facts.user)
    same = hmac.compare_digest(user, claims.user) & hmac.compare_digest(name, claims.name)
    return not same or facts.standing is Standing.OTHER_NAME


_CHECKS: Final[tuple[tuple[Cause, Callable[[_Facts], bool]], ...]] = (
    (Cause.BAD_SIGNATURE, lambda facts: facts.opened is NOTHING),
    (Cause.TENANT_UNKNOWN, lambda facts: not facts.tenant_known),
    (Cause.OTHER_TENANT, lambda facts: facts.opened.claims.tenant != facts.user.tenant),
    (Cause.EXPIRED, lambda facts: facts.now_ms > facts.opened.claims.expires_s * 1000 + LEEWAY_MS),
    (Cause.USER_NOT_MATCHING, _other_user),
    (Cause.USER_UNKNOWN, lambda facts: facts.standing is Standing.UNKNOWN),
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

    async def validate(self, asked: ValidateRequest, request: str, *, now_ms: int) -> Verdict:
        """The verdict on a request, of which `request` is a digest that tells its sender too.

        Raises Unavailable when a token that nothing else speaks against cannot be judged.
        """
        opened = open_token(asked.token, self._keys())
        standing = await self._standing(asked.user)
        known = asked.user.tenant in self._tenants()
        facts = _Facts(opened, asked.user, known, standing or Standing.KNOWN, now_ms)
        causes = tuple([cause for cause, applies in _CHECKS if applies(facts)])
        if standing is None and not causes:
            raise Unavailable("the user directory is out of reach: try again")
        if self._settings().token_single_use:
            causes = await self._used(facts, causes, request)
        token_id, key_id = ("-", "-") if opened is NOTHING else (opened.claims.id, opened.key.id)
        return Verdict(causes, token_id, key_id)

    async def _standing(self, user: User) -> Standing | None:
        """None when the directory is out of reach, which matters only for a token that is right otherwise."""
        try:
            return await self._users.standing(user)
        except Unavailable:
            return None

    async def _used(self, facts: _Facts, causes: tuple[Cause, ...], request: str) -> tuple[Cause, ...]:
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
        if use is FirstUse.SAME and causes == (Cause.EXPIRED,):
            return ()  # it was accepted when it was sent first, moments ago
        return (*causes, Cause.ALREADY_USED) if use is FirstUse.USED else causes
