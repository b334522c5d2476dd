"""Sign-in with BACKEND = upstream: the service says who may come in, session and GUID are ours (design section 10)."""

from dataclasses import replace
from typing import Final, cast

from pydantic import Field
from pydantic_core import to_json

from gateway.backends.relay import Declined, Relay
from gateway.edge import relay, validate
from gateway.edge.ask import Ask
from gateway.edge.reply import Reply
from gateway.edge.services import Services
from gateway.operations.fields import Body, ServiceToken
from gateway.operations.operation import SignIn
from gateway.sessions.model import PushWay
from gateway.sessions.signing import Terms, let_in
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
        again = self._way is not None or self._row.by_account
        self._sent = relay.sent(ask, _once_each(ask.raw_body, self._way) if again else None)

    async def answer(self) -> Reply:
        """Nothing is kept for a sign-in before the service has said yes: who guesses is in nobody's way."""
        services = self._services
        entered = await self._relay.enter(0 if self._row.by_account else self._ask.agent_id, self._sent)
        terms = _terms(services, self._ask, entered.agent_id, self._way, force=self._row.force)
        try:
            session, guid = await let_in(services.sessions, terms, lambda id_: self._relay.admission(entered, id_))
        except GatewayError:
            await self._relay.give_back(entered)
            raise
        services.push.opened(entered.agent_id, session)
        self._relay.opened(entered.agent_id, session)
        services.owes()
        return relay.passed_on(entered.answer, signed_in(guid))


def _terms(services: Services, ask: Ask, agent_id: int, way: PushWay | None, *, force: bool) -> Terms:
    node = services.settings().node_name
    return Terms(agent_id, node, force=force, way=way, client=ask.client, let_in=True)


def _once_each(raw: bytes, way: PushWay | None) -> bytes:
    """The body with each member once, so that the service reads what was read here; without those of a `way`."""
    if not raw.strip():
        return raw
    body = cast("dict[str, object]", validate.read_json(raw))
    return to_json({name: value for name, value in body.items() if way is None or name not in _PUSH_MEMBERS})
