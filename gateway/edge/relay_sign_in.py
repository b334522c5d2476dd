"""Sign-in with BACKEND = upstream: the service says who may come in, session and GUID are ours (design section 10)."""

from dataclasses import replace
from typing import Final, cast

from pydantic import Field
from pydantic_core import from_json, to_json

from gateway.backends.relay import Declined, Entered, Relay
from gateway.edge import relay, validate
from gateway.edge.ask import Ask
from gateway.edge.reply import Reply
from gateway.edge.services import Services
from gateway.operations.fields import Body, ServiceToken
from gateway.operations.operation import SignIn
from gateway.sessions.model import PushWay
from gateway.sessions.signing import Admission, Terms, sign_in
from gateway.wire.errors import GatewayError
from gateway.wire.guid_headers import signed_in

_PUSH_MEMBERS: Final = ("callBackUri", "serviceToken", "pushUrl")


class _EventWay(Body):
    """The members of a sign-in that are our business: where events go (contract connection.md section 5)."""

    call_back_uri: str = Field("", max_length=200)
    service_token: ServiceToken = ""
    push_url: str = Field("", max_length=200)


async def answer(services: Services, ask: Ask) -> Reply:
    """The service's answer, with the first GUID of ours."""
    try:
        return await _SignIn(services, ask).answer()
    except Declined as declined:
        return relay.passed_on(declined.answer)


class _SignIn:
    """One sign-in. Events are always fetched from the service, so it is not told where we push them to."""

    def __init__(self, services: Services, ask: Ask) -> None:
        self._services = services
        self._ask = ask
        self._relay = cast(Relay, services.backend)
        self._row = cast(SignIn, ask.operation)
        body = cast(_EventWay, validate.body(replace(self._row, body=_EventWay), ask.raw_body))
        self._way = services.push.way(body.call_back_uri, body.service_token, body.push_url)
        self._sent = relay.sent(ask, _without_push(ask.raw_body) if self._way else None)
        self._entered: Entered | None = None

    async def answer(self) -> Reply:
        services = self._services
        if self._row.by_account:
            self._entered = await self._relay.enter(0, self._sent)
        agent_id = self._entered.agent_id if self._entered else self._ask.agent_id
        terms = _terms(services, self._ask, agent_id, self._way, force=self._row.force)
        try:
            session, guid = await sign_in(services.sessions, terms, self._admit)
        except GatewayError:
            if self._row.by_account and self._entered:
                await self._relay.give_back(self._entered)
            raise
        services.push.opened(agent_id, session)
        self._relay.opened(agent_id, session)
        services.owes()
        assert self._entered is not None  # noqa: S101 - sign_in admits before it opens
        return relay.passed_on(self._entered.answer, signed_in(guid))

    async def _admit(self, session_id: str) -> Admission:
        if self._entered is None:
            self._entered = await self._relay.enter(self._ask.agent_id, self._sent)
        return self._relay.admission(self._entered, session_id)


def _terms(services: Services, ask: Ask, agent_id: int, way: PushWay | None, *, force: bool) -> Terms:
    node = services.settings().node_name
    return Terms(agent_id, node, force=force, way=way, client=ask.client, backend_decides=True)


def _without_push(raw: bytes) -> bytes:
    body = from_json(raw)
    return to_json({name: value for name, value in body.items() if name not in _PUSH_MEMBERS})
