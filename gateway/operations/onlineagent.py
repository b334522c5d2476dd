"""The onlineagent group: sign-in, sign-out, heartbeat, states, settings, notes (contract onlineagent.yaml)."""

from gateway.operations import onlineagent_models as models
from gateway.operations import onlineagent_results as results
from gateway.operations import sign_in_models as sign_in
from gateway.operations.operation import Answer, Heartbeat, Operation, Renew, SignIn, SignOut
from gateway.operations.parameters import OtherAgentParameters
from gateway.operations.results import Nothing, SkillQueue
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
_STATE = (retcodes.WRONG_STATE,)
_PASSWORD_CODES = (
    retcodes.WRONG_OLD_PASSWORD,
    retcodes.LOCKED,
    retcodes.PASSWORD_UNCHANGED,
    retcodes.PASSWORD_RULE,
    retcodes.PASSWORD_LENGTH,
)
_OUT_CODES = (retcodes.BAD_SIGN_OUT,)
_PHONE_CODES = (retcodes.WRONG_STATE, retcodes.PHONE_INVALID, retcodes.PHONE_OUT_OF_RANGE)
_IN = results.SignInResult

SESSION: tuple[Operation, ...] = (
    SignIn(
        "login",
        "PUT",
        "onlineagent/{agentid}",
        "sign in",
        body=sign_in.SignInBody,
        retcodes=_SIGN_IN_CODES,
        result=_IN,
    ),
    SignIn(
        "forceLogin",
        "PUT",
        "onlineagent/{agentid}/forcelogin",
        "sign in over a live session",
        body=sign_in.ForcedSignInBody,
        retcodes=_SIGN_IN_CODES,
        result=_IN,
        force=True,
    ),
    SignIn(
        "loginEx",
        "PUT",
        "onlineagent/{agentid}/loginex",
        "sign in without media server",
        body=sign_in.LightSignInBody,
        retcodes=_SIGN_IN_CODES,
        result=_IN,
    ),
    SignIn(
        "forceLoginEx",
        "PUT",
        "onlineagent/{agentid}/forceloginex",
        "forced form of loginEx",
        body=sign_in.LightSignInBody,
        retcodes=_SIGN_IN_CODES,
        result=_IN,
        force=True,
    ),
    SignIn(
        "forceLoginExWithoutPhone",
        "PUT",
        "onlineagent/{agentid}/forceloginexwithoutphone",
        "forced form of loginEx for an agent without phone",
        body=sign_in.LightSignInBody,
        retcodes=_SIGN_IN_CODES,
        result=_IN,
        force=True,
    ),
    SignIn(
        "loginByAccount",
        "PUT",
        "onlineagent/loginbyaccount",
        "sign in by account name",
        body=sign_in.AccountSignInBody,
        retcodes=_SIGN_IN_CODES,
        result=_IN,
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
        parameters=models.SignOutReasonParameters,
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
        result=results.LoginTime,
        tells_login_time=True,
    ),
    Renew("updateGuid", "PUT", "onlineagent/{agentid}/updateGuid", "ask for a new GUID", result=results.NewGuid),
    Operation(
        "loginInfo",
        "POST",
        "onlineagent/{agentid}/logininfo",
        "a short-lived password for the softphone",
        result=results.PhoneLogin,
    ),
    Operation(
        "syncagentinfo",
        "POST",
        "onlineagent/{agentid}/syncagentinfo",
        "state and call for a reloaded desktop; empties the event queue",
        result=results.SyncedAgent,
    ),
    Operation(
        "modifyAccountPwdEx",
        "POST",
        "onlineagent/{agentid}/modifyaccountpwdex",
        "change the own password",
        body=models.PasswordBody,
        retcodes=_PASSWORD_CODES,
    ),
    Operation(
        "modifyAccountPwd",
        "POST",
        "onlineagent/{agentid}/modifyaccountpwd",
        "change the own password, older form",
        parameters=models.PasswordParameters,
        retcodes=_PASSWORD_CODES,
    ),
)

STATES: tuple[Operation, ...] = (
    Operation("getAgentStatus", "GET", "onlineagent/{agentid}/agentstatus", "own state", result=results.AgentStatus),
    Operation("sayFree", "POST", "onlineagent/{agentid}/sayfree", "go idle", retcodes=_STATE),
    Operation(
        "sayBusy", "POST", "onlineagent/{agentid}/saybusy", "go busy", parameters=models.BusyParameters, retcodes=_STATE
    ),
    Operation("cancelBusy", "POST", "onlineagent/{agentid}/cancelbusy", "leave busy", retcodes=_STATE),
    Operation("sayWork", "POST", "onlineagent/{agentid}/work", "go into wrap-up", retcodes=_STATE),
    Operation("cancelWork", "POST", "onlineagent/{agentid}/cancelwork", "leave wrap-up", retcodes=_STATE),
    Operation(
        "rest",
        "POST",
        "onlineagent/{agentid}/rest/{time}/{restcause}",
        "apply for rest",
        parameters=models.RestParameters,
        retcodes=_STATE,
    ),
    Operation("cancelRest", "POST", "onlineagent/{agentid}/cancelrest", "leave rest", retcodes=_STATE),
    Operation(
        "setCustomState",
        "POST",
        "onlineagent/{agentid}/setcustomstate",
        "set a status number of the business",
        parameters=models.CustomStateParameters,
    ),
    Operation(
        "queryCustomState",
        "GET",
        "onlineagent/{agentid}/querycustomstate",
        "the status number of the business",
        result=results.CustomState,
    ),
    Operation(
        "cancelSetCustomState",
        "POST",
        "onlineagent/{agentid}/cancelsetcustomstate",
        "clear the status number of the business",
        retcodes=_STATE,
    ),
)

SETTINGS: tuple[Operation, ...] = (
    Operation(
        "resetSkill",
        "POST",
        "onlineagent/{agentid}/resetskill/{autoflag}",
        "sign in to skill queues",
        parameters=models.SkillParameters,
    ),
    Operation(
        "queryAgentSkills",
        "GET",
        "onlineagent/{agentid}/agentskills",
        "own skill queues",
        retcodes=(retcodes.NO_SKILLS,),
        result=list[SkillQueue],
    ),
    Operation(
        "queryAgentSkillsByWorkNo",
        "GET",
        "onlineagent/{agentid}/agentskillsbyworkno/{workno}",
        "skill queues of another agent",
        parameters=OtherAgentParameters,
        retcodes=(retcodes.NO_SKILLS,),
        result=list[SkillQueue],
    ),
    Operation(
        "setAgentAutoAnswer",
        "POST",
        "onlineagent/{agentid}/autoanswer/{isautoanswer}",
        "answer calls by itself or by hand",
        parameters=models.AutoAnswerParameters,
    ),
    Operation(
        "setAgentAutoEnterIdle",
        "POST",
        "onlineagent/{agentid}/autoenteridle/{flag}",
        "idle or wrap-up after a call",
        parameters=models.AutoEnterIdleParameters,
    ),
    Operation(
        "setTalkRight",
        "POST",
        "onlineagent/{agentid}/settalkright",
        "take inbound calls or not",
        parameters=models.TalkRightParameters,
    ),
    Operation(
        "bindAgentPhone",
        "POST",
        "onlineagent/{agentid}/bindphone",
        "use another phone",
        body=models.PhoneBody,
        retcodes=_PHONE_CODES,
    ),
    Operation(
        "setForwarding",
        "POST",
        "onlineagent/{agentid}/setforwarding",
        "forward the calls to oneself",
        body=models.ForwardingBody,
        retcodes=(retcodes.CALLED_NUMBER,),
    ),
    Operation(
        "setAgentSelfRecord",
        "POST",
        "onlineagent/{agentid}/setselfrecord/{recordflag}/{recordbeforetalking}",
        "record the own calls or not",
        parameters=models.SelfRecordParameters,
    ),
    Operation(
        "sendNotelet",
        "POST",
        "onlineagent/{agentid}/sendnotelet/{receiver}",
        "send a note, older form",
        parameters=models.NoteParameters,
    ),
    Operation(
        "sendNoteletEx",
        "POST",
        "onlineagent/{agentid}/sendnoteletex",
        "send a note",
        body=models.NoteBody,
        retcodes=(retcodes.BAD_SIGN_IN,),
        result=Nothing | None,
    ),
    Operation(
        "notifyBulletin",
        "POST",
        "onlineagent/{agentid}/notifybulletin",
        "publish a bulletin",
        body=models.BulletinBody,
    ),
)

OPERATIONS: tuple[Operation, ...] = (*SESSION, *STATES, *SETTINGS)
