"""The settings of tokens for third parties, and of sign-in by such a token."""

from pathlib import Path
from typing import Annotated, Final, Literal

from gateway.settings.kinds import FLAG, PATH, SettingKind, number, text, words
from gateway.settings.setting_rows import DAY_MS, Section, ours
from gateway.settings.urls import check_called_url

TENANT_ID: Final = r"[A-Za-z0-9._:-]{1,64}"
"""What a tenantSpaceId is made of."""
TOKENS_PATH: Final = "/rest/cc-messaging/v1/thirdparty/tokens"
"""Where the enterprise's own back end asks for tokens."""

_STEP: Final = r"/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~-]+"
"""Clients send no `.` and `..` as they are."""
_OTHERS: Final = rf"/agentgateway/resource(/.*)?|/gateway(/.*)?|/desk(/.*)?|{TOKENS_PATH}"
_VALIDATE_PATH: Final = text(
    rf"(?=.{{1,200}}\Z)(?!({_OTHERS})\Z)({_STEP})+", "a path of at most 200 characters that nothing else here has"
)


def _read_url(value: str, _folder: Path) -> str:
    if value:
        check_called_url(value, query=True)
    return value


_URL: Final = SettingKind("an http:// or https:// URL without a password, or nothing", _read_url)
_TENANT: Final = text(rf"({TENANT_ID})?", "1 to 64 letters, digits, dots, : - and _, or nothing")


class TokensSection(Section):
    """Tokens of third parties"""

    token_validate_path: Annotated[str, _VALIDATE_PATH] = ours(
        "TOKEN_VALIDATE_PATH",
        "/rest/cc-messaging/v1/thirdparty/chatThirdPartyValidate",
        "Where the contact centre asks whether a token is valid.",
        restart=True,
    )
    token_ttl_ms: Annotated[int, number(1000, DAY_MS)] = ours("TOKEN_TTL", "300000", "Life of a new token.", unit="ms")
    token_single_use: Annotated[bool, FLAG] = ours(
        "TOKEN_SINGLE_USE",
        "OFF",
        "ON: a token is accepted once. The same request again from the same address within 30 s gets the same answer.",
    )
    token_explain: Annotated[bool, FLAG] = ours(
        "TOKEN_EXPLAIN", "OFF", "ON: answers tell why a token is refused. For development only."
    )
    token_keys_file: Annotated[Path | None, PATH] = ours(
        "TOKEN_KEYS_FILE",
        "../var/token_keys.toml",
        "The keys that sign tokens, the same file on all nodes, mode 0600; changes are taken over live.",
        restart=True,
    )
    token_tenants_file: Annotated[Path | None, PATH] = ours(
        "TOKEN_TENANTS_FILE",
        "../var/tenants.toml",
        "The tenants and the hashes of their API keys; changes are taken over live.",
        restart=True,
    )
    token_users_file: Annotated[Path | None, PATH] = ours(
        "TOKEN_USERS_FILE",
        "users.toml",
        "The users that tokens may be for, unless TOKEN_USERS_URL is set; changes are taken over live.",
        restart=True,
    )
    token_users_url: Annotated[str, _URL] = ours(
        "TOKEN_USERS_URL",
        "",
        "Service of the enterprise that knows the users, in place of the file.",
        restart=True,
        shows="url",
    )
    token_users_ca_file: Annotated[Path | None, PATH] = ours(
        "TOKEN_USERS_CA_FILE",
        "",
        "The only certificates, PEM or CER, that TOKEN_USERS_URL is trusted by. Nothing: those the system trusts.",
        restart=True,
    )
    token_users_secret_file: Annotated[Path | None, PATH] = ours(
        "TOKEN_USERS_SECRET_FILE", "", "File of the bearer token that TOKEN_USERS_URL asks for.", restart=True
    )
    token_users_timeout_ms: Annotated[int, number(100, 30_000)] = ours(
        "TOKEN_USERS_TIMEOUT", "2000", "TOKEN_USERS_URL must answer in this time.", unit="ms", restart=True
    )
    token_address_limit: Annotated[int, number(1, 10_000_000)] = ours(
        "TOKEN_ADDRESS_LIMIT", "12000", "Requests about tokens from one address in a minute.", unit="requests"
    )
    token_tenant_limit: Annotated[int, number(1, 10_000_000)] = ours(
        "TOKEN_TENANT_LIMIT", "6000", "Of these, requests for one tenant.", unit="requests"
    )


class AgentAuthSection(Section):
    """Sign-in by a token"""

    agent_auth: Annotated[Literal["password", "thirdparty"], words("password", "thirdparty")] = ours(
        "AGENT_AUTH",
        "password",
        "What agents sign in with. thirdparty: the password of a sign-in is a token that AGENT_AUTH_URL validates.",
        restart=True,
    )
    agent_auth_url: Annotated[str, _URL] = ours(
        "AGENT_AUTH_URL",
        "",
        "Where tokens of agents are validated, a chatThirdPartyValidate interface.",
        restart=True,
        shows="url",
    )
    agent_auth_tenant: Annotated[str, _TENANT] = ours(
        "AGENT_AUTH_TENANT", "", "The tenantSpaceId of the agents there.", restart=True
    )
    agent_auth_ca_file: Annotated[Path | None, PATH] = ours(
        "AGENT_AUTH_CA_FILE",
        "",
        "The only certificates, PEM or CER, that AGENT_AUTH_URL is trusted by. Nothing: those the system trusts.",
        restart=True,
    )
    agent_auth_timeout_ms: Annotated[int, number(100, 30_000)] = ours(
        "AGENT_AUTH_TIMEOUT", "3000", "AGENT_AUTH_URL must answer in this time.", unit="ms", restart=True
    )
