"""What inspectors do: inspect agents (listen, insert, whisper, take over), force them, watch who signs in and out."""

from collections.abc import Iterable
from typing import Any, Final

from gateway.contact_centre.floor import chatting, conferring, inspecting, releasing, state_machine
from gateway.contact_centre.floor.activities import Inspection, Mode
from gateway.contact_centre.floor.calls import AgentDesk
from gateway.contact_centre.floor.effects import NOTHING
from gateway.contact_centre.floor.roster import Transaction
from gateway.contact_centre.floor.state_machine import CallOrigin
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations import directory, roles
from gateway.contact_centre.operations.agentgroup.views import AgentViews
from gateway.contact_centre.operations.qualitycontrol.rows import (
    AdjustSkillBody,
    AgentsParameters,
    ForceRestParameters,
    InterceptParameters,
    MediaParameters,
    RecordAgentsParameters,
    SwitchParameters,
    WhisperParameters,
)
from gateway.interface.fields import CallParameters, WorkNoParameters
from gateway.wire import retcodes
from gateway.wire.errors import Refused

VOICE: Final = frozenset({None, 5})
"""Media types that can be inspected; None where the client names none."""
SWITCH_TYPES: Final = (Mode.LISTEN, Mode.INSERT, Mode.WHISPER)
"""By `switchtype`."""
NOT_HERE: Final = "this agent is not signed in"


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    group, forcing, watching = _QualityControl(services), _Forcing(services), _Watching(services)
    return {
        "addSupervise": group.listen,
        "addInsert": group.insert,
        "requestWhisperAgent": group.whisper,
        "switchSuperviseOrInsert": group.switch,
        "requestSwitchInsertWhisperAgent": group.switch_to,
        "stopSuperviseOrInsert": group.stop,
        "requestStopWhisperAgent": group.stop_whisper,
        "intercept": group.intercept,
        **dict.fromkeys(state_machine.FORCED, forcing.state),
        "forceLogOutAgent": forcing.sign_out,
        "forceDropCall": forcing.drop_call,
        "adjustSkill": forcing.skills,
        "beginMonitor": watching.begin,
        "endMonitor": watching.end,
        "queryAllMonitoredAgents": watching.watched,
        "qcSetAgentSelfRecord": watching.record,
        "qcCancelAgentSelfRecord": watching.cancel_record,
        "queryQcTasks": watching.tasks,
        "deleteQcTask": watching.delete_task,
        "queryUrlInfo": watching.address,
        "registerDataToServer": watching.data_port,
    }


def check(services: CentreServices, invocation: Invocation, target_id: int) -> None:
    """Whether the caller may inspect this agent. Raises Refused: `900-002`, `000-005`, `900-004`."""
    roles.require(services, invocation, retcodes.NOT_INSPECTOR, roles.INSPECTOR)
    if target_id == invocation.desk.agent_id:
        raise Refused(retcodes.SELF_INSPECTION)
    if services.registry.get(target_id) is None:
        raise Refused(retcodes.INSPECTED_UNKNOWN)


class _QualityControl:
    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def listen(self, invocation: Invocation) -> object:
        return self._begin_silent(invocation, Mode.LISTEN)

    async def insert(self, invocation: Invocation) -> object:
        return self._begin_silent(invocation, Mode.INSERT)

    def _begin_silent(self, invocation: Invocation[MediaParameters], mode: Mode) -> object:
        asked = invocation.parameters
        check(self._services, invocation, asked.work_no)
        if asked.media_type not in VOICE:
            raise Refused(retcodes.INSPECTION_RESOURCE, "only voice calls can be inspected here")
        return self._begin(invocation, asked.work_no, mode)

    async def whisper(self, invocation: Invocation[WhisperParameters]) -> object:
        target_id = invocation.parameters.whisperagentid
        check(self._services, invocation, target_id)
        return self._begin(invocation, target_id, Mode.WHISPER)

    def _begin(self, invocation: Invocation, target_id: int, mode: Mode) -> object:
        with self._services.board.transaction() as transaction:
            desk = invocation.desk
            target = self._target(transaction, target_id)
            inspecting.check_free(transaction.world, target)
            self._occupy(transaction, desk)
            inspecting.begin(transaction.out, transaction.world, desk, target, mode)
        return NOTHING

    def _target(self, transaction: Transaction, target_id: int) -> AgentDesk:
        target = self._services.world.desks.get(target_id)
        if target is None:
            raise Refused(retcodes.INSPECTED_UNKNOWN, "this agent is not signed in")
        return target

    def _occupy(self, transaction: Transaction, desk: AgentDesk) -> None:
        """The inspector must be idle."""
        if transaction.world.legs_of(desk.session_id):
            raise Refused(retcodes.INSPECTION_STATE, "not possible during a call")
        try:
            transaction.occupy(desk, CallOrigin.ROUTED)
        except Refused as refused:
            if refused.retcode == retcodes.WRONG_STATE:
                raise Refused(retcodes.INSPECTION_STATE, refused.message) from None
            raise

    async def switch(self, invocation: Invocation[WorkNoParameters]) -> object:
        with self._services.board.transaction() as transaction:
            found = self._running(transaction, invocation, invocation.parameters.work_no)
            inspecting.change(transaction.out, found, inspecting.OTHER[found.mode])
        return NOTHING

    async def switch_to(self, invocation: Invocation[SwitchParameters]) -> object:
        asked = invocation.parameters
        with self._services.board.transaction() as transaction:
            found = self._running(transaction, invocation, asked.whisperagentid or 0)
            inspecting.change(transaction.out, found, SWITCH_TYPES[asked.switchtype])
        return NOTHING

    async def stop(self, invocation: Invocation[WorkNoParameters]) -> object:
        return self._end(invocation, invocation.parameters.work_no)

    async def stop_whisper(self, invocation: Invocation[WhisperParameters]) -> object:
        return self._end(invocation, invocation.parameters.whisperagentid)

    def _end(self, invocation: Invocation, target_id: int) -> object:
        with self._services.board.transaction() as transaction:
            inspecting.end(transaction.out, transaction.world, self._running(transaction, invocation, target_id))
        return NOTHING

    async def intercept(self, invocation: Invocation[InterceptParameters]) -> object:
        asked = invocation.parameters
        with self._services.board.transaction() as transaction:
            found = self._running(transaction, invocation, asked.work_no)
            taken, leg = inspecting.to_intercept(transaction.world, found, asked.call_id)
            inspecting.intercept(transaction.out, transaction.world, found, taken, leg)
        return NOTHING

    def _running(self, transaction: Transaction, invocation: Invocation, target_id: int) -> Inspection:
        if target_id:
            check(self._services, invocation, target_id)
        else:
            roles.require(self._services, invocation, retcodes.NOT_INSPECTOR, roles.INSPECTOR)
        return inspecting.running(transaction.world, invocation.desk.session_id, invocation.operation.name, target_id)


class _Forcing:
    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def state(self, invocation: Invocation[WorkNoParameters]) -> object:
        asked = invocation.parameters
        check(self._services, invocation, asked.work_no)
        reason, rest_s = (asked.reason, asked.time) if isinstance(asked, ForceRestParameters) else (0, 0)

        desk, roster, name = self._desk(asked.work_no), self._services.roster, invocation.operation.name
        roster.change(desk, state_machine.force(desk.state, name, roster.now_ms(), reason=reason, rest_s=rest_s))
        return NOTHING

    async def sign_out(self, invocation: Invocation[WorkNoParameters]) -> object:
        """The agent's session ends, whatever it does, and its calls at once."""
        agent_id = invocation.parameters.work_no
        check(self._services, invocation, agent_id)
        self._services.presence.force_out(self._desk(agent_id), invocation.desk.agent_id)
        return NOTHING

    async def drop_call(self, invocation: Invocation[CallParameters]) -> object:
        roles.require(self._services, invocation, retcodes.NOT_INSPECTOR, roles.INSPECTOR)
        with self._services.board.transaction() as transaction:
            call_id = invocation.parameters.callid
            chat = transaction.world.activities.chats.get(call_id)
            conference = transaction.world.activities.conference_by_call(call_id)
            if chat is not None:
                chatting.close(transaction.out, transaction.world, chat)
            elif conference is not None:
                conferring.end(transaction.out, transaction.world, conference)
            else:
                releasing.drop_all(transaction.out, transaction.world, call_id)
        return NOTHING

    async def skills(self, invocation: Invocation[Any, AdjustSkillBody]) -> object:
        """Any declared queues; without an agent, those of the inspector itself."""
        body = invocation.body
        agent_id = body.work_no or invocation.desk.agent_id
        roles.require(self._services, invocation, retcodes.NOT_INSPECTOR, roles.INSPECTOR)
        if self._services.registry.get(agent_id) is None:
            raise Refused(retcodes.INSPECTED_UNKNOWN)
        unknown = [skill for skill in body.skills if skill not in self._services.registry.skills()]
        if unknown:
            raise Refused(retcodes.BAD_SIGN_IN, f"skills: there is no skill queue {unknown[0]}")
        desk = self._desk(agent_id)
        self._services.roster.set(desk, skills=body.skills)
        return NOTHING

    def _desk(self, agent_id: int) -> AgentDesk:
        desk = self._services.world.desks.get(agent_id)
        if desk is None:
            raise Refused(retcodes.INSPECTED_UNKNOWN, NOT_HERE)
        return desk


class _Watching:
    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def begin(self, invocation: Invocation) -> object:
        agents = self._agents(invocation)
        self._services.watchers.begin(invocation.desk, agents)
        return NOTHING

    async def end(self, invocation: Invocation) -> object:
        self._services.watchers.end(invocation.desk, self._agents(invocation))
        return NOTHING

    async def watched(self, invocation: Invocation) -> object:
        self._inspector(invocation)
        views = AgentViews(self._services)
        return [
            views.brief(entry)
            for entry in directory.of(self._services, self._services.watchers.watched(invocation.desk))
        ]

    async def record(self, invocation: Invocation[RecordAgentsParameters]) -> object:
        asked = invocation.parameters
        return self._record(invocation, on=bool(asked.recordflag), early=bool(asked.recordbeforetalking))

    async def cancel_record(self, invocation: Invocation) -> object:
        return self._record(invocation, on=False, early=False)

    def _record(self, invocation: Invocation, *, on: bool, early: bool) -> object:
        """For those of the agents who are signed in."""
        for entry in directory.of(self._services, self._agents(invocation)):
            if entry.here is not None:
                self._services.roster.set(entry.here, self_record=on, record_early=early)
        return NOTHING

    async def tasks(self, invocation: Invocation) -> object:
        """Nobody plans inspections here."""
        self._inspector(invocation)
        return []

    async def delete_task(self, invocation: Invocation) -> object:
        self._inspector(invocation)
        raise Refused(retcodes.INSPECTION_RESOURCE, "taskdsn: there is no such task")

    async def address(self, _invocation: Invocation) -> object:
        """No address has a name here."""
        return ""

    async def data_port(self, invocation: Invocation) -> object:
        """Nothing is sent to a desktop's own port: there is no video here."""
        self._inspector(invocation)
        return NOTHING

    def _agents(self, invocation: Invocation[AgentsParameters]) -> Iterable[int]:
        agents = invocation.parameters.agents
        for agent_id in agents:
            check(self._services, invocation, agent_id)
        return agents

    def _inspector(self, invocation: Invocation) -> None:
        roles.require(self._services, invocation, retcodes.NOT_INSPECTOR, roles.INSPECTOR)
