"""Whoever is cancelled while it waits for something hears of it as in a task of asyncio, whichever way it was begun."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from gateway.listeners.eager import EagerTasks

Work = Coroutine[Any, Any, None]


@dataclass
class _Begun:
    """Work that has begun, and its task, which need not end with it."""

    work: Work
    over: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None

    async def whole(self) -> None:
        try:
            await self.work
        finally:
            self.over.set()

    async def cancelled(self, message: str = "enough") -> bool:
        """Whether the task is, once the work has ended of it."""
        assert self.task is not None
        self.task.cancel(message)
        await asyncio.wait_for(self.over.wait(), 10)
        await asyncio.sleep(0)
        return self.task.cancelled()


Begin = Callable[[Work], Awaitable[_Begun]]


@pytest.fixture(params=["eager", "asyncio"])
async def begin(request: pytest.FixtureRequest) -> AsyncIterator[Begin]:
    loop = asyncio.get_running_loop()
    eager = EagerTasks(loop)

    async def begun(work: Work) -> _Begun:
        made = _Begun(work)
        start = eager.begin if request.param == "eager" else loop.create_task
        loop.call_soon(lambda: setattr(made, "task", start(made.whole())))
        for _ in range(5):  # Until it waits, and what it has begun too.
            await asyncio.sleep(0)
        return made

    yield begun
    eager.end()


@pytest.fixture
async def complaints() -> AsyncIterator[list[str]]:
    """What the loop says that nobody has asked for."""
    found: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: found.append(context["message"]))
    yield found
    gc.collect()
    assert found == []


class _Tidying:
    """Waits without an end; when it is cancelled it tidies up, which takes some turns."""

    def __init__(self, said: list[str], fault: Exception | None = None, *, goes_on: bool = False) -> None:
        self._said = said
        self._fault = fault
        self._goes_on = goes_on

    async def __call__(self) -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            for _ in range(5):
                await asyncio.sleep(0)
            self._said.append("tidied up")
            if self._fault is not None:
                raise self._fault from None
            if not self._goes_on:
                raise
        return "done all the same"


async def _told(said: list[str], waits_for: Awaitable[Any]) -> None:
    try:
        said.append(str(await waits_for))
    except BaseException as problem:
        said.append(repr(problem))
        raise


async def test_a_task_that_is_waited_for_tidies_up_first(begin: Begin, complaints: list[str]) -> None:
    said: list[str] = []
    begun = await begin(_told(said, asyncio.create_task(_Tidying(said)())))
    assert await begun.cancelled()
    assert said == ["tidied up", "CancelledError('enough')"]


async def test_tasks_that_are_gathered_tidy_up_first(begin: Begin, complaints: list[str]) -> None:
    said: list[str] = []
    begun = await begin(_told(said, asyncio.gather(_Tidying(said)(), _Tidying(said)())))
    assert await begun.cancelled()
    assert said == ["tidied up", "tidied up", "CancelledError('enough')"]


async def test_a_fault_while_a_task_tidies_up_comes_up_there(begin: Begin, complaints: list[str]) -> None:
    said: list[str] = []

    async def work() -> None:
        with suppress(OSError):
            await _told(said, asyncio.gather(_Tidying(said, OSError("worn out"))()))

    await (await begin(work())).cancelled()
    assert said == ["tidied up", "OSError('worn out')"]


async def test_a_task_that_goes_on_all_the_same_is_heard_out(begin: Begin, complaints: list[str]) -> None:
    said: list[str] = []
    await (await begin(_told(said, asyncio.create_task(_Tidying(said, goes_on=True)())))).cancelled()
    assert said == ["tidied up", "done all the same"]


async def test_a_second_cancel_reaches_who_tidies_up(begin: Begin, complaints: list[str]) -> None:
    said: list[str] = []

    async def stubborn() -> None:
        for _ in range(2):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError as told:
                said.append(f"told: {told}")
        raise asyncio.CancelledError("now")

    begun = await begin(_told(said, asyncio.create_task(stubborn())))
    assert begun.task is not None
    begun.task.cancel("one")
    for _ in range(5):
        await asyncio.sleep(0)
    assert said == ["told: one"]
    assert await begun.cancelled("two")
    assert said[:2] == ["told: one", "told: two"]


async def test_what_came_before_the_cancel_was_told_is_not_heard(begin: Begin, complaints: list[str]) -> None:
    said: list[str] = []
    answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    begun = await begin(_told(said, answer))
    answer.set_exception(OSError("gone"))
    await begun.cancelled()
    del answer
    assert said == ["CancelledError('enough')"]


async def test_what_is_shielded_goes_on(begin: Begin, complaints: list[str]) -> None:
    said: list[str] = []
    inner = asyncio.create_task(_Tidying(said)())
    await (await begin(_told(said, asyncio.shield(inner)))).cancelled()
    assert said == ["CancelledError('enough')"]
    assert not inner.done()
    inner.cancel()
    await asyncio.wait([inner])


async def test_a_time_limit_waits_until_all_is_tidied_up(begin: Begin, complaints: list[str]) -> None:
    said: list[str] = []
    over = asyncio.Event()

    async def work() -> None:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.create_task(_Tidying(said)())
        except TimeoutError:
            said.append("late")
        over.set()

    await begin(work())
    await asyncio.wait_for(over.wait(), 10)
    assert said == ["tidied up", "late"]


async def test_who_waits_for_nothing_but_its_turn_is_told_in_it(begin: Begin, complaints: list[str]) -> None:
    said: list[str] = []

    async def turns() -> None:
        for _ in range(100):
            await asyncio.sleep(0)

    await (await begin(_told(said, turns()))).cancelled()
    assert said == ["CancelledError('enough')"]
