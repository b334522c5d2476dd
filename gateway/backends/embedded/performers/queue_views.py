"""What queries tell of skill queues (contract queuedevice.yaml)."""

from collections.abc import Iterable

from gateway.agents.registry import Skill
from gateway.backends.embedded.parts import Parts
from gateway.backends.embedded.performers.roll import Entry
from gateway.operations.results import QueueInfo, SkillStatistics
from gateway.sessions.agent_state import State

_REAL = 1
_NO_LIMIT = 0


def queue_info(parts: Parts, skill: Skill) -> QueueInfo:
    """A queue; all queues here are real ones."""
    planned = parts.world.plan.queues.get(skill.id)
    return QueueInfo(
        name=skill.name,
        id=skill.id,
        mediatype=skill.mediatype,
        service_type=planned.service_type if planned else 0,
        real_flag=_REAL,
    )


def waiting(parts: Parts, skills: Iterable[int]) -> int:
    """How many calls wait in these queues."""
    return sum(len(parts.world.queues.get(skill_id, ())) for skill_id in set(skills))


def statistics(parts: Parts, skill: Skill, signed_in: Iterable[Entry]) -> SkillStatistics:
    """A queue in numbers; `signed_in` are all agents who are signed in. Queues have no limit."""
    queue = parts.world.queues.get(skill.id, [])
    agents = [entry for entry in signed_in if skill.id in entry.skills]
    now_ms = parts.records.now_ms()
    return SkillStatistics(
        pilot_nbr=parts.world.plan.access_code(skill.id),
        device_no=skill.id,
        queue_size=len(queue),
        max_queue_size=_NO_LIMIT,
        queue_time=max((now_ms - place.since_ms for place in queue), default=0) // 1000,
        logged_on_agents=len(agents),
        avail_agents=sum(1 for entry in agents if entry.state is State.IDLE and entry.takes_calls),
        skill_descrip=skill.name,
    )
