"""Where a call is, as the `/sim` pages tell it, and what they show of queues and agents."""

from typing import Any

import pytest

from gateway.admin.route import AdminCall
from gateway.contact_centre.floor.calls import Call, Feature, Leg, Purpose, QueueEntry, Stage
from gateway.contact_centre.floor.plan import Plan
from gateway.sim_pages.views import SimViews, stage
from tests.support.floor import open_floor
from tests.support.hall import PATIENT

T, R, H, D = Stage.TALKING, Stage.RINGING, Stage.HELD, Stage.DIALLING


def call(*stages: Stage) -> Call:
    """A customer and agents in these stages."""
    made = Call("1-1", Feature.INBOUND, "138", "60001", 0)
    made.legs.append(Leg("138", T, Purpose.ORIGIN, 0))
    made.legs += [
        Leg(str(101 + number), one, Purpose.ROUTED, 0, 101 + number, "s") for number, one in enumerate(stages)
    ]
    return made


@pytest.mark.parametrize(
    ("stages", "shown"),
    [((T,), "talking"), ((R,), "ringing"), ((D,), "ringing"), ((H,), "held"), ((H, T), "talking"), ((), "talking")],
)
def test_a_call_is_where_its_agents_are(stages: tuple[Stage, ...], shown: str) -> None:
    assert stage(call(*stages)) == shown


def test_a_call_that_waits_or_is_in_a_menu_is_there_whatever_its_agents_do() -> None:
    waiting, menu = call(T), call(T)
    waiting.waiting, menu.at_ivr = QueueEntry(waiting, 1, 0), "70001"
    assert (stage(waiting), stage(menu)) == ("waiting", "menu")


async def test_a_queue_tells_how_long_the_first_waits_and_who_is_there_for_it() -> None:
    async with open_floor(Plan(behaviours=(PATIENT,), access={"60001": 1}), 101, 102) as floor:
        for agent_id in (101, 102):
            await floor.do(agent_id, "sayBusy")
        await floor.centre.customers.place(1, "138")
        await floor.pass_time(7)
        await floor.centre.customers.place(1, "139")
        shown: Any = await SimViews(floor.centre).queues(AdminCall())
    [queue] = [one for one in shown if one["skill"] == 1]
    members = ("access", "waiting", "longest_s", "agents", "idle")
    assert [queue[name] for name in members] == [["60001"], 2, 7, 2, 0]


async def test_agents_are_shown_by_id_with_state_and_calls() -> None:
    async with open_floor(None, 102, 101) as floor:
        await floor.do(102, "sayBusy")
        await floor.pass_time(5)
        made = await floor.centre.customers.place(1, "138")
        shown: Any = await SimViews(floor.centre).agents(AdminCall())
    told = [(one["agent"], one["state"], one["for_s"], one["calls"]) for one in shown]
    assert told == [(101, "talking", 0, [made]), (102, "busy", 5, [])]


async def test_the_summary_counts_calls_by_where_they_are_and_agents_by_state() -> None:
    async with open_floor(None, 101, 102) as floor:
        await floor.do(102, "sayBusy")
        await floor.centre.customers.place(1, "138")
        await floor.centre.customers.place(1, "139")
        shown: Any = await SimViews(floor.centre).summary(AdminCall())
    assert shown == {"calls": {"talking": 1, "waiting": 1}, "agents": {"talking": 1, "busy": 1}, "chats": 0}
