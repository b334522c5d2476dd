"""Operations of the group queuedevice, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from collections.abc import Sequence
from typing import TypedDict

from gateway.client.operations.shared import SkillStatistics
from gateway.client.request import Group, Wait


class QueueInfo(TypedDict):
    """A skill queue of a VDN. `realFlag` is 1 for a real queue and 0 for a virtual one."""

    name: str
    id: int
    mediatype: int
    serviceType: int
    realFlag: int


class Ivr(TypedDict):
    """An IVR and the access code that leads to it."""

    access: str
    id: int
    description: str
    serviceNo: int


class AccessCode(TypedDict):
    """A number that calls come in on, with the members that a public client reads. `id` counts the access codes.
    `mediatype` is that of the queue it leads to; 5, audio and video, for one that leads to a voice menu.
    """

    id: int
    inno: str
    description: str
    vdnid: int
    mediatype: int


class Queuedevice(Group):
    """Operations of `queuedevice`."""

    async def query_queue_length_on_agent(self) -> int:
        """Users waiting in the queues configured for the agent (`queryQueueLengthOnAgent`)."""
        result: int = await self._ask("queryQueueLengthOnAgent", "GET", "queuedevice/{agentid}/waitnum")
        return result

    async def query_queue_length_on_agent_skills(self) -> int:
        """Users waiting in the queues the agent is signed in to (`queryQueueLengthOnAgentSkills`)."""
        result: int = await self._ask("queryQueueLengthOnAgentSkills", "GET", "queuedevice/{agentid}/waitnumbyagent")
        return result

    async def query_queue_length_by_skill_id(self, skillid: int) -> int:
        """Users waiting in a queue (`queryQueueLengthBySkillId`)."""
        result: int = await self._ask(
            "queryQueueLengthBySkillId", "GET", "queuedevice/{agentid}/skillwaitnum/{skillid}", {"skillid": skillid}
        )
        return result

    async def query_skill_queue_on_agent_vdn(self) -> list[QueueInfo]:
        """Queues of the agent's VDN (`querySkillQueueOnAgentVDN`). May be refused with OwnVdnNoQueue."""
        result: list[QueueInfo] = await self._ask(
            "querySkillQueueOnAgentVDN", "GET", "queuedevice/{agentid}/agentvdnskill"
        )
        return result

    async def query_skill_queue_on_vdn(self, vdnid: int) -> list[QueueInfo]:
        """Queues of a VDN (`querySkillQueueOnVDN`). May be refused with VdnNoQueue."""
        result: list[QueueInfo] = await self._ask(
            "querySkillQueueOnVDN", "GET", "queuedevice/{agentid}/vdnskill/{vdnid}", {"vdnid": vdnid}
        )
        return result

    async def query_skill_queue_on_agent(self, work_no: int) -> list[QueueInfo]:
        """Queues of an agent (`querySkillQueueOnAgent`). May be refused with NoSkills."""
        result: list[QueueInfo] = await self._ask(
            "querySkillQueueOnAgent", "GET", "queuedevice/{agentid}/agentskill/{workNo}", {"workNo": work_no}
        )
        return result

    async def query_stat_info_of_acd(self, skills: Sequence[int]) -> list[SkillStatistics]:
        """Queues in numbers (`queryStatInfoOfAcd`). May be refused with OwnVdnNoQueue."""
        result: list[SkillStatistics] = await self._ask(
            "queryStatInfoOfAcd", "POST", "queuedevice/{agentid}/queryacdstat", body={"skills": skills}
        )
        return result

    async def query_skill_stat_with_vdn(
        self, *, skills: Sequence[int] | None = None, vdnid: int | None = None
    ) -> list[SkillStatistics]:
        """Queues of a VDN in numbers (`querySkillStatWithVdn`). May be refused with VdnNoQueue."""
        result: list[SkillStatistics] = await self._ask(
            "querySkillStatWithVdn",
            "POST",
            "queuedevice/{agentid}/queryskillstat",
            body={"skills": skills, "vdnid": vdnid},
        )
        return result

    async def query_ivr_info_on_vdn(self) -> list[Ivr]:
        """IVRs of the VDN (`queryIVRInfoOnVdn`). May be refused with NoIvr."""
        result: list[Ivr] = await self._ask("queryIVRInfoOnVdn", "GET", "queuedevice/{agentid}/ivrinfo")
        return result

    async def query_in_no_on_vdn(self) -> list[AccessCode]:
        """Access codes of the VDN (`queryInNoOnVDN`). May be refused with NoAccessCode."""
        result: list[AccessCode] = await self._ask("queryInNoOnVDN", "GET", "queuedevice/{agentid}/innoinfo")
        return result


class BlockingQueuedevice:
    """Operations of `queuedevice`, without await."""

    def __init__(self, group: Queuedevice, wait: Wait) -> None:
        self._group = group
        self._wait = wait

    def query_queue_length_on_agent(self) -> int:
        """Users waiting in the queues configured for the agent (`queryQueueLengthOnAgent`)."""
        return self._wait(self._group.query_queue_length_on_agent())

    def query_queue_length_on_agent_skills(self) -> int:
        """Users waiting in the queues the agent is signed in to (`queryQueueLengthOnAgentSkills`)."""
        return self._wait(self._group.query_queue_length_on_agent_skills())

    def query_queue_length_by_skill_id(self, skillid: int) -> int:
        """Users waiting in a queue (`queryQueueLengthBySkillId`)."""
        return self._wait(self._group.query_queue_length_by_skill_id(skillid))

    def query_skill_queue_on_agent_vdn(self) -> list[QueueInfo]:
        """Queues of the agent's VDN (`querySkillQueueOnAgentVDN`). May be refused with OwnVdnNoQueue."""
        return self._wait(self._group.query_skill_queue_on_agent_vdn())

    def query_skill_queue_on_vdn(self, vdnid: int) -> list[QueueInfo]:
        """Queues of a VDN (`querySkillQueueOnVDN`). May be refused with VdnNoQueue."""
        return self._wait(self._group.query_skill_queue_on_vdn(vdnid))

    def query_skill_queue_on_agent(self, work_no: int) -> list[QueueInfo]:
        """Queues of an agent (`querySkillQueueOnAgent`). May be refused with NoSkills."""
        return self._wait(self._group.query_skill_queue_on_agent(work_no))

    def query_stat_info_of_acd(self, skills: Sequence[int]) -> list[SkillStatistics]:
        """Queues in numbers (`queryStatInfoOfAcd`). May be refused with OwnVdnNoQueue."""
        return self._wait(self._group.query_stat_info_of_acd(skills))

    def query_skill_stat_with_vdn(
        self, *, skills: Sequence[int] | None = None, vdnid: int | None = None
    ) -> list[SkillStatistics]:
        """Queues of a VDN in numbers (`querySkillStatWithVdn`). May be refused with VdnNoQueue."""
        return self._wait(self._group.query_skill_stat_with_vdn(skills=skills, vdnid=vdnid))

    def query_ivr_info_on_vdn(self) -> list[Ivr]:
        """IVRs of the VDN (`queryIVRInfoOnVdn`). May be refused with NoIvr."""
        return self._wait(self._group.query_ivr_info_on_vdn())

    def query_in_no_on_vdn(self) -> list[AccessCode]:
        """Access codes of the VDN (`queryInNoOnVDN`). May be refused with NoAccessCode."""
        return self._wait(self._group.query_in_no_on_vdn())
