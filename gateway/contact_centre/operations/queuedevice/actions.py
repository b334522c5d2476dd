"""Queries about skill queues, voice menus and access codes."""

from collections.abc import Iterable
from typing import Any, Final

from gateway.agents.registry import Skill
from gateway.contact_centre.invocation import Action, CentreServices, Invocation
from gateway.contact_centre.operations import directory
from gateway.contact_centre.operations.directory import queue_info, statistics, waiting
from gateway.contact_centre.operations.queuedevice.rows import AccessCode, Ivr, SkillsBody, VdnParameters, VdnSkillsBody
from gateway.interface.fields import QueueParameters, WorkNoParameters
from gateway.wire import retcodes
from gateway.wire.errors import Refused

VOICE: Final = 5
"""Media type of calls, with a picture or without."""


def actions(services: CentreServices) -> dict[str, Action]:
    """By operation name. A list that would be empty is refused with the code of its row."""
    group = _QueueDevice(services)
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
    def __init__(self, services: CentreServices) -> None:
        self._services = services

    async def waiting_configured(self, invocation: Invocation) -> object:
        return waiting(self._services, (skill.id for skill in self._configured(invocation.desk.agent_id)))

    async def waiting_signed_in(self, invocation: Invocation) -> object:
        return waiting(self._services, invocation.desk.state.skills)

    async def waiting_in_one(self, invocation: Invocation[QueueParameters]) -> object:
        return waiting(self._services, [invocation.parameters.skillid])

    async def own_vdn(self, _invocation: Invocation) -> object:
        return self._queues(self._services.registry.skills().values(), retcodes.OWN_VDN_NO_QUEUE)

    async def vdn(self, invocation: Invocation[VdnParameters]) -> object:
        own = invocation.parameters.vdnid == self._services.world.plan.vdn_id
        return self._queues(self._services.registry.skills().values() if own else (), retcodes.VDN_NO_QUEUE)

    async def agent(self, invocation: Invocation[WorkNoParameters]) -> object:
        return self._queues(self._configured(invocation.parameters.work_no), retcodes.NO_SKILLS)

    async def numbers(self, invocation: Invocation[Any, SkillsBody]) -> object:
        return self._numbers(invocation.body.skills, retcodes.OWN_VDN_NO_QUEUE)

    async def numbers_of_vdn(self, invocation: Invocation[Any, VdnSkillsBody]) -> object:
        body = invocation.body
        if body.vdnid not in (None, self._services.world.plan.vdn_id):
            raise Refused(retcodes.VDN_NO_QUEUE)
        return self._numbers(body.skills or self._services.registry.skills(), retcodes.VDN_NO_QUEUE)

    async def ivrs(self, _invocation: Invocation) -> object:
        found = self._services.world.plan.ivrs.values()
        if not found:
            raise Refused(retcodes.NO_IVR)
        return [
            Ivr(access=ivr.access, id=ivr.id, description=ivr.description, service_no=ivr.service_no) for ivr in found
        ]

    async def access_codes(self, _invocation: Invocation) -> object:
        """Numbers that lead to a queue, with its name, and those that lead to a voice menu."""
        plan, skills = self._services.world.plan, self._services.registry.skills()
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
        agent = self._services.registry.get(agent_id)
        return agent.skills if agent is not None else ()

    def _queues(self, skills: Iterable[Skill], none: str) -> object:
        found = [queue_info(self._services, skill) for skill in skills]
        if not found:
            raise Refused(none)
        return found

    def _numbers(self, wanted: Iterable[int], none: str) -> object:
        """Of the queues that there are."""
        declared = self._services.registry.skills()
        found = [declared[skill_id] for skill_id in wanted if skill_id in declared]
        if not found:
            raise Refused(none)
        signed_in = directory.signed_in(self._services)
        return [statistics(self._services, skill, signed_in) for skill in found]
