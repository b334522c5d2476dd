"""Finding the agents that an operation is aimed at."""

from collections.abc import Iterable

from gateway.backends.embedded import forwards
from gateway.backends.embedded.core.model import Desk, Reached
from gateway.backends.embedded.occupation import Way
from gateway.backends.embedded.parts import Parts
from gateway.backends.embedded.turn import Turn
from gateway.wire import retcodes
from gateway.wire.errors import Refused


def known(parts: Parts, number: str, asking: Desk) -> int:
    """The id of another agent with this number. Raises Refused `200-001` when there is none."""
    agent_id = int(number) if number.isdigit() else 0
    if parts.registry.get(agent_id) is None or agent_id == asking.agent_id:
        raise Refused(retcodes.CALLED_NUMBER, "no other agent has this number")
    return agent_id


async def agent(parts: Parts, turn: Turn, number: str, asking: Desk) -> Desk | None:
    """Occupies the agent with this number, in person; None when it is not signed in or not free.

    Raises Refused `200-001` for a number that no other agent has.
    """
    desk = await turn.see(known(parts, number, asking))
    return desk if await turn.try_occupy(desk, Way.ASKED) else None


async def called(parts: Parts, turn: Turn, number: str, asking: Desk) -> Reached | None:
    """As `agent`, for a call: another one takes it where the agent forwards its calls."""
    return await forwards.reach(turn, known(parts, number, asking), asking.agent_id)


async def signed_in(parts: Parts, agent_id: int) -> Desk | None:
    """The desk of an agent who is signed in, on whichever node."""
    return parts.records.note_record(await parts.service.store.read(agent_id))


async def one_of_queue(turn: Turn, skill_id: int, asking: Desk) -> Desk | None:
    """Occupies the longest idle agent of a skill queue; None when there is none."""
    idle: Iterable[Desk] = (desk for desk in turn.world.idle(skill_id) if desk is not asking)
    return await turn.first_free(idle, Way.ROUTED)
