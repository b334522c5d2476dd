"""Agents' phones as somebody uses them by hand, without the desktop: one row for each act."""

from collections.abc import Awaitable, Callable
from typing import Final

from gateway.backends.embedded.core import legality, linkage, originate, phones, releasing
from gateway.backends.embedded.core.model import Desk
from gateway.backends.embedded.occupation import Way
from gateway.backends.embedded.simulated import NoSuchCallError
from gateway.backends.embedded.switchboard import Switchboard
from gateway.backends.embedded.turn import Turn
from gateway.wire.errors import Refused

Act = Callable[[Turn, Desk, str], Awaitable[None]]


class Phones:
    """Every agent's phone."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    async def act(self, agent_id: int, name: str, number: str = "") -> None:
        """Does one of ACTS with an agent's phone; `number` for those that dial.

        Raises NoSuchCallError where that cannot be done now.
        """
        try:
            async with self._board.turn() as turn:
                desk = turn.world.desks.get(agent_id)
                if desk is None:
                    raise NoSuchCallError(f"agent {agent_id} is not signed in")
                await ACTS[name](turn, desk, number)
        except Refused as refused:
            raise NoSuchCallError(f"agent {agent_id}: {refused.message}") from None


async def _dial(turn: Turn, desk: Desk, number: str) -> None:
    linkage.check(desk)
    legality.no_active(turn.world, desk.session_id)
    originate.check_number(turn.world, number)
    await turn.occupy(desk, Way.OWN)
    linkage.dial(turn.out, turn.world, desk, number)


async def _hold(turn: Turn, desk: Desk, _number: str) -> None:
    linkage.check(desk)
    linkage.hold(turn.out, turn.world, desk)


async def _unhold(turn: Turn, desk: Desk, _number: str) -> None:
    linkage.check(desk)
    linkage.unhold(turn.out, turn.world, desk)


async def _transfer(turn: Turn, desk: Desk, number: str) -> None:
    linkage.check(desk)
    linkage.transfer(turn.out, turn.world, desk, number)


async def _engage(_turn: Turn, desk: Desk, _number: str) -> None:
    phones.engage(desk)


async def _lose(turn: Turn, desk: Desk, _number: str) -> None:
    releasing.lose_phone(turn.out, turn.world, desk)


async def _find(turn: Turn, desk: Desk, _number: str) -> None:
    phones.find(turn.out, desk)


ACTS: Final[dict[str, Act]] = {
    "dial": _dial,
    "hold": _hold,
    "unhold": _unhold,
    "transfer": _transfer,
    "engage": _engage,
    "lose": _lose,
    "find": _find,
}
"""With a linked phone: dial, hold, take back, transfer. With any: use it for something else, cut it off, undo both."""
DIALS: Final = frozenset({"dial", "transfer"})
"""Acts that need a number."""
