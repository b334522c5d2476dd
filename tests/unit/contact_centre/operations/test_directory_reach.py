"""Finding the agents that an operation is aimed at."""

from collections.abc import AsyncIterator

import pytest

from gateway.contact_centre.floor.agent_state import State
from gateway.contact_centre.operations import directory
from gateway.wire.errors import Refused
from tests.support.floor import Floor, open_floor

AGENT, COLLEAGUE = 101, 102


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    async with open_floor(None, AGENT, COLLEAGUE) as made:
        yield made


@pytest.mark.parametrize("number", [str(AGENT), "999998", "0", "abc", "", "13800000000"])
async def test_only_another_agent_can_be_meant(floor: Floor, number: str) -> None:
    with pytest.raises(Refused) as refused:
        directory.other_agent(floor.centre.services, number, floor.world.desks[AGENT])
    assert refused.value.retcode == "200-001"


async def test_an_agent_who_is_free_is_occupied_by_that(floor: Floor) -> None:
    with floor.centre.board.transaction() as transaction:
        desk = directory.occupy_agent(floor.centre.services, transaction, str(COLLEAGUE), floor.world.desks[AGENT])
        assert desk is floor.world.desks[COLLEAGUE]
        assert desk.state.state is State.TALKING
        assert (
            directory.occupy_agent(floor.centre.services, transaction, str(COLLEAGUE), floor.world.desks[AGENT]) is None
        )


async def test_an_agent_who_is_not_signed_in_is_not_reached(floor: Floor) -> None:
    with floor.centre.board.transaction() as transaction:
        assert directory.occupy_agent(floor.centre.services, transaction, "103", floor.world.desks[AGENT]) is None


async def test_of_a_queue_the_one_who_asks_is_never_taken(floor: Floor) -> None:
    await floor.do(COLLEAGUE, "sayBusy")
    with floor.centre.board.transaction() as transaction:
        assert directory.occupy_one_of_queue(transaction, 1, floor.world.desks[AGENT]) is None
    await floor.do(COLLEAGUE, "sayFree")
    with floor.centre.board.transaction() as transaction:
        assert directory.occupy_one_of_queue(transaction, 1, floor.world.desks[AGENT]) is floor.world.desks[COLLEAGUE]


async def test_what_a_turn_that_fails_had_occupied_is_free_again(floor: Floor) -> None:
    def fail() -> None:
        with floor.centre.board.transaction() as transaction:
            directory.occupy_agent(floor.centre.services, transaction, str(COLLEAGUE), floor.world.desks[AGENT])
            raise Refused("100-009")

    before = await floor.state(COLLEAGUE)
    with pytest.raises(Refused):
        fail()
    assert await floor.state(COLLEAGUE) == before
