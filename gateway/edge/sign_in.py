"""login, forcelogin and their variants (design section 5, Session; contract onlineagent.yaml)."""

from typing import cast

from gateway.agents.registry import Agent
from gateway.backends.base import SignInCall
from gateway.edge import validate
from gateway.edge.ask import Ask
from gateway.edge.reply import Reply
from gateway.edge.services import Services
from gateway.operations.operation import SignIn
from gateway.operations.sign_in_models import AccountSignInBody, LightSignInBody
from gateway.sessions.model import Session
from gateway.sessions.signing import Admission, Terms, sign_in
from gateway.wire import envelope, retcodes
from gateway.wire.errors import Refused
from gateway.wire.guid_headers import signed_in


async def answer(services: Services, ask: Ask) -> Reply:
    """Credentials, reservation, backend, session: the answer carries the first GUID."""
    row = cast(SignIn, ask.operation)
    body = cast(LightSignInBody, validate.body(row, ask.raw_body))
    if body.wants_push:
        raise Refused(
            retcodes.BAD_SIGN_IN,
            "callBackUri: this gateway does not push events: sign in without callBackUri, serviceToken and pushUrl",
        )
    agent = await _agent(services, ask, body)

    async def admit(session_id: str) -> Admission:
        now = services.sessions.store.now_ms()
        return await services.backend.sign_in(SignInCall(agent, session_id, body, now))

    terms = Terms(
        agent.id,
        services.settings().node_name,
        force=row.force,
        may_be_forced=agent.may_be_forced_out,
        client=ask.client,
    )
    session, guid = await sign_in(services.sessions, terms, admit)
    services.owes()
    return Reply(envelope.result(_result(services, agent, session)), headers=signed_in(guid))


async def _agent(services: Services, ask: Ask, body: LightSignInBody) -> Agent:
    now = services.sessions.store.now_ms()
    address, forwarded = ask.address.ip, ask.address.forwarded
    verify = services.authentication
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
