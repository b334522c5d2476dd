"""Short days against a gateway in this process."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.contact_centre.floor.plan import Arrivals
from gateway.sim.day import DayPlan, play
from gateway.sim.scenario import CannotPlayError, GatewayPlace, Habits
from gateway.sim.tally import REFUSED, DayTally
from tests.support.admin import TOKEN, Operator, administered, token_file
from tests.support.gateway import PASSWORD, running_gateway
from tests.support.waiting import until_async

PATTERN = (Arrivals(1, per_minute=60, talk_s=5, patience_s=30), Arrivals(2, per_minute=60, talk_s=5, patience_s=30))
PLAN = DayPlan(minutes=0.5, pattern=PATTERN, speed=10, habits=Habits(speed=10, rest=0.3, ignore=0))


@dataclass
class Played:
    """A place to play, and what was said there."""

    place: GatewayPlace
    operator: Operator
    lines: list[str]

    async def day(self, plan: DayPlan = PLAN, stop: asyncio.Event | None = None) -> DayTally:
        tally = DayTally()
        await play(self.place, plan, self.lines.append, stop or asyncio.Event(), tally)
        return tally


@pytest.fixture
async def played(tmp_path: Path) -> AsyncIterator[Played]:
    overrides = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    async with running_gateway(overrides) as gateway, administered(gateway) as operator:
        url, admin = f"http://127.0.0.1:{gateway.port}", f"http://127.0.0.1:{operator.port}"
        yield Played(GatewayPlace(url, admin, TOKEN, range(101, 106), PASSWORD), operator, [])


async def test_a_day_passes_and_leaves_nothing_behind(played: Played) -> None:
    tally = await played.day()
    assert tally.failures() == []
    assert tally.placed == tally.answered + tally.abandoned + tally.left_waiting
    assert (await played.operator.get("/sim")).json == {"calls": {}, "agents": {}, "chats": 0}
    assert played.lines[:2] == [
        "0 of 5 agents have signed in",
        "5 of 5 agents have signed in: customers call",
    ]
    assert "of 3 s | agents:" in played.lines[-1]


async def test_an_agent_who_is_signed_out_in_the_middle_is_told(played: Played) -> None:
    async def calls() -> bool:
        return bool((await played.operator.get("/sim/calls")).json)

    playing = asyncio.create_task(played.day())
    await until_async(calls)
    await played.operator.post("/sessions/101/end")
    tally = await playing
    assert tally.faults[REFUSED] > 0
    assert any("agent 101" in example for example in tally.examples)


async def test_a_day_that_is_stopped_ends_early_and_in_order(played: Played) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(2, stop.set)
    async with asyncio.timeout(90):
        tally = await played.day(replace(PLAN, minutes=60), stop)
    assert tally.faults == {}


async def test_agents_who_may_not_sign_in_end_the_day_before_it_begins(played: Played) -> None:
    played.place = replace(played.place, password="wrong")
    with pytest.raises(CannotPlayError, match="cannot sign in"):
        await played.day()


async def test_listeners_that_do_not_answer_are_named(played: Played) -> None:
    nowhere = "http://127.0.0.1:1"
    there = played.place
    for played.place in (replace(there, url=nowhere), replace(there, admin_url=nowhere)):
        with pytest.raises(CannotPlayError, match=re.escape(f"answers at {nowhere}: ")):
            await played.day()


async def test_a_listener_that_refuses_the_token_is_told(played: Played) -> None:
    played.place = replace(played.place, token="another-token-of-somebody")
    with pytest.raises(CannotPlayError, match="401"):
        await played.day()


async def test_a_day_without_arrivals_is_refused(played: Played) -> None:
    with pytest.raises(CannotPlayError, match="arrivals"):
        await played.day(replace(PLAN, pattern=()))
