"""Wires this room from the settings: what the application mounts, and what a Python program calls."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gateway.settings import files
from gateway.settings.files import FileFault
from gateway.settings.load import load
from gateway.settings.schema import Settings
from gateway.tokens import keys_file, tenants_file, users
from gateway.tokens.agent_auth import ThirdPartyCheck
from gateway.tokens.calling import NO_HEADERS, Caller
from gateway.tokens.issuing import Issued, Issuer
from gateway.tokens.keys import KeySet
from gateway.tokens.live_file import LiveFile, follow
from gateway.tokens.messages import User
from gateway.tokens.pages import Page, Pages
from gateway.tokens.rates import Rates
from gateway.tokens.store import TokenStore
from gateway.tokens.tenants_file import Tenants
from gateway.tokens.users import FileDirectory, UserDirectory, Users
from gateway.tokens.users_service import HttpDirectory
from gateway.tokens.validating import Validator
from gateway.wire.http import Request
from gateway.wire.trust import TrustError, client_context


class TokenRoom:
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
        keys = LiveFile(given.token_keys_file, keys_file.read, KeySet())
        tenants = LiveFile(given.token_tenants_file, tenants_file.read, Tenants())
        known = LiveFile(None if given.token_users_url else given.token_users_file, users.read, Users())
        self._files: list[LiveFile[Any]] = [keys, tenants, known]
        self._caller = users_caller(given) if given.token_users_url else None
        directory: UserDirectory = HttpDirectory(self._caller) if self._caller else FileDirectory(known)
        self._pages = Pages(
            Validator(keys, tenants, directory, store, settings),
            Issuer(keys, tenants, lambda: settings().token_ttl_ms),
            Rates(store, settings),
            tenants,
            settings,
            address,
            now_ms,
        )

    def pages(self) -> dict[str, Page]:
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
    caller = Caller(settings.agent_auth_url, trust, settings.agent_auth_timeout_ms)
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
    keys = LiveFile(settings.token_keys_file, keys_file.read, KeySet())
    tenants = LiveFile(settings.token_tenants_file, tenants_file.read, Tenants())
    return Issuer(keys, tenants, lambda: settings.token_ttl_ms)


def users_caller(settings: Settings) -> Caller:
    """What calls TOKEN_USERS_URL. Raises TrustError."""
    headers = NO_HEADERS
    if settings.token_users_secret_file is not None:
        headers = {"Authorization": f"Bearer {_secret(settings.token_users_secret_file)}"}
    trust = client_context(settings.token_users_ca_file)
    return Caller(settings.token_users_url, trust, settings.token_users_timeout_ms, headers)


def _secret(path: Path) -> str:
    try:
        secret = files.read(path).text().strip()
    except FileFault as fault:
        raise TrustError(f"{path}: {fault}") from None
    if not secret or not (secret.isascii() and secret.isprintable()):
        raise TrustError(f"{path}: must hold a bearer token in one line")
    return secret
