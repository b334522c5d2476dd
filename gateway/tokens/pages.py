"""The two interfaces over HTTP: validation for the contact centre, generation for the enterprise's back end."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from gateway.ops import audit
from gateway.settings.token_sections import TOKENS_PATH
from gateway.tokens import answers, counts, messages
from gateway.tokens.answers import WrongApiKey
from gateway.tokens.issuing import IssueError, Issuer
from gateway.tokens.messages import User
from gateway.tokens.rates import NO_TENANT, Rates, RateSettings
from gateway.tokens.tenants_file import Tenant, Tenants
from gateway.tokens.validating import ValidateSettings, Validator, Verdict
from gateway.wire.body import read_body
from gateway.wire.errors import GatewayError, MethodNotAllowed, Unavailable
from gateway.wire.http import Request, Response

Page = Callable[[Request], Awaitable[Response]]
BODY_MAX_BYTES: Final = 65_536
BEARER: Final = "bearer "


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
class Pages:
    """The handlers and what they need. `address` tells the client's IP address, `now_ms` the store's time."""

    validator: Validator
    issuer: Issuer
    rates: Rates
    tenants: Callable[[], Tenants]
    settings: Callable[[], PageSettings]
    address: Callable[[Request], str]
    now_ms: Callable[[], int]

    def by_path(self) -> dict[str, Page]:
        """The handlers by path."""
        return {self.settings().token_validate_path: self.validate, TOKENS_PATH: self.issue}

    async def validate(self, request: Request) -> Response:
        """Answers whether a token is good for a user; only bugs raise."""
        try:
            return await self._validate(request)
        except GatewayError as problem:
            outcome = "unavailable" if isinstance(problem, Unavailable) else "malformed"
            counts.VALIDATIONS.labels(outcome).inc()
            return answers.error(problem)

    async def issue(self, request: Request) -> Response:
        """Answers with a new token; only bugs raise."""
        try:
            return await self._issue(request)
        except GatewayError as problem:
            return answers.error(problem)

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
        verdict = await self.validator.validate(asked, digest, now_ms=self.now_ms())
        _record(verdict, tenant, address)
        return answers.verdict(verdict.causes, explain=self.settings().token_explain)

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
            return answers.issued(self.issuer.issue(user, now_ms=self.now_ms(), by=address))
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
        audit.record("token-api-key-refused", tenant=tenant.id if tenant else NO_TENANT, address=address)
        return WrongApiKey("send the API key of this tenantSpaceId: Authorization: Bearer <key>")


def _record(verdict: Verdict, tenant: str, address: str) -> None:
    outcome = "refused" if verdict.causes else "accepted"
    counts.VALIDATIONS.labels(outcome).inc()
    if verdict.causes:
        counts.CAUSES.labels(verdict.causes[0].word).inc()
    audit.record(
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
