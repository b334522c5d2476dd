"""The two interfaces over HTTP: validation for the contact centre, generation for the enterprise's back end.

Here alone their answers are written: `{"retCode":...,"message":...}`, the two fields of the interface.

How many requests one address may send, and how many of them about one tenant, is bounded.
"""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from prometheus_client import Counter
from pydantic_core import to_json

from gateway.audit import trail
from gateway.ops.metrics import REGISTRY
from gateway.settings.token_sections import TOKENS_PATH
from gateway.tokens import messages, validating
from gateway.tokens.messages import User
from gateway.tokens.signed import Issued, IssueError, Issuer
from gateway.tokens.tenants_file import Tenant, Tenants
from gateway.tokens.used_tokens import MemoryTokenStore, MinuteLimit, TokenStore, wait_s
from gateway.tokens.validating import TokenCause, TokenVerdict, ValidateSettings, Validator
from gateway.wire.addresses import network
from gateway.wire.body import read_body
from gateway.wire.errors import GatewayError, MethodNotAllowed, StoreUnavailable, Unavailable
from gateway.wire.headers import JSON, of_answers
from gateway.wire.http import Request, Response

_ALWAYS: Final = of_answers(JSON)
_VALIDATIONS: Final = Counter(
    "agentgateway_token_validations", "Tokens that were judged, by outcome", ["outcome"], registry=REGISTRY
)
_CAUSES: Final = Counter("agentgateway_token_refusals", "Refused tokens, by first cause", ["cause"], registry=REGISTRY)

TokenPage = Callable[[Request], Awaitable[Response]]
BODY_MAX_BYTES: Final = 65_536
BEARER: Final = "bearer "
NO_TENANT: Final = "?"
"""Counts requests for tenants that do not exist: their names are the sender's, and would fill the store."""

log = logging.getLogger(__name__)


class WrongApiKey(GatewayError):
    """The back end of the enterprise did not show the API key of this tenant."""

    status = 401


def verdict_answer(found: tuple[TokenCause, ...], *, explain: bool) -> Response:
    """The answer to a validation; with `explain` it tells the first cause."""
    if not found:
        return _answer(200, validating.SUCCESS, validating.VALIDATED)
    if explain:
        return _answer(200, found[0].ret_code, found[0].message)
    return _answer(200, validating.REFUSED, validating.NOT_VALIDATED)


def issued_answer(made: Issued) -> Response:
    """The answer that carries a token; `expiresIn` is in s."""
    more = {"Token": made.token, "expiresIn": made.lives_s}
    return _answer(200, validating.SUCCESS, "success", more=more)


def error_answer(problem: GatewayError) -> Response:
    """The answer to a request that gets no verdict."""
    headers: dict[str, str] = {}
    code = validating.MALFORMED
    if isinstance(problem, MethodNotAllowed):
        headers["Allow"] = ", ".join(problem.allowed)
    elif isinstance(problem, Unavailable):
        code = validating.UNAVAILABLE
        headers["Retry-After"] = str(problem.retry_after_s)
    elif isinstance(problem, WrongApiKey):
        code = validating.REFUSED
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(problem.status, code, problem.message, headers)


def _answer(
    status: int,
    code: int,
    message: str,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> Response:
    body = {"retCode": code, "message": message, **(more or {})}
    return Response(body=to_json(body), status=status, headers={**_ALWAYS, **(headers or {})})


class RateSettings(Protocol):
    """The settings that matter here; `Settings` has them. In requests a minute."""

    @property
    def token_address_limit(self) -> int:
        """TOKEN_ADDRESS_LIMIT."""

    @property
    def token_tenant_limit(self) -> int:
        """TOKEN_TENANT_LIMIT."""


class Limited(Unavailable):
    """Too many requests; the next are heard after `retry_after_s` seconds."""

    status = 429

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many requests: try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class TokenRateLimits:
    """Counts requests by address, and by address and tenant: nobody uses up what belongs to callers elsewhere.

    While the store is out of reach each node counts for itself, so that tokens are validated all the same.
    """

    def __init__(self, store: TokenStore, settings: Callable[[], RateSettings]) -> None:
        self._store = store
        self._settings = settings
        self._own = MemoryTokenStore()

    async def admit(self, address: str, tenant: str | None = None, *, now_ms: int) -> None:
        """Counts a request from an IP address, for a tenant where one is known. Raises Limited."""
        settings, sender = self._settings(), network(address)
        counters = [MinuteLimit(f"{sender} ", settings.token_address_limit)]
        if tenant is not None:
            counters.append(MinuteLimit(f"{sender} {tenant}", settings.token_tenant_limit))
        try:
            within = await self._store.count(counters, now_ms=now_ms)
        except StoreUnavailable:
            within = await self._own.count(counters, now_ms=now_ms)
        if not within:
            log.warning("too many requests about tokens from %s", sender)
            raise Limited(wait_s(now_ms))


class PageSettings(RateSettings, ValidateSettings, Protocol):
    """The settings that matter here; `Settings` has them."""

    @property
    def token_validate_path(self) -> str:
        """TOKEN_VALIDATE_PATH."""

    @property
    def token_explain(self) -> bool:
        """TOKEN_EXPLAIN."""

    @property
    def body_max_bytes(self) -> int:
        """BODY_MAX_BYTES."""

    @property
    def request_timeout_ms(self) -> int:
        """REQUEST_TIMEOUT."""


@dataclass(frozen=True)
class TokenPages:
    """The handlers and what they need. `address` tells the client's IP address, `now_ms` the store's time."""

    validator: Validator
    issuer: Issuer
    rates: TokenRateLimits
    tenants: Callable[[], Tenants]
    settings: Callable[[], PageSettings]
    address: Callable[[Request], str]
    now_ms: Callable[[], int]

    def by_path(self) -> dict[str, TokenPage]:
        """The handlers by path."""
        return {self.settings().token_validate_path: self.validate, TOKENS_PATH: self.issue}

    async def validate(self, request: Request) -> Response:
        """Answers whether a token is good for a user; only bugs raise."""
        try:
            return await self._validate(request)
        except GatewayError as problem:
            outcome = "unavailable" if isinstance(problem, Unavailable) else "malformed"
            _VALIDATIONS.labels(outcome).inc()
            return error_answer(problem)

    async def issue(self, request: Request) -> Response:
        """Answers with a new token; only bugs raise."""
        try:
            return await self._issue(request)
        except GatewayError as problem:
            return error_answer(problem)

    async def _validate(self, request: Request) -> Response:
        address, raw = await self._received(request)
        try:
            asked = messages.read_validate(raw)
        except GatewayError:
            await self.rates.admit(address, now_ms=self.now_ms())
            raise
        tenant = asked.user.tenant if asked.user.tenant in self.tenants() else NO_TENANT
        await self.rates.admit(address, tenant, now_ms=self.now_ms())
        digest = hashlib.sha256(f"{address}\n".encode() + raw).hexdigest()
        found = await self.validator.validate(asked, digest, now_ms=self.now_ms())
        _record(found, tenant, address)
        return verdict_answer(found.causes, explain=self.settings().token_explain)

    async def _issue(self, request: Request) -> Response:
        address, raw = await self._received(request)
        tenant = self.tenants().of_api_key(_api_key(request))
        await self.rates.admit(address, tenant.id if tenant else NO_TENANT, now_ms=self.now_ms())
        if tenant is None:
            raise self._wrong_key(address)
        asked = messages.read_issue(raw)
        if asked.tenant not in {"", tenant.id}:
            raise self._wrong_key(address, tenant)
        user = User(tenant.id, asked.user_id, asked.user_name)
        try:
            return issued_answer(self.issuer.issue(user, now_ms=self.now_ms(), by=address))
        except IssueError as problem:
            raise Unavailable(str(problem)) from None

    async def _received(self, request: Request) -> tuple[str, bytes]:
        """Address and body. Raises MethodNotAllowed, TooLarge and Malformed, each counted for the address."""
        address, settings = self.address(request), self.settings()
        try:
            if request.method != "POST":
                raise MethodNotAllowed(("POST",))
            limit = min(BODY_MAX_BYTES, settings.body_max_bytes)
            return address, await read_body(request, limit, settings.request_timeout_ms)
        except GatewayError:
            await self.rates.admit(address, now_ms=self.now_ms())
            raise

    def _wrong_key(self, address: str, tenant: Tenant | None = None) -> WrongApiKey:
        trail.record("token-api-key-refused", tenant=tenant.id if tenant else NO_TENANT, address=address)
        return WrongApiKey("send the API key of this tenantSpaceId: Authorization: Bearer <key>")


def _record(verdict: TokenVerdict, tenant: str, address: str) -> None:
    outcome = "refused" if verdict.causes else "accepted"
    _VALIDATIONS.labels(outcome).inc()
    if verdict.causes:
        _CAUSES.labels(verdict.causes[0].word).inc()
    trail.record(
        f"token-{outcome}",
        tenant=tenant,
        token=verdict.token_id,
        key=verdict.key_id,
        address=address,
        cause=",".join(cause.word for cause in verdict.causes) or "none",
    )


def _api_key(request: Request) -> str:
    given = request.headers.get("Authorization", "")
    return given[len(BEARER) :].strip() if given[: len(BEARER)].lower() == BEARER else ""
