"""Queries about skill queues, voice menus and access codes (contract queuedevice.yaml)."""

from collections.abc import Iterable
from typing import Final, cast

from gateway.agents.registry import Skill
from gateway.backends.base import Call
from gateway.backends.embedded.parts import Parts, Performer
from gateway.backends.embedded.performers import roll
from gateway.backends.embedded.performers.queue_views import queue_info, statistics, waiting
from gateway.operations.parameters import QueueParameters, WorkNoParameters
from gateway.operations.queuedevice import AccessCode, Ivr, SkillsBody, VdnParameters, VdnSkillsBody
from gateway.wire import retcodes
from gateway.wire.errors import Refused

VOICE: Final = 5
"""Media type of calls, with a picture or without."""


def performers(parts: Parts) -> dict[str, Performer]:
    """By operation name. A list that would be empty is refused with the code of its row."""
    group = _QueueDevice(parts)
    return {
        "queryQueueLengthOnAgent": group.waiting_configured,
        "queryQueueLengthOnAgentSkills": group.waiting_signed_in,
        "queryQueueLengthBySkillId": group.waiting_in_one,
        "querySkillQueueOnAgentVDN": group.own_vdn,
        "querySkillQueueOnVDN": group.vdn,
        "querySkillQueueOnAgent": group.agent,
        "queryStatInfoOfAcd": group.numbers,
        "querySkillStatWithVdn": group.numbers_of_vdn,
        "queryIVRInfoOnVdn": group.ivrs,
        "queryInNoOnVDN": group.access_codes,
    }


class _QueueDevice:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def waiting_configured(self, call: Call) -> object:
        return waiting(self._parts, (skill.id for skill in self._configured(call.record.agent_id)))

    async def waiting_signed_in(self, call: Call) -> object:
        return waiting(self._parts, call.record.state.skills)

    async def waiting_in_one(self, call: Call) -> object:
        return waiting(self._parts, [cast(QueueParameters, call.parameters).skillid])

    async def own_vdn(self, _call: Call) -> object:
        return self._queues(self._parts.registry.skills().values(), retcodes.OWN_VDN_NO_QUEUE)

    async def vdn(self, call: Call) -> object:
        own = cast(VdnParameters, call.parameters).vdnid == self._parts.world.plan.vdn_id
        return self._queues(self._parts.registry.skills().values() if own else (), retcodes.VDN_NO_QUEUE)

    async def agent(self, call: Call) -> object:
        return self._queues(self._configured(cast(WorkNoParameters, call.parameters).work_no), retcodes.NO_SKILLS)

    async def numbers(self, call: Call) -> object:
        return await self._numbers(cast(SkillsBody, call.body).skills, retcodes.OWN_VDN_NO_QUEUE)

    async def numbers_of_vdn(self, call: Call) -> object:
        body = cast(VdnSkillsBody, call.body)
        if body.vdnid not in (None, self._parts.world.plan.vdn_id):
            raise Refused(retcodes.VDN_NO_QUEUE)
        return await self._numbers(body.skills or self._parts.registry.skills(), retcodes.VDN_NO_QUEUE)

    async def ivrs(self, _call: Call) -> object:
        found = self._parts.world.plan.ivrs.values()
        if not found:
            raise Refused(retcodes.NO_IVR)
        return [
            Ivr(access=ivr.access, id=ivr.id, description=ivr.description, service_no=ivr.service_no) for ivr in found
        ]

    async def access_codes(self, _call: Call) -> object:
        """Numbers that lead to a queue, with its name, and those that lead to a voice menu."""
        plan, skills = self._parts.world.plan, self._parts.registry.skills()
        queues = {code: skills.get(skill_id) for code, skill_id in plan.access.items()}
        codes = {code: (skill.name, skill.mediatype) if skill else ("", VOICE) for code, skill in queues.items()}
        codes |= {access: (ivr.description, VOICE) for access, ivr in plan.ivrs.items()}
        if not codes:
            raise Refused(retcodes.NO_ACCESS_CODE)
        return [
            AccessCode(id=number, inno=code, description=description, vdnid=plan.vdn_id, mediatype=media_type)
            for number, (code, (description, media_type)) in enumerate(codes.items(), 1)
        ]

    def _configured(self, agent_id: int) -> tuple[Skill, ...]:
        agent = self._parts.registry.get(agent_id)
        return agent.skills if agent is not None else ()

    def _queues(self, skills: Iterable[Skill], none: str) -> object:
        found = [queue_info(self._parts, skill) for skill in skills]
        if not found:
            raise Refused(none)
        return found

    async def _numbers(self, wanted: Iterable[int], none: str) -> object:
        """Of the queues that there are."""
        declared = self._parts.registry.skills()
        found = [declared[skill_id] for skill_id in wanted if skill_id in declared]
        if not found:
            raise Refused(none)
        signed_in = await roll.signed_in(self._parts)
        return [statistics(self._parts, skill, signed_in) for skill in found]
