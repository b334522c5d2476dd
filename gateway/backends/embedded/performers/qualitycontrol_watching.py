"""Watching agents, and what older inspectors' desktops ask besides (contract qualitycontrol.yaml, older versions)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from gateway.backends.base import Call
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import rights, roll
from gateway.backends.embedded.performers.agent_views import AgentViews
from gateway.backends.embedded.performers.qualitycontrol import check
from gateway.operations.qualitycontrol_models import AgentsParameters, RecordAgentsParameters
from gateway.sessions.agent_state import AgentState
from gateway.sessions.model import Event
from gateway.wire import retcodes
from gateway.wire.errors import Refused


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _Watching(parts)
    return {
        "beginMonitor": group.begin,
        "endMonitor": group.end,
        "queryAllMonitoredAgents": group.watched,
        "qcSetAgentSelfRecord": group.record,
        "qcCancelAgentSelfRecord": group.cancel_record,
        "queryQcTasks": group.tasks,
        "deleteQcTask": group.delete_task,
        "queryUrlInfo": group.address,
        "registerDataToServer": group.data_port,
    }


class _Watching:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def begin(self, call: Call) -> object:
        agents = self._agents(call)
        await self._parts.watch.begin(call.record.agent_id, call.session_id, agents)
        return NOTHING

    async def end(self, call: Call) -> object:
        self._parts.watch.end(call.session_id, self._agents(call))
        return NOTHING

    async def watched(self, call: Call) -> object:
        self._inspector(call)
        views = AgentViews(self._parts)
        return [views.brief(entry) for entry in await roll.of(self._parts, self._parts.watch.watched(call.session_id))]

    async def record(self, call: Call) -> object:
        asked = cast(RecordAgentsParameters, call.parameters)
        return await self._record(call, on=bool(asked.recordflag), early=bool(asked.recordbeforetalking))

    async def cancel_record(self, call: Call) -> object:
        return await self._record(call, on=False, early=False)

    async def _record(self, call: Call, *, on: bool, early: bool) -> object:
        """For those of the agents who are signed in."""

        def change(state: AgentState, _now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            return replace(state, self_record=on, record_early=early), ()

        for entry in await roll.of(self._parts, self._agents(call)):
            if entry.here is not None:
                await self._parts.records.change(entry.agent.id, entry.here.session.id, change)
        return NOTHING

    async def tasks(self, call: Call) -> object:
        """Nobody plans inspections here."""
        self._inspector(call)
        return []

    async def delete_task(self, call: Call) -> object:
        self._inspector(call)
        raise Refused(retcodes.INSPECTION_RESOURCE, "taskdsn: there is no such task")

    async def address(self, _call: Call) -> object:
        """No address has a name here."""
        return ""

    async def data_port(self, call: Call) -> object:
        """Nothing is sent to a desktop's own port: there is no video here."""
        self._inspector(call)
        return NOTHING

    def _agents(self, call: Call) -> Iterable[int]:
        agents = cast(AgentsParameters, call.parameters).agents
        for agent_id in agents:
            check(self._parts, call, agent_id)
        return agents

    def _inspector(self, call: Call) -> None:
        rights.require(self._parts, call, retcodes.NOT_INSPECTOR, rights.INSPECTOR)
