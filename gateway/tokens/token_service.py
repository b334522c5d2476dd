"""Wires the token service: what the application mounts, what Python programs call, how agents sign in by token."""

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gateway.settings import files
from gateway.settings.files import FileFault
from gateway.settings.live_file import LiveFile, follow
from gateway.settings.load import load
from gateway.settings.schema import Settings
from gateway.tokens import signing_keys, tenants_file, users
from gateway.tokens.calling import NO_HEADERS, CallError, TokenCaller
from gateway.tokens.messages import TOKEN_LENGTH, User
from gateway.tokens.signed import Issued, Issuer
from gateway.tokens.signing_keys import KeySet
from gateway.tokens.tenants_file import Tenants
from gateway.tokens.token_pages import TokenPage, TokenPages, TokenRateLimits
from gateway.tokens.toml_file import live
from gateway.tokens.used_tokens import TokenStore
from gateway.tokens.users import FileDirectory, HttpDirectory, UserDirectory, Users
from gateway.tokens.validating import Validator
from gateway.wire.errors import Unavailable
from gateway.wire.http import Request
from gateway.wire.trust import TrustError, client_context

log = logging.getLogger(__name__)


class ThirdPartyCheck:
    """Asks a chatThirdPartyValidate interface about agents, all of whom belong to one tenant there."""

    def __init__(self, caller: TokenCaller, tenant: str) -> None:
        self._caller = caller
        self._tenant = tenant

    async def verify_token(self, user_id: str, user_name: str, token: str) -> bool:
        """Whether the token is this user's. Raises Unavailable unless the interface gives a verdict."""
        if not 0 < len(token) <= TOKEN_LENGTH:
            return False
        asked = {"Token": token, "userName": user_name, "userId": user_id, "tenantSpaceId": self._tenant}
        try:
            answer = await self._caller.post(asked)
        except CallError as problem:
            raise self._unavailable(str(problem)) from None
        code = ret_code(answer.json())
        if code is None or answer.status not in {200, 400, 413}:
            raise self._unavailable(f"status {answer.status} is no verdict")
        return code == 0 and answer.status == 200

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._caller.close()

    def _unavailable(self, why: str) -> Unavailable:
        log.warning("AGENT_AUTH_URL: %s", why)
        return Unavailable("tokens cannot be checked now: try again")


def ret_code(body: Any) -> int | None:
    """The retCode of an answer, None when there is no integer one."""
    code = body.get("retCode") if isinstance(body, dict) else None
    return code if type(code) is int else None


class TokenService:
    """Everything about tokens in one process.

    `settings` returns those in force, `address` the IP address of a request's client, `now_ms` the store's time.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        store: TokenStore,
        address: Callable[[Request], str],
        now_ms: Callable[[], int],
    ) -> None:
        """Reads the files. Raises TokenFileError and TrustError."""
        given = settings()
        keys = live(given.token_keys_file, signing_keys.read, KeySet())
        tenants = live(given.token_tenants_file, tenants_file.read, Tenants())
        known = live(None if given.token_users_url else given.token_users_file, users.read, Users())
        self._files: list[LiveFile[Any]] = [keys, tenants, known]
        self._caller = users_caller(given) if given.token_users_url else None
        directory: UserDirectory = HttpDirectory(self._caller) if self._caller else FileDirectory(known)
        self._pages = TokenPages(
            Validator(keys, tenants, directory, store, settings),
            Issuer(keys, tenants, lambda: settings().token_ttl_ms),
            TokenRateLimits(store, settings),
            tenants,
            settings,
            address,
            now_ms,
        )

    def pages(self) -> dict[str, TokenPage]:
        """The handlers by path."""
        return self._pages.by_path()

    def reload(self) -> None:
        """Takes over the files as they are; one that is wrong or gone is logged and its former content stays."""
        for file in self._files:
            file.reload()

    async def follow(self) -> None:
        """Takes over changed files within 2 s; runs until cancelled."""
        await follow(self._files)

    async def close(self) -> None:
        """Lets go of connections."""
        if self._caller is not None:
            await self._caller.close()


def agent_check(settings: Settings) -> ThirdPartyCheck | None:
    """What validates agents' tokens at sign-in, None unless AGENT_AUTH is thirdparty. Raises TrustError."""
    if settings.agent_auth != "thirdparty":
        return None
    trust = client_context(settings.agent_auth_ca_file)
    caller = TokenCaller(settings.agent_auth_url, trust, settings.agent_auth_timeout_ms)
    return ThirdPartyCheck(caller, settings.agent_auth_tenant)


def issue(
    config: Path, tenant: str, user_id: str, user_name: str, overrides: Mapping[str, str] | None = None
) -> Issued:
    """A token made in this process, with the keys and tenants that the settings file `config` names.

    Raises SettingsError, TokenFileError, IssueError and Malformed.
    """
    settings = load(config, overrides or {}).settings
    return issuer(settings).issue(User(tenant, user_id, user_name), now_ms=time.time_ns() // 1_000_000, by="program")


def issuer(settings: Settings) -> Issuer:
    """An issuer over the files as they are now. Raises TokenFileError."""
    keys = live(settings.token_keys_file, signing_keys.read, KeySet())
    tenants = live(settings.token_tenants_file, tenants_file.read, Tenants())
    return Issuer(keys, tenants, lambda: settings.token_ttl_ms)


def users_caller(settings: Settings) -> TokenCaller:
    """What calls TOKEN_USERS_URL. Raises TrustError."""
    headers = NO_HEADERS
    if settings.token_users_secret_file is not None:
        headers = {"Authorization": f"Bearer {_secret(settings.token_users_secret_file)}"}
    trust = client_context(settings.token_users_ca_file)
    return TokenCaller(settings.token_users_url, trust, settings.token_users_timeout_ms, headers)


def _secret(path: Path) -> str:
    try:
        secret = files.read(path).text().strip()
    except FileFault as fault:
        raise TrustError(f"{path}: {fault}") from None
    if not secret or not (secret.isascii() and secret.isprintable()):
        raise TrustError(f"{path}: must hold a bearer token in one line")
    return secret
