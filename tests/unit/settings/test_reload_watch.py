"""A changed file is in force within 2 s."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.settings.load import load
from gateway.settings.reload import LiveSettings
from tests.support.waiting import GENEROUS_S, lost_time
from tests.unit.settings.files import NEW, OLD, WRONG, delete, replace, write

SLACK_S = 2.0
"""For what watches in a thread of its own, whose lost time is not counted."""


class Warned(logging.Handler):
    """Sets `seen` at a warning."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen = asyncio.Event()

    def emit(self, _record: logging.LogRecord) -> None:
        self.seen.set()


@pytest.fixture
async def refused() -> AsyncIterator[asyncio.Event]:
    handler, logger = Warned(), logging.getLogger("gateway.settings.reload")
    logger.addHandler(handler)
    yield handler.seen
    logger.removeHandler(handler)


async def soon(happens: asyncio.Event) -> None:
    """It does so within 2 s of a machine that does nothing else."""
    async with lost_time() as lost:
        began_s = time.monotonic()
        await asyncio.wait_for(happens.wait(), GENEROUS_S)
        assert time.monotonic() - began_s - lost.s < 2 + SLACK_S


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "basic.properties"
    path.write_text(OLD)
    return path


@pytest.fixture
async def changed() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def live(file: Path, changed: asyncio.Event) -> AsyncIterator[LiveSettings]:
    live = LiveSettings(load(file, {}))
    live.subscribe(lambda _old, _new: changed.set())
    watching = asyncio.create_task(live.watch())
    await asyncio.sleep(0)
    yield live
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching


async def test_a_rewritten_file(file: Path, live: LiveSettings, changed: asyncio.Event) -> None:
    write(file, NEW)

    await soon(changed)
    assert live.current.max_time_ms == 90_000


async def test_a_file_replaced_by_renaming(file: Path, live: LiveSettings, changed: asyncio.Event) -> None:
    replace(file, NEW)

    await soon(changed)
    assert live.current.max_time_ms == 90_000


async def test_a_file_that_lost_keys(file: Path, live: LiveSettings, changed: asyncio.Event) -> None:
    write(file, "MAXTIME = 90000\n")

    await soon(changed)
    assert live.current.max_time_ms == 90_000


async def test_a_right_file_after_a_wrong_one(
    file: Path, live: LiveSettings, changed: asyncio.Event, refused: asyncio.Event
) -> None:
    write(file, WRONG)
    await soon(refused)
    write(file, NEW)

    await soon(changed)
    assert (live.applied, live.refused, live.last_error) == (1, 1, None)


async def test_a_deleted_file_that_comes_back(
    file: Path, live: LiveSettings, changed: asyncio.Event, refused: asyncio.Event
) -> None:
    delete(file)
    await soon(refused)
    write(file, NEW)

    await soon(changed)
    assert live.last_error is None


async def test_a_change_between_loading_and_watching(file: Path, changed: asyncio.Event) -> None:
    live = LiveSettings(load(file, {}))
    live.subscribe(lambda _old, _new: changed.set())
    write(file, NEW)
    watching = asyncio.create_task(live.watch())

    await soon(changed)
    watching.cancel()
