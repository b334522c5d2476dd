"""Periodic work goes on whatever happens to it: said once, counted, with rests that grow."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from gateway.ops import jobs, metrics
from gateway.ops.jobs import FIRST_REST_S, LONGEST_REST_S, Job, all_done, for_each
from gateway.wire.errors import StoreUnavailable, Unavailable, Unreadable

NAME = "test"


class World:
    """A job under a clock of the test."""

    def __init__(self) -> None:
        self.clock_s = 100.0
        self.tries = 0
        self.problem: Exception | None = None
        self.pauses: list[float] = []
        self.job = Job(NAME, passes=(EOFError,), clock=lambda: self.clock_s, pause=self._pause)

    async def work(self) -> None:
        self.tries += 1
        if self.problem is not None:
            raise self.problem

    async def _pause(self, pause_s: float) -> None:
        self.pauses.append(pause_s)
        self.clock_s += pause_s

    async def tried(self, problem: Exception | None, after_s: float = LONGEST_REST_S) -> bool:
        """An attempt so long after the one before."""
        self.clock_s += after_s
        self.problem = problem
        return await self.job.attempt(self.work)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, jobs.__name__)
    return caplog


async def test_a_job_that_fails_goes_on(world: World) -> None:
    assert [await world.tried(KeyError()), await world.tried(None)] == [False, True]


async def test_a_failure_is_said_once_with_its_cause(world: World, log: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        await world.tried(KeyError("s3cret"))
    assert len(log.messages) == 1
    assert log.messages[0].startswith("test fails: KeyError in work (")
    assert "s3cret" not in log.text


async def test_another_cause_is_said(world: World, log: pytest.LogCaptureFixture) -> None:
    await world.tried(KeyError())
    await world.tried(RuntimeError())
    assert [line.split(": ")[1].split()[0] for line in log.messages] == ["KeyError", "RuntimeError"]


async def test_that_it_works_again_is_said_once(world: World, log: pytest.LogCaptureFixture) -> None:
    await world.tried(KeyError())
    log.clear()
    await world.tried(None)
    await world.tried(None)
    assert log.messages == ["test works again"]


async def test_every_failure_is_counted(world: World) -> None:
    counted = metrics.JOB_FAILURES.labels(NAME)
    before = counted._value.get()
    for _ in range(3):
        await world.tried(KeyError())
    assert counted._value.get() - before == 3


async def test_nothing_is_tried_while_it_rests(world: World) -> None:
    await world.tried(KeyError())
    await world.tried(None, FIRST_REST_S - 0.01)
    assert (world.tries, world.job.rests) == (1, True)
    await world.tried(None, 0.01)
    assert (world.tries, world.job.rests) == (2, False)


async def test_rests_grow_to_some_seconds(world: World) -> None:
    async def fails_eight_times() -> None:
        if len(world.pauses) < 8:
            raise KeyError

    await world.job.keep(fails_eight_times)
    assert world.pauses == pytest.approx([0.5, 1, 2, 4, 5, 5, 5, 5])


async def test_after_it_worked_the_first_rest_is_short_again(world: World) -> None:
    for _ in range(5):
        await world.tried(KeyError())
    await world.tried(None)
    await world.tried(KeyError())
    assert await world.tried(None, FIRST_REST_S)


async def test_a_store_out_of_reach_is_no_failure(world: World, log: pytest.LogCaptureFixture) -> None:
    assert await world.tried(StoreUnavailable()) is False
    assert (world.job.rests, log.messages) == (False, [])


async def test_what_is_meant_for_whoever_runs_it_ends_it(world: World) -> None:
    with pytest.raises(EOFError):
        await world.tried(EOFError())

    async def ends() -> None:
        raise EOFError

    with pytest.raises(EOFError):
        await world.job.keep(ends)


async def test_it_can_be_cancelled() -> None:
    async def for_ever() -> None:
        await asyncio.get_running_loop().create_future()

    for way in (Job(NAME).attempt, Job(NAME).keep):
        running = asyncio.ensure_future(way(for_ever))
        await asyncio.sleep(0)
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled()


async def test_a_job_that_runs_on_works_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jobs, "SETTLED_S", 0.0)
    monkeypatch.setattr(jobs, "FIRST_REST_S", 0.0)
    tries = 0

    async def fails_once() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise KeyError
        await asyncio.sleep(0.01)

    await Job(NAME).keep(fails_once)
    assert log.messages[1:] == ["test works again"]


def doing(done: list[int], problems: dict[int, Exception]) -> Callable[[int], Awaitable[None]]:
    async def work(item: int) -> None:
        if item in problems:
            raise problems[item]
        done.append(item)

    return work


@pytest.mark.parametrize("problem", [KeyError(), Unreadable()])
async def test_one_bad_item_stops_no_other(problem: Exception) -> None:
    done: list[int] = []
    with pytest.raises(type(problem)):
        await for_each(range(4), doing(done, {1: problem}))
    assert done == [0, 2, 3]


async def test_items_are_done_so_many_at_a_time() -> None:
    done: list[int] = []
    here: list[int] = []

    async def work(item: int) -> None:
        here.append(item)
        await asyncio.sleep(0)
        done.append(len(here))

    await for_each(range(5), work, together=2)
    assert done == [2, 2, 4, 4, 5]


async def test_an_outage_ends_the_row_of_items() -> None:
    done: list[int] = []
    with pytest.raises(StoreUnavailable):
        await for_each(range(4), doing(done, {1: StoreUnavailable()}))
    assert done == [0]


async def test_all_are_done_although_one_fails() -> None:
    done: list[int] = []
    work = doing(done, {1: KeyError()})
    with pytest.raises(KeyError):
        await all_done(work(item) for item in range(4))
    assert done == [0, 2, 3]


@pytest.mark.parametrize(
    ("problems", "worst"),
    [
        ([Unreadable(), StoreUnavailable(), KeyError()], KeyError),
        ([Unreadable(), StoreUnavailable()], StoreUnavailable),
        ([Unavailable(), KeyError()], KeyError),
    ],
)
async def test_a_failure_is_told_rather_than_an_outage_and_that_rather_than_one_agents(
    problems: list[Exception], worst: type[Exception]
) -> None:
    with pytest.raises(worst) as raised:
        await all_done(doing([], dict(enumerate(problems)))(item) for item in range(4))
    assert type(raised.value) is worst
