"""The place of one worker, with workers and time of the test."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable

import pytest

from gateway.supervisor import worker_keeper as post_room
from gateway.supervisor.worker_keeper import StartRefusedError, Worker, WorkerKeeper, ending
from tests.support.waiting import until


class Process:
    """A worker that does what the test says."""

    def __init__(self, pid: int, now_s: float) -> None:
        self.pid = pid
        self.began_s = now_s
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.said: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.signals: list[signal.Signals] = []

    async def ready(self) -> bool:
        return await self.said

    def send(self, what: signal.Signals) -> None:
        self.signals.append(what)

    def accepts(self) -> None:
        self.said.set_result(True)

    def ends(self, code: int) -> None:
        self.ended.set_result(code)
        if not self.said.done():
            self.said.set_result(False)


class Place:
    """A keeper whose workers are at hand; pauses are noted and take no time of the test."""

    def __init__(self) -> None:
        self.started: list[Process] = []
        self.pauses: list[float] = []
        self.left: list[Worker] = []
        self.now_s = 0.0
        self.cannot_start = 0
        self.keeping: asyncio.Task[None]
        self.keeper = WorkerKeeper(1, self._start, pause=self._pause, clock=lambda: self.now_s)

    async def _start(self, _number: int) -> Process:
        if self.cannot_start:
            self.cannot_start -= 1
            raise BlockingIOError(11, "no more processes")
        self.started.append(Process(100 + len(self.started), self.now_s))
        return self.started[-1]

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    async def newest(self, count: int) -> Process:
        """The last one, once so many were started."""
        await until(lambda: len(self.started) >= count)
        return self.started[count - 1]

    async def filled(self) -> Process:
        filling = asyncio.create_task(self.keeper.start_first())
        worker = await self.newest(1)
        worker.accepts()
        await filling
        return worker

    async def leave(self, worker: Worker) -> None:
        self.left.append(worker)


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
async def kept(place: Place) -> AsyncIterator[Process]:
    """The first worker of a keeper that is kept filled."""
    worker = await place.filled()
    place.keeping = asyncio.create_task(place.keeper.keep())
    yield worker
    place.keeping.cancel()


def taken(place: Place, worker: Process) -> Callable[[], bool]:
    return lambda: place.keeper.worker is worker


@pytest.mark.parametrize("code", [1, 2])
async def test_a_first_worker_that_says_why_it_cannot_serve_ends_the_start_with_its_code(
    place: Place, code: int
) -> None:
    filling = asyncio.create_task(place.keeper.start_first())
    (await place.newest(1)).ends(code)
    with pytest.raises(StartRefusedError) as refused:
        await filling
    assert refused.value.code == code


async def test_a_first_worker_that_was_killed_is_followed_by_another(place: Place) -> None:
    filling = asyncio.create_task(place.keeper.start_first())
    (await place.newest(1)).ends(-9)
    (await place.newest(2)).accepts()
    await filling
    assert taken(place, place.started[1])()


async def test_a_worker_that_ends_is_followed_at_once_then_after_longer_and_longer(place: Place, kept: Process) -> None:
    kept.ends(-9)
    for number in (2, 3, 4):
        worker = await place.newest(number)
        worker.accepts()
        await until(taken(place, worker))
        worker.ends(1)
    await place.newest(5)
    assert place.pauses == [0, 0.1, 0.2, 0.4]


async def test_a_follower_that_is_not_ready_counts_as_one_more_crash(place: Place, kept: Process) -> None:
    kept.ends(-9)
    (await place.newest(2)).ends(1)
    (await place.newest(3)).accepts()
    await until(taken(place, place.started[2]))
    assert place.pauses == [0, 0.1]


async def test_a_follower_that_cannot_even_be_started_is_tried_again(place: Place, kept: Process) -> None:
    place.cannot_start = 2
    kept.ends(-9)
    await place.newest(2)
    assert place.pauses == [0, 0.1, 0.2]


async def test_a_follower_that_hangs_is_killed(place: Place, kept: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post_room, "READY_S", 0.01)
    kept.ends(-9)
    hanging = await place.newest(2)
    await place.newest(3)
    assert hanging.signals == [signal.SIGKILL]


async def test_each_crash_is_one_line_with_how_and_when(
    place: Place, kept: Process, caplog: pytest.LogCaptureFixture
) -> None:
    kept.ends(-9)
    (await place.newest(2)).ends(1)
    await place.newest(3)
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "worker 1 (process 100) was killed by SIGKILL: it comes back at once",
        "worker 1 (process 101) ended with code 1: it comes back in 0.1 s",
    ]


async def test_a_successor_takes_the_place_before_the_former_leaves(place: Place, kept: Process) -> None:
    rolling = asyncio.create_task(place.keeper.restart(place.leave))
    successor = await place.newest(2)
    assert (place.left, taken(place, kept)()) == ([], True)
    successor.accepts()
    assert await rolling
    assert (place.left, taken(place, successor)()) == ([kept], True)


async def test_a_former_that_has_left_is_not_followed_by_one_more(place: Place, kept: Process) -> None:
    rolling = asyncio.create_task(place.keeper.restart(place.leave))
    (await place.newest(2)).accepts()
    await rolling
    kept.ends(0)
    await asyncio.sleep(0.01)
    assert (len(place.started), place.pauses) == (2, [])


async def test_a_successor_that_cannot_serve_leaves_the_former_in_place(
    place: Place, kept: Process, caplog: pytest.LogCaptureFixture
) -> None:
    rolling = asyncio.create_task(place.keeper.restart(place.leave))
    (await place.newest(2)).ends(2)
    assert not await rolling
    assert (taken(place, kept)(), place.left) == (True, [])
    assert "worker 1: its successor (process 101) ended with code 2: the former goes on" in caplog.text


async def test_a_former_that_dies_while_its_successor_starts_is_replaced_by_it(place: Place, kept: Process) -> None:
    rolling = asyncio.create_task(place.keeper.restart(place.leave))
    successor = await place.newest(2)
    kept.ends(-9)
    successor.accepts()
    assert await rolling
    await asyncio.sleep(0.01)
    assert (taken(place, successor)(), len(place.started)) == (True, 2)


async def test_a_successor_that_ends_while_the_former_still_leaves_comes_back_at_once(
    place: Place, kept: Process
) -> None:
    gone = asyncio.Event()

    async def leave(_worker: Worker) -> None:
        await gone.wait()

    rolling = asyncio.create_task(place.keeper.restart(leave))
    (await place.newest(2)).accepts()
    await until(taken(place, place.started[1]))
    place.started[1].ends(-9)
    third = await place.newest(3)
    third.accepts()
    await until(taken(place, third))
    gone.set()
    assert (await rolling, place.pauses, kept.ended.done()) == (True, [0], False)


async def test_a_place_given_up_is_empty_once_its_worker_has_left_and_nobody_follows(
    place: Place, kept: Process
) -> None:
    await place.keeper.give_up(place.leave)
    kept.ends(0)
    async with asyncio.timeout(30):
        await place.keeping
    assert (place.left, place.keeper.worker, len(place.started), place.pauses) == ([kept], None, 1, [])


async def test_a_worker_that_was_to_come_back_to_a_place_given_up_stays_away(place: Place, kept: Process) -> None:
    kept.ends(-9)
    (await place.newest(2)).ends(1)
    giving_up = asyncio.create_task(place.keeper.give_up(place.leave))
    await until(lambda: len(place.pauses) == 2 or len(place.started) > 2)
    await giving_up
    async with asyncio.timeout(30):
        await place.keeping
    assert (place.left, len(place.started)) == ([], 2)


async def test_a_place_that_is_empty_needs_no_rolling_restart(place: Place) -> None:
    assert await place.keeper.restart(place.leave)
    assert place.started == []


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "ended with code 0"), (-15, "was killed by SIGTERM"), (-250, "was killed by signal 250")],
)
def test_an_end_is_told_in_words(code: int, words: str) -> None:
    assert ending(code) == words


async def test_one_more_worker_that_dies_is_not_tried_again() -> None:
    place = Place()
    trying = asyncio.create_task(place.keeper.try_start())
    (await place.newest(1)).ends(-9)
    assert (await trying, len(place.started)) == (False, 1)
