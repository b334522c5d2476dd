"""Coroutines that begin at once and become tasks where they wait."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextvars import ContextVar
from typing import Any

import pytest

from gateway.listeners.eager import EagerTasks


class Begun:
    """Begins coroutines from a callback of the loop, as connections do."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.tasks = EagerTasks(self.loop)

    async def __call__(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None] | None":
        begun: asyncio.Future[asyncio.Task[None] | None] = self.loop.create_future()
        self.loop.call_soon(lambda: begun.set_result(self.tasks.begin(work)))
        return await begun


@pytest.fixture
async def begin() -> AsyncIterator[Begun]:
    made = Begun()
    yield made
    made.tasks.end()


async def test_what_waits_for_nothing_has_ended_when_it_is_begun(begin: Begun) -> None:
    done = []

    async def work() -> None:
        done.append(True)

    assert (await begin(work()), done) == (None, [True])


async def test_what_waits_goes_on_in_the_same_task_as_before(begin: Begun) -> None:
    seen = []
    go, over = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        seen.append(asyncio.current_task())
        await go.wait()
        seen.append(asyncio.current_task())
        await asyncio.sleep(0)
        seen.append(asyncio.current_task())
        over.set()

    task = await begin(work())
    go.set()
    await asyncio.wait_for(over.wait(), 10)
    assert task is not None
    assert seen == [task] * 3


async def test_a_time_limit_that_began_at_once_holds(begin: Begun) -> None:
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        except TimeoutError:
            ended.set_result("late")

    await begin(work())
    assert await asyncio.wait_for(ended, 10) == "late"


async def test_a_group_that_began_at_once_hears_of_the_fault_of_a_member(begin: Begun) -> None:
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def fails() -> None:
        raise ValueError

    async def work() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fails())
                await asyncio.Event().wait()
        except* ValueError as faults:
            ended.set_result(len(faults.exceptions))

    await begin(work())
    assert await asyncio.wait_for(ended, 10) == 1


@pytest.mark.parametrize("turns", [0, 1, 5])
async def test_who_is_cancelled_is_told_where_it_waits(begin: Begun, turns: int) -> None:
    told = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            told.set()
            raise

    task = await begin(work())
    assert task is not None
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait_for(told.wait(), 10)
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()


async def test_who_is_cancelled_as_an_answer_comes_is_told_before_it_has_that(begin: Begun) -> None:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()
    told: asyncio.Future[str] = loop.create_future()

    async def work() -> None:
        try:
            told.set_result(await answer)
        except asyncio.CancelledError:
            told.set_result("cancelled")

    task = await begin(work())
    assert task is not None
    await asyncio.sleep(0)
    answer.set_result("answered")
    task.cancel()
    assert await asyncio.wait_for(told, 10) == "cancelled"


async def test_whoever_comes_next_is_not_told_of_an_end_before_its_own(begin: Begun) -> None:
    loop = asyncio.get_running_loop()
    answers: list[asyncio.Future[None]] = [loop.create_future(), loop.create_future()]
    ended: asyncio.Future[str] = loop.create_future()

    async def first() -> None:
        await answers[0]
        task = asyncio.current_task()
        assert task is not None
        task.cancel()  # It has nothing to wait for after that.

    async def second() -> None:
        try:
            await answers[1]
            ended.set_result("answered")
        except asyncio.CancelledError:
            ended.set_result("cancelled")

    await begin(first())
    await asyncio.sleep(0)
    answers[0].set_result(None)
    await asyncio.sleep(0)
    await begin(second())
    for _ in range(3):
        await asyncio.sleep(0)
    answers[1].set_result(None)
    assert await asyncio.wait_for(ended, 10) == "answered"


async def test_an_answer_that_never_comes_ends_the_work_without_a_word(
    begin: Begun, caplog: pytest.LogCaptureFixture
) -> None:
    answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def work() -> None:
        await answer

    await begin(work())
    await asyncio.sleep(0)
    answer.cancel()
    for _ in range(3):
        await asyncio.sleep(0)
    assert caplog.records == []


async def test_a_fault_of_what_is_waited_for_comes_up_there(begin: Begun) -> None:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[None] = loop.create_future()
    caught: asyncio.Future[str] = loop.create_future()

    async def work() -> None:
        try:
            await answer
        except OSError as problem:
            caught.set_result(str(problem))

    await begin(work())
    answer.set_exception(OSError("gone"))
    assert await asyncio.wait_for(caught, 10) == "gone"


async def test_a_task_that_is_free_again_carries_the_next_one(begin: Begun) -> None:
    used = []
    for _ in range(20):
        task = await begin(asyncio.sleep(0))
        used.append(task)
        for _ in range(3):
            await asyncio.sleep(0)
    assert len(set(used)) == 1


async def test_many_wait_side_by_side(begin: Begun) -> None:
    go, done = asyncio.Event(), []

    async def work(number: int) -> None:
        await go.wait()
        done.append(number)

    for number in range(200):
        await begin(work(number))
    go.set()
    for _ in range(10):
        await asyncio.sleep(0)
    assert done == list(range(200))


async def test_a_fault_at_once_is_the_callers(begin: Begun) -> None:
    async def work() -> None:
        raise ValueError

    caught = []

    def start() -> None:
        try:
            begin.tasks.begin(work())
        except ValueError:
            caught.append(True)

    begin.loop.call_soon(start)
    await asyncio.sleep(0.01)
    assert caught == [True]


async def test_tasks_that_stand_by_end_with_their_owner(begin: Begun) -> None:
    await begin(asyncio.sleep(0))
    await asyncio.sleep(0.01)
    begin.tasks.end()
    await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_what_a_coroutine_sets_in_its_context_is_there_after_it_has_waited() -> None:
    eager, found = EagerTasks(asyncio.get_running_loop()), []
    variable: ContextVar[str] = ContextVar("variable", default="")

    async def work(name: str) -> None:
        variable.set(name)
        await asyncio.sleep(0)
        found.append(variable.get())

    loop = asyncio.get_running_loop()
    loop.call_soon(lambda: [eager.begin(work(name)) for name in ("a", "b")])
    for _ in range(5):
        await asyncio.sleep(0)
    eager.end()
    assert found == ["a", "b"]


async def test_who_is_stopped_before_its_task_had_a_first_turn_hears_of_it(begin: Begun) -> None:
    """As by a time limit that is over by then: some loops look at timers before they run tasks."""
    heard = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.set()

    def begin_and_stop() -> None:
        task = begin.tasks.begin(work())
        assert task is not None
        task.cancel()

    begin.loop.call_soon(begin_and_stop)
    await asyncio.wait_for(heard.wait(), 10)


async def test_work_begins_in_a_context_of_nobody(begin: Begun) -> None:
    whose, seen = ContextVar("whose", default="nobody's"), []

    async def work() -> None:
        seen.append(whose.get())
        whose.set("the work's own")

    whose.set("somebody's")
    await begin(work())
    assert seen == ["nobody's"]


async def test_work_that_cancels_its_own_task_and_ends_cancels_no_other(begin: Begun) -> None:
    seen = []

    async def doomed() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()

    async def work() -> None:
        await asyncio.sleep(0)
        seen.append("done")

    await begin(doomed())
    task = await begin(work())
    assert task is not None
    await asyncio.wait([task], timeout=1)
    assert seen == ["done"]
