"""Many operations at the same time, over a store that takes its time: the centre stays consistent."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gateway.backends.embedded.simulated import NoSuchCallError
from gateway.sessions.agent_state import State
from gateway.wire.errors import Refused
from tests.support.hall import Hall

AGENTS = (101, 102, 103, 104, 105)
OPERATIONS: tuple[tuple[str, dict[str, object] | None], ...] = (
    ("answer", None),
    ("answer", None),
    ("hold", None),
    ("getHold", None),
    ("release", None),
    ("sayBusy", None),
    ("sayFree", None),
    ("sayFree", None),
    ("callInner", {"called": "102"}),
    ("callInner", {"called": "103"}),
    ("callout", {"called": "13900"}),
    ("innerHelp", {"dstaddress": "104"}),
    ("transfer", {"devicetype": 2, "mode": 0, "address": "105"}),
    ("transfer", {"devicetype": 1, "mode": 0, "address": "2"}),
    ("reject", {"mode": 1}),
)


def slow(hall: Hall, dice: random.Random) -> None:
    """Every access to the store lets others go first, a few times."""

    def later(real: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def waits(*args: object, **more: object) -> Any:
            for _ in range(dice.randrange(3)):
                await asyncio.sleep(0)
            return await real(*args, **more)

        return waits

    for part, name in ((hall.store, "apply"), (hall.store, "read"), (hall.queue, "append")):
        setattr(part, name, later(getattr(part, name)))


async def _somebody_does_something(hall: Hall, dice: random.Random) -> None:
    if dice.random() < 0.2:
        await hall.customers.place(dice.choice((1, 2)), f"138{dice.randrange(10**6)}")
    elif dice.random() < 0.2 and hall.world.calls:
        try:
            await hall.customers.hang_up(dice.choice(list(hall.world.calls)))
        except NoSuchCallError:
            return
    else:
        name, body = dice.choice(OPERATIONS)
        try:
            await hall.do(dice.choice(AGENTS), name, body=body)
        except Refused:
            return


@pytest.mark.parametrize("seed", range(4))
async def test_states_and_calls_agree_whatever_happens_at_once(seed: int) -> None:
    dice, hall = random.Random(seed), Hall()
    for agent_id in AGENTS:
        await hall.enter(agent_id, autoanswer=agent_id % 2 == 0)
    slow(hall, dice)
    for _ in range(30):
        await asyncio.gather(*(_somebody_does_something(hall, dice) for _ in range(10)))
        for agent_id in AGENTS:
            legs = hall.world.legs_of(await hall.session_id(agent_id))
            assert ((await hall.state(agent_id)).state is State.TALKING) == bool(legs)
        assert all(
            len(call.connected()) > 1 or call.waiting or len(call.legs) > 1 for call in hall.world.calls.values()
        )
        assert not any(hall.world.idle(skill) for skill in hall.world.queues)
