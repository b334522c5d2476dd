"""Can the token service issue and validate, and can agents sign in by token?"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.doctor.finding import DoctorCheck, DoctorVerdict, Level, right, wrong
from gateway.settings.schema import Settings
from gateway.tokens import signing_keys, tenants_file, users
from gateway.tokens.signing_keys import KeySet
from gateway.tokens.tenants_file import Tenants
from gateway.tokens.token_service import agent_check, users_caller
from gateway.tokens.toml_file import TokenFileError
from gateway.tokens.users import Users
from gateway.wire.trust import TrustError


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """The files of the token service; a text in place of what cannot be used, and why not."""

    settings: Settings
    keys: KeySet | str
    tenants: Tenants | str
    users: Users | str
    trust_trouble: str = ""
    now_ms: int = 0


def token_facts(settings: Settings, now_s: Callable[[], float] = time.time) -> TokenFacts:
    """Reads the files."""
    trouble = ""
    try:
        if settings.token_users_url:
            users_caller(settings)
        agent_check(settings)
    except TrustError as problem:
        trouble = str(problem)
    return TokenFacts(
        settings,
        _read(settings.token_keys_file, signing_keys.read, KeySet()),
        _read(settings.token_tenants_file, tenants_file.read, Tenants()),
        _read(None if settings.token_users_url else settings.token_users_file, users.read, Users()),
        trouble,
        int(now_s() * 1000),
    )


def _read(path: Path | None, read: Callable[[Path], Any], empty: Any) -> Any:
    try:
        return empty if path is None else read(path)
    except TokenFileError as problem:
        return str(problem)


def _off(facts: TokenFacts) -> bool:
    """Nobody uses it: there is neither key nor tenant."""
    bare = [isinstance(part, KeySet | Tenants) for part in (facts.keys, facts.tenants)]
    return all(bare) and not _keys_of(facts) and not _tenants_of(facts)


def _keys_of(facts: TokenFacts) -> int:
    return len(facts.keys.keys) if isinstance(facts.keys, KeySet) else 0


def _tenants_of(facts: TokenFacts) -> int:
    return len(facts.tenants.all()) if isinstance(facts.tenants, Tenants) else 0


def _keys(facts: TokenFacts) -> DoctorVerdict:
    if isinstance(facts.keys, str):
        return wrong(facts.keys, "correct the file; mode 0600")
    if _off(facts):
        return right("not in use: no tenant, no key")
    signing = facts.keys.signing(facts.now_ms)
    return right(f"{signing.id} signs, {_keys_of(facts)} in all") if signing else wrong("no key signs now")


def _tenants(facts: TokenFacts) -> DoctorVerdict | None:
    if isinstance(facts.tenants, str):
        return wrong(facts.tenants, "correct the file")
    if _off(facts):
        return None
    if not _tenants_of(facts):
        return wrong("no tenant: no token is valid")
    bare = [tenant.id for tenant in facts.tenants.all() if not tenant.api_key_hashes]
    text = f"{_tenants_of(facts)} tenants"
    return right(text + (f"; without API key: {', '.join(bare)}" if bare else ""))


def _users(facts: TokenFacts) -> DoctorVerdict | None:
    if isinstance(facts.users, str):
        return wrong(facts.users)
    if _off(facts) or facts.settings.token_users_url:
        return None
    count = len(facts.users.all())
    return right(f"{count} users") if count else wrong("no users: no token is valid")


def _trust(facts: TokenFacts) -> DoctorVerdict | None:
    return wrong(facts.trust_trouble) if facts.trust_trouble else None


CHECKS: Final[tuple[DoctorCheck[TokenFacts], ...]] = (
    DoctorCheck(
        "token keys",
        "is there a key that signs?",
        Level.FAIL,
        "agentgateway token key rotate; see docs/tokens.md",
        _keys,
    ),
    DoctorCheck("token tenants", "who may ask for tokens?", Level.FAIL, "agentgateway token tenant add ID", _tenants),
    DoctorCheck("token users", "whom may tokens be for?", Level.FAIL, "correct TOKEN_USERS_FILE", _users),
    DoctorCheck(
        "token trust",
        "can the files for calls to others be used?",
        Level.FAIL,
        "correct TOKEN_USERS_CA_FILE, TOKEN_USERS_SECRET_FILE or AGENT_AUTH_CA_FILE",
        _trust,
    ),
)
