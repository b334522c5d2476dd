"""Who there is: agents with their status in the codes of the wire, skill queues, and who of them can be reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gateway.agents.registry import Agent, Skill
from gateway.contact_centre.floor import call_forwarding
from gateway.contact_centre.floor.activities import Mode
from gateway.contact_centre.floor.agent_state import AgentState, State
from gateway.contact_centre.floor.calls import AgentDesk, Call, Feature, Leg, Purpose, ReachedParty, Stage
from gateway.contact_centre.floor.roster import Transaction
from gateway.contact_centre.floor.state_machine import CallOrigin
from gateway.contact_centre.floor.world import World
from gateway.contact_centre.invocation import CentreServices
from gateway.interface.results import QueueInfo, SkillStatistics
from gateway.wire import retcodes
from gateway.wire.errors import Refused

ABOUT_TO_REST: Final = 9
"""The status of an agent who asked for rest during a call and is still in it."""

_CTI: Final = {State.SIGNED_OUT: 0, State.IDLE: 1, State.WRAP_UP: 6, State.BUSY: 7, State.REST: 8}
_CTI_OCCUPIED, _CTI_ANSWERING, _CTI_TALKING = 3, 4, 5
_CTI_STAGES: Final = {
    Stage.ALERTING: _CTI_OCCUPIED,
    Stage.DIALLING: _CTI_OCCUPIED,
    Stage.RINGING: _CTI_ANSWERING,
    Stage.TALKING: _CTI_TALKING,
    Stage.HELD: _CTI_TALKING,
    Stage.AT_IVR: _CTI_TALKING,
}

NO_CONSOLE_STATE: Final = 255
_PLAYBACK, _OCCUPIED, _ANSWERING, _TALKING, _THREE, _MUTE, _HELP, _TALK_TRANSFER = 5, 7, 8, 9, 10, 12, 13, 14
CONSOLE: Final = {State.IDLE: 1, State.WRAP_UP: 2, State.REST: 3, State.BUSY: 4, State.TALKING: _OCCUPIED}
_CONSOLE_STAGES: Final = {Stage.DIALLING: 6, Stage.ALERTING: _OCCUPIED, Stage.RINGING: _ANSWERING, Stage.HELD: 11}
_CONSOLE_MODES: Final = {Mode.INSERT: 15, Mode.LISTEN: 16, Mode.WHISPER: 17}
_HELPING: Final = frozenset({Purpose.HELP, Purpose.HELP_THREE})


def present_leg(world: World, session_id: str) -> tuple[Call, Leg] | None:
    """The call that the agent is busy with, else the latest one on hold, else its conference; None without any here."""
    held = world.held(session_id)
    found = world.active(session_id) or (held[-1] if held else None)
    if found is not None:
        return found
    conferences = world.activities.conferences.values()
    joined = ((one.call, member) for one in conferences if (member := one.of_session(session_id)) and member.joined_ms)
    return next(((call, member.leg) for call, member in joined), None)


def _activity(world: World, session_id: str) -> tuple[int, int] | None:
    """CTI and console status of an agent who does something besides calls."""
    inspection = world.activities.inspections.get(session_id)
    if inspection is not None:
        return _CTI_TALKING, _CONSOLE_MODES[inspection.mode]
    if session_id in world.activities.playing:
        return _CTI_OCCUPIED, _PLAYBACK
    for conference in world.activities.conferences.values():
        member = conference.of_session(session_id)
        if member is not None:
            return (_CTI_TALKING, _THREE) if member.joined_ms else (_CTI_ANSWERING, _ANSWERING)
    return None


def status(state: AgentState) -> int:
    """The status as `agentstatus` and queries tell it (table 1)."""
    waits_for_rest = state.state is State.TALKING and state.deferred is State.REST
    return ABOUT_TO_REST if waits_for_rest else int(state.state)


def cti(world: World, state: State, session_id: str = "") -> int:
    """The status at the CTI platform. An agent in a call of another process is told as occupied."""
    if state is not State.TALKING:
        return _CTI[state]
    activity = _activity(world, session_id)
    if activity is not None:
        return activity[0]
    found = present_leg(world, session_id)
    return _CTI_OCCUPIED if found is None else _CTI_STAGES[found[1].stage]


def console(world: World, state: State, session_id: str) -> int:
    """The status as a console shows it."""
    if state is not State.TALKING:
        return CONSOLE.get(state, NO_CONSOLE_STATE)
    activity = _activity(world, session_id)
    if activity is not None:
        return activity[1]
    found = present_leg(world, session_id)
    if found is None:
        return CONSOLE[state]
    call, leg = found
    return _CONSOLE_STAGES.get(leg.stage) or _talking(call, leg)


def _talking(call: Call, leg: Leg) -> int:
    """What kind of talk it is; the first that fits."""
    helping = call.feature is Feature.HELP or any(other.purpose in _HELPING for other in call.legs)
    fits = (
        (leg.muted, _MUTE),
        (leg.joins is not None, _TALK_TRANSFER),
        (helping, _HELP),
        (len(call.connected()) > 2, _THREE),
    )
    return next((code for applies, code in fits if applies), _TALKING)


_REAL: Final = 1
_NO_LIMIT: Final = 0


@dataclass(frozen=True, slots=True)
class ListedAgent:
    """One agent; `here` is the desk, None for one who is signed out."""

    agent: Agent
    here: AgentDesk | None

    @property
    def state(self) -> State:
        """The state, signed out included."""
        return self.here.state.state if self.here is not None else State.SIGNED_OUT

    @property
    def status(self) -> int:
        """The status as `agentstatus` tells it."""
        return status(self.here.state) if self.here is not None else int(State.SIGNED_OUT)

    @property
    def skills(self) -> tuple[int, ...]:
        """The skill queues the agent is signed in to."""
        return self.here.state.skills if self.here is not None else ()

    @property
    def takes_calls(self) -> bool:
        """Whether the agent has the right to take inbound calls (`settalkright`)."""
        return self.here is not None and self.here.state.talk_right


def entry(services: CentreServices, agent_id: int) -> ListedAgent | None:
    """This agent; None for one that is neither configured nor signed in."""
    here, agent = services.world.desks.get(agent_id), services.registry.get(agent_id)
    if agent is None and here is not None:
        agent = Agent(agent_id, "", str(agent_id))
    return None if agent is None else ListedAgent(agent, here)


def of(services: CentreServices, agent_ids: Iterable[int]) -> list[ListedAgent]:
    """These agents, in this order, without those that there are not."""
    return [found for agent_id in agent_ids if (found := entry(services, agent_id)) is not None]


def signed_in(services: CentreServices) -> list[ListedAgent]:
    """Everyone who is signed in, by id."""
    return of(services, sorted(services.world.desks))


def everybody(services: CentreServices) -> list[ListedAgent]:
    """Every agent of the VDN, by id, signed in or not."""
    return of(services, sorted({agent.id for agent in services.registry.all()} | set(services.world.desks)))


def queue_info(services: CentreServices, skill: Skill) -> QueueInfo:
    """A queue; all queues here are real ones."""
    planned = services.world.plan.queues.get(skill.id)
    return QueueInfo(
        name=skill.name,
        id=skill.id,
        mediatype=skill.mediatype,
        service_type=planned.service_type if planned else 0,
        real_flag=_REAL,
    )


def waiting(services: CentreServices, skills: Iterable[int]) -> int:
    """How many calls wait in these queues."""
    return sum(len(services.world.queues.get(skill_id, ())) for skill_id in set(skills))


def statistics(services: CentreServices, skill: Skill, signed_in: Iterable[ListedAgent]) -> SkillStatistics:
    """A queue in numbers; `signed_in` are all agents who are signed in. Queues have no limit."""
    queue = services.world.queues.get(skill.id, [])
    agents = [entry for entry in signed_in if skill.id in entry.skills]
    now_ms = services.roster.now_ms()
    return SkillStatistics(
        pilot_nbr=services.world.plan.access_code(skill.id),
        device_no=skill.id,
        queue_size=len(queue),
        max_queue_size=_NO_LIMIT,
        queue_time=max((now_ms - place.since_ms for place in queue), default=0) // 1000,
        logged_on_agents=len(agents),
        avail_agents=sum(1 for entry in agents if entry.state is State.IDLE and entry.takes_calls),
        skill_descrip=skill.name,
    )


def other_agent(services: CentreServices, number: str, asking: AgentDesk) -> int:
    """The id of another agent with this number. Raises Refused `200-001` when there is none."""
    agent_id = int(number) if number.isdigit() else 0
    if services.registry.get(agent_id) is None or agent_id == asking.agent_id:
        raise Refused(retcodes.CALLED_NUMBER, "no other agent has this number")
    return agent_id


def occupy_agent(
    services: CentreServices, transaction: Transaction, number: str, asking: AgentDesk
) -> AgentDesk | None:
    """Occupies the agent with this number, in person; None when it is not signed in or not free.

    Raises Refused `200-001` for a number that no other agent has.
    """
    desk = transaction.world.desks.get(other_agent(services, number, asking))
    return desk if transaction.try_occupy(desk, CallOrigin.ASKED) else None


def occupy_called(
    services: CentreServices, transaction: Transaction, number: str, asking: AgentDesk
) -> ReachedParty | None:
    """As `occupy_agent`, for a call: another one takes it where the agent forwards its calls."""
    return call_forwarding.reach(transaction, other_agent(services, number, asking), asking.agent_id)


def occupy_one_of_queue(transaction: Transaction, skill_id: int, asking: AgentDesk) -> AgentDesk | None:
    """Occupies the longest idle agent of a skill queue; None when there is none."""
    idle: Iterable[AgentDesk] = (desk for desk in transaction.world.idle(skill_id) if desk is not asking)
    return transaction.first_free(idle, CallOrigin.ROUTED)
