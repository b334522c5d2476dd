"""What queries tell of an agent, as it is now."""

from gateway.contact_centre.invocation import CentreServices
from gateway.contact_centre.operations.agentgroup.rows import AgentBrief, AgentInfo, AgentName, AgentPhone, StatusTime
from gateway.contact_centre.operations.directory import ListedAgent, cti
from gateway.interface.results import SkillQueue

_NO_GROUP = 0


class AgentViews:
    """Results about agents, as they are now."""

    def __init__(self, services: CentreServices) -> None:
        self._services = services
        self._now_ms = services.roster.now_ms()

    def id(self, entry: ListedAgent) -> str:
        """The id alone."""
        return str(entry.agent.id)

    def name(self, entry: ListedAgent) -> AgentName:
        """Id and name."""
        return AgentName(workno=str(entry.agent.id), name=entry.agent.name)

    def phone(self, entry: ListedAgent) -> AgentPhone:
        """The phone in use."""
        return AgentPhone(workno=str(entry.agent.id), phonenumber=entry.here.state.phone if entry.here else "")

    def status_time(self, entry: ListedAgent) -> StatusTime:
        """Status, and for how many s."""
        return StatusTime(
            workno=str(entry.agent.id),
            status=str(entry.status),
            cti_status=self._cti(entry),
            currentstatetime=self._for_s(entry),
        )

    def brief(self, entry: ListedAgent) -> AgentBrief:
        """Everything but the queues."""
        return AgentBrief.model_validate(self._brief(entry))

    def info(self, entry: ListedAgent) -> AgentInfo:
        """Everything."""
        calls = self._services.world.legs_of(entry.here.session_id) if entry.here else []
        return AgentInfo.model_validate(
            {**self._brief(entry), "skilllist": self.queues(entry.skills), "callids": [call.id for call, _leg in calls]}
        )

    def queues(self, skills: tuple[int, ...]) -> list[SkillQueue]:
        """These skill queues, without those that are no longer declared."""
        declared = self._services.registry.skills()
        found = (declared[skill_id] for skill_id in skills if skill_id in declared)
        return [SkillQueue(name=skill.name, id=skill.id, mediatype=skill.mediatype) for skill in found]

    def _brief(self, entry: ListedAgent) -> dict[str, object]:
        here = entry.here
        group = self._services.world.plan.group_of(entry.agent.id)
        return {
            "workno": str(entry.agent.id),
            "name": entry.agent.name,
            "status": str(entry.status),
            "cti_status": self._cti(entry),
            "groupid": group.id if group else _NO_GROUP,
            "groupname": group.name if group else "",
            "mediatype": here.state.media if here else entry.agent.media,
            "vdnid": self._services.world.plan.vdn_id,
            "phonenumber": here.state.phone if here else "",
            "currentstatetime": self._for_s(entry),
            "logindate": here.since_ms if here else 0,
            "current_state_reason": here.state.reason if here else 0,
        }

    def _cti(self, entry: ListedAgent) -> str:
        session_id = entry.here.session_id if entry.here else ""
        return str(cti(self._services.world, entry.state, session_id))

    def _for_s(self, entry: ListedAgent) -> int:
        return max(0, self._now_ms - entry.here.state.since_ms) // 1000 if entry.here else 0
