"""Queries about calls, and the data that agents attach to them (contract calldata.yaml)."""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from gateway.backends.base import Call as Asked
from gateway.backends.embedded.core.model import Call, Desk, Stage
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import rights
from gateway.backends.embedded.performers.call_views import CallViews
from gateway.operations.calldata_models import (
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
from gateway.operations.fields import CALL_DATA_MAX
from gateway.operations.parameters import CallParameters, OtherAgentParameters, QueueParameters
from gateway.wire import retcodes
from gateway.wire.errors import Refused

INSPECTOR = "inspector"


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    own, others, data = _Own(parts), _Others(parts), _Data(parts)
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


class _Group:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.world = parts.world
        self.views = CallViews(parts.world)

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


class _Own(_Group):
    """About the calling agent's own calls."""

    async def info(self, call: Asked) -> object:
        desk = self.parts.records.desk(call)
        found = self.world.current(desk.session_id)
        if found is None and not cast(LastCallParameters, call.parameters).is_no_contain_last_call:
            found = desk.last_call
        return None if found is None else self.views.info(found, self.parts.records.now_ms())

    async def before_answer(self, call: Asked) -> object:
        desk = self.parts.records.desk(call)
        active = self.world.active(desk.session_id)
        if active is None or active[1].stage is not Stage.RINGING:
            return None
        return self.views.info(active[0], self.parts.records.now_ms())

    async def by_id(self, call: Asked) -> object:
        desk = self.parts.records.desk(call)
        wanted = cast(CallParameters, call.parameters).callid
        found = self.world.current(desk.session_id, wanted)
        if found is None and desk.last_call is not None and desk.last_call.id == wanted:
            found = desk.last_call
        return None if found is None else self.views.by_id(found)

    async def ids(self, call: Asked) -> object:
        return [found.id for found in self.calls(self.parts.records.desk(call).session_id)]

    async def count(self, call: Asked) -> object:
        return len(self.calls(self.parts.records.desk(call).session_id))

    async def in_call(self, call: Asked) -> object:
        return bool(self.calls(self.parts.records.desk(call).session_id))

    async def remote_numbers(self, call: Asked) -> object:
        pairs = self.world.legs_of(self.parts.records.desk(call).session_id)
        return list(dict.fromkeys(other.number for found, leg in pairs for other in found.others(leg)))

    async def held(self, call: Asked) -> object:
        return [self.views.held(found) for found in self.held_calls(self.parts.records.desk(call).session_id)]

    async def statistics(self, call: Asked) -> object:
        tally = self.world.tally(call.record.agent_id, self.parts.records.now_ms())
        return CallStatistics(talktime=tally.talk_ms // 1000, answernums=tally.answered, calloutnums=tally.called_out)

    async def records(self, call: Asked) -> object:
        wanted = cast(OwnRecordsParameters, call.parameters)
        return self.record_page(wanted, lambda agent_id: agent_id == call.record.agent_id)


class _Others(_Group):
    """About other agents' calls and calls without an agent."""

    def _inspects(self, call: Asked, agent_id: int, code: str) -> None:
        """Everyone may ask about oneself, inspectors about all. Raises Refused with `code`."""
        asking = self.parts.registry.get(call.record.agent_id)
        if agent_id != call.record.agent_id and (asking is None or INSPECTOR not in asking.roles):
            raise Refused(code)

    def _desk(self, call: Asked, code: str, unknown: str) -> Desk | None:
        agent_id = cast(OtherAgentParameters, call.parameters).workno
        if self.parts.registry.get(agent_id) is None:
            raise Refused(unknown)
        self._inspects(call, agent_id, code)
        return self.world.desks.get(agent_id)

    async def calls_of(self, call: Asked) -> list[Call]:
        desk = self._desk(call, retcodes.NOT_INSPECTOR, retcodes.BAD_AGENT_ASKED)
        return [] if desk is None else self.calls(desk.session_id)

    async def ids(self, call: Asked) -> object:
        return [found.id for found in await self.calls_of(call)]

    async def infos(self, call: Asked) -> object:
        now_ms = self.parts.records.now_ms()
        return [self.views.info(found, now_ms) for found in await self.calls_of(call)]

    async def all_calls(self, call: Asked) -> object:
        self._inspects(call, 0, retcodes.NOT_INSPECTOR)
        now_ms = self.parts.records.now_ms()
        return [self.views.info(found, now_ms) for found in self.world.calls.values()]

    async def held(self, call: Asked) -> object:
        desk = self._desk(call, retcodes.NO_RIGHT_TO_QUERY, retcodes.NO_HELD_CALL)
        return [self.views.brief(found) for found in self.held_calls(desk.session_id if desk else "")]

    async def count_held(self, call: Asked) -> object:
        desk = self._desk(call, retcodes.NO_RIGHT_TO_QUERY, retcodes.NO_HELD_CALL)
        return len(self.world.held(desk.session_id)) if desk else 0

    async def records(self, call: Asked) -> object:
        """Also for who may manage reports."""
        wanted = cast(RecordsParameters, call.parameters)
        if not rights.has(self.parts, call.record.agent_id, rights.REPORTS):
            self._inspects(call, wanted.workno or 0, retcodes.NOT_INSPECTOR)
        return self.record_page(wanted, lambda agent_id: wanted.workno in (None, agent_id))

    async def waiting(self, call: Asked) -> object:
        queue = self.world.queues.get(cast(QueueParameters, call.parameters).skillid, [])
        now_ms = self.parts.records.now_ms()
        return [self.views.waiting(place.call, now_ms) for place in queue]

    async def private(self, call: Asked) -> object:
        """Calls that wait for this agent alone."""
        queue = self.world.private.get(call.record.agent_id, [])
        now_ms = self.parts.records.now_ms()
        return [self.views.waiting(place.call, now_ms) for place in queue]

    def _at_ivr(self, call: Asked) -> list[Call]:
        wanted = cast(IvrParameters, call.parameters).ivrid
        return [found for found in self.world.calls.values() if found.at_ivr and self._ivr_id(found.at_ivr) == wanted]

    def _ivr_id(self, access: str) -> int:
        return self.world.plan.ivrs[access].id

    async def count_at_ivr(self, call: Asked) -> object:
        return len(self._at_ivr(call))

    async def at_ivr(self, call: Asked) -> object:
        now_ms = self.parts.records.now_ms()
        return [self.views.waiting(found, now_ms) for found in self._at_ivr(call)]


class _Data(_Group):
    """Data attached to calls."""

    def _call(self, call: Asked, call_id: str) -> Call:
        found = self.world.current(self.parts.records.desk(call).session_id, call_id)
        if found is None:
            raise Refused(retcodes.DATA_NO_CALL)
        return found

    async def read(self, call: Asked) -> object:
        wanted = cast(AppDataParameters, call.parameters)
        data = self._call(call, wanted.call_id).data
        return base64.b64encode(data.encode()).decode() if wanted.is_encode_result else data

    async def write(self, call: Asked) -> object:
        body = cast(SetAppDataBody, call.body)
        return self._set(call, body.callid, _decoded(body.calldata) if body.is_data_encoded else body.calldata)

    async def write_older(self, call: Asked) -> object:
        wanted = cast(SetAppDataParameters, call.parameters)
        return self._set(call, wanted.callid, wanted.calldata)

    def _set(self, call: Asked, call_id: str, data: str) -> object:
        found = self._call(call, call_id)
        if not data:
            raise Refused(retcodes.DATA_NOTHING)
        if len(data.encode()) > CALL_DATA_MAX:
            raise Refused(retcodes.BAD_PARAMETER, f"calldata: at most {CALL_DATA_MAX} bytes")
        found.data = data
        return NOTHING

    async def read_business(self, call: Asked) -> object:
        return self._call(call, cast(BusinessDataBody, call.body).callid).business

    async def write_business(self, call: Asked) -> object:
        body = cast(BusinessDataBody, call.body)
        found = self._call(call, body.callid)
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
