"""login, forcelogin and their variants (design section 5, Session; contract onlineagent.yaml)."""

from typing import cast

from gateway.agents.authentication import Authentication
from gateway.agents.registry import Agent
from gateway.backends.base import Backend, SignInCall
from gateway.edge import validate
from gateway.edge.ask import Ask
from gateway.edge.reply import Reply
from gateway.edge.services import Services
from gateway.operations.operation import SignIn
from gateway.operations.sign_in_models import TOKEN_SIGN_IN, AccountSignInBody, LightSignInBody, SignInBody
from gateway.sessions.model import PushWay, Session
from gateway.sessions.signing import Admission, Terms, sign_in
from gateway.wire import envelope
from gateway.wire.guid_headers import signed_in


async def answer(services: Services, ask: Ask) -> Reply:
    """Credentials, reservation, backend, session: the answer carries the first GUID."""
    row = cast(SignIn, ask.operation)
    context = TOKEN_SIGN_IN if services.settings().agent_auth == "thirdparty" else None
    body = cast(LightSignInBody, validate.body(row, ask.raw_body, context=context))
    agent = await _agent(services, ask, body)
    way = _way(services, body)

    async def admit(session_id: str) -> Admission:
        now = services.sessions.now_ms(agent.id)
        return await cast(Backend, services.backend).sign_in(SignInCall(agent, session_id, body, now))

    terms = Terms(
        agent.id,
        services.settings().node_name,
        force=row.force,
        may_be_forced=agent.may_be_forced_out,
        way=way,
        client=ask.client,
    )
    session, guid = await sign_in(services.sessions, terms, admit)
    services.push.opened(agent.id, session)
    services.owes()
    return Reply(envelope.result(_result(services, agent, session)), headers=signed_in(guid))


def _way(services: Services, body: LightSignInBody) -> PushWay | None:
    if not isinstance(body, SignInBody) or not body.wants_push:
        return None
    return services.push.way(body.call_back_uri, body.service_token, body.push_url)


async def _agent(services: Services, ask: Ask, body: LightSignInBody) -> Agent:
    now = services.sessions.store.now_ms()
    address, forwarded = ask.address.ip, ask.address.forwarded
    verify = cast(Authentication, services.authentication)
    if isinstance(body, AccountSignInBody):
        return await verify.verify_account(body.account, body.password, address, forwarded=forwarded, now_ms=now)
    return await verify.verify(ask.agent_id, body.password, address, forwarded=forwarded, now_ms=now)


def _result(services: Services, agent: Agent, session: Session) -> dict[str, object]:
    settings = services.settings()
    return {
        "vdnid": settings.vdn_id,
        "workno": str(agent.id),
        "mediatype": agent.media,
        "loginTime": str(session.started_ms),
        "isForceChange": "true" if agent.must_change_password else "false",
        "serverName": settings.server_name,
        "timeRemaining": "",
    }
