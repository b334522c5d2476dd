"""A world without a clock, timers or sink: agents at their desks, calls with parties, and what follows from a rule."""

from gateway.contact_centre.floor.agent_state import AgentState, State
from gateway.contact_centre.floor.calls import AgentDesk, Call, Feature, Leg, Purpose, Stage
from gateway.contact_centre.floor.effects import Effects, Free, PartyChanged, Tell, Timer
from gateway.contact_centre.floor.plan import Plan
from gateway.contact_centre.floor.world import World

NOW_MS = 1_760_000_000_000
CUSTOMER = "13800000000"
SKILLS = {1: "sales", 2: "help"}


def new_world(plan: Plan | None = None, *agents: int, **state: object) -> World:
    """A world in which these agents are signed in, with this state, or in the skill queue 1 and in a call."""
    world = World(plan or Plan(), skills=lambda: SKILLS)
    for agent_id in agents:
        given = {"state": State.TALKING, "skills": (1,), **state}
        world.desks[agent_id] = AgentDesk(agent_id, session(agent_id), AgentState(**given))  # type: ignore[arg-type]
    return world


def session(agent_id: int) -> str:
    """The session of an agent of such a world."""
    return f"s{agent_id}"


def new_call(world: World, *parties: tuple[int | str, Stage], feature: Feature = Feature.INBOUND) -> Call:
    """A call to the skill queue 1 with these agents (by id) and customers (by number)."""
    call = world.new_call(feature, CUSTOMER, "60001", NOW_MS, 1)
    for who, stage in parties:
        join(world, call, who, stage)
    return call


def join(
    world: World, call: Call, who: int | str, stage: Stage = Stage.TALKING, purpose: Purpose = Purpose.ROUTED
) -> Leg:
    """One party more; whoever talks has done so for a minute."""
    agent_id = who if isinstance(who, int) else 0
    leg = Leg(str(who), stage, purpose, NOW_MS - 60_000, agent_id, session(agent_id) if agent_id else "")
    leg.talking_since_ms = NOW_MS - 60_000 if stage in (Stage.TALKING, Stage.HELD) else 0
    return world.add(call, leg)


def out_now() -> Effects:
    """Nothing yet."""
    return Effects(NOW_MS)


def told(out: Effects, agent_id: int) -> list[str]:
    """The types of an agent's events, in order."""
    return [one.event_type for one in out.effects if isinstance(one, Tell) and one.agent_id == agent_id]


def contents(out: Effects, event_type: str) -> list[object]:
    """The contents of all events of a type."""
    return [one.content for one in out.effects if isinstance(one, Tell) and one.event_type == event_type]


def freed(out: Effects) -> dict[int, str]:
    """The agents who are free again, and after what."""
    return {one.agent_id: one.after.name for one in out.effects if isinstance(one, Free)}


def outside(out: Effects) -> list[tuple[str, str]]:
    """What happened to parties outside, by number."""
    return [(one.leg.number, one.what.name) for one in out.effects if isinstance(one, PartyChanged)]


def timers(out: Effects) -> dict[str, float | None]:
    """Seconds of the timers that were set last, by name; None for one that was taken back."""
    return {one.key.name: one.delay_s for one in out.effects if isinstance(one, Timer)}
