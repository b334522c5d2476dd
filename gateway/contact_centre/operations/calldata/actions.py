"""Queries about calls, and the data that agents attach to them."""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from gateway.contact_centre.floor.calls import AgentDesk, Call, Stage
from gateway.contact_centre.floor.effects import NOTHING
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations import roles
from gateway.contact_centre.operations.calldata.rows import (
    AppDataParameters,
    BusinessDataBody,
    CallStatistics,
    IvrParameters,
    LastCallParameters,
    OwnRecordsParameters,
    RecordsParameters,
    SetAppDataBody,
    SetAppDataParameters,
)
from gateway.contact_centre.operations.calldata.views import CallViews
from gateway.interface.fields import CALL_DATA_MAX, CallParameters, OtherAgentParameters, QueueParameters
from gateway.wire import retcodes
from gateway.wire.errors import Refused


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name."""
    own, others, data = _Own(services), _Others(services), _Data(services)
    return {
        "queryCallInfo": own.info,
        "queryCallInfoBeforeAnswer": own.before_answer,
        "queryCallInfoByCallId": own.by_id,
        "queryAllCallID": own.ids,
        "queryCallNumsOnAgent": own.count,
        "isProcessCall": own.in_call,
        "queryRemoteNumbers": own.remote_numbers,
        "queryHoldListInfo": own.held,
        "queryCallStatisticsInfo": own.statistics,
        "queryCallStatisticsInfoEx": own.statistics,
        "querySelfCallRecordInfo": own.records,
        "queryAllCallInfoByAgentWorkNo": others.infos,
        "queryAllCallInfoByAgentWorkNoEx": others.ids,
        "queryAllCallInfoOnVdn": others.all_calls,
        "queryHoldListInfoEx": others.held,
        "queryAgentHoldNum": others.count_held,
        "queryCallRecordList": others.records,
        "queryWaitCallInfoBySkillId": others.waiting,
        "queryPrivateCallInfo": others.private,
        "queryCallCountByIVRId": others.count_at_ivr,
        "queryWaitCallInfoByIVRId": others.at_ivr,
        "queryCallAppData": data.read,
        "setCallAppDataEx": data.write,
        "setCallAppData": data.write_older,
        "getCallBusinessData": data.read_business,
        "setCallBusinessData": data.write_business,
    }


class _CallData:
    def __init__(self, services: CentreServices) -> None:
        self.services = services
        self.world = services.world
        self.views = CallViews(services.world)

    def calls(self, session_id: str) -> list[Call]:
        return [call for call, _leg in self.world.legs_of(session_id)]

    def held_calls(self, session_id: str) -> list[Call]:
        found = [call for call, _leg in self.world.held(session_id)]
        if not found:
            raise Refused(retcodes.NO_HELD_CALL)
        return found

    def record_page(self, wanted: OwnRecordsParameters, agents: Callable[[int], bool]) -> object:
        begin, end = _time_ms(wanted.startdate), _time_ms(wanted.enddate)
        rows = [
            self.views.record(call, agent_id)
            for call in self.world.ended
            for agent_id in call.served
            if agents(agent_id)
            and wanted.skillid in (None, call.skill_id)
            and (begin is None or call.created_ms >= begin)
            and (end is None or call.created_ms <= end)
        ]
        return rows[wanted.startposition : wanted.endposition]


class _Own(_CallData):
    """About the asking agent's own calls."""

    async def info(self, invocation: Invocation[LastCallParameters]) -> object:
        desk = invocation.desk
        found = self.world.current(desk.session_id)
        if found is None and not invocation.parameters.is_no_contain_last_call:
            found = desk.last_call
        return None if found is None else self.views.info(found, self.services.roster.now_ms())

    async def before_answer(self, invocation: Invocation) -> object:
        desk = invocation.desk
        active = self.world.active(desk.session_id)
        if active is None or active[1].stage is not Stage.RINGING:
            return None
        return self.views.info(active[0], self.services.roster.now_ms())

    async def by_id(self, invocation: Invocation[CallParameters]) -> object:
        desk = invocation.desk
        wanted = invocation.parameters.callid
        found = self.world.current(desk.session_id, wanted)
        if found is None and desk.last_call is not None and desk.last_call.id == wanted:
            found = desk.last_call
        return None if found is None else self.views.by_id(found)

    async def ids(self, invocation: Invocation) -> object:
        return [found.id for found in self.calls(invocation.desk.session_id)]

    async def count(self, invocation: Invocation) -> object:
        return len(self.calls(invocation.desk.session_id))

    async def in_call(self, invocation: Invocation) -> object:
        return bool(self.calls(invocation.desk.session_id))

    async def remote_numbers(self, invocation: Invocation) -> object:
        pairs = self.world.legs_of(invocation.desk.session_id)
        return list(dict.fromkeys(other.number for found, leg in pairs for other in found.others(leg)))

    async def held(self, invocation: Invocation) -> object:
        return [self.views.held(found) for found in self.held_calls(invocation.desk.session_id)]

    async def statistics(self, invocation: Invocation) -> object:
        tally = self.world.day_totals(invocation.desk.agent_id, self.services.roster.now_ms())
        return CallStatistics(talktime=tally.talk_ms // 1000, answernums=tally.answered, calloutnums=tally.called_out)

    async def records(self, invocation: Invocation[OwnRecordsParameters]) -> object:
        wanted = invocation.parameters
        return self.record_page(wanted, lambda agent_id: agent_id == invocation.desk.agent_id)


class _Others(_CallData):
    """About other agents' calls and calls without an agent."""

    def _inspects(self, invocation: Invocation, agent_id: int, code: str) -> None:
        """Everyone may ask about oneself, inspectors about all. Raises Refused with `code`."""
        if agent_id != invocation.desk.agent_id:
            roles.require(self.services, invocation, code, roles.INSPECTOR)

    def _desk(self, invocation: Invocation[OtherAgentParameters], code: str, unknown: str) -> AgentDesk | None:
        agent_id = invocation.parameters.workno
        if self.services.registry.get(agent_id) is None:
            raise Refused(unknown)
        self._inspects(invocation, agent_id, code)
        return self.world.desks.get(agent_id)

    async def calls_of(self, invocation: Invocation) -> list[Call]:
        desk = self._desk(invocation, retcodes.NOT_INSPECTOR, retcodes.BAD_AGENT_ASKED)
        return [] if desk is None else self.calls(desk.session_id)

    async def ids(self, invocation: Invocation) -> object:
        return [found.id for found in await self.calls_of(invocation)]

    async def infos(self, invocation: Invocation) -> object:
        now_ms = self.services.roster.now_ms()
        return [self.views.info(found, now_ms) for found in await self.calls_of(invocation)]

    async def all_calls(self, invocation: Invocation) -> object:
        self._inspects(invocation, 0, retcodes.NOT_INSPECTOR)
        now_ms = self.services.roster.now_ms()
        return [self.views.info(found, now_ms) for found in self.world.calls.values()]

    async def held(self, invocation: Invocation) -> object:
        desk = self._desk(invocation, retcodes.NO_RIGHT_TO_QUERY, retcodes.NO_HELD_CALL)
        return [self.views.brief(found) for found in self.held_calls(desk.session_id if desk else "")]

    async def count_held(self, invocation: Invocation) -> object:
        desk = self._desk(invocation, retcodes.NO_RIGHT_TO_QUERY, retcodes.NO_HELD_CALL)
        return len(self.world.held(desk.session_id)) if desk else 0

    async def records(self, invocation: Invocation[RecordsParameters]) -> object:
        """Also for who may manage reports."""
        wanted = invocation.parameters
        if not roles.has(self.services, invocation.desk.agent_id, roles.REPORTS):
            self._inspects(invocation, wanted.workno or 0, retcodes.NOT_INSPECTOR)
        return self.record_page(wanted, lambda agent_id: wanted.workno in (None, agent_id))

    async def waiting(self, invocation: Invocation[QueueParameters]) -> object:
        queue = self.world.queues.get(invocation.parameters.skillid, [])
        now_ms = self.services.roster.now_ms()
        return [self.views.waiting(place.call, now_ms) for place in queue]

    async def private(self, invocation: Invocation) -> object:
        """Calls that wait for this agent alone."""
        queue = self.world.private.get(invocation.desk.agent_id, [])
        now_ms = self.services.roster.now_ms()
        return [self.views.waiting(place.call, now_ms) for place in queue]

    def _at_ivr(self, invocation: Invocation[IvrParameters]) -> list[Call]:
        wanted = invocation.parameters.ivrid
        return [found for found in self.world.calls.values() if found.at_ivr and self._ivr_id(found.at_ivr) == wanted]

    def _ivr_id(self, access: str) -> int:
        return self.world.plan.ivrs[access].id

    async def count_at_ivr(self, invocation: Invocation) -> object:
        return len(self._at_ivr(invocation))

    async def at_ivr(self, invocation: Invocation) -> object:
        now_ms = self.services.roster.now_ms()
        return [self.views.waiting(found, now_ms) for found in self._at_ivr(invocation)]


class _Data(_CallData):
    """Data attached to calls."""

    def _call(self, invocation: Invocation, call_id: str) -> Call:
        found = self.world.current(invocation.desk.session_id, call_id)
        if found is None:
            raise Refused(retcodes.DATA_NO_CALL)
        return found

    async def read(self, invocation: Invocation[AppDataParameters]) -> object:
        wanted = invocation.parameters
        data = self._call(invocation, wanted.call_id).data
        return base64.b64encode(data.encode()).decode() if wanted.is_encode_result else data

    async def write(self, invocation: Invocation[Any, SetAppDataBody]) -> object:
        body = invocation.body
        return self._set(invocation, body.callid, _decoded(body.calldata) if body.is_data_encoded else body.calldata)

    async def write_older(self, invocation: Invocation[SetAppDataParameters]) -> object:
        wanted = invocation.parameters
        return self._set(invocation, wanted.callid, wanted.calldata)

    def _set(self, invocation: Invocation, call_id: str, data: str) -> object:
        found = self._call(invocation, call_id)
        if not data:
            raise Refused(retcodes.DATA_NOTHING)
        if len(data.encode()) > CALL_DATA_MAX:
            raise Refused(retcodes.BAD_PARAMETER, f"calldata: at most {CALL_DATA_MAX} bytes")
        found.data = data
        return NOTHING

    async def read_business(self, invocation: Invocation[Any, BusinessDataBody]) -> object:
        return self._call(invocation, invocation.body.callid).business

    async def write_business(self, invocation: Invocation[Any, BusinessDataBody]) -> object:
        body = invocation.body
        found = self._call(invocation, body.callid)
        if not body.model_extra:
            raise Refused(retcodes.DATA_NOTHING)
        found.business = dict(body.model_extra)
        return NOTHING


def _decoded(data: str) -> str:
    try:
        return base64.b64decode(data, validate=True).decode()
    except (binascii.Error, ValueError):
        raise Refused(retcodes.BAD_PARAMETER, "calldata: is not base64 of UTF-8 text") from None


def _time_ms(text: str) -> int | None:
    """A time as ms since the epoch: a number of ms, or a date with or without time, in UTC; None for none."""
    if not text:
        return None
    try:
        if text.isdigit() and len(text) > len("20161020"):
            return int(text)
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise Refused(
            retcodes.BAD_PARAMETER, "startdate, enddate: use ms since the epoch or 2030-01-31 08:00:00"
        ) from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)
