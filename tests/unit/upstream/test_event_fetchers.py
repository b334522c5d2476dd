"""Exactly one process fetches the events of a session; another takes over when it is dead."""

import asyncio
import gc
import weakref
from contextvars import ContextVar

import pytest

from gateway.events.claims import LEASE_S
from gateway.upstream import event_fetchers as line_module
from gateway.upstream.event_fetchers import SIGN_OF_LIFE_S
from tests.support.behind import saying, written
from tests.support.waiting import until
from tests.unit.upstream.fetching import AGENT, Bench, bench

FIVE_S = 5


async def polled(place: Bench) -> None:
    """Waits for a poll that began after now."""
    before = len(place.centre.asked)
    await until(lambda: len(place.centre.asked) > before)


async def test_the_process_that_opened_a_session_fetches_and_no_other() -> None:
    async with bench() as place:
        first, second = await place.process(), await place.process()
        await place.open(first)
        await place.later(FIVE_S)
        await polled(place)
        assert (len(first), len(second), place.centre.most_polls) == (1, 0, 1)


async def test_opening_twice_is_as_once() -> None:
    async with bench() as place:
        first = await place.process()
        session = await place.open(first)
        first.opened(AGENT, session.id, session.upstream)
        await polled(place)
        assert (len(first), place.centre.most_polls) == (1, 1)


class Held:
    """What a request would hold."""


async def test_a_fetcher_holds_nothing_of_the_sign_in_that_it_was_begun_for() -> None:
    of_request: ContextVar[Held] = ContextVar("of_request")

    async def sign_in(place: Bench) -> weakref.ref[Held]:
        held = Held()
        of_request.set(held)
        await place.open(place.processes[0])
        return weakref.ref(held)

    async with bench() as place:
        await place.process()
        held = await asyncio.create_task(sign_in(place))
        await polled(place)
        gc.collect()
        assert held() is None


async def test_a_session_of_ours_that_nobody_announced_is_found() -> None:
    async with bench() as place:
        first = await place.process()
        await place.open(first)
        [only] = first._fetchers.values()
        await only.stop(0)
        await asyncio.sleep(0)
        await first.round(everything=True)
        await polled(place)
        assert len(first) == 1


async def test_another_takes_over_from_a_process_that_is_dead() -> None:
    async with bench() as place:
        first, second = await place.process(), await place.process()
        await place.open(first)
        await place.later(FIVE_S, first)
        assert (await place.holder(), len(second)) == (second.process, 1)
        place.centre.tell(AGENT, "A", eventGenTime=1)
        assert len(await place.event_types(1)) == 1


async def test_a_process_without_lease_begins_no_poll() -> None:
    async with bench() as place:
        first = await place.process()
        await place.open(first)
        await polled(place)
        await place.later(FIVE_S, first)
        await until(lambda: place.centre.polls_now == 0)
        place.centre.asked.clear()
        await asyncio.sleep(0.1)
        assert place.centre.asked == []
        await first.round()
        await polled(place)


async def test_a_process_that_comes_back_finds_its_sessions_taken() -> None:
    async with bench() as place:
        first, second = await place.process(), await place.process()
        await place.open(first)
        await place.later(FIVE_S, first)
        await place.later(1)
        await until(lambda: len(first) == 0)
        await place.later(FIVE_S)
        assert (await place.holder(), len(first), len(second)) == (second.process, 0, 1)


async def test_a_process_that_was_dead_itself_takes_nothing_over_at_once() -> None:
    async with bench() as place:
        first, second = await place.process(), await place.process()
        await place.open(first)
        place.nodes.away = True
        place.clock_s += 60
        place.nodes.away = False
        place.nodes.living.clear()
        await second.round()
        assert await place.holder() == first.process
        await first.round()
        await place.later(LEASE_S + 1)
        assert (await place.holder(), len(second)) == (first.process, 0)


async def test_a_process_that_stops_hands_over_what_it_has() -> None:
    async with bench() as place:
        first, second = await place.process(), await place.process()
        await place.open(first)
        await polled(place)
        await first.close()
        await place.later(2, first)
        assert (len(first), await place.holder()) == (0, second.process)


async def test_at_a_stop_what_is_answered_meanwhile_is_kept() -> None:
    async with bench() as place:
        first, _second = await place.process(), await place.process()
        place.centre.hold_s = 0.3
        await place.open(first)
        await until(lambda: place.centre.polls_now == 1)
        place.centre.tell(AGENT, "A", eventGenTime=1)
        await first.close()
        assert len(await place.event_types(1)) == 1


async def test_many_sessions_taken_over_begin_within_a_second_or_so() -> None:
    async with bench() as place:
        first, second = await place.process(), await place.process()
        for agent in range(201, 301):
            await place.open(first, agent, f"guid-{agent}")
        await first.close()
        place.centre.asked.clear()
        await place.later(2, first)
        polls = {f"agentevent/{agent}" for agent in range(201, 301)}
        await until(lambda: {asked.path for asked in place.centre.asked} >= polls)
        assert len(second) == 100


async def test_without_the_store_nothing_is_fetched_but_the_centre_hears_of_the_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line_module, "STORE_RETRY_S", 0.01)
    async with bench() as place:
        first = await place.process()
        await place.open(first)
        await polled(place)
        place.store.away = True
        await until(lambda: place.store.refused > 0)
        place.centre.asked.clear()
        place.clock_s += SIGN_OF_LIFE_S
        await until(lambda: bool(place.centre.asked))
        assert place.centre.lines(polls=True) == [f"GET onlineagent/{AGENT}/agentstatus"]


async def test_a_session_that_is_over_here_is_fetched_no_more() -> None:
    async with bench() as place:
        first = await place.process()
        session = await place.open(first)
        await polled(place)
        del session
        place.store._records.clear()
        await until(lambda: len(first) == 0)


async def test_a_session_that_is_over_there_is_ended_and_told() -> None:
    async with bench() as place:
        first = await place.process()
        await place.open(first)
        await polled(place)
        place.centre.sessions.clear()
        await until(lambda: len(first) == 0)
        assert (await place.holder(), place.ended) == ("", 1)


async def test_an_event_and_a_guid_of_another_agent_are_not_kept() -> None:
    async with bench() as place:
        first = await place.process()
        stray = b'{"retcode":"0","event":{"eventType":"S","workNo":"102"}}'
        place.centre.says[f"GET agentevent/{AGENT}"] = saying(lambda: written(stray, headers={"Set-GUID": "of-102"}))
        session = await place.open(first)
        await until(lambda: len(place.centre.asked) > 1)
        place.centre.says.clear()
        place.centre.tell(AGENT, "A", eventGenTime=1)
        assert [b'"A"' in event for event in await place.event_types(1)] == [True]
        kept = (await place.store.read(AGENT)).session
        assert kept is not None
        assert kept.upstream == session.upstream
