"""Forcing agents (contract qualitycontrol.yaml): states, sign-out, the end of a call, skill queues. On every node."""

from dataclasses import replace
from typing import Final, cast

from gateway.backends.base import Call
from gateway.backends.embedded import forced
from gateway.backends.embedded.core import chatting, conferring, releasing
from gateway.backends.embedded.core.outcome import NOTHING
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import rights
from gateway.backends.embedded.performers.qualitycontrol import check
from gateway.operations.parameters import CallParameters, WorkNoParameters
from gateway.operations.qualitycontrol_models import AdjustSkillBody, ForceRestParameters
from gateway.ops import audit
from gateway.sessions.agent_state import AgentState
from gateway.sessions.model import EndReason, Event
from gateway.sessions.signing import Transition
from gateway.wire import retcodes
from gateway.wire.errors import Refused

NOT_HERE: Final = "this agent is not signed in"


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name."""
    group = _Forcing(parts)
    return {
        **dict.fromkeys(forced.TARGETS, group.state),
        "forceLogOutAgent": group.sign_out,
        "forceDropCall": group.drop_call,
        "adjustSkill": group.skills,
    }


class _Forcing:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def state(self, call: Call) -> object:
        asked = cast(WorkNoParameters, call.parameters)
        check(self._parts, call, asked.work_no)
        reason, rest_s = (asked.reason, asked.time) if isinstance(asked, ForceRestParameters) else (0, 0)

        def force(state: AgentState, now_ms: int) -> tuple[AgentState, tuple[Event, ...]]:
            step = forced.step(state, call.operation.name, now_ms, reason=reason, rest_s=rest_s)
            return self._parts.records.with_events(asked.work_no, step, now_ms)

        await self._change(asked.work_no, force)
        return NOTHING

    async def sign_out(self, call: Call) -> object:
        """The agent's session ends on every node, whatever it does, and its calls here at once."""
        agent_id = cast(WorkNoParameters, call.parameters).work_no
        check(self._parts, call, agent_id)
        session_id = await self._session(agent_id)
        if not await self._parts.service.end(agent_id, session_id, EndReason.FORCED):
            raise Refused(retcodes.INSPECTED_UNKNOWN, NOT_HERE)
        audit.record("sign-out", agent_id, reason=EndReason.FORCED.name, by=call.record.agent_id)
        await self._parts.board.gone(agent_id, session_id)
        return NOTHING

    async def drop_call(self, call: Call) -> object:
        rights.require(self._parts, call, retcodes.NOT_INSPECTOR, rights.INSPECTOR)
        async with self._parts.board.turn() as turn:
            call_id = cast(CallParameters, call.parameters).callid
            chat = turn.world.besides.chats.get(call_id)
            conference = turn.world.besides.conference_by_call(call_id)
            if chat is not None:
                chatting.close(turn.out, turn.world, chat)
            elif conference is not None:
                conferring.end(turn.out, turn.world, conference)
            else:
                releasing.drop_all(turn.out, turn.world, call_id)
        return NOTHING

    async def skills(self, call: Call) -> object:
        """Any declared queues; without an agent, those of the inspector itself."""
        body = cast(AdjustSkillBody, call.body)
        agent_id = body.work_no or call.record.agent_id
        rights.require(self._parts, call, retcodes.NOT_INSPECTOR, rights.INSPECTOR)
        if self._parts.registry.get(agent_id) is None:
            raise Refused(retcodes.INSPECTED_UNKNOWN)
        unknown = [skill for skill in body.skills if skill not in self._parts.registry.skills()]
        if unknown:
            raise Refused(retcodes.BAD_SIGN_IN, f"skills: there is no skill queue {unknown[0]}")
        await self._change(agent_id, lambda state, _now_ms: (replace(state, skills=body.skills), ()))
        return NOTHING

    async def _change(self, agent_id: int, transition: Transition) -> None:
        session_id = await self._session(agent_id)
        try:
            await self._parts.records.change(agent_id, session_id, transition)
        except Refused as refused:
            if refused.retcode == retcodes.NOT_SIGNED_IN:
                raise Refused(retcodes.INSPECTED_UNKNOWN, NOT_HERE) from None
            raise

    async def _session(self, agent_id: int) -> str:
        session = (await self._parts.service.store.read(agent_id)).session
        if session is None:
            raise Refused(retcodes.INSPECTED_UNKNOWN, NOT_HERE)
        return session.id
