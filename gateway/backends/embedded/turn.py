"""One change of the world, while it is made (see `switchboard`)."""

from collections.abc import Iterable

from gateway.backends.base import Call
from gateway.backends.embedded.core import phones
from gateway.backends.embedded.core.model import Desk
from gateway.backends.embedded.core.outcome import Outcome
from gateway.backends.embedded.core.world import World
from gateway.backends.embedded.occupation import Way
from gateway.backends.embedded.records import Records
from gateway.sessions.agent_state import AgentState
from gateway.wire.errors import Refused


class Turn:
    """One change of the world. `out` collects what follows; nothing of it happens when the turn raises."""

    def __init__(self, world: World, records: Records) -> None:
        self.world = world
        self.out = Outcome(records.now_ms())
        self._records = records
        self._occupied: list[tuple[Desk, AgentState]] = []

    def desk(self, call: Call) -> Desk:
        """The calling agent's desk. Raises Refused `100-007` when its calls are held by another process."""
        return self._records.desk(call)

    async def see(self, agent_id: int) -> Desk | None:
        """The desk of an agent who is signed in, on whichever node, as its record is now. Raises StoreUnavailable."""
        return self._records.note_record(await self._records.service.store.read(agent_id))

    async def occupy(self, desk: Desk, way: Way) -> None:
        """The agent is in a call from now on; one who is in a call here already stays so. Raises Refused.

        For the agent itself: its phone must be one that can be used.
        """
        phones.check(desk)
        if not self.world.legs_of(desk.session_id):
            await self._occupy(desk, way)

    async def _occupy(self, desk: Desk, way: Way) -> None:
        self._occupied.append((desk, await self._records.occupy(desk, way)))

    async def try_occupy(self, desk: Desk | None, way: Way) -> bool:
        """As `occupy`, for another agent: False when there is none, when it is in a call, or not free."""
        if desk is None or self.world.legs_of(desk.session_id):
            return False
        try:
            await self._occupy(desk, way)
        except Refused:
            return False
        return True

    async def first_free(self, desks: Iterable[Desk], way: Way) -> Desk | None:
        """Occupies the first of these agents who is free."""
        for desk in desks:
            if await self.try_occupy(desk, way):
                return desk
        return None

    async def undo(self) -> None:
        """The turn failed: agents who were occupied for it are what they were."""
        for desk, before in reversed(self._occupied):
            await self._records.undo(desk, before)
