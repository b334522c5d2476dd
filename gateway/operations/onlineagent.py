"""The onlineagent group: sign-in, sign-out, heartbeat, agent states (contract onlineagent.yaml, older_clients.md)."""

from typing import Annotated

from pydantic import AfterValidator, Field

from gateway.operations.fields import AgentId, Body, Parameters, TrueOrElse
from gateway.operations.operation import Answer, Heartbeat, Operation, Renew, SignIn, SignOut
from gateway.operations.sign_in_models import AccountSignInBody, ForcedSignInBody, LightSignInBody, SignInBody
from gateway.wire import retcodes

BUSY_REASONS = range(200, 251)


def _busy_reason(value: int) -> int:
    if value and value not in BUSY_REASONS:
        raise ValueError("must be 0 or 200 to 250")
    return value


class BusyParameters(Parameters):
    """`saybusy`: `prolong` sets the reason anew while already busy."""

    reason: Annotated[int, AfterValidator(_busy_reason)] = 0
    prolong: bool = False


class RestParameters(Parameters):
    """`rest`: time in s and cause; `prolong` sets them anew while already resting."""

    time: int = Field(ge=1, le=86_399)
    restcause: int = Field(ge=0, le=255)
    prolong: bool = False


class SkillParameters(Parameters):
    """`resetskill`: all configured skill queues, or those of `skillid` (`1;2;3`)."""

    autoflag: TrueOrElse
    skillid: str = Field("", max_length=4000, pattern=r"^[0-9;, ]*$")
    phonelinkage: int = Field(0, ge=0, le=1)


class OtherAgentParameters(Parameters):
    """An agent asked about."""

    workno: AgentId


class SignOutReasonParameters(Parameters):
    """`forcelogoutwithreason`: the cause for the call records."""

    reason: int = Field(ge=1, le=255)


class PasswordBody(Body):
    """`modifyaccountpwdex`; the rule for the new password is the agent registry's business."""

    old_password: str = Field(alias="oldPassword", max_length=32)
    new_password: str = Field(alias="newPassword", max_length=256)


_SIGN_IN_CODES = (
    retcodes.BAD_SIGN_IN,
    retcodes.ALREADY_SIGNED_IN,
    retcodes.WRONG_CREDENTIALS,
    retcodes.MAY_NOT_BE_FORCED,
    retcodes.SIGN_IN_IN_PROGRESS,
    retcodes.LOCKED,
)
_STATE_CODES = (retcodes.WRONG_STATE,)
_PASSWORD_CODES = (
    retcodes.WRONG_OLD_PASSWORD,
    retcodes.LOCKED,
    retcodes.PASSWORD_UNCHANGED,
    retcodes.PASSWORD_RULE,
    retcodes.PASSWORD_LENGTH,
)
_OUT_CODES = (retcodes.BAD_SIGN_OUT,)

OPERATIONS: tuple[Operation, ...] = (
    SignIn("login", "PUT", "onlineagent/{agentid}", "sign in", body=SignInBody, retcodes=_SIGN_IN_CODES),
    SignIn(
        "forceLogin",
        "PUT",
        "onlineagent/{agentid}/forcelogin",
        "sign in over a live session",
        body=ForcedSignInBody,
        retcodes=_SIGN_IN_CODES,
        force=True,
    ),
    SignIn(
        "loginEx",
        "PUT",
        "onlineagent/{agentid}/loginex",
        "sign in without media server",
        body=LightSignInBody,
        retcodes=_SIGN_IN_CODES,
    ),
    SignIn(
        "forceLoginEx",
        "PUT",
        "onlineagent/{agentid}/forceloginex",
        "forced form of loginEx",
        body=LightSignInBody,
        retcodes=_SIGN_IN_CODES,
        force=True,
    ),
    SignIn(
        "loginByAccount",
        "PUT",
        "onlineagent/loginbyaccount",
        "sign in by account name",
        body=AccountSignInBody,
        retcodes=_SIGN_IN_CODES,
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
        answer=Answer.PLAIN,
        force=True,
    ),
    SignOut(
        "forceLogoutWithReason",
        "DELETE",
        "onlineagent/{agentid}/forcelogoutwithreason/{reason}",
        "sign out in any state, with a cause",
        parameters=SignOutReasonParameters,
        answer=Answer.PLAIN,
        retcodes=_OUT_CODES,
        force=True,
    ),
    Heartbeat(
        "handShake",
        "POST",
        "onlineagent/{agentid}/handshake",
        "heartbeat",
        answer=Answer.PLAIN,
        retcodes=(retcodes.BAD_SIGN_IN,),
    ),
    Heartbeat(
        "heartbeat",
        "PUT",
        "onlineagent/{agentid}/heartbeat",
        "heartbeat, older form",
        tells_login_time=True,
    ),
    Renew("updateGuid", "PUT", "onlineagent/{agentid}/updateGuid", "ask for a new GUID"),
    Operation("getAgentStatus", "GET", "onlineagent/{agentid}/agentstatus", "own state"),
    Operation("sayFree", "POST", "onlineagent/{agentid}/sayfree", "go idle", retcodes=_STATE_CODES),
    Operation(
        "sayBusy",
        "POST",
        "onlineagent/{agentid}/saybusy",
        "go busy",
        parameters=BusyParameters,
        retcodes=_STATE_CODES,
    ),
    Operation("cancelBusy", "POST", "onlineagent/{agentid}/cancelbusy", "leave busy", retcodes=_STATE_CODES),
    Operation("sayWork", "POST", "onlineagent/{agentid}/work", "go into wrap-up", retcodes=_STATE_CODES),
    Operation("cancelWork", "POST", "onlineagent/{agentid}/cancelwork", "leave wrap-up", retcodes=_STATE_CODES),
    Operation(
        "rest",
        "POST",
        "onlineagent/{agentid}/rest/{time}/{restcause}",
        "apply for rest",
        parameters=RestParameters,
        retcodes=_STATE_CODES,
    ),
    Operation("cancelRest", "POST", "onlineagent/{agentid}/cancelrest", "leave rest", retcodes=_STATE_CODES),
    Operation(
        "resetSkill",
        "POST",
        "onlineagent/{agentid}/resetskill/{autoflag}",
        "sign in to skill queues",
        parameters=SkillParameters,
    ),
    Operation("queryAgentSkills", "GET", "onlineagent/{agentid}/agentskills", "own skill queues"),
    Operation(
        "queryAgentSkillsByWorkNo",
        "GET",
        "onlineagent/{agentid}/agentskillsbyworkno/{workno}",
        "skill queues of another agent",
        parameters=OtherAgentParameters,
        retcodes=(retcodes.NO_SKILLS,),
    ),
    Operation(
        "modifyAccountPwdEx",
        "POST",
        "onlineagent/{agentid}/modifyaccountpwdex",
        "change the own password",
        body=PasswordBody,
        retcodes=_PASSWORD_CODES,
    ),
)
