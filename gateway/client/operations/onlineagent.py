"""Operations of the group onlineagent, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from gateway.client.operations.shared import SkillQueue
from gateway.client.request import Group, Wait


class LoginTime(TypedDict):
    """The older heartbeat tells when the session began, in ms since the epoch."""

    loginTime: str


class NewGuid(TypedDict):
    """`updateGuid`: the value for the `guid` header."""

    guid: str


class PhoneLogin(TypedDict):
    """`logininfo`: a password for the softphone to register with, for a short time."""

    phonetoken: str
    phonenum: str


class StateInfo(TypedDict):
    """The state for a desktop that was loaded again. Times are ms since the epoch as text; `state` and
    `lastState` are console states (1 idle, 2 wrap-up, 3 rest, 4 busy, ..., 255 none); call types are those of
    `callfeature`.
    """

    callFeature: int
    callData: str
    lastState: int
    preBusy: bool
    firsttalkingFlag: bool
    workNo: str
    qcWorkNo: str
    callerNo: str
    beginHoldTime: str | None
    state: int
    talkingCallfeature: int
    releaseFlag: int
    calledNo: str
    mainCallId: str
    secondTalkingTime: str | None
    preRest: bool
    recordID: str
    currentTime: str
    beginTalkingTime: str | None
    partner: str
    holdCallId: str
    agentStateBeginTime: int
    curCommand: int
    curCallId: str
    cmdBeginTime: str


class SyncedAgent(TypedDict):
    """`syncagentinfo`: state and call after a reload of the desktop."""

    callinfo: str | None
    agentStateInfo: StateInfo


class AgentStatus(TypedDict):
    """The state: 2 signed out, 3 busy, 4 idle, 5 wrap-up, 7 talking, 8 rest, 9 rest applied for, 0 unknown."""

    agentState: int
    isWorking: bool


class CustomState(TypedDict):
    """`querycustomstate`: the number as a text, 65535 for none."""

    agentcustomstate: str


class SignInOptions(TypedDict, total=False):
    """What a sign-in may be given besides agent, password and phone; the gateway has its own for the rest."""

    autoanswer: bool
    autoenteridle: bool
    releasephone: bool
    agenttype: Literal[4, 11]
    status: Literal[3, 4, 5]
    ip: str
    entry_ip: str
    phonelinkage: bool
    check_in_webm: bool
    check_in_mailm: bool
    vc_phone_number: str
    listen_status: bool


class SignInResult(TypedDict):
    """`mediatype` is T or F for CTIServer, WebM, MailM; `loginTime` is ms since the epoch; `timeRemaining` is
    the days until the password expires, empty for never.
    """

    vdnid: int
    workno: str
    mediatype: str
    loginTime: str
    isForceChange: str
    serverName: str
    timeRemaining: str


class Onlineagent(Group):
    """Operations of `onlineagent`."""

    async def hand_shake(self) -> None:
        """Heartbeat (`handShake`). May be refused with BadSignIn."""
        await self._ask("handShake", "POST", "onlineagent/{agentid}/handshake")

    async def heartbeat(self) -> LoginTime:
        """Heartbeat, older form (`heartbeat`)."""
        result: LoginTime = await self._ask("heartbeat", "PUT", "onlineagent/{agentid}/heartbeat")
        return result

    async def update_guid(self) -> NewGuid:
        """Ask for a new GUID (`updateGuid`)."""
        result: NewGuid = await self._ask("updateGuid", "PUT", "onlineagent/{agentid}/updateGuid")
        return result

    async def login_info(self) -> PhoneLogin:
        """A short-lived password for the softphone (`loginInfo`)."""
        result: PhoneLogin = await self._ask("loginInfo", "POST", "onlineagent/{agentid}/logininfo")
        return result

    async def syncagentinfo(self) -> SyncedAgent:
        """State and call for a reloaded desktop; empties the event queue (`syncagentinfo`)."""
        result: SyncedAgent = await self._ask("syncagentinfo", "POST", "onlineagent/{agentid}/syncagentinfo")
        return result

    async def modify_account_pwd_ex(self, old_password: str, new_password: str) -> None:
        """Change the own password (`modifyAccountPwdEx`). May be refused with WrongOldPassword, Locked,
        PasswordUnchanged, PasswordRule, PasswordLength.
        """
        await self._ask(
            "modifyAccountPwdEx",
            "POST",
            "onlineagent/{agentid}/modifyaccountpwdex",
            body={"oldPassword": old_password, "newPassword": new_password},
        )

    async def modify_account_pwd(self, old_password: str, new_password: str) -> None:
        """Change the own password, older form (`modifyAccountPwd`). May be refused with WrongOldPassword,
        Locked, PasswordUnchanged, PasswordRule, PasswordLength.
        """
        await self._ask(
            "modifyAccountPwd",
            "POST",
            "onlineagent/{agentid}/modifyaccountpwd",
            {"oldpassword": old_password, "newpassword": new_password},
        )

    async def get_agent_status(self) -> AgentStatus:
        """Own state (`getAgentStatus`)."""
        result: AgentStatus = await self._ask("getAgentStatus", "GET", "onlineagent/{agentid}/agentstatus")
        return result

    async def say_free(self) -> None:
        """Go idle (`sayFree`). May be refused with WrongState."""
        await self._ask("sayFree", "POST", "onlineagent/{agentid}/sayfree")

    async def say_busy(self, *, reason: int | None = None, prolong: bool | None = None) -> None:
        """Go busy (`sayBusy`). May be refused with WrongState."""
        await self._ask("sayBusy", "POST", "onlineagent/{agentid}/saybusy", {"reason": reason, "prolong": prolong})

    async def cancel_busy(self) -> None:
        """Leave busy (`cancelBusy`). May be refused with WrongState."""
        await self._ask("cancelBusy", "POST", "onlineagent/{agentid}/cancelbusy")

    async def say_work(self) -> None:
        """Go into wrap-up (`sayWork`). May be refused with WrongState."""
        await self._ask("sayWork", "POST", "onlineagent/{agentid}/work")

    async def cancel_work(self) -> None:
        """Leave wrap-up (`cancelWork`). May be refused with WrongState."""
        await self._ask("cancelWork", "POST", "onlineagent/{agentid}/cancelwork")

    async def rest(self, time: int, restcause: int, *, prolong: bool | None = None) -> None:
        """Apply for rest (`rest`). May be refused with WrongState."""
        await self._ask(
            "rest",
            "POST",
            "onlineagent/{agentid}/rest/{time}/{restcause}",
            {"time": time, "restcause": restcause, "prolong": prolong},
        )

    async def cancel_rest(self) -> None:
        """Leave rest (`cancelRest`). May be refused with WrongState."""
        await self._ask("cancelRest", "POST", "onlineagent/{agentid}/cancelrest")

    async def set_custom_state(self, customstate: int) -> None:
        """Set a status number of the business (`setCustomState`)."""
        await self._ask("setCustomState", "POST", "onlineagent/{agentid}/setcustomstate", {"customstate": customstate})

    async def query_custom_state(self) -> CustomState:
        """The status number of the business (`queryCustomState`)."""
        result: CustomState = await self._ask("queryCustomState", "GET", "onlineagent/{agentid}/querycustomstate")
        return result

    async def cancel_set_custom_state(self) -> None:
        """Clear the status number of the business (`cancelSetCustomState`). May be refused with WrongState."""
        await self._ask("cancelSetCustomState", "POST", "onlineagent/{agentid}/cancelsetcustomstate")

    async def reset_skill(self, autoflag: bool, *, skillid: str | None = None, phonelinkage: int | None = None) -> None:
        """Sign in to skill queues (`resetSkill`)."""
        await self._ask(
            "resetSkill",
            "POST",
            "onlineagent/{agentid}/resetskill/{autoflag}",
            {"autoflag": autoflag, "skillid": skillid, "phonelinkage": phonelinkage},
        )

    async def query_agent_skills(self) -> list[SkillQueue]:
        """Own skill queues (`queryAgentSkills`). May be refused with NoSkills."""
        result: list[SkillQueue] = await self._ask("queryAgentSkills", "GET", "onlineagent/{agentid}/agentskills")
        return result

    async def query_agent_skills_by_work_no(self, workno: int) -> list[SkillQueue]:
        """Skill queues of another agent (`queryAgentSkillsByWorkNo`). May be refused with NoSkills."""
        result: list[SkillQueue] = await self._ask(
            "queryAgentSkillsByWorkNo", "GET", "onlineagent/{agentid}/agentskillsbyworkno/{workno}", {"workno": workno}
        )
        return result

    async def set_agent_auto_answer(self, isautoanswer: bool) -> None:
        """Answer calls by itself or by hand (`setAgentAutoAnswer`)."""
        await self._ask(
            "setAgentAutoAnswer",
            "POST",
            "onlineagent/{agentid}/autoanswer/{isautoanswer}",
            {"isautoanswer": isautoanswer},
        )

    async def set_agent_auto_enter_idle(self, flag: bool) -> None:
        """Idle or wrap-up after a call (`setAgentAutoEnterIdle`)."""
        await self._ask("setAgentAutoEnterIdle", "POST", "onlineagent/{agentid}/autoenteridle/{flag}", {"flag": flag})

    async def set_talk_right(self, flag: int) -> None:
        """Take inbound calls or not (`setTalkRight`)."""
        await self._ask("setTalkRight", "POST", "onlineagent/{agentid}/settalkright", {"flag": flag})

    async def bind_agent_phone(self, phonenum: str) -> None:
        """Use another phone (`bindAgentPhone`). May be refused with WrongState, PhoneInvalid, PhoneOutOfRange."""
        await self._ask("bindAgentPhone", "POST", "onlineagent/{agentid}/bindphone", body={"phonenum": phonenum})

    async def set_forwarding(
        self, *, forwarding_type: Any = None, activate_forward: Any = None, forward_dn: Any = None, **members: object
    ) -> None:
        """Forward the calls to oneself (`setForwarding`). May be refused with CalledNumber."""
        await self._ask(
            "setForwarding",
            "POST",
            "onlineagent/{agentid}/setforwarding",
            body={
                "forwardingType": forwarding_type,
                "activateForward": activate_forward,
                "forwardDN": forward_dn,
                **members,
            },
        )

    async def set_agent_self_record(self, recordflag: int, recordbeforetalking: int) -> None:
        """Record the own calls or not (`setAgentSelfRecord`)."""
        await self._ask(
            "setAgentSelfRecord",
            "POST",
            "onlineagent/{agentid}/setselfrecord/{recordflag}/{recordbeforetalking}",
            {"recordflag": recordflag, "recordbeforetalking": recordbeforetalking},
        )

    async def send_notelet(self, receiver: Sequence[int], *, content: str | None = None) -> None:
        """Send a note, older form (`sendNotelet`)."""
        await self._ask(
            "sendNotelet",
            "POST",
            "onlineagent/{agentid}/sendnotelet/{receiver}",
            {"receiver": receiver, "content": content},
        )

    async def send_notelet_ex(self, agent_ids: Sequence[int], content: str) -> None:
        """Send a note (`sendNoteletEx`). May be refused with BadSignIn."""
        await self._ask(
            "sendNoteletEx",
            "POST",
            "onlineagent/{agentid}/sendnoteletex",
            body={"agentIds": agent_ids, "content": content},
        )

    async def notify_bulletin(self, targettype: int, targetname: str, bulletindata: str) -> None:
        """Publish a bulletin (`notifyBulletin`)."""
        await self._ask(
            "notifyBulletin",
            "POST",
            "onlineagent/{agentid}/notifybulletin",
            body={"targettype": targettype, "targetname": targetname, "bulletindata": bulletindata},
        )


class BlockingOnlineagent:
    """Operations of `onlineagent`, without await."""

    def __init__(self, group: Onlineagent, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def hand_shake(self) -> None:
        """Heartbeat (`handShake`). May be refused with BadSignIn."""
        self._wait(self._group.hand_shake())

    def heartbeat(self) -> LoginTime:
        """Heartbeat, older form (`heartbeat`)."""
        return self._wait(self._group.heartbeat())

    def update_guid(self) -> NewGuid:
        """Ask for a new GUID (`updateGuid`)."""
        return self._wait(self._group.update_guid())

    def login_info(self) -> PhoneLogin:
        """A short-lived password for the softphone (`loginInfo`)."""
        return self._wait(self._group.login_info())

    def syncagentinfo(self) -> SyncedAgent:
        """State and call for a reloaded desktop; empties the event queue (`syncagentinfo`)."""
        return self._wait(self._group.syncagentinfo())

    def modify_account_pwd_ex(self, old_password: str, new_password: str) -> None:
        """Change the own password (`modifyAccountPwdEx`). May be refused with WrongOldPassword, Locked,
        PasswordUnchanged, PasswordRule, PasswordLength.
        """
        self._wait(self._group.modify_account_pwd_ex(old_password, new_password))

    def modify_account_pwd(self, old_password: str, new_password: str) -> None:
        """Change the own password, older form (`modifyAccountPwd`). May be refused with WrongOldPassword,
        Locked, PasswordUnchanged, PasswordRule, PasswordLength.
        """
        self._wait(self._group.modify_account_pwd(old_password, new_password))

    def get_agent_status(self) -> AgentStatus:
        """Own state (`getAgentStatus`)."""
        return self._wait(self._group.get_agent_status())

    def say_free(self) -> None:
        """Go idle (`sayFree`). May be refused with WrongState."""
        self._wait(self._group.say_free())

    def say_busy(self, *, reason: int | None = None, prolong: bool | None = None) -> None:
        """Go busy (`sayBusy`). May be refused with WrongState."""
        self._wait(self._group.say_busy(reason=reason, prolong=prolong))

    def cancel_busy(self) -> None:
        """Leave busy (`cancelBusy`). May be refused with WrongState."""
        self._wait(self._group.cancel_busy())

    def say_work(self) -> None:
        """Go into wrap-up (`sayWork`). May be refused with WrongState."""
        self._wait(self._group.say_work())

    def cancel_work(self) -> None:
        """Leave wrap-up (`cancelWork`). May be refused with WrongState."""
        self._wait(self._group.cancel_work())

    def rest(self, time: int, restcause: int, *, prolong: bool | None = None) -> None:
        """Apply for rest (`rest`). May be refused with WrongState."""
        self._wait(self._group.rest(time, restcause, prolong=prolong))

    def cancel_rest(self) -> None:
        """Leave rest (`cancelRest`). May be refused with WrongState."""
        self._wait(self._group.cancel_rest())

    def set_custom_state(self, customstate: int) -> None:
        """Set a status number of the business (`setCustomState`)."""
        self._wait(self._group.set_custom_state(customstate))

    def query_custom_state(self) -> CustomState:
        """The status number of the business (`queryCustomState`)."""
        return self._wait(self._group.query_custom_state())

    def cancel_set_custom_state(self) -> None:
        """Clear the status number of the business (`cancelSetCustomState`). May be refused with WrongState."""
        self._wait(self._group.cancel_set_custom_state())

    def reset_skill(self, autoflag: bool, *, skillid: str | None = None, phonelinkage: int | None = None) -> None:
        """Sign in to skill queues (`resetSkill`)."""
        self._wait(self._group.reset_skill(autoflag, skillid=skillid, phonelinkage=phonelinkage))

    def query_agent_skills(self) -> list[SkillQueue]:
        """Own skill queues (`queryAgentSkills`). May be refused with NoSkills."""
        return self._wait(self._group.query_agent_skills())

    def query_agent_skills_by_work_no(self, workno: int) -> list[SkillQueue]:
        """Skill queues of another agent (`queryAgentSkillsByWorkNo`). May be refused with NoSkills."""
        return self._wait(self._group.query_agent_skills_by_work_no(workno))

    def set_agent_auto_answer(self, isautoanswer: bool) -> None:
        """Answer calls by itself or by hand (`setAgentAutoAnswer`)."""
        self._wait(self._group.set_agent_auto_answer(isautoanswer))

    def set_agent_auto_enter_idle(self, flag: bool) -> None:
        """Idle or wrap-up after a call (`setAgentAutoEnterIdle`)."""
        self._wait(self._group.set_agent_auto_enter_idle(flag))

    def set_talk_right(self, flag: int) -> None:
        """Take inbound calls or not (`setTalkRight`)."""
        self._wait(self._group.set_talk_right(flag))

    def bind_agent_phone(self, phonenum: str) -> None:
        """Use another phone (`bindAgentPhone`). May be refused with WrongState, PhoneInvalid, PhoneOutOfRange."""
        self._wait(self._group.bind_agent_phone(phonenum))

    def set_forwarding(
        self, *, forwarding_type: Any = None, activate_forward: Any = None, forward_dn: Any = None, **members: object
    ) -> None:
        """Forward the calls to oneself (`setForwarding`). May be refused with CalledNumber."""
        self._wait(
            self._group.set_forwarding(
                forwarding_type=forwarding_type, activate_forward=activate_forward, forward_dn=forward_dn, **members
            )
        )

    def set_agent_self_record(self, recordflag: int, recordbeforetalking: int) -> None:
        """Record the own calls or not (`setAgentSelfRecord`)."""
        self._wait(self._group.set_agent_self_record(recordflag, recordbeforetalking))

    def send_notelet(self, receiver: Sequence[int], *, content: str | None = None) -> None:
        """Send a note, older form (`sendNotelet`)."""
        self._wait(self._group.send_notelet(receiver, content=content))

    def send_notelet_ex(self, agent_ids: Sequence[int], content: str) -> None:
        """Send a note (`sendNoteletEx`). May be refused with BadSignIn."""
        self._wait(self._group.send_notelet_ex(agent_ids, content))

    def notify_bulletin(self, targettype: int, targetname: str, bulletindata: str) -> None:
        """Publish a bulletin (`notifyBulletin`)."""
        self._wait(self._group.notify_bulletin(targettype, targetname, bulletindata))
