"""The rows that the gateway answers itself: sign-in, sign-out, heartbeat, a new GUID, the event poll."""

from typing import Any

from pydantic import Field

from gateway.interface import sign_in_models as sign_in
from gateway.interface.fields import Parameters
from gateway.interface.operation import AnswerKind, Heartbeat, Operation, Poll, Renew, SignIn, SignOut, Unsupported
from gateway.interface.results import Result
from gateway.wire import retcodes

_SIGN_IN_CODES = (
    retcodes.BAD_SIGN_IN,
    retcodes.ALREADY_SIGNED_IN,
    retcodes.WRONG_CREDENTIALS,
    retcodes.PHONE_INVALID,
    retcodes.PHONE_OUT_OF_RANGE,
    retcodes.MAY_NOT_BE_FORCED,
    retcodes.BAD_ADDRESS,
    retcodes.SIGN_IN_IN_PROGRESS,
    retcodes.LOCKED,
)
_OUT_CODES = (retcodes.BAD_SIGN_OUT,)


class SignOutReasonParameters(Parameters):
    """`forcelogoutwithreason`: the cause for the call records."""

    reason: int = Field(ge=1, le=255)


class LoginTime(Result):
    """The older heartbeat tells when the session began, in ms since the epoch."""

    login_time: str


class NewGuid(Result):
    """`updateGuid`: the value for the `guid` header."""

    guid: str


class AgentEvent(Result):
    """An event; `event_gen_time` is ms since the epoch, `content` an object, a text or null by `event_type`."""

    event_type: str
    event_gen_time: int
    work_no: str
    content: Any


OPERATIONS: tuple[Operation, ...] = (
    SignIn(
        "login",
        "PUT",
        "onlineagent/{agentid}",
        "sign in",
        body=sign_in.SignInBody,
        retcodes=_SIGN_IN_CODES,
        result=sign_in.SignInResult,
    ),
    SignIn(
        "forceLogin",
        "PUT",
        "onlineagent/{agentid}/forcelogin",
        "sign in over a live session",
        body=sign_in.ForcedSignInBody,
        retcodes=_SIGN_IN_CODES,
        result=sign_in.SignInResult,
        force=True,
    ),
    SignIn(
        "loginEx",
        "PUT",
        "onlineagent/{agentid}/loginex",
        "sign in without media server",
        body=sign_in.LightSignInBody,
        retcodes=_SIGN_IN_CODES,
        result=sign_in.SignInResult,
    ),
    SignIn(
        "forceLoginEx",
        "PUT",
        "onlineagent/{agentid}/forceloginex",
        "forced form of loginEx",
        body=sign_in.LightSignInBody,
        retcodes=_SIGN_IN_CODES,
        result=sign_in.SignInResult,
        force=True,
    ),
    SignIn(
        "forceLoginExWithoutPhone",
        "PUT",
        "onlineagent/{agentid}/forceloginexwithoutphone",
        "forced form of loginEx for an agent without phone",
        body=sign_in.LightSignInBody,
        retcodes=_SIGN_IN_CODES,
        result=sign_in.SignInResult,
        force=True,
    ),
    SignIn(
        "loginByAccount",
        "PUT",
        "onlineagent/loginbyaccount",
        "sign in by account name",
        body=sign_in.AccountSignInBody,
        retcodes=_SIGN_IN_CODES,
        result=sign_in.SignInResult,
        by_account=True,
    ),
    SignOut(
        "logout",
        "DELETE",
        "onlineagent/{agentid}/logout",
        "sign out",
        retcodes=(*_OUT_CODES, retcodes.WRONG_SIGN_OUT_STATE),
    ),
    SignOut(
        "forceLogout",
        "DELETE",
        "onlineagent/{agentid}/forcelogout",
        "sign out in any state",
        answer=AnswerKind.PLAIN,
        force=True,
    ),
    SignOut(
        "forceLogoutWithReason",
        "DELETE",
        "onlineagent/{agentid}/forcelogoutwithreason/{reason}",
        "sign out in any state, with a cause",
        parameters=SignOutReasonParameters,
        answer=AnswerKind.PLAIN,
        retcodes=_OUT_CODES,
        force=True,
    ),
    Heartbeat(
        "handShake",
        "POST",
        "onlineagent/{agentid}/handshake",
        "heartbeat",
        answer=AnswerKind.PLAIN,
        retcodes=(retcodes.BAD_SIGN_IN,),
    ),
    Heartbeat(
        "heartbeat",
        "PUT",
        "onlineagent/{agentid}/heartbeat",
        "heartbeat, older form",
        result=LoginTime,
        tells_login_time=True,
    ),
    Renew("updateGuid", "PUT", "onlineagent/{agentid}/updateGuid", "ask for a new GUID", result=NewGuid),
    Poll(
        "getAgentEvent",
        "GET",
        "agentevent/{agentid}",
        "wait for the next event",
        retcodes=(retcodes.WRONG_EVENT_WAY,),
        result=AgentEvent,
    ),
    Unsupported(
        "getAllAgentEvent",
        "GET",
        "agentevent/allagentevent",
        "events of all agents: a mode that this gateway does not have",
        answer=AnswerKind.PLAIN,
        retcodes=(retcodes.WRONG_EVENT_WAY,),
    ),
)
