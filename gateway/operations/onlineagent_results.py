"""Results of the onlineagent group (contract onlineagent.yaml)."""

from pydantic import Field

from gateway.operations.results import Result


class SignInResult(Result):
    """`mediatype` is T or F for CTIServer, WebM, MailM; `login_time` is ms since the epoch; `time_remaining` is the
    days until the password expires, empty for never.
    """

    vdnid: int
    workno: str
    mediatype: str
    login_time: str
    is_force_change: str
    server_name: str
    time_remaining: str


class LoginTime(Result):
    """The older heartbeat tells when the session began, in ms since the epoch."""

    login_time: str


class NewGuid(Result):
    """`updateGuid`: the value for the `guid` header."""

    guid: str


class AgentStatus(Result):
    """The state: 2 signed out, 3 busy, 4 idle, 5 wrap-up, 7 talking, 8 rest, 9 rest applied for, 0 unknown."""

    agent_state: int
    is_working: bool


class PhoneLogin(Result):
    """`logininfo`: a password for the softphone to register with, for a short time."""

    phonetoken: str
    phonenum: str


class CustomState(Result):
    """`querycustomstate`: the number as a text, 65535 for none."""

    agentcustomstate: str


class StateInfo(Result):
    """The state for a desktop that was loaded again. Times are ms since the epoch as text; `state` and `last_state`
    are console states (1 idle, 2 wrap-up, 3 rest, 4 busy, ..., 255 none); call types are those of `callfeature`.
    """

    call_feature: int
    call_data: str
    last_state: int
    pre_busy: bool
    firsttalking_flag: bool
    work_no: str
    qc_work_no: str
    caller_no: str
    begin_hold_time: str | None
    state: int
    talking_callfeature: int
    release_flag: int
    called_no: str
    main_call_id: str
    second_talking_time: str | None
    pre_rest: bool
    record_id: str = Field(alias="recordID")
    current_time: str
    begin_talking_time: str | None
    partner: str
    hold_call_id: str
    agent_state_begin_time: int
    cur_command: int
    cur_call_id: str
    cmd_begin_time: str


class SyncedAgent(Result):
    """`syncagentinfo`: state and call after a reload of the desktop."""

    callinfo: str | None
    agent_state_info: StateInfo
